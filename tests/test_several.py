"""Several hubs as one client: whose condition is whose, and what one costs the others."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

import jogeon
from hubs import MARKET
from jogeon.errors import CouldNotConnect, LocalProtocolError, UnknownCondition
from jogeon.events import Condition, Enter, Gap, Snapshot
from jogeon.several import Merged, SeveralClients
from jogeon.testing import Broker
from natsd import Natsd, natsd, published, until

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence
    from pathlib import Path


OTHER = {"급등주": ["035720"], "수급": ["105560"]}


@contextlib.asynccontextmanager
async def two(folder: Path) -> AsyncIterator[tuple[Natsd, Broker, Broker]]:
    """Run two hubs on one server, over two accounts that name a condition alike."""
    async with Broker(MARKET) as one, Broker(OTHER) as other, natsd(folder) as server:
        async with published(one, folder / "j", server, "a"), published(other, folder / "k", server, "b"):
            yield server, one, other


@pytest.mark.usefixtures("spared_disk")
async def test_two_hubs_are_followed_as_one(tmp_path: Path) -> None:
    async with two(tmp_path) as (server, one, other), jogeon.connect(server.address("a,b")) as client:
        listed = await client.conditions()
        assert {each.name for each in listed} == {"a/급등주", "a/신고가 돌파", "b/급등주", "b/수급"}
        assert len({each.seq for each in listed}) == 4
        assert [each.code for each in await client.search("b/급등주")] == ["035720"]
        by_seq = next(each.seq for each in listed if each.name == "a/급등주")
        assert sorted(each.code for each in await client.search(by_seq)) == ["000660", "005930"]
        with pytest.raises(UnknownCondition):
            await client.search("급등주")
        async with client.watch() as watch:
            assert watch.members["b/급등주"].keys() == {"035720"}
            one.enter("급등주", "111111")
            other.enter("급등주", "222222")
            other.enter("급등주", "333333")
            told = await until(watch, "333333")
            if not any(isinstance(each, Enter) and each.code == "111111" for each in told):
                told += await until(watch, "111111")
            entered = [(each.condition.name, each.code) for each in told if isinstance(each, Enter)]
            assert sorted(entered) == [("a/급등주", "111111"), ("b/급등주", "222222"), ("b/급등주", "333333")]
            assert watch.members["a/급등주"].keys() == {"005930", "000660", "111111"}
            assert {each.name for each in watch.conditions} == {each.name for each in listed}
            assert client.heard is not None
            assert watch.journal is None
            assert client.rest is None


@pytest.mark.usefixtures("spared_disk")
async def test_only_what_is_named_is_followed_and_what_waits_is_read_behind_the_end(tmp_path: Path) -> None:
    async with two(tmp_path) as (server, _, other), jogeon.connect(server.address("a,b")) as client:
        watch = client.watch("b/급등주")
        with pytest.raises(LocalProtocolError):
            await anext(watch)
        async with watch:
            other.enter("급등주", "222222")
            while "222222" not in watch.members["b/급등주"]:
                await asyncio.sleep(0.01)
        told = [event async for event in watch]
        conditions = {each.condition for each in told if isinstance(each, Enter | Snapshot)}
        assert conditions == {Condition("b/0", "b/급등주")}
        assert [each.code for each in told if isinstance(each, Enter)] == ["222222"]
        with pytest.raises(LocalProtocolError):
            client.watch(journal="x.journal")
        with pytest.raises(LocalProtocolError):
            client.watch(after="1:1")


@pytest.mark.usefixtures("spared_disk")
async def test_a_hub_that_goes_costs_the_others_nothing(tmp_path: Path) -> None:
    async with (
        Broker(MARKET) as one,
        Broker(OTHER) as other,
        natsd(tmp_path) as server,
        contextlib.AsyncExitStack() as b,
    ):
        async with published(one, tmp_path / "j", server, "a"):
            await b.enter_async_context(published(other, tmp_path / "k", server, "b"))
            async with jogeon.connect(server.address("a,b")) as client, client.watch() as watch:
                await b.aclose()
                other.enter("급등주", "222222")
                one.enter("급등주", "111111")
                assert isinstance((await until(watch, "111111"))[-1], Enter)
                async with published(other, tmp_path / "k", server, "b"):
                    other.enter("급등주", "333333")
                    told = await until(watch, "333333")
                    gaps = {each.condition.name for each in told if isinstance(each, Gap) and not each.open}
                    assert gaps
                    assert all(name.startswith("b/") for name in gaps)
                    assert watch.members["b/급등주"].keys() == {"035720", "222222", "333333"}
        with pytest.raises(CouldNotConnect):
            async with jogeon.connect(server.address("nobody,neither")):
                raise AssertionError("there is no hub")


def test_each_hub_is_looked_at_as_often_as_is_asked_for() -> None:
    client = jogeon.connect("nats://127.0.0.1:4222/a,b", recheck=30.0)
    assert isinstance(client, SeveralClients)
    assert [each._feed._subscriptions.recheck for each in client._clients.values()] == [30.0, 30.0]


# ------------------------------------------------------------ what several sources are merged to


async def of(*batches: int, fails: Exception | None = None) -> AsyncGenerator[int]:
    for each in batches:
        yield each
    if fails is not None:
        raise fails


async def drained(merged: Merged[int]) -> list[int]:
    return [each async for each in merged]


async def begun(*sources: AsyncGenerator[int]) -> Merged[int]:
    merged: Merged[int] = Merged()
    merged.begin(sources)
    await asyncio.sleep(0)
    return merged


async def test_of_each_source_the_order_is_kept() -> None:
    merged = await begun(of(1, 2, 3), of(10, 20), of())
    found = await drained(merged)
    assert [each for each in found if each < 10] == [1, 2, 3]
    assert [each for each in found if each >= 10] == [10, 20]
    await merged.finish([])


async def test_one_that_fails_ends_it_behind_what_the_others_have() -> None:
    merged = await begun(of(1, fails=ValueError("one")), of(10, 20, 30))
    found: Sequence[int] = [await anext(merged) for _ in range(4)]
    assert sorted(found) == [1, 10, 20, 30]
    with pytest.raises(ValueError, match="one"):
        await anext(merged)
    await merged.finish([])


async def test_nothing_is_lost_by_whoever_stops_waiting() -> None:
    gate = asyncio.Event()

    async def late() -> AsyncGenerator[int]:
        await gate.wait()
        yield 7

    merged = await begun(late())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(merged), 0.01)
    gate.set()
    assert await anext(merged) == 7
    await merged.finish([])


async def test_no_more_than_one_is_taken_ahead() -> None:
    taken: list[int] = []

    async def source() -> AsyncGenerator[int]:
        for each in range(5):
            taken.append(each)
            yield each

    merged = await begun(source())
    for _ in range(10):
        await asyncio.sleep(0)
    assert taken == [0]
    await merged.finish([of(8, 9)])
    assert await drained(merged) == [0, 8, 9]


async def test_of_several_that_fail_the_first_is_told() -> None:
    merged = await begun(of(fails=ValueError("one")), of(fails=ValueError("two")))
    await asyncio.sleep(0)
    with pytest.raises(ValueError, match="one"):
        await anext(merged)
    await merged.finish([])
