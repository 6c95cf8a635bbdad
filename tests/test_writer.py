"""The journal's writer: what was put is durable, in the order in which it was put, and a slow disk costs no reader."""

import contextlib
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from hypothesis import given

from jogeon.details import Counts
from jogeon.errors import JournalError
from jogeon.events import Anomaly, Enter, Gap, Snapshot, State
from jogeon.journal import inbox
from jogeon.journal import writer as module
from jogeon.journal.fold import Fold, Right
from jogeon.journal.inbox import Source
from jogeon.journal.reading import open_reader
from jogeon.journal.writer import Journal
from journalled import (  # noqa: F401  # fixtures are among them
    RISE,
    Disk,
    Reader,
    events,
    found,
    impatient,
    path_of_journal,
    put,
    read,
    reader_of_wire,
    until,
    watched_disk,
)
from recorded import SECOND, START_NS, Day, days

pytestmark = pytest.mark.usefixtures("spared_disk")


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
    journal.prune(START_NS + 5)
    until(lambda: journal._prune_ns is None)
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


# ---------------------------------------------------------------- what stands beside the events


class Price(NamedTuple):
    """A quote, as any room may have it."""

    code: str
    at_ns: int
    price: int | None
    change: int | None = None
    rate: float | None = None
    volume: int | None = None


def test_a_durable_cursor_stands_where_it_was_put(path: Path, reader: Reader) -> None:
    journal = Journal.open(path, reader.source())
    journal.put(State(START_NS, "started"))
    until(lambda: journal.committed == (1, 1))
    journal.keep_cursor("폰", 1)
    journal.close()
    db = open_reader(path)
    assert db.execute("SELECT name, id, at_ns FROM cursors").fetchall() == [("폰", 1, START_NS)]
    db.close()


def test_what_is_written_is_counted_bit_by_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.store.EVENTS", 10)
    monkeypatch.setattr("jogeon.journal.committing.ROLL", 3)
    journal = Journal.open(tmp_path / "journal", Reader().source())
    journal.put_block([Snapshot(START_NS, RISE, ()), *(Enter(START_NS + n, RISE, f"{n:06d}") for n in range(34))])
    until(lambda: rolled(tmp_path / "journal") == [(1, 10), (11, 20), (21, 30)])
    journal.close()


def test_what_entries_returned_is_kept_bit_by_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.store.EVENTS", 10)
    monkeypatch.setattr("jogeon.journal.committing.WEIGH", 3)
    journal = Journal.open(tmp_path / "journal", Reader().source())
    journal.put_block([Snapshot(10**18, RISE, ()), *(Enter(10**18 + n, RISE, f"{n:06d}") for n in range(24))])
    until(lambda: weighed(tmp_path / "journal") == [10, 20])
    journal.close()


def weighed(path: Path) -> list[int]:
    with contextlib.closing(open_reader(path)) as db:
        return [last for (last,) in db.execute("SELECT last FROM returns ORDER BY last")]


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


# ---------------------------------------------------------------- its reader


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


def test_a_disk_that_refuses_now_and_then_is_not_told(
    path: Path, reader: Reader, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = [0.0]
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + later[0], sleep=time.sleep)
    monkeypatch.setattr(module, "time", clock)
    told: list[State] = []
    source = Source(
        reader.current, lambda: reader.rights, reader.calls.append, lambda: reader.now_ns, notice=told.append
    )
    journal = Journal.open(path, source)
    sent: list[State] = []
    for n in range(3):
        disk.errors = [sqlite3.OperationalError("disk I/O error")]
        sent.append(State(START_NS + n, "started"))
        journal.put(sent[-1])
        until(lambda: journal.committed == (1, len(sent)) and journal.trouble is None)
        later[0] += 100.0
    journal.close()
    reader.turn()
    assert told == []
