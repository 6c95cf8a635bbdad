"""Names and prices for the programs below, under the one budget above: a page of names is requested once for all."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from jogeon.account.stkinfo import SOON, StockInfo
from jogeon.errors import JogeonError
from jogeon.server.stock_routes import NamesPage
from jogeon.wire.messages import UNEXPECTED, Refusal
from jogeon.wire.stocks import PricedStock

T = TypeVar("T")

ENDING = Refusal(str(UNEXPECTED), "허브를 종료하는 중입니다")
KEPT = 3_600.0
"""Seconds for which a page of names serves whoever asks."""
MOST_PAGES = 500
"""Pages that are kept, several times what there are; a program can ask for any, and the oldest goes first."""


class HubStocks:
    """A StockBackend over the session's own requests, until it is closed."""

    def __init__(self, stocks: StockInfo, owner: Callable[[str], str | None]) -> None:
        self.owner = owner
        self._stocks = stocks
        self._pages: dict[tuple[str, str], tuple[float, asyncio.Task[NamesPage | Refusal]]] = {}
        self._under_way: set[asyncio.Task[Any]] = set()

    async def aclose(self) -> None:
        """Refuse whoever still waits."""
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def names(self, key: str, market: str, next_key: str) -> NamesPage | Refusal:
        """Return a page of the stocks of a market; a refusal is not kept."""
        del key
        now, asked = asyncio.get_running_loop().time(), (market, next_key)
        since, page = self._pages.get(asked, (now, None))
        if page is None or now - since > KEPT:
            page = self._begin(self._page(market, next_key))
            self._pages[asked] = (now, page)
            if len(self._pages) > MOST_PAGES:
                del self._pages[next(iter(self._pages))]
        found = await _answer(page)
        if isinstance(found, Refusal):
            self._pages.pop(asked, None)
        return found

    async def _page(self, market: str, next_key: str) -> NamesPage | Refusal:
        page = await self._stocks.names(market, next_key, SOON)
        return Refusal.of(page) if isinstance(page, JogeonError) else NamesPage(page.stocks, page.next_key)

    async def prices(self, key: str, codes: Sequence[str]) -> Sequence[PricedStock] | Refusal:
        """Return the prices of stocks."""
        del key
        return await _answer(self._begin(self._prices(codes)))

    async def _prices(self, codes: Sequence[str]) -> Sequence[PricedStock] | Refusal:
        priced = await self._stocks.prices(codes)
        return Refusal.of(priced) if isinstance(priced, JogeonError) else priced

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task


async def _answer(task: asyncio.Task[T]) -> T | Refusal:
    """Return what a task finds; a refusal if it was cancelled because all is ending."""
    await asyncio.wait({task})
    return ENDING if task.cancelled() else task.result()
