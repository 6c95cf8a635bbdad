"""The rows of a journal in its file: what is written is what a reader finds, and what the next writer goes on from."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition, Enter, Snapshot, State
from jogeon.journal import file as store
from jogeon.journal import reading
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.fold import Right
from jogeon.journal.reading import open_reader, read_conditions, read_end, read_head, read_rows
from jogeon.journal.schema import COLUMNS, event_of
from jogeon.journal.store import Store
from recorded import START_NS, Day, days

RISE = Condition("4", "급등주")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "조건 기록.db"


@pytest.fixture(autouse=True, scope="module")
def _no_fsync() -> Iterator[None]:
    """Spare the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "SYNCHRONOUS", "OFF")
        patch.setattr(os, "fsync", lambda _: None)
        yield


def write(path: Path, *blocks: list[object]) -> None:
    """Record an epoch of one commit a block."""
    opened = Store.open(path)
    builder = CommitBuilder(opened.head)
    for block in blocks:
        opened.write(builder.enter(block))  # type: ignore[arg-type]  # a test's own events
        builder.settle()
    opened.close()


def found(path: Path) -> list[object]:
    """Return the events in a file."""
    db = open_reader(path)
    conditions = read_conditions(db)
    events = [event_of(row[1:], conditions) for row in read_rows(db, COLUMNS, 0, 2**62)]
    db.close()
    return list(events)


@given(days(), st.integers(1, 5))
def test_the_book_of_a_file_is_what_its_writer_knew(
    tmp_path_factory: pytest.TempPathFactory, day: Day, marks: int
) -> None:
    path = tmp_path_factory.mktemp("head") / "journal.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", marks)
        opened = Store.open(path)
        builder = CommitBuilder(opened.head)
        for place, block in enumerate(day.blocks):
            rights = {condition: Right(place, sure=False) for condition in day.members} if place % 3 == 2 else None
            opened.write(builder.enter(block, rights))
            builder.settle()
        opened.close()
    db = open_reader(path)
    head, end = read_head(db), read_end(db, read_conditions(db))
    db.close()
    assert head.last_id == len(day.events)
    assert head.fold.known == builder.fold.known
    assert {condition: (known.right_ns, known.sure) for condition, known in end.known.items()} == {
        condition: (known.right_ns, known.sure) for condition, known in builder.fold.known.items()
    }


def test_epochs_follow_each_other_and_numbers_go_on(path: Path) -> None:
    write(path, [State(START_NS, "started"), Snapshot(START_NS, RISE, ("005930",))])
    write(path, [State(START_NS + 1, "started")], [Enter(START_NS + 2, RISE, "000660")])
    db = open_reader(path)
    assert db.execute("SELECT epoch, first FROM epochs").fetchall() == [(1, 1), (2, 3)]
    assert list(read_head(db).fold.known[RISE].codes) == ["005930", "000660"]
    db.close()


def test_long_reads_come_in_pieces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 3)
    entered = [Enter(START_NS + n, RISE, f"{n:06d}") for n in range(10)]
    write(path, list(entered))
    assert found(path) == entered
