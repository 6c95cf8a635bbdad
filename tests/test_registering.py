"""Joining and leaving at a hub, over a scripted broker."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hubs import MARKET, changes, hub_over, once, program
from jogeon.testing import Broker

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("spared_disk")


async def test_a_late_joiner_sees_a_change_once(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        async with program(hub) as one, program(hub) as two:
            await one.register("0")
            broker.enter("급등주", "042700")
            await broker.read()
            shown = await two.register("0")
            await two.caught_up()
            assert "A042700" in [row["jmcode"] for row in shown["data"]]
            assert changes(two, "0") == []


async def test_joining_while_the_session_is_away_is_refused_with_the_reason(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        async with program(hub) as client:
            broker.refuse("LOGIN", 1700, "too often", times=None)
            broker.drop()
            while hub.feed.serving:
                await asyncio.sleep(0.01)
            refused = await client.register("0")
            assert refused["return_code"] == 1999
            assert "증권사" in refused["return_msg"]
            broker.calm()


async def test_a_refused_registration_is_told_in_the_brokers_words(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        broker.refuse("ka10173", 900001, "조건식 오류", times=None)
        refused = await client.register("0")
        assert (refused["return_code"], refused["return_msg"]) == (900001, "조건식 오류(seq=0)")
        assert list(hub.conditions) == []
        broker.calm()
        assert (await client.register("0"))["return_code"] == 0


async def test_a_grace_period_spares_the_broker(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", grace=30.0) as hub:
        for _ in range(3):
            async with program(hub) as client:
                await client.register("0")
        assert len(broker.asked("ka10173")) == 1
        assert broker.asked("CNSRCLR") == []
