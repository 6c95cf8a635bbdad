"""One connected program, seen from the broker's side: its session, what waits for it, and what it sends.

A Backend (the simulator, the hub) decides what is answered. What is sent to a peer waits in its send queue until the
end of the loop's turn and goes out in one write. A peer that does not read is cut when its send queue is full.
"""

import asyncio
import functools
import logging
import socket
import struct
import sys
from typing import Protocol

from msgspec import Struct
from picows import WSFrame, WSListener, WSMsgType, WSTransport

from jogeon.errors import RemoteProtocolError
from jogeon.reports import Report
from jogeon.server.deadlines import Deadlines
from jogeon.server.door import host_and_port
from jogeon.server.frames import BAD_TEXT, NORMAL, TOO_BIG, close_frame, pong_frame, text_frame
from jogeon.server.receive_queue import Frame, ReceiveQueue
from jogeon.server.send_queue import EARLY_BOUND, SendQueue
from jogeon.server.settings import ServerSettings
from jogeon.wire import messages, requests, writers
from jogeon.wire.messages import Answer, Login, LoginAccepted, Ping, Refusal, Request, Unknown
from jogeon.wire.session import Phase, ServerSession

FLOODER_PAUSE = 0.05
"""Seconds until a peer that floods and does not read is looked at again."""
CLOSE_GRACE = 2.0
"""Seconds that a peer has to answer a close before its socket is shut."""

FAREWELL = "Bye"
BEFORE_LOGIN = 100013
"""The answer to a request before the login, by one client's report; a second LOGIN gets it, too."""

logger = logging.getLogger("jogeon.server")


class LoginVerdict(Struct, frozen=True):
    """What a backend says to a LOGIN: the answer, its text, and the key whose session it is if accepted.

    A refusal may be told only `after` so many seconds.
    """

    answer: LoginAccepted | Refusal
    text: bytes
    key: str = ""
    after: float = 0.0


class Backend(Protocol):
    """What a role answers. Called from the reader: nothing here may wait; an answer may be given later."""

    def connected(self, peer: "Peer") -> None:
        """Take note of a program that connected; it may be ended at once."""

    def login(self, peer: "Peer", request: Login) -> LoginVerdict:
        """Judge a login; the server answers, and takes the session over from another peer with that key."""

    def requested(self, peer: "Peer", request: Request) -> None:
        """Answer the list, a search, real time or its end through `peer.answer`; the peer is logged in."""

    def unknown(self, peer: "Peer", message: Unknown) -> None:
        """Take a message that is not a request of the condition search, from a peer that is logged in."""

    def gone(self, peer: "Peer") -> None:
        """Take note of a peer that nothing can be sent to any more; called once for each that connected."""


class Owner(Protocol):
    """What a peer needs of the server it belongs to. `pinging`: heartbeats are sent; `frozen`: nothing is done."""

    backend: Backend
    settings: ServerSettings
    loop: asyncio.AbstractEventLoop
    frozen: bool
    pinging: bool

    def number(self) -> int:
        """Return the number of the next peer."""

    def enter(self, peer: "Peer") -> None:
        """Take a peer in, or turn it away."""

    def take_over(self, key: str, peer: "Peer") -> None:
        """Give a key's session to a peer."""

    def leave(self, peer: "Peer") -> None:
        """Forget a peer that nothing can be sent to any more."""

    def vanished(self, peer: "Peer") -> None:
        """Note that a peer's socket is gone."""

    def flush_soon(self, peer: "Peer") -> None:
        """Write a peer's send queue at the end of this turn of the loop."""

    def read_later(self, peer: "Peer") -> None:
        """Have the waiting frames of a peer that floods read when it is its turn."""


class Peer(WSListener):
    """One connected program: its `number` in the log, whose session it has (`key`), its `address`.

    `called`: the name and port under which it knows this server, if it comes over TLS. `send(frames)` sends ready-made
    frames (`text_frame`), any number at once; they wait in the `send_queue` until the end of this turn of the loop,
    unless they are sent by `send_now`.
    `unechoed`: PINGs it has not echoed yet.
    """

    def __init__(self, server: Owner, called: str = "") -> None:
        self.called = called
        self.number = server.number()
        self.session = ServerSession()
        self.key = ""
        self.unechoed = 0
        self.address = ""
        self.cut_for = ""
        """Why this server broke the connection off, if it did."""
        self._server = server
        self.send_queue = queue = SendQueue(self.number, server.settings, server.loop, self._ready, self.cut)
        self.send, self.send_now = queue.put, queue.put_now  # no step in between on the path of every push
        self._garbled = False
        self._receive_queue = ReceiveQueue(server.settings.frame_limit)
        self._deadlines = Deadlines(server.loop, lambda: server.frozen)
        self._below: asyncio.Transport

    # ------------------------------------------------------------ for backends

    def answer(
        self, request: Request, answer: Answer, text: bytes | None, *, after: float = 0.0, times: int = 1
    ) -> None:
        """Note that a request is answered and send the text; None keeps silent, as the broker sometimes does.

        It is sent `after` so many seconds, so many `times`.
        """
        if after:
            again = functools.partial(self.answer, request, answer, text, times=times)
            self._server.loop.call_later(after, again)
        elif not self.ended:
            self.session.answer(request, answer)
            for _ in range(times if text is not None else 0):
                self.say(text or b"")

    def say(self, text: bytes) -> None:
        """Send one text."""
        self.send(text_frame(text, self._server.settings.fragment))

    @property
    def ended(self) -> bool:
        """Whether nothing can be sent to it any more."""
        return self.send_queue.closed

    def ping(self) -> None:
        """Send a heartbeat; a peer that does not echo it in time is closed."""
        self.unechoed += 1
        self.say(b"PING" if self._server.settings.bare_ping else writers.encode_ping())
        if not (self.ended or self._deadlines.armed):
            self._arm(self._server.settings.ping_deadline, messages.NO_HEARTBEAT)

    def _arm(self, seconds: float, code: str) -> None:
        """Let the peer be closed with a SYSTEM notice in so many seconds."""
        late = functools.partial(self.end, NORMAL, text=writers.encode_system(code))
        self._deadlines.arm(seconds, late)

    def _beat(self) -> None:
        if self._server.pinging:
            self.ping()

    def end(self, code: int, reason: str = FAREWELL, text: bytes | None = None) -> None:
        """Send a last text, if any, and a close; the socket goes when the peer answers it, or after CLOSE_GRACE."""
        if self.ended:
            return
        if text is not None:
            self.say(text)
        self.send(close_frame(code, reason))
        self._leave(f"closing ({code} {reason})")
        self.send_queue.flush()
        self._deadlines.arm_last(CLOSE_GRACE, self._below.abort)

    def reset(self) -> None:
        """Break the connection off without a close (RST), as a failing network does."""
        sock = self._below.get_extra_info("socket")
        if sock is not None:
            form = "hh" if sys.platform == "win32" else "ii"
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(form, 1, 0))
        self.cut("reset by this server")

    # ------------------------------------------------------------ for the server

    def stop_reading(self) -> None:
        """Leave what the peer sends in its socket."""
        self._below.pause_reading()

    def resume_reading(self) -> None:
        """Read again, unless frames wait here already."""
        if self._receive_queue.is_empty:
            self._below.resume_reading()

    def read_share(self) -> float | None:
        """Read some of the frames that wait; return in how many seconds to go on, None when none is left."""
        if self.send_queue.unsent > EARLY_BOUND:
            return FLOODER_PAUSE
        for frame in self._receive_queue.share():
            self._read(frame)
        if not self._receive_queue.is_empty:
            return 0.0
        self.resume_reading()
        return None

    def end_too_long(self) -> None:
        """End a connection on which a frame was announced that is too large to be read at all."""
        self.end(TOO_BIG, self._limit_text)

    @property
    def socket_number(self) -> int:
        """The file descriptor of its socket, -1 when that is gone."""
        sock = self._below.get_extra_info("socket")
        return -1 if sock is None else int(sock.fileno())

    @property
    def _limit_text(self) -> str:
        return f"Max frame length of {self._server.settings.frame_limit} has been exceeded."

    def _ready(self) -> None:
        self._server.flush_soon(self)

    def cut(self, why: str) -> None:
        """Break the connection off."""
        if not self.ended:
            self.cut_for = why
        self._leave(why)
        self.send_queue.clear()
        self._below.abort()

    def _leave(self, why: str) -> None:
        """Stop its timers, and take it out of the server once."""
        self._deadlines.stop()
        if not self.ended:
            self.send_queue.closed = True
            self.session.close()
            logger.info("peer %d: %s", self.number, why)
            self._server.leave(self)

    # ------------------------------------------------------------ the reader

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Wait for the login (called by picows)."""
        self.send_queue.open(transport)
        self._below = transport.underlying_transport
        self.address = host_and_port(self._below.get_extra_info("peername") or ("?", 0))
        logger.info("peer %d: connected from %s", self.number, self.address)
        self._arm(self._server.settings.login_deadline, messages.NO_LOGIN)
        self._server.enter(self)

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002  # the library's signature
        """Note the end of the socket (called by picows)."""
        self._leave("disconnected")
        self.send_queue.release()
        self._server.vanished(self)

    def pause_writing(self) -> None:
        """Do nothing: the bound of the send queue decides, not the transport's water marks (called by picows)."""

    resume_writing = pause_writing

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002  # the library's signature
        """Take one frame (called by picows): read it, or let it wait if there were many in this turn."""
        was_empty = self._receive_queue.is_empty
        taken = self._receive_queue.arrived(frame)
        if taken is not None:
            self._read(taken)
        elif was_empty:
            self.stop_reading()
            self._server.read_later(self)

    def _read(self, frame: Frame) -> None:
        kind = frame.kind
        if kind is WSMsgType.CLOSE:
            if not self.ended:
                self.end(NORMAL, "")
            self._below.close()
        elif self.ended or kind is WSMsgType.PONG:
            return
        elif kind is WSMsgType.PING:  # RFC pings stay unanswered on the broker's wire
            if self._server.settings.rfc_pong:
                self.send(pong_frame(frame.payload))
        elif code := self._receive_queue.refusal(frame):
            self.end(code, self._limit_text if code == TOO_BIG else "")
        elif (text := self._receive_queue.text(frame)) is not None:
            self._receive(text)

    def _receive(self, payload: bytes) -> None:
        try:
            message = self.session.receive(payload)
        except RemoteProtocolError as error:
            self._misplaced(payload, error)
            return
        match message:
            case Ping():
                self.unechoed = max(0, self.unechoed - 1)
                if self.key:
                    self._deadlines.disarm()
            case Login():
                self._login(message)
            case Unknown() if self.session.phase in (Phase.OPEN, Phase.LOGGING_IN):
                early = Report("out of turn", name="UNKNOWN", other=self.session.phase.name)
                self._misplaced(payload, RemoteProtocolError(early))
            case Unknown():
                self._server.backend.unknown(self, message)
            case _:
                self._server.backend.requested(self, message)

    def _login(self, request: Login) -> None:
        verdict = self._server.backend.login(self, request)
        if isinstance(verdict.answer, Refusal):
            logger.info("peer %d: login refused [%s]", self.number, verdict.answer.code)
            self.answer(request, verdict.answer, verdict.text, after=verdict.after)
            if verdict.after:
                self._server.loop.call_later(verdict.after, self.end, NORMAL)
            else:
                self.end(NORMAL)
            return
        self._deadlines.disarm()
        self._server.take_over(verdict.key, self)
        self.send_queue.bound = self._server.settings.send_queue
        self.answer(request, verdict.answer, verdict.text)
        self._deadlines.beat(self._server.settings.ping, self._beat)

    def _misplaced(self, payload: bytes, error: RemoteProtocolError) -> None:
        """Answer a message that is unreadable or out of place; it is not logged, because it may hold a token."""
        logger.log(logging.DEBUG if self._garbled else logging.WARNING, "peer %d: %s", self.number, error)
        self._garbled = True
        try:
            message = requests.decode_request(payload)
        except RemoteProtocolError:
            self._unreadable(payload)
            return
        if not (self.key or self._server.settings.refuse_early):
            return
        trnm = message.trnm if not isinstance(message, Ping) else ""
        text = "이미 로그인되어 있습니다" if self.key else "로그인 인증이 들어오기 전에 다른 전문이 들어왔습니다"
        self.say(writers.encode_refusal(trnm, BEFORE_LOGIN, text))

    def _unreadable(self, payload: bytes) -> None:
        try:
            payload.decode()
        except UnicodeDecodeError:
            self.end(BAD_TEXT, "")
        else:
            self.say(writers.encode_missing("", "trnm"))
