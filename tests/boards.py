"""A board over a hub over a scripted broker, in this process, and a browser of the plainest kind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx2

from hubs import FAST
from jogeon.board.board import Board
from jogeon.board.routes import board_groups
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.hub.hub import Hub, HubSettings
from jogeon.hub.tokens import HubTokens

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable
    from pathlib import Path

    from jogeon.testing import Broker

WAIT = 10.0


class Served(NamedTuple):
    """What runs."""

    hub: Hub
    board: Board

    @property
    def link(self) -> str:
        return f"{self.hub.rest}/?key={self.board.visitors.invite()}"

    async def until(self, seen: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until the page shows something; return all it shows then."""
        async with asyncio.timeout(WAIT):
            while not seen(state := self.board.state()):
                await asyncio.sleep(0.01)
        return state


@contextlib.asynccontextmanager
async def board_over(broker: Broker, journal: Path, *names: str) -> AsyncIterator[Served]:
    """Run a hub with a board; it follows these conditions, all if none is named."""
    settings = HubSettings(server="demo", journal=journal, names=names, everything=not names)
    where = contextlib.nullcontext(Endpoint("scripted", broker.url, FixedToken("demo")))
    board = Board(lambda: hub, time.time_ns)
    hub = Hub(where, FAST, HubTokens(time.time), settings, more=lambda: board_groups(board))
    async with hub, board:
        yield Served(hub, board)


@contextlib.asynccontextmanager
async def browser(served: Served) -> AsyncIterator[httpx2.AsyncClient]:
    """Open the page by a link, and go on with its cookie."""
    async with httpx2.AsyncClient(base_url=served.hub.rest, trust_env=False) as client:
        opened = await client.get(served.link)
        assert opened.status_code == 200
        yield client


@contextlib.asynccontextmanager
async def listening(client: httpx2.AsyncClient, **headers: str) -> AsyncIterator[AsyncIterator[tuple[str, str, Any]]]:
    """Open the stream of what changes; yield its events."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.stream("GET", "/board/events", headers=named) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async with contextlib.aclosing(heard(answer)) as events:
            yield events


async def heard(answer: httpx2.Response) -> AsyncGenerator[tuple[str, str, Any]]:
    """Yield (id, event, data) of server-sent events."""
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield fields.get("id", ""), fields["event"], json.loads(fields["data"])
            fields = {}
