"""The journal's file: who may open it, what is found in it, and what happens to one that is broken."""

import errno
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from jogeon.errors import JournalError
from jogeon.events import Condition, Enter, Snapshot, State
from jogeon.journal import file as store
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.file import require_free
from jogeon.journal.format import Format
from jogeon.journal.reading import open_reader
from jogeon.journal.schema import JOURNAL
from jogeon.journal.store import Store
from jogeon.reports import Report
from recorded import START_NS, found, write

RISE = Condition("4", "급등주")
AS_SHIPPED = store.SYNCHRONOUS
pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "조건 기록.db"


def reason(path: Path, *, reading: bool = False) -> str:
    """Return why a file cannot be used."""
    with pytest.raises(JournalError) as caught:
        open_reader(path) if reading else Store.open(path)
    return caught.value.reason


def test_a_file_has_one_writer_under_whatever_name(path: Path) -> None:
    link = path.with_name("link.db")
    link.symlink_to(path)
    assert reason(link) == "special"  # it leads nowhere yet
    Store.open(path).close()
    first = Store.open(link)
    assert reason(path) == reason(link) == "in use"
    assert (first.file.path, stat.S_IMODE(path.stat().st_mode)) == (path, 0o600)
    first.close()


def test_an_empty_file_becomes_a_private_journal(path: Path) -> None:
    path.touch(0o644)
    Store.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "/", "/dev/null"])
def test_a_folder_or_a_device_is_no_journal_and_stays_as_it_is(name: str) -> None:
    before = Path(name).stat().st_mode
    assert reason(Path(name)) == "special"
    assert Path(name).stat().st_mode == before


def test_only_its_owner_may_read_it(path: Path) -> None:
    opened = Store.open(path)
    opened.write(CommitBuilder(opened.head).enter([State(START_NS, "started")]))
    kept = [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]
    assert [stat.S_IMODE(each.stat().st_mode) for each in kept] == [0o600] * 3
    opened.close()


def test_a_second_writer_is_refused_and_a_reader_is_not(path: Path) -> None:
    opened = Store.open(path)
    assert reason(path) == "in use"
    open_reader(path).close()
    opened.close()
    Store.open(path).close()


def test_whoever_would_log_in_first_learns_whether_a_journal_can_be_written(path: Path) -> None:
    require_free(path)
    assert list(path.parent.iterdir()) == []
    opened = Store.open(path)
    with pytest.raises(JournalError) as used:
        require_free(path)
    assert used.value.reason == "in use"
    opened.close()
    require_free(path)
    path.write_text("my notes")
    with pytest.raises(JournalError) as foreign:
        require_free(path)
    assert foreign.value.reason == "foreign"


def test_a_reader_cannot_write(path: Path) -> None:
    write(path)
    db = open_reader(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("DELETE FROM events")
    db.close()


def test_a_writer_does_not_wait_for_readers(path: Path) -> None:
    write(path, [State(START_NS, "started")])
    db = open_reader(path)
    db.execute("BEGIN")
    assert db.execute("SELECT count(*) FROM events").fetchone() == (1,)
    write(path, [State(START_NS, "started")])
    assert db.execute("SELECT count(*) FROM events").fetchone() == (1,)
    db.execute("COMMIT")
    assert db.execute("SELECT count(*) FROM events").fetchone() == (2,)
    db.close()


def test_a_journal_that_is_not_there_is_missing(path: Path) -> None:
    assert reason(path, reading=True) == "missing"
    assert not path.exists()


def test_folders_are_made(path: Path) -> None:
    write(path.parent / "a" / "b" / "journal.db")
    assert (path.parent / "a" / "b" / "journal.db").exists()


def test_a_place_that_cannot_be_written_is_told(path: Path) -> None:
    path.write_text("no folder")
    assert reason(path / "journal.db") == "unwritable"


def test_a_file_that_may_not_be_written_is_told_before_anything_is_recorded(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite by itself opens it to read, and refuses the first commit."""
    write(path)
    before = path.read_bytes()
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert reason(path) == "unwritable"
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE photos (name)")
    db.close()
    before = path.read_bytes()
    assert (reason(path), reason(path, reading=True)) == ("foreign", "foreign")
    assert path.read_bytes() == before


def test_a_newer_journal_is_refused_with_a_sentence(path: Path) -> None:
    write(path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(JournalError, match="version 99") as caught:
        Store.open(path)
    assert caught.value.reason == "newer"
    assert reason(path, reading=True) == "newer"


def test_an_older_journal_is_migrated_and_a_copy_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, [State(START_NS, "started")])
    version = JOURNAL.version
    steps = {version: "CREATE TABLE one (x);", version + 1: "ALTER TABLE one ADD COLUMN y;"}
    for step, sql in steps.items():
        monkeypatch.setitem(JOURNAL.migrations, step, sql)
    opened = Store.open(path)
    opened.close()
    [notice] = opened.file.notices
    assert notice == Report("journal migrated", number=version + 2, name=f"{path.name}.version-{version}")
    db = open_reader(path)
    assert db.execute("SELECT x, y FROM one").fetchall() == []
    db.close()
    copy = path.with_name(f"{path.name}.version-{version}")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert found(copy) == [State(START_NS, "started")] == found(path)


@pytest.mark.parametrize("damage", ["magic", "header", "middle", "first page", "cut"])
def test_a_damaged_journal_is_set_aside_and_another_begun(path: Path, damage: str) -> None:
    write(path, [Snapshot(START_NS, RISE, tuple(f"{n:06d}" for n in range(5000)))])
    content = bytearray(path.read_bytes())
    match damage:
        case "magic":
            content[:16] = bytes(16)
        case "header":
            content[:100] = os.urandom(100)
        case "first page":
            content[:4096] = bytes(4096)
        case "cut":
            del content[6000:]
        case "middle":
            content[4096 : len(content) : 7] = bytes(len(content[4096 : len(content) : 7]))
    path.write_bytes(content)
    opened = Store.open(path)
    opened.close()
    [aside] = path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == content
    assert opened.file.notices == [Report("journal set aside", name=aside.name)]
    assert found(path) == []


def test_what_a_disk_cannot_read_now_is_not_set_aside(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, [State(START_NS, "started")])
    content = bytearray(path.read_bytes())
    path.write_bytes(bytes(100) + content[100:])  # as a disk may answer that is about to fail

    def fail(_path: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(store, "read_through", fail)
    assert reason(path) == "unwritable"
    assert not list(path.parent.glob("*.damaged-*"))


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ("Tree 5 page 9: unable to get the page. error code=266", sqlite3.SQLITE_IOERR_READ),
        ("Tree 5 page 9: unable to get the page. error code=11", sqlite3.SQLITE_CORRUPT),
        ("Page 7: never used", sqlite3.SQLITE_CORRUPT),
    ],
)
def test_a_check_that_could_not_read_a_page_is_no_proof_of_damage(found: str, code: int) -> None:
    db = sqlite3.connect(":memory:")
    db.row_factory = lambda _cursor, _row: (found,)
    with pytest.raises(sqlite3.Error) as caught:
        store._require_sound(db)
    assert caught.value.sqlite_errorcode == code
    db.close()


@pytest.mark.parametrize("end", [100, 5000])
def test_a_reader_tells_that_a_file_is_damaged(path: Path, end: int) -> None:
    write(path, [State(START_NS, "started")])
    os.truncate(path, end)
    assert reason(path, reading=True) == "damaged"


def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    path.touch()
    write(path, [State(START_NS, "started")])
    assert found(path) == [State(START_NS, "started")]


def test_a_truncated_wal_costs_only_what_was_in_it(path: Path) -> None:
    write(path, [State(START_NS, "started")])
    opened = Store.open(path)
    builder = CommitBuilder(opened.head)
    for n in range(50):
        opened.write(builder.enter([Enter(START_NS + n, RISE, f"{n:06d}")]))
    wal = path.with_name(path.name + "-wal")
    whole, cut = wal.read_bytes(), wal.stat().st_size // 2
    main = path.read_bytes()
    opened.close()
    path.write_bytes(main)
    wal.write_bytes(whole[:cut])  # as after a loss of power on a disk that did not keep its promise
    again = Store.open(path)
    again.close()
    left = found(path)
    assert again.file.notices == []
    assert left == [State(START_NS, "started"), *(Enter(START_NS + n, RISE, f"{n:06d}") for n in range(len(left) - 1))]
    assert 10 < len(left) < 50


def test_a_name_that_leads_elsewhere_is_noticed(path: Path) -> None:
    opened = Store.open(path)
    assert not opened.file.gone()
    path.rename(path.with_name("other.db"))
    assert opened.file.gone()
    path.touch()
    assert opened.file.gone()
    opened.close()


def test_the_tables_are_made_at_once_or_not_at_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Format, "stamp", "CREATE TABLE events (twice);")
    assert reason(path) == "unwritable"
    monkeypatch.undo()
    write(path, [State(START_NS, "started")])
    assert found(path) == [State(START_NS, "started")]


def test_a_commit_is_on_the_disk_before_it_counts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the other tests spare the disk."""
    monkeypatch.setattr(store, "SYNCHRONOUS", AS_SHIPPED)
    opened = Store.open(path)
    assert opened.file.db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    opened.close()
