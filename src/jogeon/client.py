"""What a user holds: a Client for one account on one server, and the Watches made from it."""

import asyncio
import contextlib
import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from jogeon import messages
from jogeon.arguments import all_named, check_bounds, check_exchange, check_path, named
from jogeon.credentials import Endpoint
from jogeon.errors import (
    EmptyPageKey,
    JogeonError,
    LocalProtocolError,
    RemoteProtocolError,
    RepeatedPageKey,
    RequestRefused,
    RequestTimeout,
    TooManyPages,
    TooManyRows,
)
from jogeon.events import Condition, Event, Exchange, Member, Snapshot, State, Stock, korean
from jogeon.fanout import MAX_BYTES, MAX_EVENTS, Queue
from jogeon.jobs import Ask
from jogeon.listing import resolve
from jogeon.masks import unmasked
from jogeon.messages import Clear, ListConditions, Search
from jogeon.resume import Resumed
from jogeon.subscription import Sink, Subscription
from jogeon.subscriptions import Subscriptions
from jogeon.supervisor import Policy, Supervisor, refused
from jogeon.values import composed

if TYPE_CHECKING:
    from jogeon.journal import Journal
    from jogeon.recording import Recording

ENTER_TIMEOUT = 10.0
"""Seconds that entering a watch waits for first snapshots."""
LEAVE_TIMEOUT = 5.0
SEARCH_STARTS = 3
"""How often a search begins again because its condition moved, or its connection went, between two pages."""
MAX_PAGES = 500
MAX_ROWS = 10_000

DEFAULTS = Policy()

logger = logging.getLogger("jogeon.client")
logger.addFilter(unmasked)
_A = TypeVar("_A")


class Members(dict[Condition | str, dict[str, Member]]):
    """Who is in which condition, by name; a Condition finds the same entry."""

    def __missing__(self, key: Condition | str) -> dict[str, Member]:
        """Find a Condition by its name, and a name that macOS decomposed."""
        name = self._name(key)
        if name == key:
            raise KeyError(key)
        return self[name]

    def __contains__(self, key: object) -> bool:
        """Tell whether a name is there, or the name of a Condition."""
        return super().__contains__(key) or super().__contains__(self._name(key))

    @staticmethod
    def _name(key: object) -> Any:
        name = key.name if isinstance(key, Condition) else key
        return composed(name) if isinstance(name, str) else name

    def get(self, key: Condition | str, default: Any = None) -> Any:
        """Return the members of a condition, by its name or as a Condition, else a default."""
        try:
            return self[key]
        except KeyError:
            return default


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
        self._watches: list[Watch] = []
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
            with contextlib.suppress(_Moved):
                return await self._pages(wanted, exchange, max_rows, progress)
        raise RemoteProtocolError("the conditions kept moving while the pages of a search were read")

    async def _pages(
        self, wanted: str | Condition, exchange: Exchange, max_rows: int, progress: Callable[[int], object] | None
    ) -> list[Stock]:
        """Read the pages of one search; _Moved if a page would be one of another condition or another connection."""
        stocks: list[Stock] = []
        pages = _Pages(wanted, exchange, lambda: self._running.connection_number)
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
        frames: bool = True,
    ) -> "Watch":
        """Return a Watch (실시간 조건검색, ka10173) of these names or seqs; of all conditions if none is given.

        What is not read beyond `max_events` or `max_bytes` is told as a Gap (`lagged`), never waited for. `journal` is
        a file that keeps all it yields, with the raw `frames` beside it; what it holds already is gone on from.
        """
        names = all_named(wanted)
        check_exchange(exchange)
        check_bounds(max_events=max_events, max_bytes=max_bytes)
        check_path("journal", journal)
        queue = Queue(self._current, self._wall, max_events=max_events, max_bytes=max_bytes)
        return Watch(self, names, exchange, queue, journal=None if journal is None else Path(journal), frames=frames)

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
        for watch in list(self._watches):
            watch._release(error)

    def _current(self, condition: Condition) -> Snapshot | None:
        """Return what is true of a condition now, for a consumer that lagged."""
        subscription = self._subscriptions.of(condition)
        return None if subscription is None else subscription.membership.now(self._wall())


class Watch:
    """The wish to follow conditions (실시간 감시). Use it as an async context manager and iterate it.

    Entering it resolves the names and waits for the first snapshots as long as the server answers; leaving it sends
    CNSRCLR. It is entered once.
    After the event State `ended`, iteration stops, or raises the error that ended the client for good.
    """

    def __init__(
        self,
        client: Client,
        wanted: tuple[str | Condition, ...],
        exchange: Exchange,
        queue: Queue,
        *,
        journal: Path | None,
        frames: bool,
    ) -> None:
        self._client = client
        self._subscriptions = client._subscriptions
        self._wanted = wanted
        self._exchange: Exchange = exchange
        self._queue = queue
        self._sink: Queue | Resumed = queue
        self._file = journal
        self._frames = frames
        self._recording: Recording | None = None
        self._cleared: list[str] = []
        self._entered = False

    async def __aenter__(self) -> Self:
        """Follow the conditions; UnknownCondition, AmbiguousCondition, or RequestRefused if all were refused for good.

        Waits for the first snapshots, at most ENTER_TIMEOUT seconds: a condition that is refused or not answered while
        others are, or for now, is asked for as long as the watch lasts, and told as State `unanswered`.
        """
        if self._entered:
            raise LocalProtocolError("a watch is entered once; make another one")
        self._entered = True
        listing = await self._client.conditions()
        for wanted in self._wanted:
            resolve(wanted, listing)  # a name that is not there costs no file
        if self._file is not None:
            await self._record(self._file, listing)
        try:
            self._follow()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ENTER_TIMEOUT):
                    await self._settle()
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop following; what no other watch needs is cleared at the server. JournalError if not all was recorded."""
        await self._leave()

    async def _record(self, path: Path, listing: Sequence[Condition]) -> None:
        """Open the journal; the watch and its journal go on from what it holds, both with the same gap."""
        from jogeon.recording import Recorded, Recording  # a watch that is not recorded needs no SQLite

        client = self._client
        running = client._running
        recorded = Recorded(
            self._subscriptions, running, client._current, client._wall, lambda: running.listening_ns
        )
        recording = Recording(recorded, listing)
        await recording.open(path, frames=self._frames)
        self._recording = recording
        self._sink = Resumed(self._queue, recording.journal.last, listing)

    def _follow(self) -> None:
        """Follow what is wanted, by the names of the list as it is now: opening a journal may have taken a while."""
        if self._client._running.ended is not None:
            raise self._client._running.ended
        listing = self._subscriptions.listing.conditions
        conditions = list(dict.fromkeys(resolve(wanted, listing) for wanted in self._wanted))
        self._client._watches.append(self)
        at_ns = self._client._wall()
        cause = "" if self._recording is None else "; ".join(self._recording.journal.notices)
        for sink in self._sinks:
            self._join(sink, conditions, at_ns, cause)
        self._client._running.wake()

    @property
    def _sinks(self) -> list[Queue | Resumed]:
        return [self._sink] if self._recording is None else [self._recording.sink, self._sink]

    def _join(self, sink: Sink, conditions: list[Condition], at_ns: int, cause: str) -> None:
        self._subscriptions.join(sink)
        sink.put(State(at_ns, "started", None, cause))
        for condition in conditions:
            self._subscriptions.want(condition, sink, self._exchange, at_ns)
        if not self._wanted:
            self._subscriptions.want_all(sink, self._exchange, at_ns)

    async def _settle(self) -> None:
        """Wait for the first snapshots, but not for a condition that is silent or a connection that is lost."""
        followed, supervisor = self._followed, self._client._running
        while not all(subscription.settled for subscription in followed):
            silent = any(isinstance(subscription.error, RequestTimeout) for subscription in followed)
            if silent or supervisor.ended is not None or not supervisor.serving:
                return
            await supervisor.change()
        errors = [subscription.error for subscription in followed]
        if errors and all(isinstance(error, RequestRefused) and error.lasts for error in errors):
            raise errors[0] or AssertionError

    async def _leave(self) -> None:
        self._release(None)
        supervisor = self._client._running
        supervisor.wake()
        with contextlib.suppress(TimeoutError, JogeonError):
            async with asyncio.timeout(LEAVE_TIMEOUT):
                while self._subscriptions.is_leaving(self._cleared):
                    await supervisor.change()
        if self._recording is not None:
            self._recording.finish()
            await self._recording.close()

    def _release(self, error: JogeonError | None) -> None:
        """Tell the open gaps and the end, and close the stream."""
        if self not in self._client._watches:
            return
        self._client._watches.remove(self)
        at_ns = self._client._wall()
        self._queue.end()
        if self._recording is not None:
            self._recording.settle()
        for sink in self._sinks:
            self._part(sink, at_ns, "" if error is None else str(error))
        if self._recording is not None:
            self._recording.finish()
        self._queue.close(error)

    def _part(self, sink: Queue | Resumed, at_ns: int, cause: str) -> None:
        conditions = [subscription.condition for subscription in self._subscriptions.followed_by(sink)]
        self._cleared += self._subscriptions.leave(sink, at_ns)
        if isinstance(sink, Resumed):
            sink.end(conditions, at_ns)
        sink.put(State(at_ns, "ended", None, cause))

    @property
    def journal(self) -> "Journal | None":
        """The journal that is written, None if the watch is not recorded: what is durable, and whether all is well."""
        return None if self._recording is None else self._recording.journal

    @property
    def _followed(self) -> list[Subscription]:
        return self._subscriptions.followed_by(self._sink)

    @property
    def conditions(self) -> list[Condition]:
        """The conditions that are followed, under their present seqs."""
        return [subscription.condition for subscription in self._followed]

    @property
    def members(self) -> Members:
        """A copy of who is in now (편입 종목): {name: {code: Member}}, also while nobody iterates."""
        return Members((subscription.key, subscription.membership.members()) for subscription in self._followed)

    def __aiter__(self) -> AsyncIterator[Event]:
        """Return the one iterator of this watch; another reader needs a watch of its own."""
        return self._readable.read()

    def __anext__(self) -> Awaitable[Event]:
        """Return the next event."""
        return anext(self._readable)

    @property
    def _readable(self) -> Queue:
        if not self._entered:
            raise LocalProtocolError("nothing comes before a watch is entered: `async with client.watch(…) as watch:`")
        return self._queue

    async def batch(self, limit: int) -> list[Event]:
        """Return what waits, at least one event and at most `limit`; for those who pay for each crossing."""
        return await self._readable.get_batch(limit)

    def finish(self) -> None:
        """End the stream behind what waits in it, now; leaving the watch does the rest."""
        self._release(None)

    async def each(self, handler: Callable[[Event], Awaitable[object] | object]) -> None:
        """Call a plain or async function for each event; its exceptions come out unchanged."""
        take = self._queue.take
        async for first in self:
            event: Event | None = first
            while event is not None:
                result = handler(event)
                if result is not None and inspect.isawaitable(result):
                    await result
                event = take()


class _Moved(JogeonError):
    """The condition of a search moved, or its connection went, between two pages."""


class _Pages:
    """The pages of one search: each is asked for by name, and they are all of one connection and one seq."""

    def __init__(self, wanted: str | Condition, exchange: Exchange, connection_number: Callable[[], int]) -> None:
        self._wanted = wanted
        self._exchange: Exchange = exchange
        self._number = connection_number
        self._first: tuple[str, int] | None = None
        self._key = ""
        self._used: set[str] = set()

    def ask(self, listing: Sequence[Condition]) -> Search:
        """Return the request for the next page; UnknownCondition, AmbiguousCondition, _Moved."""
        there = (resolve(self._wanted, listing).seq, self._number())
        if self._key and there != self._first:
            raise _Moved("the conditions moved between two pages of a search")
        self._first = there
        return Search(there[0], self._exchange, "Y" if self._key else "N", self._key)

    def turn(self, key: str, rows: int) -> None:
        """Go on to the next page; a key that is empty or was used would never end: EmptyPageKey, RepeatedPageKey."""
        if not key:
            raise EmptyPageKey("a page says that more follows and gives no key", rows=rows)
        if key in self._used:
            raise RepeatedPageKey("a page gives a key that was used before", rows=rows)
        self._used.add(key)
        self._key = key
