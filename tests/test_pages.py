"""The pages of one search: of one seq on one connection, and each key once."""

import pytest

from jogeon.errors import EmptyPageKey, RepeatedPageKey, UnknownCondition
from jogeon.events import Condition
from jogeon.live.pages import Moved, Pages
from jogeon.wire.messages import Search

RISE, MOVED, OTHER = Condition("0", "급등주"), Condition("3", "급등주"), Condition("0", "신고가 돌파")


def test_the_first_page_has_no_key_and_the_next_the_one_received() -> None:
    pages = Pages("급등주", "K", lambda: 1)
    assert pages.ask([RISE]) == Search("0", "K", "N", "")
    pages.turn("k1", 100)
    assert pages.ask([RISE]) == Search("0", "K", "Y", "k1")


def test_a_condition_that_moved_before_its_first_page_came_is_followed() -> None:
    pages = Pages("급등주", "K", lambda: 1)
    pages.ask([RISE])
    assert pages.ask([OTHER, MOVED]) == Search("3", "K", "N", "")


def test_a_condition_that_moves_between_two_pages_is_another_search() -> None:
    pages = Pages("급등주", "K", lambda: 1)
    pages.ask([RISE])
    pages.turn("k1", 100)
    with pytest.raises(Moved):
        pages.ask([OTHER, MOVED])


def test_a_page_of_another_connection_is_another_search() -> None:
    numbers = iter((1, 2))
    pages = Pages("급등주", "K", lambda: next(numbers))
    pages.ask([RISE])
    pages.turn("k1", 100)
    with pytest.raises(Moved):
        pages.ask([RISE])


def test_a_key_that_is_empty_or_was_used_would_never_end() -> None:
    pages = Pages("급등주", "K", lambda: 1)
    with pytest.raises(EmptyPageKey):
        pages.turn("", 100)
    pages.turn("k1", 100)
    with pytest.raises(RepeatedPageKey):
        pages.turn("k1", 200)


def test_a_condition_that_is_gone_is_told() -> None:
    with pytest.raises(UnknownCondition):
        Pages("급등주", "K", lambda: 1).ask([OTHER])
