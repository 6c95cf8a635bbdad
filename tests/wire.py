"""A fake wire under the real client: no sockets, no waiting.

`virtual(coroutine)` runs a coroutine on a loop whose clock jumps to the next timer when nothing else is to be done, so
an hour of pauses takes milliseconds and always the same course. `Broker` is the other end: it dials for a Client and
answers by a script that a test overrides where it wants a fault.
"""

import asyncio
import json
import selectors
from collections.abc import Callable, Container, Coroutine
from contextlib import nullcontext
from typing import Any, TypeVar, cast, get_args

from picows import WSCloseCode, WSFrame, WSMsgType, WSTransport
from picows.picows import _make_test_ws_frame  # picows' own way of making a frame without a socket

from jogeon.client import Client
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import CouldNotConnect
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State, StateName
from jogeon.live.connection import Connection
from jogeon.live.policy import OnTaken, Policy
from jogeon.live.receiving import Receiver
from jogeon.watch import Watch
from jogeon.wire import writers
from jogeon.wire.messages import QuoteRow
from texts import list_text, page_text, snapshot_text

T = TypeVar("T")
START_NS = 1_795_305_600_000_000_000  # 2026-11-22T09:00:00+09:00


class _Jumping(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("nothing is left to wait for: every task is stuck")
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes only when everybody waits."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def jump(self, seconds: float) -> None:
        """Let time pass at once, without running what is due meanwhile."""
        self._jumping.now += seconds


def virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def wall() -> int:
    """Return the wall clock that goes with the virtual one."""
    return START_NS + int(asyncio.get_running_loop().time() * 1e9)


def stop(seconds: float) -> None:
    """Stop the process for a while (SIGSTOP, a suspended laptop): time passes and nothing runs."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.jump(seconds)


class _Info:
    def __init__(self, code: int, reason: str) -> None:
        self.code = WSCloseCode(code)
        self.reason = reason


class Frame:
    """A frame as picows gives it, `last` of what was read together; those it makes for tests are last, each of them."""

    def __init__(self, made: Any, *, last: bool) -> None:
        self.last_in_buffer = last
        self.payload_size, self.fin, self.msg_type = made.payload_size, made.fin, made.msg_type
        self.get_payload_as_bytes = made.get_payload_as_bytes
        self.get_payload_as_memoryview = made.get_payload_as_memoryview


class _Handshake:
    recv: _Info | None = None
    sent: _Info | None = None


class Wire:
    """The transport of one connection, seen from both ends."""

    def __init__(self, broker: "Broker") -> None:
        self.broker = broker
        self.client: Connection
        self.close_handshake = _Handshake()
        self.open = True
        self.sent: list[dict[str, Any]] = []
        self.registered: dict[str, str] = {}
        self.quoted: dict[str, None] = {}
        """The stocks whose trades are pushed."""
        self.stalled = False
        self.born = asyncio.get_running_loop().time()
        self._gone = asyncio.Event()

    # what Connection calls

    @property
    def underlying_transport(self) -> "Wire":
        return self

    def get_extra_info(self, name: str) -> None:
        del name

    def send(self, kind: WSMsgType, text: bytes) -> None:
        assert kind is WSMsgType.TEXT
        if self.open and not self.stalled:
            asyncio.get_running_loop().call_soon(self._deliver, text)

    def send_close(self, code: WSCloseCode, reason: bytes = b"") -> None:
        del code, reason

    def disconnect(self, graceful: bool = True) -> None:  # picows' own signature
        del graceful
        self._end()

    async def wait_disconnected(self) -> None:
        await self._gone.wait()

    # what the broker calls

    def push(self, *frames: bytes | dict[str, Any]) -> None:
        """Let the client hear frames, in one read."""
        for place, frame in enumerate(frames, 1):
            if self.open and not self.stalled:
                payload = frame if isinstance(frame, bytes) else json.dumps(frame, ensure_ascii=False).encode()
                made = _make_test_ws_frame(WSMsgType.TEXT, payload, True, False)
                whole = cast("WSFrame", Frame(made, last=place == len(frames)))
                self.client.on_ws_frame(cast("WSTransport", self), whole)

    def later(self, seconds: float, *frames: bytes | dict[str, Any]) -> None:
        """Let the client hear frames after a while."""
        asyncio.get_running_loop().call_later(seconds, self.push, *frames)

    def close(self, code: int, reason: str = "") -> None:
        """Close as a server does."""
        self.close_handshake.recv = _Info(code, reason)
        self._end()

    def drop(self) -> None:
        """Break off."""
        self._end()

    def _deliver(self, text: bytes) -> None:
        if not self.open:
            return
        message = json.loads(text)
        self.sent.append(message)
        self.broker.heard.append(message)
        self.broker.on_message(self, message)

    def _end(self) -> None:
        if self.open:
            self.open = False
            asyncio.get_running_loop().call_soon(self._ended)

    def _ended(self) -> None:
        self.client.on_ws_disconnected(cast("WSTransport", self))
        self._gone.set()


class Broker:
    """A broker by the book, over fake wires; override a method to misbehave."""

    def __init__(self, conditions: dict[str, str] | None = None, members: dict[str, list[str]] | None = None) -> None:
        self.names = conditions or {"0": "급등주", "4": "신고가 돌파"}
        self.members: dict[str, list[str]] = members or {name: [] for name in self.names.values()}
        self.wires: list[Wire] = []
        self.heard: list[dict[str, Any]] = []
        self.refuse_connections = 0
        self.refuse_logins = False
        self.clock_error_ns = 0
        self.price_limit = 100

    async def dial(self, url: str, receiver: Receiver, *, proxy: str | None) -> Connection:
        """Make a connection for a Client."""
        del proxy
        if self.refuse_connections:
            self.refuse_connections -= 1
            raise CouldNotConnect(address=url, reason="refused", detail="refused")
        wire = Wire(self)
        wire.client = Connection(receiver, self.wall)
        wire.client.on_ws_connected(cast("WSTransport", wire))
        self.wires.append(wire)
        return wire.client

    def client(self, *, recheck: float = 0.0, pace: int = 1000, on_taken: OnTaken = "stop") -> Client:
        """Return a Client of this broker."""
        endpoint = Endpoint(name="fake", websocket="ws://fake", tokens=FixedToken("demo"))
        policy = Policy(recheck=recheck, pace=pace, on_taken=on_taken, wall=self.wall, dial=self.dial)
        return Client(nullcontext(endpoint), name="fake", policy=policy)

    def wall(self) -> int:
        """Return the wall clock of the client, which may jump."""
        return wall() + self.clock_error_ns

    @property
    def wire(self) -> Wire:
        """The connection made last."""
        return self.wires[-1]

    def requests(self, trnm: str) -> list[dict[str, Any]]:
        return [message for message in self.heard if message["trnm"] == trnm]

    # the book

    def on_message(self, wire: Wire, message: dict[str, Any]) -> None:
        handler: Callable[[Wire, dict[str, Any]], None] = getattr(self, f"on_{message['trnm'].lower()}")
        handler(wire, message)

    def on_login(self, wire: Wire, message: dict[str, Any]) -> None:
        del message
        if self.refuse_logins:
            wire.push(writers.encode_refusal("LOGIN", 3, "토큰 인증에 실패했습니다. [CODE=8005, MESSAGE=Token]"))
            wire.close(1000)
        else:
            wire.push(writers.encode_login_accepted())

    def on_cnsrlst(self, wire: Wire, message: dict[str, Any]) -> None:
        del message
        wire.push(list_text(Condition(seq, name) for seq, name in self.names.items()))

    def on_cnsrreq(self, wire: Wire, message: dict[str, Any]) -> None:
        if message["search_type"] == "1":
            self.on_register(wire, message["seq"])
        else:
            self.on_search(wire, message)

    def on_register(self, wire: Wire, seq: str) -> None:
        if seq in wire.registered:
            wire.push(writers.encode_refusal("CNSRREQ", 900003, f"이미 등록된 조건검색 일련번호입니다.(seq={seq})"))
            return
        wire.registered[seq] = self.names[seq]
        wire.push(snapshot_text(seq, self.members[self.names[seq]]))

    def on_search(self, wire: Wire, message: dict[str, Any]) -> None:
        seq = message["seq"]
        rows = [{"9001": f"A{code}", "302": "가상"} for code in self.members[self.names[seq]]]
        wire.push(page_text(seq, rows))

    def on_cnsrclr(self, wire: Wire, message: dict[str, Any]) -> None:
        wire.registered.pop(message["seq"], None)
        wire.push(writers.encode_cleared(message["seq"]))

    def on_reg(self, wire: Wire, message: dict[str, Any]) -> None:
        if message["refresh"] == "0":
            wire.quoted.clear()
        codes = dict.fromkeys(code for row in message["data"] for code in row["item"])
        if len(wire.quoted | codes) > self.price_limit:
            words = f"실시간 등록 허용 개수({self.price_limit})를 초과하였습니다"
            wire.push(writers.encode_refusal("REG", 105115, words))
            return
        wire.quoted |= codes
        wire.push(writers.encode_acknowledged("REG"))

    def on_remove(self, wire: Wire, message: dict[str, Any]) -> None:
        for code in (code for row in message["data"] for code in row["item"]):
            wire.quoted.pop(code, None)
        wire.push(writers.encode_acknowledged("REMOVE"))

    def on_ping(self, wire: Wire, message: dict[str, Any]) -> None:
        pass

    # the market

    def enter(self, name: str, code: str) -> None:
        """Let a stock enter a condition; registered clients hear it."""
        self.members[name].append(code)
        self._tell(name, code, "I")

    def leave(self, name: str, code: str) -> None:
        """Let a stock leave a condition; registered clients hear it."""
        self.members[name].remove(code)
        self._tell(name, code, "D")

    def trade(self, code: str, price: int, **more: Any) -> None:
        """Let a stock be traded; clients that registered it hear it."""
        for wire in self.wires:
            if code in wire.quoted:
                wire.push(writers.encode_quote(QuoteRow(code, "090001", price, **more)))

    def _tell(self, name: str, code: str, kind: Any) -> None:
        for wire in self.wires:
            for seq, registered in wire.registered.items():
                if registered == name:
                    wire.push(writers.encode_push(seq, code, kind, "090001"))


STATES = frozenset(get_args(StateName)) - {"connecting", "connected", "started", "registered"}


def told(events: list[Event], states: Container[str] = STATES) -> list[tuple[Any, ...]]:
    """Shorten events to what a conversation is about, and of the states to these."""
    short: list[tuple[Any, ...]] = []
    for event in events:
        match event:
            case Enter() | Leave():
                short.append((type(event).__name__, event.condition.name, event.code, event.origin))
            case Snapshot():
                short.append(("Snapshot", event.condition.name, *event.codes))
            case Gap():
                short.append(("Gap", event.condition.name, event.cause) + (("open",) if event.open else ()))
            case State() if event.state in states:
                short.append(("State", event.state))
    return short


def drain(watch: Watch) -> list[Event]:
    """Return what waits to be read."""
    events = []
    while (event := watch._queue.pop()) is not None:
        events.append(event)
    return events


async def pause(seconds: float = 0.05) -> None:
    """Let virtual time pass."""
    await asyncio.sleep(seconds)
