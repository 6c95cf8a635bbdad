"""What a user holds first: a Client for one account on one server, from which Watches are made."""

import contextlib
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Self, TypeVar

from jogeon.arguments import all_named, check_bounds, check_exchange, check_path, named
from jogeon.endpoint import Endpoint
from jogeon.errors import JogeonError, LocalProtocolError, RemoteProtocolError, TooManyPages, TooManyRows
from jogeon.events import Condition, Exchange, Stock, korean
from jogeon.live.jobs import Ask
from jogeon.live.listing import resolve
from jogeon.live.pages import Moved, Pages
from jogeon.live.policy import Policy
from jogeon.live.queue import MAX_BYTES, MAX_EVENTS, Queue
from jogeon.live.serving import refused
from jogeon.live.subscriptions import Subscriptions
from jogeon.live.supervisor import Supervisor
from jogeon.masks import unmasked
from jogeon.watch import Ties, Watch
from jogeon.wire import messages
from jogeon.wire.messages import Clear, ListConditions

SEARCH_STARTS = 3
"""How often a search begins again because its condition moved, or its connection went, between two pages."""
MAX_PAGES = 500
MAX_ROWS = 10_000

DEFAULTS = Policy()

logger = logging.getLogger("jogeon.client")
logger.addFilter(unmasked)
_A = TypeVar("_A")


class Client:
    """The conditions of one account on one server; made by `jogeon.connect`, used as an async context manager.

    Entering it connects and logs in; CouldNotConnect, ConnectionLost, LoginRefused or SessionTaken tell why it did not.
    `address` is what people call the server.
    """

    def __init__(
        self, endpoint: AbstractAsyncContextManager[Endpoint], *, name: str, policy: Policy = DEFAULTS
    ) -> None:
        self.address = name
        self._endpoint = endpoint
        self._policy = policy
        self._wall = policy.wall
        self._subscriptions = Subscriptions(recheck=policy.recheck)
        self._ties = Ties(self._subscriptions, self._wall, lambda: self._running, self.conditions, [])
        self._entered = False
        self._supervisor: Supervisor | None = None
        self._opened = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Connect and log in; a client is entered once."""
        if self._entered:
            raise LocalProtocolError("a client is entered once, even if that failed: make another with jogeon.connect")
        self._entered = True
        async with contextlib.AsyncExitStack() as opening:
            endpoint = await opening.enter_async_context(self._endpoint)
            supervisor = Supervisor(endpoint, self._subscriptions, self._end, self._policy)
            await supervisor.start()
            opening.push_async_callback(supervisor.stop)
            self._supervisor = supervisor
            self._opened = opening.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close the connection and whatever was started for it."""
        await self._opened.aclose()

    @property
    def _running(self) -> Supervisor:
        if self._supervisor is None:
            raise LocalProtocolError("the client is not connected: use it in `async with`")
        return self._supervisor

    @property
    def heard(self) -> datetime | None:
        """When the last frame came, a PING too, Korean time; None before the first."""
        heard_ns = 0 if self._supervisor is None else self._supervisor.heard_ns
        return korean(heard_ns) if heard_ns else None

    async def conditions(self) -> list[Condition]:
        """Return the saved conditions (조건식 목록, ka10171) in the broker's order, as of at most a second ago."""
        return list((await self._ask(lambda _: ListConditions(), messages.ConditionList)).conditions)

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
        for _ in range(SEARCH_STARTS):
            with contextlib.suppress(Moved):
                return await self._pages(wanted, exchange, max_rows, progress)
        raise RemoteProtocolError("the conditions kept moving while the pages of a search were read")

    async def _pages(
        self, wanted: str | Condition, exchange: Exchange, max_rows: int, progress: Callable[[int], object] | None
    ) -> list[Stock]:
        """Read the pages of one search; Moved if a page would be one of another condition or another connection."""
        stocks: list[Stock] = []
        pages = Pages(wanted, exchange, lambda: self._running.connection_number)
        for _ in range(MAX_PAGES):
            page = await self._ask(pages.ask, messages.SearchPage)
            for oddity in page.oddities:
                logger.warning("search %s: not readable, left out or empty: %s", wanted, oddity)
            stocks += page.stocks
            if progress is not None:
                progress(len(stocks))
            if len(stocks) > max_rows:
                raise TooManyRows(f"more than {max_rows} rows came", rows=len(stocks))
            if page.cont_yn != "Y":
                return stocks
            pages.turn(page.next_key, len(stocks))
        raise TooManyPages(f"more than {MAX_PAGES} pages came", rows=len(stocks))

    def watch(
        self,
        *wanted: str | int | Condition,
        exchange: Exchange = "K",
        max_events: int = MAX_EVENTS,
        max_bytes: int = MAX_BYTES,
        journal: str | PathLike[str] | None = None,
        frames: bool = False,
    ) -> Watch:
        """Return a Watch (실시간 조건검색, ka10173) of these names or seqs; of all conditions if none is given.

        What is not read beyond `max_events` or `max_bytes` is told as a Gap (`lagged`), never waited for. `journal` is
        a file that keeps all it yields, with the raw `frames` too if asked; what it holds already is gone on from.
        """
        names = all_named(wanted)
        check_exchange(exchange)
        check_bounds(max_events=max_events, max_bytes=max_bytes)
        check_path("journal", journal)
        queue = Queue(self._ties.current, self._wall, max_events=max_events, max_bytes=max_bytes)
        path = None if journal is None else Path(journal)
        return Watch(self._ties, names, exchange, queue, journal=path, frames=frames)

    async def clear(self, wanted: str | int | Condition) -> None:
        """Send CNSRCLR (실시간 해제, ka10174) for a condition; it ends a registration of this session only."""
        name = named(wanted)

        def ask(listing: Sequence[Condition]) -> Clear:
            condition = resolve(name, listing)
            if self._subscriptions.of(condition) is not None:
                raise LocalProtocolError(f"a watch of this client follows {condition.name!r}: leave the watch instead")
            return Clear(condition.seq)

        await self._ask(ask, messages.Cleared)

    async def _ask(self, ask: Ask, expected: type[_A]) -> _A:
        answer = await self._running.ask(ask)
        if not isinstance(answer, expected):
            raise refused(expected.__name__, answer)
        return answer

    def _end(self, error: JogeonError | None) -> None:
        for watch in list(self._ties.watches):
            watch.finish(error)
