"""A journal of version 1, recorded by the code that wrote it: read as it is, brought to the present, never lost."""

import contextlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from jogeon.errors import JournalError
from jogeon.events import Event
from jogeon.journal.history import ALL, History
from jogeon.journal.schema import JOURNAL
from jogeon.journal.store import Store

OLD = Path(__file__).parent / "data" / "version-1.db"
EVENTS = 122


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An old journal."""
    return Path(shutil.copy(OLD, tmp_path / "old.journal"))


def told(path: Path) -> list[tuple[int, int, Event]]:
    with History(path) as history:
        return list(history.events())


def version(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_an_old_journal_is_read_as_it_is(path: Path) -> None:
    before = path.read_bytes()
    with History(path) as history:
        events = list(history.events())
        assert (len(events), events[0][:2], events[-1][:2]) == (EVENTS, (1, 1), (2, 72))
        assert len(list(history.gaps())) == 2
        assert {each.condition.name for each in history.members(2**62)} == {"급등주", "신고가 돌파"}
        assert sum(each.enters for each in history.stats(ALL).conditions) == 50
        assert history.identity is None
    assert path.read_bytes() == before


def test_its_next_writer_brings_it_to_the_present_and_keeps_a_copy(path: Path) -> None:
    before, content = told(path), path.read_bytes()
    store = Store.open(path)
    assert store.head.last_id == EVENTS
    [notice] = store.file.notices
    store.close()
    copy = path.with_name("old.journal.version-1")
    assert str(notice) == f"the journal was brought to version {JOURNAL.version}; {copy.name} is the one from before"
    assert {each.name for each in path.parent.iterdir()} == {path.name, copy.name, f"{path.name}.lock"}
    assert told(path) == told(copy) == before
    assert (version(path), version(copy), len(content)) == (JOURNAL.version, 1, OLD.stat().st_size)
    with History(path) as history:
        identity = history.identity
    assert identity is not None
    assert len(bytes.fromhex(identity)) == 8
    again = Store.open(path)
    assert (again.file.notices, again.head.identity) == ([], identity)
    again.close()


def test_two_journals_have_two_identities(path: Path) -> None:
    other = Path(shutil.copy(OLD, path.with_name("other.journal")))
    opened = [Store.open(each) for each in (path, other)]
    for store in opened:
        store.close()
    assert opened[0].head.identity != opened[1].head.identity


KILLED = """
    import os, pathlib, signal, sys
    from jogeon.journal import file, migration
    from jogeon.journal.store import Store
    def killed(owner, name, *, after):
        method = getattr(owner, name)
        def instead(*given):
            if after:
                method(*given)
            os.kill(os.getpid(), signal.SIGKILL)
        setattr(owner, name, instead)
    owners = {"copy_into": migration, "rename": pathlib.PosixPath, "migrate": file}
    killed(owners[sys.argv[2]], sys.argv[2], after=sys.argv[3] == "after")
    Store.open(pathlib.Path(sys.argv[1]))
"""


@pytest.mark.posix
@pytest.mark.parametrize("step", ["copy_into", "rename", "migrate"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_step_leaves_a_whole_journal(path: Path, step: str, when: str) -> None:
    before = told(path)
    script = textwrap.dedent(KILLED)
    died = subprocess.run([sys.executable, "-c", script, str(path), step, when], check=False, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert told(path) == before
    Store.open(path).close()
    assert told(path) == before
    copies = list(path.parent.glob("*.version-1*"))
    assert copies
    assert [told(each) for each in copies] == [before] * len(copies)
    assert not list(path.parent.glob(".*"))
    assert version(path) == JOURNAL.version


@pytest.mark.posix
def test_a_kill_at_a_random_moment_leaves_a_whole_journal(path: Path) -> None:
    before = told(path)
    opening = "input(); Store.open(pathlib.Path(sys.argv[1]))"
    script = f"import sys, pathlib; from jogeon.journal.store import Store; {opening}"
    for milliseconds in range(0, 40, 4):
        shutil.copy(OLD, path)
        child = subprocess.Popen([sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE)
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.flush()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(0.1 + milliseconds / 1000)
        child.kill()
        child.wait()
        child.stdin.close()
        assert told(path) == before
        for each in path.parent.glob("old.journal*"):
            if each != path:
                each.unlink()


FULL = """
    import pathlib, resource, signal, sys
    from jogeon.errors import JournalError
    from jogeon.journal.store import Store
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
    try:
        Store.open(pathlib.Path(sys.argv[1]))
    except JournalError as error:
        print(error.reason)
"""


@pytest.mark.posix
@pytest.mark.parametrize("room", [20_000, 44_000])
def test_a_disk_without_room_for_the_copy_leaves_the_old_one(path: Path, room: int) -> None:
    before, content = told(path), path.read_bytes()
    found = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL), str(path), str(room)], check=True, capture_output=True, text=True
    )
    assert found.stdout.split() == ["unwritable"]
    assert (told(path), path.read_bytes()) == (before, content)
    assert not list(path.parent.glob("*version-1*"))


def test_a_journal_of_the_future_is_refused(path: Path) -> None:
    Store.open(path).close()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA user_version = {JOURNAL.version + 1}")
    before = path.read_bytes()
    for use in (Store.open, History):
        with pytest.raises(JournalError) as caught:
            use(path)
        assert caught.value.reason == "newer"
    assert path.read_bytes() == before


def test_a_journal_without_returns_is_read_and_migrated_too(tmp_path: Path) -> None:
    path = tmp_path / "second.journal"
    shutil.copy(OLD, path)
    Store.open(path).close()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("DROP TABLE returns; PRAGMA user_version = 2")
    before = told(path)
    with History(path) as history:
        outcomes = history.outcomes()
    store = Store.open(path)
    assert [notice.name for notice in store.file.notices] == ["second.journal.version-2"]
    store.close()
    assert (version(path), version(path.with_name("second.journal.version-2"))) == (JOURNAL.version, 2)
    assert told(path) == told(path.with_name("second.journal.version-2")) == before
    with History(path) as history:
        assert history.outcomes() == outcomes
