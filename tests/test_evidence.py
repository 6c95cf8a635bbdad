"""Whose a file is, by its bytes alone: what never was a journal is refused, and not a byte of it changes."""

import datetime as dt
import hashlib
import os
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from jogeon.errors import JournalError
from jogeon.events import Condition, Snapshot, State
from jogeon.journal import file as store
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.evidence import Kind, kind_of
from jogeon.journal.reading import open_reader
from jogeon.journal.retention import copy_journal, delete_days
from jogeon.journal.store import Store
from recorded import START_NS

RISE = Condition("4", "급등주")
LONG_AGO = 1_577_836_800


@pytest.fixture(autouse=True)
def _proven_at_once(monkeypatch: pytest.MonkeyPatch, spared_disk: None) -> None:
    monkeypatch.setattr(store, "PROOF", (0.0, 0.0))


def journal(path: Path, *, closed: bool = True) -> Store:
    """Write a journal with something in it."""
    opened = Store.open(path)
    opened.write(CommitBuilder(opened.head).enter([State(START_NS, "started"), Snapshot(START_NS, RISE, ("005930",))]))
    if closed:
        opened.close()
    return opened


def database(path: Path, *, wal: bool) -> None:
    """Make a database of another program, as it is found after that was killed."""
    script = (
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "db.execute('PRAGMA journal_mode = ' + sys.argv[2]);"
        "db.execute('CREATE TABLE events (id INTEGER PRIMARY KEY, text)');"
        "[db.execute('INSERT INTO events VALUES (NULL, ?)', ('x' * 500,)) for _ in range(50)]; os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script, str(path), "WAL" if wal else "DELETE"], check=False)


def state_of(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return everything there is to know of the files in a folder, but for when they were read."""
    found: dict[str, tuple[object, ...]] = {}
    for path in folder.iterdir():
        stats = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(stats.st_mode) else ""
        found[path.name] = (stats.st_ino, stats.st_mode, stats.st_mtime_ns, stats.st_size, content)
    return found


FOREIGN = {
    "notes.txt": b"my notes\n" * 1000,
    "mybot.py": b"#!/usr/bin/env python\nprint('CREATE TABLE epochs (epoch INTEGER PRIMARY KEY')\n",
    "data.csv": "종목,가격\n005930,75000\n".encode(),
    "random": os.urandom(20_000),
    "zeros": bytes(50_000),
    "short": b"SQLite format 3\0",
}


def refused(path: Path) -> set[str]:
    """Return the reasons for which whoever writes and whoever reads is refused."""
    reasons = set()
    for use in (Store.open, open_reader):
        with pytest.raises(JournalError) as caught:
            use(path)
        reasons.add(caught.value.reason)
    return reasons


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_that_never_was_a_journal_is_refused_unharmed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FOREIGN[name])
    os.utime(path, (LONG_AGO, LONG_AGO))
    before = state_of(tmp_path)
    assert refused(path) == {"foreign"}
    assert state_of(tmp_path) == before


@pytest.mark.parametrize("wal", [False, True])
def test_a_database_of_another_program_is_refused_unharmed(tmp_path: Path, wal: bool) -> None:
    path = tmp_path / "photos.db"
    database(path, wal=wal)
    before = state_of(tmp_path)
    assert len(before) == (3 if wal else 1)
    assert refused(path) == {"foreign"}
    assert state_of(tmp_path) == before


@pytest.mark.posix
def test_what_a_link_leads_to_is_what_counts(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(FOREIGN["notes.txt"])
    (tmp_path / "link").symlink_to(tmp_path / "notes.txt")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    before = state_of(tmp_path)
    assert refused(tmp_path / "link") == {"foreign"}
    assert refused(tmp_path / "dangling") == {"special"}
    assert refused(tmp_path / "circle") <= {"special", "unreadable"}
    assert state_of(tmp_path) == before


@pytest.fixture
def special(tmp_path: Path) -> Iterator[list[Path]]:
    """What has a name and is no file."""
    folder, pipe, peer = tmp_path / "folder", tmp_path / "pipe", tmp_path / "s"
    folder.mkdir()
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(peer))
        yield [folder, pipe, peer, Path("/dev/null"), Path("/dev/zero")]


@pytest.mark.posix
def test_a_folder_a_pipe_a_socket_and_a_device_are_refused_without_waiting(special: list[Path]) -> None:
    before = [path.stat() for path in special]
    assert [refused(path) for path in special] == [{"special"}] * len(special)
    after = [path.stat() for path in special]
    assert [(each.st_mode, each.st_ino) for each in after] == [(each.st_mode, each.st_ino) for each in before]


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("there", [False, True])
def test_a_file_of_somebody_where_sqlite_keeps_its_own_is_not_lost(tmp_path: Path, suffix: str, there: bool) -> None:
    path = tmp_path / "signals"
    if there:
        journal(path)
    (tmp_path / f"signals{suffix}").write_bytes(b"mine\n" * 100)
    before = {name: each for name, each in state_of(tmp_path).items() if not name.endswith(".lock")}
    with pytest.raises(JournalError) as caught:
        Store.open(path)
    assert caught.value.reason == "in the way"
    assert {name: each for name, each in state_of(tmp_path).items() if not name.endswith(".lock")} == before


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
@pytest.mark.parametrize("left", range(5))
def test_what_sqlite_left_cut_off_beside_a_journal_is_its_own(tmp_path: Path, suffix: str, left: int) -> None:
    """On a full disk, or killed, it leaves the first three bytes of its -shm."""
    path = tmp_path / "signals"
    with closing(journal(path, closed=False)):
        whole = (tmp_path / f"signals{suffix}").read_bytes()
    assert len(whole) > 32
    (tmp_path / f"signals{suffix}").write_bytes(whole[:left])
    Store.open(path).close()


def test_a_lock_of_another_program_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "poetry.lock").write_bytes(b"version = 1\n")
    before = state_of(tmp_path)
    with pytest.raises(JournalError) as caught:
        Store.open(tmp_path / "poetry")
    assert caught.value.reason == "in the way"
    assert state_of(tmp_path) == before


def test_the_wal_of_another_database_is_not_deleted(tmp_path: Path) -> None:
    database(tmp_path / "photos.db", wal=True)
    (tmp_path / "photos.db").unlink()
    (tmp_path / "photos.db-shm").unlink()
    before = state_of(tmp_path)
    with pytest.raises(JournalError) as caught:
        Store.open(tmp_path / "photos.db")
    assert caught.value.reason == "in the way"
    assert state_of(tmp_path) == before


def kept(path: Path) -> list[bytes]:
    """Open what is left of a journal; return what was set aside."""
    opened = Store.open(path)
    opened.close()
    assert len(opened.file.notices) == len({each.name.removesuffix("-wal") for each in path.parent.glob("*.damaged-*")})
    return [each.read_bytes() for each in path.parent.glob("*.damaged-*")]


@pytest.mark.parametrize("vacuumed", [False, True])
@pytest.mark.parametrize("gone", [16, 100, 4096])
def test_a_journal_is_known_by_what_is_left_of_it(tmp_path: Path, gone: int, vacuumed: bool) -> None:
    path = tmp_path / "signals"
    journal(path)
    if vacuumed:
        path = copy_journal(path, tmp_path / "copies", START_NS)
    content = bytes(gone) + path.read_bytes()[gone:]
    path.write_bytes(content)
    assert kind_of(path) is Kind.DAMAGED
    assert kept(path) == [content]


def test_a_journal_of_which_only_the_wal_is_left_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "signals"
    opened = journal(path, closed=False)
    wal = Path(f"{path}-wal").read_bytes()
    opened.close()
    path.write_bytes(b"")
    Path(f"{path}-wal").write_bytes(wal)
    assert kind_of(path) is Kind.DAMAGED
    assert wal in kept(path)


def test_a_journal_killed_before_anything_was_written_back_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "signals"
    opened = journal(path, closed=False)
    copies = {suffix: Path(f"{path}{suffix}").read_bytes() for suffix in ("", "-wal")}
    opened.close()
    for suffix, content in copies.items():
        (tmp_path / f"killed{suffix}").write_bytes(content)
    assert kind_of(tmp_path / "killed") is Kind.JOURNAL
    assert kept(tmp_path / "killed") == []


def test_a_database_with_nothing_in_it_becomes_a_journal(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "begun", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA journal_mode = DELETE")
    db.close()
    (tmp_path / "touched").touch()
    for name in ("begun", "touched"):
        assert kind_of(tmp_path / name) is Kind.EMPTY
        journal(tmp_path / name)
        assert kind_of(tmp_path / name) is Kind.JOURNAL


def test_looking_at_a_journal_gives_up_no_lock_on_it(tmp_path: Path) -> None:
    path = tmp_path / "signals"
    opened = journal(path, closed=False)
    open_reader(path).close()
    assert kind_of(path) is Kind.JOURNAL
    script = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('SELECT 1 FROM events').fetchall()"
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)  # the last to close it deletes the WAL
    assert not opened.file.torn()
    opened.close()


def test_only_journals_are_deleted_for_their_age_and_replaced_by_copies(tmp_path: Path) -> None:
    for name in ("a-2020-01-01.txt", "a-2020-01-02.txt"):
        (tmp_path / name).write_bytes(b"my notes")
    journal(tmp_path / "a-2020-01-03.txt")
    (tmp_path / "a-2020-01-02.txt-wal").write_bytes(b"mine")
    assert delete_days(tmp_path / "a-{date}.txt", dt.date(2026, 1, 1)) == [tmp_path / "a-2020-01-03.txt"]
    journal(tmp_path / "b.txt")
    target = tmp_path / "copies" / "b-2026-11-22.txt"
    target.parent.mkdir()
    target.write_bytes(b"my notes")
    with pytest.raises(JournalError) as caught:
        copy_journal(tmp_path / "b.txt", target.parent, START_NS)
    assert caught.value.reason == "foreign"
    assert target.read_bytes() == b"my notes"
