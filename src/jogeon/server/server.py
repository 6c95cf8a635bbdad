"""The broker's side of the wire: accept programs, hold a Peer for each, and send to many at once.

A Backend (the simulator, the hub) decides what is answered; this module owns the sockets. No peer can harm
the others: one that floods is read in turn, only a few may be without a login, one that does not read is cut.
"""

import asyncio
import functools
import itertools
import logging
import socket
import ssl
from collections import deque
from collections.abc import Callable
from ipaddress import ip_address

from msgspec.structs import replace
from picows import (
    WSCloseCode,
    WSListener,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)

from jogeon.errors import CannotServe, InvalidAddress
from jogeon.reports import Report, report_of
from jogeon.server.door import SHARE, Door, host_and_port
from jogeon.server.encrypted import HANDSHAKE, tls_options
from jogeon.server.frames import GOING_AWAY, NORMAL
from jogeon.server.peer import Backend, Peer
from jogeon.server.settings import ServerSettings
from jogeon.wire import messages, writers

PATH = "/api/dostk/websocket"
READ_LIMIT = 256 * 1024
"""Bytes of the largest frame that is read at all. More than any setting accepts, so that most senders of a long frame
have sent all of it and get the close with its reason; small enough to buffer for every peer without a login."""
SEND_BUFFER = 128 * 1024
"""Of the kernel, for each peer: megabytes waiting there would hide a peer that does not read."""
RECEIVE_BUFFER = 4 * 1024
"""Of the kernel, for each peer: what one read brings is parsed in one turn of the loop, and picows keeps a buffer as
large as the largest read."""
FLOODER_TURN, FLOODER_REST = 0.001, 9
"""The least pause between two shares read from peers that flood, all of them together: seconds, and a multiple of the
time that the last share took. Nine tenths of the loop's time are left to the others."""

logger = logging.getLogger("jogeon.server")


class Server:
    """A running server; made by `serve`. `frozen` and `pinging` are for backends that play a failing broker."""

    def __init__(self, backend: Backend, settings: ServerSettings, loop: asyncio.AbstractEventLoop) -> None:
        self.backend = backend
        self.settings = settings
        self.loop = loop
        self.pinging = True
        self.frozen = False
        self.address = ""
        self._numbers = itertools.count(1)
        self._listening: list[asyncio.Server] = []
        self._doors: list[Door] = []
        self._peers: set[Peer] = set()
        self._sockets: set[Peer] = set()
        self._sessions: dict[str, Peer] = {}
        self._dirty: list[Peer] = []
        self._flooding: deque[Peer] = deque()
        self._rested = 0.0
        """When the next share may be read."""
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
                peer.resume_reading()
            self._flush()
            if self._flooding:
                self.loop.call_soon(self._read_next)

    async def stop(self) -> None:
        """Close all connections and the port; returns when the sockets are gone."""
        for listening in self._listening:
            listening.close()
        self.thaw()
        for peer in self.peers:
            peer.end(GOING_AWAY, "")
        if self._sockets:
            self._empty.clear()
            await self._empty.wait()

    # ------------------------------------------------------------ for peers

    async def listen(self, listening: Door, tls: ssl.SSLContext | None = None) -> str:
        """Begin to accept through a door, encrypted if `tls` is given; return the address. `address` is the first."""
        self._doors.append(listening)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # accepted sockets inherit both
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        name = listening.getsockname()
        place = host_and_port(name)
        address = f"{'ws' if tls is None else 'wss'}://{place}{PATH}"
        self.address = self.address or address
        plain = frozenset({f"http://{place}", f"http://localhost:{name[1]}"})
        accepting = await ws_create_server(
            functools.partial(self._accept, plain if tls is None else None),
            sock=listening,
            backlog=SHARE,
            enable_auto_pong=False,
            max_frame_size=READ_LIMIT,
            read_buffer_init_size=2048,
            websocket_handshake_timeout=HANDSHAKE,
            logger_name=self._parser_logger(),
            **tls_options(tls),
        )
        self._listening.append(accepting)
        return address

    def _parser_logger(self) -> logging.Logger:
        """Return a logger for picows that reports a frame it rejects before picows closes with words of its own."""
        parser = logging.Logger("jogeon.server.server.parser", logging.ERROR)  # noqa: LOG001  # one for each server
        parser.addHandler(_Refused(self._refused))
        return parser

    def _refused(self, descriptor: int, code: object) -> None:
        """Stop reading from a peer whose frame picows refuses: what comes after it would be kept, unread."""
        for peer in [peer for peer in self._sockets if peer.socket_number == descriptor]:
            if code is WSCloseCode.MESSAGE_TOO_BIG:
                peer.end_too_long()
            peer.stop_reading()

    def _accept(
        self, origins: frozenset[str] | None, request: WSUpgradeRequest
    ) -> WSListener | WSUpgradeResponseWithListener | None:
        """Take a connection; `origins` are those of this server in the clear, None for one that is encrypted."""
        if request.path.split(b"?")[0] != PATH.encode():
            return None  # 404
        host, origin = request.headers.get("Host") or "", request.headers.get("Origin")
        own = origins if origins is not None else {f"https://{host}"}
        if origin is not None and origin not in own:  # a page in a browser: this port serves none
            refused = WSUpgradeResponse.create_error_response(403, b"not for browsers")
            return WSUpgradeResponseWithListener(refused, None)
        if len(self._sockets) >= self.settings.most:
            refused = WSUpgradeResponse.create_error_response(503, b"too many connections")
            return WSUpgradeResponseWithListener(refused, None)
        return Peer(self, "" if origins is not None else host)

    def number(self) -> int:
        """Return the number of the next peer."""
        return next(self._numbers)

    def enter(self, peer: Peer) -> None:
        """Take a peer in; of those without a login, the oldest makes room."""
        for door in self._doors:
            door.admit(peer.socket_number)
        self._peers.add(peer)
        self._sockets.add(peer)
        if self.frozen:
            peer.stop_reading()
        self.backend.connected(peer)
        early = [each for each in self._peers if not each.key]
        if len(early) > self.settings.most_early:
            min(early, key=lambda each: each.number).cut("too many have not logged in")

    def take_over(self, key: str, peer: Peer) -> None:
        """Give a key's session to a peer; the peer that had it gets a SYSTEM notice and a close."""
        holder = self._sessions.get(key)
        if holder is not None and self.settings.exclusive:
            holder.end(NORMAL, text=writers.encode_system(messages.TAKEN))
        self._sessions[key] = peer
        peer.key = key

    def leave(self, peer: Peer) -> None:
        """Forget a peer that nothing can be sent to any more."""
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
        """Write a peer's send queue at the end of this turn of the loop."""
        if not self._dirty and not self.frozen:
            self.loop.call_soon(self._flush)
        self._dirty.append(peer)

    def read_later(self, peer: Peer) -> None:
        """Queue a peer that floods; of the queue one share is read at a time."""
        self._flooding.append(peer)
        if len(self._flooding) == 1:
            self._read_soon()

    def _read_soon(self) -> None:
        self.loop.call_at(max(self._rested, self.loop.time() + FLOODER_TURN), self._read_next)

    def _read_next(self) -> None:
        if self.frozen or not self._flooding:
            return
        peer, began = self._flooding.popleft(), self.loop.time()
        try:
            pause = peer.read_share()
        finally:
            now = self.loop.time()
            self._rested = now + FLOODER_REST * (now - began)
            if self._flooding:
                self._read_soon()
        if pause is not None:
            self.loop.call_later(pause, self.read_later, peer)

    def _flush(self) -> None:
        if not self.frozen:
            dirty, self._dirty = self._dirty, []
            for peer in dirty:
                peer.send_queue.flush()


async def serve(
    backend: Backend,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    settings: ServerSettings | None = None,
    anywhere: bool = False,
) -> Server:
    """Start a server; port 0 takes any free one. CannotServe if the system refuses the port, as when it is taken.

    InvalidAddress if `host` is not an IP address, or not of loopback unless `anywhere` is set.
    """
    server = Server(backend, settings or ServerSettings(), asyncio.get_running_loop())
    await server.listen(open_door(host, port, anywhere=anywhere))
    return server


class _Refused(logging.Handler):
    """Reports a frame that picows rejects: only its log says so, with the number of the socket."""

    def __init__(self, report: Callable[[int, object], None]) -> None:
        super().__init__()
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        """Report a rejected frame; log any other fault."""
        if "parser error" in record.msg and isinstance(record.args, tuple) and isinstance(record.args[0], tuple):
            self._report(int(record.name.rpartition(".")[2]), record.args[0][0])
        else:
            logger.handle(record)


def open_door(host: str, port: int, *, anywhere: bool = False) -> Door:
    """Return a listening socket; raises as `serve`."""
    number = "127.0.0.1" if host == "localhost" else host
    try:
        address = ip_address(number)
    except ValueError:
        raise InvalidAddress(f"{host} is not an IP address", value=host, reason="no IP address") from None
    if not address.is_loopback and not anywhere:
        raise InvalidAddress(f"{host} is not a loopback address", value=host, reason="not loopback")
    if not 0 <= port < 2**16:
        raise InvalidAddress(f"{port} is not a valid port", value=str(port), reason="no port")
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        return Door(fileno=socket.create_server((number, port), family=family).detach())
    except OSError as error:
        raise CannotServe(address=f"{host}:{port}", detail=_without_address(error)) from error


def _without_address(error: OSError) -> Report:
    """Return what the system says; Python adds the address, which is told beside it."""
    report = report_of(error)
    return replace(report, text=report.text.partition(" (while ")[0])
