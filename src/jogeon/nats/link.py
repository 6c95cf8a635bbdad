"""A connection to the stream of a hub that looks to a client like one to the hub itself.

The client sends the requests of the wire and takes its answers and lines; what lies between is here, in this process.
So whatever keeps a client right over a hub's outages keeps it right over those of NATS. It is used once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from jogeon.errors import JogeonError, PositionError, RemoteProtocolError
from jogeon.live.connection import Connection
from jogeon.live.receiving import Receiver
from jogeon.masks import unmasked
from jogeon.nats.address import Place
from jogeon.nats.answers import Answers
from jogeon.nats.asking import Requester
from jogeon.nats.copy import Copy
from jogeon.nats.opening import is_failure, no_picture, nothing_there, opened, trouble_of
from jogeon.nats.parcels import Unpacking
from jogeon.nats.pulling import Pull
from jogeon.nats.streams import Stream, stream_read
from jogeon.nats.ticker import REPEAT
from jogeon.reports import Report
from jogeon.wire import messages, writers
from jogeon.wire.messages import Follow, Refusal, Request, WidePush
from jogeon.wire.quotes import read_wide
from jogeon.wire.readers import NO_PUSH
from jogeon.wire.requests import decode_request
from jogeon.wire.stocks import PricedStock

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

SILENT = 3.0
"""Seconds without any sign of the server after which the connection counts as lost."""
GONE = 5.0
"""Seconds without a sign of the hub after which it counts as gone."""
LOOK = 0.5
"""Seconds between two looks at both."""
STALL = 0.5
"""Seconds by which a look must be late to show that the program stood still."""
FIRST = 10.0
"""Seconds for the picture that a reader begins with."""
RETURN = 20.0
"""Seconds for which one that returns listens for the hub, which may be another one soon: listening costs nobody."""

Learn = Callable[[Iterable[tuple[str, str, str]]], object]
"""Takes names of stocks: code, name, market."""

logger = logging.getLogger("jogeon.nats")
logger.addFilter(unmasked)


class Way:
    """How one client comes to its connections, one after the other; a Dial. It knows how far the last one came.

    `prefix` stands before what the client sees of names and seqs.
    """

    def __init__(self, place: Place, learn: Learn = lambda _: None, prefix: str = "") -> None:
        self.place = place
        self.prefix = prefix
        self.learn = learn
        self.copy: Copy | None = None
        self.returning = False
        self.link: Link | None = None

    async def __call__(self, url: str, receiver: Receiver, *, proxy: str | None = None) -> Connection:
        """Return a connection; CouldNotConnect, LoginRefused, MissingExtra."""
        del url, proxy
        self.link = link = Link(self, receiver)
        await link.open()
        self.returning = True
        return link.connection

    async def prices(self, choose: Callable[[], Sequence[str]]) -> tuple[PricedStock, ...] | JogeonError:
        """Return what stocks cost, as the hub answers, or why there is no answer."""
        link = self.link
        if link is None or link.is_over:
            return nothing_there(self.place)
        return await link.prices(choose())


class _Frame:
    """A message as the reader of a socket would have it, whole."""

    payload_size = 2**16
    fin = last_in_buffer = True

    def __init__(self, payload: bytes) -> None:
        self._payload = payload

    def get_payload_as_bytes(self) -> bytes:
        """Return the message."""
        return self._payload


class Link:
    """One connection of a client; the transport below its `connection`."""

    close_handshake: None = None
    """No close frame ends it."""

    def __init__(self, way: Way, receiver: Receiver) -> None:
        self.connection = Connection(receiver)
        self._way = way
        self._place = way.place
        self._loop = asyncio.get_running_loop()
        self._stack = contextlib.AsyncExitStack()
        self._over: asyncio.Future[Report | None] = self._loop.create_future()
        self._tasks: set[asyncio.Task[None]] = set()
        self._living: asyncio.Task[None] | None = None
        self._unpacking = Unpacking()
        self._heard = self._beaten = self._loop.time()
        self._news = asyncio.Event()
        """Set by a sign of the hub, and by the end of the connection."""

    async def open(self) -> None:
        """Connect, and have what the stream adds up to so far."""
        try:
            self._client = await self._stack.enter_async_context(opened(self._place, self._news.set))
            await self._begin(self._client)
        except BaseException as error:
            await self._stack.aclose()
            if not is_failure(error):
                raise
            raise trouble_of(self._place, error) from error
        self.connection.on_ws_connected(self)  # type: ignore[arg-type]  # all of a transport that it asks for
        self._living = self._loop.create_task(self._live(), name="nats link")

    async def _begin(self, client: "Client") -> None:
        self._asking = Requester(client, self._place)
        self._answers = Answers(self._asking, lambda: self._way.copy, self._way.prefix)
        await client.subscribe(self._place.beat, cb=self._on_beat)
        await client.subscribe(self._place.trades, cb=self._on_trades)
        if self._way.returning:
            await self._hub()
        stream = await stream_read(client, self._place)
        if stream is None:
            raise nothing_there(self._place)
        await self._answers.list()
        self._pull = Pull(client, self._place, self._take, self._on_sign, self._on_error)
        copy = self._way.copy
        if copy is not None and copy.created == stream.created and copy.sequence <= await stream.last():
            self._answers.resumed = True
            return
        self._way.copy = None
        await self._first(stream)

    async def _hub(self) -> None:
        """Wait for a sign of the hub; after RETURN seconds without one go on all the same."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RETURN):
                await self._news.wait()

    async def _first(self, stream: Stream) -> None:
        """Begin with the last picture."""
        begun = await stream.picture()
        if begun is None:
            raise no_picture(self._place)
        self._created = stream.created
        self._pictured = self._loop.create_future()
        self._answers.reading = True
        await self._pull.start(begun)
        async with asyncio.timeout(FIRST):
            await self._pictured

    async def _live(self) -> None:
        """Wait for the end, and make it known."""
        watching = self._loop.create_task(self._watch(), name="nats watch")
        why = await self._over
        if why is not None:
            self.connection.ending.because(why)
        self.connection.on_ws_disconnected(self)  # type: ignore[arg-type]  # as above
        for task in (watching, *self._tasks):
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await self._stack.aclose()

    async def prices(self, codes: Sequence[str]) -> tuple[PricedStock, ...] | JogeonError:
        """Ask the hub for prices; return them, or why there are none."""
        try:
            return await self._asking.prices(codes)
        except Exception as error:  # noqa: BLE001  # whatever NATS has against it
            return trouble_of(self._place, error)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._over.done()

    async def _repeat(self) -> None:
        with contextlib.suppress(Exception):  # where the connection is lost, others say so
            await self._answers.repeat()

    async def _watch(self) -> None:
        repeated = now = self._loop.time()
        while True:
            looked = now
            await asyncio.sleep(LOOK)
            now = self._loop.time()
            if now - looked > LOOK + STALL:  # the program stood still: what came meanwhile waits to be read
                self._heard = self._beaten = now
            if now - repeated >= REPEAT:
                repeated = now
                self._begin_task(self._repeat())
            if self._client.is_closed:
                self._end(Report("nats lost"))
            elif self._answers.reading and now - self._heard > SILENT:
                self._end(Report("nats silent"))
            elif now - self._beaten > GONE:
                self._end(Report("hub silent"))

    def _end(self, why: Report | None) -> None:
        if not self._over.done():
            self._over.set_result(why)

    # ------------------------------------------------------------ what comes from the stream

    def _on_sign(self) -> None:
        self._heard = self._loop.time()

    async def _on_beat(self, _message: object) -> None:
        """Take a sign of life of the hub: the client hears it as a PING."""
        self._beaten = self._loop.time()
        self._news.set()
        if self._living is not None:
            self._hand_over(writers.encode_ping())

    async def _on_trades(self, message: "Msg") -> None:
        """Take trades, of whichever stocks: the client passes over those that it did not register.

        Whoever may write to the subject can make up prices, but nothing else.
        """
        if self._living is None or not self._answers.codes:
            return
        try:
            push = read_wide(message.data)
        except NO_PUSH:
            logger.warning("nats: %s: %d bytes are no trades", self._place.trades, len(message.data))
            return
        if isinstance(push, WidePush):
            self._hand_over(writers.encode_trades(push.quotes))

    def _on_error(self, error: Exception) -> None:
        match error:
            case PositionError():  # what there is does not lead on from here
                self._way.copy = None
                self._end(Report("stream moved on", text=str(error)))
            case JogeonError():
                self._end(error.report)
            case _:
                logger.error("nats: a defect in the reader", exc_info=error)
                self._end(Report("other", text=repr(error)))

    def _take(self, sequence: int, payload: bytes) -> None:
        try:
            parcel = self._unpacking.take(payload)
        except RemoteProtocolError as error:
            logger.warning("nats: %s: message %d is none of a hub's: %s", self._place.stream, sequence, error)
            return
        if parcel is None or self._over.done():
            return
        copy = self._way.copy
        if parcel.picture is not None:
            self._way.learn((code, name, "") for each in parcel.picture.shown for code, name in each.names.items())
        if copy is None:
            if parcel.picture is not None:
                self._way.copy = Copy(self._created, parcel.picture, sequence)
                self._pictured.set_result(None)
            return
        lines = [line for line in copy.take(parcel, sequence) if self._answers.relabelled(line)]
        if lines:
            self.connection.take_lines(lines)

    # ------------------------------------------------------------ what the client asks

    async def _answer(self, request: Request) -> None:
        """Answer a request when its answer is known, or say why there is none."""
        try:
            self._hand_over(await self._answers.of(request))
        except PositionError as error:
            self._on_error(error)
        except JogeonError as error:
            refusal = Refusal.of(error)
            self._hand_over(writers.encode_refusal(request.trnm, int(refusal.code), refusal.text))
        except Exception as error:  # noqa: BLE001  # whatever NATS has against it
            self._end(trouble_of(self._place, error).report)
        else:
            if isinstance(request, Follow) and not self._answers.reading:
                await self._start()

    async def _start(self) -> None:
        """Begin to read on, now that the client follows something."""
        copy = self._way.copy
        if copy is None:
            return
        self._answers.reading = True
        self._heard = self._loop.time()
        try:
            await self._pull.start(copy.sequence + 1)
        except Exception as error:  # noqa: BLE001  # whatever NATS has against it
            self._end(trouble_of(self._place, error).report)

    def _begin_task(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ------------------------------------------------------------ a transport, as the connection uses it

    def _hand_over(self, payload: bytes) -> None:
        if not self._over.done():
            self.connection.on_ws_frame(self, _Frame(payload))  # type: ignore[arg-type]  # all that it asks for

    def send(self, _kind: object, payload: bytes | str) -> None:
        """Take a request of the client."""
        request = decode_request(payload.encode() if isinstance(payload, str) else payload)
        if not isinstance(request, messages.Ping | messages.Unknown):
            self._begin_task(self._answer(request))

    def send_close(self, *_: object) -> None:
        """Say nothing at the end."""

    def disconnect(self, *, graceful: bool = True) -> None:
        """End."""
        del graceful
        self._end(None)

    async def wait_disconnected(self) -> None:
        """Wait until it has ended."""
        if self._living is not None:
            await asyncio.wait({self._living})

    @property
    def underlying_transport(self) -> "Link":
        """What knows the socket."""
        return self

    def get_extra_info(self, _name: str) -> None:
        """Return nothing: nats-py owns the socket."""
