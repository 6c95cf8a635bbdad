"""Truth and faults over HTTP."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import httpx2
import pytest

from jogeon.simulator.simulator import Simulator
from naive_client import NaiveClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(speed=0) as simulator:
        simulator.advance(60)
        yield simulator


@pytest.fixture
async def http(simulator: Simulator) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=simulator.rest) as client:
        yield client


async def test_the_truth(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    async with NaiveClient(simulator.websocket) as client:
        await client.login()
    truth = (await http.get("/simulator/truth")).json()
    assert truth == simulator.truth()
    assert (truth["connections"], truth["logins"]) == (1, 1)
    assert [each["n"] for each in truth["changes"]] == list(range(1, len(truth["changes"]) + 1))
    assert truth["names"].keys() == truth["members"].keys()
    last = (await http.get(f"/simulator/truth?since={len(truth['changes']) - 1}")).json()
    assert last["changes"] == truth["changes"][-1:]


@pytest.mark.parametrize("since", ["-1", "x", "", "1.5", "9" * 30, "１"])
async def test_since_must_be_a_number(http: httpx2.AsyncClient, since: str) -> None:
    answer = await http.get("/simulator/truth", params={"since": since})
    assert (answer.status_code, answer.json()) == (400, {"error": "since must be a number from 0 on"})


async def test_faults_merge_and_end(http: httpx2.AsyncClient) -> None:
    assert (await http.post("/simulator/faults", json={"mute": "4"})).json()["mute"] == "4"
    both = (await http.post("/simulator/faults", json={"no_ping": True})).json()
    assert (both["mute"], both["no_ping"]) == ("4", True)
    none = (await http.post("/simulator/faults", json={})).json()
    assert not any(none.values())


@pytest.mark.parametrize("body", [b'{"unplug":true}', b'{"drop":"yes"}', b"{", b"[]", b"null"])
async def test_what_is_no_fault_is_400_with_a_sentence(http: httpx2.AsyncClient, body: bytes) -> None:
    answer = await http.post("/simulator/faults", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_tokens_work_on_the_wire(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    keys = {"grant_type": "client_credentials", "appkey": "key", "secretkey": "secret"}
    token = (await http.post("/oauth2/token", json=keys)).json()["token"]
    assert (await http.post("/oauth2/token", json=keys)).json()["token"] == token
    async with NaiveClient(simulator.websocket, token=token) as client:
        assert (await client.login())["return_code"] == 0
        revoked = await http.post("/oauth2/revoke", json=keys | {"token": token})
        assert revoked.json()["return_code"] == 0
        assert await client.conditions()
    async with NaiveClient(simulator.websocket, token=token) as client:
        assert "CODE=8005" in (await client.login())["return_msg"]


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ("1701", 200, "[1701:"),
        ("8009", 200, "[8009:"),
        ("1700", 429, "[1700:"),
        ("html", 200, "<html>"),
        ("html403", 403, "<html>"),
    ],
)
async def test_a_token_may_be_refused_for_a_while(http: httpx2.AsyncClient, fault: str, status: int, said: str) -> None:
    keys = {"grant_type": "client_credentials", "appkey": "key", "secretkey": "secret"}
    await http.post("/simulator/faults", json={"refuse_token": fault})
    refused = await http.post("/oauth2/token", json=keys)
    assert (refused.status_code, said in refused.text) == (status, True)
    if said.startswith("["):
        assert refused.json()["return_code"] in (3, 5)
    await http.post("/simulator/faults", json={})
    assert (await http.post("/oauth2/token", json=keys)).json()["return_code"] == 0


async def test_a_name_where_a_seq_belongs_is_told(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/simulator/faults", json={"mute": "급등주"})
    assert answer.status_code == 400
    assert "mute" in answer.json()["error"]


@pytest.mark.parametrize("limit", ["-1", "x", "", "1.5"])
async def test_a_limit_must_be_a_number(http: httpx2.AsyncClient, limit: str) -> None:
    answer = await http.get("/simulator/truth", params={"limit": limit})
    assert (answer.status_code, answer.json()) == (400, {"error": "limit must be a number from 0 on"})


async def test_a_part_of_the_truth(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    part = (await http.get("/simulator/truth?since=5&limit=3")).json()
    assert (part["first"], [each["n"] for each in part["changes"]]) == (1, [6, 7, 8])
    assert part == simulator.truth(5, 3)
    assert (await http.get("/simulator/truth?limit=0")).json()["changes"] == []


async def test_what_was_traded_and_what_is_registered(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    simulator.advance(30)
    found = (await http.get("/simulator/quotes")).json()
    assert found == simulator.quotes()
    assert found.keys() == {"registered", "refused", "trades", "first"}
    assert (found["registered"], found["first"], found["refused"]["105115"]) == ([], 1, 0)
    assert found["trades"][0].keys() == {"n", "code", "price", "quantity", "time", "at"}
    part = (await http.get("/simulator/quotes?since=5&limit=3")).json()
    assert part["trades"] == found["trades"][5:8]
    nxt = (await http.get("/simulator/quotes?limit=1&exchange=N")).json()["trades"]
    assert (nxt[0]["n"], nxt[0]["time"]) == (1, "080000")
    assert (await http.get("/simulator/quotes?since=x")).status_code == 400


@pytest.mark.parametrize(("path", "log"), [("truth", "_truths"), ("quotes", "_trades")])
async def test_a_long_answer_does_not_keep_the_wire_waiting(
    simulator: Simulator, http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str, log: str
) -> None:
    """Between two pieces everybody else has a turn."""
    turns = [0]

    async def turn() -> None:
        while True:
            turns[0] += 1
            await asyncio.sleep(0)

    def slices(since: int, limit: int | None) -> Iterator[bytes]:
        del since, limit
        yield b"["
        for _ in range(50):
            seen.append(turns[0])
            yield b"1,"
        yield b"1]"

    seen: list[int] = []
    monkeypatch.setattr(getattr(simulator, log)["K"], "slices", slices)
    turning = asyncio.create_task(turn())
    await http.get(f"/simulator/{path}")
    turning.cancel()
    assert all(before < after for before, after in itertools.pairwise(seen))
