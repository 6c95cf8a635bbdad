"""One connection to a server of the wire, used once: open it, send requests one at a time, hear what it pushes.

Nothing here reconnects; a Client makes another Connection. PING is answered in the reader itself, so that nothing that
consumes events can cost the login.
"""

import asyncio
import itertools
import logging
import selectors
import socket
import time
from collections.abc import Callable, Sequence

from picows import (
    WSCloseCode,
    WSError,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
)

from jogeon.errors import ConnectionLost, RemoteProtocolError, RequestTimeout
from jogeon.live.listening import STALL_NS, Listening
from jogeon.live.receiving import OnLines, OnTrades, Receiver, Tap
from jogeon.masks import masked_bytes, unmasked
from jogeon.reports import Report
from jogeon.wire.lines import Line, read_lines
from jogeon.wire.messages import Answer, PartialPush, Ping, Push, PushRow, Request, System, TradeRow, Unknown, WidePush
from jogeon.wire.quotes import read_wide
from jogeon.wire.readers import NO_PUSH, read_push
from jogeon.wire.session import Answered, ClientSession, Late, Received, Stray

FRAME_LIMIT = 4 * 2**20
"""Largest message taken, in bytes: 10 MB of nested lists would cost a hundred times that once decoded."""
TOO_LONG = Report("message too long", bytes=FRAME_LIMIT)
CLOSE_GRACE = 1.0
"""Seconds in which the last frames may leave before the socket is cut."""
REPLY_TIMEOUT = 5.0
SHORTEST_WAIT = 0.001
"""What is left of a patience may be less than a clock can show: waiting for that would be no waiting."""
NO_CODE = 1005
"""What a close without a code counts as (RFC 6455)."""

LONGEST_CONTROL = 125
"""Bytes of the longest close, ping or pong (RFC 6455). A longer frame is data, and is not asked for its type: that
costs a fifth of a decode."""

NOTHING = Push("REAL", [])

logger = logging.getLogger("jogeon.connection")
logger.addFilter(unmasked)
_numbers = itertools.count(1)


class Connection(WSListener):
    """One live connection. `number` names it in the log; `heard_ns` is when its last frame was read.

    `taps` get every message before anything is made of it. `clock` counts the seconds that patience is measured in.
    """

    __slots__ = (  # an attribute of an extension type's child costs a push four times as much without
        "_debts",
        "_fragmented",
        "_fragments",
        "_fresh_ns",
        "_handed",
        "_listening",
        "_local_end",
        "_on_lines",
        "_on_pushes",
        "_on_trades",
        "_read",
        "_read_ns",
        "_receiver",
        "_rows",
        "_transport",
        "_waiter",
        "_wall",
        "clock",
        "defect",
        "error",
        "heard_ns",
        "number",
        "opened",
        "session",
        "taps",
    )

    def __init__(self, receiver: Receiver, wall: Callable[[], int] = time.time_ns) -> None:
        self.number = next(_numbers)
        self.session = ClientSession()
        self.error: ConnectionLost | None = None
        self.defect: Exception | None = None
        """What went wrong in this package itself; another connection would not help."""
        self.heard_ns = wall()
        self.taps: Sequence[Tap] = ()
        self.clock: Callable[[], float] = _loop_time
        self._listening = Listening(self.heard_ns)
        self._fresh_ns = self.heard_ns + STALL_NS
        self._debts: list[tuple[Request, float]] = []
        self._receiver = receiver
        self._on_pushes = receiver.on_pushes
        self._on_trades: OnTrades = _pass_over
        self._on_lines: OnLines | None = None
        self._read = read_push
        self._rows: list[PushRow] = []
        """What was pushed in this read and is not handed over yet."""
        self._handed = False
        """Whether something of this read was."""
        self._read_ns = 0
        """When this read began, 0 before its first message."""
        self._wall = wall
        self._waiter: asyncio.Future[Answer] | None = None
        self._fragments = bytearray()
        self._fragmented = False
        self._transport: WSTransport
        self.opened = False
        self._local_end: Report | None = None

    # ------------------------------------------------------------ sending

    async def request(self, request: Request, seconds: float = REPLY_TIMEOUT) -> Answer:
        """Send a request and return its answer; RequestTimeout if none comes, ConnectionLost if it cannot."""
        if self.error is not None:
            raise self.error
        text = self.session.send(request)
        waiter: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiter = waiter
        sent = self.clock()
        self._transport.send(WSMsgType.TEXT, text)
        try:
            while not waiter.done() and (left := sent + seconds - self.clock()) > 0:
                await asyncio.wait({waiter}, timeout=max(left, SHORTEST_WAIT))
        finally:
            self._waiter = None
            owed = len(self.session.owed)
            self.session.expire()  # nothing is in flight any more unless it was left unanswered
            if len(self.session.owed) > owed:
                self._debts.append((request, sent))
        if not waiter.done():
            raise RequestTimeout(request.trnm, seconds)
        return waiter.result()

    def end_because(self, why: Report) -> None:
        """Note why it is about to end, where no close of a server says so."""
        self._local_end = why

    async def aclose(self) -> None:
        """Close the connection and wait until the socket is gone; harmless if it is."""
        if self.error is None:
            self._local_end = Report("closed here")
            self._transport.send_close(WSCloseCode.OK)
            self._transport.disconnect()
        try:
            async with asyncio.timeout(CLOSE_GRACE):
                await self._transport.wait_disconnected()
        except TimeoutError:  # what is left to send will not be read any more
            self._transport.disconnect(graceful=False)
            await self._transport.wait_disconnected()
        except WSError as error:
            logger.warning("connection %d: %s", self.number, error)
        except Exception as defect:
            logger.exception("connection %d: ended by a defect in the reader", self.number)
            self.defect = defect

    # ------------------------------------------------------------ listening

    def beat(self, *, stalled: bool) -> None:
        """Note a beat of the loop, so that it is known until when frames were listened to."""
        self._fresh_ns = self._listening.beat(self._wall(), self.heard_ns, stalled=stalled, empty=self._nothing_waits)

    @property
    def listening_ns(self) -> int:
        """The last moment at which this program was listening: its last frame, but not one that waited in a stall."""
        return self._listening.mark(self.heard_ns)

    @property
    def behind(self) -> bool:
        """Whether what came during a stall is still being read."""
        return self._listening.behind

    def _nothing_waits(self) -> bool:
        sock = self._transport.underlying_transport.get_extra_info("socket")
        return sock is None or sock.fileno() < 0 or not _is_readable(sock)

    # ------------------------------------------------------------ the reader

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Keep the transport (called by picows)."""
        self._transport, self.opened = transport, True

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take one frame (called by picows); whatever it holds, the reader goes on or the connection ends.

        This is the path of every push: it asks for nothing twice, and calls nothing it can do without.
        """
        if frame.payload_size > LONGEST_CONTROL and frame.fin and not self._fragmented:
            payload: bytes | None = frame.get_payload_as_bytes()
        else:
            payload = self._completed(transport, frame)
        if payload is None:
            if frame.last_in_buffer:
                self._end_read()
            return
        at_ns = self._read_ns
        if not at_ns:
            at_ns = self._read_ns = self._wall()
        if at_ns > self._fresh_ns:
            self._fresh_ns = self._listening.late(at_ns, self.heard_ns, len(payload))
        for tap in self.taps:
            tap(payload, at_ns)
        try:
            self._rows += self._read(payload).data
        except NO_PUSH:
            self._take_other(payload, at_ns)
        self.heard_ns = at_ns
        if frame.last_in_buffer:
            self._end_read()

    def read_trades(self, on_trades: OnTrades | None) -> None:
        """Read the trades of single stocks from now on and hand them over, or pass over them (None), as at first.

        Reading both takes longer over a push, so it is for those who want trades.
        """
        self.session.quotes = on_trades is not None
        self._on_trades = on_trades or _pass_over
        if self._on_lines is None:
            self._read = read_push if on_trades is None else self._read_both

    def read_lines(self, on_lines: OnLines) -> None:
        """Read the numbered stream of a hub from now on, and hand its lines over."""
        self._on_lines, self._read = on_lines, self._read_line

    def take_lines(self, lines: Sequence[Line]) -> None:
        """Take lines of a hub's stream that came another way than in a frame of this connection."""
        at_ns = self._wall()
        if at_ns > self._fresh_ns:
            self._fresh_ns = self._listening.late(at_ns, self.heard_ns, 0)
        self.heard_ns = at_ns
        if self._on_lines is not None:
            self._on_lines(lines, at_ns)

    def _read_line(self, payload: bytes) -> Push:
        """Read a frame of the numbered stream and hand its lines over; any other as usual."""
        at_ns = self._read_ns
        try:
            lines = read_lines(payload)
        except RemoteProtocolError as error:
            self._receiver.on_unreadable(error.report, (), self.listening_ns, at_ns)
            return NOTHING
        if lines is None or self._on_lines is None:
            return self._read_both(payload) if self.session.quotes else read_push(payload)
        self._on_lines(lines, at_ns)
        return NOTHING

    def _read_both(self, payload: bytes) -> Push:
        """Read a REAL frame and hand its trades over."""
        push = read_wide(payload)
        if type(push) is WidePush:
            self._on_trades(push.quotes, self._read_ns)
        return push

    def _end_read(self) -> None:
        """Hand over what was pushed in this read; whoever it is for goes on."""
        at_ns, self._read_ns = self._read_ns, 0
        if self._rows or self._handed:
            rows, self._rows, self._handed = self._rows, [], False
            self._on_pushes(rows, at_ns, over=True)

    def _hand_over(self, at_ns: int) -> None:
        """Hand over what was pushed in this read before something else of it."""
        if self._rows:
            rows, self._rows, self._handed = self._rows, [], True
            self._on_pushes(rows, at_ns, over=False)

    def _completed(self, transport: WSTransport, frame: WSFrame) -> bytes | None:
        """Return the message that is whole with this frame, if one is; answer a close and a ping of RFC 6455."""
        kind = frame.msg_type
        if kind is WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        if kind is WSMsgType.CLOSE:
            code = frame.get_close_code()
            transport.send_close(WSCloseCode.OK if code is WSCloseCode.NO_INFO else code)
            transport.disconnect()
        if kind not in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION):
            return None
        self._fragments += frame.get_payload_as_memoryview()
        self._fragmented = not frame.fin
        if len(self._fragments) > FRAME_LIMIT:
            self._local_end = TOO_LONG
            transport.send_close(WSCloseCode.MESSAGE_TOO_BIG)
            transport.disconnect(graceful=False)
            self._fragments.clear()
            return None
        if self._fragmented:
            return None
        payload = bytes(self._fragments)
        self._fragments.clear()
        return payload

    def _take_other(self, payload: bytes, at_ns: int) -> None:
        try:
            # a server may quote our token, and what it says is shown
            received = self.session.receive(masked_bytes(payload))
        except RemoteProtocolError as error:
            logger.warning("connection %d: %s", self.number, error)
            self._hand_over(at_ns)
            self._receiver.on_unreadable(error.report, (), self.listening_ns, at_ns)
        else:
            if isinstance(received, Push):
                self._rows += received.data
            if isinstance(received, WidePush | PartialPush):
                self._on_trades(received.quotes, at_ns)
            if isinstance(received, Ping):
                self._transport.send(WSMsgType.TEXT, received.payload)
                self._receiver.on_ping()
            elif type(received) is not Push:
                self._hand_over(at_ns)  # an answer may change what a push means
                self._dispatch(received, at_ns)

    def _dispatch(self, received: Received, at_ns: int) -> None:
        match received:
            case PartialPush(unreadable=count, seqs=seqs):
                what = Report("unreadable rows", number=count)
                self._receiver.on_unreadable(what, seqs, self.listening_ns, at_ns)
            case Answered(request, answer):
                self._receiver.on_answer(request, answer, at_ns)
                if self._waiter is not None and not self._waiter.done():
                    self._waiter.set_result(answer)
            case System(code, text) as notice:
                logger.warning("connection %d: SYSTEM %s %s", self.number, code, text)
                self._receiver.on_system(notice)
            case Late(request, answer):
                seconds = self._settle(request)
                logger.warning("connection %d: reply to %s after %.1f s", self.number, request.trnm, seconds)
                self._receiver.on_late(request, answer, seconds, at_ns)
            case Stray(trnm, seq, reason) as stray:
                logger.warning("connection %d: stray reply %.40s seq %.40s: %s", self.number, trnm, seq, reason)
                self._receiver.on_stray(stray)
            case Unknown(trnm, payload):
                logger.warning("connection %d: unknown frame %r: %r", self.number, trnm[:40], payload[:200])

    def _settle(self, request: Request) -> float:
        """Forget a debt and return how long its reply took, in seconds."""
        debt = next(debt for debt in self._debts if debt[0] is request)
        self._debts.remove(debt)
        return self.clock() - debt[1]

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Note the end (called by picows) and give its cause to whoever waits."""
        self.error = _why(transport, self._local_end)
        self.session.close()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(self.error)
        logger.info("connection %d: ended: %s", self.number, self.error.detail)
        self._end_read()
        self._receiver.on_lost()


def _why(transport: WSTransport, local_end: Report | None) -> ConnectionLost:
    """Return why a connection ended: what this side did, else what the server closed it with."""
    received = transport.close_handshake.recv if transport.close_handshake else None
    sent = transport.close_handshake.sent if transport.close_handshake else None
    code = (received.code.value or NO_CODE) if received is not None else 1006
    text = (received.reason or "") if received is not None else ""
    detail = Report("broke off")
    if sent is not None and sent.code is WSCloseCode.MESSAGE_TOO_BIG:
        detail = TOO_LONG
    elif local_end is not None:
        detail = local_end
    elif received is not None:
        closed = Report("closed", code=str(code), text=text)
        detail = Report("closed without code") if code == NO_CODE else closed
    return ConnectionLost(detail, close_code=code, text=text)


def _pass_over(_trades: Sequence[TradeRow], _at_ns: int) -> None:
    """Make nothing of trades."""


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def _is_readable(sock: socket.socket) -> bool:
    """Tell whether something waits in a socket, without waiting for it."""
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(0))
