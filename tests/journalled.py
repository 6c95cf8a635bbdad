"""A journal that is written, as tests see it: the reader of the wire before it, the disk behind it, and what is in it.

A test that imports `path_of_journal`, `reader_of_wire`, `watched_disk` and `impatient` has them as fixtures.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jogeon.events import Condition, Event, Snapshot
from jogeon.journal import file, writer
from jogeon.journal.commits import Commit
from jogeon.journal.fold import Fold, Right
from jogeon.journal.inbox import Source
from jogeon.journal.reading import open_reader, read_conditions, read_head, read_rows
from jogeon.journal.schema import COLUMNS, event_of
from jogeon.journal.store import Store
from jogeon.journal.writer import Journal
from recorded import START_NS

RISE = Condition("4", "급등주")


class Reader:
    """The reader of the wire, as the journal sees it: what is true now, and calls that wait for its next turn."""

    def __init__(self) -> None:
        self.now_ns = START_NS
        self.members: dict[Condition, tuple[str, ...]] = {}
        self.rights: dict[Condition, Right] = {}
        self.calls: list[Callable[[], object]] = []

    def current(self, condition: Condition) -> Snapshot | None:
        codes = self.members.get(condition)
        return None if codes is None else Snapshot(self.now_ns, condition, codes)

    def source(self) -> Source:
        return Source(self.current, lambda: self.rights, self.calls.append, lambda: self.now_ns)

    def turn(self) -> None:
        """Do what the journal asked for."""
        calls, self.calls[:] = list(self.calls), []
        for call in calls:
            call()


class Disk:
    """A disk that can be made to stall or to fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commits: list[Commit] = []
        self.errors: list[Exception] = []
        self._free = threading.Event()
        self._free.set()
        write = Store.write

        def watched(store: Store, commit: Commit) -> None:
            self._before()
            write(store, commit)
            self.commits.append(commit)

        monkeypatch.setattr(Store, "write", watched)

    def stall(self) -> None:
        self._free.clear()

    def go_on(self) -> None:
        self._free.set()

    def _before(self) -> None:
        assert self._free.wait(10)
        if self.errors:
            raise self.errors.pop(0)


@pytest.fixture(name="path")
def path_of_journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture(name="reader")
def reader_of_wire() -> Reader:
    return Reader()


@pytest.fixture(name="disk")
def watched_disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once where a user would wait."""
    monkeypatch.setattr(writer, "PAUSES", (0.005, 0.01))
    monkeypatch.setattr("jogeon.journal.committing.LOOK", 0.0)
    monkeypatch.setattr(file, "LOCK_WAIT", 0.01)
    monkeypatch.setattr(file, "PROOF", (0.0, 0.0, 0.001))


def until(reached: Callable[[], object]) -> None:
    """Wait for the other thread."""
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def found(path: Path) -> list[tuple[int, int, Event]]:
    """Return everything in a file as (epoch, n, event)."""
    db = open_reader(path)
    conditions = read_conditions(db)
    firsts = db.execute("SELECT epoch, first FROM epochs ORDER BY epoch DESC").fetchall()
    read = []
    for number, *row in read_rows(db, COLUMNS, 0, 2**62):
        epoch, first = next(each for each in firsts if each[1] <= number)
        read.append((epoch, number - first + 1, event_of(tuple(row), conditions)))
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    return read


def events(path: Path) -> list[Event]:
    return [event for _, _, event in found(path)]


def put(journal: Journal, blocks: list[list[Event]]) -> None:
    for block in blocks:
        if len(block) == 1 and not isinstance(block[0], Snapshot):
            journal.put(block[0])
        else:
            journal.put_block(block)


def read(path: Path) -> Fold:
    db = open_reader(path)
    fold = read_head(db).fold
    db.close()
    return fold
