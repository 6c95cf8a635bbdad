"""A watch and the names of its stocks, over real sockets: names come in passing, and nothing waits for them."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

import jogeon
from jogeon.account.names import names_file
from jogeon.events import Condition, Enter, Snapshot
from jogeon.journal.history import History
from jogeon.testing import Broker
from jogeon.wire.stocks import ListedStock, encode_names, encode_refusal
from phone import answer, phone

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.client import Client
    from phone import Given

RISE = "급등주"
SAMSUNG, HYNIX = ListedStock("005930", "삼성전자", "0"), ListedStock("000660", "SK하이닉스", "0")
NAMES = answer(200, encode_names([SAMSUNG, HYNIX]))
EMPTY = answer(200, encode_names([]))
PAGE = answer(200, "<html><title>서비스 점검</title></html>".encode(), "Content-Type: text/html")


async def learned(client: Client) -> None:
    """Wait until the client knows names."""
    async with asyncio.timeout(30):
        while not len(client._names):
            await asyncio.sleep(0.01)


async def test_names_come_in_passing_and_reach_the_journal_too(tmp_path: Path) -> None:
    path = tmp_path / "there.journal"
    async with Broker({RISE: ["005930"]}) as broker, phone(NAMES, EMPTY, EMPTY, EMPTY) as there:
        async with jogeon.connect(broker.url, rest=there.url) as client:
            async with client.watch(RISE, journal=path) as watch:
                await learned(client)
                broker.enter(RISE, "000660")
                *_, entered = [event async for event in until_enter(watch)]
                assert entered.name == "SK하이닉스"
                assert {code: member.name for code, member in watch.members[RISE].items()} == {
                    "005930": "삼성전자", "000660": "SK하이닉스",
                }  # fmt: skip
        asked = {heard.headers["authorization"] for heard in there.heard}
    assert asked == {"Bearer demo"}
    with History(path) as history:
        events = [event for _, _, event in history.events()]
    assert [event.names for event in events if isinstance(event, Snapshot)] == [{"005930": "삼성전자"}]


async def test_the_next_client_knows_them_from_the_start() -> None:
    async with Broker({RISE: ["005930"]}) as broker, phone(NAMES) as there:
        async with jogeon.connect(broker.url, rest=there.url) as client, client.watch(RISE):
            await learned(client)
        path = names_file(broker.url)
        async with jogeon.connect(broker.url) as client, client.watch(RISE) as watch:
            shown = await first_snapshot(watch)
    assert path is not None
    assert path.exists()
    assert shown.names == {"005930": "삼성전자"}


async def first_snapshot(watch: jogeon.Watch) -> Snapshot:
    async for event in watch:
        if isinstance(event, Snapshot):
            return event
    raise AssertionError


async def test_a_search_teaches_names() -> None:
    async with Broker({RISE: ["005930"]}) as broker, jogeon.connect(broker.url) as client:
        (stock,) = await client.search(RISE)
        async with client.watch(RISE) as watch:
            shown = await first_snapshot(watch)
    assert stock.name
    assert shown.names == {"005930": stock.name}


FAULTS: dict[str, tuple[Given, ...]] = {
    "offline": (None,) * 4,
    "refused": (answer(200, encode_refusal("8005", "Token이 유효하지 않습니다", 3)),) * 4,
    "too many": (answer(429, encode_refusal("1700", "허용된 요청 개수를 초과하였습니다")),) * 4,
    "slow": (30.0,) * 4,
    "maintenance": (PAGE,) * 4,
    "garbage": (answer(200, b"\x00\xff" * 1000), answer(200, b"[" * 100_000), answer(200, {"list": {"code": []}})),
    "half an answer": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{",) * 4,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_watch_is_the_same_whatever_becomes_of_the_names(fault: str) -> None:
    async with Broker({RISE: ["005930"]}) as broker, phone(*FAULTS[fault]) as there:
        async with jogeon.connect(broker.url, rest=there.url) as client:
            began = time.monotonic()
            async with client.watch(RISE) as watch:
                assert time.monotonic() - began < 5, "an answer that takes 30 s is not waited for"
                async with asyncio.timeout(30):
                    while not there.heard:
                        await asyncio.sleep(0.01)
                broker.enter(RISE, "000660")
                events = [event async for event in until_enter(watch)]
            assert time.monotonic() - began < 10
    changes = [event for event in events if isinstance(event, Snapshot | Enter)]
    assert [type(event) for event in changes] == [Snapshot, Enter]
    assert events[-1] == Enter(events[-1].at_ns, Condition("0", RISE), "000660", events[-1].clock)


async def until_enter(watch: jogeon.Watch) -> Any:
    async for event in watch:
        yield event
        if isinstance(event, Enter):
            return


async def test_what_cannot_be_read_of_a_cache_is_no_cache() -> None:
    async with Broker({RISE: ["005930"]}) as broker:
        path = names_file(broker.url)
        assert path is not None
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(json.dumps({"names": [1, 2]}))
        async with jogeon.connect(broker.url) as client, client.watch(RISE) as watch:
            assert (await first_snapshot(watch)).names == {}
