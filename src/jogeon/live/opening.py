"""Opening a connection to a server of the wire: the socket, TLS, a proxy, and the handshake."""

import asyncio
import contextlib
import logging
import re
import socket

from picows import WSError, WSHandshakeError, WSParsedURL, ws_connect

from jogeon.errors import CouldNotConnect
from jogeon.live.connection import Connection
from jogeon.live.ending import FRAME_LIMIT
from jogeon.live.receiving import Receiver
from jogeon.net import (
    OPEN_TIMEOUT,
    connected_socket,
    could_not_connect,
    is_plain,
    tls_context,
    without_password,
    wrong_answer,
)

RECEIVE_BUFFER = 64 * 1024
"""The kernel's buffer is kept small, because megabytes waiting there are outside every bound of ours."""

STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")
CONTENT_TYPE = re.compile(rb"^content-type:\s*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)

logger = logging.getLogger("jogeon.connection")


async def open_connection(url: str, receiver: Receiver, *, proxy: str | None = None) -> Connection:
    """Return an open connection on which nothing was sent yet; CouldNotConnect with the reason otherwise."""
    connection = Connection(receiver)
    opened: list[socket.socket] = []

    async def connect_to(there: WSParsedURL) -> socket.socket:
        opened.append(await connected_socket(there.host, there.port, RECEIVE_BUFFER))
        return opened[-1]

    context = tls_context(url) if url.startswith("wss:") else None
    proxy_context = tls_context(proxy) if proxy and proxy.startswith("https:") else None
    try:
        async with asyncio.timeout(OPEN_TIMEOUT):
            await ws_connect(
                lambda: connection,
                url,
                ssl_context=context,
                proxy=proxy,
                proxy_ssl_context=proxy_context,
                max_frame_size=FRAME_LIMIT,
                max_redirects=0,  # a token goes to the address it was meant for
                websocket_handshake_timeout=OPEN_TIMEOUT,
                enable_auto_ping=False,  # the broker leaves RFC pings unanswered
                enable_auto_pong=False,  # a ping that picows answers itself would hide that a read ends with it
                logger_name="client",
                socket_factory=connect_to,
                use_aiofastnet=None if is_plain(context) and is_plain(proxy_context) else False,
            )
    except BaseException as error:
        for sock in opened:  # picows leaves a handshake that was cancelled open for good
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        if not isinstance(error, Exception):
            raise
        raise _failure(url, error, proxy) from error
    if not connection.opened:  # picows returns quietly from a handshake that was cut short
        closed = ConnectionResetError("closed before the handshake was complete")
        raise could_not_connect(url, closed, proxy)
    logger.info("connection %d: open to %s", connection.number, without_password(url))
    return connection


def _failure(url: str, error: Exception, proxy: str | None) -> CouldNotConnect:
    """Return what went wrong on the way to an open connection."""
    if isinstance(error, WSHandshakeError) and (status := STATUS_LINE.match(error.raw_header or b"")):
        kind = CONTENT_TYPE.search(error.raw_header or b"")
        said = kind[1].decode(errors="replace") if kind else ""
        return wrong_answer(url, int(status[1]), error.raw_body or b"", said, proxy)
    failure = could_not_connect(url, error, proxy)
    if isinstance(error, WSError):
        failure.reason = "handshake"
    return failure
