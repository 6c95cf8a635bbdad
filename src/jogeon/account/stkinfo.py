"""Names and prices from the broker's REST address: asks ka10099 and ka10095 with the token of the session.

What goes wrong is returned, not raised: a watch that shows a name or a price never ends for want of one. All that asks
in a session shares one `Budget`.
"""

import asyncio
import functools
import importlib
import logging
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from jogeon.endpoint import Tokens
from jogeon.errors import (
    BUSY_CODES,
    STALE_TOKEN_CODES,
    JogeonError,
    LocalProtocolError,
    RemoteProtocolError,
    RequestRefused,
)
from jogeon.masks import unmasked
from jogeon.net import proxy_for, wrong_answer
from jogeon.reports import Report
from jogeon.web import Response, exchange
from jogeon.wire import stocks
from jogeon.wire.messages import Malformed, Refusal
from jogeon.wire.stocks import ListedStock, PricedStock

if TYPE_CHECKING:
    from jogeon.account.names import Learned

PAUSE = 1.0
"""Seconds between two requests: one a second of each kind is safe, and of both together no limit is in sight."""
LONGEST_PAUSE = 8.0
"""Seconds between two requests after the broker refused several for their rate."""
RECOVERY = 0.9
"""What a granted request makes of a longer pause: back to normal after some twenty."""
LIMIT = 4 * 2**20
"""Bytes of an answer; all stocks of the largest market are about one MiB."""


class Rank(Struct, frozen=True):
    """How many seconds a request lets others go before it that come after it.

    `usual`, and `hurried` while a stock that has just entered waits for its price.
    """

    usual: float
    hurried: float


URGENT = Rank(0.0, 0.0)
"""The prices that a program follows, those of stocks that have just entered among them."""
SHARED = Rank(4.0, 0.0)
"""The same in a hub: without an entry they take turns with what the programs below ask for."""
SOON = Rank(4.0, 4.0)
"""What somebody asked for and waits for."""
NAMES = Rank(4.0, 20.0)
"""The few requests that name nearly all stocks, once a day. Each costs 40 stocks that enter in that second their price
within the next; what they are called comes with their prices."""
LATER = Rank(8.0, 24.0)
"""What can wait. Nobody waits for ever."""

Codes = Sequence[str] | Callable[[], Sequence[str]]
Content = Callable[[], bytes]
"""The body of a request, made when it can be sent; an empty one is not sent."""
T = TypeVar("T")
logger = logging.getLogger("jogeon.stkinfo")
logger.addFilter(unmasked)


class Budget:
    """One request each PAUSE seconds for all that share it; fewer while the broker refuses them for their rate."""

    def __init__(self) -> None:
        self.pause = PAUSE
        """Seconds between two requests now."""
        self.hurry: Callable[[], bool] = lambda: False
        """Whether a stock that has just entered waits for its price."""
        self._waiting: dict[asyncio.Future[None], tuple[float, Rank]] = {}
        """Who waits, since when, in order of coming."""
        self._free = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, rank: Rank = LATER) -> None:
        """Wait until a request may be sent."""
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[None] = loop.create_future()
        self._waiting[mine] = loop.time(), rank
        self._give()
        await mine

    def granted(self) -> None:
        """Note that the broker answered."""
        self.pause = max(PAUSE, self.pause * RECOVERY)

    def refused(self) -> None:
        """Note that the broker refused a request for its rate."""
        self.pause = min(LONGEST_PAUSE, self.pause * 2)
        self._free += self.pause

    def _give(self) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
        now = loop.time()
        while self._waiting and now >= self._free:
            first = self._first()
            del self._waiting[first]
            if not first.done():  # nobody waits any more, where it is
                first.set_result(None)
                self._free = now + self.pause
        self._timer = loop.call_later(self._free - now, self._give) if self._waiting else None

    def _first(self) -> asyncio.Future[None]:
        """Return whose turn is next; of several the one that came first."""
        hurry = self.hurry()

        def turn(mine: asyncio.Future[None]) -> float:
            since, rank = self._waiting[mine]
            return since + (rank.hurried if hurry else rank.usual)

        return min(self._waiting, key=turn)


class Page(Struct, frozen=True):
    """A page of the stocks of a market; `next_key` asks for the next one, "" if it is the last."""

    stocks: tuple[ListedStock, ...]
    next_key: str = ""


class StockInfo:
    """The stocks of a broker, asked for under one budget.

    `rest()` is the REST address, one that may have the token, or None while none is known. `proxy` is the one on the
    way to the websocket; this machine is never reached through it.
    """

    def __init__(self, rest: Callable[[], str | None], tokens: Tokens, *, proxy: str | None = None) -> None:
        self._rest = rest
        self._tokens = tokens
        self._proxy = proxy
        self.budget = Budget()
        self.learn: Callable[[Iterable[Learned]], object] = lambda _: None
        """Gets the names that stand in every answer."""

    @property
    def address(self) -> str | None:
        """Where is asked, None while that is not known: then each answer is a LocalProtocolError."""
        return self._rest()

    async def prices(self, codes: Codes, rank: Rank = SOON) -> tuple[PricedStock, ...] | JogeonError:
        """Return prices (ka10095) of at most MOST_ASKED stocks, or why there are none.

        Codes that are to be chosen (a callable) are so when the request can be sent; if there are none then, it is not.

        A stock that the broker does not know is missing in the answer. The error is CouldNotConnect (no answer, a page
        of maintenance), RequestRefused, TokenRefused, or RemoteProtocolError for what cannot be read; `is_busy` tells
        whether it was refused for the rate, to which the budget has adapted already.
        """
        chosen = functools.cache(lambda: codes() if callable(codes) else codes)  # once, though a token be renewed
        answered = await self._asked(stocks.PRICES, lambda: _prices_request(chosen()), stocks.decode_prices, rank)
        if isinstance(answered, JogeonError):
            return answered
        self.learn((stock.code, stock.name, "") for stock in answered[0])
        return answered[0]

    async def names(self, market: str, next_key: str = "", rank: Rank = LATER) -> Page | JogeonError:
        """Return a page of all stocks of a market (ka10099, `MARKETS`), or why there is none, as `prices` does."""
        content = stocks.encode_names_request(market)
        answered = await self._asked(stocks.NAMES, lambda: content, stocks.decode_names, rank, next_key)
        if isinstance(answered, JogeonError):
            return answered
        self.learn((stock.code, stock.name, stock.market or market) for stock in answered[0])
        return Page(*answered)

    async def _asked(
        self,
        kind: str,
        content: Content,
        decode: Callable[[bytes], tuple[T, ...] | Refusal | Malformed],
        rank: Rank,
        next_key: str = "",
    ) -> tuple[tuple[T, ...], str] | JogeonError:
        """Return the rows of an answer and the key of the next page; a stale token is renewed once."""
        try:
            token = await self._tokens.current()
            answered = await self._asked_with(token, kind, content, decode, rank, next_key)
            if isinstance(answered, JogeonError) and answered.code in STALE_TOKEN_CODES:
                renewed = await self._tokens.renew(token)
                if renewed is not None:
                    answered = await self._asked_with(renewed, kind, content, decode, rank, next_key)
        except JogeonError as error:
            answered = error
        if isinstance(answered, JogeonError):
            logger.info("%s: %s", kind, answered)
        return answered

    async def _asked_with(
        self,
        token: str,
        kind: str,
        content: Content,
        decode: Callable[[bytes], tuple[T, ...] | Refusal | Malformed],
        rank: Rank,
        next_key: str,
    ) -> tuple[tuple[T, ...], str] | JogeonError:
        if "httpx2" not in sys.modules:  # it takes so long to import that the loop would seem to be stopped
            await asyncio.to_thread(importlib.import_module, "httpx2")
        await self.budget.turn(rank)
        rest = self._rest()
        if rest is None:
            return LocalProtocolError(Report("no REST address"))
        url, proxy = rest + stocks.PATH, proxy_for(rest, self._proxy or "")
        headers = _headers(kind, token, next_key)
        written = content()
        if not written:
            return (), ""
        response = await exchange("POST", url, lambda: written, headers=headers, proxy=proxy, limit=LIMIT)
        rows = await asyncio.to_thread(decode, response.body)
        if isinstance(rows, tuple) and response.status == 200:
            self.budget.granted()
            return rows, _next_key(response)
        error = _error(kind, response, rows, url, proxy)
        if is_busy(error):
            self.budget.refused()
        return error


def _prices_request(codes: Sequence[str]) -> bytes:
    return stocks.encode_prices_request(codes) if codes else b""


def _error(kind: str, response: Response, answer: object, url: str, proxy: str | None) -> JogeonError:
    """Return what an answer without rows means: a refusal, too many requests, a page of maintenance, or nonsense."""
    if isinstance(answer, Refusal) and (answer.code in BUSY_CODES or response.status != 429):
        return RequestRefused(kind, code=answer.code, text=answer.text)
    if response.status == 429:
        return RequestRefused(kind, code="429", text="")
    if isinstance(answer, Malformed) and response.status == 200 and response.body.lstrip()[:1] in (b"{", b"["):
        return RemoteProtocolError(Report("unreadable reply", name=kind, text=answer.reason))
    return wrong_answer(url, response.status, response.body, response.headers.get("content-type", ""), proxy)


def is_busy(error: JogeonError) -> bool:
    """Tell whether a request was refused for the rate of requests."""
    return error.code in BUSY_CODES


def _headers(kind: str, token: str, next_key: str) -> dict[str, str]:
    more = {"cont-yn": "Y", "next-key": next_key} if next_key else {"cont-yn": "N", "next-key": ""}
    content = {"Content-Type": "application/json;charset=UTF-8"}
    return content | {"api-id": kind, "authorization": f"Bearer {token}"} | more


def _next_key(response: Response) -> str:
    """Return the key of the next page, "" if none follows or it cannot be sent back as it came."""
    key = response.headers.get("next-key", "").strip()
    follows = response.headers.get("cont-yn", "").strip().upper() == "Y"
    return key if follows and key.isascii() and key.isprintable() else ""
