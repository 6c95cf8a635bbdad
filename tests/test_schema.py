"""Events as rows of the journal: what goes in comes out, to the last bit."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition, Enter, Event, Gap
from jogeon.journal.schema import COLUMNS, JOURNAL, clock_text, clock_value, event_of, row_of
from recorded import START_NS, clocks, events


@given(st.lists(events()))
def test_every_event_comes_back_from_the_tables_as_it_was(recorded: list[Event]) -> None:
    conditions = {number: event.condition for number, event in enumerate(recorded) if event.condition is not None}
    db = sqlite3.connect(":memory:")
    db.executescript(JOURNAL.sql(JOURNAL.version))
    rows = [row_of(event, number if event.condition is not None else None) for number, event in enumerate(recorded)]
    db.executemany(f"INSERT INTO events ({COLUMNS}) VALUES ({','.join('?' * 12)})", rows)  # noqa: S608  # constants
    found = db.execute(f"SELECT {COLUMNS} FROM events ORDER BY id").fetchall()  # noqa: S608  # constants
    db.close()
    assert [event_of(row, conditions) for row in found] == recorded


@given(clocks)
def test_the_exchange_time_comes_back_as_it_was(clock: str) -> None:
    assert clock_text(clock_value(clock)) == clock


def test_a_usual_clock_is_kept_as_a_number() -> None:
    assert clock_value("090001") == 90001
    assert clock_value("") is None
    assert clock_value("9:00") == "9:00"


def test_a_gap_stands_at_its_end() -> None:
    gap = Gap(Condition("4", "급등주"), START_NS, START_NS + 5, "drift")
    assert row_of(gap, 1)[0] == START_NS + 5


def test_people_can_read_the_file_without_jogeon() -> None:
    db = sqlite3.connect(":memory:")
    db.executescript(JOURNAL.sql(JOURNAL.version))
    db.execute("INSERT INTO epochs VALUES (1, 1, 0), (2, 2, 0)")
    db.execute("INSERT INTO conditions VALUES (1, '4', '급등주')")
    row = row_of(Enter(START_NS, Condition("4", "급등주"), "005930", "090000"), 1)
    db.execute(f"INSERT INTO events (id, {COLUMNS}) VALUES (2,{','.join('?' * 12)})", row)  # noqa: S608  # constants
    shown = db.execute("SELECT epoch, n, at, event, seq, condition, code, clock, origin FROM history").fetchone()
    assert shown == (2, 1, "2026-11-22 09:00:00.000000", "enter", "4", "급등주", "005930", "090000", "live")
    db.close()
