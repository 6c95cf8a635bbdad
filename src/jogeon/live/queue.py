"""From one publisher to many consumers: a bounded queue each, and what happens to a slow one.

The reader of the wire must never wait, so a queue that is full cannot push back. It is cleared instead, and marked; at
its next read the consumer is told, for each condition that lost an event, a Gap (`lagged`), the difference between what
it had been handed and what is true now, and a Snapshot. States and Gaps are never lost to a bound.
"""

import asyncio
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from typing import Self

from jogeon.details import Counts
from jogeon.errors import JogeonError, LocalProtocolError
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, NameOf, Snapshot, State, nameless
from jogeon.gaps import Blind, ended
from jogeon.live.setback import SetBacks
from jogeon.live.waiter import Waiter

TWO_READERS = "somebody else reads this watch: another reader needs a watch of its own"

MAX_EVENTS = 10_000
"""Events a consumer may leave unread, unless its watch says otherwise."""
MAX_BYTES = 8 * 2**20
"""Bytes they may take: an event is counted as EVENT_BYTES, a snapshot as CODE_BYTES more for each code and name."""
EVENT_BYTES = 300
CODE_BYTES = 128


class Queue:
    """The events of one consumer, in order, within bounds, and their one iterator.

    `current(condition)` returns a Snapshot of what is true now, or None for a condition that is followed no longer;
    `name_of` knows the names of stocks.
    """

    def __init__(
        self,
        current: Callable[[Condition], Snapshot | None],
        now_ns: Callable[[], int],
        *,
        max_events: int = MAX_EVENTS,
        max_bytes: int = MAX_BYTES,
        name_of: NameOf = nameless,
    ) -> None:
        self._current = current
        self._name_of = name_of
        self._now_ns = now_ns
        self._max_events = self._room = max(1, min(max_events, max_bytes // 2 // EVENT_BYTES))
        self._max_codes = (max_bytes - self._max_events * EVENT_BYTES) // CODE_BYTES
        self._codes = 0
        self.events: deque[Event] = deque()
        self._shown = ShownConditions()
        self._behind = Behind()
        self.set_backs = SetBacks()
        self._dropped: Counter[type[Event]] = Counter()
        self.lagging = False
        """Whether events were lost and the consumer was not told yet."""
        self.last: Event | None = None
        """The event handed over last."""
        self._waiter: Waiter | None = None
        self.reader: Reader | Batches | None = None
        self._closed = False
        self._error: JogeonError | None = None

    def __len__(self) -> int:
        """Return how many events wait."""
        return len(self.events)

    # ------------------------------------------------------------ the publisher's side

    def put(self, event: Event) -> None:
        """Take one event that is no Snapshot; never waits."""
        self.put_all((event,))
        if self._waiter is not None:
            self._wake()

    def put_all(self, events: Sequence[Event]) -> None:
        """Take events of one read; none is a Snapshot, and `current` knows all of them. Who reads is not woken."""
        if len(self.events) + len(events) <= self._room:
            self.events.extend(events)
            return
        lost: list[Event] = []
        for event in events:
            if isinstance(event, Enter | Leave) and self._shown.present(event.condition) in self._behind.handed:
                self._dropped[type(event)] += 1  # while marked, the usual case
            else:
                lost.append(event)
        if lost:
            self._lose(lost)

    def wake(self) -> None:
        """Let the reader go on at once, if this is called outside of any task; else at the loop's next turn."""
        waiter = self._waiter
        if waiter is not None and (self.events or self.lagging):
            self._waiter = None
            waiter.go_on()

    def put_block(self, events: Sequence[Event]) -> None:
        """Take events that belong together."""
        shown = [event for event in events if isinstance(event, Snapshot)]
        codes = sum(len(snapshot.codes) for snapshot in shown)
        resumed = {event.condition for event in events if isinstance(event, Gap)}  # a first gap goes on from earlier
        for snapshot in shown:
            self._shown.put(snapshot.condition, known=snapshot.condition in resumed)
        fits = len(self.events) + len(events) <= self._room and self._codes + codes <= self._max_codes
        if self.lagging or (self.events and not fits):
            self._lose(events)
        else:
            self.events.extend(events)
            self._codes += codes
        if self._waiter is not None:
            self._wake()

    def renumbered(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq; what is queued bears the old one."""
        self._behind.renumbered(old, new)
        self._shown.renumbered(old, new)

    def end(self) -> None:
        """Tell what was lost while the publisher still knows what is true; the few events that follow are kept."""
        if self.lagging:
            self.catch_up()
        self._room = self._max_events = self._max_codes = sys.maxsize

    def close(self, error: JogeonError | None = None) -> None:
        """End the stream after what is queued; with an error, the consumer gets it then."""
        self._closed, self._error = True, error
        if self._waiter is not None:
            self._wake()

    def _wake(self) -> None:
        """Let the reader go on; what else is put before it does need not wake it again."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    # ------------------------------------------------------------ lagging

    def _lose(self, incoming: Sequence[Event]) -> None:
        """Clear the queue, keep its States and Gaps, and note what the consumer knew of each condition that lost."""
        lost = [*self.events, *incoming] if not self.lagging else incoming
        told = [event.condition for event in lost if isinstance(event, Enter | Leave | Snapshot)]
        for condition in {self._shown.present(condition) for condition in told}:
            if condition not in self._behind.handed:
                self._behind.handed[condition] = self._undone(condition, lost)
        for event in lost:
            if isinstance(event, Gap | Enter | Leave) and event.since_ns is not None:
                since_ns = self.set_backs.by_now(event.since_ns, self._now_ns())
                self._behind.missed(self._shown.present(event.condition), since_ns)
        kept = [event for event in lost if self._survives(event)]
        self._dropped.update(type(event) for event in lost if not self._survives(event))
        if not self.lagging:
            self.lagging, self._room, self._codes = True, 0, 0
            self.events.clear()
        self.events.extend(kept)

    def _survives(self, event: Event) -> bool:
        """States and Gaps do; but a Gap is no news to a consumer that has not had the condition's first snapshot."""
        return isinstance(event, State) or (isinstance(event, Gap) and self._shown.has_begun(event.condition))

    def _undone(self, condition: Condition, lost: Iterable[Event]) -> set[str] | None:
        """Return what is true of a condition now, with the lost events taken back: what had been handed over."""
        if not self._shown.has_begun(condition):
            return None
        now = self._current(condition)
        codes = set() if now is None else set(now.codes)
        for event in reversed(list(lost)):
            if isinstance(event, Enter) and self._shown.present(event.condition) == condition:
                codes.discard(event.code)
            elif isinstance(event, Leave) and self._shown.present(event.condition) == condition:
                codes.add(event.code)
        return codes

    def catch_up(self) -> None:
        """Queue what brings the consumer from what it knows to what is true now.

        A condition's gap begins at the last event that was handed over, or where an earlier stretch did whose block the
        consumer had only in part.
        """
        at_ns = self._now_ns()
        last_ns = self.set_backs.by_now(_moment(self.last, at_ns), at_ns)
        behind, self._behind = self._behind, Behind()
        self.lagging = False
        for condition, known in behind.handed.items():
            now = self._current(condition)
            if now is None:
                continue
            lagged = Blind(behind.since(condition, last_ns), "lagged", "the consumer did not keep up")
            self.events.extend((now,) if known is None else ended(lagged, known, now, self._name_of))
            self._codes += len(now.codes)
        counts = Counts(**{kind.__name__.lower(): count for kind, count in self._dropped.items()})
        self._dropped.clear()
        self.events.append(Anomaly(at_ns, counts=counts))
        # What catching up takes, members decide; with no room beside it the next event would begin all over again.
        self._room = max(self._max_events, len(self.events) + self._max_events // 2 + 1)

    # ------------------------------------------------------------ the consumer's side

    def pop(self) -> Event | None:
        """Return the next event without waiting, or None."""
        if self.lagging:
            self.catch_up()
        if not self.events:
            return None
        event = self.last = self.events.popleft()
        if type(event) is Snapshot:
            self.hand_over(event)
        return event

    def hand_over(self, snapshot: Snapshot) -> None:
        """Note that the consumer takes a snapshot."""
        self._codes -= len(snapshot.codes)
        self._shown.hand_over(snapshot.condition)

    def pop_all(self) -> list[Event]:
        """Return all that waits, whole blocks, without catching up: for a consumer that must not do it by itself."""
        events = list(self.events)
        self.events.clear()
        self._codes = 0
        if events:
            self.last = events[-1]
            for snapshot in [event for event in events if type(event) is Snapshot]:
                self._shown.hand_over(snapshot.condition)
        return events

    def read(self) -> "Reader":
        """Return an iterator; the one before is at its end, or two would share the events in silence."""
        reader = Reader(self)
        self._seat(reader)
        return reader

    def batches(self) -> "Batches":
        """Return an iterator over lists of what waits; the one before is at its end."""
        reader = Batches(self)
        self._seat(reader)
        return reader

    def _seat(self, reader: "Reader | Batches") -> None:
        if isinstance(self.reader, Reader):
            self.reader.retire()
        self.reader = reader

    async def __anext__(self) -> Event:
        """Return the next event; StopAsyncIteration at the end of the stream, or the error that ended it."""
        await self._come()
        event = self.last = self.events.popleft()
        if type(event) is Snapshot:
            self.hand_over(event)
        return event

    async def _come(self) -> None:
        """Wait until there is an event to take."""
        while self.lagging or not self.events:
            if self.lagging:
                self.catch_up()
            else:
                await self._more()

    async def _more(self) -> None:
        """Wait until something is put."""
        if self._waiter is not None:
            raise LocalProtocolError(TWO_READERS)
        if self._closed:
            raise self._error or StopAsyncIteration
        waiter = self._waiter = Waiter(loop=asyncio.get_running_loop())
        try:
            await waiter
        finally:
            waiter.forget()
            if self._waiter is waiter:
                self._waiter = None

    async def get_batch(self, limit: int = sys.maxsize) -> list[Event]:
        """Return the next events, at least one and at most `limit`; ends as iterating does."""
        await self._come()
        if len(self.events) <= limit:
            return self.pop_all()
        return [event for _ in range(limit) if (event := self.pop()) is not None]


def _moment(event: Event | None, now_ns: int) -> int:
    return now_ns if event is None else event.until_ns if isinstance(event, Gap) else event.at_ns


class Behind:
    """What a consumer that lags has had of each condition, under its present seq."""

    def __init__(self) -> None:
        self.handed: dict[Condition, set[str] | None] = {}
        """What it knows of each condition that lost an event; None: not even a snapshot."""
        self._since: dict[Condition, int] = {}
        """Where the earliest stretch began of which it was not told all that was recovered."""

    def missed(self, condition: Condition, since_ns: int) -> None:
        """Note that a part of a block is lost, whose stretch began then."""
        self._since[condition] = self.since(condition, since_ns)

    def since(self, condition: Condition, last_ns: int) -> int:
        """Return from when on it may be wrong about a condition, if that was the last it was handed at all."""
        return min(last_ns, self._since.get(condition, last_ns))

    def renumbered(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq."""
        if old in self.handed:
            self.handed[new] = self.handed.pop(old)
        if old in self._since:
            self._since[new] = self._since.pop(old)


class ShownConditions:
    """Which conditions a consumer was shown, and under which seqs they go on; what is queued may bear an old one."""

    def __init__(self) -> None:
        self._shown: dict[Condition, bool] = {}
        """Conditions, under their present seqs, whose first snapshot was put; True once it was handed over, and at once
        for those the consumer knows from an earlier run."""
        self._renumbered: dict[Condition, Condition] = {}

    def put(self, condition: Condition, *, known: bool) -> None:
        """Note a snapshot that is queued; `known`: the consumer knows the condition from an earlier run."""
        self._shown.setdefault(condition, known)
        self._renumbered.pop(condition, None)  # a namesake may have got the seq

    def hand_over(self, condition: Condition) -> None:
        """Note that the consumer takes a snapshot."""
        self._shown[self.present(condition)] = True

    def renumbered(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq."""
        if old in self._shown:
            self._shown[new] = self._shown.pop(old)
        older = [each for each, present in self._renumbered.items() if present == old]
        self._renumbered |= dict.fromkeys([*older, old], new)
        self._renumbered.pop(new, None)  # it may have had this seq before

    def has_begun(self, condition: Condition) -> bool:
        """Tell whether the consumer has had the condition's first snapshot."""
        return self._shown.get(self.present(condition), False)

    def present(self, condition: Condition) -> Condition:
        """Return a condition under the seq that it has now."""
        return self._renumbered.get(condition, condition)


class Reader:
    """The iterator of a queue; LocalProtocolError once another has taken its place."""

    __slots__ = ("_events", "_queue")

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._events = queue.events

    def __aiter__(self) -> Self:
        """Return itself."""
        return self

    def retire(self) -> None:
        """Note that another has taken its place: from now on nothing waits here."""
        self._events = deque()

    async def __anext__(self) -> Event:
        """Return the next event; StopAsyncIteration at the end of the stream, or the error that ended it."""
        queue = self._queue
        if queue.lagging or not self._events:
            if queue.reader is not self:
                raise LocalProtocolError(TWO_READERS)
            return await anext(queue)
        event = queue.last = self._events.popleft()  # `pop` once more: this is the path of every event
        if type(event) is Snapshot:
            queue.hand_over(event)
        return event


class Batches:
    """The iterator of a queue over lists of what waits; LocalProtocolError once another has taken its place."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def __aiter__(self) -> Self:
        """Return itself."""
        return self

    async def __anext__(self) -> list[Event]:
        """Return all events that wait, at least one; ends as iterating over single events does."""
        if self._queue.reader is not self:
            raise LocalProtocolError(TWO_READERS)
        return await self._queue.get_batch()
