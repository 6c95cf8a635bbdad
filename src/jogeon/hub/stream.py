"""The numbered stream for jogeon's own clients: what is durable, in order, to each as far as it reads.

Whoever keeps up gets the frames that were made once for all who follow the same. Whoever does not, or begins further
back, reads on at its own pace, from memory or the file, until it has caught up: it is late, never lossy.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence

from msgspec import Struct, field

from jogeon.errors import JournalError, PositionError
from jogeon.events import Condition, Enter, Event, Leave, Number, Snapshot, State
from jogeon.journal.fold import Fold, Known
from jogeon.journal.following import Numbered
from jogeon.journal.position import Position
from jogeon.journal.relay import Cursor, Relay
from jogeon.server.frames import GOING_AWAY, text_frame
from jogeon.server.peer import Peer
from jogeon.wire.lines import encode_change, encode_lines
from jogeon.wire.messages import Follow, Following, Shown
from jogeon.wire.writers import encode_following

LAG = 256 * 1024
"""Bytes that may wait for a consumer; beyond them it reads on by itself, as fast as it takes them."""
LOOK = 0.02
"""Seconds between looks whether a slow consumer has taken something."""
PIECE = 500
"""Events given at a time to a consumer that catches up."""

Piece = tuple[Number, int, Event]
"""An event with its number, and the n of the same condition's event before it."""


class StreamConsumer(Struct):
    """One of jogeon's own clients: what it follows under which label, and from where on.

    `at`: up to where it was served. `floors`: behind which number it hears of a condition, of None for what concerns
    all. `catching`: it reads on by itself. `resyncs`: how often its position was refused.
    """

    peer: Peer
    at: Number
    labels: dict[str, dict[Condition, str]] = field(default_factory=dict)
    floors: dict[str | None, Number] = field(default_factory=dict)
    catching: asyncio.Task[None] | None = None
    sent: int = 0
    resyncs: int = 0

    def label(self, condition: Condition) -> str | None:
        """Return how it knows a condition, None if it does not follow it; committed events may bear an older seq."""
        named = self.labels.get(condition.name, {})
        return next(iter(named.values())) if len(named) == 1 else named.get(condition)

    def hears(self, number: Number, condition: Condition | None) -> bool:
        """Tell whether an event is for it."""
        return number > self.floors.get(condition.name if condition is not None else None, (0, 0))

    def send(self, frames: bytes, count: int) -> None:
        """Send it frames that hold so many events."""
        if frames:
            self.sent += count
            self.peer.send_now(frames)

    @property
    def signature(self) -> tuple[tuple[str, Condition, str], ...]:
        """What is the same for all who get the same frames."""
        return tuple((name, *each) for name, named in sorted(self.labels.items()) for each in named.items())


class Stream:
    """The stream of one journal, and who follows it. `known` is what the journal held when it was opened."""

    def __init__(self, relay: Relay, known: Mapping[Condition, Known], committed: Number) -> None:
        self.consumers: dict[Peer, StreamConsumer] = {}
        self.on_shown: Callable[[Condition], object] = lambda _: None
        """Gets each condition whose members are durable now."""
        self.position: Number = committed
        self._relay = relay
        self._cursor = relay.cursor()
        self._fold = Fold({each: Known(dict(was.codes), was.right_ns, sure=False) for each, was in known.items()})
        self._last: dict[Condition | None, Number] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """End what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._cursor.close()

    async def run(self) -> None:
        """Hand on what becomes durable, for ever."""
        while True:
            self._take(await self._cursor.read())

    @property
    def identity(self) -> str | None:
        """The journal whose stream it is."""
        return self._relay.identity

    # ------------------------------------------------------------ who follows

    def knows(self, condition: Condition) -> bool:
        """Tell whether the members of a condition are durable and right, or were when the session above broke off."""
        found = self._fold.find(condition)
        return found is not None and found[1].sure

    def shown(self, condition: Condition, label: str) -> Shown:
        """Return the members of a condition that is known, as they are durable now."""
        known = self._fold.known[(self._fold.find(condition) or (condition,))[0]]
        return Shown(label, tuple(known.codes), known.right_ns)

    def picture(self) -> tuple[Position, list[Snapshot]]:
        """Return the members of all conditions that are known, as they are durable now, and where that is."""
        known = self._fold.known.items()
        shown = [Snapshot(each.right_ns, condition, tuple(each.codes)) for condition, each in known if each.sure]
        return self._at(self.position), shown

    def consumer(self, peer: Peer) -> StreamConsumer:
        """Return a consumer; one that is new begins at the end."""
        if peer not in self.consumers:
            self.consumers[peer] = StreamConsumer(peer, self.position, floors={None: self.position})
        return self.consumers[peer]

    def behind(self, consumer: StreamConsumer) -> int:
        """Return how many events a consumer lacks; one that is in an earlier epoch, all of this one."""
        (epoch, n), (its_epoch, its_n) = self.position, consumer.at
        return n - its_n if epoch == its_epoch else n

    def add(self, peer: Peer, condition: Condition, label: str, floor: Number | None = None) -> None:
        """Let a consumer hear of a condition, from now on or behind a number."""
        consumer = self.consumer(peer)
        consumer.labels.setdefault(condition.name, {})[condition] = label
        consumer.floors[condition.name] = self.position if floor is None else floor

    def remove(self, peer: Peer, condition: Condition, label: str) -> None:
        """Let a consumer hear of a condition no longer."""
        consumer = self.consumers.get(peer)
        named = {} if consumer is None else consumer.labels.get(condition.name, {})
        for each in [each for each, known in named.items() if known == label]:
            del named[each]

    def gone(self, peer: Peer) -> None:
        """Forget a consumer."""
        consumer = self.consumers.pop(peer, None)
        if consumer is not None and consumer.catching is not None:
            consumer.catching.cancel()

    def moved(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq."""
        for consumer in self.consumers.values():
            named = consumer.labels.get(old.name, {})
            if old in named:
                named[new] = named.pop(old)

    def begin(self, peer: Peer, request: Follow, wanted: Sequence[tuple[Condition, str, bool]]) -> None:
        """Answer a Follow: conditions with their labels, and whether each is followed from now on only."""
        if request.after:
            self._start(self._resume(peer, request, wanted))
        else:
            self._answer_fresh(peer, request, wanted, "")

    def _answer_fresh(
        self, peer: Peer, request: Follow, wanted: Sequence[tuple[Condition, str, bool]], refused: str
    ) -> None:
        for condition, label, _ in wanted:
            self.add(peer, condition, label)
        shown = [self.shown(each, label) for each, label, begun in wanted if not begun and self.knows(each)]
        following = Following(str(self._at(self.position)), shown=tuple(shown), refused=refused)
        peer.answer(request, following, encode_following(following))

    async def _resume(self, peer: Peer, request: Follow, wanted: Sequence[tuple[Condition, str, bool]]) -> None:
        try:
            cursor = self._relay.cursor(after := Position.parse(request.after))
            first = await cursor.available(PIECE)
            known = await self._relay.fold(after) if request.members else Fold()
        except (PositionError, JournalError, ValueError) as error:
            reason = error.reason if isinstance(error, PositionError) else "unreadable"
            if not peer.ended:
                self.consumer(peer).resyncs += 1
                self._answer_fresh(peer, request, wanted, reason)
            return
        if peer.ended:
            await cursor.close()
            return
        consumer, floor = self.consumer(peer), (after.epoch, after.n)
        if consumer.catching is not None:
            consumer.catching.cancel()
        for name in consumer.floors:
            consumer.floors[name] = max(consumer.floors[name], consumer.at)
        for condition, label, _ in wanted:
            self.add(peer, condition, label, floor)
        if len(consumer.labels) == len({condition.name for condition, *_ in wanted}):
            consumer.floors[None] = floor
        found = [(label, known.find(condition)) for condition, label, _ in wanted]
        shown = tuple(Shown(label, tuple(each[1].codes), each[1].right_ns) for label, each in found if each is not None)
        following = Following(str(self._at(floor)), resumed=True, shown=shown)
        peer.answer(request, following, encode_following(following))
        consumer.at = floor
        consumer.catching = self._start(self._catch_up(consumer, cursor, first))

    def _start(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _at(self, number: Number) -> Position:
        return Position(*number, self._relay.identity)

    # ------------------------------------------------------------ what becomes durable

    def _take(self, batch: Sequence[Numbered]) -> None:
        """Hand a batch on to all who keep up."""
        pieces = _with_prev(batch, self._last)
        shown: list[Condition] = []
        for _, _, event in batch:
            self._fold.take(event)
            if isinstance(event, Snapshot):
                shown.append(event.condition)
        self._fold.settle()  # once: what could be undone until then is a copy of the members
        before, self.position = self.position, pieces[-1][0]
        made: dict[object, tuple[bytes, int]] = {}
        for consumer in list(self.consumers.values()):
            if consumer.catching is not None:
                continue
            if consumer.peer.send_queue.unsent > LAG:
                cursor = self._relay.cursor(self._at(before))
                consumer.catching = self._start(self._catch_up(consumer, cursor, []))
                continue
            consumer.at = self.position
            key = consumer.signature
            if key not in made:
                made[key] = _frames(consumer, pieces)
            consumer.send(*made[key])
        for condition in shown:
            self.on_shown(condition)

    def tell(self, state: State) -> None:
        """Tell all what has no number, now."""
        frame = text_frame(encode_lines([("", state, None, 0)]))
        for peer in list(self.consumers):
            peer.send(frame)

    async def _catch_up(self, consumer: StreamConsumer, cursor: Cursor, waiting: list[Numbered]) -> None:
        """Give a consumer what it lacks, as fast as it takes it, until it is where the others are."""
        last: dict[Condition | None, Number] = {}
        try:
            while consumer.at < self.position:
                while consumer.peer.send_queue.unsent > LAG // 4:  # noqa: ASYNC110  # a socket tells nobody
                    await asyncio.sleep(LOOK)
                waiting = waiting or await cursor.available(PIECE)
                batch = [each for each in waiting if each[:2] <= self.position]
                waiting = waiting[len(batch) :]
                if not batch:
                    await asyncio.sleep(LOOK)
                    continue
                pieces = _with_prev(batch, last)
                consumer.at = pieces[-1][0]
                consumer.send(*_frames(consumer, pieces))
            consumer.catching = None
        except (PositionError, JournalError):
            consumer.peer.end(GOING_AWAY, "pruned")  # it comes again, and is told where it can begin
        finally:
            await cursor.close()


def _with_prev(batch: Sequence[Numbered], last: dict[Condition | None, Number]) -> list[Piece]:
    """Return the events with the n of the same condition's event before each, 0 for the first of an epoch."""
    pieces: list[Piece] = []
    for epoch, n, event in batch:
        before = last.get(event.condition, (0, 0))
        last[event.condition] = (epoch, n)
        pieces.append(((epoch, n), before[1] if before[0] == epoch else 0, event))
    return pieces


def _frames(consumer: StreamConsumer, pieces: Sequence[Piece]) -> tuple[bytes, int]:
    """Return the frames of what a consumer follows, and how many events are in them.

    A live change is a frame, and what lies between two of them is one together.
    """
    frames: list[bytes] = []
    count = 0
    lines: list[tuple[str, Event, Number | None, int]] = []
    for number, prev, event in pieces:
        label, about = "" if event.condition is None else consumer.label(event.condition), event.condition
        if label is None and isinstance(event, State) and event.state == "condition-added" and about is not None:
            label, about = about.seq, None  # who follows everything does not know it yet
        if label is None or not consumer.hears(number, about):
            continue
        count += 1
        if isinstance(event, Enter | Leave) and event.until_ns is None:
            if lines:
                frames.append(text_frame(encode_lines(lines)))
                lines = []
            frames.append(text_frame(encode_change(label, event, number, prev)))
        else:
            lines.append((label, event, number, prev))
    if lines:
        frames.append(text_frame(encode_lines(lines)))
    return b"".join(frames), count
