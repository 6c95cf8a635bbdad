"""Who hears which condition: joining, leaving, and what comes of it above.

A condition is registered once above for all who want it. Who joins is shown its members behind what was pushed so far;
while the session above is away, only jogeon's own clients can join, which are told so.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from jogeon.errors import JogeonError
from jogeon.events import Condition, Exchange, Number, State
from jogeon.hub.desks import Desks
from jogeon.hub.fanout import Fanout
from jogeon.hub.refusals import BAD_VENUE, LETTER, refuse, refuse_for
from jogeon.hub.stream import Stream
from jogeon.hub.topics import Topics
from jogeon.live.feed import Feed
from jogeon.live.subscription import Subscription
from jogeon.server.peer import Peer
from jogeon.wire import messages, writers
from jogeon.wire.lines import encode_lines
from jogeon.wire.messages import Clear, Cleared, Follow, Register, Registered

BLIND = "증권사 서버와의 연결이 끊겨 지금은 실시간 등록을 할 수 없습니다. 잠시 후 다시 요청하십시오"
ELSEWHERE = "다른 프로그램이 이 조건식을 거래소구분 {exchange}(으)로 받고 있습니다"
CLEARED = "등록이 끝나기 전에 해제되었습니다"
ENDING = frozenset({"reconnecting", "taken", "ended"})
"""States after which nothing that was asked for is answered soon."""


class Upstream(Protocol):
    """What follows conditions for the hub, above and in the journal."""

    def follow(self, condition: Condition, exchange: Exchange) -> None:
        """Follow a condition; UnknownCondition, AmbiguousCondition, or what ended the session."""

    def let_go(self, condition: Condition) -> None:
        """Follow a condition no longer."""


class Registering:
    """The topics of a hub, and the requests that wait for their members."""

    def __init__(
        self,
        feed: Feed,
        fanout: Fanout,
        stream: Stream,
        topics: Topics[Peer],
        upstream: Upstream,
        desks: Desks,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.state: State | None = None
        """The last state of the session above."""
        self.logins = 1
        """How often that was logged in."""
        self._feed = feed
        self._fanout = fanout
        self._stream = stream
        self._topics = topics
        self._upstream = upstream
        self._desks = desks
        self._loop = loop
        self._registers: dict[tuple[Peer, str], Register] = {}
        """The requests of those who wait for a snapshot, by their label."""
        self._timer: asyncio.TimerHandle | None = None
        fanout.on_state, fanout.on_block, fanout.on_renumbered = self._stated, self._show, self._moved
        stream.on_shown = self._show_numbered

    def close(self) -> None:
        """Let nothing go any more."""
        if self._timer is not None:
            self._timer.cancel()

    def gone(self, peer: Peer) -> None:
        """Forget a program; what nobody else wants is let go after a while."""
        for label in self._topics.held(peer):
            self._registers.pop((peer, label), None)
        self._topics.gone(peer, self._loop.time())
        self._stream.gone(peer)
        self._arm()

    def register(self, peer: Peer, request: Register, condition: Condition) -> None:
        """Let a program hear a condition; it is answered once there is something to show."""
        label = request.seq.strip()
        joined = self._topics.join(peer, label, condition, request.exchange, self._feed.wall())
        if joined == "doubled":
            refuse(peer, request, *messages.TWICE_REFUSED)
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

    def follow(self, peer: Peer, request: Follow, wanted: Sequence[tuple[str, Condition]]) -> None:
        """Let one of jogeon's own clients hear the numbered stream of several conditions, all or none of them."""
        following: list[tuple[Condition, str, bool]] = []
        added: list[str] = []
        for label, condition in wanted:
            joined = self._topics.join(peer, label, condition, request.exchange, self._feed.wall())
            try:
                if joined == "other exchange":
                    self._forget(peer, added)
                    refuse(peer, request, BAD_VENUE, ELSEWHERE.format(exchange=self._exchange(condition)))
                    return
                if joined == "begun":
                    self._upstream.follow(condition, request.exchange)
            except JogeonError as error:
                self._topics.drop(condition)
                self._forget(peer, added)
                refuse_for(peer, request, error)
                return
            if joined != "doubled":
                self._topics.admit(peer, label, numbered=True)
                added.append(label)
            following.append((condition, label, joined == "begun"))
        if not self._feed.serving and self.state is not None:
            peer.say(encode_lines([("", self.state, None, 0)]))
        self._stream.begin(peer, request, following)

    def _forget(self, peer: Peer, labels: Sequence[str]) -> None:
        """Let a program hear nothing of what it asked for together with something that was refused."""
        for label in labels:
            self._topics.leave(peer, label, self._loop.time())
        self._arm()

    def _exchange(self, condition: Condition) -> str:
        topic = self._topics.get(condition)
        return "" if topic is None else topic.exchange

    def _show_numbered(self, condition: Condition) -> None:
        """Show the members that are durable to jogeon's own clients that wait for them as other programs do."""
        topic = self._topics.get(condition)
        for peer, label in list(topic.waiting) if topic is not None else ():
            if self._desks[peer].extended:
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
            self._turn_away(condition, messages.UNEXPECTED, BLIND)
        elif subscription.attempts.error is not None:
            self._drop(condition, subscription.attempts.error)

    def _show(self, condition: Condition) -> None:
        """Show the members to those who wait, behind what was pushed so far, and let them hear what comes."""
        topic, snapshot = self._topics.get(condition), self._feed.current(condition)
        if topic is None or snapshot is None or not topic.waiting:
            return
        self._fanout.flush(condition)
        for peer, label in list(topic.waiting):
            if self._desks[peer].extended:
                continue
            request = self._registers.pop((peer, label))
            peer.answer(request, Registered(snapshot.codes), _snapshot_text(label, snapshot.codes))
            if (peer, label) in topic.waiting:  # it may have been cut for what waits for it
                self._topics.admit(peer, label)

    def clear(self, peer: Peer, request: Clear) -> None:
        """Stop real time; a seq that was not registered is acknowledged all the same."""
        label = request.seq.strip()
        topic = self._topics.held(peer).get(label)
        if topic is not None:
            self._fanout.flush(topic.condition)
            if (waiting := self._registers.pop((peer, label), None)) is not None:
                refuse(peer, waiting, messages.UNEXPECTED, CLEARED)
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
        return next((each for each in self._feed.followed(self._fanout) if each.condition == condition), None)

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
                self._turn_away(topic.condition, messages.UNEXPECTED, BLIND)
        elif state.state == "unanswered" and state.condition is not None:
            self._loop.call_soon(self._settle, state.condition)
        elif state.state in ("condition-gone", "ambiguous") and state.condition is not None:
            self._turn_away(state.condition, *messages.SEQ_REFUSED)

    def _moved(self, old: Condition, new: Condition) -> None:
        self._desks.moved(old, new)
        self._stream.moved(old, new)

    # ------------------------------------------------------------ letting go

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
