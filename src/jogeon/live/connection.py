"""One connection to a server of the wire, used once: open it, send requests one at a time, hear what it pushes.

Nothing here reconnects; the Supervisor makes another Connection. PING is answered in the reader itself, so that nothing
that consumes events can cost the login.
"""

import asyncio
import itertools
import logging
import selectors
import time
from collections.abc import Callable, Sequence
from functools import partial

from picows import WSFrame, WSListener, WSMsgType, WSTransport

from jogeon.errors import ConnectionLost, RemoteProtocolError
from jogeon.live.ending import FRAME_LIMIT, Ending
from jogeon.live.listening import STALL_NS, Listening
from jogeon.live.pending import Pending
from jogeon.live.receiving import OnLines, OnTrades, Receiver, Tap
from jogeon.live.setback import SetBack
from jogeon.masks import masked_bytes, unmasked
from jogeon.reports import Report
from jogeon.wire.lines import Line, read_lines
from jogeon.wire.messages import Answer, PartialPush, Ping, Push, PushRow, Request, System, TradeRow, Unknown, WidePush
from jogeon.wire.quotes import read_wide
from jogeon.wire.readers import NO_PUSH, read_push
from jogeon.wire.session import Answered, ClientSession, Late, Received, Stray

REPLY_TIMEOUT = 5.0

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
        "_fragmented",
        "_fragments",
        "_fresh_ns",
        "_handed",
        "_on_lines",
        "_on_pushes",
        "_on_trades",
        "_pending",
        "_read",
        "_read_ns",
        "_receiver",
        "_rows",
        "_transport",
        "_wall",
        "clock",
        "defect",
        "ending",
        "error",
        "heard_ns",
        "listening",
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
        self.listening = Listening(self.heard_ns)
        self._fresh_ns = self.heard_ns + STALL_NS
        self._pending = Pending(self.session)
        self.ending = Ending(self.number)
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
        self._fragments, self._fragmented = bytearray(), False
        self._transport: WSTransport
        self.opened = False

    # ------------------------------------------------------------ sending

    async def request(self, request: Request, seconds: float = REPLY_TIMEOUT) -> Answer:
        """Send a request and return its answer; RequestTimeout if none comes, ConnectionLost if it cannot."""
        if self.error is not None:
            raise self.error
        text = self.session.send(request)
        waiter = self._pending.begin()
        self._transport.send(WSMsgType.TEXT, text)
        return await self._pending.answer(waiter, request, seconds, self.clock)

    async def aclose(self) -> None:
        """Close the connection and wait until the socket is gone; harmless if it is."""
        if self.error is None:
            self.ending.begin(self._transport)
        self.defect = await self.ending.gone(self._transport) or self.defect

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
            self._fresh_ns = self.listening.late(at_ns, self.heard_ns, len(payload))
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
            self._fresh_ns = self.listening.late(at_ns, self.heard_ns, 0)
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
            self.ending.answer(transport, frame)
        if kind not in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION):
            return None
        self._fragments += frame.get_payload_as_memoryview()
        self._fragmented = not frame.fin
        if len(self._fragments) > FRAME_LIMIT:
            self.ending.refuse(transport)
            self._fragments.clear()
            return None
        if self._fragmented:
            return None
        payload = bytes(self._fragments)
        self._fragments.clear()
        return payload

    def _take_other(self, payload: bytes, at_ns: int) -> None:
        try:
            received = self.session.receive(masked_bytes(payload))  # it may quote our token, and is shown
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
                self._pending.answered(answer)
            case System(code, text) as notice:
                logger.warning("connection %d: SYSTEM %s %s", self.number, code, text)
                self._receiver.on_system(notice)
            case Late(request, answer):
                seconds = self._pending.paid(request, self.clock())
                logger.warning("connection %d: reply to %s after %.1f s", self.number, request.trnm, seconds)
                self._receiver.on_late(request, answer, seconds, at_ns)
            case Stray(trnm, seq, reason) as stray:
                logger.warning("connection %d: stray reply %.40s seq %.40s: %s", self.number, trnm, seq, reason)
                self._receiver.on_stray(stray)
            case Unknown(trnm, payload):
                logger.warning("connection %d: unknown frame %r: %r", self.number, trnm[:40], payload[:200])

    def beat(self, *, stalled: bool, back: SetBack | None = None) -> None:
        """Note a beat of the loop, so that it is known until when frames were listened to."""
        if back is not None:
            self.heard_ns = self.listening.set_back(back, self.heard_ns)
        empty = partial(_is_empty, self._transport)
        self._fresh_ns = self.listening.beat(self._wall(), self.heard_ns, stalled=stalled, empty=empty)

    @property
    def listening_ns(self) -> int:
        """The last moment at which this program was listening: its last frame, but not one that waited in a stall."""
        return self.listening.mark(self.heard_ns)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Note the end (called by picows) and give its cause to whoever waits."""
        self.error = self.ending.why(transport)
        self.session.close()
        self._pending.lost(self.error)
        logger.info("connection %d: ended: %s", self.number, self.error.detail)
        self._end_read()
        self._receiver.on_lost()


def _pass_over(_trades: Sequence[TradeRow], _at_ns: int) -> None:
    """Make nothing of trades."""


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def _is_empty(transport: WSTransport) -> bool:
    """Tell whether nothing waits in the socket of a connection, without waiting for it."""
    sock = transport.underlying_transport.get_extra_info("socket")
    if sock is None or sock.fileno() < 0:
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return not selector.select(0)
