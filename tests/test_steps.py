"""The stream with what stands between its events, in order, from any place."""

from pathlib import Path

import pytest

from jogeon.events import Condition, Enter, Event, Gap, Snapshot
from jogeon.journal.beside import Tick
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.fold import Right
from jogeon.journal.reading import open_reader
from jogeon.journal.steps import (
    Numbered,
    PastQuote,
    read_end_ns,
    read_members,
    read_place_before,
    read_present,
    read_steps,
)
from jogeon.journal.store import Store
from recorded import SECOND, START_NS

RISE = Condition("4", "급등주")
pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a journal of ten enters, one a second, a gap of 100 s before the last; a checkpoint behind each two."""
    path = tmp_path / "day.journal"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 2)
        store = Store.open(path)
        builder = CommitBuilder(store.head)
        store.write(builder.enter([Snapshot(START_NS, RISE, ())]))
        builder.settle()
        for n in range(1, 10):
            at_ns = START_NS + n * SECOND
            commit = builder.enter([Enter(at_ns, RISE, f"{n:06d}")])
            builder.add_beside([], [Tick(RISE, at_ns + 1)])
            store.write(commit)
            builder.settle()
        end_ns = START_NS + 110 * SECOND
        codes = tuple(f"{n:06d}" for n in range(1, 10))
        block: list[Event] = [
            Gap(RISE, START_NS + 10 * SECOND, end_ns, "connection lost"),
            Snapshot(end_ns, RISE, codes),
        ]
        store.write(builder.enter(block, {RISE: Right(end_ns + 1, sure=True)}))
        builder.settle()
        quotes = [("000001", START_NS + 1, 70_000, 1.5, 2), ("000001", START_NS, 69_000, 1.0, 2)]
        for code, at_ns, price, rate, after in quotes:
            store.file.db.execute(
                "INSERT INTO quotes (code, at_ns, price, rate, after) VALUES (?,?,?,?,?)",
                (code, at_ns, price, rate, after),
            )
        store.file.db.execute("INSERT INTO names VALUES ('000001', 1, '가상'), ('000001', 2, '가상전자')")
        store.close()
    return path


def test_ticks_and_quotes_stand_behind_their_event(path: Path) -> None:
    db = open_reader(path)
    steps = list(read_steps(db, 1, 3, priced=True))
    assert [type(each) for each in steps] == [Numbered, PastQuote, PastQuote, Tick, Numbered, Tick]
    assert [each.price for each in steps if isinstance(each, PastQuote)] == [69_000, 70_000]
    numbered = [each for each in steps if isinstance(each, Numbered)]
    assert [(each.id, each.position.short) for each in numbered] == [(2, "1:2"), (3, "1:3")]
    assert not any(isinstance(each, PastQuote) for each in read_steps(db, 0, 99, priced=False))
    db.close()


def test_the_ticks_behind_the_place_itself_belong_to_what_follows(path: Path) -> None:
    db = open_reader(path)
    assert [type(each) for each in read_steps(db, 2, 3, priced=False)] == [Tick, Numbered, Tick]
    db.close()


def test_time_in_a_gap_is_no_time_that_was_seen(path: Path) -> None:
    db = open_reader(path)
    assert read_place_before(db, 12, 5 * SECOND) <= 6
    assert 0 < read_place_before(db, 8, 2 * SECOND) <= 6
    assert read_place_before(db, 12, 1000 * SECOND) == 0
    assert read_end_ns(db) == START_NS + 110 * SECOND
    (codes, right_ns) = read_members(db, 4)[RISE]
    assert (codes, right_ns) == (["000001", "000002", "000003"], START_NS + 3 * SECOND)
    db.close()


def test_the_present_is_what_the_watermark_says(path: Path) -> None:
    db = open_reader(path)
    assert read_present(db) == [Tick(RISE, START_NS + 110 * SECOND + 1)]
    (step,) = [each for each in read_steps(db, 1, 2, priced=False) if isinstance(each, Numbered)]
    assert isinstance(step.event, Enter)
    assert step.event.name == "가상전자"
    db.close()
