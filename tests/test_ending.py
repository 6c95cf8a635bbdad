"""How a connection ends: what this side sends, what is told as the cause, and that the socket goes in any case."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from picows import WSCloseCode, WSError

from jogeon.live.ending import TOO_LONG, Ending
from jogeon.reports import Report

if TYPE_CHECKING:
    from picows import WSFrame, WSTransport


class Wire:
    """A transport that notes what it is told; its socket goes when it is cut, or at once."""

    def __init__(self, *, stays: bool = False, fails: Exception | None = None) -> None:
        self.told: list[object] = []
        self.received: tuple[WSCloseCode, str] | None = None
        self.sent: WSCloseCode | None = None
        self._gone = asyncio.Event()
        self._fails = fails
        if not stays:
            self._gone.set()

    def send_close(self, code: WSCloseCode) -> None:
        self.told.append(code)

    def disconnect(self, *, graceful: bool = True) -> None:
        self.told.append("shut" if graceful else "cut")
        if not graceful:
            self._gone.set()

    async def wait_disconnected(self) -> None:
        await self._gone.wait()
        if self._fails is not None:
            raise self._fails

    @property
    def close_handshake(self) -> SimpleNamespace | None:
        if self.received is None and self.sent is None:
            return None
        code, reason = self.received or (None, None)
        received = None if self.received is None else SimpleNamespace(code=code, reason=reason)
        return SimpleNamespace(recv=received, sent=None if self.sent is None else SimpleNamespace(code=self.sent))


def on(wire: Wire) -> WSTransport:
    return cast("WSTransport", wire)


@pytest.mark.parametrize(
    ("code", "answered"), [(WSCloseCode.GOING_AWAY, WSCloseCode.GOING_AWAY), (WSCloseCode.NO_INFO, WSCloseCode.OK)]
)
async def test_a_close_is_answered_with_its_own_code(code: WSCloseCode, answered: WSCloseCode) -> None:
    wire = Wire()
    Ending(1).answer(on(wire), cast("WSFrame", SimpleNamespace(get_close_code=lambda: code)))
    assert wire.told == [answered, "shut"]


async def test_what_nobody_said_broke_off() -> None:
    cause = Ending(1).why(on(Wire()))
    assert (cause.detail, cause.close_code, cause.text) == (str(Report("broke off")), 1006, "")


async def test_what_the_server_closed_it_with_is_told() -> None:
    wire = Wire()
    wire.received = (WSCloseCode.OK, "Bye")
    cause = Ending(1).why(on(wire))
    assert (cause.close_code, cause.text) == (1000, "Bye")
    assert cause.detail == str(Report("closed", code="1000", text="Bye"))
    wire.received = (WSCloseCode.NO_INFO, "")
    assert Ending(1).why(on(wire)).detail == str(Report("closed without code"))


async def test_what_this_side_ended_is_told_so_whatever_the_server_answers() -> None:
    wire, ending = Wire(), Ending(1)
    wire.received = (WSCloseCode.OK, "")
    ending.begin(on(wire))
    assert wire.told == [WSCloseCode.OK, "shut"]
    assert ending.why(on(wire)).detail == str(Report("closed here"))


async def test_what_is_too_long_is_refused_here_or_by_picows() -> None:
    wire, ending = Wire(), Ending(1)
    ending.refuse(on(wire))
    assert wire.told == [WSCloseCode.MESSAGE_TOO_BIG, "cut"]
    assert ending.why(on(wire)).detail == str(TOO_LONG)
    wire.sent = WSCloseCode.MESSAGE_TOO_BIG
    assert Ending(1).why(on(wire)).detail == str(TOO_LONG)


async def test_a_socket_that_stays_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.live.ending.CLOSE_GRACE", 0.0)
    wire = Wire(stays=True)
    assert await Ending(1).gone(on(wire)) is None
    assert wire.told == ["cut"]


async def test_a_defect_of_the_reader_is_returned_and_an_error_of_the_wire_is_none() -> None:
    defect = ZeroDivisionError()
    assert await Ending(1).gone(on(Wire(fails=WSError("as it goes")))) is None
    assert await Ending(1).gone(on(Wire(fails=defect))) is defect
