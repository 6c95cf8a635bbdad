"""Which conditions are followed for whom, and under which label each hears of them. No I/O; the clock is an argument.

A topic is a condition that somebody follows. Any number of consumers below cost one registration above; when the last
one has gone it is kept for a grace period, so that a program that is started again finds it alive. The members of a
group hear of a topic under the same label, so that one frame serves them all.
"""

from collections.abc import Hashable, Iterator
from typing import Generic, Literal, TypeVar

from msgspec import Struct, field

from jogeon.events import Condition, Exchange

C = TypeVar("C", bound=Hashable)

Joined = Literal["begun", "followed", "doubled", "other exchange"]
"""What joining comes to: the topic is to be followed now, or is already; the label or the exchange is in the way."""


class Topic(Struct, Generic[C]):
    """One condition under its present seq.

    `groups`: who hears of it, by label; `numbered`: who does by the numbered stream. `waiting`: who joined and was not
    shown its members yet. `pinned`: the hub itself follows it, whoever comes or goes. `idle`: since when nobody needs
    it; `since_ns`: since when it is followed.
    """

    condition: Condition
    exchange: Exchange
    since_ns: int
    pinned: bool = False
    groups: dict[str, dict[C, None]] = field(default_factory=dict)
    waiting: dict[tuple[C, str], None] = field(default_factory=dict)
    numbered: dict[tuple[C, str], None] = field(default_factory=dict)
    idle: float | None = None

    @property
    def consumers(self) -> int:
        """How many hear of it or wait for it."""
        return sum(map(len, self.groups.values())) + len(self.waiting) + len(self.numbered)


class Topics(Generic[C]):
    """All topics; a consumer is any value that can be a key. `grace`: seconds for which an idle one is kept."""

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._topics: dict[Condition, Topic[C]] = {}
        self._held: dict[C, dict[str, Topic[C]]] = {}
        """What each consumer registered, by label."""

    def __iter__(self) -> Iterator[Topic[C]]:
        """Iterate over the topics."""
        return iter(self._topics.values())

    def get(self, condition: Condition) -> Topic[C] | None:
        """Return the topic of a condition, None if it is not followed."""
        return self._topics.get(condition)

    def held(self, consumer: C) -> dict[str, Topic[C]]:
        """Return what a consumer registered, by label."""
        return self._held.get(consumer, {})

    def pin(self, condition: Condition, at_ns: int, exchange: Exchange = "K") -> bool:
        """Follow a condition for the hub itself; tell whether that begins a topic."""
        topic, begun = self._begin(condition, exchange, at_ns)
        topic.pinned, topic.idle = True, None
        return begun

    def unpin(self, condition: Condition) -> bool:
        """Follow a condition for the hub itself no longer; take its topic out, and tell so, if nobody else needs it."""
        topic = self._topics.get(condition)
        if topic is None:
            return False
        topic.pinned = False
        if topic.consumers:
            return False
        del self._topics[condition]
        return True

    def join(self, consumer: C, label: str, condition: Condition, exchange: Exchange, at_ns: int) -> Joined:
        """Let a consumer wait for a topic under a label of its own."""
        if label in self._held.get(consumer, {}):
            return "doubled"
        topic, begun = self._begin(condition, exchange, at_ns)
        if topic.exchange != exchange:
            return "other exchange"
        topic.waiting[consumer, label] = None
        topic.idle = None
        self._held.setdefault(consumer, {})[label] = topic
        return "begun" if begun else "followed"

    def admit(self, consumer: C, label: str, *, numbered: bool = False) -> None:
        """Let a consumer that waits hear of its topic from now on: it has been shown the members."""
        topic = self._held[consumer][label]
        del topic.waiting[consumer, label]
        if numbered:
            topic.numbered[consumer, label] = None
        else:
            topic.groups.setdefault(label, {})[consumer] = None

    def leave(self, consumer: C, label: str, now: float) -> None:
        """Let a consumer go from what it holds under a label, if it holds anything."""
        topic = self._held.get(consumer, {}).pop(label, None)
        if topic is None:
            return
        topic.waiting.pop((consumer, label), None)
        topic.numbered.pop((consumer, label), None)
        group = topic.groups.get(label, {})
        group.pop(consumer, None)
        if not group:
            topic.groups.pop(label, None)
        self._look(topic, now)

    def gone(self, consumer: C, now: float) -> None:
        """Forget a consumer."""
        for label in list(self._held.get(consumer, ())):
            self.leave(consumer, label, now)
        self._held.pop(consumer, None)

    def renumbered(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq; labels stay."""
        topic = self._topics.pop(old, None)
        if topic is not None:
            topic.condition = new
            self._topics[new] = topic

    # ------------------------------------------------------------ letting go

    def next_due(self) -> float | None:
        """Return when the next idle topic is to be let go, None if none is idle."""
        idle = [topic.idle for topic in self._topics.values() if topic.idle is not None]
        return min(idle) + self._grace if idle else None

    def due(self, now: float) -> list[Condition]:
        """Take out the topics whose grace is over; return their conditions."""
        over = [each for each in self._topics.values() if each.idle is not None and each.idle + self._grace <= now]
        for topic in over:
            del self._topics[topic.condition]
        return [topic.condition for topic in over]

    def drop(self, condition: Condition) -> None:
        """Take out a topic at once, which could not be followed, for all who waited or heard."""
        topic = self._topics.pop(condition, None)
        if topic is None:
            return
        heard = ((consumer, label) for label, group in topic.groups.items() for consumer in group)
        for consumer, label in (*topic.waiting, *topic.numbered, *heard):
            del self._held[consumer][label]

    def _begin(self, condition: Condition, exchange: Exchange, at_ns: int) -> tuple[Topic[C], bool]:
        topic = self._topics.get(condition)
        if topic is not None:
            return topic, False
        self._topics[condition] = topic = Topic(condition, exchange, at_ns)
        return topic, True

    def _look(self, topic: Topic[C], now: float) -> None:
        if not (topic.pinned or topic.consumers):
            topic.idle = now
