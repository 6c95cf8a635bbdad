"""Many sinks: each has its own true story, and what the last one leaves is cleared."""

from __future__ import annotations

from conversation import PEAK, SURGE, ZERO, A, B, C, Talk, opened
from jogeon.events import Enter, Gap, Leave, Snapshot, State
from jogeon.reports import Report
from jogeon.wire.messages import Clear, Cleared, Register, Registered


def test_a_later_sink_begins_with_a_snapshot_of_now() -> None:
    talk, first = opened(A)
    talk.pushes("0", "I", B)
    talk.passes(5)
    second = talk.follows(SURGE)
    talk.asks(None)
    assert second.told() == [Snapshot(talk.at_ns, ZERO, (A, B))]
    talk.pushes("0", "D", A)
    assert second.told() == first.told()[1:] == [Leave(talk.at_ns, ZERO, A, "100000")]


def test_a_sink_that_joins_while_blind_begins_with_the_snapshot_that_ends_it() -> None:
    talk, first = opened(A)
    talk.loses()
    talk.connects()
    second = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.pushes("0", "I", C)
    talk.answers(Registered((B,)))
    assert [type(event) for event in first.told()] == [Gap, Leave, Enter, Snapshot, Enter]
    assert [type(event) for event in second.told()] == [Snapshot, Enter]
    assert first.folds == second.folds == {SURGE: {B, C}}


def test_a_sink_that_leaves_before_its_first_snapshot_is_told_no_gap() -> None:
    talk, _ = opened(A)
    talk.loses()
    second = talk.follows(SURGE)
    talk.subscriptions.leave(second, talk.at_ns)
    assert second.told() == []


def test_leaving_clears_what_nobody_else_wants() -> None:
    talk = Talk(SURGE, PEAK)
    first, second = talk.follows(SURGE, PEAK), talk.follows(PEAK)
    talk.registers("0")
    talk.registers("1")
    assert talk.subscriptions.leave(first, talk.at_ns) == ["0"]
    assert talk.subscriptions.is_leaving(["0"])
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    assert not talk.subscriptions.is_leaving(["0"])
    talk.asks(None)
    assert talk.subscriptions.leave(second, talk.at_ns) == ["1"]


def test_a_push_after_the_stop_is_not_an_event() -> None:
    talk = Talk(SURGE, PEAK)
    first, second = talk.follows(SURGE), talk.follows(PEAK)
    talk.registers("0", A)
    talk.registers("1")
    first.told()
    second.told()
    talk.subscriptions.leave(first, talk.at_ns)
    talk.pushes("0", "D", A)
    talk.asks(Clear("0"))
    talk.pushes("0", "I", B)
    talk.answers(Cleared())
    talk.pushes("0", "I", C)
    assert first.told() == second.told() == []


def test_leaving_while_the_registration_is_in_flight_clears_it_all_the_same() -> None:
    for answered in (True, False):
        talk = Talk(SURGE)
        listener = talk.follows(SURGE)
        talk.asks(Register("0"))
        assert talk.subscriptions.leave(listener, talk.at_ns) == ["0"]
        if answered:
            talk.answers(Registered((A,)))
        else:
            talk.is_silent()
        assert listener.told() == []
        talk.asks(Clear("0"))
        talk.answers(Cleared())
        talk.asks(None)


def test_leaving_what_is_not_registered_clears_nothing() -> None:
    talk = Talk(SURGE)
    assert talk.subscriptions.leave(talk.follows(SURGE), talk.at_ns) == []
    talk.asks(None)


def test_leaving_what_a_recheck_has_just_cleared_clears_nothing() -> None:
    talk, listener = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    assert talk.subscriptions.leave(listener, talk.at_ns) == []
    talk.asks(None)


def test_what_a_sink_that_waits_for_its_snapshot_wants_stays_wanted() -> None:
    talk, first = opened(A)
    talk.loses()
    second = talk.follows(SURGE)
    talk.subscriptions.leave(first, talk.at_ns)
    talk.connects()
    talk.registers("0", B)
    assert second.told() == [Snapshot(talk.at_ns, ZERO, (B,))]


def test_what_was_left_on_a_lost_connection_is_not_cleared_on_the_next() -> None:
    talk, listener = opened(A)
    talk.subscriptions.leave(listener, talk.at_ns)
    talk.loses()
    assert not talk.subscriptions.is_leaving(["0"])
    talk.connects()
    talk.asks(None)


def test_a_clear_that_is_not_answered_is_not_waited_for() -> None:
    talk, listener = opened(A)
    talk.subscriptions.leave(listener, talk.at_ns)
    talk.asks(Clear("0"))
    talk.is_silent()
    assert not talk.subscriptions.is_leaving(["0"])
    talk.asks(None)


def test_wanting_again_what_is_being_left_registers_it_anew() -> None:
    talk, listener = opened(A)
    talk.subscriptions.leave(listener, talk.at_ns)
    again = talk.follows(SURGE)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", B)
    assert again.told() == [Snapshot(talk.at_ns, ZERO, (B,))]


def test_states_of_the_whole_client_reach_every_sink() -> None:
    talk, first = opened(A)
    second = talk.follows()
    state = State(talk.at_ns, "reconnecting", pause=0.4, error=Report("broke off"))
    talk.subscriptions.tell(state)
    assert first.events[-1] == second.events[-1] == state
