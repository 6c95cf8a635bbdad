"""How the hub answers the programs below that speak Kiwoom's wire; a Backend of the server.

Everything is answered from the one session above: the list and the searches are shared, a condition is registered once
for all who want it. Nothing here waits; what takes time is a task that answers when it is done.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct, field

from jogeon.errors import JogeonError
from jogeon.events import KST, Condition, Exchange, Number, State
from jogeon.hub.aliases import Aliases
from jogeon.hub.fanout import Fanout
from jogeon.hub.refusals import BAD_VENUE, LETTER, SLOW, UNEXPECTED, UNKNOWN, refuse, refuse_for
from jogeon.hub.searches import PATIENCE
from jogeon.hub.searching import Searching
from jogeon.hub.stream import Consumer, Stream
from jogeon.hub.topics import Topics
from jogeon.live.feed import Feed
from jogeon.live.listing import resolve
from jogeon.live.subscription import Subscription
from jogeon.server.peer import LoginVerdict, Peer
from jogeon.wire import messages, writers
from jogeon.wire.lines import encode_lines
from jogeon.wire.messages import (
    Clear,
    Cleared,
    ConditionList,
    Follow,
    ListConditions,
    Login,
    LoginAccepted,
    Refusal,
    Register,
    Registered,
    RegisterQuotes,
    RemoveQuotes,
    Request,
    Search,
    Unknown,
)

BLIND = "증권사 서버와의 연결이 끊겨 지금은 실시간 등록을 할 수 없습니다. 잠시 후 다시 요청하십시오"
ELSEWHERE = "다른 프로그램이 이 조건식을 거래소구분 {exchange}(으)로 받고 있습니다"
NO_QUOTES = "허브는 종목 시세(REG)를 중계하지 않습니다"
ENDING = frozenset({"reconnecting", "taken", "ended"})
"""States after which nothing that was asked for is answered soon."""
UNLISTED = "\0"
"""The name of no condition."""


class Owners(Protocol):
    """Who tells whose a token is."""

    def owner(self, token: str) -> str | None:
        """Return the name of its program or key, None if it is not valid."""


class Upstream(Protocol):
    """What follows conditions for the hub, above and in the journal."""

    def follow(self, condition: Condition, exchange: Exchange) -> None:
        """Follow a condition; UnknownCondition, AmbiguousCondition, or what ended the session."""

    def let_go(self, condition: Condition) -> None:
        """Follow a condition no longer."""


class Desk(Struct):
    """What the hub keeps of one program: its labels, whose it is, since when it is here.

    `extended`: it is one of jogeon's own clients, and gets the numbered stream.
    """

    aliases: Aliases = field(default_factory=Aliases)
    extended: bool = False
    listed: bool = False
    name: str = ""
    since: datetime = field(default_factory=lambda: datetime.now(KST))


class Cut(Struct, frozen=True):
    """A program that was cut off, and why."""

    id: int
    address: str
    reason: str
    at: datetime


class HubBroker:
    """Answers the programs below; `clock` tells seconds that only grow. `rest` is told to jogeon's own clients."""

    def __init__(
        self,
        feed: Feed,
        fanout: Fanout,
        stream: Stream,
        topics: Topics[Peer],
        upstream: Upstream,
        owners: Owners,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.rest: str | None = None
        self.desks: dict[Peer, Desk] = {}
        self.cut: deque[Cut] = deque(maxlen=100)
        self.asked: Counter[str] = Counter()
        """How many requests came, by trnm."""
        self.state: State | None = None
        """The last state of the session above."""
        self.logins = 1
        """How often that was logged in."""
        self._feed = feed
        self._fanout = fanout
        self._stream = stream
        self._topics = topics
        self._upstream = upstream
        self._owners = owners
        self._loop = loop
        self._searching = Searching(feed, loop)
        self._registers: dict[tuple[Peer, str], Register] = {}
        """The requests of those who wait for a snapshot, by their label."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        fanout.on_state, fanout.on_block, fanout.on_renumbered = self._stated, self._show, self._moved
        stream.on_shown = self._show_numbered

    async def aclose(self) -> None:
        """End what is under way."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, self._searching.aclose(), return_exceptions=True)

    # ------------------------------------------------------------ a Backend

    def connected(self, peer: Peer) -> None:
        """Take note of a program that connected."""

    def login(self, peer: Peer, request: Login) -> LoginVerdict:
        """Judge a token."""
        owner = self._owners.owner(request.token)
        if owner is None:
            text = "토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE=8005, MESSAGE=Token이 유효하지 않습니다]"
            return LoginVerdict(Refusal("8005", text), writers.encode_refusal("LOGIN", 8005, text))
        self.desks[peer] = Desk(name=owner, extended=request.extended)
        rest, journal = (self.rest, self._stream.identity) if request.extended else (None, None)
        return LoginVerdict(
            LoginAccepted(rest, journal), writers.encode_login_accepted(rest=rest, journal=journal), owner
        )

    def requested(self, peer: Peer, request: Request) -> None:
        """Answer a request."""
        self.asked[request.trnm] += 1
        match request:
            case ListConditions():
                self._begin(self._list(peer, request))
            case Search():
                self._search(peer, request)
            case Register():
                self._register(peer, request)
            case Follow():
                self._follow(peer, request)
            case Clear():
                self._clear(peer, request)
            case RegisterQuotes() | RemoveQuotes():
                refuse(peer, request, UNEXPECTED, NO_QUOTES)

    def unknown(self, peer: Peer, message: Unknown) -> None:
        """Miss a parameter in what is no request."""
        named = message.trnm in ("CNSRREQ", "CNSRCLR")
        peer.say(writers.encode_missing(message.trnm if named else "", "seq" if named else "trnm"))

    def gone(self, peer: Peer) -> None:
        """Forget a program; what nobody else wants is let go after a while."""
        if peer.cut_for:
            self.cut.append(Cut(peer.number, peer.address, peer.cut_for, datetime.now(KST)))
        for label in self._topics.held(peer):
            self._registers.pop((peer, label), None)
        self._topics.gone(peer, self._loop.time())
        self.desks.pop(peer, None)
        self._fanout.sent.pop(peer, None)
        self._stream.gone(peer)
        self._searching.gone(peer)
        self._arm()

    # ------------------------------------------------------------ the list

    async def _list(self, peer: Peer, request: ListConditions) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                conditions = await self._feed.conditions()
        except TimeoutError:
            refuse(peer, request, UNEXPECTED, BLIND if not self._feed.serving else SLOW)
        except JogeonError as error:
            refuse_for(peer, request, error)
        else:
            if (desk := self.desks.get(peer)) is None:
                return
            desk.listed = True
            shown = sorted(desk.aliases.listed(conditions), key=lambda condition: condition.seq)
            rows = [[condition.seq, condition.name] for condition in shown]
            peer.answer(request, ConditionList(tuple(shown)), writers.encode_list(rows))

    def _meant(self, peer: Peer, request: Search | Register | Follow, label: str) -> Condition | None:
        """Return the condition that a program means, under its present seq; None if it was refused."""
        desk = self.desks[peer]
        if not desk.listed:  # a program that did not ask for the list has it from somewhere
            desk.listed = True
            desk.aliases.listed(self._feed.listing)
        meant = desk.aliases.meant(label)
        try:
            return resolve(meant or UNLISTED, self._feed.listing)
        except JogeonError:
            refuse(peer, request, int(messages.NO_SUCH_SEQ), UNKNOWN)
            return None

    def _search(self, peer: Peer, request: Search) -> None:
        if request.cont_yn == "Y":
            self._searching.go_on(peer, request)
        elif (condition := self._meant(peer, request, request.seq)) is not None:
            self._searching.ask(peer, request, condition)

    # ------------------------------------------------------------ real time

    def _register(self, peer: Peer, request: Register) -> None:
        condition = self._meant(peer, request, request.seq)
        if condition is None:
            return
        label = request.seq.strip()
        joined = self._topics.join(peer, label, condition, request.exchange, self._feed.wall())
        if joined == "doubled":
            refuse(peer, request, int(messages.ALREADY_REGISTERED), "이미 등록된 조건검색 일련번호입니다.")
            return
        if joined == "other exchange":
            refuse(peer, request, BAD_VENUE, ELSEWHERE.format(exchange=self._exchange(condition)))
            return
        self._registers[peer, label] = request
        if joined == "begun":
            try:
                self._upstream.follow(condition, request.exchange)
            except JogeonError as error:
                self._drop(condition, error)
                return
        self._settle(condition)
        if joined == "followed" and self._stream.knows(condition):
            self._show_numbered(condition)

    def _follow(self, peer: Peer, request: Follow) -> None:
        """Let one of jogeon's own clients hear the numbered stream of several conditions."""
        wanted = [(each.strip(), self._meant(peer, request, each)) for each in dict.fromkeys(request.seqs)]
        following: list[tuple[Condition, str, bool]] = []
        for label, condition in wanted:
            if condition is None:
                return
            joined = self._topics.join(peer, label, condition, request.exchange, self._feed.wall())
            try:
                if joined == "other exchange":
                    refuse(peer, request, BAD_VENUE, ELSEWHERE.format(exchange=self._exchange(condition)))
                    return
                if joined == "begun":
                    self._upstream.follow(condition, request.exchange)
            except JogeonError as error:
                self._topics.drop(condition)
                refuse_for(peer, request, error)
                return
            if joined != "doubled":
                self._topics.admit(peer, label, numbered=True)
            following.append((condition, label, joined == "begun"))
        if not self._feed.serving and self.state is not None:
            peer.say(encode_lines([("", self.state, None, 0)]))
        self._stream.begin(peer, request, following)

    def _exchange(self, condition: Condition) -> str:
        topic = self._topics.get(condition)
        return "" if topic is None else topic.exchange

    def _show_numbered(self, condition: Condition) -> None:
        """Show the members that are durable to jogeon's own clients that wait for them as other programs do."""
        topic = self._topics.get(condition)
        for peer, label in list(topic.waiting) if topic is not None else ():
            if self.desks[peer].extended:
                request, shown = self._registers.pop((peer, label)), self._stream.shown(condition, label)
                text = _snapshot_text(label, shown.codes, self._stream.position)
                peer.answer(request, Registered(shown.codes), text)
                self._topics.admit(peer, label, numbered=True)
                self._stream.add(peer, condition, label)

    def _settle(self, condition: Condition) -> None:
        """Answer those who wait for a condition, if it can be told by now what to."""
        topic = self._topics.get(condition)
        subscription = self._subscription(condition)
        if topic is None or not topic.waiting or subscription is None:
            return
        if subscription.membership.live and self._feed.serving:
            self._show(condition)
        elif not self._feed.serving or subscription.membership.known:
            self._turn_away(condition, UNEXPECTED, BLIND)
        elif subscription.error is not None:
            self._drop(condition, subscription.error)

    def _show(self, condition: Condition) -> None:
        """Show the members to those who wait, behind what was pushed so far, and let them hear what comes."""
        topic, snapshot = self._topics.get(condition), self._feed.current(condition)
        if topic is None or snapshot is None or not topic.waiting:
            return
        self._fanout.flush(condition)
        for peer, label in list(topic.waiting):
            if self.desks[peer].extended:
                continue
            request = self._registers.pop((peer, label))
            peer.answer(request, Registered(snapshot.codes), _snapshot_text(label, snapshot.codes))
            if (peer, label) in topic.waiting:  # it may have been cut for what waits for it
                self._topics.admit(peer, label)

    def _clear(self, peer: Peer, request: Clear) -> None:
        """Stop real time; a seq that was not registered is acknowledged all the same."""
        label = request.seq.strip()
        topic = self._topics.held(peer).get(label)
        if topic is not None:
            self._fanout.flush(topic.condition)
            self._registers.pop((peer, label), None)
            self._topics.leave(peer, label, self._loop.time())
            self._stream.remove(peer, topic.condition, label)
            self._arm()
        peer.answer(request, Cleared(), writers.encode_cleared(label))

    def _turn_away(self, condition: Condition, code: int, text: str) -> None:
        """Refuse those who wait for a condition; it is followed on for the others."""
        topic = self._topics.get(condition)
        for peer, label in list(topic.waiting) if topic is not None else ():
            self._topics.leave(peer, label, self._loop.time())
            refuse(peer, self._registers.pop((peer, label)), code, text)
        self._arm()

    def _drop(self, condition: Condition, error: JogeonError) -> None:
        """Refuse those who wait for what cannot be registered; nobody asks for it any more, unless the hub itself."""
        topic = self._topics.get(condition)
        if topic is None:
            return
        waiting = list(topic.waiting)
        if topic.pinned or topic.groups:
            for peer, label in waiting:
                self._topics.leave(peer, label, self._loop.time())
        else:
            self._topics.drop(condition)
            self._upstream.let_go(condition)
        for peer, label in waiting:
            refuse_for(peer, self._registers.pop((peer, label)), error)

    def _subscription(self, condition: Condition) -> Subscription | None:
        return next((each for each in self.followed() if each.condition == condition), None)

    def followed(self) -> list[Subscription]:
        """Return what is followed above."""
        return self._feed.followed(self._fanout)

    def sent(self, peer: Peer) -> int:
        """Return how many changes a program was sent."""
        return self._fanout.sent[peer]

    def behind(self, consumer: Consumer) -> int:
        """Return how many events one of jogeon's own clients lacks; of an earlier epoch, all of this one."""
        (epoch, n), (its_epoch, its_n) = self._stream.position, consumer.at
        return n - its_n if epoch == its_epoch else n

    def numbered(self, peer: Peer) -> Consumer | None:
        """Return where one of jogeon's own clients is in the stream, None for any other program."""
        return self._stream.consumers.get(peer)

    # ------------------------------------------------------------ what the feed tells

    def _stated(self, state: State) -> None:
        """Answer those who wait for what will not come now; follow what the hub is to follow of its own."""
        if state.condition is None:
            self.state = state
            self.logins += state.state == "connected"
        if state.state == "condition-added" and state.condition is not None:
            self._topics.pin(state.condition, state.at_ns)
        elif state.state in ENDING:
            for topic in list(self._topics):
                self._turn_away(topic.condition, UNEXPECTED, BLIND)
        elif state.state == "unanswered" and state.condition is not None:
            self._loop.call_soon(self._settle, state.condition)
        elif state.state in ("condition-gone", "ambiguous") and state.condition is not None:
            self._turn_away(state.condition, int(messages.NO_SUCH_SEQ), UNKNOWN)

    def _moved(self, old: Condition, new: Condition) -> None:
        for desk in self.desks.values():
            desk.aliases.moved(old, new)
        self._stream.moved(old, new)

    # ------------------------------------------------------------ time

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _arm(self) -> None:
        """Look again when a grace period is over."""
        due = self._topics.next_due()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if due is None else self._loop.call_at(due, self._look)

    def _look(self) -> None:
        for condition in self._topics.due(self._loop.time()):
            self._upstream.let_go(condition)
        self._arm()


def _snapshot_text(label: str, codes: Sequence[str], number: Number | None = None) -> bytes:
    return writers.encode_registered(label, [{"jmcode": LETTER + code} for code in codes] or None, number)
