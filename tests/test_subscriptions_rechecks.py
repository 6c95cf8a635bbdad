"""Rechecks: what only a fresh snapshot can tell is looked at in time, and told with its interval."""

from __future__ import annotations

from typing import Literal

import pytest

from conversation import ONE, PEAK, SURGE, ZERO, A, B, Talk, moment, opened
from jogeon.events import Anomaly, Enter, Gap, Leave, Snapshot
from jogeon.live.attempts import CURE_PAUSE
from jogeon.live.subscription import GRACE
from jogeon.reports import Report
from jogeon.wire.messages import Clear, Cleared, Register, Registered

UNREADABLE = Report("unreadable frame", bytes=3, text="DecodeError")


def test_a_recheck_without_a_difference_is_silent() -> None:
    talk, listener = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", A)
    rechecked_at = talk.now
    talk.asks(None)
    assert listener.told() == []
    talk.confirms()
    assert talk.subscriptions.next_due() == rechecked_at + 100


def test_a_recheck_finds_a_dead_subscription_and_revives_it() -> None:
    talk, listener = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", B)
    talk.passes(GRACE)
    talk.asks(None)
    assert listener.told() == [
        Gap(ZERO, moment(0), talk.at_ns, "drift"),
        Leave(talk.at_ns, ZERO, A, "", "recovered", moment(0), talk.at_ns),
        Enter(talk.at_ns, ZERO, B, "", "recovered", moment(0), talk.at_ns),
        Snapshot(talk.at_ns, ZERO, (B,)),
    ]
    talk.pushes("0", "D", B)
    assert isinstance(listener.told()[0], Leave)


def test_rechecks_are_staggered() -> None:
    talk = Talk(*(f"조건{number}" for number in range(4)), recheck=100)
    talk.follows(*(f"조건{number}" for number in range(4)))
    for number in range(4):
        talk.registers(str(number))
    assert [following.due for following in talk.subscriptions.wanted] == [62.5, 75.0, 87.5, 100.0]


def test_no_rechecks_are_no_rechecks() -> None:
    talk, _ = opened(A, recheck=0)
    talk.passes(1_000_000)
    talk.asks(None)
    assert talk.subscriptions.next_due() is None


@pytest.mark.parametrize("recheck", [1.0, 2.0, 4.0])
def test_a_short_recheck_waits_for_the_judgement_of_the_one_before(recheck: float) -> None:
    talk, listener = opened(A, recheck=recheck)
    talk.passes(recheck)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", B)
    shown = talk.now
    talk.confirms()
    assert talk.subscriptions.next_due() == shown + GRACE
    talk.passes(shown + GRACE - 0.1 - talk.now)
    talk.asks(None)
    assert listener.told() == []
    talk.passes(0.1)
    talk.asks(None)
    assert isinstance(listener.told()[0], Gap)
    assert talk.subscriptions.next_due() == talk.now + recheck


def test_a_stock_pushed_a_moment_before_is_looked_at_again() -> None:
    talk, listener = opened(A, recheck=100)
    talk.passes(99)
    talk.pushes("0", "I", B)
    talk.passes(1)
    for shown in ((A,), (A, B)):
        talk.asks(Clear("0"))
        talk.answers(Cleared())
        talk.registers("0", *shown)
        talk.passes(GRACE)
        talk.asks(None)
        talk.passes(2 * GRACE)
    assert listener.told() == [Enter(moment(99), ZERO, B, "100000")]


def test_an_unreadable_frame_is_told_and_every_condition_is_rechecked() -> None:
    talk = Talk(SURGE, PEAK)
    listener = talk.follows(SURGE, PEAK)
    talk.registers("0", A)
    talk.registers("1", A)
    listener.told()
    talk.passes(10)
    heard_ns = talk.at_ns
    talk.passes(1)
    talk.subscriptions.unreadable(UNREADABLE, (), heard_ns, talk.at_ns)
    assert listener.told() == [Anomaly(talk.at_ns, error=UNREADABLE)]
    for seq, shown in (("0", A), ("1", B)):
        talk.asks(Clear(seq))
        talk.answers(Cleared())
        talk.registers(seq, shown)
    talk.passes(GRACE)
    talk.asks(None)
    assert [event for event in listener.told() if isinstance(event, Gap)] == [
        Gap(ONE, heard_ns, talk.at_ns, "unreadable frame")
    ]


def test_of_two_unreadable_frames_the_first_is_where_the_gap_begins() -> None:
    talk, listener = opened(A)
    for _ in range(2):
        talk.passes(10)
        talk.subscriptions.unreadable(UNREADABLE, (), talk.at_ns, talk.at_ns)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", B)
    talk.passes(GRACE)
    talk.asks(None)
    gaps = [event for event in listener.told() if isinstance(event, Gap)]
    assert gaps == [Gap(ZERO, moment(10), talk.at_ns, "unreadable frame")]


def test_an_unreadable_frame_during_a_recheck_asks_for_another() -> None:
    talk, listener = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    talk.subscriptions.unreadable(UNREADABLE, (), talk.at_ns, talk.at_ns)
    talk.answers(Cleared())
    talk.registers("0", A)
    talk.asks(Clear("0"))
    assert [type(event) for event in listener.told()] == [Anomaly]


def test_an_unreadable_frame_does_not_shorten_the_gap_of_a_recheck_that_differed_before() -> None:
    talk, listener = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", B)
    talk.passes(1)
    talk.subscriptions.unreadable(UNREADABLE, (), talk.at_ns, talk.at_ns)
    talk.passes(GRACE)
    talk.asks(Clear("0"))
    assert listener.told()[1] == Gap(ZERO, moment(0), talk.at_ns, "drift")


def test_a_recheck_that_is_not_answered_makes_the_condition_blind_since_its_clear() -> None:
    talk, listener = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    cleared_ns = talk.at_ns
    talk.passes(0.1)
    talk.answers(Cleared())
    talk.asks(Register("0"))
    talk.is_silent()
    assert listener.states() == ["unanswered"]
    talk.passes(5)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.passes(CURE_PAUSE)
    talk.registers("0", B)
    assert listener.told()[0] == Gap(
        ZERO, cleared_ns, talk.at_ns, "registration lost", "no reply to CNSRREQ within 5 s"
    )


def test_a_gap_does_not_begin_with_the_clear_of_a_recheck_long_ago() -> None:
    talk, listener = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    talk.is_silent_and_stopped("0")
    talk.registers("0", A)
    listener.told()
    talk.passes(10)
    talk.loses()
    lost_ns = talk.at_ns
    talk.connects()
    talk.registers("0", A)
    assert listener.told()[0] == Gap(ZERO, lost_ns, talk.at_ns, "connection lost")


def test_a_connection_lost_during_a_recheck_is_blind_since_its_clear() -> None:
    talk, listener = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    cleared_ns = talk.at_ns
    talk.passes(3)
    talk.loses()
    talk.connects()
    talk.registers("0", A)
    assert listener.told()[0] == Gap(ZERO, cleared_ns, talk.at_ns, "connection lost")


def test_pushes_go_on_during_a_recheck() -> None:
    talk, listener = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    talk.pushes("0", "I", B)
    talk.answers(Cleared())
    talk.asks(Register("0"))
    talk.pushes("0", "D", A)
    talk.answers(Registered((B,)))
    assert [type(event) for event in listener.told()] == [Enter, Leave]


# ---------------------------------------------------------------- proof


def test_a_leave_a_second_after_a_recheck_that_showed_the_stock_ends_in_a_gap() -> None:
    """The stock had entered unseen. That it left says so, although nothing differs any more."""
    talk, listener = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", A, B)
    talk.passes(1)
    talk.pushes("0", "D", B)
    talk.passes(GRACE)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", A)
    assert listener.told() == [
        Anomaly(moment(101), condition=ZERO, code=B, error=Report("leave of a non-member")),
        Gap(ZERO, moment(0), talk.at_ns, "drift"),
        Snapshot(talk.at_ns, ZERO, (A,)),
    ]


@pytest.mark.parametrize(("kind", "code"), [("I", A), ("D", B)])
def test_a_push_that_cannot_be_is_proof_and_ends_in_a_gap_although_nothing_differs(
    kind: Literal["I", "D"], code: str
) -> None:
    talk, listener = opened(A)
    talk.passes(10)
    doubted = []
    talk.subscriptions.on_doubt = lambda: doubted.append(talk.now)
    talk.pushes("0", kind, code)
    assert doubted == [talk.now], "the driver sleeps: it must be woken"
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", A)
    gap, shown = listener.told()[1:]
    assert gap == Gap(ZERO, moment(0), talk.at_ns, "drift")
    assert shown == Snapshot(talk.at_ns, ZERO, (A,))
    talk.passes(120)
    talk.asks(None)


def test_a_push_that_agrees_with_a_snapshot_of_a_moment_ago_proves_nothing() -> None:
    talk, listener = opened(A)
    talk.passes(GRACE)
    talk.pushes("0", "I", A)
    talk.pushes("0", "D", B)
    talk.passes(200)
    talk.asks(None)
    assert [type(event) for event in listener.told()] == [Anomaly, Anomaly]


def test_a_condition_is_rechecked_for_doubt_once_a_minute_at_most() -> None:
    talk, _ = opened(A)
    talk.passes(10)
    asked = []
    for _ in range(130):
        talk.subscriptions.unreadable(UNREADABLE, (), talk.at_ns, talk.at_ns)
        if talk.subscriptions.wanted[0].is_due(talk.now):
            asked.append(talk.now)
            talk.asks(Clear("0"))
            talk.answers(Cleared())
            talk.registers("0", A)
        talk.passes(1)
    assert asked == [10, 70, 130]


def test_doubts_that_come_while_one_waits_keep_the_earliest() -> None:
    talk, listener = opened(A)
    talk.passes(50)
    talk.subscriptions.unreadable(UNREADABLE, (), moment(40), talk.at_ns)
    talk.subscriptions.unreadable(UNREADABLE, (), moment(20), talk.at_ns)
    talk.subscriptions.unreadable(UNREADABLE, (), moment(45), talk.at_ns)
    talk.loses()
    talk.connects()
    talk.registers("0", A)
    gap = next(event for event in listener.told() if isinstance(event, Gap))
    assert gap.since_ns == moment(20)


def test_a_recheck_that_has_begun_goes_before_the_next_one() -> None:
    """Between CNSRCLR and CNSRREQ nothing is pushed: that stretch stays as short as it can be."""
    talk = Talk(SURGE, PEAK, recheck=100)
    talk.follows(SURGE, PEAK)
    talk.registers("0", A)
    talk.registers("1", A)
    talk.passes(200)
    for seq in ("0", "1"):
        talk.asks(Clear(seq))
        talk.answers(Cleared())
        talk.registers(seq, A)


def test_a_snapshot_that_nobody_asked_for_makes_doubtful_what_it_contradicts() -> None:
    talk, listener = opened(A)
    talk.passes(10)
    talk.subscriptions.unasked("0", (A,))
    talk.subscriptions.unasked("7", (B,))
    talk.asks(None)
    talk.subscriptions.unasked("0", (B,))
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", A)
    assert listener.told() == [], "what a fresh answer confirms is told to nobody"
