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
from jogeon.board.stocks import Stocks
from jogeon.board.topic import Stay, Topic, iso
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
        self._topics: dict[str, Topic] = {}
        self._stocks = Stocks()
        self._events: deque[Numbered] = deque(maxlen=EVENTS)
        self._status: dict[str, Any] = {}
        self._blindness = Blindness()
        self._changed = _Changed()

    # ------------------------------------------------------------ what comes

    def show(self, condition: Condition, codes: Iterable[str], names: Mapping[str, str]) -> None:
        """Begin with who was in a condition when nobody knows since when."""
        topic = self._topic(condition)
        for code in codes:
            self._enter(topic, code, Stay(None, "snapshot"), names.get(code))
        topic.count = topic.count or 0

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
            topic = self._topics.get(price.condition.name)
            stay = None if topic is None else topic.stays.get(price.code)
            if topic is not None and stay is not None:
                stay.price = price
                self._changed.stays.add((topic.condition.name, price.code))
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
            self._topic(condition)
        for name, topic in list(self._topics.items()):
            if name not in names and name not in on:
                del self._topics[name]
                self._changed.conditions.add(name)
            elif topic.on != (name in on):
                topic.on = name in on
                self._changed.conditions.add(name)
                if not topic.on:
                    self._changed.stays |= {(name, code) for code in topic.stays}
                    topic.let_go()

    def tell(self, status: dict[str, Any], now_ns: int) -> None:
        """Take how it goes with the hub."""
        gaps, seconds = self._blindness.of(korean(now_ns).date())
        status = status | {"trouble": self._trouble, "gaps": {"count": gaps, "seconds": round(seconds, 1)}}
        if status != self._status:
            self._status = status
            self._changed.status = True

    def tick(self, now_ns: int) -> None:
        """Let go what left long ago."""
        for name, topic in self._topics.items():
            self._changed.stays |= {(name, code) for code in topic.forget(now_ns - LEFT_NS)}

    # ------------------------------------------------------------ what an event means

    def _take(self, event: Event) -> None:
        match event:
            case Enter():
                topic = self._topic(event.condition)
                self._enter(topic, event.code, Stay(event.at_ns, event.origin, event.clock), event.name)
                self._count(topic, event.at_ns)
            case Leave():
                topic = self._topic(event.condition)
                self._leave(topic, event.code, event.at_ns)
                self._count(topic, event.at_ns)
            case Snapshot():
                self._shown(self._topic(event.condition), event)
            case Gap():
                self._blindness.add(event)
                self._topic(event.condition).series.add(event.since_ns // 1_000_000, None)
                self._changed.conditions.add(event.condition.name)
            case State():
                self._stated(event)

    def _enter(self, topic: Topic, code: str, stay: Stay, name: str | None) -> None:
        topic.enter(code, stay)
        self._changed.stays.add((topic.condition.name, code))
        self._learn(code, name)

    def _leave(self, topic: Topic, code: str, at_ns: int) -> None:
        if topic.leave(code, at_ns):
            self._changed.stays.add((topic.condition.name, code))

    def _shown(self, topic: Topic, shown: Snapshot) -> None:
        """Bring the members in line; who is shown without an enter was in before anybody looked."""
        for code in topic.others(shown.codes):
            self._leave(topic, code, shown.at_ns)
        for code in shown.codes:
            if topic.has(code):
                self._learn(code, shown.names.get(code))
            else:
                self._enter(topic, code, Stay(shown.at_ns, "snapshot"), shown.names.get(code))
        topic.blind_ns = None
        self._count(topic, shown.at_ns)

    def _count(self, topic: Topic, at_ns: int) -> None:
        topic.counted(at_ns)
        self._changed.conditions.add(topic.condition.name)

    def _stated(self, state: State) -> None:
        if state.state in BLIND:
            if state.condition is None:
                before = self._trouble or {"state": "", "since": iso(state.at_ns)}
                ended_by_that = before["state"] == "taken" and state.state == "ended"
                word = "taken" if ended_by_that else state.state
                self._trouble = {"state": word, "since": before["since"], "cause": state.cause, "pause": state.pause}
            for topic in self._topics.values() if state.condition is None else [self._topic(state.condition)]:
                if topic.blind_ns is None and topic.count is not None:
                    topic.blind_ns = state.at_ns
                    self._changed.conditions.add(topic.condition.name)
        elif state.state in ("connected", "started"):
            self._trouble = None

    def _topic(self, condition: Condition) -> Topic:
        topic = self._topics.get(condition.name)
        if topic is None or topic.condition != condition:
            self._changed.conditions.add(condition.name)
        if topic is None:
            topic = self._topics[condition.name] = Topic(condition)
        topic.condition = condition
        return topic

    def _learn(self, code: str, name: str | None, price: Price | None = None) -> None:
        if self._stocks.learn(code, name, price):
            self._changed.stocks.add(code)

    # ------------------------------------------------------------ what is shown

    def state(self) -> dict[str, Any]:
        """Return everything."""
        return {
            "position": str(self.position),
            "status": self._status,
            "conditions": [topic.fields(series=True) for topic in self._topics.values()],
            "members": {name: topic.shown(topic.stays) for name, topic in self._topics.items()},
            "stocks": self._stocks.of(self._codes),
            "events": list(map(_line, self._events)),
        }

    @property
    def _codes(self) -> set[str]:
        return {code for topic in self._topics.values() for code in topic.stays}

    def members(self, name: str) -> dict[str, Any] | None:
        """Return one condition with its members and their prices, None if there is none of that name."""
        topic = self._topics.get(name)
        if topic is None:
            return None
        rows = [{"code": code} | self._stocks.get(code) | stay.fields() for code, stay in topic.stays.items()]
        return {"condition": topic.fields(series=True), "members": rows, "position": str(self.position)}

    def stock(self, code: str) -> dict[str, Any]:
        """Return what is known of a stock now, and the conditions it is in or has just left."""
        stays = {name: stay.fields() for name, topic in self._topics.items() if (stay := topic.stays.get(code))}
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
        topic = self._topics.get(name)
        return None if topic is None else topic.fields()

    def _stays(self, changed: Iterable[tuple[str, str]]) -> dict[str, Any]:
        members: dict[str, dict[str, Any]] = {}
        for name, code in changed:
            topic = self._topics.get(name)
            members.setdefault(name, {}).update({code: None} if topic is None else topic.shown((code,)))
        return members


def _line(numbered: Numbered) -> dict[str, Any]:
    epoch, n, event = numbered
    return event.fields() | {"epoch": epoch, "n": n}
