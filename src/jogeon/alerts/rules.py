"""A rule of alerts (알림 규칙): which events of which conditions are worth a message, and what it says. No I/O."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Literal, NamedTuple

from msgspec import Struct

On = Literal["enter", "leave", "both"]

FIELDS: Mapping[str, str] = {
    "종목명": "name",
    "종목코드": "code",
    "조건식": "condition",
    "편입시간": "time",
    "현재가": "price",
    "등락률": "rate",
    "사건": "event",
}
"""What a text may hold in braces, in Korean and, as the value, in English."""
_PLACE = re.compile(r"\{([^{}]*)\}")
_COMPARED = re.compile(r"\s*(>=|<=|==|>|<|=)\s*([+-]?\d+(?:\.\d+)?)\s*")
_HOURS = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-~]\s*(\d{1,2}):(\d{2})\s*")
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "=": operator.eq,
}


class Bound(NamedTuple):
    """A number compared: `>= 1000`."""

    sign: str
    number: float

    @classmethod
    def parse(cls, text: str) -> "Bound":
        """Read `>= 1000`, `< -3.5`, `== 0`; ValueError for anything else."""
        found = _COMPARED.fullmatch(text)
        if not found:
            raise ValueError(text)
        return cls(found[1], float(found[2]))

    def holds(self, value: float | None) -> bool:
        """Return whether a value lies within the bound; one that is not known never does."""
        return value is not None and _OPERATORS[self.sign](value, self.number)


class Hours(NamedTuple):
    """A stretch of each day in Korean time: the start belongs to it, the end does not."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """Read `09:00-15:20`; ValueError for an impossible time, or an end that is not after the start.

        `24:00` is the end of the day.
        """
        found = _HOURS.fullmatch(text)
        if not found:
            raise ValueError(text)
        first, second, third, fourth = (int(each) for each in found.groups())
        end = time.max if (third, fourth) == (24, 0) else time(third, fourth)
        hours = cls(time(first, second), end)
        if hours.end <= hours.start:
            raise ValueError(text)
        return hours

    def hold(self, moment: datetime) -> bool:
        """Return whether a moment in Korean time lies within the hours."""
        at = moment.timetz().replace(tzinfo=None)
        return self.start <= at and (at < self.end or self.end == time.max)


class Rule(Struct, frozen=True, kw_only=True):
    """A rule as it is applied. Durations are nanoseconds; a condition is named, and no conditions means all.

    `dwell` is how long a stock must have stayed, as far as anybody saw it; `cooldown` how long the same stock of the
    same condition then stays unmentioned; `also_in` where else it must be a member, entered at most `within` ago;
    `cap` how many alerts there may be in a Korean day. `to` names targets.
    """

    name: str
    conditions: tuple[str, ...] = ()
    on: On = "enter"
    origin: Literal["live", "both"] = "live"
    dwell: int = 0
    cooldown: int = 0
    also_in: tuple[str, ...] = ()
    within: int | None = None
    hours: Hours | None = None
    price: Bound | None = None
    rate: Bound | None = None
    cap: int | None = None
    silent: bool = False
    to: tuple[str, ...] = ()
    text: str = "{종목명} {종목코드} {조건식} {사건}"


def unknown_fields(text: str) -> list[str]:
    """Return what stands in braces in a text and is not a field."""
    known = {*FIELDS, *FIELDS.values()}
    return [name for name in _PLACE.findall(text) if name not in known]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Fill the fields of a text; `values` has them under their English names. What they hold is never a field again."""
    return _PLACE.sub(lambda place: values.get(FIELDS.get(place[1], place[1]), place[0]), text)
