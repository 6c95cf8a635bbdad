"""What is fuzzed: functions of bytes that raise for a defect and for nothing else.

Whatever a peer sends and whenever it sends it, we parse it, call it unknown, or raise RemoteProtocolError; and what we
tell meanwhile is a true story.

Each target reads its bytes as a script: which requests to send, what comes in, when time passes. They need nothing
but this package and tests/conversation.py, so a finding is replayed with `python fuzz/run.py TARGET FILE`.
"""

from __future__ import annotations

import itertools
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar, cast

from msgspec import Struct
from picows import WSCloseCode, WSMsgType
from picows.picows import _make_test_ws_frame  # picows' own way of making a frame without a socket

from conversation import Listener
from jogeon.errors import ConnectionLost, LocalProtocolError, RemoteProtocolError
from jogeon.events import Condition, Snapshot
from jogeon.live.connection import Connection
from jogeon.live.queue import Queue
from jogeon.live.subscriptions import Subscriptions
from jogeon.reports import Report
from jogeon.server.issued import Tokens
from jogeon.server.peer import Peer
from jogeon.server.server import Server
from jogeon.server.settings import ServerSettings
from jogeon.simulator.broker.broker import SimulatedBroker
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.market.market import Change
from jogeon.simulator.market.synthetic import SyntheticMarket
from jogeon.wire import messages, readers, requests, writers
from jogeon.wire.messages import (
    Answer,
    Clear,
    Cleared,
    ConditionList,
    ListConditions,
    Login,
    LoginAccepted,
    Malformed,
    Refusal,
    Register,
    Registered,
    Reply,
    Request,
    Search,
    SearchPage,
    System,
)
from jogeon.wire.session import PHASES, Answered, ClientSession, Late, Phase, ServerSession, Stray
from texts import list_text, page_text, snapshot_text

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Container, Sequence

    from picows import WSFrame, WSTransport

    from jogeon.wire.session import Received

T = TypeVar("T")

REQUESTS: tuple[Request, ...] = (
    Login("demo"),
    ListConditions(),
    *(kind(seq) for seq in ("0", "1", "4") for kind in (Search, Register, Clear)),
    Search("4", "K", "Y", "k"),
)
ASKED = tuple(request for request in REQUESTS if not isinstance(request, Register))
"""What a user's call sends; to register is the business of the Subscriptions alone."""
LISTED = (Condition("0", "급등주"), Condition("1", "신고가 돌파"), Condition("4", "급락주"))
LISTS = (
    LISTED,
    LISTED[:2],
    (),
    (Condition("4", "급등주"), Condition("0", "신고가 돌파"), Condition("1", "급락주")),  # renumbered
    (*LISTED, Condition("5", "급등주")),  # two of one name
)
CODES = ("005930", "0000D0", "57JBHH", "000660", "", " ")


class Script:
    """Bytes read as choices; after the last one all choices are the first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def byte(self) -> int:
        """Return a number below 256."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def one(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.byte() % len(choices)]

    def some(self, choices: Sequence[T]) -> tuple[T, ...]:
        """Return up to seven choices."""
        return tuple(self.one(choices) for _ in range(self.byte() % 8))

    def text(self) -> bytes:
        """Return bytes: as they stand in the script, or a frame by the book into which some of them are put."""
        if self.byte() % 2:
            return self._bytes(self.byte())
        text = self.one(FRAMES)
        if self.byte() % 2:
            at = self.byte() % (len(text) + 1)
            text = text[:at] + self._bytes(self.byte() % 8) + text[at + self.byte() % 4 :]
        return text

    def _bytes(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        self._at += count
        return found


def _frames() -> list[bytes]:
    rows = [{"9001": "A005930", "302": "가상", "10": "000075000", "25": "5", "11": "-00000100", "12": "-00000130"}]
    frames = [
        writers.encode_login_accepted(),
        list_text(LISTED),
        writers.encode_ping(),
        b"PING",
        writers.encode_system("R10001", "끝"),
        writers.encode_missing("", "trnm"),
        b'{"trnm":"CNSRREQ","return_code":0,"data":null}',
    ]
    nobody: tuple[str, ...] = ()
    for seq in ("0", "4"):
        frames += [page_text(seq, rows, key) for key in ("", "k")]
        frames += [snapshot_text(seq, codes) for codes in (nobody, CODES[:3])]
        frames += [writers.encode_push(seq, code, kind, "090000") for code in CODES[:2] for kind in ("I", "D")]
        frames += [writers.encode_refusal("CNSRREQ", code, f"거절(seq={seq})") for code in (900003, 900004)]
        frames += [writers.encode_cleared(seq)]
    return frames + [writers.encode(request) for request in REQUESTS]


FRAMES = _frames()


# ---------------------------------------------------------------- words


def words(data: bytes) -> None:
    """Bytes are a message, a request, and any answer that could be asked for; or RemoteProtocolError."""
    for read in (readers.decode, requests.decode_request):
        try:
            message = read(data)
        except RemoteProtocolError:
            continue
        assert isinstance(message, Struct)
        if isinstance(message, Reply):
            for request in REQUESTS:
                readers.can_answer(message, request)
                readers.likeness(message, request)
                assert isinstance(readers.answer(request, message), Struct)


# ---------------------------------------------------------------- sessions


def client(data: bytes) -> None:
    """A client's session, whatever it sends and whatever comes."""
    script, session = Script(data), ClientSession()
    while script:
        match script.byte() % 4:
            case 0:
                _try(lambda: session.send(script.one(REQUESTS)), LocalProtocolError)
            case 1 if script.byte() % 4 == 0:
                session.expire()
            case 2 if script.byte() % 16 == 0:
                session.close()
            case _:
                _hear(session, script.text())


def _try(step: Callable[[], object], allowed: type[Exception]) -> None:
    try:
        step()
    except allowed:
        return


def _hear(session: ClientSession, text: bytes) -> None:
    before, owed = session.in_flight, list(session.owed)
    try:
        received: Received = session.receive(text)
    except RemoteProtocolError:
        assert session.in_flight is before
        return
    match received:
        case Answered(request):
            assert request is before
            assert session.in_flight is None
        case Late(request):
            assert any(request is other for other in owed)
            assert len(session.owed) == len(owed) - 1
        case Stray() | _:
            assert session.in_flight is before
            assert session.owed == owed
    assert session.phase in PHASES


def server(data: bytes) -> None:
    """A server's session, whatever comes, with answers in any order."""
    script, session = Script(data), ServerSession()
    asked: deque[Request] = deque(maxlen=4)
    while script:
        if script.byte() % 2 and asked:
            request = asked.popleft()
            _try(lambda: session.answer(request, _answer(script, request)), LocalProtocolError)  # noqa: B023 - at once
        else:
            _serve(session, script.text(), asked)


def _serve(session: ServerSession, text: bytes, asked: deque[Request]) -> None:
    phase = session.phase
    try:
        received = session.receive(text)
    except RemoteProtocolError:
        assert session.phase is phase
        return
    if isinstance(received, Request):
        assert session.phase is not Phase.OPEN
        asked.append(received)


def _answer(script: Script, request: Request) -> Answer:
    granted: dict[type[Request], Answer] = {
        Login: LoginAccepted(),
        ListConditions: ConditionList(LISTED),
        Search: SearchPage((), "N", ""),
        Register: Registered(tuple(dict.fromkeys(code for code in script.some(CODES) if code.strip()))),
        Clear: Cleared(),
    }
    refusals = (Refusal("900003", "이미"), Refusal("900004", "없음"), Refusal("1", "no"), Malformed("?"))
    return script.one((granted[type(request)],) * 5 + refusals)


# ---------------------------------------------------------------- what a client makes of it


class _Story:
    """A Subscriptions, who listens to it, and a wire that does what the script says."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.now = 0.0
        self.subscriptions = Subscriptions(recheck=20.0)
        self.listeners: list[Listener] = []
        self.queue = Queue(self._current, lambda: self.at_ns, max_events=4)
        self.fold = Listener()
        self.subscriptions.connected()
        self.subscriptions.answered(ListConditions(), ConditionList(LISTED), 0.0, self.at_ns)
        self.subscriptions.join(self.queue)
        for condition in LISTED:
            self.subscriptions.want(condition, self.queue, "K", self.at_ns)

    @property
    def at_ns(self) -> int:
        return 10**18 + round(self.now * 1e9)

    def _current(self, condition: Condition) -> Snapshot | None:
        followed = (f for f in self.subscriptions.wanted if f.condition == condition)
        return next((following.membership.now(self.at_ns) for following in followed), None)

    def go(self) -> None:
        while self.script:
            self.now += self.script.byte() / 64
            self._step()
            if self.script.byte() % 4 == 0:
                self.read()
        self.read()
        self.compare()

    def _step(self) -> None:
        script, subscriptions = self.script, self.subscriptions
        match script.byte() % 8:
            case 0:
                self._connect()
            case 1:
                self._change_wishes()
            case 2:
                subscriptions.unreadable(Report("unreadable rows", number=1), (), self.at_ns, self.at_ns)
            case 3:
                request = script.one(REQUESTS)
                subscriptions.late(request, _answer(script, request), self.now, self.at_ns)
            case 4 | 5:
                self._converse()
            case _:
                self._push(script.text())

    def _connect(self) -> None:
        self.subscriptions.lost(self.at_ns, ConnectionLost("broken off"), "")
        self.subscriptions.connected()

    def _change_wishes(self) -> None:
        if self.listeners and self.script.byte() % 2:
            self.subscriptions.leave(self.listeners.pop(), self.at_ns)
            return
        listener = Listener()
        self.subscriptions.join(listener)
        self.listeners.append(listener)
        listed = self.subscriptions.listing.conditions
        wanted = {condition.name: condition for condition in (self.script.some(listed) if listed else ())}
        for condition in wanted.values():  # a listener keeps its folds by name
            self.subscriptions.want(condition, listener, "K", self.at_ns)

    def _converse(self) -> None:
        request = self.subscriptions.next_request(self.now, self.at_ns)
        self.subscriptions.next_due()
        if request is None:
            return
        if self.script.byte() % 4 == 0:
            self.now += 5
            self.subscriptions.timed_out(request, 5.0, self.now, self.at_ns)
            return
        answer = _answer(self.script, request)
        if isinstance(answer, ConditionList):
            answer = ConditionList(self.script.one(LISTS))
        self.subscriptions.answered(request, answer, self.now, self.at_ns)

    def _push(self, text: bytes) -> None:
        try:
            message = readers.decode(text)
        except RemoteProtocolError:
            return
        if isinstance(message, messages.Push):
            self.subscriptions.pushed(message.data, self.at_ns)

    def read(self) -> None:
        while (event := self.queue.take()) is not None:
            self.fold._take(event)  # noqa: SLF001 - one by one: a queue hands blocks over in pieces

    def compare(self) -> None:
        for following in self.subscriptions.wanted:
            listeners = [listener for listener in self.listeners if listener in following.sinks]
            for listener in [*listeners, self.fold] if self.queue in following.sinks else listeners:
                fold = listener.folds.get(following.condition.name)
                if fold is not None and not following.doubled:
                    assert fold == set(following.membership.codes)


def subscriptions(data: bytes) -> None:
    """What is told adds up to what was received, whoever listens and however slowly."""
    _Story(Script(data)).go()


# ---------------------------------------------------------------- frames, both sides


class _Wire:
    """A transport that takes everything and sends nothing."""

    close_handshake = None
    is_disconnected = False

    @property
    def underlying_transport(self) -> _Wire:
        return self

    def get_extra_info(self, name: str) -> None:
        del name

    def send(self, kind: WSMsgType, text: bytes) -> None:
        assert kind is WSMsgType.TEXT
        assert isinstance(text, bytes)

    def send_pong(self, message: bytes) -> None:
        assert isinstance(message, bytes)

    def send_close(self, code: WSCloseCode, reason: bytes = b"") -> None:
        del code, reason

    def disconnect(self, graceful: bool = True) -> None:  # noqa: FBT001, FBT002 - picows' own signature
        del graceful

    def close(self) -> None:
        """Take what a server does with a transport whose peer said goodbye."""

    def write(self, frames: bytes) -> None:
        assert frames

    def abort(self) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0


KINDS = (WSMsgType.TEXT, WSMsgType.TEXT, WSMsgType.CONTINUATION, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.CLOSE)


def _frame(script: Script) -> WSFrame:
    kind = script.one(KINDS)
    text = script.text()
    if kind in (WSMsgType.PING, WSMsgType.CLOSE):
        text = text[:125]
    return _make_test_ws_frame(kind, text, script.byte() % 4 > 0, script.byte() % 64 == 0)


class _Ear:
    """What a Supervisor does with what a connection tells, without its task."""

    def __init__(self) -> None:
        self.subscriptions = Subscriptions()
        self.sink = Listener()
        self.subscriptions.connected()
        self.subscriptions.join(self.sink)
        self.on_pushes = self.subscriptions.pushed

    def on_unreadable(self, what: Report, seqs: Container[str], heard_ns: int, at_ns: int) -> None:
        self.subscriptions.unreadable(what, seqs, heard_ns, at_ns)

    def on_answer(self, request: Request, answer: Answer, at_ns: int) -> None:
        self.subscriptions.answered(request, answer, 0.0, at_ns)
        if isinstance(answer, ConditionList):
            for condition in answer.conditions[:3]:
                if not any(following.condition.name == condition.name for following in self.subscriptions.wanted):
                    self.subscriptions.want(condition, self.sink, "K", at_ns)

    def on_ping(self) -> None:
        pass

    def on_system(self, notice: System) -> None:
        assert isinstance(notice.code, str)

    def on_late(self, request: Request, answer: Answer, seconds: float, at_ns: int) -> None:
        assert seconds >= 0
        self.subscriptions.late(request, answer, 0.0, at_ns)

    def on_stray(self, stray: Stray) -> None:
        if stray.codes is not None and stray.seq is not None:
            self.subscriptions.unasked(stray.seq, stray.codes)

    def on_lost(self) -> None:
        pass


def connection(data: bytes) -> None:
    """A client's reader, whatever frames come, whole or in pieces."""
    script, ear, ticks = Script(data), _Ear(), itertools.count(1)
    reader = Connection(ear, lambda: next(ticks))
    wire = cast("WSTransport", _Wire())
    reader.on_ws_connected(wire)
    while script:
        match script.byte() % 4:
            case 0:
                _try(lambda: reader.session.send(script.one(ASKED)), LocalProtocolError)
            case 1:
                request = ear.subscriptions.next_request(0.0, next(ticks))
                if request is not None:
                    _try(lambda: reader.session.send(request), LocalProtocolError)  # noqa: B023 - at once
            case _:
                reader.on_ws_frame(wire, _frame(script))


class _Timer:
    def cancel(self) -> None:
        pass


class _Loop:
    """As much of a loop as a server needs; what is to be done soon is done when asked for."""

    def __init__(self) -> None:
        self.soon: list[Callable[[], None]] = []

    def call_soon(self, function: Callable[[], None]) -> None:
        self.soon.append(function)

    def call_later(self, seconds: float, function: Callable[..., None], *arguments: object) -> _Timer:
        del seconds, function, arguments
        return _Timer()

    def turn(self) -> None:
        soon, self.soon = self.soon, []
        for function in soon:
            function()


MARKET = SyntheticMarket(1)
CHANGES = [
    Change(rule.seq, rule.name, code, "I" if entered else "D", "090000")
    for rule in MARKET.conditions[:2]
    for code in CODES
    for entered in (True, False)
]


def peer(data: bytes) -> None:
    """A server's reader over the simulated broker, whatever frames two peers send."""
    script, loop = Script(data), _Loop()
    broker = SimulatedBroker(MARKET, Tokens(lambda: 0.0, None), Switches(), lambda: 0.0)
    serving = Server(broker, ServerSettings(), cast("asyncio.AbstractEventLoop", loop))
    wire = cast("WSTransport", _Wire())
    peers = [Peer(serving), Peer(serving)]
    for each in peers:
        each.on_ws_connected(wire)
    while script:
        each = script.one(peers)
        match script.byte() % 8:
            case 0:
                broker.push(script.some(CHANGES))
            case 1 if script.byte() % 8 == 0:
                each.on_ws_disconnected(wire)
            case _:
                each.on_ws_frame(wire, _frame(script))
        loop.turn()


TARGETS: dict[str, Callable[[bytes], Any]] = {
    target.__name__: target for target in (words, client, server, subscriptions, connection, peer)
}
