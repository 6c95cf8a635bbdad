"""Doubts: what a recheck settles, what waits for the next one, since when, and never too often."""

from __future__ import annotations

from jogeon.gaps import Blind
from jogeon.live.doubts import DOUBT_FLOOR, Doubts

DRIFT = Blind(20, "drift")
ODD = Blind(30, "unreadable frame")


def test_the_doubt_that_reaches_further_back_is_the_first() -> None:
    doubts = Doubts()
    assert doubts.first() is None
    doubts.add(ODD)
    doubts.add_later(DRIFT)
    assert doubts.first() == DRIFT
    assert (doubts.since(10), doubts.since(40)) == (10, 20)


def test_from_the_clear_of_a_recheck_on_nothing_may_be_pushed() -> None:
    doubts = Doubts()
    doubts.recheck(1.0, 25)
    assert (doubts.rechecking, doubts.since(40)) == (True, 25)
    assert doubts.settled(2.0) is None
    assert doubts.since(40) == 40


def test_what_is_doubted_meanwhile_is_for_the_next_recheck_and_not_before_the_floor() -> None:
    doubts = Doubts()
    assert doubts.add(DRIFT) < 0.0, "nothing was rechecked yet"
    doubts.recheck(1.0, 25)
    doubts.add_later(ODD)
    assert doubts.settled(2.0) == 1.0 + DOUBT_FLOOR
    assert (doubts.present, doubts.later) == (ODD, None)
    assert doubts.add(DRIFT) == 1.0 + DOUBT_FLOOR


def test_a_recheck_without_doubt_sets_no_floor() -> None:
    doubts = Doubts()
    doubts.recheck(1.0, 25)
    doubts.add_later(ODD)
    assert doubts.settled(2.0) == 2.0


def test_what_is_more_than_a_doubt_waits_for_no_floor() -> None:
    doubts = Doubts()
    doubts.add(DRIFT)
    doubts.recheck(1.0, 25)
    doubts.hurry()
    assert doubts.add(ODD) < 0.0


def test_what_a_block_has_told_is_doubted_no_more() -> None:
    doubts = Doubts()
    doubts.add_later(Blind(20, "drift", "why", proven=True))
    doubts.told(35)
    assert doubts.later == Blind(35, "drift", "why", proven=True)
    doubts.told(30)
    assert doubts.later == Blind(35, "drift", "why", proven=True)


def test_a_failure_forgets_all_but_what_is_kept_and_the_floor_stays() -> None:
    doubts = Doubts()
    doubts.add(DRIFT)
    doubts.recheck(1.0, 25)
    doubts.forget(later=ODD)
    assert (doubts.rechecking, doubts.present, doubts.first()) == (False, None, ODD)
    assert doubts.add(DRIFT) == 1.0 + DOUBT_FLOOR


def test_what_was_heard_since_the_seq_was_confirmed_may_be_anothers() -> None:
    doubts = Doubts()
    assert doubts.own_since(40) == 40
    doubts.confirmed_ns = 15
    assert doubts.own_since(40) == 15
    doubts.add(Blind(5, "drift"))
    assert doubts.own_since(40) == 5
