"""The broker's side of the wire: accept programs, hold a ServerSession for each, and send to many at once.

A Backend (the simulator, the hub) decides what is answered; this module owns the sockets. What is sent to a peer waits
in its outbox until the end of the loop's turn and goes out in one write. A peer that does not read is cut when its
outbox is full; nothing a peer does reaches the others.
"""

import asyncio
import itertools
import logging
import socket
import struct
import sys
from ipaddress import ip_address
from typing import Protocol

from msgspec import Struct
from picows import (
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)

from jogeon import messages, readers, writers
from jogeon.errors import CannotServe, InvalidAddress, RemoteProtocolError
from jogeon.frames import (
    BAD_TEXT,
    GOING_AWAY,
    NORMAL,
    PROTOCOL_ERROR,
    TOO_BIG,
    UNSUPPORTED,
    close_frame,
    text_frame,
)
from jogeon.messages import Answer, Login, LoginAccepted, Ping, Refusal, Request, Unknown
from jogeon.session import Phase, ServerSession

PATH = "/api/dostk/websocket"
FRAME_LIMIT = 65_536
TOO_LONG = f"Max frame length of {FRAME_LIMIT} has been exceeded."
READ_LIMIT = 16 * 2**20
"""Largest frame that is read at all: one above FRAME_LIMIT must arrive whole, or the close would not bear TOO_LONG."""
SEND_BUFFER = 128 * 1024
"""Of the kernel, for each peer: megabytes waiting there would hide a peer that does not read."""
CLOSE_GRACE = 2.0
"""Seconds that a peer has to answer a close before its socket is shut."""

FAREWELL = "Bye"
SYSTEM_TEXTS = {
    messages.TAKEN: "동일한 App key로 접속이 되었습니다. 기존 세션은 종료가 됩니다",
    messages.NO_HEARTBEAT: "사용자 프로그램으로부터 Heartbeat(연결유지) 메시지가 오지않아서 접속을 종료합니다",
    messages.NO_LOGIN: "접속허용요청(토큰)이 들어오지 않았습니다. 접속을 종료합니다",
}
BEFORE_LOGIN = 100013
"""Our own number: no capture shows what the broker answers to a request that comes before the login."""

logger = logging.getLogger("jogeon.server")


class Settings(Struct, frozen=True, kw_only=True):
    """How a server behaves; times in seconds, counted as the broker does.

    `exclusive`: a second login with a key ends the first session. `outbox`: bytes that may wait for one peer.
    `fragment`: text frames are sent in pieces of this many bytes, 0 for whole. `bare_ping`: the heartbeat is no JSON.
    """

    ping: float = 10.0
    ping_deadline: float = 40.0
    login_deadline: float = 12.0
    exclusive: bool = True
    outbox: int = 4 * 2**20
    fragment: int = 0
    bare_ping: bool = False


class Verdict(Struct, frozen=True):
    """What a backend says to a LOGIN: the reply, its text, and the key whose session it is if accepted."""

    answer: LoginAccepted | Refusal
    text: bytes
    key: str = ""


class Backend(Protocol):
    """What a role answers. Called from the reader: nothing here may wait; an answer may be given later."""

    def connected(self, peer: "Peer") -> None:
        """Hear that a program connected; it may be ended at once."""

    def login(self, peer: "Peer", request: Login) -> Verdict:
        """Judge a login; the server answers, and takes the session over from another peer with that key."""

    def requested(self, peer: "Peer", request: Request) -> None:
        """Answer the list, a search, real time or its end through `peer.answer`; the peer is logged in."""

    def unknown(self, peer: "Peer", message: Unknown) -> None:
        """Hear what is no request of the condition search, from a peer that is logged in."""

    def gone(self, peer: "Peer") -> None:
        """Hear that a peer gets nothing any more; once for each that connected."""


class Peer(WSListener):
    """One connected program: its `number` in the log, whose session it has (`key`), PINGs it has not echoed yet."""

    def __init__(self, server: "Server") -> None:
        self.number = next(server.numbers)
        self.session = ServerSession()
        self.key = ""
        self.unechoed = 0
        self._server = server
        self._outbox: list[bytes] = []
        self._waiting = 0
        self._ended = False
        self._garbled = False
        self._fragments: bytearray | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._heartbeat: asyncio.TimerHandle | None = None
        self._transport: WSTransport

    # ------------------------------------------------------------ for backends

    def answer(self, request: Request, answer: Answer, text: bytes | None) -> None:
        """Note that a request is answered and send the text; None keeps silent, as the broker sometimes does."""
        if not self._ended:
            self.session.answer(request, answer)
            if text is not None:
                self.say(text)

    def say(self, text: bytes) -> None:
        """Send one text."""
        self.send(text_frame(text, self._server.settings.fragment))

    def send(self, frames: bytes) -> None:
        """Send ready-made frames (`text_frame`), any number at once."""
        if self._ended:
            return
        if not self._outbox:
            self._server.flush_soon(self)
        self._outbox.append(frames)
        self._waiting += len(frames)
        self._check_bound(self._waiting)

    @property
    def unsent(self) -> int:
        """Bytes that wait here for a peer that reads slowly."""
        return 0 if self._ended else self._waiting + self._transport.underlying_transport.get_write_buffer_size()

    def ping(self) -> None:
        """Send a heartbeat, to be answered in time."""
        self.unechoed += 1
        self.say(b"PING" if self._server.settings.bare_ping else writers.encode_ping())
        if self._deadline is None:
            self._arm(self._server.settings.ping_deadline, messages.NO_HEARTBEAT)

    def end(self, code: int, reason: str = FAREWELL, text: bytes | None = None) -> None:
        """Send a last text, if any, and a close; the socket goes when the peer answers it, or after CLOSE_GRACE."""
        if self._ended:
            return
        if text is not None:
            self.say(text)
        self.send(close_frame(code, reason))
        self._forget(f"closing ({code} {reason})")
        self.flush()
        self._deadline = self._server.loop.call_later(CLOSE_GRACE, self._transport.underlying_transport.abort)

    def reset(self) -> None:
        """Break the connection off without a close (RST), as a failing network does."""
        sock = self._transport.underlying_transport.get_extra_info("socket")
        if sock is not None:
            form = "hh" if sys.platform == "win32" else "ii"
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(form, 1, 0))
        self._cut("reset by this server")

    # ------------------------------------------------------------ for the server

    def flush(self) -> None:
        """Write what waits, in one piece."""
        frames = b"".join(self._outbox)
        self._outbox.clear()
        self._waiting = 0
        if frames and not self._transport.is_disconnected:
            self._transport.underlying_transport.write(frames)
            self._check_bound(self._transport.underlying_transport.get_write_buffer_size())

    def stop_reading(self) -> None:
        """Leave what the peer sends in its socket."""
        self._transport.underlying_transport.pause_reading()

    def read_on(self) -> None:
        """Read again."""
        self._transport.underlying_transport.resume_reading()

    def _check_bound(self, waiting: int) -> None:
        bound = self._server.settings.outbox
        if waiting > bound and not self._ended:
            logger.warning("peer %d does not read: %d bytes wait, the bound is %d", self.number, waiting, bound)
            self._cut("too slow")

    def _cut(self, why: str) -> None:
        self._forget(why)
        self._outbox.clear()
        self._transport.underlying_transport.abort()

    def _forget(self, why: str) -> None:
        """Take the peer out of everything, once."""
        for timer in (self._deadline, self._heartbeat):
            if timer is not None:
                timer.cancel()
        if not self._ended:
            self._ended = True
            self.session.close()
            logger.info("peer %d: %s", self.number, why)
            self._server.leave(self)

    # ------------------------------------------------------------ deadlines

    def _arm(self, seconds: float, code: str) -> None:
        """Close with a SYSTEM notice in `seconds`; while the server is frozen its clocks stand, too."""

        def late() -> None:
            if self._server.frozen:
                self._arm(seconds, code)
            else:
                self.end(NORMAL, text=writers.encode_system(code, SYSTEM_TEXTS[code]))

        self._deadline = self._server.loop.call_later(seconds, late)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _beat_later(self) -> None:
        self._heartbeat = self._server.loop.call_later(self._server.settings.ping, self._beat)

    def _beat(self) -> None:
        if self._server.pinging and not self._server.frozen:
            self.ping()
        self._beat_later()

    # ------------------------------------------------------------ the reader

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Wait for the login (called by picows)."""
        self._transport = transport
        origin = transport.underlying_transport.get_extra_info("peername")
        logger.info("peer %d: connected from %s", self.number, origin)
        self._arm(self._server.settings.login_deadline, messages.NO_LOGIN)
        self._server.enter(self)

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002  # the library's signature
        """Note the end of the socket (called by picows)."""
        self._forget("disconnected")
        self._server.vanished(self)

    def pause_writing(self) -> None:
        """Do nothing: the bound of the outbox decides, not the transport's water marks (called by picows)."""

    resume_writing = pause_writing

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take one frame (called by picows). RFC pings stay unanswered, as on the broker's wire."""
        kind = frame.msg_type
        if kind is WSMsgType.CLOSE:
            if not self._ended:
                self.end(NORMAL, "")
            transport.disconnect()
        elif self._ended or kind in (WSMsgType.PING, WSMsgType.PONG):
            return
        elif frame.rsv1 or frame.rsv2 or frame.rsv3 or (kind is WSMsgType.CONTINUATION) is (self._fragments is None):
            self.end(PROTOCOL_ERROR, "")
        elif kind is WSMsgType.BINARY:
            self.end(UNSUPPORTED, "")
        else:
            self._assemble(frame)

    def _assemble(self, frame: WSFrame) -> None:
        if len(self._fragments or b"") + frame.payload_size > FRAME_LIMIT:
            self._fragments = None
            self.end(TOO_BIG, TOO_LONG)
            return
        if frame.fin and self._fragments is None:
            self._take(frame.get_payload_as_bytes())
            return
        if self._fragments is None:
            self._fragments = bytearray()
        self._fragments += frame.get_payload_as_memoryview()
        if frame.fin:
            payload, self._fragments = bytes(self._fragments), None
            self._take(payload)

    def _take(self, payload: bytes) -> None:
        try:
            message = self.session.receive(payload)
        except RemoteProtocolError as error:
            self._misplaced(payload, error)
            return
        match message:
            case Ping():
                self.unechoed = max(0, self.unechoed - 1)
                if self.key:
                    self._disarm()
            case Login():
                self._login(message)
            case Unknown() if self.session.phase in (Phase.OPEN, Phase.LOGGING_IN):
                self._misplaced(payload, RemoteProtocolError("not a request, before the login"))
            case Unknown():
                self._server.backend.unknown(self, message)
            case _:
                self._server.backend.requested(self, message)

    def _login(self, request: Login) -> None:
        verdict = self._server.backend.login(self, request)
        if isinstance(verdict.answer, Refusal):
            logger.info("peer %d: login refused [%s]", self.number, verdict.answer.code)
            self.answer(request, verdict.answer, verdict.text)
            self.end(NORMAL)
            return
        self._disarm()
        self._server.take_over(verdict.key, self)
        self.answer(request, verdict.answer, verdict.text)
        self._beat_later()

    def _misplaced(self, payload: bytes, error: RemoteProtocolError) -> None:
        """Answer what cannot be read, or does not belong here; payloads may hold tokens and are not logged."""
        logger.log(logging.DEBUG if self._garbled else logging.WARNING, "peer %d: %s", self.number, error)
        self._garbled = True
        try:
            message = readers.decode_request(payload)
        except RemoteProtocolError:
            self._unreadable(payload)
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


class Server:
    """A running server; made by `serve`. `frozen` and `pinging` are for backends that play a failing broker."""

    def __init__(self, backend: Backend, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self.backend = backend
        self.settings = settings
        self.loop = loop
        self.numbers = itertools.count(1)
        self.pinging = True
        self.frozen = False
        self.address = ""
        self._listening: asyncio.Server
        self._own_origins: tuple[str | None, ...] = ()
        self._peers: set[Peer] = set()
        self._sockets: set[Peer] = set()
        self._sessions: dict[str, Peer] = {}
        self._dirty: list[Peer] = []
        self._empty = asyncio.Event()

    @property
    def peers(self) -> tuple[Peer, ...]:
        """All peers that something can be sent to, in the order in which they came."""
        return tuple(sorted(self._peers, key=lambda peer: peer.number))

    def freeze(self) -> None:
        """Neither send nor read, as a broker that hangs."""
        self.frozen = True
        for peer in self._peers:
            peer.stop_reading()

    def thaw(self) -> None:
        """Go on where `freeze` stopped; what was to be sent meanwhile goes out now."""
        if self.frozen:
            self.frozen = False
            for peer in self.peers:  # in the order they came: a login that was given up must not follow its successor
                peer.read_on()
            self._flush()

    async def stop(self) -> None:
        """Close all connections and the port; returns when the sockets are gone."""
        self._listening.close()
        self.thaw()
        for peer in self.peers:
            peer.end(GOING_AWAY, "")
        if self._sockets:
            self._empty.clear()
            await self._empty.wait()

    # ------------------------------------------------------------ for peers

    async def listen(self, listening: socket.socket) -> None:
        """Begin to accept."""
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # accepted sockets inherit it
        host, port, *_ = listening.getsockname()
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.address = f"ws://{place}{PATH}"
        self._own_origins = (None, f"http://{place}", f"http://localhost:{port}")
        self._listening = await ws_create_server(
            self._accept,
            sock=listening,
            enable_auto_pong=False,
            max_frame_size=READ_LIMIT,
            read_buffer_init_size=2048,
        )

    def _accept(self, request: WSUpgradeRequest) -> WSListener | WSUpgradeResponseWithListener | None:
        if request.path.split(b"?")[0] != PATH.encode():
            return None  # 404
        if request.headers.get("Origin") not in self._own_origins:  # a page in a browser: this port serves none
            refused = WSUpgradeResponse.create_error_response(403, b"not for browsers")
            return WSUpgradeResponseWithListener(refused, None)
        return Peer(self)

    def enter(self, peer: Peer) -> None:
        """Take a peer in."""
        self._peers.add(peer)
        self._sockets.add(peer)
        if self.frozen:
            peer.stop_reading()
        self.backend.connected(peer)

    def take_over(self, key: str, peer: Peer) -> None:
        """Give a key's session to a peer; whoever had it is told so and closed."""
        holder = self._sessions.get(key)
        if holder is not None and self.settings.exclusive:
            holder.end(NORMAL, text=writers.encode_system(messages.TAKEN, SYSTEM_TEXTS[messages.TAKEN]))
        self._sessions[key] = peer
        peer.key = key

    def leave(self, peer: Peer) -> None:
        """Forget a peer that gets nothing any more."""
        self._peers.discard(peer)
        if self._sessions.get(peer.key) is peer:
            del self._sessions[peer.key]
        self.backend.gone(peer)

    def vanished(self, peer: Peer) -> None:
        """Note that a peer's socket is gone."""
        self._sockets.discard(peer)
        if not self._sockets:
            self._empty.set()

    def flush_soon(self, peer: Peer) -> None:
        """Write a peer's outbox at the end of this turn of the loop."""
        if not self._dirty and not self.frozen:
            self.loop.call_soon(self._flush)
        self._dirty.append(peer)

    def _flush(self) -> None:
        if not self.frozen:
            dirty, self._dirty = self._dirty, []
            for peer in dirty:
                peer.flush()


async def serve(
    backend: Backend,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    settings: Settings | None = None,
    anywhere: bool = False,
) -> Server:
    """Start a server; port 0 takes any free one. CannotServe if the port is taken.

    InvalidAddress if `host` is no loopback address, unless `anywhere` is set.
    """
    server = Server(backend, settings or Settings(), asyncio.get_running_loop())
    await server.listen(bound(host, port, anywhere=anywhere))
    return server


def bound(host: str, port: int, *, anywhere: bool = False) -> socket.socket:
    """Return a listening socket; raises as `serve`."""
    number = "127.0.0.1" if host == "localhost" else host
    try:
        address = ip_address(number)
    except ValueError:
        raise InvalidAddress(f"{host} is no IP address", value=host, reason="no IP address") from None
    if not address.is_loopback and not anywhere:
        raise InvalidAddress(f"{host} is not a loopback address", value=host, reason="not loopback")
    if not 0 <= port < 2**16:
        raise InvalidAddress(f"{port} is no port", value=str(port), reason="no port")
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        return socket.create_server((number, port), family=family)
    except OSError as error:
        raise CannotServe(address=f"{host}:{port}", detail=error.strerror or str(error)) from error
