"""Outcomes from what was kept of roll-ups equal those of a full scan, whatever comes and goes meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition, Enter, Event, Leave, Snapshot
from jogeon.journal import outcomes as outcomes_module
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.history import History, Selection
from jogeon.journal.store import Store
from jogeon.journal.weighing import LOOK_NS
from recorded import START_NS, Quote, at, with_and_without, write_quoted

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.journal.outcomes import Outcome

RISE, HIGH = Condition("4", "급등주"), Condition("7", "신고가 돌파")
HOUR = 3_600
pytestmark = pytest.mark.usefixtures("spared_disk")

Step = tuple[list[Event], list[Quote], int, int | None]
"""What is committed, when it is looked for returns afterwards, and before when is deleted then."""


def weigh(store: Store, now_ns: int, most: int = 1_000) -> None:
    while store.roll(3):
        pass
    while store.weigh(now_ns, most):
        pass


def outcomes(path: Path, selection: Selection) -> list[Outcome]:
    with History(path) as history:
        return history.outcomes(selection)


def both(path: Path, selection: Selection) -> tuple[list[Outcome], list[Outcome]]:
    """Return the outcomes by what was kept, and by a full scan of the same file."""
    return with_and_without(path, "returns", lambda: outcomes(path, selection))


seconds = st.integers(0, 4_000) | st.sampled_from([0, 1, 5, 59, 60, 61, 300, 600, 3_600])
codes = st.sampled_from(("005930", "000660"))
quotes = st.tuples(codes, seconds, st.none() | st.integers(1, 5), st.sampled_from([None, "quote", "trade"]))


@st.composite
def changes(draw: st.DrawFn) -> Event:
    at_ns, condition, code = at(draw(seconds)), draw(st.sampled_from([RISE, HIGH])), draw(codes)
    match draw(st.sampled_from("eeeelr")):
        case "l":
            return Leave(at_ns, condition, code)
        case "r":
            return Enter(at_ns, condition, code, "", "recovered", at(0), at_ns)
        case _:
            return Enter(at_ns, condition, code)


steps = st.tuples(
    st.lists(changes(), max_size=12),
    st.lists(quotes, max_size=30),
    st.sampled_from([0, HOUR, 7 * HOUR, 24 * HOUR]),
    st.none() | seconds,
)
spans = st.tuples(seconds, seconds) | st.just((0, 5_000))


@given(st.lists(steps, min_size=1, max_size=4), st.integers(1, 9), st.integers(1, 5), st.lists(spans, max_size=3))
def test_they_equal_a_full_scan(
    tmp_path_factory: pytest.TempPathFactory, told: list[Step], size: int, slice_: int, asked: list[tuple[int, int]]
) -> None:
    """With spans that cut a roll-up, a clock set back, prices that come late, restarts, and what is old deleted."""
    path = tmp_path_factory.mktemp("weighed") / "journal"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.journal.store.EVENTS", size)
        patch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 3)
        for events, late, now, deleted in told:
            store = Store.open(path)
            builder = CommitBuilder(store.head)
            write_quoted(store, builder, [Snapshot(START_NS, RISE, ()), *events], [])
            while store.roll(slice_):
                pass
            store.weigh(at(now), slice_)  # something may be under way
            write_quoted(store, builder, [], late)
            weigh(store, at(now), slice_)
            while deleted is not None and store.prune(at(deleted)):
                store.weigh(at(now), slice_)
            weigh(store, at(now), slice_)
            store.close()
    for start, end in [*asked, (-HOUR, 24 * HOUR)]:
        kept, scanned = both(path, Selection((at(start), at(end))))
        assert kept == scanned


def rolled(path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a store with two and a half roll-ups of ten, an entry in each second, and a price a minute later."""
    monkeypatch.setattr("jogeon.journal.store.EVENTS", 10)
    store = Store.open(path)
    prices: list[Quote] = [
        (f"{n:06d}", n + more, 100 + more, source) for n in range(25) for more, source in ((0, "quote"), (60, None))
    ]
    events = [Enter(at(n), RISE, f"{n:06d}") for n in range(25)]
    write_quoted(store, CommitBuilder(store.head), [Snapshot(START_NS, RISE, ()), *events], prices)
    return store


def kept(store: Store) -> list[int]:
    return [last for (last,) in store.file.db.execute("SELECT last FROM returns ORDER BY last")]


def test_what_is_kept_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = rolled(tmp_path / "journal", monkeypatch)
    weigh(store, at(24 * HOUR))
    assert kept(store) == [10, 20]
    store.close()
    read: list[tuple[int, int]] = []

    def chunks(_db: object, _columns: str, after: int, last: int, *_: object) -> list[object]:
        read.append((after, last))
        return []

    monkeypatch.setattr(outcomes_module, "read_chunks", chunks)
    with History(tmp_path / "journal") as history:
        assert history.outcomes()[0].priced == 19
    assert [each for each in read if each[0] < each[1]] == [(20, 26)]


def test_it_is_kept_once_the_last_price_that_counts_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = rolled(tmp_path / "journal", monkeypatch)
    close = 6 * HOUR + 40 * 60
    weigh(store, at(close) - 1)
    assert kept(store) == []
    weigh(store, at(close))  # it was looked a moment ago
    assert kept(store) == []
    weigh(store, at(close) + LOOK_NS)
    assert kept(store) == [10, 20]
    store.close()


def test_a_price_that_comes_late_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal"
    store = rolled(path, monkeypatch)
    weigh(store, at(24 * HOUR))
    before = outcomes(path, Selection())
    write_quoted(store, CommitBuilder(store.head), [], [("000003", 300, 200, None)])
    assert kept(store) == []
    assert outcomes(path, Selection()) != before
    weigh(store, at(24 * HOUR))
    assert kept(store) == [10, 20]
    store.close()


def test_prices_that_were_deleted_count_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal"
    store = rolled(path, monkeypatch)
    weigh(store, at(24 * HOUR))
    while store.prune(at(15)):  # no checkpoint: all events stay
        pass
    assert kept(store) == []
    weigh(store, at(24 * HOUR))
    assert kept(store) == [10, 20]
    store.close()
    one, other = both(path, Selection())
    assert one == other
    assert (one[0].entries, one[0].priced) == (25, 10)


def test_what_cannot_be_read_is_counted_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal"
    store = rolled(path, monkeypatch)
    weigh(store, at(24 * HOUR))
    before = outcomes(path, Selection())
    with store.file.transaction() as db:
        db.execute("UPDATE returns SET content = substr(content, 1, 30) WHERE last = 10")
    store.close()
    assert outcomes(path, Selection()) == before


def test_of_some_stocks_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal"
    store = rolled(path, monkeypatch)
    weigh(store, at(24 * HOUR))
    store.close()
    assert outcomes(path, Selection(codes=("000003",)))[0].entries == 1


def test_an_error_costs_a_second_look_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal"
    store = rolled(path, monkeypatch)
    while store.roll(3):
        pass
    assert store.weigh(at(24 * HOUR), 7)
    with monkeypatch.context() as patch:
        patch.setattr("jogeon.journal.weighing.Returned.add", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store.weigh(at(24 * HOUR), 7)
    weigh(store, at(24 * HOUR), 7)
    store.close()
    one, other = both(path, Selection())
    assert one == other
    assert one[0].priced == 25
