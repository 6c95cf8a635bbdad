"""A hub in this process over a scripted broker, and the plain programs below it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

from jogeon.endpoint import Endpoint, FixedToken
from jogeon.hub.hub import Hub, HubSettings
from jogeon.hub.tokens import HubTokens
from jogeon.live.policy import Policy
from jogeon.simulator.simulator import Simulator
from naive_client import NaiveClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from jogeon.testing import Broker

MARKET = {"급등주": ["005930", "000660"], "신고가 돌파": ["035720"]}
FAST = Policy(pace=1_000, uniform=lambda _low, _high: 0.05)


@contextlib.asynccontextmanager
async def hub_over(broker: Broker | Simulator, journal: Path, *names: str, **more: float) -> AsyncIterator[Hub]:
    """Run a hub over a broker."""
    everything = bool(more.pop("everything", False))
    url = broker.websocket if isinstance(broker, Simulator) else broker.url
    settings = HubSettings(server=url, journal=journal, names=names, everything=everything, **more)  # type: ignore[arg-type]  # numbers
    where = contextlib.nullcontext(Endpoint("scripted", url, FixedToken("demo")))
    async with Hub(where, FAST, HubTokens(time.time), settings) as hub:
        yield hub


@contextlib.asynccontextmanager
async def program(hub: Hub, *, extended: bool = False) -> AsyncIterator[NaiveClient]:
    """Log a program of the guide's shape in, and let it have the list; `extended`: one that can follow the stream."""
    async with NaiveClient(hub.websocket, token=None) as client:
        await client.send({"trnm": "LOGIN", "token": "demo"} | ({"jogeon": 1} if extended else {}))
        assert (await client.login())["return_code"] == 0
        await client.conditions()
        yield client


def told(hub: Hub, what: str) -> list[dict[str, Any]]:
    """Return the rows of one part of a hub's status."""
    rows = hub.status()[what]
    assert isinstance(rows, list)
    return rows


def changes(client: NaiveClient, seq: str) -> list[tuple[str, str]]:
    """Return what a program was pushed of a condition: codes and kinds."""
    return [(code, kind) for label, code, kind, _ in client.pushes if label == seq]


async def once(hub: Hub, condition: str) -> None:
    """Wait until the hub knows who is in a condition, and that is durable: who comes now hears only of what follows."""

    def known() -> bool:
        mine = (each for each in hub.feed.followed(hub.fanout) if each.condition.name == condition)
        return any(each.membership.codes and hub.stream.knows(each.condition) for each in mine)

    while not known():
        await asyncio.sleep(0.01)
