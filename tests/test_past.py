"""What the board asks the journal: a day, a condition over time, a stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cli_conversation import HIGHS, NOON_NS, SURGE
from jogeon.board.past import MOST_POINTS, picture_of, stock_days, timeline
from jogeon.board.roster import iso
from jogeon.errors import UnknownCondition
from jogeon.events import Enter, Event, Gap, Leave, Snapshot, midnight_ns
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.store import Store
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


def test_a_time_that_begins_in_a_gap_begins_with_nobody_known(journal: Path) -> None:
    told = timeline(journal, SURGE.name, at(4), at(10))
    assert told["points"] == [(ms(3), None), (ms(5), 2), (ms(6), 3)]
    assert timeline(journal, SURGE.name, at(2.5), at(2.6))["points"] == [(ms(2.5), 1)]


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


def priced(tmp_path: Path, *quotes: tuple[float, int], gap: tuple[float, float] = (3, 5)) -> list[Any]:
    events: list[Event] = [
        Snapshot(at(0), SURGE, ()), Enter(at(1), SURGE, "005930", "120100", "live"),
        Gap(SURGE, at(gap[0]), at(gap[1]), "connection lost"), Snapshot(at(gap[1]), SURGE, ("005930",)),
    ]  # fmt: skip
    opened = Store.open(tmp_path / "priced")
    builder = CommitBuilder(opened.head)
    commit = builder.enter(events)
    commit.quotes.extend(("005930", at(minute), price, None, None, None, None, 1) for minute, price in quotes)
    opened.write(commit)
    opened.close()
    told = stock_days(tmp_path / "priced", "005930", midnight_ns(NOON_NS))
    assert [(each["since"], each["until"]) for each in told["gaps"]] == [(iso(at(gap[0])), iso(at(gap[1])))]
    return list(told["prices"])


def test_a_stock_has_the_prices_that_were_kept(tmp_path: Path) -> None:
    assert priced(tmp_path, (1, 700), (2, 710)) == [(ms(1), 700), (ms(2), 710)]


def test_no_price_is_bridged_over_a_gap_or_a_long_silence(tmp_path: Path) -> None:
    points = priced(tmp_path, (1, 700), (2.5, 710), (4, 720), (5.5, 730), (8, 740))
    assert [value for _, value in points] == [700, 710, None, 720, None, 730, None, 740]
    assert points[2] == (ms(3), None)  # from where nobody listened
    assert [at_ms for at_ms, _ in points] == sorted(at_ms for at_ms, _ in points)


def test_there_are_never_more_prices_than_a_screen_can_show(tmp_path: Path) -> None:
    points = priced(tmp_path, *((n / 60, 700 + n % 7) for n in range(6_000)), gap=(3, 5))
    assert 500 < len(points) <= 2 * MOST_POINTS
