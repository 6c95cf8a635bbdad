"""Who publishes: a lease that expires, on a real server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError

import jogeon
from hubs import MARKET, hub_over
from jogeon.cli.running.published import HubSource
from jogeon.errors import SessionTaken
from jogeon.events import Enter, Gap
from jogeon.nats.address import place_of
from jogeon.nats.lease import Lease, Leasing
from jogeon.nats.opening import opened
from jogeon.nats.publisher import Publisher
from jogeon.testing import Broker
from natsd import in_stream, natsd

if TYPE_CHECKING:
    from pathlib import Path

    from nats.aio.client import Client
    from nats.js.kv import KeyValue

pytestmark = pytest.mark.usefixtures("spared_disk", "quick_lease")


async def silenced(lease: Leasing) -> None:
    """Let a lease be renewed no more, as where its machine stands still."""
    assert lease._task is not None
    lease._task.cancel()
    await asyncio.wait({lease._task})


async def test_one_has_it_and_the_other_takes_over_when_it_expires(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, Leasing(server.place(), "one") as one:
        await one.wait()
        async with Leasing(server.place(), "two", patient=True) as two:
            await asyncio.sleep(2.5)
            assert (one.holder, two.holder) == ("me", "other")
            await silenced(one)
            await two.wait()
            async with Leasing(server.place(), "one") as again:
                while again.holder == "none":
                    await asyncio.sleep(0.02)
                assert again.holder == "other"


async def test_who_stood_by_and_has_it_now_asks_at_once_after_a_break(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kept:
        holder = "me"
        asked = asyncio.Event()

        async def open(self) -> None:
            pass

        async def acquire(self) -> bool:
            self.asked.set()
            return True

        async def unmark(self) -> None:
            pass

    monkeypatch.setattr("jogeon.nats.lease.TTL", 1_000.0)
    leasing, kept = Leasing(place_of("nats://127.0.0.1:4222/desk"), "one", patient=True), Kept()
    leasing._had.set()
    polling = asyncio.create_task(leasing._poll(cast("Lease", kept)))
    async with asyncio.timeout(30):
        await kept.asked.wait()
    polling.cancel()
    await asyncio.wait({polling})


async def test_who_finds_it_taken_ends(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, Leasing(server.place(), "one") as one:
        await one.wait()
        await silenced(one)
        async with Leasing(server.place(), "two") as two:
            await two.wait()
            await one.__aenter__()
            with pytest.raises(SessionTaken):
                await one.run()


async def test_an_emptied_server_ousts_nobody(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, Leasing(server.place(), "one") as one:
        await one.wait()
        async with Leasing(server.place(), "two", patient=True) as two:
            for _ in range(3):
                await server.restart(emptied=True)
                await asyncio.sleep(1.5)
                assert (one.lost.is_set(), two.holder in ("none", "other")) == (False, True)
            assert one.holder == "me"


async def test_a_standby_goes_on_behind_one_gap(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server:
        place = server.place()
        async with Leasing(place, "one") as first:
            async with hub_over(broker, tmp_path / "j", everything=True) as hub:
                source = HubSource(hub)
                async with Publisher(place, source, source, first) as publisher:
                    hub.beside["nats"] = publisher.status
                    await in_stream(hub)
                    client = jogeon.connect(server.address())
                    await client.__aenter__()
                    watch = await client.watch("급등주").__aenter__()
                    await silenced(first)
        broker.leave("급등주", "005930")
        async with Leasing(place, "two", patient=True) as second:
            await second.wait()
            async with hub_over(broker, tmp_path / "k", everything=True) as hub:
                source = HubSource(hub)
                async with Publisher(place, source, source, second) as publisher:
                    hub.beside["nats"] = publisher.status
                    await in_stream(hub)
                    broker.enter("급등주", "042700")
                    told = []
                    async for event in watch:
                        told.append(event)
                        if isinstance(event, Enter) and event.code == "042700":
                            break
                    assert [each.cause for each in told if isinstance(each, Gap)] == ["connection lost"]
                    assert set(watch.members["급등주"]) == {"000660", "042700"}
                    await watch.__aexit__(None, None, None)
                    await client.__aexit__(None, None, None)


async def held(lease: Leasing, holder: str) -> None:
    """Wait until somebody has the lease, as far as one who asks for it knows."""
    while lease.holder != holder:
        await asyncio.sleep(0.02)


async def test_a_session_that_was_taken_is_not_taken_back(tmp_path: Path) -> None:
    heard: list[str] = []
    async with natsd(tmp_path) as server, Leasing(server.place(), "two", patient=True) as two:
        two.on_barred = heard.append
        async with Leasing(server.place(), "one") as one:
            await one.wait()
            await held(two, "other")
            await one.leave_mark("[R10001] 동일한 App key")
        await held(two, "none")
        await asyncio.sleep(1.5)
        assert (two.holder, two.barred, heard) == ("none", "[R10001] 동일한 App key", ["[R10001] 동일한 App key"])
        await server.restart(emptied=True)
        await asyncio.sleep(2.5)
        assert (two.holder, two.barred) == ("none", "[R10001] 동일한 App key")
        async with Leasing(server.place(), "again") as again:
            await again.wait()
            await held(two, "other")
            while two.barred is not None:
                await asyncio.sleep(0.02)
        async with Leasing(server.place(), "three", patient=True) as three:  # it knows only what the server knows
            assert await asyncio.wait_for(first_had(two, three), 10)


async def first_had(*leases: Leasing) -> bool:
    """Wait until one of these has the lease."""
    while not any(each.holder == "me" for each in leases):
        await asyncio.sleep(0.02)
    return True


async def test_a_mark_outlives_whoever_left_it_until_a_hub_is_started(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server:
        async with Leasing(server.place(), "one") as one:
            await one.wait()
            await one.leave_mark("taken")
        await server.restart()
        async with Leasing(server.place(), "two", patient=True) as two:
            await asyncio.sleep(2.5)
            assert (two.holder, two.barred) == ("none", "taken")


async def test_who_was_driven_out_by_its_own_standby_leaves_no_mark(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, Leasing(server.place(), "one") as one:
        await one.wait()
        await silenced(one)
        async with Leasing(server.place(), "two", patient=True) as two:
            await two.wait()
            await one.leave_mark("taken")
            async with Leasing(server.place(), "three", patient=True) as three:
                await held(three, "other")
                assert three.barred is None


async def test_who_stood_still_logs_in_over_nobody_who_took_over(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, Leasing(server.place(), "one") as one:
        await one.confirmed()  # nothing to lose yet
        await one.wait()
        await one.confirmed()
        await silenced(one)
        async with Leasing(server.place(), "two", patient=True) as two:
            await two.wait()
            waiting = asyncio.create_task(one.confirmed())
            await asyncio.sleep(0.1)
            assert not waiting.done()
            await one.__aenter__()
            with pytest.raises(SessionTaken):
                await waiting


async def test_of_two_that_take_it_at_once_one_has_it() -> None:
    class Bucket:
        """Keys in which nothing was found, and another was quicker."""

        async def get(self, alias: str) -> None:
            raise KeyNotFoundError

        async def create(self, alias: str, owner: bytes) -> None:
            raise KeyWrongLastSequenceError

    lease = Lease(cast("Client", None), place_of("nats://127.0.0.1:4222/desk"), "one")
    lease._bucket = cast("KeyValue", Bucket())
    assert not await lease.acquire()
    assert lease.holder == "none"


async def test_a_mark_without_words_is_a_mark_that_can_be_read(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, opened(server.place()) as client:
        lease = Lease(client, server.place(), "one")
        await lease.open()
        await lease.mark("")
        assert await lease.marked() == "-"
        await lease.unmark()
        assert await lease.marked() is None
