"""Registrations: what is wanted and what is registered become one, and every sink is told the truth about it."""

from __future__ import annotations

import os

import pytest

from conversation import BUSY, NO_SUCH, ONE, PATIENCE, PEAK, SURGE, TWICE, ZERO, A, B, Talk, moment, opened
from drill import World, check
from jogeon.errors import AmbiguousCondition, RequestRefused, RequestTimeout, UnknownCondition
from jogeon.events import Anomaly, Condition, Enter, Gap, Leave, Snapshot, State
from jogeon.listing import resolve
from jogeon.messages import (
    Clear,
    Cleared,
    ConditionList,
    ListConditions,
    Malformed,
    Refusal,
    Register,
    Registered,
    Search,
    SearchPage,
)
from jogeon.subscription import CURE_PAUSE, GRACE
from jogeon.subscriptions import Subscriptions

SEEDS = int(os.environ.get("JOGEON_SEEDS", "200"))
BLOCKS = 8


@pytest.mark.parametrize("block", range(BLOCKS))
def test_truth_drill(block: int) -> None:
    """Five minutes of faults a seed: drop, refusal, silence, late and double replies, edited conditions, and so on."""
    for seed in range(block, SEEDS, BLOCKS):
        world = World(seed)
        world.run(300)
        check(world)


# ---------------------------------------------------------------- names


LISTING = (ZERO, ONE, Condition("2", PEAK), Condition("3", "0"), Condition("4", "급등주 2"))


@pytest.mark.parametrize(
    ("wanted", "seq"),
    [
        (SURGE, "0"),
        (f" {SURGE} ", "0"),
        ("1", "1"),
        ("2", "2"),
        ("0", "3"),  # a name before a seq
        (Condition("2", PEAK), "2"),
        (Condition("9", SURGE), "0"),  # renumbered since
    ],
)
def test_a_condition_is_found_by_its_name_else_by_its_seq(wanted: str | Condition, seq: str) -> None:
    assert resolve(wanted, LISTING).seq == seq


def test_a_name_that_two_conditions_bear_is_refused() -> None:
    with pytest.raises(AmbiguousCondition) as raised:
        resolve(PEAK, LISTING)
    assert raised.value.seqs == ("1", "2")


@pytest.mark.parametrize(("wanted", "close"), [("급등", SURGE), ("zzz", None), ("", None)])
def test_a_name_that_no_condition_bears_is_answered_with_similar_ones(wanted: str, close: str | None) -> None:
    with pytest.raises(UnknownCondition) as raised:
        resolve(wanted, LISTING)
    assert (close in raised.value.close) if close else not raised.value.close


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
    assert talk.subscriptions.next_due() is None
    assert listener.states() == ["registered", "registered"]
    assert [event.cause for event in listener.events if isinstance(event, State)] == ["1 of 2", "2 of 2"]
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, (A,)), Snapshot(talk.at_ns, ONE, ())]


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
    assert listener.told() == [Anomaly(talk.at_ns, f"push for the unknown condition seq {seq!r}", None, A)]


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


def test_rows_of_another_type_are_passed_over() -> None:
    talk, listener = opened(A)
    talk.pushes("0", "D", A, row="0B")
    assert listener.told() == []


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


# ---------------------------------------------------------------- refused, unanswered, answered late


def test_900003_is_cured_once_by_a_clear_and_a_short_pause() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.answers(TWICE)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.asks(None)
    talk.passes(CURE_PAUSE)
    talk.registers("0", A)
    assert listener.states() == ["registered"]
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, (A,))]


def test_pushes_of_the_old_registration_are_older_than_the_snapshot_after_the_cure() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.pushes("0", "I", A)
    talk.answers(TWICE)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.passes(CURE_PAUSE)
    talk.registers("0")
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, ())]


def test_900003_again_is_retried_slowly() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.answers(TWICE)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.passes(CURE_PAUSE)
    talk.asks(Register("0"))
    talk.answers(TWICE)
    talk.asks(None)
    assert listener.states() == ["unanswered"]
    assert talk.subscriptions.next_due() == talk.now + 5


def test_900004_looks_at_the_list_again() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.answers(NO_SUCH)
    talk.asks(ListConditions())
    talk.answers(ConditionList((ONE,)))
    assert listener.states() == ["unanswered", "condition-gone"]


@pytest.mark.parametrize("answer", [BUSY, Malformed("data is not a list")])
def test_what_is_refused_or_malformed_is_retried_slowly(answer: Refusal | Malformed) -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.answers(answer)
    talk.asks(None)
    assert listener.states() == ["unanswered"]
    talk.passes(5)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.passes(CURE_PAUSE)
    talk.registers("0", A)
    assert listener.states() == ["unanswered", "registered"]


def test_a_condition_that_is_never_answered_is_asked_for_ever_more_slowly_while_others_live() -> None:
    talk = Talk(SURGE, PEAK)
    listener = talk.follows(SURGE, PEAK)
    talk.asks(Register("0"))
    talk.is_silent()
    talk.registers("1", A)
    pauses = []
    for _ in range(7):
        due = talk.subscriptions.next_due()
        assert due is not None
        pauses.append(due - talk.now)
        talk.passes(due - talk.now)
        talk.asks(Clear("0"))
        talk.answers(Cleared())
        talk.passes(CURE_PAUSE)
        talk.asks(Register("0"))
        talk.is_silent()
        talk.pushes("1", "D" if A in listener.folds[PEAK] else "I", A)
    assert pauses == pytest.approx([5, 10, 20, 40, 60, 60, 60])
    assert listener.states() == ["unanswered", "registered"]
    assert not talk.subscriptions.hopeless


def test_a_condition_that_is_refused_for_months_crashes_nothing() -> None:
    talk = Talk(SURGE, PEAK)
    talk.follows(SURGE, PEAK)
    following = talk.subscriptions.wanted[0]
    following.failures = 5_000
    talk.asks(Register("0"))
    talk.answers(BUSY)
    assert talk.subscriptions.next_due() == talk.now
    assert following.due == talk.now + 60


def test_pushes_from_before_a_second_attempt_are_older_than_its_snapshot() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.pushes("0", "I", A)
    talk.is_silent()
    talk.passes(5)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.passes(CURE_PAUSE)
    talk.asks(Register("0"))
    talk.pushes("0", "I", B)
    talk.answers(Registered(()))
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, ()), Enter(talk.at_ns, ZERO, B, "100000")]


def test_a_clear_that_is_not_answered_counts_like_a_registration() -> None:
    talk = Talk(SURGE)
    talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.is_silent()
    talk.passes(5)
    talk.asks(Clear("0"))
    talk.is_silent()
    assert isinstance(talk.subscriptions.wanted[0].error, RequestTimeout)
    assert talk.subscriptions.next_due() == talk.now + 10


def test_only_when_nothing_can_be_registered_it_is_hopeless() -> None:
    talk = Talk(SURGE, PEAK)
    talk.follows(SURGE, PEAK)
    for seq in ("0", "1"):
        talk.asks(Register(seq))
        talk.is_silent()
    assert not talk.subscriptions.hopeless
    for seq in ("0", "1"):
        assert not talk.subscriptions.hopeless
        talk.passes(10)
        talk.asks(Clear(seq))
        talk.is_silent()
    assert talk.subscriptions.hopeless
    talk.loses()
    assert not talk.subscriptions.hopeless


def test_nobody_who_wants_nothing_is_hopeless() -> None:
    assert not Talk(SURGE).subscriptions.hopeless


def test_the_error_of_a_condition_is_kept_until_it_is_registered() -> None:
    talk = Talk(SURGE)
    talk.follows(SURGE)
    following = talk.subscriptions.wanted[0]
    assert not following.settled
    talk.asks(Register("0"))
    talk.answers(BUSY)
    assert following.settled
    assert isinstance(following.error, RequestRefused)
    assert following.error.code == "1700"


def test_a_late_snapshot_makes_a_condition_doubtful() -> None:
    talk, listener = opened(A)
    talk.passes(10)
    talk.subscriptions.late(Register("0"), talk.now)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", B)
    talk.passes(GRACE)
    talk.asks(None)
    assert listener.told()[0] == Gap(ZERO, moment(0), talk.at_ns, "drift")


def test_a_late_snapshot_of_what_is_about_to_be_registered_anew_changes_nothing() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.is_silent()
    talk.subscriptions.late(Register("0"), talk.now)
    talk.passes(5)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.passes(CURE_PAUSE)
    talk.registers("0", A)
    talk.asks(None)
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, (A,))]


@pytest.mark.parametrize("request_", [ListConditions(), Clear("0"), Search("0"), Register("9")])
def test_a_late_reply_of_another_kind_changes_nothing(request_: ListConditions | Clear | Search | Register) -> None:
    talk, listener = opened(A)
    talk.subscriptions.late(request_, talk.now)
    talk.asks(None)
    assert listener.told() == []


def test_the_answers_to_a_users_own_requests_change_nothing() -> None:
    talk, listener = opened(A)
    talk.subscriptions.answered(Search("0"), SearchPage((), "N", ""), talk.now, talk.at_ns)
    talk.subscriptions.answered(Clear("9"), Cleared(), talk.now, talk.at_ns)
    talk.subscriptions.answered(ListConditions(), BUSY, talk.now, talk.at_ns)
    talk.subscriptions.timed_out(Search("0"), PATIENCE, talk.now, talk.at_ns)
    talk.subscriptions.timed_out(Clear("9"), PATIENCE, talk.now, talk.at_ns)
    talk.asks(None)
    assert listener.told() == []


@pytest.mark.parametrize("answered", [True, False])
def test_a_clear_of_somebody_else_is_followed_by_a_new_registration(*, answered: bool) -> None:
    talk, listener = opened(A)
    if answered:
        talk.subscriptions.answered(Clear("0"), Cleared(), talk.now, talk.at_ns)
    else:
        talk.subscriptions.timed_out(Clear("0"), PATIENCE, talk.now, talk.at_ns)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", B)
    talk.passes(GRACE)
    talk.asks(None)
    assert listener.told()[0] == Gap(ZERO, moment(0), talk.at_ns, "registration lost")
