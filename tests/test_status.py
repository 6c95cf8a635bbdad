"""Who was cut off, and why, in what a hub tells of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from hubs import MARKET, hub_over, program
from jogeon.testing import Broker

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("spared_disk")


async def test_who_is_cut_is_named_with_the_reason(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        (peer,) = hub.broker.desks
        peer.cut("too slow")
        await client.closed()
        (cut,) = cast("list[dict[str, Any]]", hub.status()["cut"])
        assert (cut["id"], cut["address"], cut["reason"]) == (peer.number, peer.address, "too slow")
        assert hub.status()["consumers"] == []


async def test_who_leaves_is_not_cut(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub:
        async with program(hub):
            pass
        while hub.status()["consumers"]:
            await broker.read()
        assert hub.status()["cut"] == []
