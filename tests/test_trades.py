"""Trades of single stocks through a hub, over a simulated market."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import pytest

from hubs import FAST, program
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.hub.hub import Hub, HubSettings
from jogeon.hub.tokens import HubTokens
from jogeon.simulator.simulator import Simulator

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


async def change(client: NaiveClient, trnm: str, *codes: str) -> int:
    """Return the return_code of a REG or REMOVE."""
    data = [{"item": list(codes), "type": ["0B"]}]
    await client.send({"trnm": trnm, "grp_no": "1", "refresh": "1", "data": data})
    return int((await client.hear(trnm))["return_code"])


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
            assert await change(two, "REMOVE", *codes[30:100]) == 0
            assert await change(two, "REG", "999999") == 0
        while hub.feed.pricing.ranking(100):
            await asyncio.sleep(0.01)
