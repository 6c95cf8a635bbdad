"""HTTP beside the wire, asked by an ordinary HTTP client."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse
from starlette.routing import Route

from jogeon.errors import TokenRefused
from jogeon.server import http as rest
from jogeon.server.door import WAITING
from jogeon.server.http import BODY_LIMIT, RestServer, is_loopback, json_response, token_routes
from jogeon.server.server import bound

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

KEYS = {"appkey": "key", "secretkey": "secret"}
GRANT = {"grant_type": "client_credentials"}


class Issuer:
    """Gives every app key one token, and revokes none but its own."""

    def issue(self, appkey: str, secretkey: str) -> tuple[str, str]:
        if secretkey == "wrong":
            raise TokenRefused(code="8001", text="App Key와 Secret Key 검증에 실패했습니다")
        return f"token of {appkey}", "20261123090000"

    def revoke(self, appkey: str, token: str) -> None:
        if token != f"token of {appkey}":
            raise TokenRefused(code="8005", text="Token이 유효하지 않습니다")


async def teapot(request: Request) -> Response:
    if "defect" in request.query_params:
        raise ZeroDivisionError
    if "refused" in request.query_params:
        raise HTTPException(400, "a sentence")
    return json_response({"name": "찻주전자"}, 418)


@pytest.fixture
async def address() -> AsyncIterator[str]:
    server = RestServer([*token_routes(Issuer()), Route("/teapot", teapot)], bound("127.0.0.1", 0))
    yield server.address
    await server.stop()


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=address) as client:
        yield client


async def post(http: httpx2.AsyncClient, path: str, **fields: Any) -> dict[str, Any]:
    answer = await http.post(path, json=fields)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    reply: dict[str, Any] = answer.json()
    return reply


async def test_a_token_is_issued_as_the_broker_does(http: httpx2.AsyncClient) -> None:
    assert await post(http, "/oauth2/token", **GRANT, **KEYS) == {
        "expires_dt": "20261123090000", "token_type": "bearer", "token": "token of key",
        "return_code": 0, "return_msg": "정상적으로 처리되었습니다",
    }  # fmt: skip


async def test_a_token_is_revoked(http: httpx2.AsyncClient) -> None:
    revoked = await post(http, "/oauth2/revoke", **KEYS, token="token of key")
    assert revoked == {"return_code": 0, "return_msg": "정상적으로 처리되었습니다"}


async def test_refusals_are_http_200_with_the_code_in_brackets(http: httpx2.AsyncClient) -> None:
    assert await post(http, "/oauth2/revoke", **KEYS, token="another") == {
        "return_code": 3, "return_msg": "인증에 실패했습니다[8005:Token이 유효하지 않습니다]",
    }  # fmt: skip
    wrong: list[tuple[str, dict[str, str]]] = [
        ("[8001:", GRANT | KEYS | {"secretkey": "wrong"}),
        ("[8011:", KEYS),
        ("[8012:", KEYS | {"grant_type": "password"}),
        ("[8020:", GRANT),
        ("[8020:", GRANT | KEYS | {"appkey": " "}),
        ("[8020:", GRANT | {"appkey": "key"}),
    ]
    for code, fields in wrong:
        refused = await post(http, "/oauth2/token", **fields)
        assert refused["return_code"] == 3
        assert code in refused["return_msg"]


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"1", b'"x"', b"\xff", b"[" * 5000, b'{"a":"\xff"}'])
async def test_what_is_no_request_is_400_with_a_sentence(http: httpx2.AsyncClient, body: bytes) -> None:
    answer = await http.post("/oauth2/token", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("the body is no JSON")


async def test_a_field_of_a_wrong_type_is_400(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/oauth2/token", json=GRANT | KEYS | {"appkey": 1})
    assert (answer.status_code, answer.json()) == (400, {"error": "appkey must be text"})


async def test_a_large_body_is_413(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/oauth2/token", content=b" " * (BODY_LIMIT + 1))
    assert answer.status_code == 413


async def test_routes_of_a_role(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/teapot")).json() == {"name": "찻주전자"}
    refused = await http.get("/teapot?refused")
    assert (refused.status_code, refused.json()) == (400, {"error": "a sentence"})
    assert (await http.get("/teapot?defect")).status_code == 500
    assert (await http.get("/teapot")).status_code == 418
    assert (await http.get("/nothing")).status_code == 404
    assert (await http.get("/oauth2/token")).status_code == 405


async def test_browsers_and_foreign_names_are_refused(http: httpx2.AsyncClient) -> None:
    for headers in ({"Origin": "http://127.0.0.1"}, {"Origin": "null"}, {"Host": "rebound.example"}, {"Host": ""}):
        assert (await http.get("/teapot", headers=headers)).status_code == 403
    assert (await http.get("/teapot", headers={"Host": "localhost:1"})).status_code == 418


def test_what_names_this_machine() -> None:
    for host in ("127.0.0.1", "127.0.0.1:80", "localhost", "LOCALHOST:80", "[::1]:80", "127.9.9.9"):
        assert is_loopback(host)
    for host in ("", "0.0.0.1", "127.0.0.1.example.com", "localhost.example.com", "[::1", "192.0.2.1", "@127.0.0.1:x"):
        assert not is_loopback(host)


async def test_ipv6_has_brackets() -> None:
    server = RestServer([Route("/teapot", teapot)], bound("::1", 0))
    assert server.address.startswith("http://[::1]:")
    async with httpx2.AsyncClient(base_url=server.address) as http:
        assert (await http.get("/teapot")).status_code == 418
    await server.stop()


async def test_stopping_frees_the_port() -> None:
    server = RestServer([], bound("127.0.0.1", 0))
    await server.stop()
    async with httpx2.AsyncClient(base_url=server.address) as http:
        with pytest.raises(httpx2.ConnectError):
            await http.get("/")


# ---------------------------------------------------------------- patience


async def opened(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = address.removeprefix("http://").split(":")
    return await asyncio.open_connection(host, int(port))


HEAD = b"POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n"
WHOLE = b"GET /teapot HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("sent", [b"", b"GET /tea", HEAD, HEAD + b"{"], ids=repr)
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
    server = RestServer([Route("/slow", slow)], bound("127.0.0.1", 0))
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

    server = RestServer([Route("/slow", slow)], bound("127.0.0.1", 0))
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
    server = RestServer([Route("/teapot", answer)], bound("127.0.0.1", 0))
    _, writer = await opened(server.address)  # a reader takes no more than it has room for
    writer.write(WHOLE)
    await asyncio.wait_for(ended.wait(), 10)
    writer.transport.abort()
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
