"""Targets: the readers of both sides, whatever frames of a WebSocket come, whole or in pieces."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, cast

from picows import WSCloseCode, WSMsgType
from picows.picows import _make_test_ws_frame  # picows' own way of making a frame without a socket
from scripts import ASKED, CODES, Script, attempt

from conversation import Listener
from jogeon.errors import LocalProtocolError
from jogeon.live.connection import Connection
from jogeon.live.subscriptions import Subscriptions
from jogeon.server.issued import TokenIssuer
from jogeon.server.peer import Peer
from jogeon.server.server import Server
from jogeon.server.settings import ServerSettings
from jogeon.simulator.broker.broker import SimulatedBroker
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.market.market import Change
from jogeon.simulator.market.synthetic import SyntheticMarket
from jogeon.wire.messages import ConditionList

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Container

    from picows import WSFrame, WSTransport

    from jogeon.reports import Report
    from jogeon.wire.messages import Answer, Request, System
    from jogeon.wire.session import Stray


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
                attempt(lambda: reader.session.send(script.one(ASKED)), LocalProtocolError)
            case 1:
                request = ear.subscriptions.next_request(0.0, next(ticks))
                if request is not None:
                    attempt(lambda: reader.session.send(request), LocalProtocolError)  # noqa: B023 - at once
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
    """A server's reader over the simulated broker, whatever frames two peers send; one that goes is replaced."""
    script, loop = Script(data), _Loop()
    broker = SimulatedBroker(MARKET, TokenIssuer(lambda: 0.0, None), Switches(), lambda: 0.0)
    serving = Server(broker, ServerSettings(), cast("asyncio.AbstractEventLoop", loop))
    wire = cast("WSTransport", _Wire())

    def come() -> Peer:
        coming = Peer(serving)
        coming.on_ws_connected(wire)
        return coming

    peers = [come(), come()]
    while script:
        place = script.byte() % len(peers)
        match script.byte() % 8:
            case 0:
                broker.push(script.some(CHANGES))
            case 1 if script.byte() % 8 == 0:
                peers[place].on_ws_disconnected(wire)
                peers[place] = come()  # nothing comes from a connection that is over
            case _:
                peers[place].on_ws_frame(wire, _frame(script))
        loop.turn()
