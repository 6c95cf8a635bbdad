"""HTTP from this side: one request and its response, bounded in time and size, on the way of every other connection.

Tokens, names, quotes and alerts go this way. Redirects are not followed: nothing is sent anywhere else.
"""

import asyncio
import logging
import os
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from jogeon.errors import CouldNotConnect
from jogeon.net import could_not_connect, tls_context, without_password
from jogeon.reports import Report, report_of

if TYPE_CHECKING:
    import httpx2

REPLY_TIMEOUT = 10.0
REPLY_LIMIT = 65_536
_contexts: dict[tuple[str, str], ssl.SSLContext] = {}
"""The last one that was made, by SSL_CERT_FILE and SSL_CERT_DIR."""


_loaded = threading.Event()
"""Set once httpx2 is there, with all that it loads late."""


class Response(Struct, frozen=True):
    """A response in HTTP: its status, its headers under their names in small letters, and the body up to the limit."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def exchange(
    method: str,
    url: str,
    content: Callable[[], bytes] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    proxy: str | None = None,
    limit: int = REPLY_LIMIT,
    timeout: float | None = None,  # noqa: ASYNC109  # one word for the whole: connecting, sending, reading
) -> Response:
    """Send a request and return what the server answers, at most `limit` bytes of it. CouldNotConnect.

    `content` makes the body when the connection is about to be used, so that a secret in it is not kept meanwhile;
    `timeout` is in seconds, REPLY_TIMEOUT if it is None.
    """
    try:
        if not _is_loaded(url):
            await asyncio.to_thread(_load, url)
    except OSError as error:
        raise could_not_connect(url, error) from None
    import httpx2  # heavy; whoever only watches needs none of it

    patience = REPLY_TIMEOUT if timeout is None else timeout
    try:
        async with asyncio.timeout(patience), _client(url, proxy, patience) as client:
            asking = client.stream(method, url, content=content() if content else None, headers=headers)
            async with asking as response:
                head = {name.lower(): value for name, value in response.headers.items()}
                return Response(response.status_code, head, await _body(response, limit))
    except httpx2.TimeoutException:
        raise could_not_connect(url, TimeoutError(), proxy) from None
    except httpx2.InvalidURL as error:
        raise CouldNotConnect(address=url, reason="address", detail=report_of(error)) from None
    except (httpx2.HTTPError, TimeoutError, OSError, ExceptionGroup) as error:
        raise could_not_connect(url, _root(error), proxy) from None


def _client(url: str, proxy: str | None, patience: float) -> "httpx2.AsyncClient":
    import httpx2

    trusted = _trusted(url) if url.startswith("https:") else False  # http:// makes no use of it
    logging.getLogger("httpcore2.socks").addFilter(_shows_no_login)
    try:
        through = httpx2.Proxy(proxy, ssl_context=_proxy_context(proxy)) if proxy else None
        return httpx2.AsyncClient(
            verify=trusted, proxy=through, trust_env=False, follow_redirects=False, timeout=patience
        )
    except (ImportError, ValueError, httpx2.InvalidURL):
        detail = Report("proxy not supported")
        shown = without_password(proxy or "")
        raise CouldNotConnect(address=url, reason="proxy", detail=detail, proxy=shown) from None


def _is_loaded(url: str) -> bool:
    return _loaded.is_set() and (not url.startswith("https:") or _named() in _contexts)


def _load(url: str) -> None:
    """Load what a request needs; CouldNotConnect. On a loop that is half a second in which every watch is blind."""
    import anyio  # on which httpx2 stands; it looks for its backend when it runs first

    anyio.run(_nothing)
    _client(url, None, REPLY_TIMEOUT)
    _loaded.set()


async def _nothing() -> None:
    pass


def _trusted(url: str) -> ssl.SSLContext:
    """Return what verifies a server; it takes long to make, and is made once for each pair of certificate settings."""
    named = _named()
    if named not in _contexts:
        _contexts.clear()
        _contexts[named] = tls_context(url)
    return _contexts[named]


def _named() -> tuple[str, str]:
    """Return the certificate settings."""
    return os.environ.get("SSL_CERT_FILE", ""), os.environ.get("SSL_CERT_DIR", "")


def _proxy_context(proxy: str) -> ssl.SSLContext | None:
    return tls_context(proxy) if proxy.startswith("https:") else None


def _shows_no_login(record: logging.LogRecord) -> bool:
    """Tell whether a record of httpcore2 is fit for a log: one of them holds the password for a SOCKS proxy."""
    return "auth=" not in record.getMessage()


async def _body(response: "httpx2.Response", limit: int) -> bytes:
    """Return the body as far as the limit; no response is longer, and of a web page that will do."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > limit:
            break
    return bytes(body[:limit])


def _root(error: Exception) -> Exception:
    """Return the system's own error behind those that libraries made of it; a proxy's refusal is its own."""
    if "Proxy" in type(error).__name__:
        return error
    if isinstance(error, ExceptionGroup):
        return _root(error.exceptions[0])
    cause = error.__cause__ or error.__context__
    return _root(cause) if isinstance(cause, Exception) else error
