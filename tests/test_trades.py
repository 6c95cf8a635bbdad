"""Trades of single stocks through a hub, over a simulated market."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import pytest

from hubs import FAST, MARKET, hub_over, program
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.hub.hub import Hub, HubSettings
from jogeon.hub.tokens import HubTokens
from jogeon.simulator.simulator import Simulator
from jogeon.testing import Broker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from naive_client import NaiveClient

pytestmark = pytest.mark.usefixtures("spared_disk")


@contextlib.asynccontextmanager
async def hub_over_a_market(journal: Path) -> AsyncIterator[tuple[Hub, Simulator]]:
    async with Simulator(speed=20.0) as market:
        where = contextlib.nullcontext(Endpoint("simulator", market.websocket, FixedToken("demo")))
        settings = HubSettings(server=market.websocket, journal=journal)
        async with Hub(where, FAST, HubTokens(time.time), settings) as hub:
            yield hub, market


async def change(client: NaiveClient, trnm: str, *codes: str, refresh: str = "1") -> int:
    """Return the return_code of a REG or REMOVE; refresh "0" puts the stocks in the place of those registered."""
    data = [{"item": list(codes), "type": ["0B"]}]
    await client.send({"trnm": trnm, "grp_no": "1", "refresh": refresh, "data": data})
    return int((await client.hear(trnm))["return_code"])


@pytest.mark.parametrize(
    ("item", "kind", "code", "named"),
    [
        (["005930"], ["0D"], 1999, "0D"),
        (["005930"], ["0B", "0D"], 1999, "0D"),
        ([""], ["00"], 1999, "00"),
        (["005930_NX"], ["0B"], 1903, "005930_NX"),
        (["005930", "000660_AL"], ["0B"], 1903, "000660_AL"),
        ("005930", ["0B"], 105111, "List"),
        (["005930"], "0B", 105111, "List"),
    ],
)
async def test_what_does_not_come_through_a_hub_is_refused_by_its_name(
    tmp_path: Path, item: object, kind: object, code: int, named: str
) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        await client.send({"trnm": "REG", "grp_no": "1", "refresh": "1", "data": [{"item": item, "type": kind}]})
        refused = await client.hear("REG")
        assert (refused["return_code"], named in refused["return_msg"]) == (code, True)
        assert await change(client, "REMOVE", "005930") == 0  # what was never registered can be let go
        assert not hub.feed.pricing.ranking(100)


async def test_trades_are_passed_on_and_the_limit_is_that_of_all(tmp_path: Path) -> None:
    async with hub_over_a_market(tmp_path / "j") as (hub, _):
        async with program(hub) as one, program(hub) as two:
            found = await one.search("2")
            codes = [row["9001"] for row in found["data"]][:100]
            assert len(codes) == 100
            assert await change(one, "REG", *codes[:60]) == 0
            assert await change(two, "REG", *codes[30:100]) == 0
            assert await change(two, "REG", "999999") == 105115
            trade = (await two.hear("REAL", wait=10))["data"][0]
            assert trade["type"] == "0B"
            assert f"A{trade['item']}" in codes[30:100]
            assert trade["values"]["10"]
            others = [f"99{number:04d}" for number in range(41)]  # of the 70 that go for them, one hears 30
            assert await change(two, "REG", *others, refresh="0") == 105115
            assert await change(two, "REG", *others[:40], refresh="0") == 0
            assert await change(two, "REG", "999999") == 105115
            assert await change(two, "REMOVE", others[0]) == 0
            assert await change(two, "REG", "999999") == 0
        while hub.feed.pricing.ranking(100):
            await asyncio.sleep(0.01)


async def test_a_group_with_a_name_without_end_is_refused(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        rows = [{"item": ["005930"], "type": ["0B"]}]
        await client.send({"trnm": "REG", "grp_no": "g" * 65, "refresh": "1", "data": rows})
        reply = await client.hear("REG")
        assert (reply["return_code"], "그룹" in reply["return_msg"]) == (105115, True)
