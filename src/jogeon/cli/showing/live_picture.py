"""What the live view shows, without how: the connection, the stocks of each condition, the last events. No I/O."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping  # msgspec reads the types of a Struct
from datetime import datetime  # the same
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, structs

from jogeon.cli.showing.terminal import clean, visible_name
from jogeon.events import Cause, Condition, Enter, Event, Gap, Leave, Member, Sign, Snapshot, State, StateName, korean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SECOND_NS = 1_000_000_000
KEPT = 200
"""Lines kept for the log; more than any terminal is high."""
LINGER_NS = 60 * SECOND_NS
"""A stock that left is shown for so long."""
CONNECTION = {"connecting", "connected", "reconnecting", "taken", "ended"}
"""States that tell whether there is a connection."""
UNTOLD = {"started", "registered", "connecting"}
"""States that say nothing the view does not show anyway."""


class Worth(Struct, frozen=True, gc=False):
    """What a stock of a condition is worth: won, percent and shares; None where it is not known."""

    price: int | None = None
    sign: Sign | None = None
    rate: float | None = None
    volume: int | None = None
    entry: int | None = None
    """The price at which it entered."""
    gain: float | None = None
    """Percent since then, costs not counted."""
    stale_since_ns: int | None = None
    """Since when trades could not be heard; None while the price is kept up."""


class Stand(Struct, frozen=True, gc=False):
    """A stock of a condition: since when it is in, or, if it left, since when it is out."""

    code: str
    name: str | None
    at_ns: int
    origin: Literal["snapshot", "live", "recovered"]
    left: bool = False


class Roster(Struct, frozen=True):
    """A condition, its members and those that left a moment ago, both the latest first."""

    label: str
    members: tuple[Stand, ...]
    left: tuple[Stand, ...] = ()


class Outage(Struct, frozen=True):
    """Gaps of one cause that overlap: one outage, however many conditions it blinds, and what changed in it."""

    cause: Cause
    since_ns: int
    until_ns: int
    labels: frozenset[str]
    open: bool = False
    enters: int = 0
    leaves: int = 0

    def covers(self, since_ns: int, until_ns: int) -> bool:
        """Tell whether a stretch overlaps this one."""
        return since_ns == self.since_ns or (since_ns < self.until_ns and until_ns > self.since_ns)


class Totals(Struct, frozen=True, gc=False):
    """A condition over the whole session."""

    label: str
    members: int
    enters: int
    leaves: int


class LivePicture(Struct, frozen=True):
    """One moment of the view; nothing in it changes, so another thread may draw it."""

    server: str
    state: StateName
    now_ns: int
    heard: datetime | None
    silent: bool
    """Whether the server is quiet for longer than it usually is."""
    gaps: int
    blind_ns: int
    """How long the gaps of today are together."""
    rows: tuple[Roster, ...]
    log: tuple[Event | Outage, ...]
    """The latest first."""
    prices: Mapping[str, Worth] | None = None
    """By code; None where no prices are asked for."""
    recorded: bool = False
    trouble: str | None = None
    """Why the journal cannot be written now, as a sentence."""


class Silence:
    """Tells when the server is quiet for longer than usual: a while before anybody takes it for an outage."""

    def __init__(self, *, unknown: float = 15.0, least: float = 10.0, most: float = 45.0) -> None:
        self._unknown, self._least, self._most = unknown, least, most
        self._pauses: deque[float] = deque(maxlen=8)
        self.heard: datetime | None = None

    def hear(self, heard: datetime | None) -> None:
        """Take when the last frame came. Short pauses say nothing: a quiet server sends its PING, and nothing else."""
        if heard is not None and self.heard is not None and (pause := (heard - self.heard).total_seconds()) > 2:
            self._pauses.append(pause)
        self.heard = heard

    def lasts(self, now: datetime) -> bool:
        """Tell whether it is quiet for longer than usual."""
        if self.heard is None:
            return False
        bound = max(self._least, 1.5 * max(self._pauses)) if self._pauses else self._unknown
        return (now - self.heard).total_seconds() >= min(bound, self._most)


class Story:
    """What the events told so far."""

    def __init__(self, server: str, began_ns: int = 0) -> None:
        self.server, self.began_ns = server, began_ns
        self.state: StateName = "connected"  # a watch begins on a connection
        self.recorded = False
        self.trouble: str | None = None
        self._silence = Silence()
        self._log: deque[Event | int] = deque(maxlen=KEPT)
        """Events, and the numbers of outages."""
        self._outages: list[Outage] = []
        self._left: dict[tuple[str, str, str], Stand] = {}
        self._counts: Counter[tuple[str, type[Enter | Leave]]] = Counter()
        self._rows: tuple[tuple[Condition, bool, tuple[Stand, ...]], ...] = ()
        self._prices: Mapping[str, Worth] | None = None

    # ------------------------------------------------------------ what is told

    def take(self, event: Event) -> None:
        """Take an event in the order in which the watch gave it."""
        match event:
            case State(state=state, condition=None) if state in CONNECTION:
                self.state = state
            case Gap():
                self._blind(event)
                return
            case Enter() | Leave():
                self._change(event)
                if event.origin == "recovered" and self._recover(event):
                    return
        if not isinstance(event, Snapshot) and not (isinstance(event, State) and event.state in UNTOLD):
            self._log.appendleft(event)

    def hear(self, heard: datetime | None) -> None:
        """Take when the server's last frame came, a PING too."""
        self._silence.hear(heard)

    def look(
        self,
        conditions: Sequence[Condition],
        members: Mapping[Condition | str, Mapping[str, Member]],
        prices: Mapping[str, Worth] | None = None,
    ) -> None:
        """Take who is in which condition, as a Watch tells; what was seen stays when it has ended."""
        if conditions:
            self._rows = tuple(_known(condition, members) for condition in conditions)
            self._prices = prices

    def _change(self, event: Enter | Leave) -> None:
        condition = event.condition
        self._counts[condition.name, type(event)] += 1
        key = (condition.name, condition.seq, event.code)
        if isinstance(event, Leave):
            self._left[key] = Stand(event.code, name_of(event), event.at_ns, event.origin, left=True)
        else:
            self._left.pop(key, None)

    def _blind(self, gap: Gap) -> None:
        label = visible_name(gap.condition)
        for number, outage in self._latest_outages():
            if outage.cause == gap.cause and outage.covers(gap.since_ns, gap.until_ns):
                self._outages[number] = structs.replace(
                    outage, since_ns=min(outage.since_ns, gap.since_ns), until_ns=max(outage.until_ns, gap.until_ns),
                    labels=outage.labels | {label}, open=outage.open or gap.open,
                )  # fmt: skip
                return
        self._log.appendleft(len(self._outages))
        self._outages.append(Outage(gap.cause, gap.since_ns, gap.until_ns, frozenset({label}), gap.open))

    def _recover(self, event: Enter | Leave) -> bool:
        """Count a change for the outage in which it happened; False if none is known."""
        if event.since_ns is None or event.until_ns is None:
            return False
        for number, outage in self._latest_outages():
            if outage.covers(event.since_ns, event.until_ns):
                enters, leaves = isinstance(event, Enter), isinstance(event, Leave)
                self._outages[number] = structs.replace(
                    outage, enters=outage.enters + enters, leaves=outage.leaves + leaves
                )
                return True
        return False

    def _latest_outages(self) -> Iterable[tuple[int, Outage]]:
        latest = range(len(self._outages) - 1, max(-1, len(self._outages) - 9), -1)
        return ((number, self._outages[number]) for number in latest)

    # ------------------------------------------------------------ what it adds up to

    def picture(self, now_ns: int) -> LivePicture:
        """Return the view of this moment."""
        now = korean(now_ns)
        today = [each for each in self._outages if korean(each.until_ns).date() == now.date()]
        return LivePicture(
            self.server, self.state, now_ns, self._silence.heard, self._silence.lasts(now), len(today),
            together(today), tuple(self._row(*known, now_ns) for known in self._rows), self._told(),
            self._prices, self.recorded, self.trouble,
        )  # fmt: skip

    def totals(self) -> list[Totals]:
        """Return what each condition did over the whole session."""
        return [
            Totals(_label(condition, single=single), len(inside), *(self._counts[condition.name, k] for k in CHANGES))
            for condition, single, inside in self._rows
        ]

    @property
    def outages(self) -> Sequence[Outage]:
        """All outages of the session, the first one first."""
        return self._outages

    def _told(self) -> tuple[Event | Outage, ...]:
        return tuple(self._outages[each] if isinstance(each, int) else each for each in self._log)

    def _row(self, condition: Condition, single: bool, inside: tuple[Stand, ...], now_ns: int) -> Roster:  # noqa: FBT001  # a part of what is known
        codes = {each.code for each in inside}
        self._left = {key: left for key, left in self._left.items() if now_ns - left.at_ns < LINGER_NS}
        left = [
            each for (name, seq, code), each in self._left.items()
            if name == condition.name and (single or seq == condition.seq) and code not in codes
        ]  # fmt: skip
        return Roster(_label(condition, single=single), inside, tuple(latest_first(left)))


CHANGES: tuple[type[Enter | Leave], ...] = (Enter, Leave)


def together(outages: Iterable[Outage]) -> int:
    """Return how many nanoseconds are in at least one of them."""
    whole, end = 0, 0
    for outage in sorted(outages, key=lambda each: each.since_ns):
        whole += max(0, outage.until_ns - max(end, outage.since_ns))
        end = max(end, outage.until_ns)
    return whole


def name_of(known: Member | Enter | Leave) -> str | None:
    """Return the name of a stock, if it is known."""
    return clean(known.name) if known.name else None


def latest_first(stands: Iterable[Stand]) -> list[Stand]:
    """Return stocks in the order in which they came, the latest first."""
    return sorted(stands, key=lambda each: (-each.at_ns, each.code))


def _known(
    condition: Condition, members: Mapping[Condition | str, Mapping[str, Member]]
) -> tuple[Condition, bool, tuple[Stand, ...]]:
    """Return a condition, whether it is the only one of its name, and its members."""
    named = members.get(condition.name)
    inside = named if named is not None else members.get(condition, {})
    stands = (Stand(each.code, name_of(each), each.since_ns, each.origin) for each in inside.values())
    return condition, named is not None, tuple(latest_first(stands))


def _label(condition: Condition, *, single: bool) -> str:
    return visible_name(condition) if single else f"{clean(condition.name)} [{clean(condition.seq)}]"
