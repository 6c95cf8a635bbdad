"""The judge itself: it must see what is wrong, and let pass what a gap tells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from jogeon.events import Condition, Enter, Gap, Leave, Snapshot
from judge import Fold, judge, judge_stops

RISING = Condition("4", "급등주")
SECOND = 10**9
START = 1_795_305_600 * SECOND


def at(seconds: float) -> int:
    return START + int(seconds * SECOND)


def change(seconds: float, code: str, kind: str) -> dict[str, Any]:
    moment = datetime.fromtimestamp(at(seconds) / SECOND, UTC)
    return {"name": RISING.name, "code": code, "kind": kind, "at": moment.isoformat(timespec="microseconds")}


def enter(seconds: float, code: str) -> Enter:
    return Enter(at(seconds), RISING, code, "", "live", None, None)


def leave(seconds: float, code: str) -> Leave:
    return Leave(at(seconds), RISING, code, "", "live", None, None)


def recovered(since: float, until: float, code: str) -> Enter:
    return Enter(at(until), RISING, code, "", "recovered", at(since), at(until))


def gap(since: float, until: float) -> Gap:
    return Gap(RISING, at(since), at(until), "connection lost", "")


def fold(*events: Any) -> Fold:
    made = Fold()
    for event in (Snapshot(at(0), RISING, ()), *events):
        made.take(event)
    return made


STOP = [(at(10), at(70))]


def test_what_was_not_told_and_lies_in_no_gap_is_found() -> None:
    log = [change(1, "A", "I"), change(2, "B", "I")]
    assert judge(fold(enter(1, "A"), enter(2, "B")), log) == []
    assert judge(fold(enter(1, "A")), log) == ["급등주: B I was not told and lies in no gap"]
    assert judge(fold(enter(1, "A"), gap(1.5, 3), recovered(1.5, 3, "B")), log) == []


def test_a_gap_that_is_told_later_takes_back_what_was_live_in_it() -> None:
    log = [change(1, "A", "I")]
    wrong = (enter(1, "A"), enter(5, "B"), leave(6, "B"))
    assert judge(fold(*wrong), log)
    assert judge(fold(*wrong, gap(4, 8)), log) == []
    assert judge(fold(*wrong, gap(5.5, 8)), log)
    assert judge(fold(enter(1, "A"), gap(4, 8), enter(9, "B")), log)


def test_a_recovered_change_lies_in_a_gap() -> None:
    with pytest.raises(AssertionError, match="lies in no gap"):
        fold(gap(2, 3), recovered(1, 3, "A"))


def test_a_stop_inside_a_gap_and_one_after_which_all_was_heard_are_right() -> None:
    log = [change(30, "A", "I")]
    assert judge_stops(fold(gap(9.9, 75), recovered(9.9, 75, "A")), log, STOP) == []
    assert judge_stops(fold(enter(70.1, "A")), log, STOP) == []


@pytest.mark.parametrize("told", [(69.5, 71), (11, 75)])
def test_a_gap_that_begins_while_nobody_listened_is_wrong(told: tuple[float, float]) -> None:
    [wrong] = judge_stops(fold(gap(*told)), [change(30, "A", "I")], STOP)
    assert "begins or ends" in wrong


def test_what_a_stop_cost_lies_in_a_gap() -> None:
    log = [change(30, "A", "I")]
    assert "1 changes of a stop of 60.0 s" in judge_stops(fold(gap(70.5, 75), recovered(70.5, 75, "A")), log, STOP)[0]
    assert judge_stops(fold(gap(70.5, 75), recovered(70.5, 75, "A")), log, [(at(10), at(10.4))]) == []
