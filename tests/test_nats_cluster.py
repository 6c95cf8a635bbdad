"""Three nodes of NATS on this machine: the death of one costs a moment, and no event."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

import jogeon
from hubs import MARKET, hub_over
from jogeon.cli.running.published import HubSource
from jogeon.events import Enter, Gap
from jogeon.nats.address import Place, place_of
from jogeon.nats.lease import Leasing
from jogeon.nats.opening import opened
from jogeon.nats.publisher import Publisher
from jogeon.testing import Broker
from natsd import Natsd, free_port, in_stream, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("spared_disk")


@contextlib.asynccontextmanager
async def three(folder: Path) -> AsyncIterator[tuple[list[Natsd], Place]]:
    """Run a cluster of three nodes."""
    routes = [free_port() for _ in range(3)]
    joined = ",".join(f"nats://127.0.0.1:{port}" for port in routes)
    nodes = [
        Natsd(
            folder / f"n{place}",
            "-n",
            f"n{place}",
            "--cluster_name",
            "c",
            "--cluster",
            f"nats://127.0.0.1:{port}",
            "--routes",
            joined,
        )
        for place, port in enumerate(routes)
    ]
    try:
        for node in nodes:
            await node.start()
        yield nodes, place_of(f"nats://{','.join(f'127.0.0.1:{node.port}' for node in nodes)}/a")
    finally:
        for node in nodes:
            node.kill()


async def test_the_node_that_leads_may_die(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, three(tmp_path) as (nodes, place):
        async with contextlib.AsyncExitStack() as stack:
            hub = await stack.enter_async_context(hub_over(broker, tmp_path / "j", everything=True))
            lease = await stack.enter_async_context(Leasing(place, "one"))
            source = stack.enter_context(contextlib.closing(HubSource(hub)))
            publisher = await stack.enter_async_context(Publisher(place, source, source, lease))
            hub.beside["nats"] = publisher.status
            async with asyncio.timeout(60):
                await in_stream(hub)
                standby = await stack.enter_async_context(Leasing(place, "two", patient=True))
                while standby.holder != "other":
                    await asyncio.sleep(0.1)
            async with jogeon.connect(str(place)) as client, client.watch("급등주") as watch:
                async with opened(place) as asked:
                    cluster = (await asked.jetstream().stream_info(place.stream)).cluster
                assert cluster is not None
                next(node for node in nodes if node.name == cluster.leader).kill()
                broker.enter("급등주", "111111")
                async with asyncio.timeout(60):
                    told = await until(watch, "111111")
                assert isinstance(told[-1], Enter)
                assert not [each for each in told if isinstance(each, Gap)]
                assert len(watch.members["급등주"]) == 3
            assert not lease.lost.is_set()
            assert broker.logins == 1
