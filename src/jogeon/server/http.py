"""HTTP beside the wire: a small server for the routes of the roles. Imported only when used.

Each group of routes says who may call it (`callers`). What cannot be understood is answered 400 with one sentence:
`{"error": "…"}`. A program that does not end its request, or does not read its answer, is cut.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Sequence
from typing import Any, TypeVar

import h11
import msgspec
import uvicorn
from msgspec import Struct
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from jogeon.errors import TokenRefused
from jogeon.server.callers import Callers
from jogeon.server.door import SHARE, Door, host_and_port
from jogeon.server.encrypted import accept
from jogeon.visible import json_bytes
from jogeon.wire.values import NO_JSON

T = TypeVar("T")
BODY_LIMIT = 64 * 1024
STOP_GRACE = 1
"""Seconds that whatever is under way has to end when the server stops; an answer has half of them."""
ASKING = 10.0
"""Seconds from a connection, or from the answer before, to the last byte of a request."""
READING = 30.0
"""Seconds for which a program may take nothing of an answer that waits for it, or in which it takes the end of one."""
MOST = 256
"""Connections at a time; beyond them a request is answered with 503."""
REFUSED = 3
"""The broker's small return_code of a refusal; the code of what went wrong stands in the text."""


class Group(Struct, frozen=True):
    """Routes of one role, and who may call them."""

    routes: Sequence[Route]
    callers: Callers = Callers()

    def guarded(self) -> list[Route]:
        """Return the routes, each behind the policy of the group."""
        behind = [Middleware(_Guarded, self.callers)]
        return [
            Route(each.path, each.endpoint, methods=list(each.methods or ()), middleware=behind) for each in self.routes
        ]


class RestServer:
    """A running HTTP server, encrypted if `tls` is given; `address` is its URL without a path."""

    def __init__(self, groups: Iterable[Group], listening: Door, tls: ssl.SSLContext | None = None) -> None:
        self.address = f"{'http' if tls is None else 'https'}://{host_and_port(listening.getsockname())}"
        application = Starlette(
            routes=[route for group in groups for route in group.guarded()],
            exception_handlers={HTTPException: _refused, TokenRefused: _refused},
        )
        self._server = _Server(
            _Config(
                _ends_when_told(application),
                listening,
                tls,
                http=_Patient,
                limit_concurrency=MOST,
                backlog=SHARE,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",  # what uvicorn warns of, any stranger can send as often as he likes
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=STOP_GRACE,
            )
        )
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]), name="rest server")

    async def stop(self) -> None:
        """Close the port; requests under way are answered if they end soon. Nothing is open afterwards."""
        self._server.stopping.set()
        await self._serving
        for left in list(self._server.server_state.connections):  # one may have come while the server stopped
            left.transport.abort()
        await asyncio.sleep(0)  # in which they close


class _Config(uvicorn.Config):
    """Uvicorn's settings, with the door that its connections come through, and how they are encrypted."""

    def __init__(self, application: ASGIApp, door: Door, tls: ssl.SSLContext | None, **more: Any) -> None:
        super().__init__(application, **more)
        self.door = door
        self.tls = tls


class _Patient(H11Protocol):
    """Uvicorn's connection, which is cut when its request does not end in time or its answer is not read."""

    config: _Config
    _asking: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None
    _ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._asking = self.loop.call_later(ASKING, transport.abort)

    def handle_events(self) -> None:
        """Read what has come, also what came before the answer to the request before it was out."""
        super().handle_events()
        if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
            self._asking = self._asking or self.loop.call_later(ASKING, self.transport.abort)
        elif self._asking is not None:
            self.config.door.admit(self.transport.get_extra_info("socket").fileno())
            self._asking.cancel()
            self._asking = None

    def send_400_response(self, msg: str) -> None:
        """Answer nonsense, and nothing that came before it; where an answer has begun, only its end is left."""
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._hurry()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def on_response_complete(self) -> None:
        """Read on; where this was the last answer, its end has to be taken in time."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._hurry()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing more is asked; what of the answer waits has to be taken in time."""
        super().timeout_keep_alive_handler()
        self._hurry()

    def shutdown(self) -> None:
        """End with the server: a request that was not sent in whole at once, what is answered soon."""
        super().shutdown()
        is_half = self.cycle is not None and self.cycle.more_body
        self._ending = self.loop.call_later(0 if is_half else STOP_GRACE / 2, self.transport.abort)

    def _hurry(self) -> None:
        self._reading = self._reading or self.loop.call_later(READING, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._asking, self._reading, self._ending):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)


def _ends_when_told(app: ASGIApp) -> ASGIApp:
    """Return an application of which no answer that the end of the server cancels is logged as a fault."""

    async def ending(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return ending


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers, which are the command's business, and without its ten wake-ups a second."""

    config: _Config

    def __init__(self, config: _Config) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept; what is encrypted comes by the transports of the wire."""
        if self.config.tls is None:
            await super().startup(sockets)
            return

        def protocol() -> asyncio.Protocol:
            return _Patient(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

        self.servers = [await accept(protocol, self.config.door, self.config.tls)]
        self.started = True

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.stopping.wait()


# ---------------------------------------------------------------- for the routes of a role


async def json_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body of a request; 400 if there is none, 413 if it is larger than BODY_LIMIT."""
    body = await raw_body(request)
    try:
        value = msgspec.json.decode(body)
    except NO_JSON:
        raise HTTPException(400, "the body is not JSON") from None
    if not isinstance(value, dict):
        raise HTTPException(400, "the body is not a JSON object")
    return value


async def raw_body(request: Request) -> bytes:
    """Return the body of a request; 413 if it is larger than BODY_LIMIT."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                raise HTTPException(413, f"the body is larger than {BODY_LIMIT} bytes")
    except ClientDisconnect:
        raise HTTPException(400, "the body did not end") from None  # which nobody hears any more
    return bytes(body)


def text_field(fields: dict[str, Any], name: str) -> str:
    """Return a field that must be text, "" if it is missing; 400 if it is anything else."""
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise HTTPException(400, f"{name} must be text")
    return value


def host_of(request: Request) -> str:
    """Return the host that a request comes from."""
    return "" if request.client is None else request.client.host


def json_response(value: object, status: int = 200) -> Response:
    """Return a value as a JSON answer, which may be read on a terminal."""
    return Response(json_bytes(value), status, media_type="application/json;charset=UTF-8")


async def in_turn(make: Callable[[], T], turn: asyncio.Lock) -> T:
    """Return what takes a while to make; those who share `turn` make one in a turn of the loop, however many ask."""
    async with turn:
        made = make()
        await asyncio.sleep(0)
        return made


async def one_a_turn(pieces: Iterable[bytes], turn: asyncio.Lock) -> AsyncIterator[bytes]:
    """Yield the pieces of a long answer, with a turn of the loop for everybody else behind each that is made.

    Those who share `turn` get one piece among them in it, however many ask.
    """
    each = iter(pieces)
    while (piece := await in_turn(lambda: next(each, None), turn)) is not None:
        yield piece


# ---------------------------------------------------------------- answers to what cannot be answered


class _Guarded:
    """A route that is reached only by those who may call it; others are answered 403 with one sentence."""

    def __init__(self, app: ASGIApp, callers: Callers) -> None:
        self._app = app
        self._callers = callers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._callers.refusal(scope["method"], scope["scheme"], Headers(scope=scope))
        answer = json_response({"error": refused}, 403) if refused else self._app
        await answer(scope, receive, send)


def _refused(request: Request, error: Exception) -> Response:  # noqa: ARG001  # the library's signature
    if isinstance(error, TokenRefused):
        text = f"인증에 실패했습니다[{error.code}:{error.text}]"
        return json_response({"return_code": REFUSED, "return_msg": text})
    if isinstance(error, HTTPException):
        answer = json_response({"error": error.detail}, error.status_code)
        answer.headers.update(error.headers or {})
        return answer
    raise error
