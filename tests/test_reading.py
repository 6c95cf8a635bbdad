"""Reading a journal that somebody changed: a sentence, in bounded time, never another program's error."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from jogeon.errors import JournalError
from jogeon.events import Condition, Enter, Event, Snapshot, State
from jogeon.journal import file as store
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.history import History
from jogeon.journal.reading import is_damage, meaning_of, one_moment, open_reader, read_oldest
from jogeon.journal.store import Store
from jogeon.reports import Report
from recorded import START_NS

RISE = Condition("4", "급등주")
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spared_disk: None) -> Path:
    """A journal with something in it."""
    monkeypatch.setattr(store, "PROOF", (0.0, 0.0))
    path = tmp_path / "signals"
    opened = Store.open(path)
    told: list[Event] = [
        State(START_NS, "started"),
        Snapshot(START_NS, RISE, ("005930",)),
        Enter(START_NS, RISE, "000660"),
    ]
    opened.write(CommitBuilder(opened.head).enter(told))
    opened.close()
    return path


def altered(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        db.execute(statement)
    db.close()


def all_told(path: Path) -> None:
    """Ask a journal everything."""
    with History(path) as history:
        list(history.events())
        list(history.gaps())
        history.members(START_NS + 1)
        history.stats()
        assert history.conditions
        assert history.last_ns


def reason(use: Callable[[Path], object], path: Path) -> str:
    with pytest.raises(JournalError) as caught:
        use(path)
    return caught.value.reason


CHANGED = {
    "an endless view": ("DROP TABLE events", f"CREATE VIEW events AS {ENDLESS} i AS id, i AS at_ns, 0 AS kind FROM n"),
    "an endless history": ("DROP VIEW history", f"CREATE VIEW history AS {ENDLESS} * FROM n"),
    "a missing table": ("DROP TABLE marks",),
    "a missing index": ("DROP INDEX rare",),
    "a missing column": ("ALTER TABLE frames DROP COLUMN at_ns",),
    "one column more": ("ALTER TABLE events ADD COLUMN more",),
    "a column renamed": ("ALTER TABLE events RENAME COLUMN word TO words",),
    "nothing but its mark": (
        "DROP VIEW history",
        *(f"DROP TABLE {name}" for name in ("epochs", "conditions", "events", "marks", "pulse", "frames")),
        "CREATE TABLE photos (name)",
    ),
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_journal_whose_tables_were_changed_is_refused_and_left_alone(path: Path, what: str) -> None:
    altered(path, *CHANGED[what])
    before = path.read_bytes()
    assert (reason(Store.open, path), reason(all_told, path)) == ("odd", "odd")
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.damaged-*"))


WITHOUT_END = (
    "CREATE TRIGGER t AFTER INSERT ON events BEGIN INSERT INTO frames "  # noqa: S608  # a test's own
    f"SELECT NULL, i, x'00' FROM ({ENDLESS} i FROM n); END"
)


@pytest.mark.parametrize("added", [WITHOUT_END, "CREATE UNIQUE INDEX one ON events (kind)"])
def test_who_writes_refuses_what_would_have_a_say_in_its_commits(path: Path, added: str) -> None:
    altered(path, "DELETE FROM events WHERE id > 1", added)
    assert reason(Store.open, path) == "odd"
    open_reader(path).close()


def test_what_somebody_added_for_looking_is_no_harm(path: Path) -> None:
    altered(path, "CREATE VIEW mine AS SELECT code FROM events", "CREATE INDEX by_code ON events (code)")
    Store.open(path).close()
    all_told(path)


ROWS = {
    "a text for a moment": "UPDATE events SET at_ns = 'yesterday'",
    "a condition that is not there": "UPDATE events SET condition = 99 WHERE condition IS NOT NULL",
    "bytes for codes": "UPDATE events SET text = x'ff00' WHERE kind = 2",
    "no codes": "UPDATE events SET text = NULL WHERE kind = 2",
    "a number for a code": "UPDATE events SET code = 5930 || x'00' WHERE kind = 0",
    "a fold that is none": "INSERT INTO marks VALUES (2, 0, 1, '{\"x\":')",
    "a fold of nobody": "INSERT INTO marks VALUES (2, 0, 1, '[[77,1,true,[]]]')",
    "rights that are none": "INSERT INTO pulse VALUES (1, 3, '[[1]]')",
    "a value without end": "UPDATE events SET text = zeroblob(500000000) WHERE kind = 2",
}


@pytest.mark.parametrize("what", ROWS)
def test_rows_that_are_not_as_they_were_written_are_a_sentence(path: Path, what: str) -> None:
    altered(path, ROWS[what])
    with contextlib.suppress(JournalError):  # nothing else may come of it
        all_told(path)
    with contextlib.suppress(JournalError):
        Store.open(path).close()


@pytest.mark.parametrize("table", ["events", "conditions"])
def test_what_a_writer_goes_on_from_is_checked_before_it_does(path: Path, table: str) -> None:
    """A text in the place of a number would end its thread in the middle of a day."""
    altered(path, {"events": ROWS["a text for a moment"], "conditions": "UPDATE conditions SET name = x'ff00'"}[table])
    opened = Store.open(path)
    opened.close()
    assert opened.file.notices[0].kind == "journal set aside"


def test_what_is_not_there_or_empty_is_told_as_that(path: Path) -> None:
    path.with_name("touched").touch()
    assert reason(all_told, path.with_name("nowhere")) == "missing"
    assert reason(all_told, path.with_name("touched")) == "empty"
    assert path.with_name("touched").stat().st_size == 0


@pytest.mark.posix
def test_what_cannot_be_seen_is_not_missing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "lstat", refuse)
    assert reason(open_reader, path) == "unreadable"


def test_a_moment_within_a_moment_is_the_same(path: Path) -> None:
    db = open_reader(path)
    with one_moment(db):
        with one_moment(db):
            count = db.execute("SELECT count(*) FROM events").fetchone()
        altered(path, "DELETE FROM events")
        assert db.execute("SELECT count(*) FROM events").fetchone() == count
    assert db.execute("SELECT count(*) FROM events").fetchone() == (0,)
    db.close()


def test_an_error_is_told_by_its_meaning() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert str(meaning_of(full)) == "the disk is full (database or disk is full)"
    assert meaning_of(OSError(5, "Input/output error")) == Report("disk error", text="[Errno 5] Input/output error")
    assert meaning_of(OSError(13, "Permission denied")) == Report("system", number=13, text="Permission denied")
    assert not is_damage(full)


def test_the_oldest_is_the_event_behind_which_all_are_there(tmp_path: Path) -> None:
    path = tmp_path / "signals"
    opened = Store.open(path)
    opened.write(CommitBuilder(opened.head).enter([State(START_NS + n, "started") for n in range(5)]))
    opened.close()
    oldest = []
    for _ in range(5):
        with contextlib.closing(open_reader(path)) as db:
            oldest.append(read_oldest(db))
        altered(path, "DELETE FROM events WHERE id = (SELECT min(id) FROM events)")
    assert oldest == [0, 1, 2, 3, 4]
