"""From the one feed to the programs below that speak Kiwoom's wire: frames made once for each group, sent in one piece.

What is pushed in one read is joined, so that one `send` a peer carries all of it: what is of one condition goes
straight to the sockets of its group, what is of several meets in the outbox of each peer. Whoever joins is shown the
members behind what was pushed so far: else it would hear of a change twice.
"""

from collections import Counter
from collections.abc import Callable, Sequence

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
        self.sent: Counter[Peer] = Counter()
        """How many changes went to each."""
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

    def flush(self, condition: Condition) -> None:
        """Send what waits of a condition."""
        self._flush(condition, now=False)

    def _flush(self, condition: Condition, *, now: bool) -> None:
        events = self._waiting.pop(condition, None)
        topic = self._topics.get(condition)
        if events is None or topic is None:
            return
        for label, group in list(topic.groups.items()):
            frames = b"".join([_frame(label, event) for event in events])
            for peer in list(group):  # one that is cut leaves the group
                self.sent[peer] += len(events)
                if now:
                    peer.send_now(frames)
                else:
                    peer.send(frames)


def _frame(label: str, event: Enter | Leave) -> bytes:
    clock = event.clock if event.until_ns is None else f"{korean(event.until_ns):%H%M%S}"
    return text_frame(encode_push(label, event.code, "I" if type(event) is Enter else "D", clock))
