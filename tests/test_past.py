"""What the board asks the journal: a day, a condition over time, a stock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli_conversation import HIGHS, NOON_NS, SURGE
from jogeon.board.past import picture_of, stock_days, timeline
from jogeon.errors import UnknownCondition
from jogeon.events import Enter, Event, Gap, Leave, Snapshot, midnight_ns
from recorded import write

if TYPE_CHECKING:
    from pathlib import Path

MINUTE = 60 * 1_000_000_000
DAY = 24 * 60


def at(minutes: float) -> int:
    return int(NOON_NS + minutes * MINUTE)


def ms(minutes: float) -> int:
    return at(minutes) // 1_000_000


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    gap = Gap(SURGE, at(3), at(5), "connection lost")
    events: list[Event] = [
        Snapshot(at(-DAY), SURGE, ("005930",), {"005930": "가상전자"}),
        Enter(at(1), SURGE, "000660", "120100", "live"),
        Snapshot(at(1), HIGHS, ()),
        Leave(at(2), SURGE, "005930", "120200", "live"),
        gap,
        Enter(at(5), SURGE, "035420", "", "recovered", gap.since_ns, gap.until_ns),
        Snapshot(at(5), SURGE, ("000660", "035420")),
        Enter(at(6), SURGE, "005930", "120600", "live"),
    ]
    write(tmp_path / "j", *([event] for event in events))
    return tmp_path / "j"


def test_a_day_begins_with_who_was_in_before(journal: Path) -> None:
    picture = picture_of(journal, at(7))
    state = picture.state()
    assert {code for code, stay in state["members"]["급등주"].items() if stay["left"] is None} == {
        "000660", "035420", "005930",
    }  # fmt: skip
    assert state["conditions"][0]["members"] == 3
    assert picture.position.n == 8
    assert picture.changes() == {}


def test_a_condition_over_time_has_holes_where_nobody_listened(journal: Path) -> None:
    told = timeline(journal, "급등주", midnight_ns(NOON_NS), at(7))
    assert [tuple(point) for point in told["points"][-5:]] == [
        (ms(1), 2), (ms(2), 1), (ms(3), None), (ms(5), 2), (ms(6), 3),
    ]  # fmt: skip
    assert [(gap["since"], gap["cause"]) for gap in told["gaps"]] == [
        ("2026-11-22T12:03:00.123456+09:00", "connection lost")
    ]
    assert timeline(journal, "급등주", at(5.5), at(7))["points"][-1] == (ms(6), 3)


def test_a_condition_that_was_never_recorded_is_refused(journal: Path) -> None:
    with pytest.raises(UnknownCondition):
        timeline(journal, "없는 조건식", 0, NOON_NS)


def test_a_stock_has_its_entries_and_leaves(journal: Path) -> None:
    told = stock_days(journal, "005930", midnight_ns(NOON_NS))
    assert [(each["event"], each["n"]) for each in told["events"]] == [("leave", 4), ("enter", 8)]
    assert {each["priced"] for each in told["outcomes"]} == {0}
    assert stock_days(journal, "999999", 0)["events"] == []
