"""Looking at a server from outside: can it be reached, does it do what a client needs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jogeon.account.stkinfo import URGENT, StockInfo
from jogeon.errors import JogeonError, RequestRefused
from jogeon.live.feed import Feed
from jogeon.live.listing import resolve
from jogeon.live.opening import open_connection
from jogeon.live.policy import Policy
from jogeon.wire.messages import Acknowledged, Ping, RegisterQuotes, RemoveQuotes, Search, SearchPage
from jogeon.wire.readers import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.endpoint import Endpoint
    from jogeon.events import Condition, Stock


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
        self._stocks = StockInfo(lambda: self._feed.rest, there.tokens, proxy=there.proxy)

    async def start(self) -> None:
        """Connect and log in; the error tells why that was not possible."""
        await self._feed.start(self._there)

    async def stop(self) -> None:
        """Close the connection."""
        await self._feed.stop()

    @property
    def hub(self) -> str | None:
        """Where a hub serves HTTP, None if the server is none, or does not say."""
        return self._feed.rest if self._feed.on_hub else None

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

    async def hits(self, condition: Condition) -> Sequence[Stock]:
        """Return the stocks on the first page of a search."""
        page = await self._feed.ask(lambda listing: Search(resolve(condition, listing).seq), SearchPage)
        return page.stocks

    @property
    def has_rest(self) -> bool:
        """Whether it is known where to ask for prices."""
        return self._stocks.address is not None

    async def price(self, code: str) -> int | None:
        """Return the price of a stock after its trades were registered for a moment; the error tells what fails."""
        answer = await self._stocks.prices([code])
        if isinstance(answer, JogeonError):
            raise answer
        try:
            await self._feed.ask(lambda _: RegisterQuotes((code,)), Acknowledged)
            await self._feed.ask(lambda _: RemoveQuotes((code,)), Acknowledged)
        except RequestRefused as refused:
            raise RequestRefused(RegisterQuotes.trnm, code=refused.code, text=refused.text) from None
        return next((stock.price for stock in answer if stock.code == code), None)

    async def names(self) -> int:
        """Return how many stocks the first page of KOSPI names (ka10099); the error tells what fails."""
        page = await self._stocks.names("0", rank=URGENT)
        if isinstance(page, JogeonError):
            raise page
        return len(page.stocks)

    async def hears_ping(self, seconds: float) -> bool:
        """Tell whether a PING came since the login, or comes in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._pinged.wait()
        except TimeoutError:
            return False
        return True
