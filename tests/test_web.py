"""One HTTP request and its reply, against sockets that behave as servers do at worst."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from jogeon.errors import CouldNotConnect
from jogeon.web import exchange


@asynccontextmanager
async def answering(*pieces: bytes, pause: float = 0.0) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve one fixed answer, piece by piece; yields the address and what was received."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}/x", heard
    finally:
        server.close()
        async with asyncio.timeout(10):
            while len(asyncio.all_tasks()) > 1:
                await asyncio.sleep(0.01)


async def test_a_reply_has_its_status_headers_and_body() -> None:
    async with answering(b"HTTP/1.1 429 No\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n{}") as (url, heard):
        reply = await exchange("POST", url, lambda: b"body", headers={"X-Id": "7"})
    assert (reply.status, reply.headers["retry-after"], reply.body) == (429, "3", b"{}")
    assert heard[0].startswith(b"POST /x HTTP/1.1")
    assert b"X-Id: 7" in heard[0]


async def test_a_body_is_read_as_far_as_the_limit() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1000) as (url, _):
        assert (await exchange("GET", url, limit=10)).body == b"x" * 10


async def test_a_redirect_is_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    async with answering(moved) as (url, _):
        assert (await exchange("GET", url)).status == 302


async def test_a_drip_of_bytes_ends_in_time() -> None:
    drip = [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 40]
    async with answering(*drip, pause=0.05) as (url, _):
        with pytest.raises(CouldNotConnect):
            await exchange("GET", url, timeout=0.3)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[", "http://a b/", "http://127.0.0.1:99999/"])
async def test_an_address_that_leads_nowhere(url: str) -> None:
    with pytest.raises(CouldNotConnect):
        await exchange("GET", url)
