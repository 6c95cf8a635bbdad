"""Shared searches, with the clock in hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition, Stock
from jogeon.hub.searches import FRESH, PATIENCE, Searches, What

A: What = (Condition("0", "급등주"), "K")
B: What = (Condition("1", "신고가 돌파"), "K")
C: What = (Condition("0", "급등주"), "N")
STOCKS = [Stock("005930", "삼성전자", 75_000, "rise", 100, 0.13, 1, 2, 3, 4)]


def test_one_search_serves_all_who_want_it() -> None:
    searches: Searches[int] = Searches()
    assert searches.ask(1, "one", A, 0.0) is None
    assert searches.next() == A
    assert searches.ask(2, "two", A, 0.1) is None
    assert searches.next() is None
    assert searches.found(STOCKS, 0.5) == [1, 2]
    assert searches.next() is None


def test_what_has_just_come_is_not_asked_for_again() -> None:
    searches: Searches[int] = Searches()
    searches.ask(1, "one", A, 0.0)
    searches.next()
    searches.found(STOCKS, 10.0)
    assert searches.ask(2, "two", A, 10.0 + FRESH) == STOCKS
    assert searches.ask(3, "two", C, 10.0) is None
    assert searches.ask(4, "two", A, 10.1 + FRESH) is None


def test_programs_take_turns() -> None:
    searches: Searches[int] = Searches()
    greedy: list[What] = [(Condition(str(seq), "급등주"), "K") for seq in range(5)]
    for number, what in enumerate(greedy):
        searches.ask(number, "greedy", what, 0.0)
    searches.ask(9, "modest", B, 0.0)
    order: list[What] = []
    while (flown := searches.next()) is not None:
        order.append(flown)
        searches.found(STOCKS, 0.0)
    assert order == [greedy[0], B, *greedy[1:]]


def test_who_waits_too_long_is_told_so_and_nothing_is_asked_for_nobody() -> None:
    searches: Searches[int] = Searches()
    searches.ask(1, "one", A, 0.0)
    searches.ask(2, "two", B, 1.0)
    assert searches.next() == A
    assert searches.next_late() == PATIENCE
    assert searches.late(PATIENCE) == [1]
    assert searches.late(1.0 + PATIENCE) == [2]
    assert searches.next_late() is None
    assert searches.found(STOCKS, 6.0) == []
    assert searches.next() is None


def test_a_failure_is_everybodys() -> None:
    searches: Searches[int] = Searches()
    searches.ask(1, "one", A, 0.0)
    searches.ask(2, "two", A, 0.0)
    searches.next()
    assert searches.failed() == [1, 2]
    assert searches.failed() == []
    assert searches.ask(3, "one", A, 0.0) is None
    assert searches.next() == A


@given(st.lists(st.tuples(st.sampled_from(["one", "two", "three"]), st.sampled_from([A, B, C])), max_size=30))
def test_everybody_is_answered_once(wishes: list[tuple[str, What]]) -> None:
    searches: Searches[int] = Searches()
    answered = [
        number for number, (owner, what) in enumerate(wishes) if searches.ask(number, owner, what, 0.0) is not None
    ]
    flights = 0
    while searches.next() is not None:
        flights += 1
        answered += searches.found(STOCKS, 0.0)
    assert sorted(answered) == list(range(len(wishes)))
    assert flights == len({what for _, what in wishes})


def test_who_comes_while_a_search_is_in_flight_that_the_first_gave_up_is_served_by_it() -> None:
    searches: Searches[int] = Searches()
    searches.ask(1, "one", A, 0.0)
    assert searches.next() == A
    assert searches.late(PATIENCE) == [1]
    assert searches.ask(2, "two", A, PATIENCE) is None
    assert searches.found(STOCKS, PATIENCE + 1) == [2]
    assert searches.next() is None
