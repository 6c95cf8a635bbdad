"""Reading on in a journal while it is written: in order, without a hole, and never on in another file's stream."""

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jogeon.errors import JournalError, PositionError
from jogeon.events import Condition, Enter, Event, Leave
from jogeon.journal import following
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.following import Follower, Numbered, followed
from jogeon.journal.history import History
from jogeon.journal.position import Position
from jogeon.journal.retention import copy_journal
from jogeon.journal.store import Store
from recorded import SECOND, START_NS

RISE = Condition("4", "급등주")
OLD = Path(__file__).parent / "data" / "version-1.db"


@pytest.fixture(autouse=True)
def _many_checkpoints(monkeypatch: pytest.MonkeyPatch, spared_disk: None) -> None:
    monkeypatch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 3)


class Writer:
    """A writer that commits what a test tells it to."""

    def __init__(self, path: Path) -> None:
        self.store = Store.open(path)
        self.builder = CommitBuilder(self.store.head)

    def flips(self, count: int, at_ns: int = START_NS) -> None:
        """Let a stock enter and leave, a commit each."""
        for n in range(count):
            self.write([(Leave if n % 2 else Enter)(at_ns + n * SECOND, RISE, "005930")])

    def write(self, events: list[Event]) -> None:
        self.store.write(self.builder.enter(events))
        self.builder.settle()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of two epochs with ten events each."""
    path = tmp_path / "day.journal"
    for _ in range(2):
        writer = Writer(path)
        writer.flips(10)
        writer.store.close()
    return path


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    writer = Writer(path)
    yield writer
    writer.store.close()


def numbers(found: list[Numbered]) -> list[str]:
    return [f"{epoch}:{n}" for epoch, n, _ in found]


def at(epoch: int, n: int) -> Position:
    return Position(epoch, n)


ALL = [f"{epoch}:{n}" for epoch in (1, 2) for n in range(1, 11)]


@pytest.mark.parametrize(
    ("after", "first"), [(at(0, 0), 0), (at(1, 0), 0), (at(1, 1), 1), (at(1, 10), 10), (at(2, 0), 10), (at(2, 10), 20)]
)
def test_what_comes_behind_a_position(path: Path, after: Position, first: int) -> None:
    follower = Follower(path, after)
    assert numbers(follower.read()) == ALL[first:]
    assert follower.read() == []
    follower.close()


def test_without_a_position_it_begins_at_the_end(path: Path, writer: Writer) -> None:
    follower = Follower(path)
    assert follower.read() == []
    writer.flips(2)
    assert numbers(follower.read()) == ["3:1", "3:2"]
    follower.close()


def test_the_ends_of_a_journal(path: Path, tmp_path: Path) -> None:
    with History(path) as history:
        assert (history.position(), history.first()) == (
            Position(2, 10, history.identity), Position(1, 1, history.identity),
        )  # fmt: skip
    Writer(tmp_path / "empty").store.close()
    with History(tmp_path / "empty") as history:
        assert (history.position().short, history.first(), list(history.follow("0:0", 0))) == ("0:0", None, [])


@pytest.mark.parametrize("after", [at(1, 11), at(2, 11), at(3, 1), at(0, 1), Position(1, 1, "0" * 16)])
def test_a_position_that_the_journal_never_had_is_refused(path: Path, after: Position) -> None:
    with pytest.raises(PositionError) as caught:
        Follower(path, after)
    assert caught.value.reason == "foreign"


def test_its_own_identity_is_taken_and_that_of_its_copy_is_not(path: Path, tmp_path: Path) -> None:
    with History(path) as history:
        last = history.position()
        assert len(list(history.follow(Position(2, 3, last.journal), 0))) == 7
    with History(copy_journal(path, tmp_path / "copies", START_NS)) as copy, pytest.raises(PositionError):
        copy.follow(last, 0)


def test_an_old_journal_has_positions_without_identity() -> None:
    with History(OLD) as history:
        assert str(history.position()) == "2:72"
        assert len(list(history.follow("2:70", 0))) == 2
        with pytest.raises(PositionError):
            history.follow("9f3c0011aabbccdd:2:70", 0)


def prune(writer: Writer, before_ns: int) -> None:
    while writer.store.prune(before_ns):
        pass


def test_what_was_deleted_is_told_and_skipped(path: Path, writer: Writer) -> None:
    writer.flips(6, START_NS + 100 * SECOND)
    prune(writer, START_NS + 50 * SECOND)
    follower = Follower(path, at(1, 5))
    with pytest.raises(PositionError) as caught:
        follower.read()
    following_ = caught.value.next
    assert caught.value.reason == "pruned"
    assert isinstance(following_, Position)
    with History(path) as history:
        assert following_ == history.first() != at(1, 6)
    follower.close()
    follower = Follower(path, following_.before)
    assert numbers(follower.read())[0] == following_.short
    follower.close()


def test_what_is_deleted_in_front_of_a_slow_follower_is_told(path: Path, writer: Writer) -> None:
    follower = Follower(path, at(2, 10))
    writer.flips(12, START_NS + 100 * SECOND)
    prune(writer, START_NS + 200 * SECOND)
    with pytest.raises(PositionError) as caught:
        follower.read()
    following_ = Position(3, 11, follower.position.journal)
    assert (caught.value.reason, caught.value.next) == ("pruned", following_)
    follower.close()
    follower = Follower(path, following_.before)
    writer.flips(1, START_NS + 300 * SECOND)
    assert numbers(follower.read()) == ["3:11", "3:12", "3:13"]
    follower.close()


def test_a_migration_goes_on_in_the_same_stream(tmp_path: Path) -> None:
    path = Path(shutil.copy(OLD, tmp_path / "old"))
    follower = Follower(path, at(2, 72))
    writer = Writer(path)
    assert follower.read() == []
    writer.flips(1)
    assert numbers(follower.read()) == ["3:1"]
    writer.store.close()
    follower.close()


# ---------------------------------------------------------------- what becomes of the file


def lost(follower: Follower) -> str:
    """Return why nothing can be read on."""
    try:
        with pytest.raises(PositionError) as caught:
            list(followed(follower, 1.0))
    finally:
        follower.close()
    return caught.value.reason


def other(path: Path) -> Path:
    """Return another journal with more events."""
    writer = Writer(path.with_name("other"))
    writer.flips(40)
    writer.store.close()
    return path.with_name("other")


@pytest.mark.parametrize("moved", [False, True])
def test_a_file_that_is_deleted_or_moved_is_told(path: Path, moved: bool) -> None:
    follower = Follower(path, at(2, 10))
    path.rename(path.with_name("moved")) if moved else path.unlink()
    assert lost(follower) == "gone"


def test_another_journal_in_its_place_is_told(path: Path) -> None:
    follower = Follower(path, at(2, 10))
    other(path).replace(path)
    assert lost(follower) == "foreign"


def test_another_journal_written_over_it_is_told(path: Path) -> None:
    follower = Follower(path, at(2, 10))
    path.write_bytes(other(path).read_bytes())
    assert lost(follower) == "foreign"


def test_an_older_state_of_itself_is_told(path: Path) -> None:
    older = Path(shutil.copy(path, path.with_name("older")))
    writer = Writer(path)
    writer.flips(5)
    writer.store.close()
    follower = Follower(path)
    older.replace(path)
    assert lost(follower) == "foreign"


def test_something_else_in_its_place_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PATIENCE", 0.2)
    follower = Follower(path, at(2, 10))
    path.write_bytes(b"my notes\n" * 10_000)
    assert lost(follower) == "foreign"


def test_a_file_that_its_writer_restored_goes_on(path: Path, writer: Writer) -> None:
    follower = Follower(path, at(2, 10))
    path.unlink()
    writer.store.file.restore()
    writer.flips(2)
    assert numbers(follower.read()) == ["3:1", "3:2"]
    follower.close()


def test_a_file_that_cannot_be_read_for_a_while_is_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = Follower(path, at(2, 8))
    errors: list[Exception] = [JournalError(path, "unreadable", "for now") for _ in range(2)]
    read = follower.read

    def failing() -> list[Numbered]:
        if errors:
            raise errors.pop()
        return read()

    monkeypatch.setattr(follower, "read", failing)
    found = [each for part in followed(follower, 0) for each in part]
    assert numbers(found) == ["2:9", "2:10"]


# ---------------------------------------------------------------- kill -9

CHILD = """
import sys, time
from pathlib import Path
from test_following import Writer
writer = Writer(Path(sys.argv[1]))
while True:
    writer.flips(5)
    time.sleep(0.001)
"""


def test_a_follower_and_a_writer_that_are_killed_have_the_stream_of_the_file(tmp_path: Path) -> None:
    """Follow over six epochs; each time the writer is killed, and the follower goes on from its position."""
    path = tmp_path / "day.journal"
    Writer(path).store.close()
    found: list[Numbered] = []
    ending = threading.Event()
    place = Position(0, 0)

    def follow() -> None:
        nonlocal place
        while not ending.is_set():
            follower = Follower(path, place)  # killed and begun again at every turn
            for part in followed(follower, 0.1):
                found.extend(part)
                place = follower.position

    thread = threading.Thread(target=follow)
    thread.start()
    for _ in range(6):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], cwd=Path(__file__).parent)
        before = len(found)
        deadline = time.monotonic() + 20
        while len(found) < before + 20 and time.monotonic() < deadline:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
    time.sleep(0.5)
    ending.set()
    thread.join()
    with History(path) as history:
        assert found == list(history.events())
    assert {epoch for epoch, _, _ in found} == set(range(1, 7))
