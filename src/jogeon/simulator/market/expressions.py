"""Conditions (조건식) as expressions over the guide's own field names, compiled into one function for all of them.

    등락율 >= 5 and 누적거래량 >= 100_000
    1 < 등락율 < 3 or (고가 - 저가) / 전일종가 * 100 >= 10

A condition is made of comparisons (`< <= > >= == !=`, chained if wanted), `and`, `or` and `not`; a number of field
names, decimal numbers, `+ - * / // %`, `abs`, `min` and `max`. Nothing else compiles: every piece of the generated
source comes from this module's own whitelist, so an expression from a file can never run as code.
It is evaluated from left to right as Python would; where a value is not defined (division by zero, a number out of
range), the whole condition is False.
"""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import msgspec

from jogeon.reports import Report, complaint_of, place_in_toml, report_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FIELDS: Final[dict[str, str]] = {
    "현재가": "last price, won",
    "전일대비": "change against yesterday's close, won",
    "등락율": "the same in percent, two decimals (5 % is 5)",
    "누적거래량": "shares traded today",
    "시가": "today's open, won",
    "고가": "today's high, won",
    "저가": "today's low, won",
    "전일종가": "yesterday's close, won",
    "전일거래량": "shares traded yesterday",
    "거래대금": "value traded today, won",
    "체결량": "shares of the last trade after the opening auction; 0 before there was one",
    "상한가": "today's upper price limit, won",
    "하한가": "today's lower price limit, won",
}
"""Name and unit of each field, in the order in which the compiled function takes their values."""

SPELLINGS: Final = {"등락률": "등락율"}
"""The broker's tables write 율, the language writes 률; both are read."""

MAX_LENGTH: Final = 1_000
MAX_DEPTH: Final = 50
MAX_NUMBER: Final = 10**18
MAX_VALUE: Final = 1e300

BOOLEANS: Final[dict[type[ast.boolop], str]] = {ast.And: " and ", ast.Or: " or "}
COMPARISONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
ARITHMETIC: Final[dict[type[ast.operator], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
GROWING: Final = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
SIGNS: Final[dict[type[ast.unaryop], str]] = {ast.USub: "-", ast.UAdd: "+"}
FUNCTIONS: Final[dict[str, Callable[..., float]]] = {"abs": abs, "min": min, "max": max}

Reason = Literal[
    "empty",
    "too long",
    "too deep",
    "syntax",
    "unknown field",
    "not allowed",
    "number out of range",
    "wrong number of arguments",
    "condition expected",
    "number expected",
]

Evaluate = Callable[..., int]
"""Takes the values of FIELDS in their order; bit i of the result says whether condition i holds."""


class RulesError(ValueError):
    """Conditions that cannot be used, but for an expression: `why` says why, `source` where they are from."""

    def __init__(self, why: Report, source: str = "") -> None:
        super().__init__(f"{source}: {why}" if source else str(why))
        self.why = why
        self.source = source


class ExpressionError(ValueError):
    """A condition's expression cannot be used: the writer's mistake, retrying does not help.

    `column` counts characters from 1; `reason` is one of the fixed words of `Reason`, `detail` the part it is about.
    """

    def __init__(self, name: str, expression: str, column: int, reason: Reason, detail: str = "") -> None:
        super().__init__(name, expression, column, reason, detail)
        self.name = name
        self.expression = expression
        self.column = column
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        about = f": {self.detail}" if self.detail else ""
        return f"condition {self.name!r}, column {self.column}: {self.reason}{about} in {self.expression!r}"


class ConditionRule(msgspec.Struct, frozen=True):
    """A saved condition and what it means. `seq` is one to three digits without padding; names may repeat."""

    seq: str
    name: str
    expression: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"0|[1-9][0-9]{0,2}", self.seq):
            raise RulesError(Report("odd seq", text=self.seq, name=self.name))
        if not self.name.strip():
            raise RulesError(Report("no name", text=self.seq))


def compile_conditions(rules: Sequence[ConditionRule]) -> Evaluate:
    """Make one function of all conditions. ExpressionError for the first that is wrong."""
    lines = [f"def evaluate({', '.join(FIELDS)}):", " mask = 0"]
    for index, rule in enumerate(rules):
        test = _Translator(rule).translate()
        lines += [" try:", f"  if {test}: mask |= {1 << index}", " except undefined: pass"]
    lines.append(" return mask")
    names: dict[str, Any] = {"__builtins__": {}, "undefined": ArithmeticError, "finite": _finite, **FUNCTIONS}
    exec(compile("\n".join(lines), "<conditions>", "exec"), names)  # noqa: S102 - made of whitelisted pieces only
    return cast("Evaluate", names["evaluate"])


def load_conditions(path: Path) -> list[ConditionRule]:
    """Read the conditions of a TOML file; see `parse_conditions`. OSError if it cannot be read."""
    return parse_conditions(path.read_bytes(), str(path))


def parse_conditions(content: bytes, source: str) -> list[ConditionRule]:
    """Read the conditions of a TOML text: `[[condition]]` tables with `name`, `expression` and, if wanted, `seq`.

    A condition without `seq` gets the lowest free one, in the order of the text.
    ExpressionError for a wrong expression, RulesError for anything else.
    """
    try:
        rules = _numbered(_document(content).condition)
    except RulesError as error:
        raise RulesError(error.why, source) from error
    compile_conditions(rules)
    return rules


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    expression: str
    seq: str | int | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    condition: list[_Entry]


def _document(content: bytes) -> _File:
    try:
        return msgspec.toml.decode(content.decode("utf-8-sig"), type=_File)  # Windows editors write a BOM
    except UnicodeDecodeError as error:
        raise RulesError(Report("not UTF-8", number=error.start)) from error
    except msgspec.ValidationError as error:
        raise RulesError(complaint_of(error)) from error
    except msgspec.DecodeError as error:
        raise RulesError(place_in_toml(str(error)) or report_of(error)) from error
    except RecursionError:
        raise RulesError(Report("nested too deeply")) from None


def _numbered(entries: Sequence[_Entry]) -> list[ConditionRule]:
    if not entries:
        raise RulesError(Report("no conditions"))
    given = [str(entry.seq) for entry in entries if entry.seq is not None]
    if doubled := next((seq for seq in given if given.count(seq) > 1), None):
        raise RulesError(Report("seq twice", text=doubled))
    free = (str(number) for number in range(len(entries)) if str(number) not in given)
    return [_rule(entry, free) for entry in entries]


def _rule(entry: _Entry, free: Iterator[str]) -> ConditionRule:
    seq = next(free) if entry.seq is None else str(entry.seq)
    return ConditionRule(seq=seq, name=entry.name, expression=entry.expression)


def _finite(value: float) -> float:
    if -MAX_VALUE < value < MAX_VALUE:
        return value
    raise OverflowError  # infinite, not a number, or on the way there


class _Translator:
    """Checks one expression and writes it anew, fully parenthesised, from whitelisted pieces."""

    def __init__(self, rule: ConditionRule) -> None:
        self._name = rule.name
        self._text = rule.expression
        self._indent = len(self._text) - len(self._text.lstrip())
        # A line break counts as a blank, so that long conditions can be wrapped. A NUL is refused by the parser.
        self._line = re.sub(r"[\r\n]", " ", self._text.strip())

    def translate(self) -> str:
        if not self._line:
            raise self._error(None, "empty")
        if len(self._text) > MAX_LENGTH:
            raise self._error(None, "too long", f"more than {MAX_LENGTH} characters")
        if "#" in self._text:  # as the text becomes one line, all after it would be lost in silence
            raise ExpressionError(self._name, self._text, self._text.index("#") + 1, "not allowed", "comment")
        return self._condition(self._parse(), 0)

    def _parse(self) -> ast.expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # "5and 3" parses, with a warning
                return ast.parse(self._line, mode="eval").body
        except SyntaxError as error:
            # At an unexpected end the offset is 0, and some tokenizer errors count bytes.
            column = self._indent + min(error.offset or MAX_LENGTH, len(self._line) + 1)
            raise ExpressionError(self._name, self._text, column, "syntax", error.msg) from None
        except (ValueError, Warning) as error:
            raise self._error(None, "syntax", str(error)) from None
        except (RecursionError, MemoryError):
            raise self._error(None, "too deep") from None

    def _condition(self, node: ast.expr, depth: int) -> str:
        """Write something that is true or false."""
        self._check_depth(node, depth)
        match node:
            case ast.BoolOp(op=op, values=values):
                return f"({BOOLEANS[type(op)].join(self._condition(value, depth + 1) for value in values)})"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"(not {self._condition(operand, depth + 1)})"
            case ast.Compare():
                return self._comparison(node, depth)
        self._number(node, depth)
        raise self._error(node, "condition expected", "a number alone is neither true nor false")

    def _comparison(self, node: ast.Compare, depth: int) -> str:
        source = self._operand(node.left, depth)
        for op, right in zip(node.ops, node.comparators, strict=True):
            if type(op) not in COMPARISONS:
                raise self._error(right, "not allowed", f"{type(op).__name__} before this")
            source += f" {COMPARISONS[type(op)]} {self._operand(right, depth)}"
        return f"({source})"

    def _operand(self, node: ast.expr, depth: int) -> str:
        source = self._number(node, depth + 1)
        return f"finite({source})" if _may_overflow(node) else source

    def _number(self, node: ast.expr, depth: int) -> str:
        """Write something that is a number."""
        self._check_depth(node, depth)
        match node:
            case ast.Name(id=name):
                return self._field(node, name)
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self._literal(node, value)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in SIGNS:
                return f"({SIGNS[type(op)]}{self._number(operand, depth + 1)})"
            case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
                return f"({self._number(left, depth + 1)} {ARITHMETIC[type(op)]} {self._number(right, depth + 1)})"
            case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]) if function in FUNCTIONS:
                return self._call(node, function, arguments, depth)
            case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
                raise self._error(node, "number expected", "this is true or false")
        raise self._error(node, "not allowed", _kind(node))

    def _field(self, node: ast.Name, name: str) -> str:
        name = SPELLINGS.get(name, name)
        if name in FIELDS:
            return name
        close = difflib.get_close_matches(name, FIELDS, n=1)
        raise self._error(node, "unknown field", f"{name} ({close[0]}?)" if close else name)

    def _literal(self, node: ast.Constant, value: float) -> str:
        if abs(value) > MAX_NUMBER:  # an infinite literal (1e999), too
            raise self._error(node, "number out of range", f"above {MAX_NUMBER:_}")
        return repr(value)

    def _call(self, node: ast.expr, function: str, arguments: Sequence[ast.expr], depth: int) -> str:
        right = len(arguments) == 1 if function == "abs" else len(arguments) > 1
        if not right:
            raise self._error(node, "wrong number of arguments", function)
        return f"{function}({', '.join(self._number(argument, depth + 1) for argument in arguments)})"

    def _check_depth(self, node: ast.expr, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise self._error(node, "too deep", f"more than {MAX_DEPTH} levels")

    def _error(self, node: ast.expr | None, reason: Reason, detail: str = "") -> ExpressionError:
        return ExpressionError(self._name, self._text, self._column(node), reason, detail)

    def _column(self, node: ast.expr | None) -> int:
        if node is None:
            return 1
        before = self._line.encode()[: node.col_offset]  # ast counts bytes of UTF-8
        return self._indent + len(before.decode()) + 1


def _may_overflow(node: ast.expr) -> bool:
    """Tell whether the value must be checked at run time: sums of fields and literals stay in range."""
    return any(isinstance(part, ast.BinOp) and isinstance(part.op, GROWING) for part in ast.walk(node))


def _kind(node: ast.expr) -> str:
    """Name a refused piece for the one who wrote it."""
    match node:
        case ast.Constant(value=value):
            return type(value).__name__
        case ast.BinOp(op=op) | ast.UnaryOp(op=op):
            return type(op).__name__
        case ast.Call(func=ast.Name(id=name)):
            return f"{name}()"
    return type(node).__name__
