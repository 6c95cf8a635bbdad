"""Looking at a server from outside: can it be reached, does it do what a client needs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jogeon.account.stkinfo import URGENT, StockInfo
from jogeon.errors import JogeonError
from jogeon.live.feed import Feed
from jogeon.live.listing import resolve
from jogeon.live.opening import open_connection
from jogeon.live.policy import Policy
from jogeon.wire.messages import Ping, Search, SearchPage
from jogeon.wire.readers import decode

if TYPE_CHECKING:
    from jogeon.endpoint import Endpoint
    from jogeon.events import Condition


async def reach(websocket: str, proxy: str | None) -> None:
    """Open a connection and close it; nothing is sent on it. CouldNotConnect."""
    connection = await open_connection(websocket, _Deaf(), proxy=proxy)
    await connection.aclose()


def _ignore(*_: object, **__: object) -> None:
    """Make nothing of what a connection tells."""


class _Deaf:
    """A receiver for a connection on which nothing is sent."""

    on_pushes = on_unreadable = on_answer = on_ping = on_system = on_late = on_stray = on_lost = staticmethod(_ignore)


class Probe:
    """A session that is only looked at; `start` and `stop` it."""

    def __init__(self, there: Endpoint) -> None:
        self._there = there
        self._feed = Feed(Policy(recheck=0.0))
        self._feed.taps.append(self._hear)
        self._pinged = asyncio.Event()

    @property
    def rest(self) -> str | None:
        """Where the server serves HTTP, None where nobody knows."""
        return self._feed.rest

    async def start(self) -> None:
        """Connect and log in; the error tells why that was not possible."""
        await self._feed.start(self._there)

    async def stop(self) -> None:
        """Close the connection."""
        await self._feed.stop()

    def _hear(self, payload: bytes, at_ns: int) -> None:
        del at_ns
        try:
            is_ping = isinstance(decode(payload), Ping)
        except JogeonError:
            return
        if is_ping:
            self._pinged.set()

    async def conditions(self) -> list[Condition]:
        """Return the saved conditions."""
        return await self._feed.conditions()

    async def hits(self, condition: Condition) -> int:
        """Return how many stocks the first page of a search has."""
        page = await self._feed.ask(lambda listing: Search(resolve(condition, listing).seq), SearchPage)
        return len(page.stocks)

    async def names(self) -> int | JogeonError:
        """Return how many stocks the first page of KOSPI names (ka10099), or why that cannot be had."""
        stocks = StockInfo(lambda: self._feed.rest, self._there.tokens, proxy=self._there.proxy)
        page = await stocks.names("0", rank=URGENT)
        return page if isinstance(page, JogeonError) else len(page.stocks)

    async def hears_ping(self, seconds: float) -> bool:
        """Tell whether a PING came since the login, or comes in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._pinged.wait()
        except TimeoutError:
            return False
        return True
