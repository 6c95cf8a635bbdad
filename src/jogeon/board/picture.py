"""What the page shows, and what of it has changed since it was last asked for. No I/O; the clock is an argument.

Events come by their numbers, prices and the state of the hub as they are. A change is told by what is true now, never
by how it came: whoever takes a change twice, or misses one that a later one replaces, sees the same. Events are kept as
they are and made into what is shown when somebody looks: of thousands a second nobody sees most.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from jogeon.board.blindness import Blindness
from jogeon.board.roster import Roster, Stay, iso
from jogeon.board.stocks import Stocks
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State, korean
from jogeon.journal.following import Numbered
from jogeon.journal.position import Position
from jogeon.prices import Price

LEFT_NS = 180_000_000_000
"""For how long a stock that left is still shown."""
EVENTS = 300
"""Events that are shown."""
BLIND = frozenset({"reconnecting", "taken", "ended", "unanswered", "condition-gone", "ambiguous"})
"""States after which nothing is heard, of all conditions or of one."""


class _Changed(Struct):
    """What has changed."""

    conditions: set[str] = field(default_factory=set)
    stays: set[tuple[str, str]] = field(default_factory=set)
    stocks: set[str] = field(default_factory=set)
    events: deque[Numbered] = field(default_factory=lambda: deque(maxlen=EVENTS))
    status: bool = False


class Picture:
    """The whole page as data. `position` is that of the last event it took."""

    def __init__(self, position: Position) -> None:
        self.position = position
        self._trouble: dict[str, Any] | None = None
        """The outage there is, if any."""
        self._rosters: dict[str, Roster] = {}
        self._stocks = Stocks()
        self._events: deque[Numbered] = deque(maxlen=EVENTS)
        self._status: dict[str, Any] = {}
        self._blindness = Blindness()
        self._changed = _Changed()

    # ------------------------------------------------------------ what comes

    def show(self, condition: Condition, codes: Iterable[str], names: Mapping[str, str]) -> None:
        """Begin with who was in a condition when nobody knows since when."""
        roster = self._roster(condition)
        for code in codes:
            self._enter(roster, code, Stay(None, "snapshot"), names.get(code))
        roster.count = roster.count or 0

    def take(self, numbered: Iterable[Numbered]) -> None:
        """Take committed events in their order; those that were taken before change nothing."""
        last = (self.position.epoch, self.position.n)
        for epoch, n, event in numbered:
            if (epoch, n) > last:
                last = (epoch, n)
                self._take(event)
                if not isinstance(event, Snapshot):
                    self._events.append((epoch, n, event))
                    self._changed.events.append((epoch, n, event))
        self.position = Position(*last, self.position.journal)

    def price(self, prices: Iterable[Price]) -> None:
        """Take what members cost now; one that has left keeps its last price."""
        for price in prices:
            roster = self._rosters.get(price.condition.name)
            stay = None if roster is None else roster.stays.get(price.code)
            if roster is not None and stay is not None:
                stay.price = price
                self._changed.stays.add((roster.condition.name, price.code))
                self._learn(price.code, price.name, price)

    def name(self, code: str, name: str | None) -> None:
        """Take the name of a stock that is shown."""
        if name is not None and self._stocks.knows(code):
            self._learn(code, name)

    @property
    def nameless(self) -> list[str]:
        """The stocks whose names are not known."""
        return self._stocks.nameless

    def listed(self, listing: Iterable[Condition], followed: Iterable[Condition]) -> None:
        """Take which conditions there are, and which are followed."""
        names, on = {each.name: each for each in listing}, {each.name for each in followed}
        for condition in names.values():
            self._roster(condition)
        for name, roster in list(self._rosters.items()):
            if name not in names and name not in on:
                del self._rosters[name]
                self._changed.conditions.add(name)
            elif roster.on != (name in on):
                roster.on = name in on
                self._changed.conditions.add(name)
                if not roster.on:
                    self._changed.stays |= {(name, code) for code in roster.stays}
                    roster.let_go()

    def tell(self, status: dict[str, Any], now_ns: int) -> None:
        """Take how it goes with the hub."""
        gaps, seconds = self._blindness.of(korean(now_ns).date())
        status = status | {"trouble": self._trouble, "gaps": {"count": gaps, "seconds": round(seconds, 1)}}
        if status != self._status:
            self._status = status
            self._changed.status = True

    def tick(self, now_ns: int) -> None:
        """Let go what left long ago."""
        for name, roster in self._rosters.items():
            self._changed.stays |= {(name, code) for code in roster.forget(now_ns - LEFT_NS)}

    # ------------------------------------------------------------ what an event means

    def _take(self, event: Event) -> None:
        match event:
            case Enter():
                roster = self._roster(event.condition)
                self._enter(roster, event.code, Stay(event.at_ns, event.origin, event.clock), event.name)
                self._count(roster, event.at_ns)
            case Leave():
                roster = self._roster(event.condition)
                self._leave(roster, event.code, event.at_ns)
                self._count(roster, event.at_ns)
            case Snapshot():
                self._shown(self._roster(event.condition), event)
            case Gap():
                self._blindness.add(event)
                self._roster(event.condition).series.add(event.since_ns // 1_000_000, None)
                self._changed.conditions.add(event.condition.name)
            case State():
                self._stated(event)

    def _enter(self, roster: Roster, code: str, stay: Stay, name: str | None) -> None:
        roster.enter(code, stay)
        self._changed.stays.add((roster.condition.name, code))
        self._learn(code, name)

    def _leave(self, roster: Roster, code: str, at_ns: int) -> None:
        if roster.leave(code, at_ns):
            self._changed.stays.add((roster.condition.name, code))

    def _shown(self, roster: Roster, shown: Snapshot) -> None:
        """Bring the members in line; who is shown without an enter was in before anybody looked."""
        for code in roster.others(shown.codes):
            self._leave(roster, code, shown.at_ns)
        for code in shown.codes:
            if roster.has(code):
                self._learn(code, shown.names.get(code))
            else:
                self._enter(roster, code, Stay(shown.at_ns, "snapshot"), shown.names.get(code))
        roster.blind_ns = None
        self._count(roster, shown.at_ns)

    def _count(self, roster: Roster, at_ns: int) -> None:
        roster.counted(at_ns)
        self._changed.conditions.add(roster.condition.name)

    def _stated(self, state: State) -> None:
        if state.state in BLIND:
            if state.condition is None:
                before = self._trouble or {"state": "", "since": iso(state.at_ns)}
                ended_by_that = before["state"] == "taken" and state.state == "ended"
                word = "taken" if ended_by_that else state.state
                self._trouble = {"state": word, "since": before["since"], "cause": state.cause, "pause": state.pause}
            for roster in self._rosters.values() if state.condition is None else [self._roster(state.condition)]:
                if roster.blind_ns is None and roster.count is not None:
                    roster.blind_ns = state.at_ns
                    self._changed.conditions.add(roster.condition.name)
        elif state.state in ("connected", "started"):
            self._trouble = None

    def _roster(self, condition: Condition) -> Roster:
        roster = self._rosters.get(condition.name)
        if roster is None or roster.condition != condition:
            self._changed.conditions.add(condition.name)
        if roster is None:
            roster = self._rosters[condition.name] = Roster(condition)
        roster.condition = condition
        return roster

    def _learn(self, code: str, name: str | None, price: Price | None = None) -> None:
        if self._stocks.learn(code, name, price):
            self._changed.stocks.add(code)

    # ------------------------------------------------------------ what is shown

    def state(self) -> dict[str, Any]:
        """Return everything."""
        return {
            "position": str(self.position),
            "status": self._status,
            "conditions": [roster.fields(series=True) for roster in self._rosters.values()],
            "members": {name: roster.shown(roster.stays) for name, roster in self._rosters.items()},
            "stocks": self._stocks.of(self._codes),
            "events": list(map(_line, self._events)),
        }

    @property
    def _codes(self) -> set[str]:
        return {code for roster in self._rosters.values() for code in roster.stays}

    def members(self, name: str) -> dict[str, Any] | None:
        """Return one condition with its members and their prices, None if there is none of that name."""
        roster = self._rosters.get(name)
        if roster is None:
            return None
        rows = [{"code": code} | self._stocks.get(code) | stay.fields() for code, stay in roster.stays.items()]
        return {"condition": roster.fields(series=True), "members": rows, "position": str(self.position)}

    def stock(self, code: str) -> dict[str, Any]:
        """Return what is known of a stock now, and the conditions it is in or has just left."""
        stays = {name: stay.fields() for name, roster in self._rosters.items() if (stay := roster.stays.get(code))}
        return {"code": code, **self._stocks.get(code), "conditions": stays}

    def changes(self) -> dict[str, Any]:
        """Return what has changed since this was asked last, empty if nothing has; None stands for what is gone."""
        changed, self._changed = self._changed, _Changed()
        told = {
            "conditions": {name: self._condition(name) for name in changed.conditions},
            "members": self._stays(changed.stays),
            "stocks": self._stocks.of(changed.stocks),
            "events": list(map(_line, changed.events)),
            "status": self._status if changed.status else None,
        }
        if changed.stays:
            self._stocks.keep(self._codes)
        return {key: value for key, value in told.items() if value}

    def _condition(self, name: str) -> dict[str, Any] | None:
        roster = self._rosters.get(name)
        return None if roster is None else roster.fields()

    def _stays(self, changed: Iterable[tuple[str, str]]) -> dict[str, Any]:
        members: dict[str, dict[str, Any]] = {}
        for name, code in changed:
            roster = self._rosters.get(name)
            members.setdefault(name, {}).update({code: None} if roster is None else roster.shown((code,)))
        return members


def _line(numbered: Numbered) -> dict[str, Any]:
    epoch, n, event = numbered
    return event.fields() | {"epoch": epoch, "n": n}
