"""One condition as the board shows it."""

from __future__ import annotations

from cli_conversation import NOON_NS, SURGE
from jogeon.board.topic import Stay, Topic


def test_entering_twice_is_one_stay_and_leaving_twice_one_leave() -> None:
    topic = Topic(SURGE)
    for _ in range(2):
        topic.enter("005930", Stay(NOON_NS, "live"))
    assert topic.count == 1
    assert [topic.leave("005930", NOON_NS), topic.leave("005930", NOON_NS)] == [True, False]
    assert topic.count == 0
    assert not topic.leave("000660", NOON_NS)


def test_who_comes_back_is_in_again() -> None:
    topic = Topic(SURGE)
    topic.enter("005930", Stay(NOON_NS, "live"))
    topic.leave("005930", NOON_NS)
    topic.enter("005930", Stay(NOON_NS + 1, "live"))
    assert topic.has("005930")
    assert topic.count == 1
    assert topic.forget(NOON_NS + 2) == []


def test_a_moment_that_is_known_is_not_lost() -> None:
    topic = Topic(SURGE)
    topic.enter("005930", Stay(NOON_NS, "live"))
    topic.enter("005930", Stay(None, "snapshot"))
    assert topic.stays["005930"].origin == "live"


def test_whoever_left_is_forgotten_after_a_while() -> None:
    topic = Topic(SURGE)
    topic.enter("005930", Stay(NOON_NS, "live"))
    topic.leave("005930", NOON_NS)
    assert topic.forget(NOON_NS) == []
    assert topic.forget(NOON_NS + 1) == ["005930"]
    assert topic.shown(("005930",)) == {"005930": None}
