"""How the hub answers the programs below that speak Kiwoom's wire; a Backend of the server.

Everything is answered from the one session above: the list and the searches are shared, a condition is registered once
for all who want it. Nothing here waits; what takes time is a task that answers when it is done.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Container, Coroutine, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from jogeon.errors import JogeonError
from jogeon.events import KST, Condition
from jogeon.hub.desks import Desk, Desks
from jogeon.hub.fanout import Fanout
from jogeon.hub.guesses import Guesses
from jogeon.hub.refusals import AWAY, BAD_TOKEN, NOT_ALLOWED, REVOKED, SLOW, refuse, refuse_for
from jogeon.hub.registering import Registering, Upstream
from jogeon.hub.searches import PATIENCE
from jogeon.hub.searching import Searching
from jogeon.hub.stream import Stream
from jogeon.hub.tokens import HubTokens
from jogeon.hub.topics import Topics
from jogeon.hub.trades import Trades
from jogeon.live.feed import Feed
from jogeon.server.frames import NORMAL
from jogeon.server.peer import LoginVerdict, Peer
from jogeon.wire import messages, writers
from jogeon.wire.messages import (
    Clear,
    ConditionList,
    Follow,
    ListConditions,
    Login,
    LoginAccepted,
    Refusal,
    Register,
    RegisterQuotes,
    RemoveQuotes,
    Request,
    Search,
    Unknown,
)


class Cut(Struct, frozen=True):
    """A program that was cut off, and why."""

    id: int
    address: str
    reason: str
    at: datetime


class HubBroker:
    """Answers the programs below. `rest_for` gives the address for HTTP that one of jogeon's own clients is told."""

    def __init__(
        self,
        feed: Feed,
        fanout: Fanout,
        stream: Stream,
        topics: Topics[Peer],
        upstream: Upstream,
        tokens: HubTokens,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.rest_for: Callable[[Peer], str | None] = lambda _: None
        self.desks = Desks()
        self.cut: deque[Cut] = deque(maxlen=100)
        self._feed = feed
        self._fanout = fanout
        self._stream = stream
        self._tokens = tokens
        self._guesses = Guesses()
        self._loop = loop
        self._searching = Searching(feed, loop)
        self._trades = Trades(feed)
        self.registering = Registering(feed, fanout, stream, topics, upstream, self.desks, loop)
        self._tasks: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """End what is under way."""
        self.registering.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, self._searching.aclose(), return_exceptions=True)

    # ------------------------------------------------------------ a Backend

    def connected(self, peer: Peer) -> None:
        """Take note of a program that connected."""

    def login(self, peer: Peer, request: Login) -> LoginVerdict:
        """Judge a token."""
        program = self._tokens.program(request.token)
        if program is None:
            code, words = BAD_TOKEN
            after = self.guessed(peer.address.rpartition(":")[0])
            return LoginVerdict(Refusal(str(code), words), writers.encode_refusal("LOGIN", code, words), after=after)
        self.desks[peer] = Desk(name=program.name, may=program.may, appkey=program.appkey, extended=request.extended)
        rest, journal = (self.rest_for(peer), self._stream.identity) if request.extended else (None, None)
        text = writers.encode_login_accepted(rest=rest, journal=journal)
        return LoginVerdict(LoginAccepted(rest, journal), text, program.name)

    def guessed(self, host: str) -> float:
        """Note a wrong token or wrong keys of a host; return in how many seconds it may be told."""
        return self._guesses.wrong(host, self._loop.time())

    def dismiss(self, appkeys: Container[str]) -> None:
        """End the connections of consumers whose keys were revoked."""
        text = writers.encode_system(*REVOKED)
        for peer, desk in list(self.desks.items()):
            if desk.appkey and desk.appkey in appkeys:
                peer.cut_for = "token revoked"
                peer.end(NORMAL, text=text)

    def requested(self, peer: Peer, request: Request) -> None:
        """Answer a request."""
        desk = self.desks[peer]
        if not desk.allows(request):
            code, words = NOT_ALLOWED
            refuse(peer, request, code, words.format(may=desk.may))
            return
        match request:
            case ListConditions():
                self._ask_list(peer, request)
            case Search():
                self._search(peer, request)
            case Register():
                self._register(peer, request)
            case Follow():
                self._follow(peer, request)
            case Clear():
                self.registering.clear(peer, request)
            case RegisterQuotes() | RemoveQuotes():
                self._trades.change(peer, request)

    def unknown(self, peer: Peer, message: Unknown) -> None:
        """Miss a parameter in what is not a request."""
        if message.trnm in ("REG", "REMOVE"):
            peer.say(writers.encode_refusal(message.trnm, *messages.ARRAY_REFUSED))
            return
        named = message.trnm in ("CNSRREQ", "CNSRCLR")
        peer.say(writers.encode_missing(message.trnm if named else "", "seq" if named else "trnm"))

    def gone(self, peer: Peer) -> None:
        """Forget a program; what nobody else wants is let go after a while."""
        if peer.cut_for:
            self.cut.append(Cut(peer.number, peer.address, peer.cut_for, datetime.now(KST)))
        self.registering.gone(peer)
        self.desks.pop(peer, None)
        self._fanout.forget(peer)
        self._searching.gone(peer)
        self._trades.gone(peer)

    # ------------------------------------------------------------ the list

    def _ask_list(self, peer: Peer, request: ListConditions) -> None:
        """Ask for the list; a program that asks again before it has come costs no more than a number."""
        desk = self.desks[peer]
        desk.lists += 1
        if desk.lists == 1:
            self._begin(self._list(peer, desk, request))

    async def _list(self, peer: Peer, desk: Desk, request: ListConditions) -> None:
        """Answer all that a program asked for the list when it has come, or does not."""
        conditions: Sequence[Condition] = ()
        failed: TimeoutError | JogeonError | None = None
        try:
            conditions = await self._conditions(desk)
        except (TimeoutError, JogeonError) as error:
            failed = error
        times, desk.lists = desk.lists, 0
        if failed is None:
            self._show_list(peer, desk, request, conditions, times)
            return
        for _ in range(times):
            if isinstance(failed, JogeonError):
                refuse_for(peer, request, failed)
            else:
                refuse(peer, request, messages.UNEXPECTED, AWAY if not self._feed.serving else SLOW)

    def _show_list(
        self, peer: Peer, desk: Desk, request: ListConditions, conditions: Sequence[Condition], times: int
    ) -> None:
        desk.listed = True
        shown = sorted(desk.aliases.listed(conditions), key=lambda condition: condition.seq)
        rows = [[condition.seq, condition.name] for condition in shown]
        peer.answer(request, ConditionList(tuple(shown)), writers.encode_list(rows), times=times)

    async def _conditions(self, desk: Desk) -> Sequence[Condition]:
        """Return the list; jogeon's own clients get the last one where none comes from above, and can join."""
        last = self._feed.listing if desk.extended else ()
        if last and not self._feed.serving:
            return last
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._feed.conditions()
        except (TimeoutError, JogeonError):
            if last:
                return last
            raise

    # ------------------------------------------------------------ what is about a condition

    def _meant(self, peer: Peer, request: Search | Register | Follow, label: str) -> Condition | None:
        """Return the condition that a program means, under its present seq; None if it was refused."""
        try:
            return self.desks.meant(peer, label, self._feed)
        except JogeonError:
            refuse(peer, request, *messages.SEQ_REFUSED)
            return None

    def _search(self, peer: Peer, request: Search) -> None:
        if request.cont_yn == "Y":
            self._searching.go_on(peer, request)
        elif (condition := self._meant(peer, request, request.seq)) is not None:
            self._searching.ask(peer, request, condition)

    def _register(self, peer: Peer, request: Register) -> None:
        condition = self._meant(peer, request, request.seq)
        if condition is not None:
            self.registering.register(peer, request, condition)

    def _follow(self, peer: Peer, request: Follow) -> None:
        wanted: list[tuple[str, Condition]] = []
        for label in dict.fromkeys(request.seqs):
            condition = self._meant(peer, request, label)
            if condition is None:
                return
            wanted.append((label.strip(), condition))
        self.registering.follow(peer, request, wanted)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
