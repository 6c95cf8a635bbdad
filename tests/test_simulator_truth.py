"""The log of what happened."""

from __future__ import annotations

from jogeon.simulator.market import Change
from jogeon.simulator.truth import Truth

ENTER = Change("4", "급등주", "005930", "I", "090001")
LEAVE = Change("4", "급등주", "005930", "D", "090002")


def test_changes_are_numbered_from_one_and_stamped() -> None:
    truth = Truth()
    assert truth.since(0) == []
    truth.add([ENTER], 1_795_323_600_123_456_789)
    truth.add([LEAVE, ENTER], 1_795_323_601_000_000_000)
    first, *rest = truth.since(0)
    assert first == {
        "n": 1, "seq": "4", "name": "급등주", "code": "005930", "kind": "I", "time": "090001",
        "at": "2026-11-22T14:00:00.123456+09:00",
    }  # fmt: skip
    assert [(each["n"], each["kind"], each["at"]) for each in rest] == [
        (2, "D", "2026-11-22T14:00:01.000000+09:00"),
        (3, "I", "2026-11-22T14:00:01.000000+09:00"),
    ]


def test_only_what_came_after() -> None:
    truth = Truth()
    truth.add([ENTER, LEAVE], 0)
    assert [each["n"] for each in truth.since(1)] == [2]
    assert truth.since(2) == truth.since(10**18) == []
    assert len(truth) == 2
