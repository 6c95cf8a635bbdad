"""What a user of the package sees: conditions, stocks, members, and the events of a watch.

All are frozen. Moments are kept as integers of nanoseconds since 1970 (UTC), because one is made for each push;
the properties `at`, `time`, `since` and `until` give them as datetimes in Korean time (+09:00).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from jogeon.details import Counts, details_of
from jogeon.reports import Report

KST = timezone(timedelta(hours=9), "KST")
"""Korean time; a fixed offset, because Windows has no zone database and Korea no summer time."""

Origin = Literal["live", "recovered"]
Cause = Literal[
    "connection lost",
    "restart",
    "lagged",
    "drift",
    "unreadable frame",
    "registration lost",
    "condition missing",
    "not watched",
]
StateName = Literal[
    "started",
    "connecting",
    "connected",
    "reconnecting",
    "registered",
    "unanswered",
    "condition-added",
    "condition-gone",
    "ambiguous",
    "taken",
    "journal-stalled",
    "journal-resumed",
    "ended",
]
Sign = Literal["limit-up", "rise", "flat", "limit-down", "fall"]
Exchange = Literal["K", "N", "A"]
"""K = KRX, N = NXT, A = 통합 (both): the broker's stex_tp."""


Number = tuple[int, int]
"""(epoch, n): where an event stands in the numbered stream of a journal."""

NameOf = Callable[[str], str | None]
"""Looks up the name of a stock by its code; None where nobody knows it yet."""


def nameless(code: str) -> None:
    """Know no name: a NameOf."""
    del code


def korean(moment_ns: int) -> datetime:
    """Return nanoseconds since 1970 as a datetime in Korean time, exact to the microsecond."""
    seconds, rest = divmod(moment_ns, 1_000_000_000)
    return datetime.fromtimestamp(seconds, KST).replace(microsecond=rest // 1000)


def midnight_ns(moment_ns: int) -> int:
    """Return when the day of a moment began in Korea; both are nanoseconds since 1970."""
    begun = korean(moment_ns).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(begun.timestamp()) * 1_000_000_000


def exchange_time(clock: str, near_ns: int) -> datetime | None:
    """Return HHMMSS with the date that brings it nearest to `near_ns`, or None where the exchange gave no time.

    The wire carries no date (field 20), and a push may cross midnight.
    """
    if len(clock) != 6 or not clock.isascii() or not clock.isdigit():
        return None
    try:
        there = korean(near_ns)
        same_day = there.replace(hour=int(clock[:2]), minute=int(clock[2:4]), second=int(clock[4:]), microsecond=0)
    except ValueError:
        return None
    days = (same_day - timedelta(days=1), same_day, same_day + timedelta(days=1))
    return min(days, key=lambda day: abs(day - there))


class Condition(Struct, frozen=True, gc=False):
    """A saved condition (조건식). The name is what people know; the broker's `seq` moves when conditions are edited."""

    seq: str
    name: str


class Stock(Struct, frozen=True, gc=False):
    """A row of a search (종목, ka10172). Won, shares, percent; None where the broker left the field empty.

    `code` has six characters, not always digits; `change` is signed, against yesterday's close; `rate` is in percent.
    """

    code: str
    name: str
    price: int | None
    sign: Sign | None
    change: int | None
    rate: float | None
    volume: int | None
    open: int | None
    high: int | None
    low: int | None


class _Labelled(Struct, frozen=True, eq=False):
    """What bears the name of a stock, or its number in a stream: neither is part of what is equal or of its hash."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and _without_labels(self) == _without_labels(other)

    def __hash__(self) -> int:
        return hash((type(self), _without_labels(self)))


class Member(_Labelled, frozen=True, gc=False, eq=False):
    """A stock that is in a condition now (편입 종목).

    `since` is when it was heard of: the moment of its enter, or of the snapshot that first showed it. `name` is that of
    the stock, None where it is not known.
    """

    code: str
    since_ns: int
    origin: Literal["snapshot", "live", "recovered"]
    name: str | None = None

    @property
    def since(self) -> datetime:
        """When it was heard of here, Korean time."""
        return korean(self.since_ns)


class _Told(Struct, frozen=True):
    """What all events share: the fields of their JSON line."""

    def fields(self) -> dict[str, object]:
        """Return the event as the fields of its JSON line: the stable form for pipes, journals and other programs."""
        fields = {"event": type(self).__name__.lower(), **_fields(self)}
        number: Number | None = getattr(self, "number", None)
        return fields if number is None else fields | dict(zip(("epoch", "n"), number, strict=True))


class _Received(_Told, frozen=True):
    """What all events but a gap share: when they were received here."""

    at_ns: int

    @property
    def at(self) -> datetime:
        """When it was received here, Korean time."""
        return korean(self.at_ns)


class Snapshot(_Received, _Labelled, frozen=True, eq=False):
    """All codes that are in a condition at one moment, in the broker's order; `names` of those that are known."""

    condition: Condition
    codes: tuple[str, ...]
    names: Mapping[str, str] = {}
    number: Number | None = None


class _Change(_Received, _Labelled, frozen=True, gc=False, eq=False):
    """A stock that entered or left; for a recovered one, the interval in which it must have happened.

    `name` is that of the stock, None where it was not known when the event was made.
    """

    condition: Condition
    code: str
    clock: str = ""
    origin: Origin = "live"
    since_ns: int | None = None
    until_ns: int | None = None
    name: str | None = None
    number: Number | None = None

    @property
    def time(self) -> datetime | None:
        """The exchange's own time to the second (field 20), None if it gave none or the change is recovered."""
        return exchange_time(self.clock, self.at_ns)

    @property
    def since(self) -> datetime | None:
        """Start of the interval of a recovered change."""
        return None if self.since_ns is None else korean(self.since_ns)

    @property
    def until(self) -> datetime | None:
        """End of the interval of a recovered change."""
        return None if self.until_ns is None else korean(self.until_ns)


class Enter(_Change, frozen=True, gc=False, eq=False):
    """A stock entered a condition (편입)."""


class Leave(_Change, frozen=True, gc=False, eq=False):
    """A stock left a condition (이탈)."""


class Gap(_Told, _Labelled, frozen=True, gc=False, eq=False):
    """A stretch in which nothing could be heard of a condition (공백); `open` if it had not ended when told."""

    condition: Condition
    since_ns: int
    until_ns: int
    cause: Cause
    detail: str = ""
    open: bool = False
    number: Number | None = None

    @property
    def since(self) -> datetime:
        """The last moment at which the picture was known to be right."""
        return korean(self.since_ns)

    @property
    def until(self) -> datetime:
        """The moment of the snapshot that ended the gap, or now for an open one."""
        return korean(self.until_ns)


class State(_Received, _Labelled, frozen=True, gc=False, eq=False):
    """Something about the watch itself; `condition` is None where it concerns the whole client.

    `cause` is English text, made from the fields behind it where it is not given: `error` is what went wrong, `pause`
    the seconds until the next login, `active` of `of` wanted conditions are registered, `notices` is what became of
    the journal.
    """

    state: StateName
    condition: Condition | None = None
    cause: str = ""
    pause: float | None = None
    error: Report | None = None
    active: int | None = None
    of: int | None = None
    notices: tuple[Report, ...] = ()
    number: Number | None = None

    def __post_init__(self) -> None:
        if not self.cause:
            force_setattr(self, "cause", self._in_words())

    def _in_words(self) -> str:
        if self.notices:
            return "; ".join(map(str, self.notices))
        if self.active is not None:
            return f"{self.active} of {self.of}"
        cause = "" if self.error is None else str(self.error)
        return cause if self.pause is None else f"in {self.pause:.1f} s: {cause}"


class Anomaly(_Received, _Labelled, frozen=True, gc=False, eq=False):
    """Something the broker sent that cannot be right, told and not acted upon.

    `what` is English text, made from the fields behind it where it is not given: `error` is what is wrong, `counts`
    the events that a slow consumer was not handed. `name` is that of the stock with the `code`, where it is known.
    """

    what: str = ""
    condition: Condition | None = None
    code: str | None = None
    error: Report | None = None
    counts: Counts | None = None
    name: str | None = None
    number: Number | None = None

    def __post_init__(self) -> None:
        if not self.what:
            lagged = "" if self.counts is None else f"lagged: not handed over: {self.counts}"
            force_setattr(self, "what", lagged if self.error is None else str(self.error))


_Any = TypeVar("_Any", bound="Event")

Event = Snapshot | Enter | Leave | Gap | State | Anomaly


LABELS = frozenset({"name", "names", "number"})
"""Fields that are no part of what an event is."""


def _without_labels(event: Struct) -> tuple[object, ...]:
    return tuple(getattr(event, field) for field in event.__struct_fields__ if field not in LABELS)


def names_among(codes: Iterable[str], name_of: NameOf) -> dict[str, str]:
    """Return the names of the codes for which there are any."""
    return {code: name for code in codes if (name := name_of(code)) is not None}


def named(event: _Any, name_of: NameOf) -> _Any:
    """Give an event that nobody has seen yet the names of its stocks, and return it."""
    if isinstance(event, Snapshot):
        force_setattr(event, "names", names_among(event.codes, name_of))
    elif isinstance(event, Enter | Leave | Anomaly) and event.code is not None:
        force_setattr(event, "name", name_of(event.code))
    return event


def _fields(event: _Told) -> dict[str, object]:
    match event:
        case Enter() | Leave():
            return _change_fields(event)
        case Snapshot():
            condition, names = _pair(event.condition), dict(event.names)
            return {"condition": condition, "codes": list(event.codes), "names": names, "at": _micro(event.at)}
        case Gap():
            return _gap_fields(event)
        case State():
            told = {"state": event.state, "condition": _pair(event.condition), "cause": event.cause}
            return {**told, "at": _micro(event.at), **msgspec.to_builtins(details_of(event))}
        case Anomaly():
            stock = {"code": event.code, "name": event.name}
            told = {"condition": _pair(event.condition), **stock, "what": event.what}
            return {**told, "at": _micro(event.at), **msgspec.to_builtins(details_of(event))}
    raise TypeError(f"{type(event).__name__} is not an event of a watch")


def _change_fields(event: Enter | Leave) -> dict[str, object]:
    fields: dict[str, object] = {
        "condition": _pair(event.condition),
        "code": event.code,
        "name": event.name,
        "time": event.time and event.time.isoformat(timespec="seconds"),
        "at": _micro(event.at),
        "origin": event.origin,
    }
    if event.since and event.until:
        fields |= {"since": _micro(event.since), "until": _micro(event.until)}
    return fields


def _gap_fields(event: Gap) -> dict[str, object]:
    fields: dict[str, object] = {
        "condition": _pair(event.condition),
        "since": _micro(event.since),
        "until": _micro(event.until),
        "cause": event.cause,
        "detail": event.detail,
    }
    return fields | {"open": True} if event.open else fields


def _pair(condition: Condition | None) -> dict[str, str] | None:
    return None if condition is None else {"seq": condition.seq, "name": condition.name}


def _micro(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
