"""A hub that publishes: NATS may be down, a stream may be there, somebody may write into it."""

from __future__ import annotations

import asyncio
import contextlib
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import pytest

from hubs import MARKET, hub_over
from jogeon.cli.running.published import HubSource
from jogeon.errors import ConnectionLost, CouldNotConnect, RemoteProtocolError
from jogeon.nats.address import place_of
from jogeon.nats.lease import Leasing
from jogeon.nats.opening import opened
from jogeon.nats.parcels import Unpacking
from jogeon.nats.publisher import Publisher
from jogeon.nats.streams import stream_of
from jogeon.testing import Broker
from natsd import Natsd, in_stream, natsd, published
from wire import virtual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from nats.aio.client import Client

pytestmark = pytest.mark.usefixtures("spared_disk")


async def positions(server: Natsd) -> list[tuple[int, int]]:
    """Return the numbers of all lines in the stream."""
    found, unpacking = [], Unpacking()
    async with opened(place := server.place()) as client:
        stream = await stream_of(client, place)
        for sequence in range(1, await stream.last() + 1):
            got = await stream._get(sequence=sequence)
            try:
                parcel = None if got is None else unpacking.take(got[2])
            except RemoteProtocolError:
                continue
            found += [line.event.number or (0, 0) for line in (parcel.lines if parcel else ())]
    return found


async def test_each_number_is_published_once_whatever_happens(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server:
        for code in ("1", "2"):  # the hub ends, and another process goes on in its journal
            async with published(broker, tmp_path / "j", server) as hub, opened(place := server.place()) as other:
                broker.enter("급등주", f"{code}1")
                await in_stream(hub)
                await other.publish(place.subject("급등주"), b"between")
                await other.flush()
                broker.enter("급등주", f"{code}2")
                await in_stream(hub)
                server.kill()
                broker.enter("급등주", f"{code}3")
                await server.restart()
                await in_stream(hub)
        came = await positions(server)
        assert came == sorted(set(came))
        for epoch in (1, 2):
            numbers = [n for each, n in came if each == epoch]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_the_durable_cursor_moves_with_the_signs_of_life_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[int] = []
    monkeypatch.setattr("jogeon.nats.publisher.BEAT", 60.0)
    monkeypatch.setattr(HubSource, "keep", lambda _self, _name, place: kept.append(place))
    async with Broker(MARKET) as broker, natsd(tmp_path) as server:
        async with published(broker, tmp_path / "j", server) as hub:
            before = list(kept)
            for code in ("111111", "222222", "333333"):
                broker.enter("급등주", code)
                await in_stream(hub)
            assert kept == before
            last = hub.relay.last
        assert kept[len(before) :] == [last]


async def test_a_stream_that_was_purged_gets_another_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.nats.publisher.LOOK", 0.0)
    monkeypatch.setattr("jogeon.nats.publisher.BEAT", 0.05)
    async with Broker(MARKET) as broker, natsd(tmp_path) as server, published(broker, tmp_path / "j", server) as hub:
        async with opened(place := server.place()) as client:
            stream = await stream_of(client, place)
            while (was := await stream.picture()) is None:
                await asyncio.sleep(0.02)
            await client.jetstream().purge_stream(place.stream)
            while (now := await stream.picture()) is None or now == was:
                await asyncio.sleep(0.02)
            broker.enter("급등주", "042700")
            await in_stream(hub)


async def test_publishing_never_costs_the_hub_anything(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server:
        server.kill()
        async with hub_over(broker, tmp_path / "j", everything=True) as hub:
            source = HubSource(hub)
            place = server.place()
            async with Leasing(place, "me") as lease, Publisher(place, source, source, lease) as publisher:
                while publisher.state != "failed":
                    await asyncio.sleep(0.01)
                assert publisher.status()["lease"] == "none"
                assert isinstance(publisher.trouble or lease.trouble, CouldNotConnect)
                await server.start()
                hub.beside["nats"] = publisher.status
                await in_stream(hub)


def test_pauses_grow_while_it_fails_and_begin_anew_once_it_has_published(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(Publisher):
        """Fails on each connection, on the fourth after it published."""

        async def _publish_on(self, client: Client) -> None:
            begun.append(asyncio.get_running_loop().time())
            if len(begun) == 4:
                self.state = "publishing"
            raise ConnectionLost("broken off")

    @contextlib.asynccontextmanager
    async def opened_at_once(_: object) -> AsyncIterator[None]:
        yield

    async def main() -> None:
        place = place_of("nats://127.0.0.1:4222/desk")
        source = cast("HubSource", None)
        async with Failing(place, source, source, Leasing(place, "me")):
            await asyncio.sleep(10)

    begun: list[float] = []
    monkeypatch.setattr("jogeon.nats.publisher.opened", opened_at_once)
    virtual(main())
    assert [round(later - before, 3) for before, later in pairwise(begun)][:5] == [0.5, 1.0, 2.0, 0.2, 0.5]
