"""The committed events of a hub on their way into a stream: in order, each once, from a durable cursor.

Where it goes on the stream itself says: its last message bears a position. A server that is down, slow, restarted or
emptied costs delay; whatever went wrong, it begins again from what is in the stream.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self

from jogeon.errors import ConnectionLost, JogeonError, PositionError, RemoteProtocolError
from jogeon.journal.following import Numbered
from jogeon.journal.position import Position
from jogeon.journal.relay import Cursor
from jogeon.masks import unmasked
from jogeon.nats.address import Place
from jogeon.nats.lease import Leasing
from jogeon.nats.opening import opened, stopped, trouble_of
from jogeon.nats.outgoing import Outgoing
from jogeon.nats.parcels import ParcelHead, PictureAt, parcel, picture_messages, read_head, whole
from jogeon.nats.responder import Responder
from jogeon.nats.streams import Stream, stream_of
from jogeon.nats.ticker import Trades
from jogeon.reports import Report

if TYPE_CHECKING:
    from nats.aio.client import Client

    from jogeon.nats.responder import Answerer

PIECE = 500
"""Events of a parcel at most; only a longer block exceeds it."""
BEAT = 1.0
"""Seconds between two signs of life."""
SHORT = 0.05
"""Seconds after which it is known that nothing waits to be published."""
PICTURE = 60.0
"""Seconds between two pictures while something changes: a late reader reads no more than that."""
STILL = 3_600.0
"""Seconds between two pictures while nothing does, so that retention leaves one."""
LOOK = 5.0
"""Seconds between two looks whether somebody emptied the stream."""
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before another connection, the last for ever."""
CURSOR = "nats:"
"""What the names of durable cursors begin with."""

logger = logging.getLogger("jogeon.nats")
logger.addFilter(unmasked)


class Source(Protocol):
    """What a hub gives to a publisher."""

    def cursor(self, after: Position | None = None) -> Cursor:
        """Return a place in the numbered stream: behind a position, else at its end."""

    def picture(self) -> PictureAt:
        """Return who is in now, as it is durable."""

    def kept(self, name: str) -> Position | None:
        """Return where a durable cursor stands, None if there is none; reads the file."""

    def keep(self, name: str, place: int) -> None:
        """Have a durable cursor stand behind the event with an id."""

    @property
    def last(self) -> int:
        """The id of the last event that is durable."""


class Publisher:
    """Publishes while it is entered and has the lease.

    `state` is connecting, waiting (for the lease), publishing or failed; `trouble` says why.
    """

    def __init__(self, place: Place, source: Source, answerer: "Answerer", lease: Leasing) -> None:
        self.place = place
        self.on_trouble: Callable[[JogeonError | None], object] = lambda _: None
        """Called with what keeps it from publishing, again and again, and with None once it publishes."""
        self._lease = lease
        self.state = "connecting"
        self.trouble: JogeonError | None = None
        self.position: Position | None = None
        """Behind the last event that is in the stream for certain."""
        self._source = source
        self._answerer = answerer
        self._arrived_place: int | None = None
        """The id of that event."""
        self._kept_place: int | None = None
        """Where the durable cursor stands."""
        self._pictured = 0
        """The sequence at which the last picture began."""
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._lease.on_trouble = self._on_lease
        self._task = asyncio.create_task(self._run(), name="nats publisher")
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._task is not None:
            await stopped(self._task)

    def status(self) -> dict[str, Any]:
        """Return how it goes, as `jogeon hub status` prints it."""
        behind = None if self._arrived_place is None else self._source.last - self._arrived_place
        trouble = None if (found := self.trouble or self._lease.trouble) is None else str(found)
        return {
            "state": self.state, "behind": behind, "stream": self.place.stream, "lease": self._lease.holder,
            "trouble": trouble,
        }  # fmt: skip

    async def _run(self) -> None:
        """Publish for ever, on one connection after the other."""
        failures = 0
        while True:
            try:
                async with opened(self.place) as client:
                    await self._publish_on(client)
            except Exception as error:  # noqa: BLE001  # whatever NATS does, the watch goes on
                failures = 0 if self.state == "publishing" else failures + 1
                self._failed(error)
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])

    def _failed(self, error: Exception) -> None:
        found = error
        while isinstance(found, ExceptionGroup):
            found = found.exceptions[0]
        trouble = trouble_of(self.place, found)
        if str(trouble) != str(self.trouble):
            logger.warning("nats: %s", trouble)
        logger.debug("nats", exc_info=error)
        self.state, self.trouble = "failed", trouble
        if not self._lease.lost.is_set():
            self.on_trouble(trouble)

    def _on_lease(self, trouble: JogeonError | None) -> None:
        if self.state == "waiting":
            self.on_trouble(trouble)

    def _goes_well(self) -> None:
        if self.state != "publishing":
            self.state, self.trouble = "publishing", None
            self.on_trouble(None)

    # ------------------------------------------------------------ one connection

    async def _publish_on(self, client: "Client") -> None:
        if self._lease.holder != "me" and self.position is None:
            self.state, self.trouble = "waiting", None
            await self._lease.wait()
        if self._lease.lost.is_set():
            self.state = "waiting"
            await asyncio.Event().wait()  # whoever runs the hub ends it
        stream = await stream_of(client, self.place)
        out = Outgoing(client, await stream.last())
        await out.open()
        with contextlib.closing(Trades(self._answerer)) as trades:
            await self._serve(client, stream, out, Responder(client, self.place, self._answerer, trades))

    async def _serve(self, client: "Client", stream: Stream, out: Outgoing, responder: Responder) -> None:
        await responder.open()
        begin, pictured = await self._begin(stream)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._until_lost())
                group.create_task(out.watch())
                group.create_task(self._beat(client))
                group.create_task(responder.run())
                await self._publish(out, stream, begin, pictured=pictured)
        finally:
            self._keep()

    async def _until_lost(self) -> None:
        await self._lease.lost.wait()
        raise ConnectionLost(Report("lease lost", name=str(self.place)))

    async def _beat(self, client: "Client") -> None:
        """Give signs of life to whoever reads: they tell a hub that is gone from one that has nothing to say.

        The durable cursor moves with them and no oftener: a commit that moves one takes longer, and the stream itself
        knows better how far it is.
        """
        while True:
            await client.publish(self.place.beat, b"")
            self._keep()
            await asyncio.sleep(BEAT)

    async def _begin(self, stream: Stream) -> tuple[Position, bool]:
        """Return where the stream goes on, and whether it has a picture that leads there."""
        now = self._source.picture().position
        last = await self._last(stream)
        picture = await stream.picture()
        self._pictured = picture or 0
        if last is not None:
            if (last.journal or None) != now.journal:
                return now, False
            complete = last.ends and not last.more
            return Position(*(last.to if complete else last.before), now.journal), picture is not None
        known = self.position or await asyncio.to_thread(self._source.kept, CURSOR + self.place.alias)
        if known is None or known.journal != now.journal:
            return now, False
        return known, False

    async def _last(self, stream: Stream) -> ParcelHead | None:
        """Return the head of the last message of events; what others wrote between is passed over."""
        async for payload in stream.backwards():
            with contextlib.suppress(RemoteProtocolError):
                return read_head(payload)[0]
        return None

    async def _publish(self, out: Outgoing, stream: Stream, begin: Position, *, pictured: bool) -> None:
        clock = asyncio.get_running_loop().time
        if not pictured:
            await self._put_picture(out)
        self.position = begin
        due, looked, changed = clock() + PICTURE, clock(), False
        reading = _Reading(self._source.cursor, begin)
        try:
            while True:
                try:
                    batch = await reading.next(BEAT if self.state == "publishing" else SHORT)
                except PositionError as error:
                    logger.warning("nats: %s", error)
                    await reading.close()
                    await self._put_picture(out)
                    self.position = self._source.picture().position
                    reading = _Reading(self._source.cursor, self.position)
                    continue
                if batch:
                    await self._put(out, batch, reading)
                    changed = True
                elif not reading.waiting and out.acknowledged == out.sequence:
                    self._goes_well()
                    self._arrived_place = reading.place
                now = clock()
                if now >= due and (changed or now >= due + STILL):
                    await self._put_picture(out)
                    due, changed = now + PICTURE, False
                if now - looked >= LOOK:
                    await out.all_in()
                    looked = clock()
                    if await stream.is_empty(self._pictured):
                        await self._put_picture(out)
        finally:
            await reading.close()

    async def _put(self, out: Outgoing, batch: Sequence[Numbered], reading: "_Reading") -> None:
        for message in parcel(self.place, batch, reading.before):
            await out.put(message)
        out.then(self._arrived(reading.position, reading.place))

    def _arrived(self, position: Position, place: int | None) -> Callable[[], None]:
        def arrived() -> None:
            self.position, self._arrived_place = position, place
            self._goes_well()

        return arrived

    def _keep(self) -> None:
        """Have the durable cursor stand behind what is in the stream."""
        place = self._arrived_place
        if place is not None and place != self._kept_place:
            self._kept_place = place
            self._source.keep(CURSOR + self.place.alias, place)

    async def _put_picture(self, out: Outgoing) -> None:
        """Publish who is in now; whoever comes later begins with it."""
        first = out.sequence + 1
        for message in picture_messages(self.place, self._source.picture(), self._pictured):
            await out.put(message)
        out.then(lambda: setattr(self, "_pictured", first))


class _Reading:
    """What is committed, in pieces that may go out together; the last one lies between `before` and `position`."""

    def __init__(self, cursor: Callable[[Position], Cursor], begin: Position) -> None:
        self.before = self.position = begin
        self.waiting: list[Numbered] = []
        self._cursor = cursor(begin)

    async def next(self, seconds: float) -> list[Numbered]:
        """Return the next piece, nothing if none comes in time; PositionError."""
        if not (size := self._size()):
            self.waiting += await self._cursor.within(seconds)
            size = self._size()
        piece, self.waiting = self.waiting[:size], self.waiting[size:]
        if piece:
            self.before, self.position = self.position, Position(*piece[-1][:2], self.before.journal)
        return piece

    @property
    def place(self) -> int | None:
        """The id of the last event it returned; None before its place was looked up."""
        return None if self._cursor.place is None else self._cursor.place - len(self.waiting)

    def _size(self) -> int:
        return whole(self.waiting[:PIECE]) or whole(self.waiting)

    async def close(self) -> None:
        """Stop reading."""
        await self._cursor.close()
