"""Answers as they really come: refused, in words, late, twice, or not at all."""

from __future__ import annotations

import pytest

from conversation import (
    BUSY,
    NO,
    NO_SUCH,
    ONE,
    PATIENCE,
    PEAK,
    SURGE,
    TWICE,
    WORDS,
    ZERO,
    A,
    B,
    C,
    Listener,
    Talk,
    moment,
    opened,
)
from jogeon.errors import RequestRefused, RequestTimeout
from jogeon.events import Condition, Enter, Gap, Leave, Snapshot
from jogeon.live.attempts import CURE_PAUSE
from jogeon.live.debts import LONGEST
from jogeon.live.doubts import DOUBT_FLOOR
from jogeon.live.listing import FRESH
from jogeon.live.subscription import GRACE
from jogeon.wire.messages import (
    Answer,
    Clear,
    Cleared,
    ConditionList,
    ListConditions,
    Malformed,
    Refusal,
    Register,
    Registered,
    Request,
    Search,
    SearchPage,
)


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
    refused_at = talk.now
    talk.confirms()
    assert talk.subscriptions.next_due() == refused_at + 5


def test_900004_looks_at_the_list_again() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.answers(NO_SUCH)
    talk.asks(ListConditions())
    talk.answers(ConditionList((ONE,)))
    assert listener.states() == ["unanswered", "condition-gone"]


@pytest.mark.parametrize("answer", [NO, Malformed("data is not a list")])
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


@pytest.mark.parametrize(
    ("answer", "pause"), [(BUSY, 1.0), (Refusal("105110", ""), 1.0), (Refusal("429", ""), 1.0), (WORDS, 1.5)]
)
def test_a_refusal_that_passes_is_asked_again_three_times_before_it_counts(answer: Refusal, pause: float) -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    following = talk.subscriptions.wanted[0]
    for _ in range(3):
        talk.asks(Register("0"))
        talk.answers(answer)
        assert following.due == talk.now + pause
        assert not following.settled
        assert following.attempts.failures == 0
        talk.passes(pause)
    talk.asks(Register("0"))
    talk.answers(answer)
    assert following.settled
    assert following.due == talk.now + 5
    assert not talk.subscriptions.is_hopeless()
    assert listener.told() == []


def test_a_refusal_that_passes_costs_a_registration_nothing_but_a_second() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.answers(BUSY)
    talk.passes(1)
    talk.registers("0", A)
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, (A,))]
    assert talk.subscriptions.wanted[0].attempts.error is None


def test_refusals_that_pass_are_counted_anew_after_an_answer() -> None:
    talk, _ = opened(A, recheck=100)
    following = talk.subscriptions.wanted[0]
    for _ in range(2):
        talk.passes(100)
        talk.asks(Clear("0"))
        talk.answers(Cleared())
        for _ in range(3):
            talk.asks(Register("0"))
            talk.answers(BUSY)
            talk.passes(1)
        talk.registers("0", A)
    assert following.membership.live


def test_a_clear_refused_for_its_rate_is_sent_again_a_second_later() -> None:
    talk, _ = opened(A, recheck=100)
    talk.passes(100)
    talk.asks(Clear("0"))
    talk.answers(BUSY)
    talk.asks(None)
    talk.passes(1)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", A)


def test_what_may_not_be_sent_yet_is_not_sent() -> None:
    talk = Talk(SURGE)
    talk.follows(SURGE)
    assert talk.subscriptions.next_request(talk.now, talk.at_ns, {"CNSRREQ"}) is None
    assert talk.subscriptions.next_request(talk.now, talk.at_ns, {"CNSRCLR", "CNSRLST"}) == Register("0")


def test_a_condition_that_is_never_answered_is_asked_for_ever_more_slowly_while_others_live() -> None:
    talk = Talk(SURGE, PEAK)
    listener = talk.follows(SURGE, PEAK)
    following = talk.subscriptions.wanted[0]
    talk.asks(Register("0"))
    talk.is_silent()
    talk.asks(Clear("1"))
    talk.answers(Cleared())
    talk.registers("1", A)
    pauses = []
    for _ in range(7):
        pauses.append(following.due - talk.now)
        talk.passes(pauses[-1])
        assert talk.subscriptions.next_due() == pytest.approx(min(talk.now, talk.taken + FRESH))
        talk.asks(Clear("0"))
        talk.answers(Cleared())
        talk.passes(CURE_PAUSE)
        talk.asks(Register("0"))
        talk.is_silent()
        talk.pushes("1", "D" if A in listener.folds[PEAK] else "I", A)
    assert pauses == pytest.approx([5, 10, 20, 40, 60, 60, 60])
    assert listener.states() == ["unanswered", "registered"]


def test_after_one_silence_the_others_are_cleared_before_they_are_registered() -> None:
    """Where registrations outlive their connection, each of them may be met with silence."""
    talk = Talk(SURGE, PEAK, "눌림목")
    talk.follows(SURGE, PEAK, "눌림목")
    talk.registers("0", A)
    talk.registers("1", A)
    talk.registers("2", A)
    talk.loses()
    talk.connects()
    talk.asks(Register("0"))
    talk.is_silent()
    for seq in ("1", "2"):
        talk.asks(Clear(seq))
        talk.answers(Cleared())
    talk.registers("1", A)
    talk.registers("2", A)
    assert [each.registered for each in talk.subscriptions.wanted] == [False, True, True]


def begins_in_silence(talk: Talk) -> None:
    """Lose the connection; the next one meets the first CNSRREQ with silence."""
    talk.loses()
    talk.connects()
    talk.asks(Register("0"))
    talk.is_silent()


def test_where_each_connection_begins_in_silence_the_next_one_begins_with_a_stop() -> None:
    """Else it owes a reply from its beginning, and never believes an empty one that names no condition."""
    talk = Talk(SURGE)
    talk.follows(SURGE)
    talk.registers("0", A)
    begins_in_silence(talk)
    begins_in_silence(talk)
    for known in (True, False):
        talk.loses()
        talk.connects()
        for _ in range(1 + known):  # what had members is asked for once more
            talk.asks(Clear("0"))
            talk.answers(Cleared())
            talk.asks(Register("0"))
            talk.answers(Registered((), named=False))
        assert talk.subscriptions.wanted[0].registered


def test_so_it_is_where_another_condition_was_answered_before() -> None:
    talk = Talk(SURGE, PEAK)
    talk.follows(SURGE, PEAK)
    talk.registers("0", A)
    talk.registers("1", A)
    for _ in range(2):
        talk.loses()
        talk.connects()
        talk.registers("0", A)
        talk.asks(Register("1"))
        talk.is_silent()
    talk.loses()
    talk.connects()
    talk.asks(Clear("0"))


def test_a_stop_at_the_beginning_that_goes_unanswered_is_not_sent_at_the_next() -> None:
    talk = Talk(SURGE)
    talk.follows(SURGE)
    talk.registers("0", A)
    begins_in_silence(talk)
    begins_in_silence(talk)
    talk.loses()
    talk.connects()
    talk.asks(Clear("0"))
    talk.is_silent()
    talk.loses()
    talk.connects()
    talk.asks(Register("0"))


def test_a_stop_that_goes_unanswered_later_does_not_forget_how_connections_begin() -> None:
    """Its refusal may have named nothing, and is nobody's while a reply is owed."""
    talk = Talk(SURGE)
    talk.follows(SURGE)
    talk.registers("0", A)
    begins_in_silence(talk)
    talk.passes(5)
    talk.asks(Clear("0"))
    talk.is_silent()
    begins_in_silence(talk)
    talk.loses()
    talk.connects()
    talk.asks(Clear("0"))


def test_a_silence_now_and_then_lets_no_connection_begin_with_a_stop() -> None:
    talk = Talk(SURGE)
    talk.follows(SURGE)
    talk.registers("0", A)
    for _ in range(3):
        begins_in_silence(talk)
        talk.loses()
        talk.connects()
        talk.registers("0", A)
    begins_in_silence(talk)
    talk.loses()
    talk.connects()
    talk.asks(Register("0"))
    asked = talk.asked
    talk.is_silent()
    talk.is_late(asked, Registered((A,)))
    talk.loses()
    talk.connects()
    talk.asks(Register("0"))


def test_a_server_that_was_only_late_is_asked_for_the_others_at_once() -> None:
    talk = Talk(SURGE, PEAK, "눌림목")
    talk.follows(SURGE, PEAK, "눌림목")
    talk.asks(Register("0"))
    asked = talk.asked
    talk.is_silent()
    talk.asks(Clear("1"))
    talk.is_late(asked, Registered((A,)))
    talk.answers(Cleared())
    talk.registers("2", A)
    talk.registers("1", A)


def test_a_stop_that_silence_suggested_and_that_goes_unanswered_is_not_sent_again() -> None:
    talk = Talk(SURGE, PEAK)
    talk.follows(SURGE, PEAK)
    talk.asks(Register("0"))
    talk.is_silent()
    talk.asks(Clear("1"))
    talk.is_silent()
    talk.passes(5)
    assert talk.subscriptions.wanted[1].next == Register("1")


def swapped_while_owed() -> tuple[Talk, Listener, Request]:
    """Let the CNSRREQ for SURGE go unanswered, and its seq be PEAK's from then on; return what is owed, too."""
    talk = Talk(SURGE, PEAK)
    listener = talk.follows(SURGE, PEAK)
    talk.asks(Register("0"))
    owed = talk.asked
    talk.is_silent()
    talk.asks(Clear("1"))
    talk.answers(Cleared())
    talk.registers("1", C)
    talk.listing = (Condition("0", PEAK), Condition("1", SURGE))
    talk.confirms()
    for seq in ("0", "1"):
        talk.asks(Clear(seq))
        talk.answers(Cleared())
    talk.registers("1", A)
    return talk, listener, owed


def test_no_condition_is_registered_under_a_seq_while_the_reply_to_another_s_registration_is_owed() -> None:
    """The snapshot of the one would be shown as that of the other."""
    talk, listener, owed = swapped_while_owed()
    talk.confirms()
    talk.asks(None)
    assert listener.folds == {SURGE: {A}, PEAK: {C}}
    talk.is_late(owed, Registered((B, C)))
    talk.registers("0", A)
    assert listener.folds == {SURGE: {A}, PEAK: {A}}


def test_a_registration_waits_no_longer_than_a_reply_may_be_late() -> None:
    talk, _, _ = swapped_while_owed()
    talk.confirms()
    talk.asks(None)
    due = talk.subscriptions.next_due()
    assert due == PATIENCE + LONGEST
    talk.now = due
    talk.asks(Register("0"))


def test_behind_a_late_reply_comes_a_list_before_the_next_registration() -> None:
    """Should it come twice, its copy meets the request for the list."""
    talk, _, owed = swapped_while_owed()
    talk.is_late(owed, Registered((B, C)))
    talk.asks(ListConditions())


def test_a_condition_that_is_refused_for_months_crashes_nothing() -> None:
    talk = Talk(SURGE, PEAK)
    talk.follows(SURGE, PEAK)
    following = talk.subscriptions.wanted[0]
    following.attempts.failures = 5_000
    talk.asks(Register("0"))
    talk.answers(NO)
    assert talk.subscriptions.next_due() == talk.now
    assert following.due == talk.now + 60


def test_pushes_from_before_a_second_attempt_are_older_than_its_snapshot() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.pushes("0", "I", A)
    talk.is_silent_and_stopped("0")
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
    assert isinstance(talk.subscriptions.wanted[0].attempts.error, RequestTimeout)
    assert talk.subscriptions.wanted[0].due == talk.now + 10


def test_after_three_unanswered_attempts_one_condition_is_enough_to_be_hopeless() -> None:
    talk = Talk(SURGE, PEAK)
    talk.follows(SURGE, PEAK)
    talk.asks(Register("0"))
    talk.is_silent()
    talk.asks(Clear("1"))
    talk.answers(Cleared())
    talk.registers("1")
    for pause in (5, 10):
        assert not talk.subscriptions.is_hopeless()
        talk.passes(pause)
        talk.asks(Clear("0"))
        talk.is_silent()
    assert talk.subscriptions.is_hopeless()
    talk.loses()
    assert not talk.subscriptions.is_hopeless()
    talk.connects()
    assert not talk.subscriptions.is_hopeless()


def test_a_condition_that_is_refused_is_not_hopeless() -> None:
    """A refusal is an answer and never costs the connection, however often it comes."""
    talk = Talk(SURGE)
    talk.follows(SURGE)
    talk.asks(Register("0"))
    for pause in (5, 10, 20, 40):
        talk.answers(NO)
        assert not talk.subscriptions.is_hopeless()
        talk.passes(pause)
        talk.asks(Clear("0"))
        talk.answers(Cleared())
        talk.passes(CURE_PAUSE)
        talk.asks(Register("0"))


def test_nobody_who_wants_nothing_is_hopeless() -> None:
    assert not Talk(SURGE).subscriptions.is_hopeless()


def test_the_error_of_a_condition_is_kept_until_it_is_registered() -> None:
    talk = Talk(SURGE)
    talk.follows(SURGE)
    following = talk.subscriptions.wanted[0]
    assert not following.settled
    talk.asks(Register("0"))
    talk.answers(NO)
    assert following.settled
    assert isinstance(following.attempts.error, RequestRefused)
    assert following.attempts.error.code == "900001"
    talk.passes(5)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.passes(CURE_PAUSE)
    talk.registers("0")
    assert following.attempts.error is None


def test_a_late_snapshot_makes_a_condition_doubtful() -> None:
    talk, listener = opened(A)
    talk.passes(10)
    talk.is_late(Register("0"), Registered((B,)))
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", B)
    talk.passes(GRACE)
    talk.asks(None)
    assert listener.told()[0] == Gap(ZERO, moment(0), talk.at_ns, "drift")


def test_a_late_snapshot_is_the_answer_if_nothing_was_sent_since() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    request = talk.asked
    talk.pushes("0", "I", B)
    talk.is_silent()
    talk.passes(1)
    talk.pushes("0", "I", C)
    talk.is_late(request, Registered((A, B)))
    assert listener.states() == ["unanswered", "registered"]
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, (A, B)), Enter(talk.at_ns, ZERO, C, "100000")]
    talk.confirms()
    talk.passes(60)
    talk.asks(None)


def test_a_late_snapshot_ends_the_gap_of_a_condition_that_was_known() -> None:
    talk, listener = opened(A)
    talk.loses()
    lost_ns = talk.at_ns
    talk.connects()
    talk.asks(Register("0"))
    request = talk.asked
    talk.is_silent()
    talk.is_late(request, Registered((B,)))
    assert listener.told() == [
        Gap(ZERO, lost_ns, talk.at_ns, "connection lost"),
        Leave(talk.at_ns, ZERO, A, "", "recovered", lost_ns, talk.at_ns),
        Enter(talk.at_ns, ZERO, B, "", "recovered", lost_ns, talk.at_ns),
        Snapshot(talk.at_ns, ZERO, (B,)),
    ]


@pytest.mark.parametrize("cleared", [False, True])
def test_a_late_snapshot_after_the_clear_that_followed_is_no_answer(*, cleared: bool) -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    request = talk.asked
    talk.is_silent()
    talk.passes(5)
    talk.asks(Clear("0"))
    if cleared:
        talk.answers(Cleared())
    talk.is_late(request, Registered((B,)))
    if not cleared:
        talk.answers(Cleared())
    talk.passes(CURE_PAUSE)
    assert listener.told() == []
    talk.registers("0", A)
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, (A,))]


def test_the_late_reply_to_an_older_registration_is_not_that_to_the_last() -> None:
    """It shows what was so before the CNSRCLR between them, and what was pushed since then is not in it."""
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    first = talk.asked
    talk.is_silent_and_stopped("0")
    talk.asks(Register("0"))
    last = talk.asked
    talk.is_silent()
    talk.is_late(first, Registered((B,)))
    assert listener.told() == []
    talk.is_late(last, Registered((A,)))
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, (A,))]


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (ListConditions(), NO),
        (Clear("9"), Cleared()),
        (Clear("0"), NO),
        (Search("0"), SearchPage((), "N", "")),
        (Register("9"), Registered((B,))),
        (Register("0"), NO),
    ],
)
def test_a_late_reply_of_another_kind_changes_nothing(request_: Request, answer: Answer) -> None:
    talk, listener = opened(A)
    talk.is_late(request_, answer)
    talk.asks(None)
    assert listener.told() == []


def unanswered_then_registered() -> tuple[Talk, Listener]:
    """Let one registration go unanswered, and the next one be answered by a reply that may be to the first."""
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.is_silent_and_stopped("0")
    talk.registers("0", A)
    assert listener.told() == [Snapshot(talk.at_ns, ZERO, (A,))]
    return talk, listener


def rechecks(talk: Talk) -> None:
    """Let it be registered anew; the snapshot is as before."""
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.registers("0", A)


def test_an_answer_that_may_be_to_an_older_request_is_checked() -> None:
    """If the newer one is lost, nothing is registered, and no push would ever say so.

    What checks it may be answered by the older one's reply itself, which is late: so it is checked once more when
    nothing can be as late as that.
    """
    talk, listener = unanswered_then_registered()
    rechecks(talk)
    talk.passes(DOUBT_FLOOR)
    rechecks(talk)
    talk.passes(10 * DOUBT_FLOOR)
    talk.asks(None)
    assert listener.told() == []


def test_a_late_reply_that_was_taken_for_that_to_a_recheck_hides_nothing() -> None:
    """The recheck's own request is lost, and the connection breaks off before the next one could tell."""
    talk, listener = unanswered_then_registered()
    rechecks(talk)  # by the late reply: nothing is registered, and it shows what was so before
    talk.passes(10)
    talk.loses()
    talk.connects()
    talk.registers("0", A, B)
    told = listener.told()
    assert [event.since_ns for event in told if isinstance(event, Gap)] == [moment(0)]
    assert [(event.code, event.origin) for event in told if isinstance(event, Enter)] == [(B, "recovered")]


def test_a_refusal_in_between_does_not_settle_whose_answer_it_is() -> None:
    talk = Talk(SURGE)
    listener = talk.follows(SURGE)
    talk.asks(Register("0"))
    talk.is_silent_and_stopped("0")
    talk.asks(Register("0"))
    talk.answers(NO)
    talk.passes(60)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.passes(CURE_PAUSE)
    talk.registers("0", A)
    listener.told()
    talk.asks(Clear("0"))


def test_what_an_older_answer_may_have_hidden_lies_in_the_gap_of_a_lost_connection() -> None:
    """It may be as old as the request that was not answered: whatever differs has changed since then."""
    talk, listener = unanswered_then_registered()
    talk.passes(10)
    talk.loses()
    talk.connects()
    talk.registers("0", B)
    assert [event.since_ns for event in listener.told() if isinstance(event, Gap)] == [moment(0)]


def test_a_clear_that_is_answered_late_may_have_ended_a_newer_registration() -> None:
    talk, listener = opened(A)
    talk.is_late(Clear("0"), Cleared())
    talk.asks(Clear("0"))
    assert listener.told() == []


def test_a_clear_that_is_answered_late_before_the_next_registration_is_no_doubt_of_that() -> None:
    talk, listener = opened(A, recheck=1000)
    talk.passes(1000)
    talk.asks(Clear("0"))
    talk.is_silent()
    talk.is_late(Clear("0"), Cleared())
    talk.passes(60)
    talk.asks(Clear("0"))
    talk.answers(Cleared())
    talk.passes(CURE_PAUSE)
    talk.registers("0", A)
    talk.passes(DOUBT_FLOOR)
    talk.asks(None)
    assert [event.cause for event in listener.told() if isinstance(event, Gap)] == ["registration lost"]


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


@pytest.mark.parametrize(("members", "again"), [((A,), True), ((), False)])
def test_an_empty_answer_that_names_no_condition_is_asked_for_again_before_it_empties(
    members: tuple[str, ...], *, again: bool
) -> None:
    talk, listener = opened(*members)
    talk.loses()
    talk.connects()
    talk.asks(Register("0"))
    talk.answers(Registered((), named=False))
    if again:
        assert listener.told() == []
        talk.asks(Clear("0"))
        talk.answers(Cleared())
        talk.asks(Register("0"))
        talk.answers(Registered((), named=False))
    assert isinstance(listener.told()[-1], Snapshot)
    assert listener.folds == {SURGE: set()}


@pytest.mark.parametrize("answer", [Registered((), named=False), NO, WORDS, Malformed("data is not a list")])
def test_behind_an_answer_that_names_no_condition_comes_a_list_before_the_next_registration(answer: Answer) -> None:
    """Its copy, if it comes twice, meets the request for the list, and is nobody's."""
    talk = Talk(SURGE, PEAK)
    talk.follows(SURGE, PEAK)
    talk.asks(Register("0"))
    talk.answers(answer)
    talk.asks(ListConditions())
    talk.answers(ConditionList(talk.listing))
    talk.asks(Register("1"))


def test_behind_a_search_that_names_no_condition_comes_a_list_before_the_next_registration() -> None:
    talk = Talk(SURGE)
    talk.follows(SURGE)
    talk.subscriptions.answered(Search("7"), SearchPage((), "", "", named=False), talk.now, talk.at_ns)
    talk.asks(ListConditions())


def test_behind_answers_that_name_their_conditions_registrations_follow_each_other() -> None:
    talk = Talk(SURGE, PEAK)
    talk.follows(SURGE, PEAK)
    talk.asks(Register("0"))
    talk.answers(Registered(()))
    talk.subscriptions.answered(Search("7"), SearchPage((), "N", ""), talk.now, talk.at_ns)
    assert talk.subscriptions.next_request(talk.now, talk.at_ns) == Register("1")


def test_an_empty_answer_that_names_its_condition_empties_it_at_once() -> None:
    talk, listener = opened(A)
    talk.loses()
    talk.connects()
    talk.registers("0")
    assert listener.folds == {SURGE: set()}
