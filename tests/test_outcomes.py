"""What became of the stocks that entered: the same as a plain reading of the quotes says."""

import sqlite3
import statistics
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.history import History, Selection
from jogeon.journal.outcomes import Outcome, quartiles
from jogeon.journal.returns import AFTER, UNIT
from jogeon.journal.store import Store
from recorded import SECOND, START_NS, Quote, at, write_quoted

RISE, HIGH, MOVED = Condition("4", "급등주"), Condition("7", "신고가 돌파"), Condition("9", "급등주")
pytestmark = pytest.mark.usefixtures("spared_disk")


def write(path: Path, events: Sequence[Event], quotes: Sequence[Quote]) -> None:
    opened = Store.open(path)
    shown = (Snapshot(START_NS, each, ()) for each in (RISE, HIGH))
    write_quoted(opened, CommitBuilder(opened.head), [*shown, *events], quotes)
    opened.close()


def outcomes(path: Path, selection: Selection = Selection()) -> dict[tuple[str, str], Outcome]:  # noqa: B008  # frozen
    with History(path) as history:
        return {(each.condition.name, each.after): each for each in history.outcomes(selection)}


def test_an_entry_is_followed_to_the_close(tmp_path: Path) -> None:
    close = 6 * 3600 + 30 * 60 + 30  # 15:30:30
    prices = [(61, 110), (302, 90), (605, 100), (1802, 120), (3602, 130), (close, 150)]
    quotes: list[Quote] = [("005930", 2, 100, "quote"), *(("005930", second, price, None) for second, price in prices)]
    write(tmp_path / "journal", [Enter(at(2), RISE, "005930", "090002")], quotes)
    found = outcomes(tmp_path / "journal")
    assert {after: found["급등주", after].median for after in AFTER} == {
        "1m": 10.0, "5m": -10.0, "10m": None, "30m": 20.0, "60m": 30.0, "close": 50.0,
    }  # fmt: skip
    assert found["급등주", "5m"] == Outcome(RISE, "5m", 1, 1, -10.0, -10.0, -10.0, 0)
    assert found["급등주", "1m"].positive == 1
    assert found["신고가 돌파", "1m"] == Outcome(HIGH, "1m", 0, 0, None, None, None, 0)


@pytest.mark.parametrize(
    ("quotes", "why"),
    [
        ([("005930", 58, 110, None)], "no price at entry"),
        ([("005930", 3, 100, None), ("005930", 58, 110, None)], "none that is an entry's"),
        ([("005930", 0, 100, "snapshot"), ("005930", 58, 110, None)], "that of a stock that was in"),
        ([("005930", 11, 100, "quote"), ("005930", 58, 110, None)], "too late"),
        ([("005930", -1, 100, "quote"), ("005930", 58, 110, None)], "before it"),
        ([("000660", 1, 100, "quote"), ("005930", 58, 110, None)], "another stock's"),
        ([("005930", 1, 100, "quote"), ("005930", 29, 110, None)], "stale"),
        ([("005930", 1, 100, "quote"), ("005930", 61, 110, None)], "after the moment"),
        ([("005930", 1, 0, "quote"), ("005930", 58, 110, None)], "no price at all"),
    ],
)
def test_an_entry_without_both_prices_is_counted_and_not_priced(tmp_path: Path, quotes: list[Quote], why: str) -> None:
    write(tmp_path / "journal", [Enter(at(0), RISE, "005930")], quotes)
    found = outcomes(tmp_path / "journal")["급등주", "1m"]
    assert (found.entries, found.priced, found.median) == (1, 0, None), why


def test_what_was_derived_after_a_gap_is_no_entry(tmp_path: Path) -> None:
    events: list[Event] = [
        Gap(RISE, at(0), at(10), "drift"),
        Enter(at(10), RISE, "005930", "", "recovered", at(0), at(10)),
        Snapshot(at(10), RISE, ("005930",)),
    ]
    write(tmp_path / "journal", events, [("005930", 10, 100, "quote"), ("005930", 69, 110, None)])
    assert outcomes(tmp_path / "journal")["급등주", "1m"].entries == 0


def test_a_condition_that_moved_is_one(tmp_path: Path) -> None:
    events: list[Event] = [
        Enter(at(0), RISE, "005930"),
        Gap(MOVED, at(5), at(6), "registration lost"),
        Snapshot(at(6), MOVED, ("005930",)),
        Enter(at(7), MOVED, "000660"),
    ]
    write(tmp_path / "journal", events, [])
    assert outcomes(tmp_path / "journal")["급등주", "1m"].condition == MOVED
    assert outcomes(tmp_path / "journal")["급등주", "1m"].entries == 2


def test_it_can_be_asked_of_a_part(tmp_path: Path) -> None:
    events: list[Event] = [Enter(at(n), RISE, f"{n:06d}") for n in range(5)]
    write(tmp_path / "journal", events, [])
    chosen = Selection((at(1), at(4)), codes=("000001", "000002", "000004"), conditions=("급등주",))
    found = outcomes(tmp_path / "journal", chosen)
    assert {name for name, _ in found} == {"급등주"}
    assert found["급등주", "close"].entries == 2


seconds = st.integers(0, 4_000) | st.sampled_from([0, 5, 10, 11, 20, 31, 59, 60, 61, 70, 239, 240, 300, 600, 3_600])
codes = st.sampled_from(("005930", "000660"))
sources = st.sampled_from([None, None, "quote", "trade", "snapshot"])
whats = st.sampled_from(("enter", "enter", "leave", "recovered"))


def change(when: int, code: str, what: str) -> Event:
    if what == "recovered":
        return Enter(at(when), RISE, code, "", "recovered", at(0), at(when))
    return (Leave if what == "leave" else Enter)(at(when), RISE, code)


@given(
    st.lists(st.tuples(seconds, codes, whats), min_size=1),
    st.lists(st.tuples(codes, seconds, st.none() | st.integers(0, 5), sources), max_size=200),
    st.tuples(seconds, seconds) | st.just((0, 5_000)),
    st.none() | seconds,
)
def test_they_are_what_a_plain_reading_says(
    tmp_path_factory: pytest.TempPathFactory,
    changes: list[tuple[int, str, str]],
    quotes: list[Quote],
    span: tuple[int, int],
    deleted: int | None,
) -> None:
    """Of any stretch, with a clock that is set back, what was derived, and what is old deleted."""
    path = tmp_path_factory.mktemp("outcomes") / "journal"
    quotes = list({(code, when): (code, when, price, source) for code, when, price, source in quotes}.values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 3)
        write(path, [change(*each) for each in changes], quotes)
        if deleted is not None:
            store = Store.open(path)
            while store.prune(at(deleted)):
                pass
            store.close()
    with History(path) as history, closing(sqlite3.connect(path)) as db:
        held = [event for _, _, event in history.events(Selection((at(span[0]), at(span[1]))))]
        mine = db.execute("SELECT code, at_ns, price, source FROM quotes WHERE price > 0 ORDER BY at_ns").fetchall()
    found = outcomes(path, Selection((at(span[0]), at(span[1]))))
    entries = [event for event in held if isinstance(event, Enter) and event.origin == "live"]
    for after, minutes in (("1m", 1), ("5m", 5), ("10m", 10), ("30m", 30), ("60m", 60)):
        returned = []
        for event in entries:
            own = [(t, price, source) for code, t, price, source in mine if code == event.code]
            entry = [p for t, p, s in own if s in ("quote", "trade") and 0 <= t - event.at_ns <= 10 * SECOND]
            end = event.at_ns + minutes * 60 * SECOND
            later = [p for t, p, _ in own if 0 <= end - t < min(60, minutes * 30) * SECOND]
            if entry and later:
                returned.append((later[-1] - entry[0]) * 100 / entry[0])
        outcome = found["급등주", after]
        assert (outcome.entries, outcome.priced) == (len(entries), len(returned))
        assert outcome.positive == sum(each > 0 for each in returned)
        median = statistics.median(returned) if returned else None
        assert outcome.median == (median if median is None else pytest.approx(median, abs=1 / UNIT))


@given(st.lists(st.lists(st.integers(-100 * UNIT, 1_000 * UNIT)), min_size=1))
def test_quartiles_are_those_of_statistics(runs: list[list[int]]) -> None:
    values = [value / UNIT for run in runs for value in run]
    found = quartiles([sorted(run) for run in runs])
    if len(values) > 1:
        assert list(found) == pytest.approx(statistics.quantiles(values, method="inclusive"), abs=1e-9)
    else:
        assert list(found) == [values[0] if values else None] * 3
