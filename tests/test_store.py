"""The rows of a journal in its file: what is written is what a reader finds, and what the next writer goes on from."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition, Enter, Snapshot, State
from jogeon.journal import reading
from jogeon.journal.commits import Commit, CommitBuilder
from jogeon.journal.fold import Right
from jogeon.journal.reading import open_reader, read_conditions, read_end, read_head
from jogeon.journal.store import Store
from recorded import START_NS, Day, days, found, write

RISE = Condition("4", "급등주")
pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "조건 기록.db"


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


def asked(path: Path, query: str) -> list[tuple[object, ...]]:
    with contextlib.closing(open_reader(path)) as db:
        return db.execute(query).fetchall()


def test_a_name_is_kept_when_it_changes(path: Path) -> None:
    opened = Store.open(path)
    for at_ns, name in enumerate(("하이닉스", "하이닉스", "SK하이닉스", "SK하이닉스", "하이닉스")):
        opened.write(Commit(names=[("000660", at_ns, name)]))
    opened.close()
    rows = asked(path, "SELECT since_ns, name FROM names ORDER BY since_ns")
    assert rows == [(0, "하이닉스"), (2, "SK하이닉스"), (4, "하이닉스")]


def test_the_price_of_an_entry_stays_one(path: Path) -> None:
    opened = Store.open(path)
    for source in (None, "quote", None):
        opened.write(Commit(quotes=[("005930", START_NS, 75_000, -100, -0.13, 10, source, 0)]))
    opened.close()
    assert asked(path, "SELECT * FROM quotes") == [("005930", START_NS, 75_000, -100, -0.13, 10, "quote", 0)]


@given(st.lists(st.tuples(st.sampled_from(("005930", "000660", "0000D0")), st.integers(0, 20))), st.integers(0, 21))
def test_old_quotes_are_deleted_bit_by_bit(
    tmp_path_factory: pytest.TempPathFactory, quotes: list[tuple[str, int]], before: int
) -> None:
    path = tmp_path_factory.mktemp("quotes") / "journal.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.journal.store.CHUNK", 2)
        opened = Store.open(path)
        opened.write(Commit(quotes=[(code, at_ns, 1, 1, 1.0, 1, None, 0) for code, at_ns in quotes]))
        steps = 0
        while opened.prune(before):
            steps += 1
        opened.close()
    assert steps <= len(quotes) + 3
    assert asked(path, "SELECT code, at_ns FROM quotes") == sorted({each for each in quotes if each[1] >= before})


def test_quotes_are_kept_while_a_cursor_holds_what_came_with_them(path: Path) -> None:
    opened = Store.open(path)
    builder = CommitBuilder(opened.head)
    commit = builder.enter([Snapshot(START_NS, RISE, ())])
    commit.quotes.append(("005930", START_NS, 1, 1, 1.0, 1, None, 1))
    commit.cursors.append(("폰", 0, START_NS))
    commit.checkpoints.append((1, START_NS, START_NS, "[]"))
    opened.write(commit)
    while opened.prune(START_NS + 2, START_NS - 1):
        pass
    kept = opened.file.db.execute("SELECT count(*) FROM quotes").fetchone()
    while opened.prune(START_NS + 2, START_NS + 1):
        pass
    gone = opened.file.db.execute("SELECT count(*) FROM quotes").fetchone()
    opened.close()
    assert (kept, gone) == ((1,), (0,))
