"""Targets: single frames, and the sessions of a client and of a server."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct
from scripts import REQUESTS, Script, answer_to, attempt

from jogeon.errors import LocalProtocolError, RemoteProtocolError
from jogeon.wire import readers, requests
from jogeon.wire.messages import Reply, Request
from jogeon.wire.session import PHASES, Answered, ClientSession, Late, Phase, ServerSession, Stray

if TYPE_CHECKING:
    from jogeon.wire.session import Received


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


def client(data: bytes) -> None:
    """A client's session, whatever it sends and whatever comes."""
    script, session = Script(data), ClientSession()
    while script:
        match script.byte() % 4:
            case 0:
                attempt(lambda: session.send(script.one(REQUESTS)), LocalProtocolError)
            case 1 if script.byte() % 4 == 0:
                session.expire()
            case 2 if script.byte() % 16 == 0:
                session.close()
            case _:
                _hear(session, script.text())


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
            attempt(lambda: session.answer(request, answer_to(script, request)), LocalProtocolError)  # noqa: B023 - at once
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
