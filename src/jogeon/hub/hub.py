"""The hub itself: the feed above, the journal beside it, and the server below, in one process."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from jogeon.account.markets import kept
from jogeon.account.names import Names
from jogeon.account.stkinfo import SHARED, StockInfo
from jogeon.endpoint import Endpoint
from jogeon.errors import JogeonError, RequestRefused, SessionTaken
from jogeon.events import KST, Condition, Exchange, State
from jogeon.hub import status
from jogeon.hub.broker import HubBroker
from jogeon.hub.doors import Addresses, Doors
from jogeon.hub.fanout import Fanout
from jogeon.hub.refusals import BAD_VENUE
from jogeon.hub.registering import ELSEWHERE
from jogeon.hub.routes import hub_routes
from jogeon.hub.stocks import HubStocks
from jogeon.hub.stream import Stream
from jogeon.hub.tokens import HubTokens
from jogeon.hub.topics import Topics
from jogeon.journal.file import require_free
from jogeon.journal.fold import Known
from jogeon.journal.position import Position
from jogeon.journal.relay import Cursor, Relay
from jogeon.journal.writer import Journal
from jogeon.live.feed import Feed
from jogeon.live.followed import Sink
from jogeon.live.ledger import Ledger
from jogeon.live.listing import resolve
from jogeon.live.policy import Policy
from jogeon.recording import Recording, right_of
from jogeon.server.certificate import Certificate
from jogeon.server.frames import NORMAL
from jogeon.server.http import Group
from jogeon.server.server import Server
from jogeon.server.settings import ServerSettings
from jogeon.server.stock_routes import stock_routes
from jogeon.server.token_routes import token_routes
from jogeon.wire import messages, writers
from jogeon.wire.messages import Register

if TYPE_CHECKING:
    from jogeon.server.peer import Peer

LEAVE_TIMEOUT = 5.0
"""Seconds that the end waits for the registrations above to be cleared."""
BOUND = 4 * 2**20
"""Bytes that may wait for a program at most."""
LAG = (2**20, 5.0)
"""Bytes that may wait for so many seconds."""
TIDY = 3_600.0
"""Seconds between two looks for what is older than it is to be kept."""


class HubSettings(Struct, frozen=True, kw_only=True):
    """What a hub is told: which conditions it follows itself, its journal, where it listens.

    `names`: names or seqs; `everything`: all there are. `grace`: seconds for which a condition is followed that nobody
    needs any more. `keep`: how long what was recorded is kept, None for ever. `quotes`: what the members cost is kept
    in the journal, too. `tls`: the files of a certificate and its key; with it `host` may be any of this machine, else
    it is one of loopback.
    """

    server: str
    journal: Path
    names: tuple[str, ...] = ()
    everything: bool = False
    host: str = "127.0.0.1"
    port: int = 0
    rest_port: int = 0
    grace: float = 30.0
    keep: timedelta | None = None
    quotes: bool = False
    tls: tuple[Path, Path] | None = None


class Hub:
    """One session for many programs, as long as it is entered; `websocket` and `rest` are its addresses.

    `inside` are those for this machine, the same where nothing is encrypted. Entering it raises what a Client and a
    journal raise, and InvalidAddress, InvalidSetting or CannotServe for its own addresses and its certificate.
    `more` gives groups of routes that others serve at the same HTTP address.
    """

    websocket: str
    rest: str
    inside: Addresses
    broker: HubBroker
    recording: Recording
    journal: Journal
    relay: Relay

    def __init__(
        self,
        endpoint: AbstractAsyncContextManager[Endpoint],
        policy: Policy,
        tokens: HubTokens,
        settings: HubSettings,
        names: Names | None = None,
        *,
        more: Callable[[], Iterable[Group]] = tuple,
    ) -> None:
        self.settings = settings
        self._names = Names() if names is None else names
        self.path, self.name_of = settings.journal, self._names.of
        self.feed = Feed(policy, self.name_of)
        self._names.on_named = self.feed.named
        self.prices = Ledger(self.feed.pricing)
        """What each member costs now and at its entry, for the board."""
        self._more = more
        self._endpoint = endpoint
        self._tokens = tokens
        self.beside: dict[str, Callable[[], object]] = {}
        """What the status says of who works beside it, by its name there."""
        self._opened = contextlib.AsyncExitStack()
        self._server: Server
        self._cleared: list[str] = []

    async def __aenter__(self) -> Self:
        require_free(self.settings.journal)
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        async with contextlib.AsyncExitStack() as opening:
            certificate = None if self.settings.tls is None else Certificate(*self.settings.tls)
            ports = self.settings.port, self.settings.rest_port
            doors = Doors(self.settings.host, ports, certificate, opening)
            endpoint = await opening.enter_async_context(self._endpoint)
            stocks = StockInfo(lambda: self.feed.rest, endpoint.tokens, proxy=endpoint.proxy)
            stocks.learn = self._names.learn
            stocks.budget.hurry = lambda: self.feed.pricing.turns.hurried
            markets = await opening.enter_async_context(kept(self._names, stocks))
            self._stocks = HubStocks(stocks, self._tokens.owner)
            self.feed.asking.ask = partial(stocks.prices, rank=SHARED)
            await self.feed.start(endpoint)
            markets.want()
            opening.push_async_callback(self.feed.stop)
            self.feed.want_prices()
            await self._record(opening)
            await self._serve(opening, doors)
            opening.push_async_callback(self._leave)
            self._opened = opening.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._opened.aclose()

    async def run(self) -> None:
        """Serve until the session above ends; raises what ended it."""
        await self._ended

    @property
    def _sinks(self) -> Sequence[Sink]:
        """Where the events go: prices come first, so that nobody sees an event before they know of it.

        The journal comes last: its thread would take turns with this one while that sends.
        """
        return self.prices, self.fanout, self.recording.sink

    async def _record(self, opening: contextlib.AsyncExitStack) -> None:
        """Open the journal, and follow into it what the hub is to follow by itself."""
        listing = await self.feed.conditions()
        for wanted in self.settings.names:
            resolve(wanted, listing)
        self.recording = Recording(self.feed, listing)
        await self.recording.open(self.settings.journal, frames=False, notice=self._notice)
        opening.push_async_callback(self.recording.close)
        loop = asyncio.get_running_loop()
        self.relay = Relay(self.recording.journal, loop.call_soon_threadsafe)
        opening.callback(self.relay.close)
        self._topics: Topics[Peer] = Topics(self.settings.grace)
        self.fanout = Fanout(self._topics, loop.call_soon)
        journal = self.journal = self.recording.journal
        self.stream = Stream(self.relay, journal.last, journal.committed)
        opening.push_async_callback(self.stream.aclose)
        streaming = asyncio.create_task(self.stream.run(), name="hub stream")
        opening.callback(streaming.cancel)
        self.broker = HubBroker(self.feed, self.fanout, self.stream, self._topics, self, self._tokens, loop)
        opening.push_async_callback(self.broker.aclose)
        if self.settings.quotes:
            self.prices.keep = journal.quote
        self.feed.readers.append(self)
        at_ns = self.feed.wall()
        self.recording.sink.put(State(at_ns, "started", notices=self.recording.journal.notices))
        conditions = [resolve(wanted, self.feed.listing) for wanted in self.settings.names]
        for condition in self.feed.listing if self.settings.everything else dict.fromkeys(conditions):
            self._topics.pin(condition, at_ns)
        for sink in self._sinks:
            self.feed.follow(sink, None if self.settings.everything else conditions, "K", at_ns)
        tidying = asyncio.create_task(self._tidy(), name="hub retention")
        opening.callback(tidying.cancel)

    async def _serve(self, opening: contextlib.AsyncExitStack, doors: Doors) -> None:
        settings = ServerSettings(exclusive=False, send_queue=BOUND, lag=LAG)
        self._server = Server(self.broker, settings, asyncio.get_running_loop())
        self.broker.rest_for = doors.rest_for
        wrong = self.broker.guessed
        routes = token_routes(self._tokens, wrong), stock_routes(self._stocks), hub_routes(self, self._tokens, wrong)
        await doors.serve(self._server, [*map(Group, routes), *self._more()], opening)
        opening.push_async_callback(self._stocks.aclose)
        self.inside = doors.inside
        self.websocket, self.rest = doors.outside.websocket, doors.outside.rest
        looking = asyncio.create_task(doors.look([self._look]), name="hub look")
        opening.callback(looking.cancel)

    def _look(self) -> None:
        """See whether consumers were let in or shut out meanwhile."""
        self.broker.dismiss(self._tokens.look())

    # ------------------------------------------------------------ the end

    async def _leave(self) -> None:
        """Tell the open gaps and the end; clear what is registered above, if it answers."""
        self.finish(None)
        with contextlib.suppress(TimeoutError, JogeonError):
            async with asyncio.timeout(LEAVE_TIMEOUT):
                while self.feed.is_clearing(self._cleared):
                    await self.feed.change()

    def finish(self, error: JogeonError | None) -> None:
        """End: the session above is over, or this program is to end."""
        if self not in self.feed.readers:
            return
        self.feed.readers.remove(self)
        if isinstance(error, SessionTaken):
            for peer in self._server.peers:
                peer.end(NORMAL, text=writers.encode_system(messages.TAKEN))
        at_ns = self.feed.wall()
        self.recording.catch_up()
        sink = self.recording.sink
        conditions = [subscription.condition for subscription in self.feed.followed(sink)]
        for each in self._sinks:
            self._cleared += self.feed.unwant(each, at_ns)
        sink.end(conditions, at_ns)
        sink.put(State(at_ns, "ended", error=None if error is None else error.report))
        self.recording.finish()
        self.prices.end()
        self.feed.unwant_prices()
        if not self._ended.done() and error is not None:
            self._ended.set_exception(error)
            self._ended.exception()  # nobody may be waiting

    async def _tidy(self) -> None:
        """Delete what is old, now and then."""
        while self.settings.keep is not None:
            now = datetime.now(KST)
            old, held = (int((now - times * self.settings.keep).timestamp()) * 1_000_000_000 for times in (1, 2))
            self.recording.journal.prune(old, held)
            await asyncio.sleep(TIDY)

    # ------------------------------------------------------------ what is followed, for the broker

    def follow(self, condition: Condition, exchange: Exchange) -> None:
        """Follow a condition for somebody below, and into the journal."""
        at_ns = self.feed.wall()
        for sink in self._sinks:
            self.feed.follow(sink, [condition], exchange, at_ns)

    def let_go(self, condition: Condition) -> None:
        """Follow a condition no longer; the time until it is followed again is a gap in the journal."""
        sink, at_ns = self.recording.sink, self.feed.wall()
        followed = next((each for each in self.feed.followed(sink) if each.condition == condition), None)
        if followed is None:
            return
        right = right_of(followed, self.feed.listening_ns)
        known = Known(dict.fromkeys(followed.membership.codes), right.at_ns, right.sure)
        was_known = followed.membership.known
        for each in self._sinks:
            self.feed.let_go(each, condition, at_ns)
        self.prices.let_go(condition)
        if was_known:
            sink.let_go(condition, known, at_ns)

    def watch(self, name: str, *, on: bool) -> None:
        """Follow a condition for the hub itself, or no longer; UnknownCondition, AmbiguousCondition.

        What a program below follows goes on for it.
        """
        condition, at_ns = resolve(name, self.feed.listing), self.feed.wall()
        if on and self._topics.pin(condition, at_ns):
            self.follow(condition, "K")
        elif not on and self._topics.unpin(condition):
            self.let_go(condition)

    def _notice(self, state: State) -> None:
        """Tell jogeon's own clients what the journal cannot hold."""
        self.stream.tell(state)

    def pin(self, condition: Condition, exchange: Exchange) -> None:
        """Follow a condition as long as the hub lives; RequestRefused if it is followed on another exchange."""
        topic = self._topics.get(condition)
        if topic is not None and topic.exchange != exchange:
            words = ELSEWHERE.format(exchange=topic.exchange)
            raise RequestRefused(Register.trnm, code=str(BAD_VENUE), text=words)
        if self._topics.pin(condition, self.feed.wall(), exchange):
            self.follow(condition, exchange)

    # ------------------------------------------------------------ what is shown of it

    @property
    def conditions(self) -> Sequence[Condition]:
        """The conditions that are followed, under their present seqs."""
        return [topic.condition for topic in self._topics]

    @property
    def listing(self) -> Sequence[Condition]:
        """All saved conditions, as they were listed last."""
        return self.feed.listing

    def status(self) -> dict[str, object]:
        """Return how it goes, as `jogeon hub status` prints it."""
        beside = {name: tell() for name, tell in self.beside.items()}
        return beside | {
            "upstream": status.upstream(self.settings.server, self.feed, self.broker.registering),
            "journal": status.journal(self.recording.journal),
            "conditions": status.conditions(self.feed.followed(self.fanout), self._topics),
            "consumers": status.consumers(self.broker.desks, self._topics, self.fanout, self.stream),
            "cut": status.cut(self.broker.cut),
        }

    def cursor(self, after: Position | None = None) -> Cursor:
        """Return a place in the numbered stream: behind a position, else at its end."""
        return self.relay.cursor(after)
