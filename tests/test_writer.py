"""The journal's writer: what was put is durable, whatever happens to the disk, the file and the process."""

import contextlib
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given

from jogeon.details import Counts
from jogeon.errors import JournalError
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Snapshot, State
from jogeon.journal import file as store_module
from jogeon.journal import inbox
from jogeon.journal import writer as module
from jogeon.journal.commits import Commit, Head
from jogeon.journal.file import DurableFile
from jogeon.journal.fold import Fold, Right
from jogeon.journal.inbox import Source
from jogeon.journal.reading import open_reader, read_conditions, read_head, read_rows
from jogeon.journal.schema import COLUMNS, event_of
from jogeon.journal.store import Store
from jogeon.journal.writer import Journal
from jogeon.reports import Report
from recorded import SECOND, START_NS, Day, days

RISE = Condition("4", "급등주")
KILLS = int(os.environ.get("JOURNAL_KILLS", "5"))
"""How often a process is killed; a thorough run sets it to hundreds."""
pytestmark = pytest.mark.usefixtures("spared_disk")


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


class Price(NamedTuple):
    """A quote, as any room may have it."""

    code: str
    at_ns: int
    price: int | None
    change: int | None = None
    rate: float | None = None
    volume: int | None = None


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


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once where a user would wait."""
    monkeypatch.setattr(module, "PAUSES", (0.005, 0.01))
    monkeypatch.setattr("jogeon.journal.committing.LOOK", 0.0)
    monkeypatch.setattr(store_module, "LOCK_WAIT", 0.01)
    monkeypatch.setattr(store_module, "PROOF", (0.0, 0.0, 0.001))


def until(reached: Callable[[], bool]) -> None:
    """Wait for the other thread."""
    deadline = time.monotonic() + 10
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


def test_a_disk_that_refuses_for_long_is_told_once_and_again_when_it_is_over(
    path: Path, reader: Reader, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STALLED", 0.05)
    told: list[State] = []
    source = Source(
        reader.current, lambda: reader.rights, reader.calls.append, lambda: reader.now_ns, notice=told.append
    )
    journal = Journal.open(path, source)
    disk.errors = [sqlite3.OperationalError("disk I/O error") for _ in range(50)]
    journal.put(State(START_NS, "started"))
    until(lambda: journal.committed == (1, 1))
    journal.put(State(START_NS, "connected"))
    until(lambda: journal.committed == (1, 2))
    journal.close()
    reader.turn()
    assert [(state.state, bool(state.cause)) for state in told] == [
        ("journal-stalled", True),
        ("journal-resumed", False),
    ]
    assert [event.state for event in events(path) if isinstance(event, State)] == ["started", "connected"]


def test_a_durable_cursor_stands_where_it_was_put(path: Path, reader: Reader) -> None:
    journal = Journal.open(path, reader.source())
    journal.put(State(START_NS, "started"))
    until(lambda: journal.committed == (1, 1))
    journal.keep_cursor("폰", 1)
    journal.close()
    db = open_reader(path)
    assert db.execute("SELECT name, id, at_ns FROM cursors").fetchall() == [("폰", 1, START_NS)]
    db.close()


# ---------------------------------------------------------------- what is put is written


@given(days())
def test_a_day_is_written_as_it_was_told(tmp_path_factory: pytest.TempPathFactory, day: Day) -> None:
    path = tmp_path_factory.mktemp("day") / "journal.db"
    journal = Journal.open(path, Reader().source())
    put(journal, day.blocks)
    journal.close()
    assert found(path) == [(1, n, event) for n, event in enumerate(day.events, start=1)]
    assert journal.committed == (1, len(day.events))


def test_what_is_queued_is_committed_when_the_last_commit_ends(path: Path, reader: Reader, disk: Disk) -> None:
    journal = Journal.open(path, reader.source())
    disk.stall()
    journal.put(State(START_NS, "started"))
    until(lambda: len(journal._inbox) == 0)
    for n in range(100):
        journal.put(State(START_NS + n, "connected"))
    assert journal.committed == (1, 0)
    disk.go_on()
    until(lambda: journal.committed == (1, 101))
    assert [len(commit.others) for commit in disk.commits] == [1, 100]
    journal.close()


@given(days())
def test_a_block_is_one_commit(tmp_path_factory: pytest.TempPathFactory, day: Day) -> None:
    path = tmp_path_factory.mktemp("block") / "journal.db"
    with pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch)
        journal = Journal.open(path, Reader().source())
        for block in day.blocks:
            put(journal, [block])
            if len(disk.commits) % 2:
                until(lambda: journal.committed[1] > 0)
        journal.close()
    ends = {commit.last[1] for commit in disk.commits}
    inside = set()
    n = 0
    for block in day.blocks:
        inside |= set(range(n + 1, n + len(block)))
        n += len(block)
    assert not ends & inside


def test_an_epoch_is_a_start_of_the_writer(path: Path, reader: Reader) -> None:
    for n in range(3):
        journal = Journal.open(path, reader.source())
        put(journal, [[State(START_NS + n, "started")], [State(START_NS + n, "ended")]])
        journal.close()
    assert [(epoch, n) for epoch, n, _ in found(path)] == [(e, n) for e in (1, 2, 3) for n in (1, 2)]


def test_raw_frames_are_kept_beside_the_events(path: Path, reader: Reader) -> None:
    journal = Journal.open(path, reader.source())
    journal.put_frame(b'{"trnm":"PING"}', START_NS)
    journal.put_frame(b"\xff garbled", START_NS + 1)
    journal.close()
    db = open_reader(path)
    assert db.execute("SELECT at_ns, payload FROM frames ORDER BY id").fetchall() == [
        (START_NS, b'{"trnm":"PING"}'),
        (START_NS + 1, b"\xff garbled"),
    ]
    db.close()


def test_frames_that_wait_are_bounded(path: Path, reader: Reader, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MAX_FRAME_BYTES", 100)
    journal = Journal.open(path, reader.source())
    disk.stall()
    journal.put(State(START_NS, "started"))
    until(lambda: len(journal._inbox) == 0)
    for n in range(50):
        journal.put_frame(bytes(10), START_NS + n)
    disk.go_on()
    journal.close()
    db = open_reader(path)
    assert db.execute("SELECT count(*) FROM frames").fetchone() == (11,)
    db.close()


def test_what_is_old_is_deleted_between_the_commits(
    path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 2)
    journal = Journal.open(path, reader.source())
    for n in range(10):
        journal.put(State(START_NS + n, "connected"))
        until(lambda n=n: journal.committed == (1, n + 1))  # type: ignore[misc]  # a lambda's default
    journal.forget(START_NS + 5)
    until(lambda: journal._forget_ns is None)
    journal.close()
    assert [n for _, n, _ in found(path)] == [5, 6, 7, 8, 9, 10]


def test_two_writers_of_a_file_are_one_too_many(path: Path, reader: Reader) -> None:
    journal = Journal.open(path, reader.source())
    with pytest.raises(JournalError) as caught:
        Journal.open(path, reader.source())
    assert caught.value.reason == "in use"
    journal.close()


# ---------------------------------------------------------------- going on


@given(days())
def test_the_last_state_is_the_fold_of_what_was_committed(tmp_path_factory: pytest.TempPathFactory, day: Day) -> None:
    path = tmp_path_factory.mktemp("last") / "journal.db"
    fold = Fold()
    for _ in range(2):
        journal = Journal.open(path, Reader().source())
        assert journal.last == fold.known
        put(journal, day.blocks)
        journal.close()
        fold = Fold()
        for event in events(path):
            fold.take(event)


def read(path: Path) -> Fold:
    db = open_reader(path)
    fold = read_head(db).fold
    db.close()
    return fold


def test_a_pulse_tells_that_the_picture_was_right_while_nothing_happened(path: Path, reader: Reader) -> None:
    journal = Journal.open(path, reader.source())
    journal.put_block([Snapshot(START_NS, RISE, ("005930",))])
    reader.rights = {RISE: Right(START_NS + 60 * SECOND, sure=True)}
    journal.beat()
    journal.close()
    assert read(path).known[RISE].right_ns == START_NS + 60 * SECOND


def test_a_pulse_comes_by_itself(path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WATERMARK_EVERY", 0.01)
    journal = Journal.open(path, reader.source())
    until(lambda: journal.beat in reader.calls)
    journal.close()


def test_a_state_is_followed_by_a_pulse_because_it_may_mean_blindness(path: Path, reader: Reader) -> None:
    journal = Journal.open(path, reader.source())
    journal.put_block([Snapshot(START_NS, RISE, ())])
    until(lambda: journal.committed == (1, 1))
    reader.rights = {RISE: Right(START_NS + 1, sure=False)}
    reader.turn()
    journal.put(State(START_NS + 9, "reconnecting"))
    until(lambda: len(reader.calls) > 0)
    reader.turn()
    journal.put(Enter(START_NS + 10, RISE, "005930"))
    journal.close()
    assert (read(path).known[RISE].right_ns, read(path).known[RISE].sure) == (START_NS + 1, False)


# ---------------------------------------------------------------- a disk that cannot keep up


def test_events_beyond_the_bound_are_told_as_a_gap_when_the_disk_is_back(
    path: Path, reader: Reader, disk: Disk
) -> None:
    day = Day(("급등주",))
    [rise] = day.members
    journal = Journal.open(path, reader.source(), max_events=40)
    day.first(rise, ["005930"])
    put(journal, day.blocks)
    until(lambda: journal.committed == (1, 1))
    disk.stall()
    day.flip(rise, "000660")
    put(journal, day.blocks[1:])
    until(lambda: len(journal._inbox) == 0)
    handed = list(day.events)
    for n in range(60):
        day.flip(rise, f"{n % 30:06d}" if n < 59 else "035720")
        reader.members[rise] = tuple(day.members[rise])
        put(journal, day.blocks[-1:])
    day.say("a state is never lost")
    put(journal, day.blocks[-1:])
    assert len(journal._inbox) <= 2
    reader.now_ns = day.later()
    disk.go_on()
    until(lambda: journal.catch_up in reader.calls)
    reader.turn()
    day.flip(rise, "005930")
    put(journal, day.blocks[-1:])
    journal.close()
    written = events(path)
    assert written[:2] == handed
    assert written[2] == day.blocks[-2][0]
    gap = written[3]
    assert isinstance(gap, Gap)
    assert (gap.cause, gap.since_ns, gap.until_ns) == ("lagged", handed[-1].at_ns, reader.now_ns)  # type: ignore[union-attr]  # an Enter
    recovered = [(type(event), event.code, event.origin) for event in written[4:6]]  # type: ignore[union-attr]  # changes
    assert recovered == [(Enter, "000029", "recovered"), (Enter, "035720", "recovered")]
    assert isinstance(written[6], Snapshot)
    assert written[7] == Anomaly(reader.now_ns, counts=Counts(enter=31, leave=29))
    assert written[8:] == day.blocks[-1]
    assert list(read(path).known[rise].codes) == day.members[rise]


def test_a_reader_is_asked_once_to_catch_up(path: Path, reader: Reader, disk: Disk) -> None:
    journal = Journal.open(path, reader.source(), max_events=2)
    disk.stall()
    journal.put_block([Snapshot(START_NS, RISE, ())])
    until(lambda: len(journal._inbox) == 0)
    for n in range(5):
        journal.put(Enter(START_NS + n, RISE, f"{n:06d}"))
    disk.go_on()
    until(lambda: journal.catch_up in reader.calls)
    for n in range(5):
        journal.put(Enter(START_NS + n, RISE, f"{n:06d}"))
        time.sleep(0.002)
    assert reader.calls.count(journal.catch_up) == 1
    reader.members[RISE] = ("000001",)
    reader.turn()
    journal.close()
    assert list(read(path).known[RISE].codes) == ["000001"]


def test_a_pulse_of_a_journal_that_lost_something_proves_nothing(path: Path, reader: Reader, disk: Disk) -> None:
    journal = Journal.open(path, reader.source(), max_events=2)
    journal.put_block([Snapshot(START_NS, RISE, ())])
    until(lambda: journal.committed == (1, 1))
    disk.stall()
    journal.put(State(START_NS, "connected"))
    until(lambda: len(journal._inbox) == 0)
    reader.rights = {RISE: Right(START_NS + 99, sure=True)}
    journal.beat()
    for n in range(5):
        journal.put(Enter(START_NS + n, RISE, f"{n:06d}"))
    journal.beat()
    journal.finish()  # it ends before the reader could catch up
    disk.go_on()
    journal.close()
    assert read(path).known[RISE].right_ns == START_NS


# ---------------------------------------------------------------- a disk that fails


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
    monkeypatch.setattr(module, "PAUSES", (0.005, 0.01))
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


def test_what_was_read_when_nobody_listened_proves_nothing(path: Path, reader: Reader) -> None:
    listening = [START_NS]
    source = reader.source()
    source = Source(source.current, source.rights, source.soon, source.now_ns, lambda: listening[0])
    journal = Journal.open(path, source)
    journal.put_block([Snapshot(START_NS, RISE, ())])
    journal.put(Enter(START_NS, RISE, "005930"))
    until(lambda: journal.committed == (1, 2))
    assert (read(path).known[RISE].right_ns, read(path).known[RISE].sure) == (START_NS, True)
    journal.put(Enter(START_NS + 90 * SECOND, RISE, "000660"))  # out of a buffer, after a stop
    until(lambda: journal.committed == (1, 3))
    assert (read(path).known[RISE].right_ns, read(path).known[RISE].sure) == (START_NS, False)
    listening[0] = START_NS + 91 * SECOND
    reader.rights = {RISE: Right(listening[0], sure=True)}
    journal.beat()
    until(lambda: read(path).known[RISE].sure)
    assert read(path).known[RISE].right_ns == listening[0]
    journal.close()


def test_a_reader_that_is_gone_does_not_stop_the_writer(path: Path) -> None:
    def gone(_: object) -> None:
        raise RuntimeError("Event loop is closed")

    journal = Journal.open(path, Source(lambda _: None, dict, gone))
    journal.put(State(START_NS, "started"))
    journal.close()
    assert events(path) == [State(START_NS, "started")]


# ---------------------------------------------------------------- kill -9

CHILD = """
import sys
from pathlib import Path
from jogeon.journal.writer import Journal
from test_writer import Reader, endless, put

journal = Journal.open(Path(sys.argv[1]), Reader().source())
told = (0, 0)
for block in endless(journal._committer.builder.epoch):
    put(journal, [block])
    if len(journal._inbox) > 300:
        while len(journal._inbox) > 100: pass
    if journal.committed != told:
        told = journal.committed
        print(*told, flush=True)
"""


def endless(epoch: int) -> Iterator[list[Event]]:
    """Yield the blocks of a day that never ends, the same for each epoch of this number."""
    chance = random.Random(epoch)  # noqa: S311  # a made-up day
    day = Day(at_ns=START_NS + epoch)
    while True:
        day.blocks = []
        condition = chance.choice(list(day.members))
        if condition not in day.told:
            day.first(condition, ["005930", "000660"])
        elif chance.random() < 0.02:
            day.outage(condition, [f"{chance.randrange(20):06d}" for _ in range(8)])
        else:
            day.flip(condition, f"{chance.randrange(20):06d}")
        yield from day.blocks


def killed_after(path: Path, seconds: float) -> tuple[int, int]:
    """Record in another process, kill it, and return the last (epoch, n) that it reported as committed."""
    tests = str(Path(__file__).parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((os.environ["PYTHONPATH"], tests))}
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, env=environment)
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(seconds)
    child.kill()
    lines = [first, *child.stdout.read().splitlines(keepends=True)]
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    epoch, n = [line for line in lines if line.endswith(b"\n")][-1].split()
    return int(epoch), int(n)


def test_after_kill_9_everything_reported_as_committed_is_there(path: Path) -> None:
    chance = random.Random()  # noqa: S311  # other moments each time
    fold = Fold()
    before = 0
    for _ in range(KILLS):
        epoch, n = killed_after(path, chance.uniform(0, 0.05))
        recorded = [(number, event) for each, number, event in found(path) if each == epoch]
        assert epoch == before + 1
        before = epoch if recorded else before
        assert len(recorded) >= n
        told: list[Event] = []
        for block in endless(epoch):  # whole blocks only
            if len(told) >= len(recorded):
                break
            for event in block:  # a snapshot shows what changed since the kill
                for each in (*fold.owed(event), event) if isinstance(event, Snapshot) else (event,):
                    fold.take(each)
                    told.append(each)
        assert recorded == list(enumerate(told, start=1))


def test_what_is_written_is_counted_bit_by_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.store.EVENTS", 10)
    monkeypatch.setattr("jogeon.journal.committing.ROLL", 3)
    journal = Journal.open(tmp_path / "journal", Reader().source())
    journal.put_block([Snapshot(START_NS, RISE, ()), *(Enter(START_NS + n, RISE, f"{n:06d}") for n in range(34))])
    until(lambda: rolled(tmp_path / "journal") == [(1, 10), (11, 20), (21, 30)])
    journal.close()


def rolled(path: Path) -> list[tuple[int, int]]:
    with contextlib.closing(open_reader(path)) as db:
        return db.execute("SELECT first, last FROM rollups").fetchall()


def test_a_quote_stands_behind_the_events_of_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    reader = Reader()
    journal = Journal.open(tmp_path / "journal", reader.source())
    journal.put_block([Snapshot(START_NS, RISE, ()), Enter(START_NS + 1, RISE, "005930")])
    until(lambda: journal.committed == (1, 2))
    journal.names({"005930": "삼성전자"}, START_NS)
    journal.quote(Price("005930", START_NS + 2, 75_000), "quote")
    journal.close()
    with contextlib.closing(open_reader(tmp_path / "journal")) as db:
        assert db.execute("SELECT code, price, source, after FROM quotes").fetchall() == [
            ("005930", 75_000, "quote", 2)
        ]
        assert db.execute("SELECT * FROM names").fetchall() == [("005930", START_NS, "삼성전자")]
    assert [row for commit in disk.commits for row in commit.quotes] == [
        ("005930", START_NS + 2, 75_000, None, None, None, "quote", 2)
    ]
