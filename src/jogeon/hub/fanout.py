"""From the one feed to the programs below that speak Kiwoom's wire: frames made once for each group, sent in one piece.

What is pushed in one read is joined, so that one `send` a peer carries all of it: what is of one condition goes
straight to the sockets of its group, what is of several meets in the send queue of each peer. Whoever joins is shown
the members behind what was pushed so far: else it would hear of a change twice.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from jogeon.events import Condition, Enter, Event, Leave, Snapshot, State, korean
from jogeon.hub.topics import Topics
from jogeon.server.frames import text_frame
from jogeon.server.peer import Peer
from jogeon.wire.writers import encode_push

_CHANGES = (Enter, Leave)


class Fanout:
    """A sink of the feed; `soon` has a function called at the end of this turn of the loop.

    Changes that were recovered after a gap are pushed with the time at which it ended. `on_state` gets the states,
    `on_block` the condition of each block that ends in its members, when what led there was sent.
    """

    def __init__(self, topics: Topics[Peer], soon: Callable[[Callable[[], None]], object]) -> None:
        self.on_state: Callable[[State], object] = lambda _: None
        self.on_block: Callable[[Condition], object] = lambda _: None
        self.on_renumbered: Callable[[Condition, Condition], object] = lambda _old, _new: None
        self._sent: Counter[Peer] = Counter()
        self._uncounted: Counter[Condition] = Counter()
        """Changes that went to all groups of a condition, and are not counted for each program yet."""
        self._topics = topics
        self._soon = soon
        self._waiting: dict[Condition, list[Enter | Leave]] = {}
        self._called = False

    # ------------------------------------------------------------ a Sink

    def put(self, event: Event) -> None:
        """Take one event."""
        if isinstance(event, Enter | Leave):
            self._add(event)
            self._flush_soon()
        elif isinstance(event, State):
            self.on_state(event)

    def put_all(self, events: Sequence[Event]) -> None:
        """Take events of one read; they go out at `wake`."""
        for event in events:
            if isinstance(event, _CHANGES):
                self._add(event)

    def wake(self) -> None:
        """Send what was read: all of it was put."""
        now = len(self._waiting) == 1
        for condition in list(self._waiting):
            self._flush(condition, now=now)

    def put_block(self, events: Sequence[Event]) -> None:
        """Take events that belong together."""
        for event in events:
            self.put(event)
        for condition in {event.condition for event in events if isinstance(event, Snapshot)}:
            self.on_block(condition)

    def renumbered(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq."""
        self.flush(old)
        self._topics.renumbered(old, new)
        self.on_renumbered(old, new)

    def _add(self, event: Enter | Leave) -> None:
        waiting = self._waiting.get(event.condition)
        if waiting is None:
            topic = self._topics.get(event.condition)
            if topic is None or not topic.groups:
                return
            waiting = self._waiting[event.condition] = []
        waiting.append(event)

    def _flush_soon(self) -> None:
        if not self._called:
            self._called = True
            self._soon(self._flush_called)

    def _flush_called(self) -> None:
        self._called = False
        self.wake()

    # ------------------------------------------------------------ to the peers

    @property
    def sent(self) -> Mapping[Peer, int]:
        """How many changes went to each."""
        for condition in list(self._uncounted):
            self._count(condition)
        return self._sent

    def forget(self, peer: Peer) -> None:
        """Count no more for a program that has gone."""
        self._sent.pop(peer, None)

    def flush(self, condition: Condition) -> None:
        """Send what waits of a condition; to be called before anybody comes to a group of it, or leaves one."""
        self._flush(condition, now=False)
        self._count(condition)

    def _count(self, condition: Condition) -> None:
        topic, count = self._topics.get(condition), self._uncounted.pop(condition, 0)
        for group in topic.groups.values() if topic is not None and count else ():
            for peer in group:
                self._sent[peer] += count

    def _flush(self, condition: Condition, *, now: bool) -> None:
        events = self._waiting.pop(condition, None)
        topic = self._topics.get(condition)
        if events is None or topic is None:
            return
        self._uncounted[condition] += len(events)
        for label, group in list(topic.groups.items()):
            frames = b"".join([_frame(label, event) for event in events])
            for peer in list(group):  # one that is cut leaves the group
                if now:
                    peer.send_now(frames)
                else:
                    peer.send(frames)


def _frame(label: str, event: Enter | Leave) -> bytes:
    clock = event.clock if event.until_ns is None else f"{korean(event.until_ns):%H%M%S}"
    return text_frame(encode_push(label, event.code, "I" if type(event) is Enter else "D", clock))
