"""Whom the simulated broker admits: what a seq means, and each way of answering instead, without a wire."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from jogeon.events import Condition
from jogeon.simulator.broker.admission import BAD_VENUE, QUIET, Admission
from jogeon.simulator.broker.desks import Desks
from jogeon.simulator.broker.dialect import Dialect
from jogeon.simulator.broker.faults import Standing
from jogeon.simulator.broker.quotas import OVER_LIMIT, Quotas
from jogeon.simulator.broker.replies import Replies
from jogeon.simulator.broker.switches import Switches
from jogeon.wire import messages
from jogeon.wire.messages import Answer, Refusal, Register, Search

if TYPE_CHECKING:
    from jogeon.server.peer import Peer
    from jogeon.simulator.market.market import Market

SURGE = Condition("4", "급등주")


class Caller:
    """A peer that notes how it is answered."""

    key = "key"

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    def answer(self, _request: object, answer: Answer, _text: bytes | None, **_how: float) -> None:
        self.answers.append(answer)


class Door:
    """An admission with one market of each exchange given, and one caller, who has a list if it is `listed`."""

    def __init__(
        self, *, listed: bool = True, standing: Standing | None = None, both: bool = False, **how: Any
    ) -> None:
        switches = Switches(**how)
        self.caller = Caller()
        self.peer = cast("Peer", self.caller)
        desks = Desks()
        desks.open(self.peer)
        desks[self.peer].listed = {"4": "4"} if listed else None
        self.krx, self.nxt = (cast("Market", SimpleNamespace(conditions=[SURGE])) for _ in range(2))
        markets = {"K": self.krx} | ({"N": self.nxt} if both else {})
        replies = Replies(standing or Standing(), switches, Dialect(switches))
        self.admission = Admission(markets, desks, switches, Quotas(switches, lambda: 0.0), replies)  # type: ignore[arg-type]

    def admits(self, seq: str = "4", exchange: Any = "K") -> bool:
        return self.admission.condition(self.peer, Register(seq, exchange)) == SURGE


def test_what_is_listed_is_admitted_and_not_answered_here() -> None:
    door = Door()
    assert door.admits("4")
    assert door.admits(" 4 ")
    assert door.caller.answers == []


@pytest.mark.parametrize(
    ("switches", "seq", "exchange", "code"),
    [
        ({}, "5", "K", messages.SEQ_REFUSED[0]),
        ({"listed": False, "unlisted": "900004"}, "4", "K", messages.SEQ_REFUSED[0]),
        ({"venues": "K"}, "4", "N", BAD_VENUE),
    ],
)
def test_what_is_refused(switches: dict[str, Any], seq: str, exchange: str, code: int) -> None:
    door = Door(**switches)
    assert not door.admits(seq, exchange)
    (answer,) = door.caller.answers
    assert isinstance(answer, Refusal)
    assert answer.code == str(code)


@pytest.mark.parametrize(
    ("switches", "seq"), [({"listed": False, "unlisted": "silent"}, "4"), ({"unknown_seq": "silent"}, "5")]
)
def test_what_is_passed_over_in_silence(switches: dict[str, Any], seq: str) -> None:
    door = Door(**switches)
    assert not door.admits(seq)
    assert door.caller.answers == [QUIET]


def test_what_fails_in_words() -> None:
    door = Door(standing=Standing(words=1))
    assert not door.admits()
    (answer,) = door.caller.answers
    assert isinstance(answer, Refusal)
    assert answer.code == "0"
    assert door.admits()


def test_the_same_condition_too_soon() -> None:
    door = Door(pause=60.0)
    request = Search("4", "K")
    assert not door.admission.paused(door.peer, request, SURGE)
    assert door.admission.paused(door.peer, request, SURGE)
    (answer,) = door.caller.answers
    assert isinstance(answer, Refusal)
    assert answer.code == str(OVER_LIMIT)


def test_an_exchange_without_a_market_of_its_own_is_answered_from_krx() -> None:
    door = Door(both=True)
    asked = [(exchange, door.admission.market(Search("4", exchange))) for exchange in ("K", "N", "A")]
    assert asked == [("K", door.krx), ("N", door.nxt), ("A", door.krx)]
