"""Registrations: what is wanted and what is registered become one, and every sink is told the truth about it."""

from __future__ import annotations

import os

import pytest

from conversation import (
    ONE,
    PEAK,
    SURGE,
    ZERO,
    A,
    B,
    Talk,
    moment,
    opened,
)
from drill import World, check
from jogeon.events import Anomaly, Enter, Gap, Leave, Snapshot, State
from jogeon.live.subscriptions import Subscriptions
from jogeon.reports import Report
from jogeon.wire.messages import Clear, ConditionList, ListConditions, Register, Registered

SEEDS = int(os.environ.get("JOGEON_SEEDS", "200"))
BLOCKS = 8


@pytest.mark.parametrize("block", range(BLOCKS))
def test_truth_drill(block: int) -> None:
    """Five minutes of faults a seed: drop, refusal, silence, late and double replies, edited conditions, and so on."""
    for seed in range(block, SEEDS, BLOCKS):
        world = World(seed)
        world.run(300)
        check(world)


# ---------------------------------------------------------------- the order of things


def test_the_list_comes_first_on_every_connection() -> None:
    subscriptions = Subscriptions()
    assert subscriptions.next_request(0.0, 0) is None
    assert subscriptions.next_due() is None
    subscriptions.connected()
    assert subscriptions.next_request(0.0, 0) == ListConditions()


def test_one_condition_after_the_other() -> None:
    talk = Talk(SURGE, PEAK)
    listener = talk.follows(SURGE, PEAK)
    talk.registers("0", A)
    talk.registers("1")
    talk.asks(None)
    talk.confirms()
    talk.asks(None)
    assert talk.subscriptions.next_due() is None
    assert listener.states() == ["registered", "registered"]
    assert [event.cause for event in listener.events if isinstance(event, State)] == ["1 of 2", "2 of 2"]
    assert listener.told() == [Snapshot(moment(0), ZERO, (A,)), Snapshot(moment(0), ONE, ())]


def test_nothing_is_told_before_the_first_snapshot() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.pushes("0", "I", B)
    talk.loses()
    talk.connects()
    talk.asks(Register("0"))
    talk.pushes("0", "I", A)
    assert listener.told() == []
    talk.answers(Registered(()))
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, ()), Enter(talk.at_ns, ZERO, A, "100000")]


def test_the_seq_in_a_push_decides() -> None:
    talk = Talk(SURGE, PEAK)
    listener = talk.follows(SURGE, PEAK)
    talk.registers("0")
    talk.registers("1")
    listener.told()
    talk.pushes("1", "I", A)
    talk.pushes(" 0 ", "I", f"A{B}")
    assert listener.told() == [Enter(talk.at_ns, ONE, A, "100000"), Enter(talk.at_ns, ZERO, B, "100000")]


@pytest.mark.parametrize("seq", ["7", "", "-"])
def test_a_push_for_an_unknown_seq_is_an_anomaly_and_never_a_guess(seq: str) -> None:
    talk, listener = opened(A)
    talk.pushes(seq, "D", A)
    assert listener.told() == [Anomaly(talk.at_ns, code=A, error=Report("push of unknown seq", text=seq))]


def test_a_push_of_a_condition_that_is_not_registered_yet_is_nothing_unknown() -> None:
    talk, listener = opened(A)
    talk.loses()
    talk.connects()
    talk.pushes("0", "D", A)
    assert listener.told() == []


def test_a_push_that_cannot_be_is_an_anomaly() -> None:
    talk, listener = opened(A)
    talk.pushes("0", "I", A)
    talk.pushes("0", "D", B)
    assert [event.what for event in listener.told() if isinstance(event, Anomaly)] == [
        "enter of a member",
        "leave of a non-member",
    ]


# ---------------------------------------------------------------- outages


def test_a_lost_connection_is_one_gap_then_what_changed_then_the_snapshot() -> None:
    talk, listener = opened(A)
    talk.passes(10)
    talk.loses(detail="1006")
    lost_ns = talk.at_ns
    talk.passes(20)
    talk.connects()
    talk.registers("0", B)
    assert listener.told() == [
        Gap(ZERO, lost_ns, talk.at_ns, "connection lost", "1006"),
        Leave(talk.at_ns, ZERO, A, "", "recovered", lost_ns, talk.at_ns),
        Enter(talk.at_ns, ZERO, B, "", "recovered", lost_ns, talk.at_ns),
        Snapshot(talk.at_ns, ZERO, (B,)),
    ]


def test_one_gap_over_three_failed_connections() -> None:
    """It begins with the last frame on the last connection on which the condition was registered."""
    talk, listener = opened(A)
    talk.passes(10)
    talk.loses(detail="first")
    lost_ns = talk.at_ns
    for _ in range(3):
        talk.passes(7)
        talk.connects()
        talk.asks(Register("0"))
        talk.loses(detail="again")
    talk.passes(7)
    talk.connects()
    talk.registers("0", A)
    assert listener.told() == [
        Gap(ZERO, lost_ns, talk.at_ns, "connection lost", "first"),
        Snapshot(talk.at_ns, ZERO, (A,)),
    ]


def test_reconciling_again_yields_nothing_twice() -> None:
    talk, listener = opened(A)
    talk.loses()
    talk.connects()
    talk.registers("0", B)
    listener.told()
    talk.connects()
    talk.asks(None)
    talk.subscriptions.answered(ListConditions(), ConditionList(talk.listing), talk.now, talk.at_ns)
    assert listener.told() == []


def test_a_watch_that_ends_while_blind_tells_its_open_gap() -> None:
    talk, listener = opened(A)
    talk.loses()
    lost_ns = talk.at_ns
    talk.passes(9)
    assert talk.subscriptions.leave(listener, talk.at_ns) == []
    assert listener.told() == [Gap(ZERO, lost_ns, talk.at_ns, "connection lost", open=True)]


def test_a_watch_that_ends_during_a_recheck_tells_an_open_gap() -> None:
    talk, listener = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    cleared_ns = talk.at_ns
    talk.passes(1)
    talk.subscriptions.leave(listener, talk.at_ns)
    assert listener.told() == [Gap(ZERO, cleared_ns, talk.at_ns, "drift", open=True)]


def test_a_watch_that_ends_well_tells_no_gap() -> None:
    talk, listener = opened(A)
    talk.subscriptions.leave(listener, talk.at_ns)
    assert listener.told() == []
