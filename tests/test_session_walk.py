"""A client and a server back to back in a two-sided random walk: both agree on what they are, over the whole table."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from conversation import TWICE, Pair
from jogeon.errors import LocalProtocolError
from jogeon.wire import messages, session
from jogeon.wire.messages import (
    Acknowledged,
    Clear,
    Cleared,
    ListConditions,
    Login,
    LoginAccepted,
    Ping,
    Push,
    Refusal,
    Register,
    Registered,
    RegisterQuotes,
    RemoveQuotes,
    Search,
    SearchPage,
    System,
)
from jogeon.wire.session import (
    PHASES,
    Answered,
    ClientSession,
    Late,
    Phase,
    ServerSession,
    Step,
    Stray,
    step_of,
)
from test_session import LISTED, NEWS, PING, PUSH

if TYPE_CHECKING:
    from jogeon.wire.messages import Answer, Request

SEQS = ("4", "5")
REFUSAL = Refusal("900001", "거절합니다")
GRANTED: dict[type[Request], Answer] = {
    Login: LoginAccepted(),
    ListConditions: LISTED,
    Search: SearchPage((), "N", ""),
    Register: Registered(("005930",)),
    Clear: Cleared(),
    RegisterQuotes: Acknowledged(),
    RemoveQuotes: Acknowledged(),
}
ASKABLE: tuple[Request, ...] = (
    Login("token"),
    ListConditions(),
    *(kind(seq) for seq in SEQS for kind in (Search, Register, Register, Clear)),
    RegisterQuotes(("005930",)),
    RemoveQuotes(("005930",)),
)


class _Recorded(session._Session):
    """A half of a session that notes which entries of the table it used."""

    seen: ClassVar[Counter[tuple[Phase, Step]]] = Counter()

    def _go(self, step: Step) -> None:
        if step in PHASES[self.phase]:
            self.seen[self.phase, step] += 1
        super()._go(step)


class _Client(_Recorded, ClientSession):
    pass


class _Server(_Recorded, ServerSession):
    pass


class Walk:
    """Two sides that do what they like. `blurred`: what the wire cannot tell replies to apart by."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Make a connection; one is used once."""
        self.pair = Pair(_Client(), _Server())
        self.blurred: set[str] = set()

    def ask(self, request: Request) -> None:
        """Send a request if it is its time, and see it refused here if not."""
        client = self.pair.client
        unlisted = client.phase is Phase.LOGGED_IN and step_of(request) in session.UNLISTED
        if client.in_flight is not None or step_of(request) not in PHASES[client.phase] or unlisted:
            before = (client.phase, client.in_flight)
            with pytest.raises(LocalProtocolError):
                self.pair.send(request)
            assert (client.phase, client.in_flight) == before
            return
        if any(owed.trnm == request.trnm and _seq(owed) == _seq(request) for owed in client.owed):
            self.blurred.add(_seq(request))
        self.pair.send(request)

    def expire(self) -> None:
        """Give up waiting; a login that is not answered is the end of a connection."""
        if not isinstance(self.pair.client.in_flight, Login):
            self.pair.client.expire()

    def serve(self) -> None:
        """Let the server read a text."""
        if self.pair.up:
            self.pair.serve()

    def answer(self, which: int, outcome: int) -> None:
        """Let the server answer one of the requests it has read: granted, refused, refused as registered already."""
        waiting = self.pair.unanswered
        if waiting:
            request = waiting[which % len(waiting)]
            twice = isinstance(request, Register) and outcome == 1
            self.pair.answer(request, TWICE if twice else (GRANTED[type(request)], REFUSAL, REFUSAL)[outcome])

    def say(self, text: bytes) -> None:
        """Let the server say what nobody asked for."""
        self.pair.say(text)

    def hear(self) -> None:
        """Let the client read a text."""
        if not self.pair.down:
            return
        client, text = self.pair.client, self.pair.down.popleft()
        awaited = client.in_flight
        heard = client.receive(text)
        if text in (PING, NEWS, PUSH):
            assert isinstance(heard, Ping | System | Push)
            assert client.in_flight is awaited
        elif isinstance(heard, Answered):
            assert heard.request is awaited
            assert client.in_flight is None
        else:
            assert isinstance(heard, Late) or (isinstance(heard, Stray) and (heard.seq or heard.trnm) in self.blurred)
            assert client.in_flight is awaited

    def close(self) -> None:
        """End the connection, and begin another."""
        for half in (self.pair.client, self.pair.server):
            half.close()
            assert half.phase is Phase.CLOSED
        assert not self.pair.client.owed
        assert self.pair.client.in_flight is None
        self.begin()

    def check(self) -> None:
        """When nothing is on the way both see the same connection."""
        client, server = self.pair.client, self.pair.server
        if not self.pair.up and not self.pair.down:
            assert client.phase is server.phase


def _seq(request: Request) -> str:
    return request.seq if isinstance(request, messages.OfCondition) else request.trnm


class WalkMachine(RuleBasedStateMachine):
    """The walk with every step a choice of hypothesis, so that a failure is made small."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk()

    @initialize(listed=st.booleans())
    def begin(self, *, listed: bool) -> None:
        """Begin where most of a session is spent, or at its start."""
        for request in (Login("token"), ListConditions()) if listed else ():
            self.walk.pair.ask(request, GRANTED[type(request)])

    @rule(request=st.sampled_from(ASKABLE))
    def ask(self, request: Request) -> None:
        self.walk.ask(request)

    @rule()
    def expire(self) -> None:
        self.walk.expire()

    @rule()
    def serve(self) -> None:
        self.walk.serve()

    @rule(which=st.integers(0, 2), outcome=st.integers(0, 2))
    def answer(self, which: int, outcome: int) -> None:
        self.walk.answer(which, outcome)

    @rule(text=st.sampled_from((PING, NEWS, PUSH)))
    def say(self, text: bytes) -> None:
        self.walk.say(text)

    @rule()
    def hear(self) -> None:
        self.walk.hear()

    @invariant()
    def agree(self) -> None:
        self.walk.check()

    def teardown(self) -> None:
        self.walk.close()


TestWalk = WalkMachine.TestCase
TestWalk.settings = settings(stateful_step_count=16)


def test_a_long_walk_visits_every_entry_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of it is walked by a client that, as the guide's own samples, does not wait for the list."""
    _Recorded.seen.clear()
    for forbidden in (session.UNLISTED, frozenset[Step]()):
        monkeypatch.setattr(session, "UNLISTED", forbidden)
        wander(Random(3), 6_000)  # noqa: S311  # a walk to repeat, not a secret
    assert set(_Recorded.seen) == {(phase, step) for phase, steps in PHASES.items() for step in steps}


def wander(random: Random, steps: int) -> None:
    """Walk at random; the likelier a step is, the further a connection comes."""
    walk = Walk()
    for _ in range(steps):
        match random.choices(range(7), (6, 5, 6, 4, 1, 6, 0.3))[0]:
            case 0:
                walk.ask(random.choice(ASKABLE))
            case 1:
                walk.expire()
            case 2:
                walk.serve()
            case 3:
                walk.answer(random.randrange(3), random.choice((0, 0, 0, 1, 2)))
            case 4:
                walk.say(random.choice((PING, NEWS, PUSH)))
            case 5:
                walk.hear()
            case 6:
                walk.close()
        walk.check()
