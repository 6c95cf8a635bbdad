"""One connection: what it tells, read by read, and what its end is."""

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Iterator, Sequence
from functools import partial
from itertools import count
from typing import cast
from urllib.parse import urlsplit

import pytest
from picows import WSFrame, WSMsgType, WSTransport

from jogeon.errors import ConnectionLost, LocalProtocolError, RequestTimeout
from jogeon.live.connection import Connection
from jogeon.live.ending import FRAME_LIMIT
from jogeon.live.opening import open_connection
from jogeon.reports import Report
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.simulator import Simulator
from jogeon.wire.messages import Answer, ConditionList, ListConditions, Login, LoginAccepted, PushRow, Request, System
from jogeon.wire.session import Stray
from jogeon.wire.writers import encode_login_accepted, encode_ping, encode_push
from proxy import Proxy

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # of RFC 6455


class Ear:
    """Notes what a connection tells."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.lost = asyncio.Event()

    def on_pushes(self, rows: Sequence[PushRow], at_ns: int, *, over: bool) -> None:
        self.heard += ["push"] * len(rows)
        if over:
            self.heard.append("over")

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
    connection = await open_connection(url, ear)
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


async def test_a_ping_of_the_protocol_is_answered_and_hides_no_push_before_it() -> None:
    ear = Ear()
    answers: asyncio.Queue[bytes] = asyncio.Queue()

    async def push_and_ping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        writer.write(b"\x81\x7e" + len(PUSH).to_bytes(2) + PUSH + b"\x89\x02hi")
        answers.put_nowait(await reader.readexactly(8))
        answers.put_nowait(await reader.read())

    async with raw(push_and_ping) as url, connected(url, ear):
        pong = await answers.get()
        assert (pong[0], unmasked(pong)) == (0x8A, b"hi")
        assert ear.heard == ["push", "over"]


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


# ---------------------------------------------------------------- what one read brings


class Frame:
    """A frame as picows gives it; `last` of what was read together."""

    def __init__(self, payload: bytes, *, last: bool = True, fin: bool = True) -> None:
        self.payload_size, self.fin, self.last_in_buffer = len(payload), fin, int(last)
        self.msg_type = WSMsgType.TEXT
        self._payload = payload

    def get_payload_as_bytes(self) -> bytes:
        return self._payload

    get_payload_as_memoryview = get_payload_as_bytes


class Sent:
    """A transport that keeps what is sent."""

    close_handshake = None

    def __init__(self) -> None:
        self.texts: list[bytes] = []

    def send(self, kind: WSMsgType, text: bytes) -> None:
        self.texts.append(text)


PUSH, ANSWERED = encode_push("0", "005930", "I", "090000"), encode_login_accepted()


def reads(*reads: list[bytes], clock: Iterator[int] | None = None) -> tuple[list[str], Sent]:
    """Return what a receiver hears of so many reads, and what is sent back."""
    ear, sent = Ear(), Sent()
    connection = Connection(ear, partial(next, clock or count(1)))
    transport = cast("WSTransport", sent)
    connection.on_ws_connected(transport)
    connection.session.send(Login("token"))
    for payloads in reads:
        for place, payload in enumerate(payloads, 1):
            connection.on_ws_frame(transport, cast("WSFrame", Frame(payload, last=place == len(payloads))))
    return ear.heard, sent


def test_what_is_read_together_is_handed_over_together() -> None:
    assert reads([PUSH, PUSH, PUSH], [PUSH])[0] == ["push", "push", "push", "over", "push", "over"]


def test_what_was_read_is_handed_over_before_an_answer_of_the_same_read() -> None:
    assert reads([PUSH, ANSWERED, PUSH])[0] == ["push", "LoginAccepted", "push", "over"]
    assert reads([PUSH, ANSWERED])[0] == ["push", "LoginAccepted", "over"], "whoever reads goes on at the end"
    assert reads([PUSH, b"no JSON at all", PUSH])[0] == ["push", "unreadable", "push", "over"]


def test_a_ping_amid_pushes_is_answered_at_once() -> None:
    heard, sent = reads([PUSH, encode_ping(), PUSH])
    assert heard == ["ping", "push", "push", "over"]
    assert sent.texts == [encode_ping()]


def test_a_read_that_ends_in_a_piece_is_over_all_the_same() -> None:
    ear, sent = Ear(), Sent()
    connection, transport = Connection(ear, partial(next, count(1))), cast("WSTransport", sent)
    connection.on_ws_connected(transport)
    connection.on_ws_frame(transport, cast("WSFrame", Frame(PUSH, last=False)))
    connection.on_ws_frame(transport, cast("WSFrame", Frame(PUSH[:20], fin=False)))
    assert ear.heard == ["push", "over"]


async def test_what_was_read_before_the_end_is_handed_over() -> None:
    ear, sent = Ear(), Sent()
    connection, transport = Connection(ear, partial(next, count(1))), cast("WSTransport", sent)
    connection.on_ws_connected(transport)
    connection.on_ws_frame(transport, cast("WSFrame", Frame(PUSH, last=False)))
    assert ear.heard == []
    connection.on_ws_disconnected(transport)
    assert ear.heard == ["push", "over"]


def test_one_moment_stamps_all_that_is_read_together() -> None:
    stamps: list[tuple[int, int]] = []

    class Stamped(Ear):
        def on_pushes(self, rows: Sequence[PushRow], at_ns: int, *, over: bool) -> None:
            stamps.append((len(rows), at_ns))

    connection = Connection(Stamped(), partial(next, count(100)))
    transport = cast("WSTransport", Sent())
    connection.on_ws_connected(transport)
    for last in (False, False, True, True):
        connection.on_ws_frame(transport, cast("WSFrame", Frame(PUSH, last=last)))
    (first, at_ns), (second, later_ns) = stamps
    assert (first, second) == (3, 1)
    assert at_ns < later_ns == connection.heard_ns
