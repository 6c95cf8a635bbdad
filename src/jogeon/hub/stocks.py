"""Names and prices for the programs below, under the one budget above: a page of names is requested once for all."""

import asyncio
from collections.abc import Callable, Sequence

from jogeon.account.stkinfo import StockInfo
from jogeon.errors import JogeonError, RequestRefused
from jogeon.hub.refusals import UNEXPECTED
from jogeon.server.stock_routes import NamesPage
from jogeon.wire.messages import Refusal
from jogeon.wire.stocks import PricedStock

KEPT = 3_600.0
"""Seconds for which a page of names serves whoever asks."""


class HubStocks:
    """A StockDesk over the session's own requests."""

    def __init__(self, stocks: StockInfo, owner: Callable[[str], str | None]) -> None:
        self.owner = owner
        self._stocks = stocks
        self._pages: dict[tuple[str, str], tuple[float, asyncio.Future[NamesPage | Refusal]]] = {}

    async def names(self, key: str, market: str, next_key: str) -> NamesPage | Refusal:
        """Return a page of the stocks of a market; a refusal is not kept."""
        del key
        loop, asked = asyncio.get_running_loop(), (market, next_key)
        since, page = self._pages.get(asked, (0.0, None))
        if page is None or loop.time() - since > KEPT:
            page = asyncio.ensure_future(self._page(market, next_key))
            self._pages[asked] = (loop.time(), page)
        found = await asyncio.shield(page)
        if isinstance(found, Refusal):
            self._pages.pop(asked, None)
        return found

    async def _page(self, market: str, next_key: str) -> NamesPage | Refusal:
        page = await self._stocks.names(market, next_key)
        return _refused(page) if isinstance(page, JogeonError) else NamesPage(page.stocks, page.next_key)

    async def prices(self, key: str, codes: Sequence[str]) -> Sequence[PricedStock] | Refusal:
        """Return the prices of stocks."""
        del key
        priced = await self._stocks.prices(codes)
        return _refused(priced) if isinstance(priced, JogeonError) else priced


def _refused(error: JogeonError) -> Refusal:
    """Return what went wrong as the broker says it, in its own words if it had any."""
    if isinstance(error, RequestRefused) and error.code:
        return Refusal(error.code, error.text)
    return Refusal(str(UNEXPECTED), f"증권사 서버에서 답을 받지 못했습니다: {error}")
