"""Joining and leaving at a hub, over a scripted broker."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import TYPE_CHECKING

import pytest

from below import Folded
from hubs import MARKET, changes, hub_over, once, program
from jogeon.testing import Broker

if TYPE_CHECKING:
    from pathlib import Path

    from naive_client import NaiveClient


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


async def test_a_stream_of_several_conditions_is_followed_whole_or_not_at_all(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", grace=0.0) as hub:
        async with program(hub) as other, program(hub, extended=True) as client:
            await other.register("1")
            rise = next(each.condition for each in hub.feed.followed(hub.fanout))
            await client.send({"trnm": "FOLLOW", "seqs": ["0", "1"], "after": "", "stex_tp": "N", "members": True})
            assert (await client.hear("FOLLOW"))["return_code"] != 0
            while list(hub.conditions) != [rise]:
                await asyncio.sleep(0.01)


async def test_a_grace_period_spares_the_broker(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", grace=30.0) as hub:
        for _ in range(3):
            async with program(hub) as client:
                await client.register("0")
        assert len(broker.asked("ka10173")) == 1
        assert broker.asked("CNSRCLR") == []


async def test_a_registration_that_is_stopped_before_its_answer_is_answered(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        broker.hold("ka10173")
        await client.send({"trnm": "CNSRREQ", "seq": "0", "search_type": "1", "stex_tp": "K"})
        assert (await client.clear("0"))["return_code"] == 0
        refused = await client.hear("CNSRREQ")
        assert (refused["return_code"], refused["return_msg"][-7:]) == (1999, "(seq=0)")
        assert client.frames.index(refused) < len(client.frames) - 1
        broker.calm()
        assert (await client.register("0"))["return_code"] == 0


async def joined_again(client: NaiveClient, *, numbered: bool, draw: random.Random) -> None:
    """Join, hear for a moment, and leave."""
    await asyncio.sleep(draw.uniform(0, 0.004))
    if numbered:
        await client.send({"trnm": "FOLLOW", "seqs": ["0"], "after": ""})
        assert (await client.hear("FOLLOW"))["return_code"] == 0
    else:
        assert (await client.register("0"))["return_code"] == 0
    await asyncio.sleep(draw.uniform(0, 0.004))


async def pushed_on(broker: Broker) -> None:
    """Let stocks enter and leave, about a thousand changes a second."""
    while True:
        for change in (broker.enter, broker.leave):
            for number in range(5):
                change("급등주", f"{number:06d}")
                await asyncio.sleep(0.001)


async def test_a_thousand_joins_about_a_push_see_it_once(tmp_path: Path) -> None:
    draw = random.Random(1)  # noqa: S311  # moments, not secrets
    async with (
        Broker(MARKET) as broker,
        hub_over(broker, tmp_path / "j", "급등주") as hub,
        contextlib.AsyncExitStack() as stack,
    ):
        await once(hub, "급등주")
        clients = [await stack.enter_async_context(program(hub, extended=at % 3 == 0)) for at in range(10)]
        pushing = asyncio.create_task(pushed_on(broker))
        for left in reversed(range(100)):  # ten joins each
            await asyncio.gather(
                *(joined_again(client, numbered=at % 3 == 0, draw=draw) for at, client in enumerate(clients))
            )
            if left:
                await asyncio.gather(*(client.clear("0") for client in clients))
        pushing.cancel()
        await broker.read()
        for client in clients:
            await client.caught_up()
            folded, taken = Folded(), 0
            async with asyncio.timeout(10):
                while folded.members != {"0": broker.members["급등주"]}:  # numbers come when they are durable
                    for frame in client.frames[taken:]:
                        folded.take(frame)
                    taken = len(client.frames)
                    await asyncio.sleep(0.01)
            assert folded.wrong == []
        assert len(broker.asked("ka10173")) == 1
