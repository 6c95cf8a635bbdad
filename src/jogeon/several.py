"""Several hubs on one NATS as one client: what `jogeon.connect("nats://HOST/a,b,c")` returns.

Each hub has a client of its own, so that what happens to one is told of its conditions alone. Names and seqs bear the
alias of their hub ("a/급등주", "a/4"): accounts name their conditions alike.
"""

import asyncio
import contextlib
import inspect
import sys
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from os import PathLike
from typing import Generic, NoReturn, Self, TypeVar

from jogeon.arguments import all_named, check_bounds, check_exchange
from jogeon.client import Client
from jogeon.errors import LocalProtocolError
from jogeon.events import Condition, Event, Exchange, Stock
from jogeon.live.feed import MAX_ROWS
from jogeon.live.listing import resolve
from jogeon.live.queue import MAX_BYTES, MAX_EVENTS, TWO_READERS
from jogeon.members import ByCondition, Members
from jogeon.prices import Price, Quote
from jogeon.watch import Watch

T = TypeVar("T")
NO_JOURNAL = "a watch of several hubs is not recorded: record each of them, nats://HOST/ALIAS, in a journal of its own"
NO_AFTER = "a position is one of a single hub: resume it at its own address"


class SeveralClients(Client):
    """The conditions of several hubs; `clients` are by alias. It is used as any Client, of which it takes the names."""

    def __init__(self, address: str, clients: Mapping[str, Client]) -> None:
        self.address = address
        self._clients = clients
        self._entered = False
        self._opened = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Connect to all; raises what the first one raises that cannot."""
        if self._entered:
            raise LocalProtocolError("a client is entered once, even if that failed: make another with jogeon.connect")
        self._entered = True
        self._opened = await _entered(self._clients.values())
        return self

    @property
    def heard(self) -> datetime | None:
        """When the last frame came of any, Korean time; None before the first."""
        return max((each.heard for each in self._clients.values() if each.heard is not None), default=None)

    @property
    def rest(self) -> str | None:
        """None: names and prices come over NATS."""
        return None

    async def conditions(self) -> list[Condition]:
        """Return the saved conditions of all."""
        listed = await asyncio.gather(*(each.conditions() for each in self._clients.values()))
        return [condition for each in listed for condition in each]

    async def search(
        self,
        wanted: str | int | Condition,
        *,
        exchange: Exchange = "K",
        max_rows: int = MAX_ROWS,
        progress: Callable[[int], object] | None = None,
    ) -> list[Stock]:
        """Return all stocks that are in a condition now."""
        condition = await self.resolve(wanted)
        client = self._clients[alias_of(condition)]
        return await client.search(condition, exchange=exchange, max_rows=max_rows, progress=progress)

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
    ) -> "SeveralWatches":
        """Return a watch of these names or seqs; of all conditions of all hubs if none is given.

        The bounds are those of each hub; as much again may wait where its events meet those of the others.
        LocalProtocolError for a `journal` and a position `after`.
        """
        del frames
        names = all_named(wanted)
        check_exchange(exchange)
        check_bounds(max_events=max_events, max_bytes=max_bytes)
        if journal is not None or after is not None:
            raise LocalProtocolError(NO_JOURNAL if after is None else NO_AFTER)

        def watched(alias: str, conditions: Sequence[Condition]) -> Watch:
            return self._clients[alias].watch(
                *conditions, exchange=exchange, prices=prices, max_events=max_events, max_bytes=max_bytes
            )

        return SeveralWatches(self, names, tuple(self._clients), watched)

    def quotes(self, *codes: str) -> AsyncGenerator[Quote]:
        """Return the quotes of these stocks, by way of the first hub: a stock costs the same at each."""
        return next(iter(self._clients.values())).quotes(*codes)

    async def clear(self, wanted: str | int | Condition) -> None:
        """Let a condition go at its hub."""
        condition = await self.resolve(wanted)
        await self._clients[alias_of(condition)].clear(condition)


async def _entered(managers: Iterable[AbstractAsyncContextManager[object]]) -> contextlib.AsyncExitStack:
    """Enter all of these at the same time, or none."""
    async with contextlib.AsyncExitStack() as opening:
        entering = [asyncio.create_task(opening.enter_async_context(each)) for each in managers]
        try:
            await asyncio.gather(*entering)
        except BaseException:
            for task in entering:
                task.cancel()
            await asyncio.gather(*entering, return_exceptions=True)
            raise
        return opening.pop_all()


def alias_of(condition: Condition) -> str:
    """Return the alias of the hub of a condition."""
    return condition.name.partition("/")[0]


class SeveralWatches(Watch):
    """The watches of several hubs as one; `watched` makes one of a hub, of all its conditions if none is named."""

    def __init__(
        self,
        client: Client,
        wanted: tuple[str | Condition, ...],
        aliases: Sequence[str],
        watched: Callable[[str, Sequence[Condition]], Watch],
    ) -> None:
        self._client = client
        self._wanted = wanted
        self._aliases = aliases
        self._watched = watched
        self._watches: list[Watch] = []
        self._events: Merged[list[Event]] | None = None
        self._begun: deque[Event] = deque()
        self._opened = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Follow the conditions; raises what the watch of a hub raises, UnknownCondition and AmbiguousCondition."""
        if self._events is not None:
            raise LocalProtocolError("a watch is entered once; make another one")
        by_alias: dict[str, list[Condition]] = {} if self._wanted else {alias: [] for alias in self._aliases}
        listing = await self._client.conditions()
        for wanted in self._wanted:
            condition = resolve(wanted, listing)
            by_alias.setdefault(alias_of(condition), []).append(condition)
        self._watches = [self._watched(*each) for each in by_alias.items()]
        self._events = Merged()
        self._opened = await _entered(self._watches)
        self._events.begin([each.batches() for each in self._watches])
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop following; what still waits can be read."""
        await self._opened.aclose()
        if self._events is not None:
            await self._events.finish([each.batches() for each in self._watches])

    @property
    def journal(self) -> None:
        """None: it is not recorded."""

    @property
    def conditions(self) -> list[Condition]:
        """The conditions that are followed, under their present seqs."""
        return [condition for each in self._watches for condition in each.conditions]

    @property
    def members(self) -> Members:
        """A copy of who is in now, also while nobody iterates."""
        return Members(item for each in self._watches for item in each.members.items())

    @property
    def prices(self) -> ByCondition[Price]:
        """A copy of what the members cost now and at their entry."""
        return ByCondition(item for each in self._watches for item in each.prices.items())

    async def price_changes(self) -> AsyncGenerator[Price]:
        """Yield the present price of each member that has another one; see jogeon.Watch.price_changes."""
        changes: Merged[Price] = Merged()
        changes.begin([each.price_changes() for each in self._watches])
        try:
            async for price in changes:
                yield price
        finally:
            await changes.finish([])

    # ------------------------------------------------------------ reading

    def __aiter__(self) -> AsyncIterator[Event]:
        """Return the one iterator of this watch."""
        return self

    async def __anext__(self) -> Event:
        """Return the next event."""
        if not self._begun:
            self._begun.extend(await anext(self._merged))
        return self._begun.popleft()

    def batches(self) -> AsyncIterator[list[Event]]:
        """Return the one iterator of this watch, over lists of what waits."""
        return _Batches(self)

    async def batch(self, limit: int) -> list[Event]:
        """Return what waits of a hub, at least one event and at most `limit`; StopAsyncIteration at the end."""
        if not self._begun:
            events = await anext(self._merged)
            if len(events) <= limit:
                return events
            self._begun.extend(events)
        return [self._begun.popleft() for _ in range(min(limit, len(self._begun)))]

    async def each(self, handler: Callable[[Event], Awaitable[object] | object]) -> None:
        """Call a plain or async function for each event; its exceptions come out unchanged."""
        async for event in self:
            result = handler(event)
            if result is not None and inspect.isawaitable(result):
                await result

    @property
    def _merged(self) -> "Merged[list[Event]]":
        if self._events is None:
            raise LocalProtocolError("nothing comes before a watch is entered: `async with client.watch(…) as watch:`")
        return self._events


class _Batches:
    def __init__(self, watch: SeveralWatches) -> None:
        self._watch = watch

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[list[Event]]:
        return self._watch.batch(sys.maxsize)


class Merged(Generic[T]):
    """What comes of several sources, of each in its order; of each at most one waits here, the rest in its own bounds.

    So what one costs does not depend on how many sources there are.
    """

    def __init__(self) -> None:
        self._waiting: deque[T] = deque()
        self._taken: deque[asyncio.Event] = deque()
        self._news = asyncio.Event()
        self._left = 0
        self._error: Exception | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._reads = False

    def begin(self, sources: Sequence[AsyncIterator[T]]) -> None:
        """Read these."""
        self._left = len(sources)
        self._tasks = [asyncio.create_task(self._read(source), name="jogeon merge") for source in sources]

    async def _read(self, source: AsyncIterator[T]) -> None:
        taken = asyncio.Event()
        try:
            async for one in source:
                self._put(one, taken)
                await taken.wait()
                taken.clear()
        except Exception as error:  # noqa: BLE001  # raised where it is read, behind what waits
            self._error = self._error or error
        self._left -= 1
        self._news.set()

    def _put(self, one: T, taken: asyncio.Event) -> None:
        self._waiting.append(one)
        self._taken.append(taken)
        self._news.set()

    def __aiter__(self) -> Self:
        """Return itself."""
        return self

    async def __anext__(self) -> T:
        """Return the next one; StopAsyncIteration once all sources have ended, or the first error one ended with."""
        if self._reads:
            raise LocalProtocolError(TWO_READERS)
        self._reads = True
        try:
            while not self._waiting:
                if not self._left:
                    self._stop()
                self._news.clear()
                await self._news.wait()
        finally:
            self._reads = False
        self._taken.popleft().set()
        return self._waiting.popleft()

    def _stop(self) -> NoReturn:
        raise self._error or StopAsyncIteration

    async def finish(self, sources: Sequence[AsyncIterator[T]]) -> None:
        """Stop reading as it comes; take what these hold, which have an end now."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for source in sources:
            try:
                async for one in source:
                    self._put(one, asyncio.Event())
            except Exception as error:  # noqa: BLE001  # as above
                self._error = self._error or error
        self._left = 0
        self._news.set()
