"""What may be given to a client: a wrong argument is refused where it is given, by its name. No I/O.

TypeError for what is not of the kind (a list of names where names were meant), InvalidSetting for a value that cannot
be (exchange "Z"). Otherwise it would fail later, somewhere else, or be taken for something it is not.
"""

from collections.abc import Mapping
from os import PathLike

from jogeon.errors import InvalidSetting
from jogeon.events import Condition
from jogeon.journal.position import Position
from jogeon.reports import Report
from jogeon.wire.values import bare_code

ARGUMENT = "argument"
"""Stands for the file in an InvalidSetting about an argument."""
EXCHANGES = ("K", "N", "A")


def named(wanted: object) -> str | Condition:
    """Return how a condition was named; a seq may be an int. TypeError."""
    match wanted:
        case str() | Condition():
            return wanted
        case int() if not isinstance(wanted, bool):
            return str(wanted)
        case None:
            raise TypeError("a condition is named by its name, its seq or a Condition, not by None")
        case list() | tuple() | set() | frozenset() | Mapping():
            raise TypeError(f"conditions are given one by one, not in a {type(wanted).__name__}: put a * before it")
    kind = type(wanted).__name__
    raise TypeError(f"a condition is named by its name, its seq or a Condition, not by {kind} {wanted!r}")


def all_named(wanted: tuple[object, ...]) -> tuple[str | Condition, ...]:
    """Return how several conditions were named; TypeError."""
    if wanted == (None,):
        raise TypeError("None names no condition; to watch all of them, call watch() without names")
    return tuple(named(each) for each in wanted)


def stock_codes(codes: tuple[object, ...]) -> tuple[str, ...]:
    """Return the codes of stocks that were named, six characters each; TypeError, InvalidSetting."""
    if not codes:
        raise TypeError("name a stock by its code, such as '005930'")
    for code in codes:
        if not isinstance(code, str):
            raise TypeError(f"a stock is named by its code, a str, not by {type(code).__name__} {code!r}")
    found = tuple(bare_code(str(code).upper()) for code in codes)
    if not all(found):
        raise InvalidSetting(file=ARGUMENT, field="code", reason="wrong value", detail=Report("six characters"))
    return tuple(dict.fromkeys(found))


def check_exchange(exchange: object) -> None:
    """Refuse what is not K, N or A; InvalidSetting."""
    if exchange not in EXCHANGES:
        detail = "K (KRX), N (NXT) or A (통합)"
        raise InvalidSetting(file=ARGUMENT, field="exchange", reason="wrong value", detail=detail)


def check_bounds(**bounds: object) -> None:
    """Refuse a bound that is not an int from 1; TypeError, InvalidSetting."""
    for name, bound in bounds.items():
        if not isinstance(bound, int) or isinstance(bound, bool):
            raise TypeError(f"{name} is an int, not {type(bound).__name__} {bound!r}")
        if bound < 1:
            raise InvalidSetting(file=ARGUMENT, field=name, reason="wrong value", detail=Report("at least", number=1))


def position_in(after: object) -> Position:
    """Return a position of a numbered stream that was given as text; TypeError, InvalidSetting."""
    if not isinstance(after, str):
        raise TypeError(f"a position is a str, JOURNAL:EPOCH:N or EPOCH:N, not {type(after).__name__} {after!r}")
    try:
        return Position.parse(after)
    except ValueError:
        detail = Report("not a position", name=after)
        raise InvalidSetting(file=ARGUMENT, field="after", reason="wrong value", detail=detail) from None


def check_path(name: str, path: object) -> None:
    """Refuse what is not the path of a file, nor None; TypeError, InvalidSetting for an empty one."""
    if path is not None and not isinstance(path, str | PathLike):
        raise TypeError(f"{name} is the path of a file, not {type(path).__name__} {path!r}")
    if path == "":
        raise InvalidSetting(file=ARGUMENT, field=name, reason="wrong value", detail=Report("empty path"))


def check_length(name: str, seconds: object) -> None:
    """Refuse what is not a number of seconds, at least 0; TypeError, InvalidSetting."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise TypeError(f"{name} is a number of seconds, not {type(seconds).__name__} {seconds!r}")
    if not 0 <= seconds < float("inf"):
        raise InvalidSetting(file=ARGUMENT, field=name, reason="wrong value", detail=Report("seconds or never"))


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse what is not one of these words; InvalidSetting."""
    if value not in choices:
        raise InvalidSetting(file=ARGUMENT, field=name, reason="wrong value", detail=", ".join(choices))
