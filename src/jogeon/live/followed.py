"""A condition that sinks follow: its picture, who is told of it, and from where each goes on. No I/O, no clock."""

from collections.abc import Sequence
from typing import Protocol

from jogeon.events import Condition, Event, NameOf, Snapshot, nameless
from jogeon.gaps import Blind
from jogeon.live.membership import Membership
from jogeon.live.setback import SetBack


class Sink(Protocol):
    """Where the events of a watch go: a queue, a journal. No method may wait or raise."""

    def put(self, event: Event) -> None:
        """Take one event."""

    def put_all(self, events: Sequence[Event]) -> None:
        """Take events of one read, in order; none is a Snapshot. Who reads them goes on at `wake`."""

    def wake(self) -> None:
        """Let whoever reads go on: all of a read was put."""

    def put_block(self, events: Sequence[Event]) -> None:
        """Take events that belong together: gap, recovered changes, snapshot."""

    def renumbered(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq; what was put bears the old one."""


class Followed:
    """One condition, its members, and the sinks that follow it; `namesakes` are the seqs of all that have its name."""

    def __init__(
        self, condition: Condition, name_of: NameOf = nameless, namesakes: frozenset[str] = frozenset()
    ) -> None:
        self.condition = condition
        self.namesakes = namesakes
        self.membership = Membership(condition, name_of)
        self.sinks: list[Sink] = []
        self.fresh: list[Sink] = []
        """Sinks that joined while blind: they begin with the snapshot that ends it."""
        self.heirs: list[tuple[Sink, Membership]] = []
        """Sinks that followed a namesake which is gone, with what they know of it."""

    @property
    def doubled(self) -> bool:
        """Whether other conditions have the same name, so that only the seq tells them apart."""
        return len(self.namesakes) > 1

    @property
    def key(self) -> Condition | str:
        """What the members of a watch are keyed by: the name, or the Condition where the name is doubled."""
        return self.condition if self.doubled else self.condition.name

    def feeds(self, sink: Sink) -> bool:
        """Tell whether a sink follows it."""
        return any(sink is other for other in self.everyone())

    def everyone(self) -> list[Sink]:
        """Return all sinks that follow it."""
        return [*self.sinks, *self.fresh, *(sink for sink, _ in self.heirs)]

    def join(self, sink: Sink, at_ns: int) -> None:
        """Add a sink; it begins with the present snapshot, or with the one that ends the blind stretch."""
        if self.membership.live:
            sink.put_block((self.membership.now(at_ns),))
            self.sinks.append(sink)
        else:
            (self.fresh if self.membership.known else self.sinks).append(sink)

    def leave(self, sink: Sink, at_ns: int, doubt: Blind | None) -> None:
        """Remove a sink and tell it the gap that is open, or that the picture was in doubt."""
        for other, known in [*((each, self.membership) for each in self.sinks), *self.heirs]:
            if other is sink:
                for gap in known.end(at_ns, doubt if known is self.membership else None):
                    sink.put(gap)
        self.sinks = [other for other in self.sinks if other is not sink]
        self.fresh = [other for other in self.fresh if other is not sink]
        self.heirs = [(other, known) for other, known in self.heirs if other is not sink]

    def inherit(self, other: "Followed") -> None:
        """Take over the sinks of a namesake that is gone, and blind: each goes on from what it knows, behind a gap."""
        for sink in other.everyone():
            if self.feeds(sink):
                continue
            known = next((known for each, known in other.heirs if each is sink), other.membership)
            sink.renumbered(other.condition, self.condition)
            if known.known and not any(sink is each for each in other.fresh):
                self.heirs.append((sink, known))
            else:
                self.fresh.append(sink)

    def welcome(self, at_ns: int) -> None:
        """Let sinks that joined while blind begin with what is known: nothing was missed."""
        for sink in self.fresh:
            sink.put_block((self.membership.now(at_ns),))
        self.sinks += self.fresh
        self.fresh = []

    def publish(self, events: Sequence[Event]) -> None:
        """Hand a block to all sinks; those that joined while blind begin with its snapshot."""
        for sink in self.sinks:
            sink.put_block(events)
        if not self.membership.live or not (self.fresh or self.heirs):
            return
        shown = next((place for place, event in enumerate(events) if isinstance(event, Snapshot)), 0)
        snapshot = events[shown]
        for sink in self.fresh:
            sink.put_block(events[shown:])
        blocks: dict[Membership, list[Event]] = {}  # several sinks may know the same
        for sink, known in self.heirs:
            if known not in blocks and isinstance(snapshot, Snapshot):
                known.condition = self.condition
                blocks[known] = known.snapshot(snapshot.codes, snapshot.at_ns)
            sink.put_block([*blocks[known], *events[shown + 1 :]])
        self.sinks += [*self.fresh, *(sink for sink, _ in self.heirs)]
        self.fresh, self.heirs = [], []

    def set_back(self, back: SetBack) -> None:
        """Note that the wall clock was set back."""
        for known in {self.membership, *(known for _, known in self.heirs)}:
            known.set_back(back)
