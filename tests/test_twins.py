"""Two connections of one moment, and work that is shared between threads."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from jogeon.errors import JournalError
from jogeon.events import Condition, Enter, Snapshot
from jogeon.journal import twins as twins_module
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.reading import open_reader, read_last
from jogeon.journal.store import Store
from jogeon.journal.twins import AHEAD, shared, twins
from jogeon.reports import Report
from recorded import START_NS

RISE = Condition("4", "급등주")
pytestmark = pytest.mark.usefixtures("spared_disk", "two_cores")


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two cores."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)


class Recorded:
    """A journal that is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = Store.open(path)
        self._builder = CommitBuilder(self.store.head)
        self.write(3)

    def write(self, count: int = 1) -> None:
        """Commit so many events more."""
        events = [Enter(START_NS + n, RISE, f"{n:06d}") for n in range(count - 1)]
        self.store.write(self._builder.enter([Snapshot(START_NS, RISE, ()), *events]))
        self._builder.settle()


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    """A journal."""
    return Recorded(tmp_path / "journal")


def test_both_see_one_moment_while_it_is_written(recorded: Recorded) -> None:
    with closing(open_reader(recorded.path)) as db:
        with twins(db, recorded.path, 3) as dbs:
            recorded.write()
            assert [read_last(each) for each in dbs] == [3, 3]
        assert not db.in_transaction
        assert read_last(db) == 4


@pytest.mark.parametrize(("commits", "found"), [(0, 2), (3, 2), (99, 1)])
def test_a_moment_between_two_commits_is_found_unless_there_is_none(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, commits: int, found: int
) -> None:
    """So many commits come just when one of the two has begun and the other has not."""
    to_come = list(range(commits))
    with closing(open_reader(recorded.path)) as first:

        def look(db: sqlite3.Connection) -> int:
            seen = read_last(db)
            if db is first and db.in_transaction and to_come:
                to_come.pop()
                recorded.write()
            return seen

        monkeypatch.setattr(twins_module, "read_last", look)
        with twins(first, recorded.path, 3) as dbs:
            assert len(dbs) == found
            assert len({read_last(each) for each in dbs}) == 1


def test_few_events_need_one(recorded: Recorded) -> None:
    with closing(open_reader(recorded.path)) as db, twins(db, recorded.path, 4) as dbs:
        assert dbs == (db,)
        assert db.in_transaction


def test_one_core_needs_one(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    with closing(open_reader(recorded.path)) as db, twins(db, recorded.path, 3) as dbs:
        assert dbs == (db,)


def test_a_file_that_is_gone_is_read_on_by_one(recorded: Recorded) -> None:
    with closing(open_reader(recorded.path)) as db:
        recorded.path.unlink()
        with twins(db, recorded.path, 3) as dbs:
            assert dbs == (db,)


def test_a_file_in_its_place_is_another(recorded: Recorded, tmp_path: Path) -> None:
    other = Recorded(tmp_path / "other")
    with closing(open_reader(recorded.path)) as db, twins(db, other.path, 3) as dbs:
        assert dbs == (db,)


def test_an_error_within_comes_out(recorded: Recorded) -> None:
    with closing(open_reader(recorded.path)) as db:
        with pytest.raises(JournalError), twins(db, recorded.path, 3):
            raise JournalError(recorded.path, "unreadable", Report("no such file"))
        assert not db.in_transaction


def test_pieces_are_made_in_their_order_by_workers_of_their_own() -> None:
    threads: list[set[int]] = [set(), set()]

    def worker(place: int, piece: int) -> int:
        threads[place].add(threading.get_ident())
        return piece * 10

    made = shared([partial(worker, 0), partial(worker, 1)], range(20))
    assert list(made) == list(range(0, 200, 10))
    assert [len(each) for each in threads] == [1, 1]
    assert threads[0] != threads[1]


def test_few_pieces_are_made_ahead_of_whoever_takes_them() -> None:
    given: list[int] = []

    def pieces() -> Iterator[int]:
        for piece in range(100):
            given.append(piece)
            yield piece

    made = shared([str, str], pieces())
    assert next(made) == "0"
    assert len(given) <= 2 * AHEAD + 1
    made.close()
    assert len(given) <= 2 * AHEAD + 1


def test_what_goes_wrong_in_a_worker_comes_out() -> None:
    made = shared([int, int], ["1", "one", "2"])
    assert next(made) == 1
    with pytest.raises(ValueError, match="one"):
        list(made)
