"""Expressions: what compiles means what the same tree means to a plain interpreter, and nothing else compiles."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jogeon.simulator.market.expressions import (
    FIELDS,
    ConditionRule,
    ExpressionError,
    compile_conditions,
    load_conditions,
    parse_conditions,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

VALUES: dict[str, float] = dict(
    zip(
        FIELDS,
        (10_500, 500, 5.0, 123_456, 10_100, 10_800, 9_900, 10_000, 80_000, 10**9, 10, 13_000, 7_000),
        strict=True,
    )
)
OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {"abs": abs, "min": min, "max": max}
WHITELIST = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.Compare,
    ast.BinOp, ast.Name, ast.Load, ast.Constant, ast.Call, *OPERATORS,
)  # fmt: skip


def rule(expression: str, seq: str = "0") -> ConditionRule:
    return ConditionRule(seq=seq, name="시험", expression=expression)


def holds(expression: str, values: dict[str, float] = VALUES) -> bool:
    mask = compile_conditions([rule(expression)])(*values.values())
    assert mask in {0, 1}
    return mask == 1


def refused(expression: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_conditions([rule(expression)])
    assert caught.value.expression == expression
    assert caught.value.name == "시험"
    return caught.value


class Interpreter:
    """The meaning of a condition, read straight off the tree."""

    def __init__(self, values: dict[str, float]) -> None:
        self.values = values

    def holds(self, expression: str) -> bool:
        try:
            return self.condition(ast.parse(expression, mode="eval").body)
        except ArithmeticError:
            return False

    def condition(self, node: ast.expr) -> bool:
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return all(self.condition(value) for value in values)
            case ast.BoolOp(values=values):
                return any(self.condition(value) for value in values)
            case ast.UnaryOp(operand=operand):
                return not self.condition(operand)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self.chain(left, ops, comparators)
        raise AssertionError(ast.dump(node))

    def chain(self, left: ast.expr, ops: Sequence[ast.cmpop], comparators: Sequence[ast.expr]) -> bool:
        value = self.operand(left)
        for op, node in zip(ops, comparators, strict=True):
            following = self.operand(node)
            if not OPERATORS[type(op)](value, following):
                return False
            value = following
        return True

    def operand(self, node: ast.expr) -> float:
        value: float = self.number(node)
        if not abs(value) < 1e300:
            raise ArithmeticError
        return value

    def number(self, node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                return self.values[name]
            case ast.Constant(value=value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.number(operand)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.number(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)](self.number(left), self.number(right))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return FUNCTIONS[name](*map(self.number, arguments))
        raise AssertionError(ast.dump(node))


def grown_numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner),
        st.builds("({}{})".format, st.sampled_from(["-", "+"]), inner),
        st.builds("abs({})".format, inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
        st.builds("max({}, {}, {})".format, inner, inner, inner),
    )


def grown_conditions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("(not {})".format, inner),
    )


fields = st.sampled_from(list(FIELDS))
literals = st.integers(0, 10**18).map(str) | st.integers(0, 9).map(str) | st.floats(0, 1e18).map(repr)
numbers = st.recursive(fields | literals, grown_numbers, max_leaves=8)
signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
comparisons = st.builds("{} {} {}".format, numbers, signs, numbers) | st.builds(
    "{} {} {} {} {}".format, numbers, signs, numbers, signs, numbers
)
conditions = st.recursive(comparisons, grown_conditions, max_leaves=4)
amounts = st.integers(-(10**15), 10**15) | st.integers(-3, 3)
quotes = st.fixed_dictionaries(
    dict.fromkeys(FIELDS, amounts) | {"등락율": st.integers(-3_000, 3_000).map(lambda n: n / 100)}
)


@given(st.lists(conditions, min_size=1, max_size=5), quotes)
def test_the_compiled_function_agrees_with_the_interpreter(texts: list[str], values: dict[str, float]) -> None:
    assume(all(len(text) <= 1_000 for text in texts))
    mask = compile_conditions([rule(text) for text in texts])(*(values[name] for name in FIELDS))
    interpreter = Interpreter(values)
    assert [bool(mask >> place & 1) for place in range(len(texts))] == [interpreter.holds(text) for text in texts]
    assert mask >> len(texts) == 0


tokens = st.lists(
    st.sampled_from(
        [*FIELDS, "1", "2.5", "0x1f", "1e400", "1j", "'글'", *"()[]{}.,:;#\\@~^&|<>=!+-*/%\n", "//", "**", "<=", "!=",
         "not", "and", "or", "in", "is", "if", "else", "for", "lambda", "abs", "min", "max", "True", "_", "mask", ":="]
    ),
    max_size=9,
).map(" ".join)  # fmt: skip


@given(st.text(max_size=40) | tokens)
def test_any_text_compiles_to_whitelisted_pieces_or_is_refused(text: str) -> None:
    try:
        compile_conditions([rule(text)])
    except ExpressionError as error:
        assert error.column >= 1  # noqa: PT017 - the other outcome is as good
        assert str(error)  # noqa: PT017 - as above
    else:
        nodes = list(ast.walk(ast.parse(" ".join(text.split()), mode="eval")))
        assert all(isinstance(node, WHITELIST) for node in nodes)
        assert {node.id for node in nodes if isinstance(node, ast.Name)} <= {*FIELDS, *FUNCTIONS}


@given(
    conditions,
    st.sampled_from(
        [
            "'글'", "b'x'", "f'{현재가}'", "...", "None", "True", "1j", "[1]", "(1, 2)", "{1}", "{1: 2}", "현재가.real",
            "현재가[0]", "현재가()", "open('x')", "abs(*[1])", "max(1, key=abs)", "2 ** 9", "1 << 2", "~1", "1 @ 2",
            "(lambda: 1)()", "(x := 1)", "[x for x in (1,)][0]", "(1 if 현재가 > 2 else 3)", "(yield)",
            "(await 현재가)", "__import__('os').getpid()", "mask", "finite(1)", "evaluate", "abs", "().__class__",
            "print", "eval('1')",
        ]
    ),
)  # fmt: skip
def test_one_foreign_piece_spoils_the_whole(condition: str, piece: str) -> None:
    assume(len(condition) < 900)
    for text in (
        f"{piece} > 0",
        f"{condition} and 현재가 > {piece}",
        f"{piece} < 1 or {condition}",
        f"현재가 + {piece} > 0",
    ):
        refused(text)


HOSTILE = (
    "__import__('pathlib').Path('canary').touch() or 현재가 > 0",
    "현재가 > 0) or open('canary', 'w') or (현재가 > 0",
    "현재가 > 0: pass\nopen('canary', 'w')",
    "현재가 > 0\nimport os",
    "현재가 > 0; open('canary', 'w')",
    "(lambda: open('canary', 'w'))() == 1",
    "[x for x in ().__class__.__base__.__subclasses__()] == 1",
    "현재가.__class__.__mro__[1] == 1",
    'exec(\'open("canary", "w")\') == 1',
    "현재가 > 0 # \nopen('canary', 'w')\n > 0 and oops",
    "현재가 > (canary := 1)",
    "9**9**9**9 > 현재가",
    "현재가 < 1 << 999999999",
    "f\"{open('canary','w')}\" == 1",
    "현재가 > 0 if open('canary', 'w') else 1",
    "\\",
    "현재가 > 0\0",
    "현재가 > \ud800",
    "5and 현재가 > 3",
    "1_000(2) > 현재가",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_refused_and_never_runs(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refused(text)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    ["(" * 400 + "1" + ")" * 400, "-" * 900 + "1 > 0", "not " * 200 + "현재가 > 0", "+".join("1" * 400) + " > 0"],
)
def test_deep_nesting_is_refused(text: str) -> None:
    assert refused(text).reason in {"too deep", "syntax"}


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("등락율 >= 5 and 누적거래량 >= 100_000", True),
        ("등락율 > 5", False),
        ("등락률 >= 5", True),
        ("1 < 등락율 < 5.01 < 현재가", True),
        ("not (현재가 > 시가 or 현재가 < 저가)", False),
        ("(고가 - 저가) / 전일종가 * 100 >= 9", True),
        ("abs(-전일대비) == max(전일대비, 1, 2) and min(현재가, 고가) == +현재가", True),
        ("거래대금 // 누적거래량 % 100 != 0", False),
        ("현재가 == 고가\n  or 등락율 >= 3", True),
        ("  \t현재가 < 상한가 and 현재가 > 하한가  ", True),
        ("현재가 > 0 or 1 / 0 > 1", True),  # left to right, as Python
    ],
)
def test_what_an_expression_means(text: str, *, truth: bool) -> None:
    assert holds(text) is truth


@pytest.mark.parametrize(
    "text", ["현재가 / 0 > 0", "not 현재가 / 0 > 0", "1 / 0 == 1 / 0", "현재가 // (시가 - 시가) < 1", "1 % 0 != 5"]
)
def test_division_by_zero_is_false(text: str) -> None:
    assert not holds(text)


HUGE = "*".join(["1e18"] * 30)


@pytest.mark.parametrize(
    "text", [f"{HUGE} > 0", f"{HUGE} - {HUGE} != 1", f"not {HUGE} * 0 > 1", f"{HUGE.replace('1e18', '9' * 18)} > 0"]
)
def test_what_is_infinite_or_no_number_is_false(text: str) -> None:
    assert not holds(text)


def test_one_undefined_condition_does_not_touch_the_others() -> None:
    rules = [rule("현재가 > 0", "0"), rule("1 / 0 > 1", "1"), rule("등락율 >= 5", "2")]
    assert compile_conditions(rules)(*VALUES.values()) == 0b101


def test_no_condition_at_all_is_no_bit() -> None:
    assert compile_conditions([])(*VALUES.values()) == 0


def test_a_decomposed_field_name_is_the_same_field() -> None:
    assert holds("등락율 >= 5")  # as some keyboards and file systems write it


@pytest.mark.parametrize(
    ("text", "column", "reason", "detail"),
    [
        ("", 1, "empty", ""),
        (" \n ", 1, "empty", ""),
        ("현재가 > 1" + " " * 1_000, 1, "too long", "1000"),
        ("등락율율 >= 5", 1, "unknown field", "등락율?"),
        ("현재가 > 1 and 종가 > 2", 13, "unknown field", "종가"),
        ("  현재가 > '가'", 9, "not allowed", "str"),
        ("현재가 > 시가 ** 2", 7, "not allowed", "Pow"),
        ("현재가 in 시가", 8, "not allowed", "In"),
        ("현재가 > round(시가)", 7, "not allowed", "round()"),
        ("현재가", 1, "condition expected", ""),
        ("현재가 > 1 and 등락율", 13, "condition expected", ""),
        ("(현재가 > 1) + 1 > 0", 2, "number expected", ""),
        ("현재가 > 1_000_000_000_000_000_001", 7, "number out of range", ""),
        ("현재가 > 1e999", 7, "number out of range", ""),
        ("abs(현재가, 1) > 0", 1, "wrong number of arguments", "abs"),
        ("max(현재가) > 0", 1, "wrong number of arguments", "max"),
        ("현재가 > > 1", 7, "syntax", ""),
        ("  현재가 >= ", 9, "syntax", ""),
        ("현재가 > 01", 9, "syntax", "leading zeros"),
        ("등락율 >= 5 # 강하게\nand 현재가 > 1", 10, "not allowed", "comment"),
    ],
)
def test_an_error_says_what_is_wrong_and_where(text: str, column: int, reason: str, detail: str) -> None:
    error = refused(text)
    assert (error.column, error.reason) == (column, reason)
    assert detail in error.detail
    assert all(part in str(error) for part in ("시험", str(column), reason))


def conditions_of(text: str) -> list[tuple[str, str, str]]:
    rules = parse_conditions(text.encode(), "내 조건.toml")
    return [(each.seq, each.name, each.expression) for each in rules]


def test_a_file_of_conditions(tmp_path: Path) -> None:
    path = tmp_path / "conditions.toml"
    path.write_text(
        '[[condition]]\nname = "급등"\nexpression = "등락율 >= 5"\n'
        '[[condition]]\nseq = 0\nname = " <b>&\'"\nexpression = "현재가 > 1"\n'
        '[[condition]]\nseq = "12"\nname = "급등"\nexpression = """\n등락율 >= 5\nand 현재가 > 1"""\n'
        '[[condition]]\nname = "넷"\nexpression = "현재가 > 2"\n',
        encoding="utf-8-sig",
    )
    assert [(each.seq, each.name) for each in load_conditions(path)] == [
        ("1", "급등"), ("0", " <b>&'"), ("12", "급등"), ("2", "넷"),
    ]  # fmt: skip


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_conditions(tmp_path / "none.toml")


def entry(expression: str = "현재가 > 1", more: str = "") -> str:
    return f'[[condition]]\nname = "이름"\nexpression = "{expression}"\n{more}\n'


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "condition"),
        ("condition = []", "no [[condition]]"),
        ("[[condition", ""),
        ("[[condition]]\nname = 1", "condition[0]"),
        ('[[condition]]\nname = "이름"', "expression"),
        (entry(more='sequence = "4"'), "sequence"),
        (entry() + "title = 1", "title"),
        (entry(more="seq = true"), "seq"),
        (entry(more='seq = "04"'), "'04'"),
        (entry(more="seq = -1"), "'-1'"),
        (entry(more="seq = 1000"), "'1000'"),
        (entry(more='seq = "4"') + entry(more="seq = 4"), "'4' is given twice"),
        (entry().replace("이름", "  "), "no name"),
        ("x = " + "[" * 5_000 + "]" * 5_000, ""),
    ],
)
def test_a_wrong_file_is_refused_with_its_name(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=r"^내 조건\.toml: ") as caught:
        conditions_of(text)
    assert hint in str(caught.value)


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^c\.toml: .*not UTF-8"):
        parse_conditions(entry().encode("cp949"), "c.toml")


def test_a_wrong_expression_in_a_file_is_found_when_it_is_read() -> None:
    with pytest.raises(ExpressionError) as caught:
        conditions_of(entry() + entry("등락 >= 5"))
    assert (caught.value.name, caught.value.expression) == ("이름", "등락 >= 5")
