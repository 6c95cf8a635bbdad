"""Edited conditions: names outlive their numbers, and what is gone or doubled is told, never guessed."""

from __future__ import annotations

import pytest

from conversation import ONE, PEAK, SURGE, ZERO, A, B, Listener, Talk, opened
from jogeon.events import Condition, Enter, Gap, Leave, Snapshot
from jogeon.live.subscriptions import RELIST
from jogeon.reports import Report
from jogeon.wire.messages import Clear, Cleared, ConditionList, ListConditions, Register, Registered


def listed(talk: Talk, *conditions: Condition) -> None:
    """Let the list of somebody show these conditions."""
    talk.subscriptions.answered(ListConditions(), ConditionList(conditions), talk.now, talk.at_ns)


def test_renumbered_conditions_are_followed_by_their_names() -> None:
    talk = Talk(SURGE, PEAK)
    listener = talk.follows(SURGE, PEAK)
    talk.registers("0", A)
    talk.registers("1", B)
    listener.told()
    talk.loses()
    talk.listing = (Condition("0", PEAK), Condition("1", SURGE))
    talk.connects()
    talk.registers("1", A)
    talk.registers("0", B)
    gap, shown = listener.told()[:2]
    assert isinstance(gap, Gap)
    assert shown == Snapshot(talk.at_ns, Condition("1", SURGE), (A,))
    talk.pushes("0", "D", B)
    assert isinstance(leave := listener.told()[0], Leave)
    assert leave.condition == Condition("0", PEAK)


def test_a_renumbering_seen_on_a_living_connection_is_a_lost_registration() -> None:
    talk, listener = opened(A)
    talk.confirms()
    agreed_ns = talk.at_ns
    talk.passes(10)
    listed(talk, Condition("3", SURGE))
    talk.passes(0.1)
    talk.pushes("0", "D", A)  # whose push this is nobody knows any more
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("3", A)
    moved = Condition("3", SURGE)
    assert listener.told() == [
        Gap(moved, agreed_ns, talk.at_ns, "registration lost", "the conditions were renumbered"),
        Snapshot(talk.at_ns, moved, (A,)),
    ]


def test_a_condition_that_is_gone_stands_still_and_comes_back() -> None:
    talk, listener = opened(A)
    talk.confirms()
    agreed_ns = talk.at_ns
    talk.passes(10)
    listed(talk)
    assert listener.states() == ["condition-gone"]
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.asks(None)
    assert list(talk.subscriptions.wanted[0].membership.codes) == [A]
    talk.passes(RELIST)
    talk.asks(ListConditions())
    talk.answers(ConditionList((Condition("5", SURGE),)))
    talk.registers("5", B)
    back = Condition("5", SURGE)
    assert listener.told() == [
        Gap(back, agreed_ns, talk.at_ns, "condition missing"),
        Leave(talk.at_ns, back, A, "", "recovered", agreed_ns, talk.at_ns),
        Enter(talk.at_ns, back, B, "", "recovered", agreed_ns, talk.at_ns),
        Snapshot(talk.at_ns, back, (B,)),
    ]


def test_a_condition_that_stays_gone_is_told_once_over_many_logins() -> None:
    talk, listener = opened(A)
    talk.listing = (ONE,)
    for _ in range(3):
        talk.loses()
        talk.connects()
        talk.asks(None)
    assert listener.states() == ["condition-gone"]


def test_the_seq_of_a_gone_condition_is_not_registered_in_its_name() -> None:
    talk = Talk(SURGE, PEAK)
    listener = talk.follows(SURGE)
    talk.registers("0", A)
    talk.listing = (Condition("0", PEAK),)
    talk.confirms()
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    other = talk.follows_now(Condition("0", PEAK))
    talk.asks(Register("0"))
    talk.is_silent_and_stopped("0")
    talk.registers("0", B)
    assert listener.folds == {SURGE: {A}}
    assert other.folds == {PEAK: {B}}


def test_a_name_that_becomes_doubled_is_ambiguous_until_it_is_not() -> None:
    talk, listener = opened(A)
    listed(talk, ZERO, Condition("8", SURGE))
    assert listener.states() == ["ambiguous"]
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.asks(None)
    listed(talk, ZERO)
    talk.registers("0", A)
    assert [type(event) for event in listener.told()] == [Gap, Snapshot]


def test_a_doubled_name_works_by_its_seq_until_a_renumbering() -> None:
    talk = Talk(SURGE, SURGE)
    listener = talk.follows_now(talk.listing[1])
    following = talk.subscriptions.wanted[0]
    assert following.key == Condition("1", SURGE)
    talk.registers("1", A)
    talk.connects()
    talk.asks(None)
    listed(talk, Condition("0", SURGE), Condition("2", SURGE))
    assert listener.states() == ["registered", "ambiguous"]
    listed(talk, Condition("1", SURGE))
    talk.asks(Clear("1"))
    assert listener.states() == ["registered", "ambiguous"]


def test_a_condition_of_another_exchange_that_comes_back_joins_the_watch_of_all() -> None:
    """A seq has one registration: whoever has it decides the exchange, and the reader of the wire goes on."""
    talk = Talk(SURGE)
    elsewhere, everything = Listener(), Listener()
    talk.subscriptions.want(ZERO, elsewhere, "N", talk.at_ns)
    talk.asks(Register("0", "N"))
    talk.answers(Registered((A,)))
    listed(talk)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.subscriptions.want_all(everything, "K", talk.at_ns)
    listed(talk, ZERO)
    talk.asks(Register("0", "N"))
    talk.answers(Registered((A, B)))
    assert everything.states() == ["condition-added", "registered"]
    assert everything.folds == elsewhere.folds == {SURGE: {A, B}}


def test_all_conditions_are_followed_those_added_later_too() -> None:
    talk = Talk(SURGE)
    listener = Listener()
    talk.subscriptions.want_all(listener, "K", talk.at_ns)
    talk.registers("0", A)
    listed(talk, ZERO, ONE)
    talk.registers("1", B)
    assert listener.states() == ["registered", "condition-added", "registered"]
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, (A,)), Snapshot(talk.at_ns, ONE, (B,))]
    listed(talk, ZERO, ONE)
    assert listener.told() == []


# ---------------------------------------------------------------- what a list proves, and since when


@pytest.mark.parametrize("lost", [0, 2])
def test_a_list_agrees_as_of_when_the_first_one_without_an_answer_was_asked_for(lost: int) -> None:
    """Its reply may be that to an older request: what it shows was so then, and nobody knows about later."""
    talk, listener = opened(A)
    talk.passes(1)
    asked_ns = talk.at_ns
    for _ in range(lost):
        talk.asks(ListConditions())
        talk.is_silent()
        talk.passes(1)
    talk.asks(ListConditions())
    talk.passes(4)
    talk.answers(ConditionList(talk.listing))
    talk.passes(60)
    listed(talk, Condition("3", SURGE))
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("3", A)
    gap = listener.told()[0]
    assert isinstance(gap, Gap)
    assert gap.since_ns == asked_ns


def test_a_late_list_is_taken_as_the_first_of_a_connection_only() -> None:
    """Later it may be older than what was registered by the one that came."""
    talk, listener = opened(A)
    talk.passes(5)
    talk.is_late(ListConditions(), ConditionList(()))
    assert "condition-gone" not in listener.states()
    talk.loses()
    talk.subscriptions.connected()
    talk.asks(ListConditions())
    talk.is_silent()
    talk.is_late(ListConditions(), ConditionList((Condition("5", SURGE),)))
    talk.registers("5", A)


def test_a_clear_of_somebody_else_is_mended_at_once_although_a_doubt_was_looked_into_just_now() -> None:
    talk, _ = opened(A)
    talk.passes(10)
    talk.subscriptions.unreadable(Report("unreadable rows", number=1), (), talk.at_ns, talk.at_ns)
    for _ in range(2):
        talk.asks(Clear("0"))
        talk.answers(Cleared())
        talk.registers("0", A)
        talk.passes(1)
        talk.subscriptions.answered(Clear("0"), Cleared(), talk.now, talk.at_ns)


def test_of_two_conditions_of_a_name_the_one_that_stays_goes_on_behind_a_gap_for_both() -> None:
    talk = Talk(SURGE, SURGE)
    first, second, third = (talk.follows_now(talk.listing[seq]) for seq in (0, 1, 1))
    talk.registers("0", A)
    talk.registers("1", B)
    talk.confirms()
    agreed_ns = talk.at_ns
    for listener in (first, second, third):
        listener.told()
    talk.passes(30)
    listed(talk, ZERO)
    for seq in ("1", "0"):
        talk.asks(Clear(seq))
        talk.answers(Cleared())
    talk.registers("0", A)
    for listener in (first, second, third):
        gap, *_, shown = listener.told()
        assert gap == Gap(ZERO, agreed_ns, talk.at_ns, "condition missing")
        assert shown == Snapshot(talk.at_ns, ZERO, (A,))
        assert listener.folds == {SURGE: {A}}
    assert [each.key for each in talk.subscriptions.wanted] == [SURGE]
