"""Prices of stocks for those who read over NATS: trades as they come, conflated, and answers to who asks (ka10095).

They are state and no history, so they go over a subject of their own that no stream keeps. A stock is wished for above
once, for however many readers, and one request above answers all who ask meanwhile.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from jogeon.errors import JogeonError, RequestRefused
from jogeon.live.asking import Ask
from jogeon.live.holding import PriceFollower, PriceRow
from jogeon.wire.messages import RegisterQuotes, TradeRow
from jogeon.wire.stocks import MOST_ASKED, PricedStock
from jogeon.wire.writers import encode_trades

INTEREST = 45.0
"""Seconds after which a reader that does not repeat which stocks it registered is forgotten."""
REPEAT = 15.0
"""Seconds after which it repeats that."""
FLUSH = 0.25
"""Seconds between two messages; of the trades of a stock in between only the last goes out."""
ROWS = 100
"""Trades in one message."""
READERS = 500
"""Readers at a time: whoever reaches NATS can make up names of readers, and each costs a look at all its stocks."""
OVER_LIMIT = "105115"
TOO_MANY = "실시간 등록 허용 개수({limit})를 초과하였습니다"
TOO_MANY_READERS = "시세를 받는 프로그램이 너무 많습니다. 잠시 후 다시 요청하십시오"


class Priced(Protocol):
    """Who knows prices: a hub."""

    @property
    def price_limit(self) -> int:
        """Of how many stocks trades are pushed at most."""

    def wish(self, code: str, follower: PriceFollower) -> None:
        """Have the trades of a stock told."""

    def unwish(self, code: str, follower: PriceFollower) -> None:
        """Have them told no more."""


class Trades:
    """Which readers registered which stocks; `pop` returns the frames to publish. A PriceFollower of all of them."""

    def __init__(self, priced: Priced) -> None:
        self._priced = priced
        self._readers: dict[str, tuple[frozenset[str], float]] = {}
        self._wished: frozenset[str] = frozenset()
        self._rows: dict[str, TradeRow] = {}

    def register(self, reader: str, codes: Sequence[str], now: float) -> None:
        """Note all stocks of a reader; RequestRefused if there would be too many of all, or readers."""
        if reader not in self._readers and len(self._readers) >= READERS:
            raise RequestRefused(RegisterQuotes.trnm, code=OVER_LIMIT, text=TOO_MANY_READERS)
        others = {name: each for name, each in self._readers.items() if name != reader}
        wanted = frozenset(codes)
        limit = self._priced.price_limit
        if not wanted <= self._wished and len(_all(others) | wanted) > limit:
            raise RequestRefused(RegisterQuotes.trnm, code=OVER_LIMIT, text=TOO_MANY.format(limit=limit))
        self._readers = others | ({reader: (wanted, now + INTEREST)} if wanted else {})
        self._settle()

    def _settle(self) -> None:
        wished = _all(self._readers)
        for code in sorted(wished - self._wished):
            self._priced.wish(code, self)
        for code in sorted(self._wished - wished):
            self._priced.unwish(code, self)
            self._rows.pop(code, None)
        self._wished = wished

    def priced(self, row: PriceRow, price: int | None, at_ns: int, asked: int) -> None:
        """Take a price; only a trade is one that the broker would have pushed."""
        del price, at_ns, asked
        if isinstance(row, TradeRow):
            self._rows[row.item] = row

    def pop(self, now: float) -> list[bytes]:
        """Return what is to be published, as REAL frames; forget readers that are gone."""
        if any(until <= now for _, until in self._readers.values()):
            self._readers = {name: each for name, each in self._readers.items() if each[1] > now}
            self._settle()
        rows, self._rows = list(self._rows.values()), {}
        return [encode_trades(rows[start : start + ROWS]) for start in range(0, len(rows), ROWS)]

    def close(self) -> None:
        """Forget all readers, and follow nothing any more."""
        self._readers = {}
        self._settle()


def _all(readers: dict[str, tuple[frozenset[str], float]]) -> frozenset[str]:
    return frozenset[str]().union(*(codes for codes, _ in readers.values()))


class Pool:
    """Asks for the prices of stocks for many who ask at the same time."""

    def __init__(self, ask: Callable[[], Ask]) -> None:
        self._ask = ask
        self._asked: dict[str, asyncio.Future[PricedStock | None]] = {}
        """What is to be asked for; a price is of a moment after the question."""
        self._task: asyncio.Task[None] | None = None

    async def prices(self, codes: Sequence[str]) -> list[PricedStock]:
        """Return prices of at most MOST_ASKED stocks; raises what the broker or the way there says."""
        loop = asyncio.get_running_loop()
        waiting = [self._asked.setdefault(code, loop.create_future()) for code in dict.fromkeys(codes[:MOST_ASKED])]
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._run(), name="nats prices")
        found = await asyncio.gather(*map(asyncio.shield, waiting))
        return [each for each in found if each is not None]

    async def _run(self) -> None:
        while self._asked:
            taken: dict[str, asyncio.Future[PricedStock | None]] = {}

            def choose(taken: dict[str, asyncio.Future[PricedStock | None]] = taken) -> Sequence[str]:
                for code in list(self._asked)[:MOST_ASKED]:
                    taken[code] = self._asked.pop(code)
                return tuple(taken)

            answer = await self._ask()(choose)
            if not taken:  # it was refused before its turn came
                choose()
            known = {} if isinstance(answer, JogeonError) else {each.code: each for each in answer}
            for code, future in taken.items():
                if isinstance(answer, JogeonError):
                    future.set_exception(answer)
                    future.exception()  # whoever asked may have gone
                else:
                    future.set_result(known.get(code))

    def close(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
        for future in self._asked.values():
            future.cancel()
        self._asked.clear()
