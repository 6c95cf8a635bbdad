"""A recorded market: who is in which condition as the recording goes on."""

from __future__ import annotations

from jogeon.events import Condition, Enter, Leave
from jogeon.simulator.market.market import Change, PartlyKnown
from jogeon.simulator.recorded.recorded import RecordedMarket
from jogeon.simulator.recorded.stretch import RecordedSnapshot
from jogeon.wire.stocks import ListedStock

RISE, HIGH, MOVED = Condition("4", "급등주"), Condition("7", "신고가 돌파"), Condition("7", "급등주")


def market() -> RecordedMarket:
    return RecordedMarket({RISE: ["005930"], HIGH: ["0000D0", "57JBHH"]})


def test_pushes_and_snapshots_move_the_members() -> None:
    there = market()
    assert there.change(Enter(0, RISE, "000660", "090100")) == Change("4", "급등주", "000660", "I", "090100")
    assert there.change(Leave(0, RISE, "005930", "")) == Change("4", "급등주", "005930", "D", "")
    shown = RecordedSnapshot(1, 0, HIGH, ("57JBHH", "035720"), None)
    assert there.differs(shown)
    assert there.show(shown) == [
        Change("7", "신고가 돌파", "0000D0", "D", ""),
        Change("7", "신고가 돌파", "035720", "I", ""),
    ]
    assert not there.differs(shown)
    assert (there.members("4"), there.members("7")) == (["000660"], ["57JBHH", "035720"])


def test_of_a_stock_only_its_code_is_known_unless_the_recording_has_more() -> None:
    assert market().prices("005930") == PartlyKnown("005930")
    assert (market().listed("0"), market().codes) == ([], [])
    known = RecordedMarket({RISE: []}, lambda code: PartlyKnown(code, "삼성전자"), lambda: {"005930": "삼성전자"})
    assert known.prices("005930").name == "삼성전자"
    assert known.listed("0") == [ListedStock("005930", "삼성전자", "")]  # of which market it is, nobody recorded
    assert known.listed("10") == []


def test_a_renumbered_condition_is_its_namesake_and_seqs_stay_unique() -> None:
    there = market()
    assert there.seq(MOVED) == "4"
    assert there.rename(MOVED) == {"4": "7", "7": "4"}
    assert there.conditions == [Condition("4", "신고가 돌파"), MOVED]
    assert there.rename(Condition("4", "신고가 돌파")) == {}
    assert (there.members("7"), there.condition("4").name) == (["005930"], "신고가 돌파")


def test_renumbering_by_fault_moves_every_seq_and_no_member() -> None:
    there = market()
    assert there.renumber(1) == {"4": "7", "7": "4"}
    assert there.members("7") == ["005930"]
    assert there.change(Enter(0, RISE, "000660")).seq == "7"


def test_a_condition_that_came_after_a_renumbering_may_have_a_seq_of_before() -> None:
    there = RecordedMarket({RISE: [], Condition("4", "다른 조건"): ["005930"]})
    assert sorted(condition.name for condition in there.conditions) == ["급등주", "다른 조건"]
    assert len({condition.seq for condition in there.conditions}) == 2
