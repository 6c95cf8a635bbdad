"""One condition as the board shows it."""

from __future__ import annotations

from cli_conversation import NOON_NS, SURGE
from jogeon.board.roster import Roster, Stay


def test_entering_twice_is_one_stay_and_leaving_twice_one_leave() -> None:
    roster = Roster(SURGE)
    for _ in range(2):
        roster.enter("005930", Stay(NOON_NS, "live"))
    assert roster.count == 1
    assert [roster.leave("005930", NOON_NS), roster.leave("005930", NOON_NS)] == [True, False]
    assert roster.count == 0
    assert not roster.leave("000660", NOON_NS)


def test_who_comes_back_is_in_again() -> None:
    roster = Roster(SURGE)
    roster.enter("005930", Stay(NOON_NS, "live"))
    roster.leave("005930", NOON_NS)
    roster.enter("005930", Stay(NOON_NS + 1, "live"))
    assert roster.has("005930")
    assert roster.count == 1
    assert roster.forget(NOON_NS + 2) == []


def test_a_moment_that_is_known_is_not_lost() -> None:
    roster = Roster(SURGE)
    roster.enter("005930", Stay(NOON_NS, "live"))
    roster.enter("005930", Stay(None, "snapshot"))
    assert roster.stays["005930"].origin == "live"


def test_whoever_left_is_forgotten_after_a_while() -> None:
    roster = Roster(SURGE)
    roster.enter("005930", Stay(NOON_NS, "live"))
    roster.leave("005930", NOON_NS)
    assert roster.forget(NOON_NS) == []
    assert roster.forget(NOON_NS + 1) == ["005930"]
    assert roster.shown(("005930",)) == {"005930": None}
