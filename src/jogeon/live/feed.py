"""One session with a server, and everyone who reads it: what Client, Watch, recording, doctor and hub stand on."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from jogeon.endpoint import Endpoint
from jogeon.errors import JogeonError, LocalProtocolError, PositionError, RemoteProtocolError, TooManyPages, TooManyRows
from jogeon.events import Condition, Exchange, NameOf, Number, Snapshot, Stock, nameless
from jogeon.live.asking import Asking
from jogeon.live.followed import Sink
from jogeon.live.jobs import Ask, Jobs, refused
from jogeon.live.listing import resolve
from jogeon.live.pages import Moved, Pages
from jogeon.live.policy import Policy
from jogeon.live.pricing import Pricing
from jogeon.live.quoting import Quoting
from jogeon.live.relayed import AFTER
from jogeon.live.subscription import Subscription
from jogeon.live.subscriptions import Subscriptions
from jogeon.live.supervisor import Supervisor
from jogeon.live.throttle import Throttle
from jogeon.masks import unmasked
from jogeon.prices import Quote
from jogeon.reports import Report
from jogeon.wire.messages import Clear, Cleared, ConditionList, ListConditions, SearchPage

if TYPE_CHECKING:
    from jogeon.live.receiving import Tap
    from jogeon.live.setback import SetBack

MAX_PAGES = 500
MAX_ROWS = 10_000
SEARCH_STARTS = 3
"""How often a search begins because its condition moved, or its connection went, between two pages."""

LOOK = 0.05
"""Seconds between two looks at whose prices are due, while stocks enter and leave all the time."""

logger = logging.getLogger("jogeon.client")
logger.addFilter(unmasked)
_A = TypeVar("_A")


class FeedReader(Protocol):
    """Who reads a feed, and is told its end."""

    def finish(self, error: JogeonError | None) -> None:
        """End: the session is over, by an error or because it was stopped."""


class Feed:
    """What is wanted of one server, kept up over its connections; `start` it with where to log in, and `stop` it.

    `wall()` is nanoseconds since 1970. `taps` get each message of every connection as it came, and when. `name_of`
    knows the names of stocks.
    """

    def __init__(self, policy: Policy, name_of: NameOf = nameless) -> None:
        self.wall = policy.wall
        self.name_of = name_of
        self.taps: list[Tap] = []
        self.named_later: list[Callable[[Mapping[str, str]], object]] = []
        """Who gets the names of stocks that had none when they were told of."""
        self.readers: list[FeedReader] = []
        """Who is told the end of the session."""
        self._policy = policy
        self._subscriptions = Subscriptions(recheck=policy.recheck, name_of=name_of)
        self.on_set_back: list[Callable[[SetBack], object]] = [self._subscriptions.set_back]
        """Who is told that the wall clock was set back."""
        self._jobs = Jobs(self._subscriptions.listing)
        self.pricing = Pricing(name_of, policy.price_limit)
        self.asking = Asking(self.pricing, policy.wall)
        self.asking.ask = policy.ask
        self.asking.ready = lambda: policy.ask is not None or self.rest is not None
        self._priced = 0
        """How many want prices."""
        self._supervisor: Supervisor | None = None

    async def start(self, endpoint: Endpoint) -> None:
        """Connect and log in; CouldNotConnect, ConnectionLost, LoginRefused, SessionTaken."""
        others = [self._jobs, self.pricing.slots]
        supervisor = Supervisor(endpoint, self._subscriptions, others, self._end, self._policy)
        supervisor.taps, supervisor.beats.on_set_back = self.taps, self.on_set_back
        self.pricing.on_change = Throttle(asyncio.get_running_loop(), self._look_at_prices, LOOK)
        await supervisor.start()
        self._supervisor = supervisor

    async def stop(self) -> None:
        """End everything; the connection is closed when this returns."""
        self.asking.stop()
        await self._running.stop()

    @property
    def _running(self) -> Supervisor:
        if self._supervisor is None:
            raise LocalProtocolError("the client is not connected: use it in `async with`")
        return self._supervisor

    def _end(self, error: JogeonError | None) -> None:
        for reader in list(self.readers):
            reader.finish(error)
        self._jobs.fail(error or LocalProtocolError("the client is closed"))

    def named(self, names: Mapping[str, str]) -> None:
        """Hand on the names of stocks that had none when they were told of."""
        for take in list(self.named_later):
            take(names)

    # ------------------------------------------------------------ how it goes

    @property
    def heard_ns(self) -> int:
        """When the last frame was heard, a PING too; 0 before the first."""
        return 0 if self._supervisor is None else self._supervisor.heard_ns

    @property
    def listening_ns(self) -> int:
        """The last moment at which this program listened to the server; 0 before the first connection."""
        return 0 if self._supervisor is None else self._supervisor.listening_ns

    @property
    def serving(self) -> bool:
        """Whether there is a connection that is logged in."""
        return self._supervisor is not None and self._supervisor.serving

    async def change(self) -> None:
        """Wait until something was answered or lost; raise what ended the session, if it did."""
        await self._running.change()

    @property
    def rest(self) -> str | None:
        """Where the server serves HTTP, None while nobody knows."""
        return None if self._supervisor is None else self._supervisor.rest

    @property
    def on_hub(self) -> bool:
        """Whether the server is a hub, whose numbered stream is followed."""
        return self._subscriptions.on_hub

    # ------------------------------------------------------------ what is asked

    @property
    def listing(self) -> Sequence[Condition]:
        """The conditions as they were listed last."""
        return self._subscriptions.listing.conditions

    async def conditions(self) -> list[Condition]:
        """Return the saved conditions in the broker's order, as of at most a second ago."""
        return list((await self.ask(lambda _: ListConditions(), ConditionList)).conditions)

    async def ask(self, ask: Ask, expected: type[_A]) -> _A:
        """Send a request when its turn comes and return its answer, which is to be of the expected type.

        It is made from a list of at most a second ago. A refusal that passes is asked again a few times. Raises what
        `ask` raises, RequestTimeout, RequestRefused, RemoteProtocolError, or what ended the connection.
        """
        supervisor = self._running
        if supervisor.ended is not None:
            raise supervisor.ended
        job = self._jobs.add(ask)
        supervisor.wake()
        try:
            answer = await job.answer
        finally:
            self._jobs.drop(job)
        if not isinstance(answer, expected):
            raise refused(expected.__name__, answer)
        return answer

    async def search(
        self,
        wanted: str | Condition,
        *,
        exchange: Exchange = "K",
        max_rows: int = MAX_ROWS,
        progress: Callable[[int], object] | None = None,
    ) -> list[Stock]:
        """Return the stocks of all pages of a search; `progress(rows)` after each page.

        It begins again if the pages are not of one condition and one connection; RemoteProtocolError if it must too
        often. Raises EmptyPageKey, RepeatedPageKey, TooManyPages or TooManyRows if the pages do not end properly.
        """
        for _ in range(SEARCH_STARTS):
            pages = Pages(wanted, exchange, lambda: self._running.connection_number)
            with contextlib.suppress(Moved):
                return await _all_pages(self, pages, max_rows, progress)
        raise RemoteProtocolError(Report("conditions moved"))

    async def clear(self, wanted: str | Condition) -> None:
        """Send CNSRCLR for a condition that nobody follows here; LocalProtocolError if somebody does."""

        def ask(listing: Sequence[Condition]) -> Clear:
            condition = resolve(wanted, listing)
            if self._subscriptions.of(condition) is not None:
                raise LocalProtocolError(f"a watch of this client follows {condition.name!r}: leave the watch instead")
            return Clear(condition.seq)

        await self.ask(ask, Cleared)

    # ------------------------------------------------------------ what is followed

    def follow(self, sink: Sink, conditions: Sequence[Condition] | None, exchange: Exchange, at_ns: int) -> None:
        """Let a sink follow listed conditions; None: all there are and those that are added.

        It begins with their snapshots, at once where there is one. Raises what ended the session, UnknownCondition and
        AmbiguousCondition if the list has changed, LocalProtocolError on a second exchange.
        """
        supervisor = self._running
        if supervisor.ended is not None:
            raise supervisor.ended
        self._subscriptions.join(sink)
        if conditions is None:
            self._subscriptions.want_all(sink, exchange, at_ns)
        for condition in conditions or ():
            self._subscriptions.want(condition, sink, exchange, at_ns)
        supervisor.wake()

    def begin_behind(self, journal: str, number: Number) -> None:
        """Begin behind a position of a hub's numbered stream, before anything is followed.

        PositionError if the server has no such stream, LocalProtocolError if something is followed already.
        """
        if not self.on_hub:
            written = AFTER.format(journal=journal, epoch=number[0], n=number[1]).lstrip(":")
            raise PositionError(written, "no stream", Report("no stream"))
        if self._subscriptions.wanted:
            raise LocalProtocolError("a client resumes a hub's stream in its first watch")
        self._subscriptions.relayed.resume_behind(journal, number)

    def want_prices(self) -> None:
        """Have prices kept up from now on, until `unwant_prices`."""
        self._priced += 1
        if self._priced == 1:
            self._running.read_trades(self.pricing.traded)
            self.asking.start()

    def unwant_prices(self) -> None:
        """Note that somebody wants no prices any more."""
        self._priced -= 1
        if self._priced == 0:
            self._running.read_trades(None)
            self.asking.stop()

    async def quotes(self, codes: Sequence[str]) -> AsyncGenerator[Quote]:
        """Yield the latest quotes of stocks until the session ends; then raise what ended it, if it was an error."""
        supervisor = self._running
        if supervisor.ended is not None:
            raise supervisor.ended
        quoting, news = Quoting(self.pricing, codes), asyncio.Event()
        quoting.on_news = news.set
        self.readers.append(quoting)
        self.want_prices()
        quoting.begin()
        try:
            while not quoting.ended:
                news.clear()
                for quote in quoting.pop():
                    yield quote
                await news.wait()
            if quoting.error is not None:
                raise quoting.error
        finally:
            quoting.end()
            self.unwant_prices()
            self.readers = [reader for reader in self.readers if reader is not quoting]

    def _look_at_prices(self) -> None:
        self._running.wake()
        self.asking.wake()

    def followed(self, sink: Sink) -> list[Subscription]:
        """Return what a sink follows."""
        return self._subscriptions.followed_by(sink)

    def unwant(self, sink: Sink, at_ns: int) -> list[str]:
        """Let a sink go, with its open gaps told; return the seqs that nobody follows any more and that are cleared."""
        seqs = self._subscriptions.leave(sink, at_ns)
        self._running.wake()
        return seqs

    def let_go(self, sink: Sink, condition: Condition, at_ns: int) -> list[str]:
        """Let a sink follow one condition no longer; returns as `unwant` does."""
        subscription = self._subscriptions.of(condition)
        if subscription is None or not subscription.feeds(sink):
            return []
        seqs = self._subscriptions.let_go(subscription, sink, at_ns)
        self._running.wake()
        return seqs

    def is_clearing(self, seqs: Iterable[str]) -> bool:
        """Tell whether any of these seqs still waits for its CNSRCLR."""
        return self._subscriptions.is_leaving(seqs)

    def current(self, condition: Condition) -> Snapshot | None:
        """Return what is true of a condition now, None if nobody follows it."""
        subscription = self._subscriptions.of(condition)
        return None if subscription is None else subscription.membership.now(self.wall())


async def _all_pages(feed: Feed, pages: Pages, max_rows: int, progress: Callable[[int], object] | None) -> list[Stock]:
    stocks: list[Stock] = []
    for _ in range(MAX_PAGES):
        page = await feed.ask(pages.ask, SearchPage)
        if not (page.stocks or stocks or page.named):  # another condition's empty snapshot looks so if it comes twice
            page = await feed.ask(pages.ask, SearchPage)
        for oddity in page.oddities:
            logger.warning("search %s: not readable, left out or empty: %s", pages.wanted, oddity)
        stocks += page.stocks
        if progress is not None:
            progress(len(stocks))
        if len(stocks) > max_rows:
            raise TooManyRows(Report("too many rows", number=max_rows), rows=len(stocks))
        if page.cont_yn != "Y":
            return stocks
        pages.turn(page.next_key, len(stocks))
    raise TooManyPages(Report("too many pages", number=MAX_PAGES), rows=len(stocks))
