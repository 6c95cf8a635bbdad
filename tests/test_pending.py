"""What one connection waits for: an answer, in time or late, or the cause of its end."""

from __future__ import annotations

import asyncio

import pytest

from jogeon.errors import ConnectionLost, RequestTimeout
from jogeon.live.pending import Pending
from jogeon.wire.messages import ConditionList, ListConditions, Login, Request
from jogeon.wire.session import Answered, ClientSession, Late
from jogeon.wire.writers import encode_list, encode_login_accepted

LIST = encode_list([["4", "급등주"]])


class Line:
    """A session, and what is pending on it; the clock moves by a second each time it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0
        self.session = ClientSession()
        self.pending = Pending(self.session)

    def clock(self) -> float:
        self.now += 1.0
        return self.now

    def asks(self, request: Request, seconds: float = 1_000.0) -> asyncio.Task[object]:
        self.session.send(request)
        waiter = self.pending.begin()
        return asyncio.create_task(self.pending.answer(waiter, request, seconds, self.clock))

    def hears(self, text: bytes) -> Answered | Late:
        received = self.session.receive(text)
        assert isinstance(received, Answered | Late)
        if isinstance(received, Answered):
            self.pending.answered(received.answer)
        return received


async def logged_in() -> Line:
    line = Line()
    login = line.asks(Login("demo"))
    await asyncio.sleep(0)
    line.hears(encode_login_accepted())
    await login
    return line


async def test_an_answer_is_given_to_who_waits() -> None:
    line = await logged_in()
    waiting = line.asks(ListConditions())
    await asyncio.sleep(0)
    line.hears(LIST)
    assert isinstance(await waiting, ConditionList)
    assert line.session.owed == []


async def test_what_is_not_answered_in_time_is_owed_until_it_comes() -> None:
    line = await logged_in()
    waiting = line.asks(ListConditions(), 0.5)
    began = line.now + 1.0
    with pytest.raises(RequestTimeout):
        await waiting
    late = line.hears(LIST)
    assert isinstance(late, Late)
    assert line.pending.paid(late.request, began + 7.0) == 7.0


async def test_who_waits_no_longer_is_owed_the_reply_too() -> None:
    line = await logged_in()
    waiting = line.asks(ListConditions())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert line.session.owed == [ListConditions()]


async def test_the_end_gives_its_cause_to_who_waits_and_to_nobody_else() -> None:
    line = await logged_in()
    lost = ConnectionLost("broke off")
    line.pending.lost(lost)
    waiting = line.asks(ListConditions())
    await asyncio.sleep(0)
    line.pending.lost(lost)
    line.pending.lost(lost)
    with pytest.raises(ConnectionLost) as raised:
        await waiting
    assert raised.value is lost
