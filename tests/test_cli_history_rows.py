"""Records of a journal: the stable fields of a line, and the cells of a row."""

from __future__ import annotations

from jogeon.cli.showing.history_rows import (
    CSV_COLUMNS,
    event_record,
    flat,
    overlap_record,
    picture_record,
    stats_record,
)
from jogeon.events import Condition, Snapshot
from jogeon.journal.history import Picture
from jogeon.journal.stats import ConditionStats, Overlap
from recorded import SECOND, START_NS

RISE, HIGH = Condition("4", "급등주"), Condition("1", "신고가 돌파")
STATS = ConditionStats(RISE, 3, 2, 1, 2, 4.5, 9.0, 1, ((START_NS, 4), (START_NS + 60 * SECOND, 1)), 100.0, 5.0)


def test_an_event_keeps_the_fields_of_the_watch() -> None:
    shown = Snapshot(START_NS, RISE, ("005930",))
    assert event_record(2, 7, shown) == {**shown.fields(), "epoch": 2, "n": 7}


def test_a_picture_says_when_nobody_listened() -> None:
    seen = {
        "condition": {"seq": "4", "name": "급등주"}, "codes": ["005930"], "names": {"005930": "삼성전자"},
        "at": "2026-11-22T09:00:00.000000+09:00",
    }  # fmt: skip
    assert picture_record(Picture(RISE, ("005930",), START_NS, None, {"005930": "삼성전자"})) == seen
    blind = picture_record(Picture(RISE, ("005930",), START_NS, START_NS - SECOND))
    assert blind == seen | {"names": {}, "blind_since": "2026-11-22T08:59:59.000000+09:00"}


def test_statistics_as_a_line_and_as_a_row() -> None:
    record = stats_record(STATS)
    assert record["busiest"][0] == {"minute": "2026-11-22T09:00:00.000000+09:00", "count": 4}
    assert flat(record, CSV_COLUMNS["stats"]) == [
        "4", "급등주", 3, 2, 1, 2, 4.5, 9.0, 1, "09:00(4) 09:01(1)", 100.0, 5.0,
    ]  # fmt: skip


def test_what_a_record_does_not_have_is_an_empty_cell() -> None:
    row = flat(event_record(1, 1, Snapshot(START_NS, RISE, ("005930", "000660"))), CSV_COLUMNS["events"])
    assert row[:7] == [1, 1, "snapshot", "4", "급등주", None, None]
    assert row[-1] == "005930 000660"


def test_an_overlap_names_both() -> None:
    assert overlap_record(Overlap(RISE, HIGH, 2, 5)) == {
        "overlap": [{"seq": "4", "name": "급등주"}, {"seq": "1", "name": "신고가 돌파"}], "common": 2, "either": 5,
    }  # fmt: skip
