"""TLS below the protocols of a server, on the transports that picows stands on (aiofastnet).

asyncio's own would keep 256 KiB for each connection, and cycles that wait for the garbage collector: a crowd that
breaks off its handshakes would cost hundreds of megabytes.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import aiofastnet

from jogeon.server.door import SHARE, Door

HANDSHAKE = 5.0
"""Seconds from a connection to the end of its TLS handshake, and from that to the end of its upgrade request."""
BUFFER = 16 * 1024 + 64
"""Bytes kept for each connection and direction: a record of TLS, and what it brings along."""


def tls_options(tls: ssl.SSLContext | None) -> dict[str, Any]:
    """Return what aiofastnet's create_server is told, nothing where nothing is encrypted."""
    if tls is None:
        return {}
    _pass_over_broken_handshakes(asyncio.get_running_loop())
    sizes = dict.fromkeys(("ssl_incoming_bio_size", "ssl_outgoing_bio_size"), BUFFER)
    return {"ssl": tls, "ssl_handshake_timeout": HANDSHAKE, **sizes}


async def accept(protocol: Callable[[], asyncio.Protocol], door: Door, tls: ssl.SSLContext) -> asyncio.Server:
    """Accept encrypted connections through a door."""
    loop = asyncio.get_running_loop()
    return await aiofastnet.create_server(loop, protocol, sock=door, backlog=SHARE, **tls_options(tls))


def _pass_over_broken_handshakes(loop: asyncio.AbstractEventLoop) -> None:
    """Have nothing logged of a peer that leaves in its handshake.

    aiofastnet 1.2 hands the class of that error to the loop in place of an error, over which the log itself fails.
    """
    before = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if context.get("exception") is ConnectionResetError:
            return
        if before is None:
            loop.default_exception_handler(context)
        else:
            before(loop, context)

    loop.set_exception_handler(handle)
