"""The attempts of one connection: which answer is asked for once more and when, which fails, whose a late reply is."""

from __future__ import annotations

import pytest

from conversation import BUSY, NO, TWICE, WORDS, A, B
from jogeon.errors import RemoteProtocolError, RequestRefused, RequestTimeout
from jogeon.live.attempts import (
    BUSY_PAUSE,
    CURE_PAUSE,
    HOPELESS_AFTER,
    TRIES,
    UNANSWERED_PAUSE,
    WORDS_PAUSE,
    Attempts,
    failure_of,
)
from jogeon.live.debts import LONGEST
from jogeon.wire.messages import Malformed, Refusal, Register, Registered

SILENCE = RequestTimeout("CNSRREQ", 5.0)
REQUEST = Register("0", "K")


def sent(*, fails: bool = False) -> Attempts:
    """Return attempts with a CNSRREQ sent, and left unanswered if it `fails`."""
    attempts = Attempts()
    attempts.sent(REQUEST, 1)
    if fails:
        attempts.failed(SILENCE, 0.0, overdue=True)
    return attempts


@pytest.mark.parametrize(("refusal", "pause"), [(BUSY, BUSY_PAUSE), (WORDS, WORDS_PAUSE)])
def test_a_refusal_that_may_pass_is_asked_again_a_few_times(refusal: Refusal, pause: float) -> None:
    attempts = sent()
    assert [attempts.again(refusal, ()) for _ in range(TRIES + 1)] == [pause] * TRIES + [None]
    assert not attempts.held, "what is refused is not registered"
    assert isinstance(attempts.error, RequestRefused)


def test_what_was_registered_already_is_cleared_once() -> None:
    attempts = sent()
    assert attempts.again(TWICE, ()) == 0.0
    assert attempts.held
    assert attempts.cleared() == CURE_PAUSE
    assert attempts.again(TWICE, ()) is None


def test_an_empty_answer_without_a_name_is_confirmed_once() -> None:
    empty = Registered((), named=False)
    assert sent().again(empty, ()) is None
    assert sent().again(Registered((A,), named=False), (A,)) is None
    attempts = sent()
    assert [attempts.again(empty, (A,)) for _ in range(2)] == [0.0, None]


def test_a_refusal_of_the_second_question_makes_the_answer_to_the_third_stand() -> None:
    """A broker that takes a condition once a minute refuses what asks once more, each time."""
    empty = Registered((), named=False)
    refused, silent = sent(), sent()
    for attempts, error in ((refused, failure_of(NO)), (silent, SILENCE)):
        assert attempts.again(empty, (A,)) == 0.0
        attempts.failed(error, 0.0, overdue=False)
    assert refused.again(empty, (A,)) is None
    assert silent.again(empty, (A,)) == 0.0


def test_an_answer_with_an_unreadable_member_is_confirmed_once() -> None:
    odd = Registered((A,), oddities=("?",))
    attempts = sent()
    assert [attempts.again(odd, ()) for _ in range(2)] == [0.0, None]


def test_an_answer_like_the_one_before_it_is_confirmed_once_if_pushes_have_told_otherwise_since() -> None:
    """It may be the one before it, come twice: what it shows is outdated by then."""
    repeated = Registered((A, B), repeated=True)
    assert sent().again(repeated, (B, A)) is None
    assert sent().again(Registered((A, B)), (A,)) is None
    attempts = sent()
    assert [attempts.again(repeated, (A,)) for _ in range(2)] == [0.0, None]


def test_an_answer_like_the_one_before_it_is_confirmed_after_a_failure() -> None:
    """The registration may be lost, and this the reply to the one before it."""
    attempts = sent(fails=True)
    assert [attempts.again(Registered((A,), repeated=True), (A,)) for _ in range(2)] == [0.0, None]


def test_an_answer_that_may_be_one_to_a_search_is_confirmed_once() -> None:
    attempts = sent()
    assert [attempts.again(Registered((A,), paged=True), (A,)) for _ in range(2)] == [0.0, None]


def test_failures_come_slower_each_time_and_success_forgets_them() -> None:
    attempts = sent()
    assert attempts.cleared() == 0.0
    assert [attempts.failed(SILENCE, 0.0, overdue=False) for _ in range(6)] == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    assert UNANSWERED_PAUSE == (5.0, 60.0)
    assert attempts.held, "it may have been registered all the same"
    assert attempts.cleared() == CURE_PAUSE
    assert attempts.succeeded(0.0) is False
    assert (attempts.failures, attempts.error) == (0, None)


def test_only_silence_makes_a_connection_hopeless() -> None:
    silent, refused = sent(), sent()
    for attempt in range(1, HOPELESS_AFTER + 1):
        silent.failed(SILENCE, 0.0, overdue=True)
        refused.failed(failure_of(NO), 0.0, overdue=False)
        assert silent.hopeless is (attempt == HOPELESS_AFTER)
    assert not refused.hopeless


def test_a_late_reply_is_the_answer_while_nothing_was_sent_since() -> None:
    assert sent(fails=True).takes_late(REQUEST, Registered((A,)))
    assert not sent().takes_late(REQUEST, Registered((A,)))
    assert not sent(fails=True).takes_late(Register("0", "K"), Registered((A,))), "equal, but another request"
    assert not sent(fails=True).takes_late(REQUEST, Registered((A,), named=False))
    assert not sent(fails=True).takes_late(REQUEST, NO)
    cleared = sent(fails=True)
    cleared.sent(None, 1)
    assert not cleared.takes_late(REQUEST, Registered((A,)))


def test_an_answer_may_be_the_one_that_is_owed_while_that_may_yet_come() -> None:
    attempts = sent(fails=True)
    attempts.sent(REQUEST, 1)
    moments = (LONGEST - 1, LONGEST - 1, LONGEST, 0.0)
    assert [attempts.succeeded(now) for now in moments] == [True, True, False, False]
    assert sent(fails=True).succeeded(10 * LONGEST), "the first after a silence, however long"


def test_each_late_reply_pays_for_one_request() -> None:
    attempts = sent(fails=True)
    attempts.failed(SILENCE, 0.0, overdue=True)
    attempts.takes_late(REQUEST, NO)
    assert attempts.succeeded(0.0)
    attempts.takes_late(REQUEST, NO)
    assert not attempts.succeeded(0.0)


def test_what_registers_nothing_is_an_error() -> None:
    refused = failure_of(NO)
    assert isinstance(refused, RequestRefused)
    assert (refused.code, refused.text) == (NO.code, NO.text)
    assert isinstance(failure_of(Malformed("no list")), RemoteProtocolError)
