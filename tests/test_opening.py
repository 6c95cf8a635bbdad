"""Opening a connection over a real socket: what goes wrong on the way is told for what it is."""

import asyncio
import contextlib
import os
import socket
import ssl

import pytest

from jogeon.errors import CouldNotConnect
from jogeon.live.opening import open_connection
from test_connection import Ear, accept, raw


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ws://127.0.0.1:1/", "refused"),
        ("ws://name.invalid/", "name"),
    ],
)
async def test_what_cannot_be_reached_says_why(url: str, reason: str) -> None:
    with pytest.raises(CouldNotConnect) as failed:
        await open_connection(url, Ear())
    assert failed.value.reason == reason


async def test_accept_then_close_is_no_connection() -> None:
    async def slam(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pass

    async with raw(slam) as url:
        with pytest.raises(CouldNotConnect):
            await open_connection(url, Ear())


@pytest.mark.parametrize(
    ("answer", "reason", "detail"),
    [
        ("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "maintenance", "HTTP 503"),
        ("HTTP/1.0 503 Busy\r\n\r\n", "maintenance", "HTTP 503"),
        ("HTTP/1.1 521 Unknown to Python\r\n\r\n", "maintenance", "HTTP 521"),
        (
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<title>점검</title>05:10까지",
            "maintenance",
            "HTTP 200: 점검 · 05:10까지",
        ),
        ("HTTP/1.1 403 Forbidden\r\n\r\n<!doctype html><p>시스템 점검", "maintenance", "HTTP 403: 시스템 점검"),
        ("HTTP/1.1 404 Not Found\r\n\r\n<html><p>no such page", "handshake", "HTTP 404: no such page"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "handshake", "HTTP 200"),
        # a redirect is not followed with a token
        ("HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "handshake", "HTTP 302"),
    ],
)
async def test_an_answer_that_is_no_websocket_is_told_in_its_own_words(answer: str, reason: str, detail: str) -> None:
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer.encode())
        await writer.drain()

    async with raw(page) as url:
        with pytest.raises(CouldNotConnect) as failed:
            await open_connection(url, Ear())
    assert (failed.value.reason, failed.value.detail) == (reason, detail)


async def test_tls_to_a_plain_port_is_told_as_tls() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"no TLS here\r\n\r\n")
        await writer.drain()

    async with raw(plain) as url:
        with pytest.raises(CouldNotConnect) as failed:
            await open_connection(url.replace("ws:", "wss:"), Ear())
    assert failed.value.reason == "tls"
    assert isinstance(failed.value.__cause__, ssl.SSLError)


async def test_what_nobody_reads_waits_at_the_server_and_not_in_megabytes_here() -> None:
    taken = asyncio.Event()
    sent = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await accept(reader, writer)
        await taken.wait()
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32 * 1024)
        kernel = socket.socket(fileno=os.dup(sock.fileno()))
        kernel.setblocking(False)
        with contextlib.closing(kernel), contextlib.suppress(BlockingIOError):
            while sent < 32 * 2**20:
                sent += kernel.send(bytes(64 * 1024))
        taken.clear()

    async with raw(flood) as url:
        await open_connection(url, Ear())
        taken.set()
        while taken.is_set():  # this loop serves both, and the socket's reader does not run while the other floods
            await asyncio.sleep(0)
    assert sent < 2 * 2**20
