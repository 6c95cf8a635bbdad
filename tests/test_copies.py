"""Events as rows of another SQLite file: what SQLite itself makes of plain changes is what its view makes of any."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from jogeon.errors import JournalError
from jogeon.events import Condition, Enter, Event, Leave, State
from jogeon.export import EXPORTED
from jogeon.journal import parts
from jogeon.journal.commits import Commit, CommitBuilder
from jogeon.journal.copies import HistoryCopier, copied
from jogeon.journal.history import ALL, History, Selection
from jogeon.journal.reading import open_reader, told
from jogeon.journal.store import Store
from recorded import SECOND, START_NS

if TYPE_CHECKING:
    from pathlib import Path

RISE, MADE = Condition("4", "급등주"), Condition("7", '신고가, "돌파"')
EVER = (0, 2**63 - 1)
KINDS = ", ".join(f'"{name}"' for name in EXPORTED)
pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture(name="journal")
def _journal(tmp_path: Path) -> Path:
    told_events: list[Event] = [
        (Leave if n % 3 else Enter)(
            START_NS + n * SECOND // 3, (RISE, MADE)[n % 2], f"00{n % 7:04d}", f"0900{n % 60:02d}"
        )
        for n in range(400)
    ]
    told_events[200] = State(START_NS + 70 * SECOND, "connected")
    opened = Store.open(tmp_path / "journal")
    opened.write(Commit(names=[("000001", START_NS, "옛 이름"), ("000001", START_NS + 50 * SECOND, "새 이름")]))
    opened.write(CommitBuilder(opened.head).enter(told_events))
    opened.close()
    return tmp_path / "journal"


def rows_of(journal: Path, made: Path, selection: Selection = ALL) -> list[tuple[Any, ...]]:
    with History(journal) as history:
        count = history.copy_to(made, KINDS, selection)
    with closing(sqlite3.connect(made)) as db:
        rows = db.execute("SELECT * FROM history ORDER BY rowid").fetchall()
    made.unlink()
    assert len(rows) == count
    return rows


@pytest.mark.parametrize("selection", [ALL, Selection((START_NS + 9 * SECOND, START_NS + 99 * SECOND), ("4",))])
def test_the_quick_way_copies_the_same_rows_in_the_same_order(
    journal: Path, monkeypatch: pytest.MonkeyPatch, selection: Selection
) -> None:
    slow = rows_of(journal, journal.with_name("copy"), selection)
    for name, size in (("PART", 60), ("SMALL", 4), ("WORTH", 0)):
        monkeypatch.setattr(parts, name, size)
    singly: list[parts.Part] = []
    any_of = HistoryCopier._any

    def noted(self: HistoryCopier, part: parts.Part, values: parts.Values) -> object:
        singly.append(part)
        return any_of(self, part, values)

    monkeypatch.setattr(HistoryCopier, "_any", noted)
    assert rows_of(journal, journal.with_name("copy"), selection) == slow
    assert sum(part.last - part.after for part in singly) < len(slow) / 4


def test_a_copy_can_be_made_twice_and_the_journal_read_on(journal: Path) -> None:
    with History(journal) as history:
        for name in ("first", "second"):
            assert history.copy_to(journal.with_name(name), KINDS) == 400
        assert len(list(history.events())) == 400


def test_a_full_disk_is_that_of_the_copy(journal: Path) -> None:
    with closing(open_reader(journal)) as db, pytest.raises(OSError, match="space") as full:  # as it is used
        with copied(db, journal.with_name("copy"), KINDS), told(journal):
            db.execute("PRAGMA copied.max_page_count = 3")
            db.execute("BEGIN")
            HistoryCopier(db, "1", ()).of(EVER)
    assert full.value.errno == errno.ENOSPC
    assert full.value.filename == str(journal.with_name("copy"))


def test_a_file_that_cannot_be_made_is_an_error_of_the_system(journal: Path) -> None:
    with History(journal) as history, pytest.raises(OSError, match="unable to open") as failed:
        history.copy_to(journal.parent / "nowhere" / "copy", KINDS)
    assert failed.value.filename == str(journal.parent / "nowhere" / "copy")


def test_a_damaged_journal_is_told_as_one(journal: Path) -> None:
    with closing(open_reader(journal)) as db, pytest.raises(JournalError):  # as it is used
        with copied(db, journal.with_name("copy"), KINDS), told(journal):
            raise sqlite3.DatabaseError("database disk image is malformed")
