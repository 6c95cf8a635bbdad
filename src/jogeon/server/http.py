"""HTTP beside the wire: tokens as the broker issues them, and whatever a role adds. Imported only when used.

On loopback only, and not for browsers: a request whose Host is no loopback address (DNS rebinding), or that bears an
Origin, is refused. What cannot be understood is answered 400 with one sentence: `{"error": "…"}`.
"""

import asyncio
import contextlib
import re
from collections.abc import Generator, Iterable
from typing import Any, Protocol

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from jogeon.errors import TokenRefused
from jogeon.server.door import Door

BODY_LIMIT = 64 * 1024
STOP_GRACE = 1
"""Seconds that a request under way has to end when the server stops."""
ASKING = 10.0
"""Seconds from a connection, or the first byte of a request, to the last byte of that request."""
READING = 30.0
"""Seconds for which a program may take nothing of an answer that waits for it."""
MOST = 256
"""Connections at a time; beyond them a request is answered with 503."""
DONE = "정상적으로 처리되었습니다"
REFUSED = 3
"""The broker's small return_code of a refusal; the code that tells what it is stands in the text."""


class Issuer(Protocol):
    """Who issues tokens. Both raise TokenRefused."""

    def issue(self, appkey: str, secretkey: str) -> tuple[str, str]:
        """Return a token and when it expires (yyyyMMddHHmmss, Korean time); the same one as long as it is valid."""

    def revoke(self, appkey: str, token: str) -> None:
        """End the validity of a token."""


class RestServer:
    """A running HTTP server; `address` is its URL without a path."""

    def __init__(self, routes: Iterable[Route], listening: Door) -> None:
        host, port, *_ = listening.getsockname()
        self.address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        application = Starlette(
            routes=list(routes),
            middleware=[Middleware(_LoopbackOnly)],
            exception_handlers={HTTPException: _told, TokenRefused: _told},
        )
        self._server = _Server(
            _Config(
                application,
                listening,
                http=_Patient,
                limit_concurrency=MOST,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="warning",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=STOP_GRACE,
            )
        )
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]), name="rest server")

    async def stop(self) -> None:
        """Close the port; requests under way are answered if they end soon."""
        self._server.stopping.set()
        await self._serving


class _Config(uvicorn.Config):
    """Uvicorn's, with the door that its connections come through."""

    def __init__(self, application: ASGIApp, door: Door, **more: Any) -> None:
        super().__init__(application, **more)
        self.door = door


class _Patient(H11Protocol):
    """Uvicorn's connection, patient for a while only: with a request that does not end, with who does not read."""

    config: _Config
    _asking: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._asking = self.loop.call_later(ASKING, transport.abort)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
            self._asking = self._asking or self.loop.call_later(ASKING, self.transport.abort)
        elif self._asking is not None:
            self.config.door.admit(self.transport.get_extra_info("socket").fileno())
            self._asking.cancel()
            self._asking = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reading = self.loop.call_later(READING, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reading is not None:
            self._reading.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._asking, self._reading):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers, which are the command's business, and without its ten wake-ups a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.stopping.wait()


def token_routes(issuer: Issuer) -> list[Route]:
    """Return au10001 and au10002 (접근토큰 발급, 폐기); a refusal is HTTP 200 with a return_code, as the broker's."""

    async def issue(request: Request) -> Response:
        fields = await json_object(request)
        _check_grant(text_field(fields, "grant_type"))
        token, expires_dt = issuer.issue(*_keys(fields))
        reply = {"expires_dt": expires_dt, "token_type": "bearer", "token": token}
        return json_response(reply | {"return_code": 0, "return_msg": DONE})

    async def revoke(request: Request) -> Response:
        fields = await json_object(request)
        appkey, _ = _keys(fields)
        issuer.revoke(appkey, text_field(fields, "token"))
        return json_response({"return_code": 0, "return_msg": DONE})

    return [Route("/oauth2/token", issue, methods=["POST"]), Route("/oauth2/revoke", revoke, methods=["POST"])]


def _check_grant(kind: str) -> None:
    if kind != "client_credentials":
        raise TokenRefused(code="8012" if kind else "8011", text="grant_type의 값이 맞지 않습니다")


def _keys(fields: dict[str, Any]) -> tuple[str, str]:
    appkey, secretkey = text_field(fields, "appkey"), text_field(fields, "secretkey")
    if not appkey.strip() or not secretkey.strip():
        raise TokenRefused(code="8020", text="입력파라미터로 appkey 또는 secretkey가 들어오지 않았습니다")
    return appkey, secretkey


# ---------------------------------------------------------------- for the routes of a role


async def json_object(request: Request) -> dict[str, Any]:
    """Return the JSON object a request brings; 400 if it is none, 413 if it is larger than BODY_LIMIT."""
    body = await raw_body(request)
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise HTTPException(400, "the body is no JSON") from None
    if not isinstance(value, dict):
        raise HTTPException(400, "the body is no JSON object")
    return value


async def raw_body(request: Request) -> bytes:
    """Return the body of a request; 413 if it is larger than BODY_LIMIT."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise HTTPException(413, f"the body is larger than {BODY_LIMIT} bytes")
    return bytes(body)


def text_field(fields: dict[str, Any], name: str) -> str:
    """Return a field that must be text, "" if it is missing; 400 if it is anything else."""
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise HTTPException(400, f"{name} must be text")
    return value


def json_response(value: object, status: int = 200) -> Response:
    """Return a value as a JSON answer."""
    return Response(msgspec.json.encode(value), status, media_type="application/json;charset=UTF-8")


# ---------------------------------------------------------------- who may ask


_LOOPBACK = re.compile(r"(localhost|\[::1\]|127(\.[0-9]{1,3}){3})(:[0-9]{1,5})?", re.IGNORECASE)


class _LoopbackOnly:
    """Refuse what does not come from a program on this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = _stranger(Headers(scope=scope)) if scope["type"] == "http" else ""
        answer = json_response({"error": refused}, 403) if refused else self._app
        await answer(scope, receive, send)


def _stranger(headers: Headers) -> str:
    if "origin" in headers:
        return "not for browsers"
    return "" if is_loopback(headers.get("host", "")) else "the Host is no loopback address"


def is_loopback(host: str) -> bool:
    """Tell whether a Host header, with or without a port, names this machine."""
    return _LOOPBACK.fullmatch(host) is not None


def _told(request: Request, error: Exception) -> Response:  # noqa: ARG001  # the library's signature
    if isinstance(error, TokenRefused):
        text = f"인증에 실패했습니다[{error.code}:{error.text}]"
        return json_response({"return_code": REFUSED, "return_msg": text})
    if isinstance(error, HTTPException):
        return json_response({"error": error.detail}, error.status_code)
    raise error
