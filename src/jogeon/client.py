"""What a user holds first: a Client for one account on one server, from which Watches are made."""

import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Self

from jogeon.account.markets import Markets, kept
from jogeon.account.names import Names
from jogeon.account.stkinfo import URGENT, StockInfo
from jogeon.arguments import all_named, check_bounds, check_exchange, check_path, named, position_in, stock_codes
from jogeon.endpoint import Endpoint
from jogeon.errors import LocalProtocolError
from jogeon.events import Condition, Exchange, Stock, korean
from jogeon.live.feed import MAX_ROWS, Feed
from jogeon.live.ledger import Ledger
from jogeon.live.listing import resolve
from jogeon.live.policy import Policy
from jogeon.live.queue import MAX_BYTES, MAX_EVENTS, Queue
from jogeon.prices import Quote
from jogeon.watch import Watch

DEFAULTS = Policy()


class Client:
    """The conditions of one account on one server; made by `jogeon.connect`, used as an async context manager.

    Entering it connects and logs in; CouldNotConnect, ConnectionLost, LoginRefused or SessionTaken tell why it did not.
    `address` is what people call the server.
    """

    def __init__(
        self,
        endpoint: AbstractAsyncContextManager[Endpoint],
        *,
        name: str,
        policy: Policy = DEFAULTS,
        names: Names | None = None,
    ) -> None:
        self.address = name
        self._endpoint = endpoint
        self._names = Names() if names is None else names
        self._feed = Feed(policy, self._names.of)
        self._names.on_named = self._feed.named
        self._markets: Markets | None = None
        self._named = policy.ask is None
        """Whether names are asked for over HTTP; they come with the stream of NATS."""
        self._entered = False
        self._opened = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Connect and log in; a client is entered once."""
        if self._entered:
            raise LocalProtocolError("a client is entered once, even if that failed: make another with jogeon.connect")
        self._entered = True
        async with contextlib.AsyncExitStack() as opening:
            endpoint = await opening.enter_async_context(self._endpoint)
            stocks = StockInfo(lambda: self._feed.rest, endpoint.tokens, proxy=endpoint.proxy)
            stocks.learn = self._names.learn
            stocks.budget.hurry = lambda: self._feed.pricing.turns.hurried
            self._markets = await opening.enter_async_context(kept(self._names, stocks))
            self._feed.asking.ask = self._feed.asking.ask or partial(stocks.prices, rank=URGENT)
            await self._feed.start(endpoint)
            opening.push_async_callback(self._feed.stop)
            self._opened = opening.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close the connection and whatever was started for it."""
        await self._opened.aclose()

    @property
    def heard(self) -> datetime | None:
        """When the last frame came, a PING too, Korean time; None before the first."""
        heard_ns = self._feed.heard_ns
        return korean(heard_ns) if heard_ns else None

    @property
    def rest(self) -> str | None:
        """Where names and prices are asked for (HTTP), None where nobody knows: then stocks have neither."""
        return self._feed.rest

    async def conditions(self) -> list[Condition]:
        """Return the saved conditions (조건식 목록, ka10171) in the broker's order, as of at most a second ago."""
        return await self._feed.conditions()

    async def resolve(self, wanted: str | int | Condition) -> Condition:
        """Return the condition with this name, else with this seq; UnknownCondition, AmbiguousCondition."""
        return resolve(named(wanted), await self.conditions())

    async def search(
        self,
        wanted: str | int | Condition,
        *,
        exchange: Exchange = "K",
        max_rows: int = MAX_ROWS,
        progress: Callable[[int], object] | None = None,
    ) -> list[Stock]:
        """Return all stocks that are in a condition now (조건검색, ka10172), all pages; `progress(rows)` after each.

        Raises EmptyPageKey, RepeatedPageKey, TooManyPages or TooManyRows if the pages do not end properly.
        """
        wanted = named(wanted)
        check_exchange(exchange)
        check_bounds(max_rows=max_rows)
        found = await self._feed.search(wanted, exchange=exchange, max_rows=max_rows, progress=progress)
        self._names.learn((stock.code, stock.name, "") for stock in found)
        return found

    def watch(
        self,
        *wanted: str | int | Condition,
        exchange: Exchange = "K",
        max_events: int = MAX_EVENTS,
        max_bytes: int = MAX_BYTES,
        journal: str | PathLike[str] | None = None,
        frames: bool = False,
        prices: bool = False,
        after: str | None = None,
    ) -> Watch:
        """Return a Watch (실시간 조건검색, ka10173) of these names or seqs; of all conditions if none is given.

        What is not read beyond `max_events` or `max_bytes` is told as a Gap (`lagged`), never waited for. `journal` is
        a file that keeps all it yields, with the raw `frames` too if asked; what it holds already is gone on from.
        `prices`: what each member costs now and at its entry is kept up too, see `Watch.prices`, and kept in the
        journal. They are KRX's. `after`: on a hub, the position (JOURNAL:EPOCH:N, EPOCH:N) behind which its numbered
        stream goes on, from the members that were known there; in its first watch only.
        """
        names = all_named(wanted)
        position = None if after is None else position_in(after)
        check_exchange(exchange)
        check_bounds(max_events=max_events, max_bytes=max_bytes)
        check_path("journal", journal)
        feed, bounds = self._feed, {"max_events": max_events, "max_bytes": max_bytes}
        queue = Queue(feed.current, feed.wall, **bounds, name_of=feed.name_of)
        path = None if journal is None else Path(journal)
        if self._markets is not None and self._named:
            self._markets.want()
        ledger = Ledger(feed.pricing) if prices else None
        return Watch(feed, names, exchange, queue, journal=path, frames=frames, ledger=ledger, after=position)

    def quotes(self, *codes: str) -> AsyncGenerator[Quote]:
        """Return the quotes of these stocks (시세), KRX's: what is known at first, then the latest after each trade.

        Trades are pushed (0B) as far as the broker has room (`price_limit`), the rest is asked for (ka10095). A quote
        that a later one has replaced meanwhile is not told. One with nothing in it is of a stock that the broker does
        not know. They go on until the client ends, and raise what ended it.
        """
        return self._feed.quotes(stock_codes(codes))

    async def clear(self, wanted: str | int | Condition) -> None:
        """Send CNSRCLR (실시간 해제, ka10174) for a condition; it ends a registration of this session only."""
        await self._feed.clear(named(wanted))
