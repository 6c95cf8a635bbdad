"""A small world in virtual time: a broker with faults, and a driver that connects a Subscriptions to it.

Clock     monotonic seconds that pass when told to; a wall clock beside them
Broker    the server's side over a small random market, with its own truth and its faults
Driver    what a client does with a Subscriptions: one request in flight, answers taken as they come
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from typing import TYPE_CHECKING

from conversation import NO_SUCH, PATIENCE, SECOND_NS, TWICE, moment, text_of
from jogeon import messages, writers
from jogeon.errors import RemoteProtocolError
from jogeon.events import Condition
from jogeon.messages import (
    Cleared,
    ConditionList,
    ListConditions,
    Login,
    LoginAccepted,
    Ping,
    Push,
    Refusal,
    Register,
    Registered,
    Search,
    SearchPage,
    Unknown,
)
from jogeon.retry import Liveness, Pace, delays
from jogeon.session import Answered, ClientSession, Late, ServerSession, Stray
from jogeon.subscription import Stage
from jogeon.supervisor import REPLACE_PAUSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from jogeon.messages import Answer, Request
    from jogeon.session import Received
    from jogeon.subscriptions import Subscriptions


TURN = 0.001  # no loop looks twice within the same moment


class Clock:
    """Monotonic seconds from 0 that pass only in `run`; `skew` seconds are what the wall clock is off."""

    def __init__(self) -> None:
        self.now = 0.0
        self.skew = 0.0
        self._order = itertools.count()
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []

    def wall_ns(self) -> int:
        """Return what the wall clock says."""
        return moment(self.now + self.skew)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something in so many seconds; what is due at the same moment is done in the order of the calls."""
        heapq.heappush(self._agenda, (self.now + seconds, next(self._order), action))

    def run(self, seconds: float) -> None:
        """Let time pass."""
        until = self.now + seconds
        while self._agenda and self._agenda[0][0] <= until:
            self.now, _, action = heapq.heappop(self._agenda)
            action()
        self.now = until


# ---------------------------------------------------------------- the server's side


class Change:
    """One change of the truth; `arrives_ns` is when its push is heard if it is sent, and `fate` what became of it."""

    def __init__(self, name: str, code: str, kind: str, arrives_ns: int) -> None:
        self.name = name
        self.code = code
        self.kind = kind
        self.arrives_ns = arrives_ns
        self.fate = "unsent"


class Link:
    """One connection of the Broker. What is `bound` is pushed under the seq it was registered by."""

    def __init__(self, broker: Broker, deliver: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self.session = ServerSession()
        self.bound: dict[str, str] = {}
        self.unheard: set[str] = set()
        self.alive = True
        self.frozen = False
        self._broker = broker
        self._deliver = deliver
        self._lost = lost

    def send(self, text: bytes) -> None:
        """Take a text of the client; it arrives after the latency."""
        self._broker.clock.later(self._broker.latency, lambda: self._arrive(text))

    def _arrive(self, text: bytes) -> None:
        if self.alive and not self.frozen:
            message = self.session.receive(text)
            if not isinstance(message, Ping | Unknown):
                self._broker.requested(self, message)

    def say(self, text: bytes, delay: float = 0.0) -> None:
        """Send a text to the client."""

        def arrive() -> None:
            if self.alive and not self.frozen:
                self._deliver(text)

        self._broker.clock.later(self._broker.latency + delay, arrive)

    def drop(self) -> None:
        """Break off; what is on the way is lost."""
        if self.alive:
            self.alive = False
            self.session.close()
            self._lost()


class Broker:
    """A market of a few conditions and stocks, and whatever can go wrong on the way to whoever watches it."""

    latency = 0.02
    ping = 10.0

    def __init__(self, clock: Clock, random: Random, names: Sequence[str], codes: Sequence[str]) -> None:
        self.clock = clock
        self.random = random
        self.listing = {str(seq): name for seq, name in enumerate(names)}
        self.codes = codes
        self.members = {name: {code for code in codes if random.random() < 0.5} for name in names}
        self.gone: dict[str, str] = {}
        self.doubled = ""
        self.log: list[Change] = []
        self.link: Link | None = None
        self.logins = 0
        # what goes wrong
        self.closed = False
        self.muted: set[str] = set()
        self.nameless = 0.5
        self.twice = 0
        self.deaf = self.mum = self.destroy = 0
        self.hold = 0.0
        self.refusals: deque[Refusal] = deque()
        self.already: set[str] = set()

    def connect(self, deliver: Callable[[bytes], None], lost: Callable[[], None]) -> Link | None:
        """Accept a connection, unless closed; the one before ends unheard."""
        if self.closed:
            return None
        if self.link is not None:
            self.link.alive = False
        self.link = Link(self, deliver, lost)
        self._beat(self.link)
        return self.link

    def _beat(self, link: Link) -> None:
        if link.alive:
            link.say(writers.encode_ping())
            self.clock.later(self.ping, lambda: self._beat(link))

    # ------------------------------------------------------------ the market

    def change(self, name: str, code: str) -> None:
        """Let a stock enter or leave, and push it to whoever is registered."""
        if name in self.gone.values():
            return
        kind = "D" if code in self.members[name] else "I"
        self.members[name] ^= {code}
        change = Change(name, code, kind, self.clock.wall_ns() + round(self.latency * SECOND_NS))
        self.log.append(change)
        link = self.link
        if link is None or not link.alive:
            return
        for seq in [seq for seq, bound in link.bound.items() if bound == name]:
            self._push(link, seq, change)

    def _push(self, link: Link, seq: str, change: Change) -> None:
        if change.name in self.muted:
            change.fate = "muted"
            return
        if not link.frozen and seq not in link.unheard:  # a CNSRCLR that got lost leaves one that nobody listens to
            change.fate = "pushed"
        text = writers.encode_push(seq, change.code, "I" if change.kind == "I" else "D", f"{len(self.log) - 1:06d}")
        if self.destroy:
            self.destroy -= 1
            change.fate = "destroyed"
            text = text[: self.random.randrange(1, len(text) - 1)]
        for _ in range(2 if self.twice else 1):
            link.say(text)

    # ------------------------------------------------------------ requests

    def requested(self, link: Link, request: Request) -> None:
        """Answer a request, as far as nothing goes wrong."""
        if self.deaf and isinstance(request, Register | messages.Clear):
            self.deaf -= 1
            link.unheard.add(request.seq)
            return
        answer = self._answer(link, request)
        link.session.answer(request, answer)
        text = text_of(request, answer)
        if answer == Registered(()) and self.random.random() < self.nameless:
            text = b'{"trnm":"CNSRREQ","return_code":0,"data":null}'
        if self.mum and isinstance(request, Register | messages.Clear):
            self.mum -= 1
            return
        hold, self.hold = self.hold, 0.0
        link.say(text, hold)
        if self.twice and b'"seq"' in text:
            link.say(text, hold)

    def _answer(self, link: Link, request: Request) -> Answer:
        match request:
            case Login():
                self.logins += 1
                return LoginAccepted()
            case ListConditions():
                twin = {"90": self.doubled} if self.doubled else {}
                return ConditionList(tuple(Condition(seq, name) for seq, name in (self.listing | twin).items()))
            case Search():
                return SearchPage((), "N", "")
            case Register(seq):
                return self._register(link, seq)
        link.bound.pop(request.seq, None)
        self.already.discard(request.seq)
        return Cleared()

    def _register(self, link: Link, seq: str) -> Answer:
        if self.refusals:
            return self.refusals.popleft()
        if seq not in self.listing:
            return NO_SUCH
        if seq in link.bound or seq in self.already:
            return TWICE
        name = link.bound[seq] = self.listing[seq]
        return Registered(tuple(sorted(self.members.get(name, ()))))

    # ------------------------------------------------------------ editing conditions

    def renumber(self) -> None:
        """Give the conditions other seqs, as editing them does; what is registered stays as it was."""
        names = list(self.listing.values())
        self.random.shuffle(names)
        self.listing = dict(zip(self.listing, names, strict=True))

    def delete(self, name: str) -> None:
        """Take a condition away: it is listed no longer and nothing is pushed of it."""
        seq = next(seq for seq, other in self.listing.items() if other == name)
        self.gone[seq] = self.listing.pop(seq)

    def restore(self) -> None:
        """Bring back what was deleted."""
        self.listing |= self.gone
        self.gone = {}

    def heal(self) -> None:
        """End all faults."""
        self.restore()
        self.doubled = ""
        self.closed = False
        self.nameless = 0.0  # else an empty condition is nobody's for as long as anything is owed
        self.twice = self.deaf = self.mum = self.destroy = 0
        self.hold = 0.0
        self.muted.clear()
        self.refusals.clear()


# ---------------------------------------------------------------- the client's side


class Driver:
    """Connects a Subscriptions to a Broker again and again; what it does is what the client does with sockets."""

    def __init__(self, clock: Clock, broker: Broker, subscriptions: Subscriptions, random: Random) -> None:
        self.subscriptions = subscriptions
        self.losses: list[int] = []
        self._clock = clock
        self._broker = broker
        self._pauses: Iterator[float] = delays(random.uniform)
        self._pace = Pace()
        self._liveness = Liveness()
        self._session = ClientSession()
        self._link: Link | None = None
        self._ready = False
        self._flight = 0
        self._wake_at: float | None = None
        self._sent, self._replaced = 0.0, -REPLACE_PAUSE
        self._heard, self.heard_ns = 0.0, 0

    @property
    def busy(self) -> bool:
        """Whether something is in flight, or half of what was begun is done."""
        waiting = any(following.stage is Stage.WAITING for following in self.subscriptions.wanted)
        return waiting or self._session.in_flight is not None

    def connect(self) -> None:
        """Connect and log in; again later if that is not possible."""
        link = self._broker.connect(self._take, self._end)
        if link is None:
            self._clock.later(next(self._pauses), self.connect)
            return
        self._link, self._session = link, ClientSession()
        self._heard, self.heard_ns = self._clock.now, self._clock.wall_ns()
        self._send(Login("token"))

    def _send(self, request: Request) -> None:
        assert self._link is not None
        self._flight += 1
        flight, self._sent = self._flight, self._clock.now
        self._link.send(self._session.send(request))
        self._clock.later(PATIENCE, lambda: self._expire(flight, request))

    def _expire(self, flight: int, request: Request) -> None:
        if flight != self._flight or self._session.in_flight is not request:
            return
        self._session.expire()
        if isinstance(request, Login) or (isinstance(request, ListConditions) and self._heard <= self._sent):
            self.give_up()
            return
        self.subscriptions.timed_out(request, PATIENCE, self._clock.now, self._clock.wall_ns())
        self.turn()

    def give_up(self) -> None:
        """Close this connection from our side."""
        if self._link is not None:
            self._link.alive = False
        self._end()

    def _end(self) -> None:
        self._flight += 1
        self._session.close()
        self._link = None
        if self._ready:
            self._ready = False
            self.losses.append(self.heard_ns)
            self.subscriptions.lost(self.heard_ns, "connection lost", "")
        self._clock.later(next(self._pauses), self.connect)

    # ------------------------------------------------------------ the reader

    def _take(self, text: bytes) -> None:
        before_ns, self.heard_ns = self.heard_ns, self._clock.wall_ns()
        self._heard = self._clock.now
        try:
            received = self._session.receive(text)
        except RemoteProtocolError as error:
            self.subscriptions.unreadable(str(error), before_ns, self.heard_ns)
        else:
            self._dispatch(received)
        self.turn()

    def _dispatch(self, received: Received) -> None:
        match received:
            case Push():
                self.subscriptions.pushed(received, self.heard_ns)
            case Ping(payload):
                self._liveness.ping(self._heard)
                if self._link is not None:
                    self._link.send(payload)
            case Answered(Login(), _):
                self._ready = True
                self.subscriptions.connected()
            case Answered(request, answer):
                self.subscriptions.answered(request, answer, self._heard, self.heard_ns)
            case Late(request, answer):
                self.subscriptions.late(request, answer, self._heard, self.heard_ns)
            case Stray(seq=str(seq), codes=tuple(codes)):
                self.subscriptions.unasked(seq, codes)

    # ------------------------------------------------------------ the task

    def turn(self) -> None:
        """Send what is due, if nothing is in flight."""
        if not self._ready or self._session.in_flight is not None:
            return
        now = self._clock.now
        if self.subscriptions.is_hopeless() and self._session.owed and now - self._replaced >= REPLACE_PAUSE:
            self._replaced = now
            self.give_up()
        elif (delay := self._pace.delay(now)) > 0:
            self._wake(now + delay + TURN)
        else:
            request = self.subscriptions.next_request(now, self._clock.wall_ns())
            if request is None and now - self._heard >= self._liveness.bound:
                request = ListConditions()
            if request is not None:
                self._pace.sent(now)
                self._send(request)
            else:
                due = self.subscriptions.next_due()
                silence = self._heard + self._liveness.bound
                assert due is None or due > now, "woken for nothing, again and again"
                self._wake(silence if due is None else min(due, silence))

    def _wake(self, at: float) -> None:
        if self._wake_at is not None and self._clock.now < self._wake_at <= at:
            return
        self._wake_at = at

        def woken() -> None:
            if self._wake_at == at:
                self._wake_at = None
                self.turn()

        self._clock.later(max(TURN, at - self._clock.now), woken)
