"""What a user holds of what is followed: a Watch, its journal if it has one, and who is in now."""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from jogeon.errors import JogeonError, LocalProtocolError, RequestRefused, RequestTimeout
from jogeon.events import Condition, Event, Exchange, State
from jogeon.journal.position import Position
from jogeon.journal.resume import RestartGap
from jogeon.live.feed import Feed
from jogeon.live.ledger import Ledger
from jogeon.live.listing import resolve
from jogeon.live.queue import Queue
from jogeon.live.subscription import Subscription
from jogeon.members import ByCondition, Members
from jogeon.prices import Price

if TYPE_CHECKING:
    from jogeon.journal.writer import Journal
    from jogeon.recording import Recording

ENTER_TIMEOUT = 10.0
"""Seconds that entering a watch waits for first snapshots."""
LEAVE_TIMEOUT = 5.0


class Watch:
    """The wish to follow conditions (실시간 감시). Use it as an async context manager and iterate it.

    Entering it resolves the names and waits for the first snapshots as long as the server answers; leaving it sends
    CNSRCLR. It is entered once.
    After the event State `ended`, iteration stops, or raises the error that ended the client for good.
    """

    def __init__(
        self,
        feed: Feed,
        wanted: tuple[str | Condition, ...],
        exchange: Exchange,
        queue: Queue,
        *,
        journal: Path | None,
        frames: bool,
        ledger: Ledger | None = None,
        after: Position | None = None,
    ) -> None:
        self._feed = feed
        self._wanted = wanted
        self._exchange: Exchange = exchange
        self._queue = queue
        self._sink: Queue | RestartGap = queue
        self._file = journal
        self._frames = frames
        self._recording: Recording | None = None
        self._cleared: list[str] = []
        self._ledger = ledger
        self._after = after
        self._news = asyncio.Event()
        self._entered = False

    async def __aenter__(self) -> Self:
        """Follow the conditions; UnknownCondition, AmbiguousCondition, or RequestRefused if all were refused for good.

        Waits for the first snapshots, at most ENTER_TIMEOUT seconds: a condition that is refused or not answered while
        others are, or for now, is asked for as long as the watch lasts, and told as State `unanswered`.
        """
        if self._entered:
            raise LocalProtocolError("a watch is entered once; make another one")
        self._entered = True
        listing = await self._feed.conditions()
        if self._after is not None:
            self._feed.begin_behind(self._after.journal or "", (self._after.epoch, self._after.n))
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
        from jogeon.recording import Recording  # a watch that is not recorded needs no SQLite

        recording = Recording(self._feed, listing)
        await recording.open(path, frames=self._frames, notice=self._queue.put)
        self._recording = recording
        self._sink = RestartGap(self._queue, recording.journal.last, listing, self._feed.name_of)

    def _follow(self) -> None:
        """Follow what is wanted, by the names of the list as it is now: opening a journal may have taken a while."""
        listing = self._feed.listing
        conditions = list(dict.fromkeys(resolve(wanted, listing) for wanted in self._wanted))
        self._feed.readers.append(self)
        self._feed.on_set_back.append(self._queue.set_backs.note)
        if self._ledger is not None:
            self._ledger.on_news = self._news.set
            self._ledger.keep = None if self._recording is None else self._recording.journal.quote
            self._feed.want_prices()
        notices = () if self._recording is None else self._recording.journal.notices
        at_ns = self._feed.wall()
        for sink in self._sinks:
            sink.put(State(at_ns, "started", notices=notices))
            self._feed.follow(sink, conditions if self._wanted else None, self._exchange, at_ns)

    @property
    def _sinks(self) -> list[Queue | RestartGap | Ledger]:
        """Return where the events go; prices come first, so that no reader sees an event before they know of it."""
        sinks: list[Queue | RestartGap | Ledger] = [] if self._ledger is None else [self._ledger]
        if self._recording is not None:
            sinks.append(self._recording.sink)
        return [*sinks, self._sink]

    async def _settle(self) -> None:
        """Wait for the first snapshots, but not for a condition that is silent or a connection that is lost."""
        followed = self._followed
        while not all(subscription.settled for subscription in followed):
            silent = any(isinstance(subscription.attempts.error, RequestTimeout) for subscription in followed)
            if silent or not self._feed.serving:
                return
            await self._feed.change()
        errors = [subscription.attempts.error for subscription in followed]
        if errors and all(isinstance(error, RequestRefused) and error.lasts for error in errors):
            raise errors[0] or AssertionError

    async def _leave(self) -> None:
        self.finish()
        try:
            with contextlib.suppress(TimeoutError, JogeonError):
                async with asyncio.timeout(LEAVE_TIMEOUT):
                    while self._feed.is_clearing(self._cleared):
                        await self._feed.change()
        finally:  # also if this is cancelled: then the file is free
            if self._recording is not None:
                self._recording.finish()
                await self._recording.close()

    def finish(self, error: JogeonError | None = None) -> None:
        """End the stream behind what waits in it, now, with the open gaps told; leaving the watch does the rest."""
        if self not in self._feed.readers:
            return
        self._feed.readers.remove(self)
        self._feed.on_set_back.remove(self._queue.set_backs.note)
        at_ns = self._feed.wall()
        self._queue.end()
        if self._recording is not None:
            self._recording.catch_up()
        for sink in self._sinks:
            self._part(sink, at_ns, error)
        if self._recording is not None:
            self._recording.finish()
        if self._ledger is not None:
            self._ledger.end()
            self._feed.unwant_prices()
            self._news.set()
        self._queue.close(error)

    def _part(self, sink: Queue | RestartGap | Ledger, at_ns: int, error: JogeonError | None) -> None:
        conditions = [subscription.condition for subscription in self._feed.followed(sink)]
        self._cleared += self._feed.unwant(sink, at_ns)
        if isinstance(sink, RestartGap):
            sink.end(conditions, at_ns)
        sink.put(State(at_ns, "ended", error=None if error is None else error.report))

    @property
    def journal(self) -> "Journal | None":
        """The journal that is written, None if the watch is not recorded: what is durable, and whether all is well."""
        return None if self._recording is None else self._recording.journal

    @property
    def _followed(self) -> list[Subscription]:
        return self._feed.followed(self._sink)

    @property
    def conditions(self) -> list[Condition]:
        """The conditions that are followed, under their present seqs."""
        return [subscription.condition for subscription in self._followed]

    @property
    def members(self) -> Members:
        """A copy of who is in now (편입 종목): {name: {code: Member}}, also while nobody iterates."""
        return Members((subscription.key, subscription.membership.members()) for subscription in self._followed)

    @property
    def prices(self) -> ByCondition[Price]:
        """A copy of what the members cost now and at their entry: {name: {code: Price}}; see Client.watch."""
        ledger = self._priced
        return ByCondition((each.key, ledger.prices(each.condition)) for each in self._followed)

    async def price_changes(self) -> AsyncGenerator[Price]:
        """Yield the present price of each member that has another one, of one member at most once a second.

        What a later price has replaced meanwhile is not told, but each entry's price is, once, also if the stock has
        left since. It ends with the watch; it has one reader.
        """
        ledger, now = self._priced, asyncio.get_running_loop().time
        while True:
            self._news.clear()
            for price in ledger.pop(now()):
                yield price
            due = ledger.next_due()
            if due is None and self not in self._feed.readers:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if due is None else max(0.0, due - now())):
                    await self._news.wait()

    @property
    def _priced(self) -> Ledger:
        if self._ledger is None:
            raise LocalProtocolError("this watch has no prices: ask for them by `client.watch(…, prices=True)`")
        return self._ledger

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

    def batches(self) -> AsyncIterator[list[Event]]:
        """Return the one iterator of this watch, over lists: all events that wait, at least one, in their order."""
        return self._readable.batches()

    async def batch(self, limit: int) -> list[Event]:
        """Return what waits, at least one event and at most `limit`; for those who pay for each crossing."""
        return await self._readable.get_batch(limit)

    async def each(self, handler: Callable[[Event], Awaitable[object] | object]) -> None:
        """Call a plain or async function for each event; its exceptions come out unchanged."""
        pop = self._queue.pop
        async for first in self:
            event: Event | None = first
            while event is not None:
                result = handler(event)
                if result is not None and inspect.isawaitable(result):
                    await result
                event = pop()
