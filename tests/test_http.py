"""HTTP beside the wire, asked by an ordinary HTTP client."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import socket
import time
from collections import Counter
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx2
import pytest
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse
from starlette.routing import Route

from jogeon.server import http as rest
from jogeon.server.callers import Callers
from jogeon.server.door import WAITING, Door
from jogeon.server.http import BODY_LIMIT, Group, RestServer, in_turn, json_object, json_response, one_a_turn
from jogeon.server.server import open_door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from starlette.requests import Request
    from starlette.responses import Response


async def teapot(request: Request) -> Response:
    if "defect" in request.query_params:
        raise ZeroDivisionError
    if "refused" in request.query_params:
        raise HTTPException(400, "a sentence")
    return json_response({"name": "찻주전자"}, 418)


async def echo(request: Request) -> Response:
    return json_response(await json_object(request))


@pytest.fixture
async def address() -> AsyncIterator[str]:
    server = RestServer(
        [Group([Route("/teapot", teapot), Route("/echo", echo, methods=["POST"])])], open_door("127.0.0.1", 0)
    )
    yield server.address
    await server.stop()


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=address) as client:
        yield client


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"1", b'"x"', b"\xff", b"[" * 5000, b'{"a":"\xff"}'])
async def test_what_is_no_request_is_400_with_a_sentence(http: httpx2.AsyncClient, body: bytes) -> None:
    answer = await http.post("/echo", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("the body is not ")


async def test_a_large_body_is_413(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/echo", content=b" " * (BODY_LIMIT + 1))
    assert answer.status_code == 413


async def test_routes_of_a_role(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/teapot")).json() == {"name": "찻주전자"}
    refused = await http.get("/teapot?refused")
    assert (refused.status_code, refused.json()) == (400, {"error": "a sentence"})
    assert (await http.get("/teapot?defect")).status_code == 500
    assert (await http.get("/teapot")).status_code == 418
    assert (await http.get("/nothing")).status_code == 404
    assert (await http.get("/echo")).status_code == 405


def test_an_answer_that_is_read_on_a_terminal_does_not_steer_it() -> None:
    name = "급등\x9b2J\u202e\u3164주"
    text = bytes(json_response({"name": name}).body).decode()
    assert text == '{"name":"급등\\u009b2J\\u202e\\u3164주"}'


async def test_browsers_and_foreign_names_are_refused(http: httpx2.AsyncClient) -> None:
    for headers in ({"Origin": "http://127.0.0.1"}, {"Origin": "null"}, {"Host": "rebound.example"}, {"Host": ""}):
        assert (await http.get("/teapot", headers=headers)).status_code == 403
    assert (await http.get("/teapot", headers={"Host": "localhost:1"})).status_code == 418


async def test_each_group_has_its_own_callers() -> None:
    groups = [
        Group([Route("/teapot", teapot)]),
        Group([Route("/beyond", teapot)], Callers(hosts="any")),
        Group([Route("/page", teapot), Route("/change", echo, methods=["POST"])], Callers(pages="own")),
    ]
    server = RestServer(groups, open_door("127.0.0.1", 0))
    async with httpx2.AsyncClient(base_url=server.address) as http:
        elsewhere, own = {"Host": "somebody.example"}, {"Origin": server.address, "Sec-Fetch-Site": "same-origin"}
        asked = [await http.get(path, headers=elsewhere) for path in ("/teapot", "/beyond", "/page")]
        assert [answer.status_code for answer in asked] == [403, 418, 403]
        asked = [await http.get(path, headers=own) for path in ("/teapot", "/beyond", "/page")]
        assert [answer.status_code for answer in asked] == [403, 403, 418]
        assert (await http.post("/change", json={}, headers=own)).status_code == 200
        assert (await http.post("/change", json={}, headers={"Sec-Fetch-Site": "cross-site"})).json() == {
            "error": "the page is of another site"
        }
    await server.stop()


async def test_ipv6_has_brackets() -> None:
    server = RestServer([Group([Route("/teapot", teapot)])], open_door("::1", 0))
    assert server.address.startswith("http://[::1]:")
    async with httpx2.AsyncClient(base_url=server.address) as http:
        assert (await http.get("/teapot")).status_code == 418
    await server.stop()


async def test_stopping_frees_the_port() -> None:
    server = RestServer([], open_door("127.0.0.1", 0))
    await server.stop()
    async with httpx2.AsyncClient(base_url=server.address) as http:
        with pytest.raises(httpx2.ConnectError):
            await http.get("/")


async def test_whatever_is_under_way_when_it_stops_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async def slow(_request: Request) -> Response:
        await asyncio.sleep(60)
        return json_response({})

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    async def stream(_request: Request) -> Response:
        return StreamingResponse(endless())

    routes = [Route("/echo", echo, methods=["POST"]), Route("/slow", slow), Route("/teapot", stream)]
    server = RestServer([Group(routes)], open_door("127.0.0.1", 0))
    asked = [await opened(server.address) for _ in range(4)]
    for (_, writer), sent in zip(asked, (HEAD, HEAD + b"{", WHOLE, WHOLE.replace(b"teapot", b"slow")), strict=True):
        writer.write(sent)
    await asked[2][0].readuntil(b"x")
    await asyncio.wait_for(server.stop(), 20)
    for _, writer in asked:
        writer.close()
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


async def test_a_connection_that_comes_while_it_stops_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest._Patient, "shutdown", lambda _self: None)  # nobody tells it that the server stops
    server = RestServer([Group([Route("/teapot", teapot)])], open_door("127.0.0.1", 0))
    reader, writer = await opened(server.address)
    writer.write(WHOLE)
    await reader.readuntil(b"\r\n\r\n")
    (connection,) = server._server.server_state.connections
    await asyncio.wait_for(server.stop(), 20)
    assert connection.transport.is_closing()
    assert not server._server.server_state.connections
    writer.close()


# ---------------------------------------------------------------- patience


async def opened(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = address.removeprefix("http://").split(":")
    return await asyncio.open_connection(host, int(port))


HEAD = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n"
WHOLE = b"GET /teapot HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "sent", [b"", b"GET /tea", HEAD, HEAD + b"{", WHOLE + HEAD, 3 * WHOLE + HEAD + b"{", WHOLE + b"GET /t"], ids=repr
)
async def test_a_request_that_does_not_end_is_ended(
    address: str, http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(rest, "ASKING", 0.1)
    reader, writer = await opened(address)
    writer.write(sent)
    with contextlib.suppress(ConnectionResetError):
        async with asyncio.timeout(4):  # sooner than uvicorn gives up a connection that was used once
            await reader.read()
    writer.close()
    assert (await http.get("/teapot")).status_code == 418


async def test_bytes_one_by_one_do_not_buy_time(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest, "ASKING", 0.2)
    reader, writer = await opened(address)
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(5):
            while not reader.at_eof():
                writer.write(b"G")
                await writer.drain()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(1), 0.02)
    assert reader.at_eof() or reader.exception()
    writer.close()


async def test_a_request_in_time_is_answered_however_long_that_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(request: Request) -> Response:
        del request
        await asyncio.sleep(0.3)
        return json_response({})

    monkeypatch.setattr(rest, "ASKING", 0.1)
    server = RestServer([Group([Route("/slow", slow)])], open_door("127.0.0.1", 0))
    async with httpx2.AsyncClient(base_url=server.address) as client:
        for _ in range(2):
            assert (await client.get("/slow")).status_code == 200
    await server.stop()


async def test_a_request_under_way_does_not_make_room_for_a_crowd() -> None:
    going_on = asyncio.Event()

    async def slow(request: Request) -> Response:
        del request
        await going_on.wait()
        return json_response({})

    server = RestServer([Group([Route("/slow", slow)])], open_door("127.0.0.1", 0))
    async with httpx2.AsyncClient(base_url=server.address) as client:
        asked = asyncio.create_task(client.get("/slow"))
        await asyncio.sleep(0.05)
        crowd = [await opened(server.address) for _ in range(WAITING + 5)]
        going_on.set()
        assert (await asked).status_code == 200
    for _, writer in crowd:
        writer.close()
    await server.stop()


async def test_who_takes_nothing_of_an_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 2**16
                await asyncio.sleep(0)
        finally:
            ended.set()

    async def answer(request: Request) -> Response:
        del request
        return StreamingResponse(endless())

    monkeypatch.setattr(rest, "READING", 0.1)
    server = RestServer([Group([Route("/teapot", answer)])], open_door("127.0.0.1", 0))
    _, writer = await opened(server.address)  # a reader takes no more than it has room for
    writer.write(WHOLE)
    await asyncio.wait_for(ended.wait(), 10)
    writer.transport.abort()
    await server.stop()


@pytest.mark.parametrize("last", [b"", b"Connection: close\r\n"], ids=["kept alive", "the last one"])
async def test_who_never_takes_the_end_of_an_answer_is_cut(last: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left of it may be so little that nobody has to wait before the next piece is written."""

    async def answer(request: Request) -> Response:
        transport = ours[0]
        await asyncio.sleep(0)
        while not transport.get_write_buffer_size():
            transport.write(b"x" * 2**14)  # more than the kernel takes
        return await teapot(request)

    def made(self: rest._Patient, transport: asyncio.Transport) -> None:
        ours.append(transport)
        connected(self, transport)

    def lost(self: rest._Patient, error: Exception | None) -> None:
        gone.set()
        left(self, error)

    ours: list[asyncio.Transport] = []
    gone, connected, left = asyncio.Event(), rest._Patient.connection_made, rest._Patient.connection_lost
    monkeypatch.setattr(rest._Patient, "connection_made", made)
    monkeypatch.setattr(rest._Patient, "connection_lost", lost)
    monkeypatch.setattr(rest, "READING", 0.1)
    monkeypatch.setattr(rest, "ASKING", 60.0)
    server = RestServer([Group([Route("/teapot", answer)])], open_door("127.0.0.1", 0))
    there = socket.create_connection(("127.0.0.1", int(server.address.rpartition(":")[2])))
    there.sendall(WHOLE.removesuffix(b"\r\n") + last + b"\r\n")
    await asyncio.wait_for(gone.wait(), 15)
    there.close()
    await server.stop()


async def test_many_half_sent_requests_leave_room(address: str, http: httpx2.AsyncClient) -> None:
    crowd = [await opened(address) for _ in range(2 * WAITING)]
    for _, writer in crowd:
        writer.write(b"GET /")
    assert (await http.get("/teapot")).status_code == 418
    for reader, writer in crowd[:WAITING]:
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
    for _, writer in crowd[WAITING:]:
        writer.close()


async def test_every_answer_says_when_it_was_given(http: httpx2.AsyncClient) -> None:
    """A client learns from it how wrong its own clock is."""
    said = parsedate_to_datetime((await http.get("/teapot")).headers["date"])
    assert abs(said.timestamp() - time.time()) < 60


CHUNKS = b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"no HTTP at all\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{",
        WHOLE.removesuffix(b"\r\n") + CHUNKS + b"no chunk\r\n",
        HEAD.partition(b"Content")[0] + CHUNKS + b"5\r\n{no chunk\r\n",
        WHOLE.removesuffix(b"\r\n") + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nno HTTP at all\r\n\r\n",
    ],
    ids=["no HTTP", "breaks off", "no chunk", "no chunk where one is read", "upgrade"],
)
async def test_nonsense_and_what_breaks_off_leave_no_line_in_the_log(
    address: str, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    port = int(address.rpartition(":")[2])
    for _ in range(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        if sent.endswith(b"{"):
            await asyncio.sleep(0.05)
        else:
            assert b" 400 " in await reader.read()
        writer.close()
        await writer.wait_closed()
    async with httpx2.AsyncClient(base_url=address) as client:
        assert (await client.get("/teapot")).status_code == 418
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_storm_of_connections_leaves_the_loop_its_turns(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    turn, accepted = itertools.count(), Counter[int]()
    now = next(turn)

    def tick() -> None:
        nonlocal now
        now = next(turn)
        ticking[0] = asyncio.get_running_loop().call_soon(tick)

    def accept(self: Door) -> tuple[socket.socket, object]:
        found = original(self)
        accepted[now] += 1
        return found

    original = Door.accept
    monkeypatch.setattr(Door, "accept", accept)
    there = "127.0.0.1", int(address.rpartition(":")[2])
    crowd = [socket.create_connection(there) for _ in range(WAITING)]
    ticking = [asyncio.get_running_loop().call_soon(tick)]
    while accepted.total() < len(crowd):
        await asyncio.sleep(0)
    ticking[0].cancel()
    for each in crowd:
        each.close()
    assert max(accepted.values()) < WAITING / 4


@contextlib.asynccontextmanager
async def turning() -> AsyncIterator[Callable[[], int]]:
    """Count the turns of the loop; what is yielded tells which one it is."""
    turn = 0

    async def count() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    yield lambda: turn
    counting.cancel()


async def test_what_takes_a_while_is_made_for_one_in_a_turn() -> None:
    made: list[int] = []
    turn = asyncio.Lock()
    async with turning() as now:
        await asyncio.gather(*(in_turn(lambda: made.append(now()), turn) for _ in range(20)))
        with pytest.raises(ZeroDivisionError):
            await in_turn(lambda: 1 // 0, turn)
        await in_turn(lambda: made.append(now()), turn)
    assert len(set(made)) == len(made) == 21


async def test_of_many_long_answers_one_piece_is_made_in_a_turn() -> None:
    made: list[int] = []
    turn = asyncio.Lock()

    async def read(now: Callable[[], int]) -> bytes:
        return b"".join([piece async for piece in one_a_turn(pieces(now), turn)])

    def pieces(now: Callable[[], int]) -> Iterator[bytes]:
        for _ in range(10):
            made.append(now())
            yield b"x"

    async with turning() as now:
        assert await asyncio.gather(*(read(now) for _ in range(20))) == [b"x" * 10] * 20
    assert len(set(made)) == len(made) == 200
