"""A hub that is reached from elsewhere: encrypted, by name, for those with a token; and in the clear from here."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any

import pytest
import websockets

from hubs import FAST, MARKET, told
from jogeon.account.consumers import Roll, let_in, shut_out
from jogeon.connect import connect
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import InvalidAddress, InvalidSetting, LoginRefused
from jogeon.hub.doors import LOOK
from jogeon.hub.hub import Hub, HubSettings
from jogeon.hub.tokens import HubTokens
from jogeon.testing import Broker
from jogeon.web import Response, exchange
from naive_client import NaiveClient
from tls import certified, trusted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from jogeon.account.consumers import IssuedKeys, May

pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture(autouse=True)
def _trust(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted(tmp_path)))


@contextlib.asynccontextmanager
async def far_hub(broker: Broker, folder: Path, host: str = "0.0.0.0") -> AsyncIterator[Hub]:  # noqa: S104  # it is the point
    settings = HubSettings(server=broker.url, journal=folder / "j", names=("급등주",), host=host, tls=certified(folder))
    where = contextlib.nullcontext(Endpoint("scripted", broker.url, FixedToken("demo")))
    async with Hub(where, FAST, HubTokens(time.time, roll=Roll(), closed=True), settings) as hub:
        yield hub


def given(name: str, may: May = "all") -> IssuedKeys:
    keys = let_in(name, may)
    assert keys is not None
    return keys


def named(address: str) -> str:
    return address.replace("0.0.0.0", "localhost")  # noqa: S104  # as it is told


async def get(url: str, token: str = "") -> Response:
    return await exchange("GET", url, headers={"Authorization": f"Bearer {token}"} if token else None)


async def issued(rest: str, keys: IssuedKeys) -> dict[str, Any]:
    body = {"grant_type": "client_credentials", "appkey": keys.appkey, "secretkey": keys.secretkey}
    headers = {"Content-Type": "application/json"}
    reply = await exchange("POST", f"{rest}/oauth2/token", json.dumps(body).encode, headers=headers)
    answer: dict[str, Any] = json.loads(reply.body)
    return answer


async def test_our_client_comes_with_its_secret_key_and_is_told_the_name_it_used(tmp_path: Path) -> None:
    keys = given("차트")
    async with Broker(MARKET) as broker, far_hub(broker, tmp_path) as hub:
        assert hub.websocket.startswith("wss://0.0.0.0:")
        async with connect(named(hub.websocket), token=keys.secretkey) as client:
            assert client.rest == named(hub.rest)
            async with client.watch("급등주") as watch:
                assert set(watch.members["급등주"]) == set(MARKET["급등주"])
                (consumer,) = told(hub, "consumers")
                assert (consumer["name"], consumer["kind"]) == ("차트", "jogeon")


async def test_nobody_comes_without_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.hub.guesses.PAUSE", 0.01)
    async with Broker(MARKET) as broker, far_hub(broker, tmp_path) as hub:
        for token in ("demo", "", "wrong"):
            with pytest.raises(LoginRefused):
                async with connect(named(hub.websocket), token=token or "x"):
                    pass
            for path in ("/hub/status", "/hub/events", "/metrics"):
                reply = await get(named(hub.rest) + path, token)
                assert reply.status == 401, path
                assert reply.headers["www-authenticate"] == "Bearer"
            assert (await get(hub.inside.rest + "/hub/events", token)).status == 401
        assert broker.logins == 1


async def test_a_token_reads_over_http_what_it_may(tmp_path: Path) -> None:
    watcher, searcher = given("watcher", "watch"), given("searcher", "search")
    async with Broker(MARKET) as broker, far_hub(broker, tmp_path) as hub:
        rest = named(hub.rest)
        for keys in (watcher, searcher):
            token = (await issued(rest, keys))["token"]
            assert [(await get(rest + path, token)).status for path in ("/hub/status", "/metrics")] == [200, 200]
            status = (await get(rest + "/hub/events", token)).status
            assert status == (200 if keys is watcher else 403)


async def test_this_machine_goes_in_by_the_plain_ports(tmp_path: Path) -> None:
    keys = given("here")
    async with Broker(MARKET) as broker, far_hub(broker, tmp_path) as hub:
        assert hub.inside.websocket.startswith("ws://127.0.0.1:")
        async with connect(hub.inside.websocket, token=keys.secretkey) as client:
            assert client.rest == hub.inside.rest
            assert len(await client.conditions()) == 2


async def test_a_program_ends_with_its_token(tmp_path: Path) -> None:
    keys, other = given("one"), given("two")
    async with Broker(MARKET) as broker, far_hub(broker, tmp_path) as hub:
        token = (await issued(named(hub.rest), keys))["token"]
        async with (
            NaiveClient(hub.inside.websocket, token) as lent,
            NaiveClient(hub.inside.websocket, keys.secretkey) as own,
            NaiveClient(hub.inside.websocket, other.secretkey) as stays,
        ):
            for client in (lent, own, stays):
                assert (await client.login())["return_code"] == 0
            began = time.monotonic()
            shut_out("one")
            for client in (lent, own):
                assert (await client.hear("SYSTEM"))["code"] == "8005"
                assert (await client.closed())[0] == 1000
            assert time.monotonic() - began < 4 * LOOK + 1.0
            await stays.conditions()
        assert (await issued(named(hub.rest), keys))["return_code"] == 3
        for dead in (token, keys.secretkey):
            assert (await get(hub.inside.rest + "/hub/status", dead)).status == 401
        cut = [each["reason"] for each in told(hub, "cut")]
        assert cut == ["token revoked"] * 2


async def test_a_token_that_is_added_while_the_hub_runs_is_taken(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, far_hub(broker, tmp_path) as hub:
        keys = given("late")
        while (await issued(named(hub.rest), keys))["return_code"]:
            await asyncio.sleep(LOOK)


async def test_each_may_do_what_its_token_allows(tmp_path: Path) -> None:
    watcher, searcher = given("watcher", "watch"), given("searcher", "search")
    async with Broker(MARKET) as broker, far_hub(broker, tmp_path) as hub:
        async with NaiveClient(hub.inside.websocket, watcher.secretkey) as client:
            await client.conditions()
            refused = await client.search("0")
            assert refused["return_code"] == 1504
            assert "watch" in refused["return_msg"]
            assert (await client.register("0"))["return_code"] == 0
            assert (await client.clear("0"))["return_code"] == 0
        async with NaiveClient(hub.inside.websocket, searcher.secretkey) as client:
            await client.conditions()
            assert (await client.search("0"))["return_code"] == 0
            for refused in (await client.register("0"), await client.clear("0")):
                assert refused["return_code"] == 1504
            quotes = [{"item": ["005930"], "type": ["0B"]}]
            await client.send({"trnm": "REG", "grp_no": "1", "refresh": "1", "data": quotes})
            assert (await client.hear("REG"))["return_code"] == 1504
        assert len(broker.asked("ka10172")) == 1


async def test_a_page_of_another_site_is_refused_and_the_server_itself_is_none(tmp_path: Path) -> None:
    keys = given("page")
    tls = ssl.create_default_context(cafile=str(trusted(tmp_path)))
    async with Broker(MARKET) as broker, far_hub(broker, tmp_path) as hub:
        url = named(hub.websocket)
        own = url.replace("wss:", "https:").removesuffix("/api/dostk/websocket")
        for origin in ("https://evil.example", "null", own.replace("https", "http"), ""):
            with pytest.raises(websockets.InvalidStatus) as refused:
                await websockets.connect(url, ssl=tls, additional_headers={"Origin": origin})
            assert refused.value.response.status_code == 403
        async with websockets.connect(url, ssl=tls, additional_headers={"Origin": own}) as socket:
            await socket.send(json.dumps({"trnm": "LOGIN", "token": keys.secretkey}))
            assert json.loads(await socket.recv())["return_code"] == 0


async def test_beyond_this_machine_only_encrypted(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker:
        where = contextlib.nullcontext(Endpoint("scripted", broker.url, FixedToken("demo")))
        settings = HubSettings(server=broker.url, journal=tmp_path / "j", host="0.0.0.0")  # noqa: S104  # refused
        with pytest.raises(InvalidAddress, match="not a loopback"):
            async with Hub(where, FAST, HubTokens(time.time, closed=True), settings):
                pass
        wrong = HubSettings(server=broker.url, journal=tmp_path / "j", tls=(tmp_path / "no", tmp_path / "no"))
        with pytest.raises(InvalidSetting, match="missing"):
            async with Hub(where, FAST, HubTokens(time.time), wrong):
                pass
        assert broker.logins == 0


async def test_a_crowd_that_does_not_finish_its_handshake_costs_nobody_anything(tmp_path: Path) -> None:
    keys = given("works")
    async with Broker(MARKET) as broker, far_hub(broker, tmp_path) as hub, contextlib.AsyncExitStack() as crowd:
        ports = [int(address.rpartition(":")[2].split("/")[0]) for address in (hub.websocket, hub.rest)]
        for port in ports * 100:
            there = crowd.enter_context(socket.create_connection(("127.0.0.1", port)))  # the backlog takes it
            there.send(b"\x16\x03\x01")
            await asyncio.sleep(0)
        async with connect(named(hub.websocket), token=keys.secretkey) as client:
            assert len(await client.conditions()) == 2
        assert (await get(named(hub.rest) + "/hub/status", keys.secretkey)).status == 200
