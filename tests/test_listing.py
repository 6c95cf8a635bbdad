"""The list: a seq is taken from a fresh one only, a list after the round confirms it, and failures slow the asking."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import ONE, PEAK, SURGE, ZERO
from jogeon.errors import AmbiguousCondition, UnknownCondition
from jogeon.events import Condition
from jogeon.live.listing import AGAIN, FRESH, LONGEST_ROUND, Listing, resolve
from jogeon.wire.messages import Clear, Register
from jogeon.wire.values import composed

LISTED = (ZERO, ONE, Condition("2", PEAK), Condition("3", "0"), Condition("4", "급등주 2"))


@pytest.mark.parametrize(
    ("wanted", "seq"),
    [
        (SURGE, "0"),
        (f" {SURGE} ", "0"),
        (unicodedata.normalize("NFD", SURGE), "0"),  # as macOS writes it
        ("1", "1"),
        ("2", "2"),
        ("0", "3"),  # a name before a seq
        (Condition("2", PEAK), "2"),
        (Condition("9", SURGE), "0"),  # renumbered since
    ],
)
def test_a_condition_is_found_by_its_name_else_by_its_seq(wanted: str | Condition, seq: str) -> None:
    assert resolve(wanted, LISTED).seq == seq


@pytest.mark.parametrize("wanted", [PEAK, Condition("7", PEAK)])
def test_a_name_that_two_conditions_bear_is_refused(wanted: str | Condition) -> None:
    with pytest.raises(AmbiguousCondition) as raised:
        resolve(wanted, LISTED)
    assert raised.value.seqs == ("1", "2")


@pytest.mark.parametrize(("wanted", "close"), [("급등", SURGE), ("zzz", None), ("", None)])
def test_a_name_that_no_condition_bears_is_answered_with_similar_ones(wanted: str, close: str | None) -> None:
    with pytest.raises(UnknownCondition) as raised:
        resolve(wanted, LISTED)
    assert (close in raised.value.close) if close else not raised.value.close


@given(st.text(max_size=8))
def test_a_name_is_compared_composed_once_and_for_all(name: str) -> None:
    assert composed(composed(name)) == composed(name) == composed(unicodedata.normalize("NFD", name))


def taken(at: float = 100.0) -> Listing:
    """Return the list of a connection, taken just now."""
    listing = Listing()
    listing.begin()
    listing.take(LISTED, at)
    return listing


# ---------------------------------------------------------------- freshness


def test_a_list_serves_the_round_that_follows_it_without_a_pause() -> None:
    listing = taken()
    assert listing.is_fresh(100.0 + LONGEST_ROUND)
    assert not listing.is_fresh(100.1 + LONGEST_ROUND)


def test_after_a_pause_a_seq_is_taken_from_a_list_of_a_second_at_most() -> None:
    listing = taken()
    listing.pause()
    assert listing.is_fresh(100.0 + FRESH)
    assert not listing.is_fresh(100.1 + FRESH)
    assert FRESH == 1.0


@pytest.mark.parametrize("begun", [True, False])
def test_a_list_of_another_connection_is_not_fresh_but_its_names_are_known(*, begun: bool) -> None:
    listing = taken()
    listing.end()
    if begun:
        listing.begin()
    assert not listing.taken
    assert not listing.is_fresh(100.0)
    assert not listing.is_new(100.0)
    assert listing.named(PEAK) == [ONE, Condition("2", PEAK)]


def test_a_list_is_new_for_a_second_whether_a_round_goes_on_or_not() -> None:
    listing = taken()
    assert listing.is_new(101.0)
    assert not listing.is_new(101.1)


@pytest.mark.parametrize("refused", [True, False])
def test_a_list_is_new_only_if_no_reply_came_since_that_could_be_taken_for_the_next(*, refused: bool) -> None:
    listing = taken()
    listing.may_repeat = True
    assert not listing.is_new(100.0)
    assert not listing.serves(Register("0"), 100.0)
    assert listing.serves(Clear("0"), 100.0), "its reply is of another kind"
    if refused:
        listing.failed(100.0)
    else:
        listing.take(LISTED, 100.0)
    assert listing.is_new(100.0)
    assert listing.serves(Register("0"), 100.0)


def test_a_reply_of_another_connection_is_not_taken_for_the_next() -> None:
    listing = taken()
    listing.may_repeat = True
    listing.begin()
    assert not listing.may_repeat


# ---------------------------------------------------------------- when to ask again


def test_a_registration_is_confirmed_by_a_list_a_second_after_the_one_it_came_from() -> None:
    listing = taken()
    assert listing.next_look() is None
    listing.used()
    assert listing.next_look() == 101.0
    assert not listing.is_due(100.9)
    assert listing.is_due(101.0)
    listing.take(LISTED, 101.0)
    assert listing.next_look() is None


def test_what_was_to_be_confirmed_ends_with_its_connection() -> None:
    listing = taken()
    listing.used()
    listing.look(130.0)
    listing.begin()
    assert listing.next_look() is None


def test_the_earlier_of_two_planned_looks_counts() -> None:
    listing = taken()
    for at in (160.0, 130.0, 190.0):
        listing.look(at)
    assert listing.next_look() == 130.0


def test_a_list_that_fails_is_asked_for_again_after_a_second_and_then_more_slowly() -> None:
    """Four times after a second, because a broker that allows one a second refuses more; then up to a minute."""
    listing = taken()
    pauses = []
    for _ in range(12):
        listing.failed(0.0)
        pauses.append(listing.not_before)
    assert pauses == [1, 1, 1, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert AGAIN == (1.0, 60.0)
    assert not listing.may_ask(59.9)
    assert listing.may_ask(60.0)
    listing.take(LISTED, 60.0)
    assert listing.may_ask(60.0)
    listing.failed(60.0)
    assert listing.not_before == 61.0


def test_a_list_that_fails_for_months_crashes_nothing() -> None:
    listing = taken()
    for _ in range(5_000):
        listing.failed(0.0)
    assert listing.not_before == 60.0


def test_a_look_waits_until_the_broker_may_be_asked() -> None:
    listing = taken()
    listing.used()
    for _ in range(6):
        listing.failed(101.0)
    assert listing.next_look() == listing.not_before == 105.0


STEPS = st.lists(
    st.tuples(st.sampled_from(("take", "failed", "used", "look", "pause", "begin", "end")), st.floats(0, 20)),
    max_size=40,
)


@given(STEPS)
def test_whatever_happens_a_fresh_list_is_of_this_connection_and_of_ten_seconds_at_most(
    steps: list[tuple[str, float]],
) -> None:
    listing, now, last = Listing(), 0.0, -1000.0
    for what, pause in steps:
        now += pause
        match what:
            case "take":
                listing.take(LISTED, now)
                last = now
            case "failed":
                listing.failed(now)
                assert now < listing.not_before <= now + 60
            case "look":
                listing.look(now + 5)
            case "begin" | "end":
                getattr(listing, what)()
                last = -1000.0
            case _:
                getattr(listing, what)()
        assert listing.taken is (last >= 0)
        assert not listing.is_fresh(now) or now - last <= LONGEST_ROUND
        assert not listing.is_new(now) or listing.is_fresh(now)
        look = listing.next_look()
        assert look is None or look >= listing.not_before
