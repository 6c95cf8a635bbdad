"""Retry: every error has a verdict, delays have bounds, requests are paced, and silence becomes suspicious in time."""

from __future__ import annotations

from itertools import accumulate, islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.errors import (
    STALE_TOKEN_CODES,
    ConnectionLost,
    CouldNotConnect,
    JogeonError,
    LoginRefused,
    RequestRefused,
    TokenRefused,
)
from jogeon.live.retry import (
    AGAINST_KEYS,
    FIRST_RETRY,
    LONGEST_RETRY,
    SLOW_RETRY,
    Liveness,
    Pace,
    Patience,
    Verdict,
    delays,
    verdict,
)
from test_errors import CLASSES, ONE_OF_EACH

TRIED_AGAIN = {
    "CouldNotConnect": Verdict.RETRY,
    "ConnectionLost": Verdict.RETRY,
    "RequestTimeout": Verdict.RETRY,
    "RemoteProtocolError": Verdict.RETRY,
    "RequestRefused": Verdict.SLOW,
    "LoginRefused": Verdict.SLOW,  # with 8005, which is the one in the examples
}


@pytest.mark.parametrize("error", ONE_OF_EACH, ids=lambda error: type(error).__name__)
def test_every_error_has_its_verdict(error: JogeonError) -> None:
    assert verdict(error) is TRIED_AGAIN.get(type(error).__name__, Verdict.FATAL)


def test_what_is_tried_again_exists() -> None:
    assert set(TRIED_AGAIN) <= set(CLASSES)


def test_an_error_of_no_special_kind_is_fatal() -> None:
    assert verdict(JogeonError("something")) is Verdict.FATAL


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1009, 1011])
def test_every_close_is_an_outage_like_any_other(code: int) -> None:
    assert verdict(ConnectionLost("closed", close_code=code)) is Verdict.RETRY


@pytest.mark.parametrize("reason", ["refused", "name", "timeout", "handshake", "proxy", "network"])
def test_a_connection_that_did_not_come_about_is_tried_again(reason: str) -> None:
    assert verdict(CouldNotConnect(address="wss://x", reason=reason, detail="")) is Verdict.RETRY


def test_a_certificate_that_does_not_verify_is_tried_slowly() -> None:
    assert verdict(CouldNotConnect(address="wss://x", reason="tls", detail="")) is Verdict.SLOW


PASSING = ("1700", "1701", "1702", "1999", "429", "5", "8003", "8006", "8009", "8040", "8050", "", "1")
AGAINST = ("8001", "8002", "8011", "8012", "8020", "8030", "8104", "8200")


@pytest.mark.parametrize("refused", [LoginRefused, TokenRefused])
@pytest.mark.parametrize("code", [*sorted(STALE_TOKEN_CODES), *PASSING])
def test_a_session_that_worked_comes_back_after_any_refusal_that_is_not_against_the_keys(
    refused: type[LoginRefused | TokenRefused], code: str
) -> None:
    """Maintenance, too many requests, an address that changed, words without a code: all pass by themselves."""
    assert verdict(refused(code=code, text="점검 중입니다")) is Verdict.SLOW


@pytest.mark.parametrize("refused", [LoginRefused, TokenRefused])
@pytest.mark.parametrize("code", AGAINST)
def test_a_refusal_of_the_keys_themselves_needs_a_person(refused: type[LoginRefused | TokenRefused], code: str) -> None:
    assert verdict(refused(code=code, text="")) is Verdict.FATAL


def test_the_codes_against_the_keys_are_those_of_the_broker() -> None:
    assert set(AGAINST) == AGAINST_KEYS
    assert not AGAINST_KEYS & STALE_TOKEN_CODES, "what another token cures is not against the keys"


@pytest.mark.parametrize("code", ["900003", "900004", "1700"])
def test_a_refused_request_is_tried_slowly(code: str) -> None:
    assert verdict(RequestRefused("CNSRREQ", code=code, text="")) is Verdict.SLOW


# ---------------------------------------------------------------- delays


def test_the_first_retry_is_soon_and_the_last_ones_are_not() -> None:
    longest = list(islice(delays(lambda _, high: high), 10))
    assert longest == [FIRST_RETRY, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0]
    assert (FIRST_RETRY, LONGEST_RETRY) == (0.5, 30.0)


def test_every_delay_is_drawn_from_nothing_up() -> None:
    assert list(islice(delays(lambda low, _: low), 10)) == [0.0] * 10


def test_slow_is_slower_than_any_first_delays() -> None:
    assert SLOW_RETRY[0] >= 15.0
    assert SLOW_RETRY[1] >= LONGEST_RETRY


# ---------------------------------------------------------------- the pace


@given(st.lists(st.floats(0, 2), max_size=60), st.integers(1, 8))
def test_there_are_never_more_requests_in_a_second_than_allowed(pauses: list[float], limit: int) -> None:
    pace, now, sent = Pace(limit), 0.0, []
    for pause in pauses:
        now += pause
        now += pace.delay(now)
        assert pace.delay(now) < 1e-9
        pace.sent(now)
        sent.append(now)
    assert all(sent[place + limit] - sent[place] >= 1.0 - 1e-9 for place in range(len(sent) - limit))


def test_the_usual_pace_is_five_a_second_and_the_sixth_waits() -> None:
    pace = Pace()
    for tenth in range(5):
        assert pace.delay(tenth / 10) == 0.0
        pace.sent(tenth / 10)
    assert pace.delay(0.5) == pytest.approx(0.5)
    assert pace.delay(1.0) == 0.0


def test_who_waited_long_enough_does_not_wait_more() -> None:
    pace = Pace(1)
    pace.sent(0.0)
    assert pace.delay(100.0) == 0.0


def test_no_limit_is_no_limit() -> None:
    pace = Pace(0)
    for _ in range(100):
        assert pace.delay(0.0) == 0.0
        pace.sent(0.0)


# ---------------------------------------------------------------- patience


def patience(*took: float) -> float:
    learned = Patience()
    for seconds in took:
        learned.took(seconds)
    return learned.seconds


@pytest.mark.parametrize(
    ("took", "seconds"),
    [((), 5.0), ((0.1,), 5.0), ((2.5,), 5.0), ((6.0, 0.1), 12.0), ((5.0,), 10.0), ((16.0,), 30.0), ((600.0,), 30.0)],
)
def test_patience_is_twice_the_slowest_reply_from_five_to_thirty_seconds(
    took: tuple[float, ...], seconds: float
) -> None:
    assert patience(*took) == pytest.approx(seconds)


def test_patience_forgets_what_took_long_more_than_twenty_replies_ago() -> None:
    assert patience(10.0, *[0.1] * 19) == 20.0
    assert patience(10.0, *[0.1] * 20) == 5.0


@given(st.lists(st.floats(0, 1_000), max_size=40))
def test_patience_looks_at_the_last_twenty_replies(took: list[float]) -> None:
    assert patience(*took) == min(30.0, max(5.0, 2 * max(took[-20:], default=0.0)))


# ---------------------------------------------------------------- silence


def bound(*pings: float) -> float:
    liveness = Liveness()
    for ping in pings:
        liveness.ping(ping)
    return liveness.bound


def test_before_two_pings_the_usual_interval_is_assumed() -> None:
    assert bound() == bound(7.0) == 45.0


def test_the_longest_interval_counts() -> None:
    assert bound(0.0, 10.0, 12.0) == pytest.approx(25.0)


def test_pings_in_a_storm_do_not_make_it_nervous() -> None:
    assert bound(0.0, 0.001, 0.002) == 5.0


def test_two_pings_at_once_are_a_storm() -> None:
    assert bound(1.0, 1.0) == 5.0


def test_a_pause_is_forgotten_after_eight_intervals() -> None:
    """A stall of 45 s does not make detection slow for the rest of a client's life."""
    pings = [0.0, 45.0, *(45.0 + 10 * number for number in range(1, 9))]
    assert bound(*pings[:-1]) == 45.0
    assert bound(*pings) == 25.0


@given(st.lists(st.floats(0, 100), min_size=8, max_size=20))
def test_the_longest_of_the_last_eight_intervals_counts(intervals: list[float]) -> None:
    pings = list(accumulate(intervals, initial=0.0))
    longest = max(after - before for before, after in pairwise(pings[-9:]))
    assert bound(*pings) == pytest.approx(min(45.0, max(5.0, 2.5 * min(45.0, longest))))


def test_a_long_pause_does_not_make_it_patient_beyond_the_bound() -> None:
    assert bound(0.0, 3_600.0) == 45.0


@given(st.lists(st.floats(0, 10_000), max_size=20).map(sorted))
def test_the_bound_stays_within_its_bounds(pings: list[float]) -> None:
    assert 5.0 <= bound(*pings) <= 45.0


def test_an_outage_between_two_pings_is_no_interval() -> None:
    liveness = Liveness(unknown=45, least=5, patience=2.5)
    liveness.ping(0)
    liveness.ping(10)
    liveness.begin()
    liveness.ping(40)
    assert liveness.bound == 25
