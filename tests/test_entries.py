"""What was paid at entries: the same price in every export, made by SQLite or one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from exported import read_columns, read_json
from jogeon.events import Condition, Enter, Event, Leave
from jogeon.export import WRITERS, json_form
from jogeon.journal import parts
from jogeon.journal.commits import Commit, CommitBuilder
from jogeon.journal.entries import ENTRY_NS, Entries, Entry
from jogeon.journal.history import ALL, History
from jogeon.journal.reading import open_reader
from jogeon.journal.shape import ENTRY
from jogeon.journal.store import Store
from recorded import SECOND, START_NS

if TYPE_CHECKING:
    from pathlib import Path

RISE = Condition("4", "급등주")
A, B, C, D, E = "00000A", "00000B", "00000C", "00000D", "00000E"
TOLD: list[Event] = [
    Enter(START_NS, RISE, A, "090000"),
    Enter(START_NS + 1, RISE, B, "090000"),
    Enter(START_NS + 2, RISE, C, "090000"),
    Enter(START_NS + 3, RISE, D, "090000", "recovered", START_NS - 5, START_NS + 3),
    Leave(START_NS + SECOND, RISE, A, "090001"),
    Enter(START_NS + 60 * SECOND, RISE, A, "090100"),
    Enter(START_NS + 61 * SECOND, RISE, E, "090101"),
]
QUOTES = [
    (A, START_NS - 1, 69, None, None, None, "quote", 0),  # before it entered
    (A, START_NS + SECOND // 2 + 999, 70, 1, 0.5, 9, "quote", 0),
    (A, START_NS + SECOND, 71, 1, 0.5, 9, "trade", 0),
    (A, START_NS + 60 * SECOND, 75, 1, 0.5, 9, "trade", 0),
    (B, START_NS + 1 + ENTRY_NS + 1, 80, 1, 0.5, 9, "quote", 0),  # too late
    (C, START_NS + 2, 0, 1, 0.5, 9, "quote", 0),
    (C, START_NS + 3, 90, 1, 0.5, 9, None, 0),
    (C, START_NS + 4, 91, 1, 0.5, 9, "snapshot", 0),
    (C, START_NS + 2 + ENTRY_NS, 92, 1, 0.5, 9, "trade", 0),
    (D, START_NS + 4, 95, 1, 0.5, 9, "quote", 0),
]
PAID: list[Entry | None] = [
    Entry(70, START_NS + SECOND // 2 + 999, "quote"),
    None,
    Entry(92, START_NS + 2 + ENTRY_NS, "trade"),
    None,
    None,
    Entry(75, START_NS + 60 * SECOND, "trade"),
    None,
]
pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture(name="journal")
def _journal(tmp_path: Path) -> Path:
    opened = Store.open(tmp_path / "journal")
    opened.write(Commit(quotes=[*QUOTES]))
    opened.write(CommitBuilder(opened.head).enter(TOLD))
    opened.close()
    return tmp_path / "journal"


@pytest.fixture(params=["one by one", "by SQLite"], autouse=True)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "by SQLite":
        for name, size in (("WORTH", 0), ("PART", 3), ("SMALL", 1)):
            monkeypatch.setattr(parts, name, size)


def told(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["entry_price"], str(row["entry_at"]), row["entry_source"]


def test_it_is_that_of_a_live_enter_soon_after_it(journal: Path) -> None:
    db = open_reader(journal)
    entries = Entries(db)
    assert [entries.of(event) for event in TOLD] == PAID
    db.close()


@pytest.mark.parametrize("suffix", [".csv", ".sqlite", ".parquet"])
def test_every_table_has_it(journal: Path, suffix: str) -> None:
    path = journal.with_name(f"out{suffix}")
    with History(journal) as history:
        WRITERS[suffix](history, ALL, path)
    rows = list(read_columns(path))
    assert [row["entry_price"] for row in rows] == [paid and paid.price for paid in PAID]
    assert told(rows[0]) == (70, "2026-11-22 09:00:00.500000", "quote")
    assert told(rows[5]) == (75, "2026-11-22 09:01:00" + (".000000" if suffix != ".parquet" else ""), "trade")


def test_json_has_it_where_there_is_one_and_a_watchs_lines_do_not(journal: Path) -> None:
    path = journal.with_name("out.json")
    with History(journal) as history:
        WRITERS[".json"](history, ALL, path)
        lines = b"".join(text for _, text in history.lines(json_form()))
    rows = read_json(path)
    assert [row.get("entry_price") for row in rows] == [paid and paid.price for paid in PAID]
    assert told(rows[0]) == (70, "2026-11-22T09:00:00.500000+09:00", "quote")
    assert not [name for name in ENTRY if name.encode() in lines]


def test_without_prices_the_columns_are_empty(tmp_path: Path) -> None:
    opened = Store.open(tmp_path / "journal")
    opened.write(CommitBuilder(opened.head).enter(TOLD))
    opened.close()
    with History(tmp_path / "journal") as history:
        WRITERS[".csv"](history, ALL, tmp_path / "out.csv")
    assert {told(row) for row in read_columns(tmp_path / "out.csv")} == {(None, "None", None)}
