"""What the page shows, and what of it has changed since it was last asked for. No I/O; the clock is an argument.

Events come by their numbers, prices and the state of the hub as they are. A change is told by what is true now, never
by how it came: whoever takes a change twice, or misses one that a later one replaces, sees the same.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from jogeon.board.blindness import Blindness
from jogeon.board.series import Series
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State, korean
from jogeon.journal.following import Numbered
from jogeon.journal.position import Position
from jogeon.prices import Price

LEFT_NS = 180_000_000_000
"""For how long a stock that left is still shown."""
EVENTS = 300
"""Events that are shown."""


class Stay(Struct):
    """A stock in a condition: since when, how that is known, its price at entry, and when it left if it did."""

    at_ns: int | None
    origin: Literal["snapshot", "live", "recovered"]
    time: str | None = None
    price: Price | None = None
    left_ns: int | None = None

    def fields(self) -> dict[str, Any]:
        """Return it as JSON shows it."""
        told: dict[str, Any] = {
            "at": _iso(self.at_ns), "time": self.time, "origin": self.origin, "left": _iso(self.left_ns),
        }  # fmt: skip
        if self.price is None:
            return told
        fields = self.price.fields()
        return told | {name: fields[name] for name in ("entry_price", "entry_at", "entry_source", "high", "low")}


class Topic(Struct):
    """One condition: whether it is followed, who is in, since when nobody listens, and its members over the day."""

    condition: Condition
    on: bool = False
    stays: dict[str, Stay] = {}
    count: int | None = None
    blind_ns: int | None = None
    series: Series | None = None

    def fields(self) -> dict[str, Any]:
        """Return it as JSON shows it, without its members."""
        condition = self.condition
        told = {"seq": condition.seq, "name": condition.name, "on": self.on, "members": self.count}
        return told | {"blind_since": _iso(self.blind_ns)}


class Picture:
    """The whole page as data. `position` is that of the last event it took, `trouble` the outage there is, if any."""

    def __init__(self, position: Position) -> None:
        self.position = position
        self.trouble: dict[str, Any] | None = None
        self.topics: dict[str, Topic] = {}
        self._stocks: dict[str, dict[str, Any]] = {}
        self._events: deque[dict[str, Any]] = deque(maxlen=EVENTS)
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
        for epoch, n, event in numbered:
            if (epoch, n) > (self.position.epoch, self.position.n):
                self.position = Position(epoch, n, self.position.journal)
                self._take(event)
                if not isinstance(event, Snapshot):
                    line = event.fields() | {"epoch": epoch, "n": n}
                    self._events.append(line)
                    self._changed.events.append(line)

    def price(self, prices: Iterable[Price]) -> None:
        """Take what members cost now; one that has left keeps its last price."""
        for price in prices:
            topic = self.topics.get(price.condition.name)
            stay = None if topic is None else topic.stays.get(price.code)
            if topic is None or stay is None:
                continue
            stay.price = price
            self._changed.stays.add((topic.condition.name, price.code))
            self._stock(price.code, price.name, price)

    def listed(self, listing: Iterable[Condition], followed: Iterable[Condition]) -> None:
        """Take which conditions there are, and which are followed."""
        names, on = {each.name: each for each in listing}, {each.name for each in followed}
        for condition in names.values():
            self._topic(condition)
        for name, topic in list(self.topics.items()):
            if name not in names and name not in on:
                del self.topics[name]
                self._changed.conditions.add(name)
            elif topic.on != (name in on):
                topic.on = name in on
                self._changed.conditions.add(name)
                if not topic.on:
                    self._let_go(topic)

    def tell(self, status: dict[str, Any], now_ns: int) -> None:
        """Take how it goes with the hub."""
        gaps, seconds = self._blindness.of(korean(now_ns).date())
        status = status | {"trouble": self.trouble, "gaps": {"count": gaps, "seconds": round(seconds, 1)}}
        if status != self._status:
            self._status = status
            self._changed.status = True

    def tick(self, now_ns: int) -> None:
        """Let go what left long ago."""
        for name, topic in self.topics.items():
            gone = [code for code, stay in topic.stays.items() if stay.left_ns and now_ns - stay.left_ns > LEFT_NS]
            for code in gone:
                del topic.stays[code]
                self._changed.stays.add((name, code))

    # ------------------------------------------------------------ what an event means

    def _take(self, event: Event) -> None:
        match event:
            case Enter():
                topic = self._topic(event.condition)
                time = None if event.time is None else event.time.isoformat(timespec="seconds")
                self._enter(topic, event.code, Stay(event.at_ns, event.origin, time), event.name)
                self._count(topic, event.at_ns)
            case Leave():
                topic = self._topic(event.condition)
                self._leave(topic, event.code, event.at_ns)
                self._count(topic, event.at_ns)
            case Snapshot():
                self._shown(self._topic(event.condition), event)
            case Gap():
                self._blindness.add(event)
                self._drawn(self._topic(event.condition), event)
            case State():
                self._stated(event)

    def _enter(self, topic: Topic, code: str, stay: Stay, name: str | None) -> None:
        before = topic.stays.pop(code, None)
        topic.count = (topic.count or 0) + (before is None or before.left_ns is not None)
        topic.stays[code] = stay
        self._changed.stays.add((topic.condition.name, code))
        self._stock(code, name)

    def _leave(self, topic: Topic, code: str, at_ns: int) -> None:
        stay = topic.stays.get(code)
        if stay is not None and stay.left_ns is None:
            stay.left_ns = at_ns
            topic.count = (topic.count or 1) - 1
            self._changed.stays.add((topic.condition.name, code))

    def _shown(self, topic: Topic, shown: Snapshot) -> None:
        """Bring the members in line; who is shown without an enter was in before anybody looked."""
        codes = set(shown.codes)
        for code in [code for code, stay in topic.stays.items() if stay.left_ns is None and code not in codes]:
            self._leave(topic, code, shown.at_ns)
        for code in shown.codes:
            if (stay := topic.stays.get(code)) is None or stay.left_ns is not None:
                self._enter(topic, code, Stay(shown.at_ns, "snapshot"), shown.names.get(code))
            elif shown.names.get(code):
                self._stock(code, shown.names.get(code))
        topic.blind_ns = None
        self._count(topic, shown.at_ns)

    def _count(self, topic: Topic, at_ns: int) -> None:
        topic.count = topic.count or 0
        self._changed.conditions.add(topic.condition.name)
        self._series(topic).add(at_ns // 1_000_000, topic.count)

    def _drawn(self, topic: Topic, gap: Gap) -> None:
        """Break the line of a condition where nobody listened."""
        self._series(topic).add(gap.since_ns // 1_000_000, None)
        self._changed.conditions.add(topic.condition.name)

    def _stated(self, state: State) -> None:
        topics = [self._topic(state.condition)] if state.condition is not None else list(self.topics.values())
        match state.state:
            case "reconnecting" | "taken" | "ended" | "unanswered" | "condition-gone" | "ambiguous":
                if state.condition is None:
                    since = self.trouble["since"] if self.trouble is not None else _iso(state.at_ns)
                    told = {"state": state.state, "since": since, "cause": state.cause, "at": _iso(state.at_ns)}
                    self.trouble = told | {"pause": state.pause}
                for topic in topics:
                    if topic.blind_ns is None and topic.count is not None:
                        topic.blind_ns = state.at_ns
                        self._changed.conditions.add(topic.condition.name)
            case "connected" | "started":
                self.trouble = None

    def _let_go(self, topic: Topic) -> None:
        """Show nobody of a condition that is followed no longer."""
        self._changed.stays |= {(topic.condition.name, code) for code in topic.stays}
        topic.stays, topic.count, topic.blind_ns = {}, None, None

    # ------------------------------------------------------------ what is known

    def _topic(self, condition: Condition) -> Topic:
        topic = self.topics.get(condition.name)
        if topic is None:
            topic = self.topics[condition.name] = Topic(condition, stays={}, series=Series())
            self._changed.conditions.add(condition.name)
        elif topic.condition != condition:
            topic.condition = condition
            self._changed.conditions.add(condition.name)
        return topic

    @staticmethod
    def _series(topic: Topic) -> Series:
        if topic.series is None:
            topic.series = Series()
        return topic.series

    def _stock(self, code: str, name: str | None, price: Price | None = None) -> None:
        stock = self._stocks.setdefault(code, {"name": None})
        told = {"name": name or stock["name"]}
        if price is not None:
            fields = price.fields()
            told |= {each: fields[each] for each in ("price", "price_at", "change", "rate", "volume", "stale_since")}
            told["sign"] = price.sign
        if told.items() - stock.items():
            self._stocks[code] = stock | told
            self._changed.stocks.add(code)

    def named(self, code: str, name: str | None) -> None:
        """Take the name of a stock."""
        if name is not None and code in self._stocks:
            self._stock(code, name)

    @property
    def nameless(self) -> list[str]:
        """The stocks whose names are not known."""
        return [code for code, stock in self._stocks.items() if stock["name"] is None]

    # ------------------------------------------------------------ what is shown

    def state(self) -> dict[str, Any]:
        """Return everything."""
        shown = {code for topic in self.topics.values() for code in topic.stays}
        return {
            "position": str(self.position),
            "status": self._status,
            "conditions": [_with_series(topic) for topic in self.topics.values()],
            "members": {name: _stays(topic, topic.stays) for name, topic in self.topics.items()},
            "stocks": {code: self._stocks[code] for code in shown},
            "events": list(self._events),
        }

    def members(self, name: str) -> dict[str, Any] | None:
        """Return one condition with its members and their prices, None if there is none of that name."""
        topic = self.topics.get(name)
        if topic is None:
            return None
        stays = _stays(topic, topic.stays)
        rows = [{"code": code} | self._stocks[code] | stay for code, stay in stays.items() if stay is not None]
        return {"condition": _with_series(topic), "members": rows, "position": str(self.position)}

    def stock(self, code: str) -> dict[str, Any]:
        """Return what is known of a stock now, and the conditions it is in or has just left."""
        stays = {
            name: topic.stays[code].fields() for name, topic in self.topics.items() if code in topic.stays
        }  # fmt: skip
        return {"code": code, **self._stocks.get(code, {"name": None}), "conditions": stays}

    def changes(self) -> dict[str, Any]:
        """Return what has changed since this was asked last, empty if nothing has; None stands for what is gone."""
        changed, self._changed = self._changed, _Changed()
        told: dict[str, Any] = {}
        if changed.conditions:
            told["conditions"] = {
                name: topic.fields() if (topic := self.topics.get(name)) else None for name in changed.conditions
            }
        if changed.stays:
            told["members"] = self._changed_stays(changed.stays)
        if changed.stocks:
            told["stocks"] = {code: self._stocks[code] for code in changed.stocks}
        if changed.events:
            told["events"] = changed.events[-EVENTS:]
        if changed.status:
            told["status"] = self._status
        if told:
            self._forget()
        return told

    def _changed_stays(self, changed: Iterable[tuple[str, str]]) -> dict[str, Any]:
        members: dict[str, dict[str, Any]] = {}
        for name, code in changed:
            topic = self.topics.get(name)
            found = _stays(topic, (code,)) if topic is not None else {code: None}
            members.setdefault(name, {}).update(found)
        return members

    def _forget(self) -> None:
        """Forget stocks that are nowhere any more."""
        if len(self._stocks) > 1_000 + 2 * sum(len(topic.stays) for topic in self.topics.values()):
            shown = {code for topic in self.topics.values() for code in topic.stays}
            self._stocks = {code: stock for code, stock in self._stocks.items() if code in shown}


class _Changed(Struct):
    """What has changed."""

    conditions: set[str] = set()
    stays: set[tuple[str, str]] = set()
    stocks: set[str] = set()
    events: list[dict[str, Any]] = []
    status: bool = False


def _with_series(topic: Topic) -> dict[str, Any]:
    return topic.fields() | {"series": topic.series.points if topic.series is not None else []}


def _stays(topic: Topic, codes: Iterable[str]) -> dict[str, Any]:
    return {code: stay.fields() if (stay := topic.stays.get(code)) else None for code in codes}


def _iso(moment_ns: int | None) -> str | None:
    return None if moment_ns is None else korean(moment_ns).isoformat(timespec="milliseconds")


