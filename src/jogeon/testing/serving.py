"""A scripted broker on a socket of this machine, in a thread of its own."""

import asyncio
import contextlib
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Self

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

from jogeon.testing.script import Script

if TYPE_CHECKING:
    from jogeon.testing.links import Link

PATH = "/api/dostk/websocket"
READ_LIMIT = 2**20
"""A frame that is too long for the rules must still arrive, so that its close has the broker's text."""
CLOSED_TEXT = "<html>시스템 점검 중입니다</html>".encode()
CLOSE_GRACE = 1.0
"""Seconds that a program has to answer a close."""


class Broker(Script):
    """A broker that does what a test tells it. Use it in `with` or in `async with`; then `url` is where it listens.

    `Broker({"급등주": ["005930"], "신고가 돌파": []})`: the conditions, numbered from "0", and who is in them. It runs
    in a thread of its own, so it goes on while the program under test computes, blocks or sleeps. An exception in a
    function of the test that it calls (`answer`, `alter`) is raised when the broker is left.

    While `accepting` is False, a program that connects is turned away (HTTP 503), as in maintenance.
    """

    accepting: bool = True

    def __init__(self, conditions: Mapping[str, Iterable[str]] | None = None) -> None:
        super().__init__(conditions or {})
        self.url = ""
        self._loop: asyncio.AbstractEventLoop
        self._left: asyncio.Event
        self._thread: threading.Thread | None = None
        self._sockets: set[_Socket] = set()

    def __enter__(self) -> Self:
        """Listen on a free port; RuntimeError at the second time, a broker is used once."""
        if self._thread is not None:
            raise RuntimeError("a broker is entered once; make another one")
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{listening.getsockname()[1]}{PATH}"
        listens = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listening, listens), name="jogeon.testing", daemon=True)
        self._thread.start()
        listens.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc: object) -> None:
        """Break off what is connected, and stop."""
        if self._thread is not None and self._thread.is_alive():
            self._soon(self._left.set)
            self._thread.join()
        if kind is None and self._failure is not None:
            raise self._failure

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        return self.__enter__()

    async def __aexit__(self, kind: type[BaseException] | None, *exc: object) -> None:
        """Break off what is connected, and stop."""
        self.__exit__(kind, *exc)

    def _run(self, listening: socket.socket, listens: threading.Event) -> None:
        try:
            asyncio.run(self._serve(listening, listens))
        except Exception as error:  # noqa: BLE001  # whatever it is, the test is told
            self._failure = error
        finally:
            listens.set()

    async def _serve(self, listening: socket.socket, listens: threading.Event) -> None:
        self._loop, self._left = asyncio.get_running_loop(), asyncio.Event()
        server = await ws_create_server(self._accept, sock=listening, enable_auto_pong=False, max_frame_size=READ_LIMIT)
        listens.set()
        await self._left.wait()
        await self._stop(server)

    def _accept(self, request: WSUpgradeRequest) -> WSListener | WSUpgradeResponseWithListener | None:
        if not self.accepting:
            return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(503, CLOSED_TEXT), None)
        return _Socket(self) if request.path.split(b"?")[0] == PATH.encode() else None

    async def _stop(self, server: asyncio.Server) -> None:
        server.close()
        for each in list(self._sockets):
            each.transport.underlying_transport.abort()
        while self._sockets:  # noqa: ASYNC110  # nothing else runs in this loop any more
            await asyncio.sleep(0)  # the ends that were just begun

    def _soon(self, call: Callable[[], object]) -> None:
        """Do something in the broker's thread, after all that was to be done before; nothing if it has ended."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call)

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        def alone() -> None:
            with self._stir.lock:
                call()
                self._stir.stir()

        self._soon(lambda: self._loop.call_later(seconds, alone))

    def _time(self) -> float:
        return time.time()


class _Socket(WSListener):
    """The transport of one connection."""

    def __init__(self, broker: Broker) -> None:
        self.transport: WSTransport
        self._broker = broker
        self._link: Link
        self._pieces = bytearray()

    # ------------------------------------------------------------ for the rules, from any thread

    def send(self, text: bytes) -> None:
        """Send one text frame."""
        self._broker._soon(lambda: self._send(text))

    def close(self, code: int | None, reason: str) -> None:
        """Send a close, and end when it is answered."""
        payload = b"" if code is None else struct.pack(">H", code) + reason.encode()
        frame = bytes((0x88, len(payload))) + payload
        self._broker._soon(lambda: self._write(frame))
        self._broker._later(CLOSE_GRACE, self._abort)

    def reset(self) -> None:
        """Break off without a close."""
        self._broker._soon(self._reset)

    # ------------------------------------------------------------ in the broker's thread

    def _send(self, text: bytes) -> None:
        if not self.transport.is_disconnected:
            self.transport.send(WSMsgType.TEXT, text)

    def _write(self, frame: bytes) -> None:
        if not self.transport.is_disconnected:
            self.transport.underlying_transport.write(frame)

    def _abort(self) -> None:
        self.transport.underlying_transport.abort()

    def _reset(self) -> None:
        sock = self.transport.underlying_transport.get_extra_info("socket")
        if sock is not None and sock.fileno() >= 0:
            form = "hh" if sys.platform == "win32" else "ii"
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(form, 1, 0))
        self._abort()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Begin (called by picows)."""
        self.transport = transport
        self._broker._sockets.add(self)
        with self._broker._stir.lock:
            self._link = self._broker._opened(self)

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002  # the library's signature
        """Note the end (called by picows)."""
        self._broker._sockets.discard(self)
        with self._broker._stir.lock:
            self._broker._gone(self._link)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take one frame (called by picows); RFC pings stay unanswered, as on the broker's wire."""
        kind = frame.msg_type
        if kind is WSMsgType.CLOSE:
            self._closing(transport, frame)
        elif kind in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION):
            self._pieces += frame.get_payload_as_memoryview()
            if frame.fin:
                text = bytes(self._pieces)
                self._pieces.clear()
                with self._broker._stir.lock:
                    self._broker._heard(self._link, text)

    def _closing(self, transport: WSTransport, frame: WSFrame) -> None:
        """Answer a close, unless the link is dead or this is the answer to one of ours."""
        if self._link.vanished or self._link.frozen:
            return
        if self._link.open:
            transport.send_close(frame.get_close_code())
        transport.disconnect()
