"""One connection over a real socket: what goes wrong on the way to it and at its end."""

import asyncio
import base64
import contextlib
import hashlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Container
from urllib.parse import urlsplit

import pytest

from jogeon.errors import ConnectionLost, CouldNotConnect, LocalProtocolError, RequestTimeout
from jogeon.live.connection import FRAME_LIMIT, Connection
from jogeon.reports import Report
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.simulator import Simulator
from jogeon.wire.messages import Answer, ConditionList, ListConditions, Login, LoginAccepted, Push, Request, System
from jogeon.wire.session import Stray
from proxy import Proxy

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # of RFC 6455


class Ear:
    """Notes what a connection tells."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.lost = asyncio.Event()

    def on_push(self, push: Push, at_ns: int) -> None:
        self.heard.append("push")

    def on_unreadable(self, what: Report, seqs: Container[str], heard_ns: int, at_ns: int) -> None:
        assert heard_ns <= at_ns
        self.heard.append("unreadable")

    def on_answer(self, request: Request, answer: Answer, at_ns: int) -> None:
        self.heard.append(type(answer).__name__)

    def on_ping(self) -> None:
        self.heard.append("ping")

    def on_system(self, notice: System) -> None:
        self.heard.append(notice.code)

    def on_late(self, request: Request, answer: Answer, seconds: float, at_ns: int) -> None:
        self.heard.append("late")

    def on_stray(self, stray: Stray) -> None:
        self.heard.append("stray")

    def on_lost(self) -> None:
        self.lost.set()


@contextlib.asynccontextmanager
async def connected(url: str, ear: Ear) -> AsyncIterator[Connection]:
    """Open a connection and close it."""
    connection = await Connection.open(url, ear)
    try:
        yield connection
    finally:
        await connection.aclose()


@contextlib.asynccontextmanager
async def raw(answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """Serve connections by hand; yields the address."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await answer(reader, writer)
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_requests_are_answered_one_at_a_time() -> None:
    ear = Ear()
    async with Simulator(rest_port=None) as simulator, connected(simulator.websocket, ear) as connection:
        assert isinstance(await connection.request(Login("demo")), LoginAccepted)
        first = asyncio.create_task(connection.request(ListConditions()))
        await asyncio.sleep(0)
        with pytest.raises(LocalProtocolError):
            await connection.request(ListConditions())
        assert isinstance(await first, ConditionList)
        assert ear.heard[:2] == ["LoginAccepted", "ConditionList"]


async def test_a_request_cut_off_by_the_end_gets_the_cause() -> None:
    async with Simulator(rest_port=None) as simulator, connected(simulator.websocket, Ear()) as connection:
        await connection.request(Login("demo"))
        simulator.fault({"freeze": 60})
        waiting = asyncio.create_task(connection.request(ListConditions()))
        await asyncio.sleep(0.05)
        simulator.fault({"drop": True})
        with pytest.raises(ConnectionLost):
            await waiting
        with pytest.raises(ConnectionLost):
            await connection.request(ListConditions())


async def test_no_reply_is_a_timeout_and_stays_owed() -> None:
    async with Simulator(rest_port=None) as simulator, connected(simulator.websocket, Ear()) as connection:
        await connection.request(Login("demo"))
        simulator.fault({"freeze": 0.3})
        with pytest.raises(RequestTimeout):
            await connection.request(ListConditions(), 0.05)
        assert connection.session.owed == [ListConditions()]


async def test_the_close_of_the_server_is_told_with_its_code_and_words() -> None:
    ear = Ear()
    async with Simulator(rest_port=None) as simulator, connected(simulator.websocket, ear) as connection:
        await connection.request(Login("demo"))
        simulator.fault({"close": [1001, "Bye"]})
        await ear.lost.wait()
        assert connection.error is not None
        assert (connection.error.close_code, connection.error.text) == (1001, "Bye")


@pytest.mark.parametrize(
    ("close", "code", "detail", "echo"),
    [
        (b"", 1005, "closed by the server without a code", 1000),
        (b"\x03\xe8", 1000, "closed by the server (1000)", 1000),
        (b"\x0f\xa1Bye", 4001, "closed by the server (4001 Bye)", 4001),
        (None, 1006, "the connection broke off without a close", None),
    ],
)
async def test_an_end_is_told_as_it_came(close: bytes | None, code: int, detail: str, echo: int | None) -> None:
    answers: asyncio.Queue[bytes] = asyncio.Queue()

    async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        if close is not None:
            writer.write(bytes([0x88, len(close)]) + close)
            answers.put_nowait(await reader.read(100))

    ear = Ear()
    async with raw(end) as url, connected(url, ear) as connection:
        await ear.lost.wait()
        assert connection.error is not None
        assert (connection.error.close_code, connection.error.detail) == (code, detail)
        if echo is not None:
            assert int.from_bytes(unmasked(await answers.get())[:2]) == echo


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    proof = base64.b64encode(hashlib.sha1((key + GUID).encode(), usedforsecurity=False).digest()).decode()
    writer.write(
        f"HTTP/1.1 101 -\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {proof}\r\n\r\n".encode()
    )


def unmasked(frame: bytes) -> bytes:
    mask, payload = frame[2:6], frame[6:]
    return bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


async def test_pings_are_answered_and_told() -> None:
    ear = Ear()
    switches = Switches(ping=0.02, ping_deadline=0.2)
    async with Simulator(rest_port=None, switches=switches) as simulator:
        async with connected(simulator.websocket, ear) as connection:
            await connection.request(Login("demo"))
            await asyncio.sleep(0.5)
            assert connection.error is None
            assert ear.heard.count("ping") > 3


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ws://127.0.0.1:1/", "refused"),
        ("ws://name.invalid/", "name"),
    ],
)
async def test_what_cannot_be_reached_says_why(url: str, reason: str) -> None:
    with pytest.raises(CouldNotConnect) as failed:
        await Connection.open(url, Ear())
    assert failed.value.reason == reason


async def test_accept_then_close_is_no_connection() -> None:
    async def slam(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pass

    async with raw(slam) as url:
        with pytest.raises(CouldNotConnect):
            await Connection.open(url, Ear())


async def test_what_is_no_websocket_is_a_failed_handshake() -> None:
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        await writer.drain()

    async with raw(page) as url:
        with pytest.raises(CouldNotConnect) as failed:
            await Connection.open(url, Ear())
    assert failed.value.reason == "handshake"


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
    ],
)
async def test_a_notice_of_maintenance_is_told_in_its_own_words(answer: str, reason: str, detail: str) -> None:
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer.encode())
        await writer.drain()

    async with raw(page) as url:
        with pytest.raises(CouldNotConnect) as failed:
            await Connection.open(url, Ear())
    assert (failed.value.reason, failed.value.detail) == (reason, detail)


async def test_a_redirect_is_not_followed_with_a_token() -> None:
    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with raw(redirect) as url:
        with pytest.raises(CouldNotConnect) as failed:
            await Connection.open(url, Ear())
    assert failed.value.reason == "handshake"


async def test_tls_to_a_plain_port_is_told_as_tls() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"no TLS here\r\n\r\n")
        await writer.drain()

    async with raw(plain) as url:
        with pytest.raises(CouldNotConnect) as failed:
            await Connection.open(url.replace("ws:", "wss:"), Ear())
    assert failed.value.reason == "tls"
    assert isinstance(failed.value.__cause__, ssl.SSLError)


async def test_a_message_beyond_the_limit_ends_the_connection() -> None:
    ear = Ear()
    async with Simulator(rest_port=None) as simulator, connected(simulator.websocket, ear) as connection:
        await connection.request(Login("demo"))
        connection._fragments += b"x" * FRAME_LIMIT  # as if so much had come in pieces
        connection._fragmented = True
        simulator._server.peers[0].send(b"\x80\x02{}")
        await ear.lost.wait()
        assert connection.error is not None
        assert "more than" in connection.error.detail


async def test_a_frame_cut_in_the_middle_is_an_end_and_no_message() -> None:
    ear = Ear()
    async with Simulator(rest_port=None) as simulator:
        address = urlsplit(simulator.websocket)
        async with Proxy(address.hostname or "", address.port or 0) as proxy:
            url = f"ws://127.0.0.1:{proxy.port}{address.path}"
            async with connected(url, ear) as connection:
                await connection.request(Login("demo"))
                proxy.cut_mid_frame(20)
                with pytest.raises(ConnectionLost):
                    await connection.request(ListConditions())
    assert ear.heard == ["LoginAccepted"]
