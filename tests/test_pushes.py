"""Pushes as bytes: to whom, in which order, and what the standing faults make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from jogeon.simulator.broker.desks import Desks, Held
from jogeon.simulator.broker.dialect import Dialect
from jogeon.simulator.broker.faults import Standing
from jogeon.simulator.broker.pushes import UNREADABLE, Pushes
from jogeon.simulator.broker.quotas import Quotas
from jogeon.simulator.broker.quotedesk import QuoteDesk
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.market.market import Change, Prices
from jogeon.simulator.market.synthetic import SyntheticMarket
from jogeon.wire.messages import Register, RegisterQuotes

if TYPE_CHECKING:
    from jogeon.server.peer import Peer

TRADED = Prices(
    "000370", "가상전자 001", 75_000, 5, -100, -130, 10_386_116, 75_100, 75_600, 74_700,
    base=75_100, value=780_000_000_000, ask=75_100, bid=75_000, quantity=-10, strength=98.5, clock="101500",
)  # fmt: skip
ENTER, LEAVE = (Change("7", "급등주", "005930", kind, "090001") for kind in ("I", "D"))


class Program:
    """Keeps what it is sent."""

    key = "a key"

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.said: list[bytes] = []

    def send(self, frames: bytes) -> None:
        self.sent.append(frames)

    def say(self, text: bytes) -> None:
        self.said.append(text)


def heard(*labels: str, standing: Standing | None = None) -> tuple[Pushes, Desks, list[Program]]:
    """Return pushes to one program for each label, all of the condition that has seq 7 now."""
    desks, programs = Desks(), [Program() for _ in labels]
    for label, program in zip(labels, programs, strict=True):
        desks.open(cast("Peer", program))
        desks.register(cast("Peer", program), label, ("K", "7"))
    return pushes_of(desks, standing or Standing()), desks, programs


def pushes_of(desks: Desks, standing: Standing) -> Pushes:
    """Return pushes to what is at the desks; the first program there has registered two stocks."""
    switches = Switches()
    quotes = QuoteDesk({"K": SyntheticMarket(1)}, switches, standing, Quotas(switches, lambda: 0.0))
    for peer in desks.watching[:1]:
        quotes.change(peer, RegisterQuotes((TRADED.code, f"{TRADED.code}_AL")))
    return Pushes(desks, quotes, Dialect(switches), standing, 0)


def test_each_hears_of_a_condition_under_its_own_label_in_one_write() -> None:
    pushes, _, (one, other) = heard("4", "7")
    pushes.push([ENTER, LEAVE], "K")
    (first,), (second,) = one.sent, other.sent
    assert [first.count(part) for part in (b'"841":"4"', b'"843":"I"', b'"843":"D"')] == [2, 1, 1]
    assert first.index(b'"843":"I"') < first.index(b'"843":"D"')
    assert second == first.replace(b'"841":"4"', b'"841":"7"')


def test_what_nobody_registered_is_sent_to_nobody() -> None:
    pushes, _, (one,) = heard("4")
    pushes.push([msgspec.structs.replace(ENTER, seq="4")], "K")
    assert one.sent == []


@pytest.mark.parametrize(("fault", "pushed"), [({"mute": "7"}, 0), ({"mute": "4"}, 1), ({"duplicate": True}, 2)])
def test_faults_of_pushes(fault: dict[str, object], pushed: int) -> None:
    pushes, _, (one,) = heard("4", standing=msgspec.convert(fault, Standing))
    pushes.push([ENTER], "K")
    assert b"".join(one.sent).count(b"REAL") == pushed


def test_a_destroyed_push_and_inserted_frames_are_counted_down() -> None:
    standing = Standing(garble_push=1, garble=2)
    pushes, _, (one,) = heard("4", standing=standing)
    pushes.push([ENTER, LEAVE], "K")
    assert one.said == list(UNREADABLE[:2])
    assert b"".join(one.sent).count(b'"REAL"}') == 1
    assert (standing.garble, standing.garble_push) == (0, 0)


def test_a_held_snapshot_counts_the_pushes_of_its_condition() -> None:
    pushes, desks, (one,) = heard("4")
    desk = desks[cast("Peer", one)]
    desk.held["4"] = Held(Register("4"), [], 2, 9.0)
    pushes.push([ENTER], "K")
    assert desk.held["4"].pushes == 1


@pytest.mark.parametrize(("fault", "times"), [({}, 1), ({"duplicate": True}, 2), ({"garble_push": 3, "mute": "7"}, 1)])
def test_a_trade_goes_under_each_label_to_who_registered_it_in_one_write(fault: dict[str, object], times: int) -> None:
    pushes, _, (one, other) = heard("4", "7", standing=msgspec.convert(fault, Standing))
    pushes.quote([TRADED, msgspec.structs.replace(TRADED, code="000740")], "K")
    pushes.quote([TRADED], "N")
    (sent,) = one.sent
    assert [sent.count(part) for part in (b'"item":"000370"', b'"item":"000370_AL"', b'"item"')] == [
        times,
        times,
        2 * times,
    ]
    assert other.sent == []
