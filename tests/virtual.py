"""A small world in virtual time: a clock that passes when told to, and a broker with faults.

Clock     monotonic seconds that pass when told to; a wall clock beside them
Broker    the server's side over a small random market, with its own truth and its faults
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from typing import TYPE_CHECKING

from conversation import NO_SUCH, SECOND_NS, TWICE, moment, text_of
from jogeon.events import Condition
from jogeon.wire import messages, writers
from jogeon.wire.messages import (
    Clear,
    Cleared,
    ConditionList,
    ListConditions,
    Login,
    LoginAccepted,
    Ping,
    Refusal,
    Register,
    Registered,
    Search,
    SearchPage,
    Unknown,
)
from jogeon.wire.session import ServerSession

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from jogeon.wire.messages import Answer, Request


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
    """One change of the truth.

    `arrives_ns` is when its push arrives if it is sent, `heard_ns` when it was read, and `fate` what became of it.
    """

    def __init__(self, name: str, code: str, kind: str, arrives_ns: int) -> None:
        self.name = name
        self.code = code
        self.kind = kind
        self.arrives_ns = self.heard_ns = arrives_ns
        self.fate = "unsent"


class Link:
    """One connection of the Broker. What is `bound` is pushed under the seq it was registered by.

    Unless the broker is `floating`: then a seq is pushed what has that number at the moment.
    """

    def __init__(self, broker: Broker, deliver: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self.session = ServerSession()
        self.bound: dict[str, str] = {}
        self.unheard: set[str] = set()
        self.alive = True
        self.frozen = False
        self._replied = 0.0
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

    def reply(self, text: bytes, hold: float) -> None:
        """Send a reply, after those before it unless replies may overtake each other."""
        now = self._broker.clock.now
        at = now + hold if self._broker.overtaking else max(now + hold, self._replied)
        self._replied = at
        self.say(text, at - now)

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
        """Make a market in which the last condition has one stock or none."""
        self.clock = clock
        self.random = random
        self.listing = {str(seq): name for seq, name in enumerate(names)}
        self.codes = codes
        self.members = {name: {code for code in codes if random.random() < 0.5} for name in names}
        self.members |= {f"{name}#": set(codes[:2]) for name in names}
        self.gone: dict[str, str] = {}
        self.renamed: dict[str, str] = {}
        self.doubled = ""
        self.floating = self.overtaking = False
        self.log: list[Change] = []
        self.link: Link | None = None
        self.logins = 0
        # what goes wrong
        self.closed = False
        self.muted: set[str] = set()
        self.nameless = 0.5
        self.twice = 0
        self.deaf = self.mum = self.destroy = 0
        self.hold = self.slow = 0.0
        self.lose = 0
        self.refusals: deque[Refusal] = deque()
        self.list_refusals: deque[Refusal] = deque()
        self.edits: list[int] = []
        """When the conditions were edited."""
        self._pushes: dict[bytes, Change] = {}
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
        if name not in self.present.values():
            return
        kind = "D" if code in self.members[name] else "I"
        self.members[name] ^= {code}
        change = Change(name, code, kind, self.clock.wall_ns() + round(self.latency * SECOND_NS))
        self.log.append(change)
        link = self.link
        if link is None or not link.alive:
            return
        now_called = self.present if self.floating else link.bound
        for seq in [seq for seq in link.bound if now_called.get(seq) == name]:
            self._push(link, seq, change)

    def _push(self, link: Link, seq: str, change: Change) -> None:
        if change.name in self.muted:
            change.fate = "muted"
            return
        if not link.frozen and seq not in link.unheard:  # a CNSRCLR that got lost leaves one that nobody listens to
            change.fate = "pushed"
        text = writers.encode_push(seq, change.code, "I" if change.kind == "I" else "D", f"{len(self.log) - 1:06d}")
        self._pushes[text] = change
        if self.destroy:
            self.destroy -= 1
            change.fate = "destroyed"
            text = text[: self.random.randrange(1, len(text) - 1)]
        for _ in range(2 if self.twice else 1):
            link.say(text)

    def heard(self, text: bytes) -> None:
        """Note that the client reads a frame now."""
        change = self._pushes.pop(text, None)
        if change is not None:
            change.heard_ns = self.clock.wall_ns()

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
        if self.lose:
            self.lose -= 1
            return
        hold, self.hold = self.hold, 0.0
        if self.slow and not isinstance(request, Login):
            hold += self.random.uniform(1.0, self.slow) * (self.random.random() < 0.5)
        for _ in range(2 if self.twice else 1):
            link.reply(text, hold)

    def _answer(self, link: Link, request: Request) -> Answer:
        match request:
            case Login():
                self.logins += 1
                return LoginAccepted()
            case ListConditions() if self.list_refusals:
                return self.list_refusals.popleft()
            case ListConditions():
                return ConditionList(tuple(Condition(seq, name.strip("#")) for seq, name in self.present.items()))
            case Search():
                return SearchPage((), "N", "")
            case Register(seq):
                return self._register(link, seq)
        assert isinstance(request, Clear)
        link.bound.pop(request.seq, None)
        self.already.discard(request.seq)
        return Cleared()

    def _register(self, link: Link, seq: str) -> Answer:
        if self.refusals:
            return self.refusals.popleft()
        if seq not in self.present:
            return NO_SUCH
        if seq in link.bound or seq in self.already:
            return TWICE
        link.unheard.discard(seq)
        name = link.bound[seq] = self.present[seq]
        return Registered(tuple(sorted(self.members.get(name, ()))))

    # ------------------------------------------------------------ editing conditions

    @property
    def present(self) -> dict[str, str]:
        """What is saved now; the twin of a condition that is doubled has its name with a mark."""
        return self.listing | ({"90": f"{self.doubled}#"} if self.doubled else {})

    @property
    def is_plain(self) -> bool:
        """Whether each name is that of its one condition: nothing is deleted, renamed or doubled."""
        return not (self.gone or self.renamed or self.doubled)

    def renumber(self) -> None:
        """Give the conditions other seqs, as editing them does; what is registered stays as it was."""
        self.edits.append(self.clock.wall_ns())
        names = list(self.listing.values())
        self.random.shuffle(names)
        self.listing = dict(zip(self.listing, names, strict=True))

    def delete(self, name: str) -> None:
        """Take a condition away: it is listed no longer and nothing is pushed of it."""
        seq = next((seq for seq, other in self.listing.items() if other == name), None)
        if seq is not None:
            self.gone[seq] = self.listing.pop(seq)

    def rename(self, name: str) -> None:
        """Give a condition another name; what it was called is nobody's name then."""
        seq = next((seq for seq, other in self.listing.items() if other == name), None)
        if seq is not None:
            self.renamed[f"{name} 2"] = name
            self.listing[seq] = f"{name} 2"
            self.members[f"{name} 2"] = set(self.members[name])

    def restore(self) -> None:
        """Bring back what was deleted, and its old name to what was renamed."""
        self.listing |= self.gone
        self.gone = {}
        self.listing = {seq: self.renamed.get(name, name) for seq, name in self.listing.items()}
        self.renamed = {}

    def heal(self) -> None:
        """End all faults."""
        self.restore()
        self.doubled = ""
        self.closed = False
        self.nameless = 0.0  # else an empty condition is nobody's for as long as anything is owed
        self.twice = self.deaf = self.mum = self.destroy = 0
        self.hold = self.slow = 0.0
        self.lose = 0
        self.muted.clear()
        self.refusals.clear()
        self.list_refusals.clear()
