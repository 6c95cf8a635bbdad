"""Tokens as the broker issues them, asked for by an ordinary HTTP client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from jogeon.errors import TokenRefused
from jogeon.server.http import Group, RestServer
from jogeon.server.server import open_door
from jogeon.server.token_routes import token_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    server = RestServer([Group(token_routes(Issuer()))], open_door("127.0.0.1", 0))
    async with httpx2.AsyncClient(base_url=server.address) as client:
        yield client
    await server.stop()


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


async def test_keys_longer_than_any_are_wrong_ones(http: httpx2.AsyncClient) -> None:
    for long in ({"appkey": "k" * 257}, {"secretkey": "s" * 257}):
        reply = await post(http, "/oauth2/token", **GRANT, **(KEYS | long))
        assert (reply["return_code"], "8001" in reply["return_msg"]) == (3, True)
    assert (await post(http, "/oauth2/token", **GRANT, **(KEYS | {"appkey": "k" * 256})))["return_code"] == 0


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


async def test_a_field_of_a_wrong_type_is_400(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/oauth2/token", json=GRANT | KEYS | {"appkey": 1})
    assert (answer.status_code, answer.json()) == (400, {"error": "appkey must be text"})
