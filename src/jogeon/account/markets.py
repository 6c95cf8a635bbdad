"""Names of stocks asked for in the background: whole markets once a day, others when a code stays without a name.

Nothing waits for it, and what goes wrong is logged, kept for `doctor`, and tried again later.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator, Sequence

from jogeon.account.names import DAY, Names
from jogeon.account.stkinfo import LATER, NAMES, SOON, Rank, StockInfo
from jogeon.errors import JogeonError, RemoteProtocolError
from jogeon.masks import unmasked
from jogeon.reports import Report
from jogeon.wire.stocks import MARKETS, MOST_ASKED, NO_SUCH_STOCK

MAIN = ("0", "10", "8", "60")
"""Markets of nearly all that conditions find: KOSPI, KOSDAQ, ETF, ETN."""
OTHERS = tuple(market for market in MARKETS if market not in MAIN)
PAUSES = (5.0, 600.0)
"""First and longest pause before a market that could not be read is asked for again."""
LOOK = 5.0
"""Seconds between looks whether the server has said where it serves HTTP."""
GATHER = 0.5
"""Seconds in which codes without a name gather before something is done about them."""
SAVING = 2.0
"""Seconds for which a client that ends waits for the disk."""
MOST_PAGES = 100

logger = logging.getLogger("jogeon.names")
logger.addFilter(unmasked)


class Markets:
    """Fills the gaps in the names of one server; `keep` runs as long as the session."""

    def __init__(self, names: Names, stocks: StockInfo) -> None:
        self._names = names
        self._stocks = stocks
        self._asked: set[str] = set()
        """Codes that were asked for one by one."""
        self._retry: dict[str, tuple[float, float]] = {}
        """When a market that could not be read may be asked for again, and the pause after that."""
        self._wanted = asyncio.Event()
        self._missed = asyncio.Event()
        names.on_miss(self._missed.set)
        self._troubles: dict[str, JogeonError] = {}

    @property
    def trouble(self) -> JogeonError | None:
        """Why a market could not be read, None if all could."""
        return next(iter(self._troubles.values()), None)

    def want(self) -> None:
        """Begin: somebody is about to show stocks."""
        self._wanted.set()

    async def keep(self) -> None:
        """Load what is kept, and once somebody wants names fill what is missing, again and again."""
        try:
            await self._names.load()
            await self._wanted.wait()
            await self._fill_gaps()
        except Exception:
            logger.exception("names end by a defect of this package")

    async def _fill_gaps(self) -> None:
        told = False
        while True:
            if self._stocks.address is None:
                if not told:
                    logger.warning("no REST address of the server is known: stocks have no names")
                told = True
                await asyncio.sleep(LOOK)
            elif not await self._step():
                await self._names.save()
                await self._pause()

    async def _step(self) -> bool:
        """Ask for what is due first; return whether there was anything."""
        market = next(self._due(MAIN), None)
        if market is None and not self._unnamed():
            return False
        market = market or next(self._due(OTHERS), None)
        if market is not None:
            await self._fill_later(market)
            return True
        codes = self._unnamed()[:MOST_ASKED]
        self._asked.update(codes)
        await self.fill_some(codes, NAMES)
        return True

    def _due(self, markets: Sequence[str]) -> Iterator[str]:
        now = asyncio.get_running_loop().time()
        for market in markets:
            if not self._names.is_fresh(market) and self._retry.get(market, (now, 0.0))[0] <= now:
                yield market

    def _unnamed(self) -> list[str]:
        """Return the codes that stay without a name and were not asked for yet."""
        return [code for code in self._names.missed if code not in self._asked and _is_code(code)]

    async def _fill_later(self, market: str) -> None:
        """Read a market, and let it rest for longer and longer where that fails."""
        error = await self.fill(market)
        if error is None:
            self._retry.pop(market, None)
            return
        _, pause = self._retry.get(market, (0.0, PAUSES[0]))
        self._retry[market] = asyncio.get_running_loop().time() + pause, min(2 * pause, PAUSES[1])

    async def fill(self, market: str) -> JogeonError | None:
        """Learn the names of all stocks of a market, page by page; return why that was not possible, or None."""
        rank = NAMES if market in MAIN else LATER
        error = await self._read(market, rank)
        if error is None:
            self._troubles.pop(market, None)
            self._names.complete(market)
            self._names.rest = self._stocks.address
        else:
            self._troubles[market] = error
            logger.info("names of market %s: %s", market, error)
        return error

    async def fill_some(self, codes: Sequence[str], rank: Rank = SOON) -> JogeonError | None:
        """Learn the names of at most MOST_ASKED stocks; return why that was not possible, or None.

        That the broker does not know a stock is no failure. Where it refuses all for that one, they are asked for in
        halves, which can wait: there may be many.
        """
        answered = await self._stocks.prices(codes, rank)  # what they are called is learned in passing
        if not isinstance(answered, JogeonError):
            return None
        if answered.code != NO_SUCH_STOCK:
            return answered
        if len(codes) == 1:
            return None
        half = len(codes) // 2
        return await self.fill_some(codes[:half], LATER) or await self.fill_some(codes[half:], LATER)

    async def _read(self, market: str, rank: Rank) -> JogeonError | None:
        keys = [""]
        while len(keys) <= MOST_PAGES:
            page = await self._stocks.names(market, keys[-1], rank)
            if isinstance(page, JogeonError):
                return page
            if not page.next_key:
                return None
            if page.next_key in keys:
                break
            keys.append(page.next_key)
        return RemoteProtocolError(Report("endless pages", name=market))

    async def _pause(self) -> None:
        """Wait until a code is looked up in vain, or a market is due again."""
        self._missed.clear()
        now = asyncio.get_running_loop().time()
        due = min((at for at, _ in self._retry.values()), default=now + DAY)
        if not self._unnamed():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(due - now, GATHER)):
                    await self._missed.wait()
        await asyncio.sleep(GATHER)


@contextlib.asynccontextmanager
async def kept(names: Names, stocks: StockInfo) -> AsyncIterator[Markets]:
    """Keep names up in the background; what was learned is written at the end, though that is not waited for long."""
    markets = Markets(names, stocks)
    keeping = asyncio.create_task(markets.keep(), name="jogeon names")
    try:
        yield markets
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SAVING):
                await names.save()


def _is_code(code: str) -> bool:
    return len(code) == 6 and code.isascii() and code.isalnum()
