"""Conversations without a socket and without waiting: what the tests of the rules are made of.

Pair      a ClientSession and a ServerSession back to back, with a queue of texts each way
Talk      a Subscriptions on a connection whose other end is the test
Listener  a sink that refuses a stream which jumps, and can be compared with the truth
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

from jogeon.errors import ConnectionLost
from jogeon.events import Anomaly, Condition, Enter, Gap, Leave, Snapshot, State
from jogeon.live.attempts import CURE_PAUSE
from jogeon.live.listing import FRESH
from jogeon.live.subscriptions import Subscriptions
from jogeon.wire import messages, writers
from jogeon.wire.messages import (
    Acknowledged,
    Clear,
    Cleared,
    ConditionList,
    ListConditions,
    Login,
    LoginAccepted,
    Ping,
    PushRow,
    PushValues,
    Refusal,
    Register,
    Registered,
    SearchPage,
    Unknown,
)
from jogeon.wire.readers import NO_PUSH, read_push
from jogeon.wire.session import ClientSession, ServerSession
from texts import list_text, page_text, snapshot_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.events import Event
    from jogeon.wire.messages import Answer, Request
    from jogeon.wire.session import Received

TEN_OCLOCK_NS = 1_795_136_400_000_000_000
"""2026-11-20, a Friday, 10:00:00 in Korea."""
SECOND_NS = 1_000_000_000
PATIENCE = 5.0
LOST = ConnectionLost("broken off")
A, B, C = "005930", "0000D0", "57JBHH"
SURGE, PEAK = "급등주", "신고가 돌파"
ZERO, ONE = Condition("0", SURGE), Condition("1", PEAK)
TWICE = Refusal(messages.ALREADY_REGISTERED, "이미 등록된 조건검색 일련번호입니다.")
BUSY = Refusal("1700", "허용된 요청 개수를 초과하였습니다")
WORDS = Refusal("0", "조건검색 실패")
NO = Refusal("900001", "거절")
NO_SUCH = Refusal(messages.NO_SUCH_SEQ, "존재하지 않는 일련번호입니다.")


def moment(seconds: float) -> int:
    """Return a moment of the wall clock, in seconds after ten o'clock."""
    return TEN_OCLOCK_NS + round(seconds * SECOND_NS)


def text_of(request: Request, answer: Answer) -> bytes:  # noqa: PLR0911  # one return a case
    """Return what a server writes to answer a request; a refusal names the condition in its text only."""
    seq = request.seq if isinstance(request, messages.OfCondition) else ""
    match answer:
        case LoginAccepted():
            return writers.encode_login_accepted()
        case ConditionList(conditions):
            return list_text(conditions)
        case SearchPage():
            return page_text(seq, [], answer.next_key)
        case Registered(codes):
            return snapshot_text(seq, codes)
        case Cleared():
            return writers.encode_cleared(seq)
        case Acknowledged():
            return writers.encode_acknowledged(request.trnm)
        case Refusal(code, text):
            return writers.encode_refusal(request.trnm, int(code), f"{text}(seq={seq})" if seq else text)
    raise AssertionError(answer)


# ---------------------------------------------------------------- two sessions


def heard(session: ClientSession, payload: bytes) -> Received:
    """Return what a connection makes of a frame: a push is read without the session, anything else by it."""
    try:
        return read_push(payload)
    except NO_PUSH:
        return session.receive(payload)


class Pair:
    """Both halves of one connection; nothing moves until it is told to."""

    def __init__(self, client: ClientSession | None = None, server: ServerSession | None = None) -> None:
        self.client = client or ClientSession()
        self.server = server or ServerSession()
        self.up: deque[bytes] = deque()
        self.down: deque[bytes] = deque()
        self.unanswered: list[Request] = []

    def send(self, request: Request) -> None:
        """Let the client send a request."""
        self.up.append(self.client.send(request))

    def serve(self) -> Request | Ping | Unknown:
        """Let the server read one text."""
        message = self.server.receive(self.up.popleft())
        if not isinstance(message, Ping | Unknown):
            self.unanswered.append(message)
        return message

    def answer(self, request: Request, answer: Answer, text: bytes | None = None) -> None:
        """Let the server answer a request it has read."""
        self.unanswered = [other for other in self.unanswered if other is not request]
        self.server.answer(request, answer)
        self.down.append(text or text_of(request, answer))

    def say(self, *texts: bytes) -> None:
        """Let the server send what nobody asked for."""
        self.down.extend(texts)

    def hear(self) -> Received:
        """Let the client read one text."""
        return heard(self.client, self.down.popleft())

    def ask(self, request: Request, answer: Answer) -> Received:
        """Send a request, have it answered, and return what the client makes of that."""
        self.send(request)
        self.serve()
        self.answer(self.unanswered[-1], answer)
        return self.hear()

    def agree(self) -> bool:
        """Tell whether both halves see the same connection."""
        return self.client.phase is self.server.phase


def listed_pair() -> Pair:
    """Return a pair that is logged in and has the list."""
    pair = Pair()
    pair.ask(Login("token"), LoginAccepted())
    pair.ask(ListConditions(), ConditionList((Condition("4", "급등주"), Condition("5", "신고가 돌파"))))
    return pair


# ---------------------------------------------------------------- a Subscriptions and the test


class Talk:
    """A Subscriptions that is connected and has the list of `names`, seq "0" and up; the test is the server."""

    def __init__(self, *names: str, recheck: float = 0.0) -> None:
        self.subscriptions = Subscriptions(recheck=recheck)
        self.now = self.taken = 0.0
        self.listing = tuple(Condition(str(seq), name) for seq, name in enumerate(names))
        self._asked: Request | None = None
        self.connects()

    @property
    def at_ns(self) -> int:
        """The wall clock."""
        return moment(self.now)

    def connects(self) -> None:
        """Log in and take the list."""
        self.subscriptions.connected()
        self.asks(ListConditions())
        self.answers(ConditionList(self.listing))

    def loses(self, detail: str = "") -> None:
        """End the connection; its last frame was heard just now."""
        self.subscriptions.lost(self.at_ns, LOST, detail)

    def follows(self, *names: str) -> Listener:
        """Return a sink that follows listed conditions."""
        return self.follows_now(*(next(c for c in self.listing if c.name == name) for name in names))

    def follows_now(self, *conditions: Condition) -> Listener:
        """Return a sink that follows these conditions."""
        listener = Listener()
        self.subscriptions.join(listener)
        for condition in conditions:
            self.subscriptions.want(condition, listener, "K", self.at_ns)
        return listener

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def asks(self, expected: Request | None) -> None:
        """Expect this request, or none, to be sent now; a list that is asked for before it is given."""
        self._send_next()
        if self._asked == ListConditions() != expected:
            self.answers(ConditionList(self.listing))
            self._send_next()
        assert self._asked == expected

    def _send_next(self) -> None:
        self._asked = self.subscriptions.next_request(self.now, self.at_ns)
        if self._asked is not None:
            self.subscriptions.sent(self._asked, self.at_ns)

    @property
    def asked(self) -> Request:
        """What was asked last."""
        assert self._asked is not None
        return self._asked

    def answers(self, answer: Answer) -> None:
        """Answer what was asked."""
        if isinstance(answer, ConditionList):
            self.taken = self.now
        self.subscriptions.answered(self.asked, answer, self.now, self.at_ns)

    def confirms(self) -> None:
        """Expect the list that follows a round of registrations, a second after the list before, and give it."""
        due = self.subscriptions.next_due()
        assert due is not None
        assert due <= max(self.now, self.taken + FRESH)
        self.now = max(self.now, due)
        self.asks(ListConditions())
        self.answers(ConditionList(self.listing))

    def is_late(self, request: Request, answer: Answer) -> None:
        """Answer a request that timed out."""
        self.subscriptions.late(request, answer, self.now, self.at_ns)

    def is_silent(self) -> None:
        """Leave unanswered what was asked."""
        self.now += PATIENCE
        self.subscriptions.timed_out(self.asked, PATIENCE, self.now, self.at_ns)

    def is_silent_and_stopped(self, seq: str) -> None:
        """Do not answer, and expect the stop that makes way for the next attempt."""
        self.is_silent()
        self.passes(5)
        self.asks(Clear(seq))
        self.answers(Cleared())
        self.passes(CURE_PAUSE)

    def registers(self, seq: str, *codes: str) -> None:
        """Expect a registration and grant it."""
        self.asks(Register(seq))
        self.answers(Registered(codes))

    def pushes(self, seq: str, kind: Literal["I", "D"], code: str) -> None:
        """Push one change."""
        values = PushValues(seq, code, kind, "100000")
        self.subscriptions.pushed([PushRow(values)], self.at_ns)


def opened(*codes: str, recheck: float = 0.0) -> tuple[Talk, Listener]:
    """Return a conversation in which one condition is registered, and what follows it."""
    talk = Talk(SURGE, recheck=recheck)
    listener = talk.follows(SURGE)
    talk.registers("0", *codes)
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, codes)]
    return talk, listener


# ---------------------------------------------------------------- who listens


class Listener:
    """A sink: keeps the events and the fold of each condition, and fails at once where the stream is no true story."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.folds: dict[str, set[str]] = {}
        self.left_ns: int | None = None

    def put(self, event: Event) -> None:
        """Take one event."""
        assert not isinstance(event, Snapshot), "a snapshot comes as a block"
        self._take(event)

    def put_all(self, events: Sequence[Event]) -> None:
        """Take events of one read."""
        for event in events:
            self.put(event)

    def wake(self) -> None:
        """Have nothing to wake."""

    def put_block(self, events: Sequence[Event]) -> None:
        """Take a block: gap, recovered changes, snapshot, and what was pushed since the snapshot was made."""
        kinds = [_rank(event) for event in events]
        assert kinds == sorted(kinds), events
        assert kinds.count(2) == 1, events
        for event in events:
            self._take(event)

    def renumbered(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq; the folds are kept by name."""
        assert old.name == new.name
        assert old != new

    def told(self) -> list[Event]:
        """Return what was told since the last call, states aside."""
        told: list[Event] = [event for event in self.events if not isinstance(event, State)]
        self.events.clear()
        return told

    def states(self) -> list[str]:
        """Return the states told so far."""
        return [event.state for event in self.events if isinstance(event, State)]

    def _take(self, event: Event) -> None:
        assert self.left_ns is None, "told after it had left"
        self.events.append(event)
        match event:
            case Snapshot(condition=condition, codes=codes):
                assert len(set(codes)) == len(codes)
                assert self.folds.setdefault(condition.name, set(codes)) == set(codes)
            case Enter(condition=condition, code=code):
                assert code not in self.folds[condition.name]
                self.folds[condition.name].add(code)
                _check_interval(event)
            case Leave(condition=condition, code=code):
                self.folds[condition.name].remove(code)
                _check_interval(event)
            case Gap(condition=condition):
                assert condition.name in self.folds
                assert event.since_ns <= event.until_ns


def _check_interval(event: Enter | Leave) -> None:
    """See that a recovered change has an interval and no time, and a live one no interval."""
    if event.origin == "live":
        assert event.since_ns is event.until_ns is None
    else:
        assert event.time is None
        assert event.since_ns is not None
        assert event.until_ns is not None
        assert event.since_ns <= event.until_ns


def _rank(event: Event) -> int:
    match event:
        case Gap():
            return 0
        case Snapshot():
            return 2
        case Enter(origin="live") | Leave(origin="live") | Anomaly():
            return 3
    return 1
