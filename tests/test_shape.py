"""The one shape of an event: a row holds all of it, under the names of its JSON line."""

import datetime as dt
import sqlite3
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exported import event_of
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Snapshot
from jogeon.journal.schema import JOURNAL, codes_text
from jogeon.journal.shape import COLUMNS, codes_cell, row_of
from recorded import START_NS, codes, events, texts

RISE = Condition("4", "급등주")
SHOWN = [
    (), ("005930", "0000D0"), ("a b",), ("",), ("[",), ("", ""), ("1", ""),
    ("\r",), ("\t", "1"), ("\u3000",), ('"', "1"), ("\\",),
]  # fmt: skip


def fits(event: Event) -> bool:
    ns = [getattr(event, name, None) for name in ("at_ns", "since_ns", "until_ns")]
    nothing = isinstance(event, Anomaly) and event.code == ""
    return not nothing and all(each is None or 0 <= each < 2**62 for each in ns)


@given(events().filter(fits))
@example(Snapshot(0, Condition("0", "급등주"), ("\r",)))
def test_a_row_is_its_event(event: Event) -> None:
    row = row_of(3, 7, event)
    assert list(row) == list(COLUMNS)
    assert event_of(row) == (3, 7, event)


@given(events().filter(fits))
def test_a_column_bears_the_name_of_the_field_that_is_in_it(event: Event) -> None:
    row = row_of(1, 1, event)
    for name, value in event.fields().items():
        if name in COLUMNS and isinstance(value, str) and name not in ("condition", "time", "at", "since", "until"):
            assert row[name] == value


def test_moments_are_moments_of_korean_time() -> None:
    row = row_of(1, 1, Enter(START_NS + 1_500, RISE, "005930", "085959"))
    assert (row["time"], row["at"]) == (dt.datetime(2026, 11, 22, 8, 59, 59), dt.datetime(2026, 11, 22, 9, 0, 0, 1))  # noqa: DTZ001  # Korean time
    gap = row_of(1, 1, Gap(RISE, START_NS, START_NS + 10**9, "drift"))
    assert gap["at"] == gap["until"] == dt.datetime(2026, 11, 22, 9, 0, 1)  # noqa: DTZ001  # same
    assert (gap["open"], gap["cause"]) == (False, "drift")


def test_a_row_bears_the_name_of_its_stock() -> None:
    assert row_of(1, 1, Enter(START_NS, RISE, "005930", name="삼성전자"))["name"] == "삼성전자"


@pytest.mark.parametrize("shown", SHOWN)
def test_codes_are_told_apart_again(shown: tuple[str, ...]) -> None:
    cell = codes_cell(shown)
    assert event_of(row_of(1, 1, Snapshot(START_NS, RISE, shown)))[2] == Snapshot(START_NS, RISE, shown)
    assert (" ".join(shown) == cell) or cell.startswith("[")


@given(st.lists(codes | texts).map(tuple))
def test_the_view_in_a_journal_tells_codes_in_the_same_text(shown: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(JOURNAL.sql(JOURNAL.version))
        db.execute("INSERT INTO events (at_ns, kind, condition, text) VALUES (0, 2, 1, ?)", (codes_text(shown),))
        assert db.execute("SELECT codes FROM history").fetchone() == (codes_cell(shown),)
