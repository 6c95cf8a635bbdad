"""Whose price is asked for next: entries in order, then who has none, then in turn whoever has the oldest."""

import math

import pytest

from jogeon.live.turns import OLD, PACE, SLOWEST, Turns


def test_entries_go_first_in_order_then_those_without_a_price_then_the_others() -> None:
    turns = Turns(4)
    turns.take_turns(dict.fromkeys("xyz", -math.inf))
    turns.unpriced("u")
    for code in "cab":
        turns.entered(code)
    assert turns.next_codes(0.0) == ("c", "a", "b", "u")
    turns.answered(0.0)
    assert turns.next_codes(PACE) == ("x", "y", "z")


def test_it_hurries_while_an_entry_waits() -> None:
    turns = Turns(1)
    turns.unpriced("u")
    assert not turns.hurried
    turns.entered("a")
    turns.entered("b")
    assert turns.next_codes(0.0) == ("a",)
    assert turns.hurried
    assert turns.next_codes(PACE) == ("b",)
    assert not turns.hurried
    turns.failed(PACE)
    assert turns.hurried


def test_the_first_entry_is_asked_for_at_once_and_later_ones_once_a_second() -> None:
    turns = Turns(50)
    assert turns.next_codes(7.0) == ()
    turns.entered("a")
    assert turns.next_codes(7.0) == ("a",)
    turns.entered("b")
    assert turns.next_codes(7.9) == ()
    assert turns.next_codes(8.0) == ("b",)
    assert turns.next_codes(9.0) == ()


def test_what_is_priced_meanwhile_need_not_be_asked_for() -> None:
    turns = Turns(50)
    turns.entered("a")
    turns.unpriced("b")
    turns.priced("a")
    turns.priced("b")
    assert turns.next_codes(0.0) == ()


def test_a_stock_is_asked_for_again_once_its_price_is_old() -> None:
    turns = Turns(50)
    turns.take_turns(dict.fromkeys("ab", -math.inf))
    assert turns.next_codes(0.0) == ("a", "b")
    turns.answered(0.0)
    assert turns.next_codes(OLD - 0.1) == ()
    turns.take_turns(dict.fromkeys("bc", -math.inf))
    assert turns.next_codes(OLD - 0.1) == ("c",)
    turns.answered(0.0)
    assert turns.next_codes(OLD + PACE) == ("b",)


def test_who_loses_its_slot_waits_as_long_as_its_price_is_new() -> None:
    turns = Turns(1)
    turns.take_turns({"old": 70.0})
    turns.take_turns({"old": 99.0, "fresh": 99.0, "older": 60.0})
    asked: list[str] = []
    for second in range(100, 103):
        asked += turns.next_codes(float(second))
        turns.answered(second - 0.5)
    assert asked == ["older", "old"]


def test_a_thousand_members_are_at_most_thirty_seconds_old() -> None:
    turns = Turns(50)
    codes = [f"{number:06d}" for number in range(1000)]
    asked: dict[str, float] = {}
    oldest = 0.0
    for second in range(200):
        turns.take_turns(dict.fromkeys(codes, float(second)))
        for code in turns.next_codes(float(second)):
            asked[code] = second
        turns.answered(0.0)
        if second > 40:
            oldest = max(oldest, second - min(asked.values()))
    assert len(asked) == 1000
    assert oldest <= 30


def test_forty_entries_a_second_leave_room_for_the_others_and_wait_for_none_of_them() -> None:
    turns = Turns(50)
    members = [f"m{number}" for number in range(500)]
    served: set[str] = set()
    for second in range(100):
        turns.take_turns(dict.fromkeys(members, float(second)))
        entries = [f"{second}.{number}" for number in range(40)]
        for code in entries:
            turns.entered(code)
        codes = turns.next_codes(float(second))
        assert list(codes[:40]) == entries
        served |= set(codes[40:])
        turns.answered(0.0)
    assert served == set(members)


def test_a_failure_puts_back_who_waited_and_slows_down_until_all_is_well_again() -> None:
    turns = Turns(2)
    for code in "abc":
        turns.entered(code)
    turns.unpriced("u")
    assert turns.next_codes(0.0) == ("a", "b")
    turns.entered("b")
    turns.failed(0.5)
    assert turns.next_codes(0.5 + 2 * PACE - 0.1) == ()
    assert turns.next_codes(0.5 + 2 * PACE) == ("a", "b")
    turns.answered(0.0)
    assert turns.pace == PACE
    assert turns.next_codes(10.0) == ("c", "u")
    turns.failed(10.0)
    assert turns.next_codes(20.0) == ("c", "u")


def test_it_never_gets_slower_than_it_must() -> None:
    turns = Turns(50)
    turns.entered("a")
    now = 0.0
    for _ in range(20):
        now += SLOWEST
        assert turns.next_codes(now) == ("a",)
        turns.failed(now)
    assert turns.pace == SLOWEST
    turns.next_codes(now + SLOWEST)
    turns.answered(0.0)
    assert turns.pace == pytest.approx(SLOWEST / 2)


def test_what_is_refused_together_is_asked_for_in_halves() -> None:
    turns = Turns(50)
    for code in "abcdef":
        turns.entered(code)
    assert turns.next_codes(0.0) == tuple("abcdef")
    turns.refused_together(6, 0.0)
    assert turns.next_codes(PACE) == ("a", "b", "c")
    turns.refused_together(3, PACE)
    assert turns.next_codes(2 * PACE) == ("a",)
    turns.answered(2 * PACE)
    assert turns.next_codes(3 * PACE) == ("b", "c")
    turns.answered(3 * PACE)
    assert turns.next_codes(4 * PACE) == ("d", "e", "f")


def test_what_is_refused_alone_is_asked_for_alone_when_nobody_else_waits() -> None:
    turns = Turns(50)
    turns.take_turns(dict.fromkeys("abc", 0.0))
    turns.refused_alone("a")
    turns.refused_alone("c")
    told = []
    for second in range(5, 9):
        told.append(turns.next_codes(float(second)))
        turns.answered(float(second))
        if told[-1] == ("a",):
            turns.refused_alone("a")
    assert told == [("b",), ("a",), ("c",), ()]
    assert [turns.next_codes(20.0), turns.next_codes(21.0)] == [("b", "c"), ("a",)], "one is known meanwhile"
    turns.refused_alone("b")
    turns.priced("b")
    assert turns.next_codes(30.0) == ("b", "c", "a"), "one was asked for since, one was traded"
    turns.refused_alone("a")
    turns.take_turns({})
    turns.take_turns(dict.fromkeys("ab", 0.0))
    assert turns.next_codes(40.0) == ("a", "b"), "one took no turns meanwhile"
