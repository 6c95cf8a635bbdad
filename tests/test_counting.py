"""Statistics that were counted while the journal was written equal those of a full scan, to the last bit."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.journal import counting
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.history import History, Selection, Stats
from jogeon.journal.store import Store
from recorded import RISE, SECOND, START_NS, flips, with_and_without

HIGH, MOVED = Condition("7", "신고가 돌파"), Condition("9", "급등주")
CODES = ("005930", "000660", "0000D0")
EVER = (-(2**63), 2**63 - 1)


pytestmark = pytest.mark.usefixtures("spared_disk")

seconds = st.integers(0, 400)
"""The clock goes forth and back as it likes."""
conditions = st.sampled_from([RISE, HIGH, MOVED])
codes = st.sampled_from(CODES)


@st.composite
def happenings(draw: st.DrawFn) -> Event:
    """Draw anything that a journal holds, at any moment."""
    at_ns, condition, code = START_NS + draw(seconds) * SECOND, draw(conditions), draw(codes)
    match draw(st.sampled_from("eeeelllloOgss")):
        case "e":
            return Enter(at_ns, condition, code, "090000")
        case "l":
            return Leave(at_ns, condition, code, "090000")
        case "o":
            return Enter(at_ns, condition, code, "", "recovered", at_ns - SECOND, at_ns)
        case "O":
            return Leave(at_ns, condition, code, "", "recovered", at_ns - SECOND, at_ns)
        case "g":
            return Gap(condition, at_ns - draw(seconds) * SECOND, at_ns, "drift", open=draw(st.booleans()))
        case _:
            told: list[Event] = [
                Snapshot(at_ns, condition, CODES[:2]), Snapshot(at_ns, condition, ()), State(at_ns, "connected")
            ]  # fmt: skip
            return draw(st.sampled_from(told))


def stats_of(path: Path, span: tuple[int, int]) -> Stats:
    with History(path) as history:
        return history.stats(Selection(span=span))


def both(path: Path, span: tuple[int, int]) -> tuple[Stats, Stats]:
    """Return the statistics by the roll-ups, and by a full scan of the same file."""
    return with_and_without(path, "rollups", lambda: stats_of(path, span))


@given(
    st.lists(happenings(), max_size=60),
    st.integers(1, 9),
    st.integers(1, 5),
    st.lists(st.tuples(seconds, seconds), min_size=1, max_size=4),
    st.none() | seconds,
)
def test_they_equal_a_full_scan(
    tmp_path_factory: pytest.TempPathFactory,
    told: list[Event],
    size: int,
    slice_: int,
    spans: list[tuple[int, int]],
    deleted: int | None,
) -> None:
    """With spans that cut a roll-up, a clock set back, a restart in the middle, and what is old deleted."""
    path = tmp_path_factory.mktemp("rolled") / "journal"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.journal.store.EVENTS", size)
        patch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 3)
        for half in (told[: len(told) // 2], told[len(told) // 2 :]):
            store = Store.open(path)
            builder = CommitBuilder(store.head)
            for start in range(0, len(half), 4):
                store.write(builder.enter(half[start : start + 4]))
                builder.settle()
                while store.roll(slice_):
                    pass
            if deleted is not None:
                while store.prune(START_NS + deleted * SECOND):
                    pass
                while store.roll(slice_):
                    pass
            store.close()
    for start, end in [*((START_NS + a * SECOND, START_NS + b * SECOND) for a, b in spans), EVER]:
        rolled, scanned = both(path, (start, end))
        assert rolled == scanned


def test_they_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.store.EVENTS", 10)
    store = Store.open(tmp_path / "journal")
    store.write(CommitBuilder(store.head).enter([Snapshot(START_NS, RISE, ()), *flips(25)]))
    while store.roll(3):
        pass
    assert store.file.db.execute("SELECT first, last FROM rollups").fetchall() == [(1, 10), (11, 20)]
    store.close()
    scanned: list[tuple[int, int]] = []
    monkeypatch.setattr(counting, "_scan", lambda *given: scanned.append(given[2]))
    stats_of(tmp_path / "journal", EVER)
    assert [each for each in scanned if each[0] < each[1]] == [(20, 26)]


def test_a_span_that_ends_at_an_event_does_not_hold_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.store.EVENTS", 5)
    store = Store.open(tmp_path / "journal")
    store.write(CommitBuilder(store.head).enter([Snapshot(START_NS, RISE, ()), *flips(12)]))
    while store.roll(5):
        pass
    store.close()
    for place in range(12):
        span = (START_NS + place // 2 * SECOND, START_NS + place * SECOND)
        rolled, scanned = both(tmp_path / "journal", span)
        assert rolled == scanned


def test_one_that_cannot_be_read_is_counted_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.store.EVENTS", 5)
    store = Store.open(tmp_path / "journal")
    store.write(CommitBuilder(store.head).enter([Snapshot(START_NS, RISE, ()), *flips(25)]))
    while store.roll(5):
        pass
    before = stats_of(tmp_path / "journal", EVER)
    with store.file.transaction() as db:
        db.execute("UPDATE rollups SET counts = x'00' WHERE first = 6")
    store.close()
    assert stats_of(tmp_path / "journal", EVER) == before


def test_an_old_journal_is_counted_by_its_next_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.store.EVENTS", 50)
    path = Path(shutil.copy(Path(__file__).parent / "data" / "version-1.db", tmp_path / "old.journal"))
    before = stats_of(path, EVER)
    store = Store.open(path)
    while store.roll(7):
        pass
    assert store.file.db.execute("SELECT first, last FROM rollups").fetchall() == [(1, 50), (51, 100)]
    store.close()
    assert stats_of(path, EVER) == before


def test_what_could_not_be_kept_is_counted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.store.EVENTS", 5)
    store = Store.open(tmp_path / "journal")
    store.write(CommitBuilder(store.head).enter([Snapshot(START_NS, RISE, ()), *flips(25)]))
    store.file.db.execute("PRAGMA query_only = 1")
    with pytest.raises(sqlite3.OperationalError):
        store.roll(5)
    store.file.db.execute("PRAGMA query_only = 0")
    while store.roll(5):
        pass
    kept = store.file.db.execute("SELECT first, last FROM rollups").fetchall()
    store.close()
    assert kept == [(1, 5), (6, 10), (11, 15), (16, 20), (21, 25)]
