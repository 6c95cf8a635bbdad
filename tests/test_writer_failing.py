"""A journal whose disk or file fails while it is written: it waits, goes on, and loses nothing."""

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from jogeon.errors import JournalError
from jogeon.events import Enter, Event, Snapshot, State
from jogeon.journal import file as store_module
from jogeon.journal import writer as module
from jogeon.journal.commits import Commit, Head
from jogeon.journal.file import DurableFile
from jogeon.journal.reading import open_reader
from jogeon.journal.store import Store
from jogeon.journal.writer import Journal
from jogeon.reports import Report
from journalled import (  # noqa: F401  # fixtures are among them
    RISE,
    Disk,
    Reader,
    events,
    found,
    impatient,
    path_of_journal,
    put,
    reader_of_wire,
    until,
    watched_disk,
)
from recorded import SECOND, START_NS

pytestmark = pytest.mark.usefixtures("spared_disk")


class Failing:
    """A journal of one condition on a disk that is about to fail."""

    def __init__(self, path: Path, reader: Reader) -> None:
        self.path = path
        self.journal = Journal.open(path, reader.source())
        self.told: list[Event] = [State(START_NS, "started"), Snapshot(START_NS, RISE, ("005930",))]
        put(self.journal, [[event] for event in self.told])
        until(lambda: self.journal.committed == (1, 2))

    def tell(self, count: int = 1) -> None:
        for _ in range(count):
            event = Enter(START_NS + len(self.told), RISE, f"{len(self.told):06d}")
            self.told.append(event)
            self.journal.put(event)

    def refuses(self, meaning: str) -> None:
        """See the journal say what is wrong, and go on taking events."""
        until(lambda: meaning in str(self.journal.trouble))
        self.tell(50)
        assert self.journal.committed == (1, 2)

    def recovers(self) -> None:
        """See that nothing is lost once the cause is gone."""
        until(lambda: self.journal.committed[1] == len(self.told))
        until(lambda: self.journal.trouble is None)
        self.tell()
        self.journal.close()
        assert events(self.path) == self.told


@pytest.fixture
def failing(path: Path, reader: Reader) -> Iterator[Failing]:
    each = Failing(path, reader)
    yield each
    each.journal.finish()


def test_a_full_disk_is_waited_for(failing: Failing) -> None:
    db = failing.journal._store.file.db
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    failing.tell(500)
    failing.refuses("the disk is full")
    db.execute("PRAGMA max_page_count = 1000000")
    failing.recovers()


def test_a_locked_file_is_waited_for(failing: Failing) -> None:
    other = sqlite3.connect(failing.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    failing.tell()
    failing.refuses("another program has locked the file")
    other.execute("ROLLBACK")
    other.close()
    failing.recovers()


def test_a_disk_that_became_read_only_is_waited_for(failing: Failing) -> None:
    failing.journal._store.file.db.execute("PRAGMA query_only = ON")
    failing.tell()
    failing.refuses("read-only")
    failing.journal._store.file.db.execute("PRAGMA query_only = OFF")
    failing.recovers()


def test_a_journal_that_is_deleted_is_written_again_in_full(failing: Failing) -> None:
    failing.path.unlink()
    failing.tell()
    failing.recovers()


def test_a_journal_that_is_deleted_with_all_beside_it_is_written_again_in_full(failing: Failing) -> None:
    for each in failing.path.parent.glob("journal.db*"):
        each.unlink()
    failing.tell()
    failing.recovers()
    assert stat.S_IMODE(failing.path.stat().st_mode) == 0o600


def test_a_disk_that_fails_while_a_journal_is_written_again_is_waited_for(
    failing: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked, failures = DurableFile._checked, [sqlite3.OperationalError("disk I/O error") for _ in range(2)]

    def failed(file: DurableFile[Head]) -> sqlite3.Connection:
        if failures:
            raise failures.pop()
        return checked(file)

    monkeypatch.setattr(DurableFile, "_checked", failed)
    failing.path.unlink()
    failing.tell(10)
    failing.recovers()
    assert failures == []


def test_a_journal_that_is_moved_away_goes_on_under_its_name(failing: Failing) -> None:
    failing.path.rename(failing.path.with_name("moved.db"))
    failing.tell()
    failing.recovers()


def test_what_took_the_place_of_a_journal_is_set_aside(failing: Failing) -> None:
    other = failing.path.with_name("other.db")
    earlier = Journal.open(other, Reader().source())
    earlier.put_block([Snapshot(START_NS - SECOND, RISE, ("000660",))])
    earlier.close()
    other.replace(failing.path)
    failing.tell()
    failing.recovers()
    [aside] = failing.path.parent.glob("*.replaced-*")
    assert events(aside) == [Snapshot(START_NS - SECOND, RISE, ("000660",))]


def written_back(failing: Failing) -> None:
    """Have the WAL written back and begun anew: nothing in it hides the header any more."""
    db = sqlite3.connect(failing.path)
    db.execute("PRAGMA wal_checkpoint")
    db.close()
    failing.tell()
    until(lambda: failing.journal.committed == (1, 3))


def test_a_file_of_somebody_that_took_the_name_of_a_journal_stays(failing: Failing) -> None:
    failing.path.unlink()
    failing.path.write_text("my notes")
    failing.tell()
    failing.refuses("a file of another program has this name now")
    assert failing.path.read_text() == "my notes"
    failing.path.rename(failing.path.with_name("notes.txt"))
    failing.recovers()


def test_a_journal_whose_content_somebody_replaced_is_written_again_and_the_content_kept(failing: Failing) -> None:
    written_back(failing)
    failing.path.write_text("my notes")  # in the same file, as cp does
    failing.tell(50)
    failing.recovers()
    assert [each.read_text() for each in failing.path.parent.glob("*.replaced-*")] == ["my notes"]


@pytest.mark.parametrize("left", [0.0, 0.5])
def test_a_wal_that_is_truncated_while_open_costs_nothing(failing: Failing, left: float) -> None:
    wal = failing.path.with_name("journal.db-wal")
    os.truncate(wal, int(wal.stat().st_size * left))
    failing.tell(50)
    failing.recovers()
    assert failing.journal.notices != ()


def test_a_wal_that_is_deleted_while_open_costs_nothing(failing: Failing) -> None:
    failing.path.with_name("journal.db-wal").unlink()
    failing.tell(50)
    failing.recovers()


def test_a_wal_that_goes_after_a_commit_and_before_it_is_noted_costs_nothing(failing: Failing) -> None:
    note_commit = DurableFile.note_commit

    def noted(file: DurableFile[Head]) -> None:
        failing.path.with_name("journal.db-wal").unlink(missing_ok=True)
        note_commit(file)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DurableFile, "note_commit", noted)
        failing.told.append(State(START_NS, "connected"))
        failing.journal.put(failing.told[-1])
        until(lambda: failing.journal.committed == (1, 3))
    failing.tell()
    failing.recovers()


def test_a_wal_that_cannot_be_read_any_more_begins_another_journal(
    path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "CACHE", 1)  # so its pages are not known any more
    each = Failing(path, reader)
    each.tell(3000)
    until(lambda: each.journal.committed == (1, 3002))
    os.truncate(path.with_name("journal.db-wal"), 0)
    each.tell()
    until(lambda: each.journal.committed[1] == 3 and each.journal.trouble is None)
    each.journal.close()
    told = each.told[1:]
    started, shown, last = events(path)
    assert started == State(START_NS, "started", notices=(Report("journal damaged"),))
    entered = [event for event in told if isinstance(event, Enter)]
    codes = [event.code for event in entered[:-1]]
    assert shown == Snapshot(entered[-2].at_ns, RISE, ("005930", *codes))
    assert last == told[-1]
    assert len(list(path.parent.glob("*.damaged-*"))) >= 1


def test_a_header_that_is_overwritten_while_open_costs_nothing(failing: Failing) -> None:
    written_back(failing)
    with failing.path.open("r+b") as file:
        file.write(b"garbage!" * 12)
    failing.tell(50)
    failing.recovers()
    assert failing.journal.notices[-1] == Report("journal restored")


def test_a_disk_that_calls_a_sound_journal_damaged_is_not_believed(path: Path, reader: Reader, disk: Disk) -> None:
    each = Failing(path, reader)
    broken = sqlite3.DatabaseError("database disk image is malformed")
    broken.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    disk.errors = [broken] * 5
    each.tell()
    each.recovers()
    assert not list(path.parent.glob("*.damaged-*"))


def test_a_journal_that_breaks_while_open_is_set_aside_once(
    path: Path, reader: Reader, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    each = Failing(path, reader)
    broken = sqlite3.DatabaseError("database disk image is malformed")
    broken.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    disconnect = DurableFile.disconnect

    def harmed(file: DurableFile[Head]) -> None:  # when nothing is open that would write the pages again
        disconnect(file)
        if not list(path.parent.glob("*.damaged-*")):
            content = path.read_bytes()
            path.write_bytes(content[:4096] + bytes(len(content) - 4096))

    monkeypatch.setattr(DurableFile, "disconnect", harmed)
    disk.errors = [broken]
    each.tell()
    until(lambda: each.journal.committed == (1, 3) and each.journal.trouble is None)
    each.journal.close()
    assert len(list(path.parent.glob("*.damaged-*"))) == 1
    assert found(path) == [
        (1, 1, State(START_NS, "started", notices=(Report("journal damaged"),))),
        (1, 2, each.told[1]),
        (1, 3, each.told[2]),
    ]


def test_a_place_that_cannot_be_written_any_more_is_waited_for(failing: Failing, tmp_path: Path) -> None:
    away = tmp_path.with_name(tmp_path.name + "-away")
    tmp_path.rename(away)
    tmp_path.touch()  # no folder can be made here
    failing.tell()
    until(lambda: failing.journal.trouble is not None)
    tmp_path.unlink()
    away.rename(tmp_path)
    failing.recovers()


def test_the_end_does_not_wait_for_ever(failing: Failing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FINISH", 0.02)
    failing.journal._store.file.db.execute("PRAGMA query_only = ON")
    failing.tell(3)
    with pytest.raises(JournalError, match="3 events were not written") as caught:
        failing.journal.close()
    assert caught.value.reason == "unfinished"


def test_nothing_is_written_behind_what_was_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FINISH", 0.02)
    write, refused = Store.write, list[Commit]()

    def refuse_the_first(store: Store, commit: Commit) -> None:
        refused[:] = refused or [commit]
        if commit is refused[0]:
            raise sqlite3.OperationalError("disk I/O error")
        write(store, commit)

    monkeypatch.setattr(Store, "write", refuse_the_first)
    journal = Journal.open(tmp_path / "journal", Reader().source())
    journal.put_block([Snapshot(START_NS, RISE, ())])
    until(lambda: bool(refused))
    journal.put(Enter(START_NS + 1, RISE, "005930"))
    with pytest.raises(JournalError, match="2 events were not written"):
        journal.close()
    with contextlib.closing(open_reader(tmp_path / "journal")) as db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (0,)


def test_a_statement_without_end_does_not_keep_the_end_waiting(
    failing: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FINISH", 0.02)
    other = sqlite3.connect(failing.path, isolation_level=None)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0"
    insert = f"INSERT INTO frames SELECT 1, 1, i FROM ({endless})"  # noqa: S608  # a test's own
    other.execute(f"CREATE TRIGGER t AFTER INSERT ON events BEGIN {insert}; END")
    other.close()
    failing.tell(3)
    with pytest.raises(JournalError, match="3 events were not written"):
        failing.journal.close()


def test_what_fails_is_told_and_not_that_it_could_not_be_undone(failing: Failing) -> None:
    failing.journal.close()
    store = Store.open(failing.path)
    db = store.file.db
    db.execute("CREATE TEMP TRIGGER t BEFORE DELETE ON marks BEGIN SELECT RAISE(ROLLBACK, 'the first cause'); END")
    with store.file.transaction():
        db.execute("INSERT INTO marks VALUES (1, 0, 1, '[]')")
    with pytest.raises(sqlite3.Error, match="the first cause"), store.file.transaction():
        db.execute("DELETE FROM marks")
    store.close()
