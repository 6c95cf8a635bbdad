"""Records of a journal: the stable fields of a line, and the cells of a row."""

from __future__ import annotations

from typing import Literal

import pytest

from jogeon.cli.showing.history_rows import (
    CSV_COLUMNS,
    HEADINGS,
    flat,
    overlap_record,
    picture_record,
    stats_record,
)
from jogeon.cli.texts import Texts
from jogeon.events import Condition
from jogeon.journal.moments import MembersAt
from jogeon.journal.stats import ConditionStats, Overlap
from jogeon.prices import Price
from recorded import SECOND, START_NS

RISE, HIGH = Condition("4", "급등주"), Condition("1", "신고가 돌파")
STATS = ConditionStats(RISE, 3, 2, 1, 2, 4.5, 9.0, 1, ((START_NS, 4), (START_NS + 60 * SECOND, 1)), 100.0, 5.0)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("what", CSV_COLUMNS)
def test_no_two_headings_are_alike(lang: Literal["ko", "en"], what: str) -> None:
    headings = [Texts(lang)(f"column.{HEADINGS.get(name, name)}") for name in CSV_COLUMNS[what]]
    assert len(set(headings)) == len(headings)


def test_a_picture_says_when_nobody_listened() -> None:
    seen = {
        "condition": {"seq": "4", "name": "급등주"}, "codes": ["005930"], "names": {"005930": "삼성전자"},
        "at": "2026-11-22T09:00:00.000000+09:00",
    }  # fmt: skip
    assert picture_record(MembersAt(RISE, ("005930",), START_NS, None, {"005930": "삼성전자"})) == seen
    blind = picture_record(MembersAt(RISE, ("005930",), START_NS, START_NS - SECOND))
    assert blind == seen | {"names": {}, "blind_since": "2026-11-22T08:59:59.000000+09:00"}


def test_prices_of_members_have_the_keys_of_a_line_of_a_watch() -> None:
    price = Price(RISE, "005930", "삼성전자", 100, START_NS, "quote", 110, START_NS + SECOND, 10, 10.0, 7)
    record = picture_record(MembersAt(RISE, ("005930",), START_NS, None, {}, {"005930": price}))
    assert record["prices"] == {
        "005930": {
            "entry_price": 100, "entry_at": "2026-11-22T09:00:00.000000+09:00", "entry_source": "quote", "price": 110,
            "price_at": "2026-11-22T09:00:01.000000+09:00", "change": 10, "rate": 10.0, "volume": 7, "return": 10.0,
        }
    }  # fmt: skip
    assert record["prices"]["005930"].items() <= price.fields().items()


def test_statistics_as_a_line_and_as_a_row() -> None:
    record = stats_record(STATS)
    assert record["busiest"][0] == {"minute": "2026-11-22T09:00:00.000000+09:00", "count": 4}
    assert flat(record, CSV_COLUMNS["stats"]) == [
        "4", "급등주", 3, 2, 1, 2, 4.5, 9.0, 1, "09:00(4) 09:01(1)", 100.0, 5.0,
    ]  # fmt: skip


def test_what_a_record_does_not_have_is_an_empty_cell() -> None:
    row = flat(picture_record(MembersAt(RISE, ("005930",), START_NS, None)), CSV_COLUMNS["members"])
    assert row[-1] is None


def test_an_overlap_names_both() -> None:
    assert overlap_record(Overlap(RISE, HIGH, 2, 5)) == {
        "overlap": [{"seq": "4", "name": "급등주"}, {"seq": "1", "name": "신고가 돌파"}], "common": 2, "either": 5,
    }  # fmt: skip
