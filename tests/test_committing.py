"""What makes a batch durable: once, as a whole, and in a new file with what is known where the old one is damaged."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from jogeon.events import Condition, Enter, Event, Snapshot, State
from jogeon.journal.committing import Committer
from jogeon.journal.history import History
from jogeon.journal.inbox import Batch
from jogeon.journal.store import Store
from recorded import SECOND, START_NS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RISE = Condition("4", "급등주")
SHOWN = Snapshot(START_NS, RISE, ("005930",))
ENTERED = Enter(START_NS + SECOND, RISE, "000660", "090001")
pytestmark = pytest.mark.usefixtures("spared_disk")


def batch(*events: Event) -> Batch:
    return Batch(list(events), [], None, (), (), (), START_NS + SECOND)


class Case:
    """A committer on a file, and what the file tells."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = Store.open(path)
        self.committer = Committer(self.store, lambda: START_NS + SECOND)

    def commits(self, *events: Event, failing: bool = False) -> None:
        self.committer.commit(batch(*events), failing=failing)
        self.committer.builder.settle()

    def told(self) -> list[Event]:
        with History(self.path) as history:
            return [event for _, _, event in history.events()]


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    case = Case(tmp_path / "journal.db")
    yield case
    case.store.close()


def test_a_batch_that_failed_is_made_once(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.commits(SHOWN)
    with monkeypatch.context() as full, pytest.raises(sqlite3.OperationalError):
        full.setattr(Store, "write", _refuse)
        case.committer.commit(batch(ENTERED), failing=False)
    assert case.told() == [SHOWN]
    case.commits(ENTERED, failing=True)
    assert case.told() == [SHOWN, ENTERED]


def _refuse(*_: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


def test_a_file_that_was_deleted_is_written_again(case: Case) -> None:
    case.commits(SHOWN)
    case.path.unlink()
    case.commits(ENTERED, failing=True)
    assert case.told() == [SHOWN, ENTERED]


def test_what_is_in_a_file_in_doubt_is_not_written_twice(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.commits(SHOWN)
    write = Store.write

    def forgets(store: Store, commit: object) -> None:
        write(store, commit)  # type: ignore[arg-type]
        raise damage

    damage = sqlite3.DatabaseError("malformed")
    damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    with monkeypatch.context() as torn, pytest.raises(sqlite3.DatabaseError):
        torn.setattr(Store, "write", forgets)
        case.committer.commit(batch(ENTERED), failing=False)
    case.committer.failed(damage)
    case.commits(ENTERED, failing=True)
    assert case.told() == [SHOWN, ENTERED]


def test_where_a_file_is_damaged_another_begins_with_what_is_known(case: Case) -> None:
    case.commits(SHOWN)
    case.store.file.disconnect()
    content = case.path.read_bytes()
    case.path.write_bytes(content[:100] + bytes(len(content) - 100))
    damage = sqlite3.DatabaseError("malformed")
    damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    case.committer.failed(damage)
    case.commits(ENTERED, failing=True)
    first, known, entered = case.told()
    assert isinstance(first, State)
    assert [each.kind for each in first.notices] == ["journal damaged"]
    assert isinstance(known, Snapshot)
    assert (known.condition, known.codes, entered) == (RISE, SHOWN.codes, ENTERED)
    assert list(case.path.parent.glob("*damaged*"))


def test_errors_between_the_commits_are_not_the_end(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "roll", _refuse)
    monkeypatch.setattr(Store, "prune", _refuse)
    assert not case.committer.roll_some()
    assert not case.committer.prune_some(START_NS, None)
