"""What tests of the journal record: arbitrary events, and days that keep the rules of truth."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from hypothesis import strategies as st

from jogeon.details import Counts
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.gaps import difference
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.fold import Right
from jogeon.journal.reading import open_reader, read_conditions, read_rows
from jogeon.journal.schema import COLUMNS, event_of
from jogeon.journal.store import Store
from jogeon.reports import Kind, Report

START_NS = 1_795_305_600_000_000_000  # 2026-11-22T09:00:00+09:00
SECOND = 1_000_000_000
RISE = Condition("4", "급등주")
NAMES = ("급등주", "신고가 돌파", "거래량 급증")

moments = st.integers(-(2**63), 2**63 - 1)
texts = st.text(st.characters(codec="utf-8"), max_size=12)
names = st.sampled_from(["급등주", "신고가"])
conditions = st.builds(Condition, st.sampled_from(["0", "4", "12"]) | texts, names | texts)
codes = st.sampled_from(["005930", "000660", "0000D0", "57JBHH", "035720"])
clocks = st.sampled_from(["", "090000", "235959", "000000", "9:00", "٠٩٠٠٠٠"]) | texts
causes = st.sampled_from(["connection lost", "restart", "lagged", "drift", "registration lost"])
states = st.sampled_from(["started", "connected", "reconnecting", "registered", "ended"])


counted = st.integers(0, 2**40)
simple_reports = st.builds(
    Report, st.sampled_from(get_args(Kind)), texts, texts, texts, texts, texts, st.floats(0, 60),
    *[counted] * 4,
)  # fmt: skip
reports = simple_reports | st.builds(Report, st.sampled_from(get_args(Kind)), why=simple_reports)
"""Any report, also one that tells why."""


def _changes(kind: Any) -> st.SearchStrategy[Any]:
    interval = st.none() | moments
    return st.builds(
        kind, moments, conditions, codes | texts, clocks, st.sampled_from(["live", "recovered"]), interval, interval
    )


def events() -> st.SearchStrategy[Event]:
    """Any event that can be made at all."""
    return st.one_of(
        _changes(Enter),
        _changes(Leave),
        st.builds(Snapshot, moments, conditions, st.lists(codes | texts).map(tuple)),
        st.builds(Gap, conditions, moments, moments, causes, texts, st.booleans()),
        st.builds(State, moments, states, st.none() | conditions, texts),
        st.builds(
            State, moments, states, st.none() | conditions, texts, st.none() | st.floats(0, 60), st.none() | reports,
            st.none() | counted, st.none() | counted, st.lists(reports, max_size=2).map(tuple),
        ),
        st.builds(
            Anomaly, moments, texts, st.none() | conditions, st.none() | codes | texts, st.none() | reports,
            st.none() | st.builds(Counts, *[counted] * 6),
        ),
    )  # fmt: skip


def at(seconds: float) -> int:
    """Return a moment of the day, in nanoseconds."""
    return START_NS + int(seconds * SECOND)


def flips(count: int) -> list[Event]:
    """Return a stock that enters and leaves in turns, a second apart."""
    return [(Leave if n % 2 else Enter)(at(n), RISE, "005930") for n in range(count)]


class Day:
    """A made-up day of a watch, event by event; `blocks` are what reached its sinks."""

    def __init__(self, names: tuple[str, ...] = NAMES, at_ns: int = START_NS) -> None:
        self.at_ns = at_ns
        self.blocks: list[list[Event]] = []
        self.members: dict[Condition, list[str]] = {Condition(str(n), name): [] for n, name in enumerate(names)}
        self.told: set[Condition] = set()

    @property
    def events(self) -> list[Event]:
        return [event for block in self.blocks for event in block]

    def _tell(self, *events: Event) -> None:
        self.blocks.append(list(events))

    def later(self, seconds: float = 0.25) -> int:
        self.at_ns += int(seconds * SECOND)
        return self.at_ns

    def first(self, condition: Condition, shown: list[str]) -> None:
        """Tell the first snapshot of a condition."""
        self.members[condition] = list(dict.fromkeys(shown))
        self.told.add(condition)
        self._tell(Snapshot(self.later(), condition, tuple(self.members[condition])))

    def flip(self, condition: Condition, code: str) -> None:
        """Let a stock enter if it is out, leave if it is in."""
        at_ns = self.later()
        if code in self.members[condition]:
            self.members[condition].remove(code)
            self._tell(Leave(at_ns, condition, code, "090000"))
        else:
            self.members[condition].append(code)
            self._tell(Enter(at_ns, condition, code, "090000"))

    def outage(self, condition: Condition, after: list[str], cause: Any = "connection lost", seq: str = "") -> None:
        """Let nothing be heard of a condition for a while; it may come back under another seq."""
        since_ns, at_ns = self.at_ns, self.later(30)
        before = self.members.pop(condition)
        self.told.discard(condition)
        condition = Condition(seq or condition.seq, condition.name)
        self.members[condition] = after = list(dict.fromkeys(after))
        self.told.add(condition)
        recovered = difference(condition, before, after, since_ns, at_ns)
        shown = Snapshot(at_ns, condition, tuple(after))
        self._tell(Gap(condition, since_ns, at_ns, cause), *recovered, shown)

    def double(self, condition: Condition, seq: str, shown: list[str]) -> None:
        """Let another condition bear the same name from now on."""
        self.first(Condition(seq, condition.name), shown)

    def gone(self, condition: Condition) -> None:
        """Let a condition vanish from the list; what it showed last stands still."""
        self._tell(State(self.later(), "condition-gone", condition))

    def say(self, what: str) -> None:
        """Tell something that concerns no condition."""
        at_ns = self.later()
        self._tell(State(at_ns, "connected", None, what) if len(what) % 2 else Anomaly(at_ns, what))


@st.composite
def days(draw: st.DrawFn, max_size: int = 30) -> Day:
    """Draw a day on which everything happens."""
    day = Day()
    shown = st.lists(codes, max_size=4)
    for kind in draw(st.lists(st.sampled_from("ffoofrs" + "f" * 8), max_size=max_size)):
        condition = draw(st.sampled_from(sorted(day.members, key=lambda c: c.name)))
        if kind == "s":
            day.say(draw(texts))
        elif condition not in day.told:
            day.first(condition, draw(shown))
        elif kind == "f":
            day.flip(condition, draw(codes))
        elif kind == "o":
            day.outage(condition, draw(shown))
        elif kind == "r":
            day.outage(condition, draw(shown), "registration lost", draw(st.sampled_from(["7", "8", "9"])))
    return day


def write(path: Path, *blocks: Sequence[Event], rights: dict[Condition, Right] | None = None) -> None:
    """Record an epoch of one commit a block, and up to when each condition is right."""
    opened = Store.open(path)
    builder = CommitBuilder(opened.head)
    for block in blocks:
        opened.write(builder.enter(block))
        builder.settle()
    if rights:
        opened.write(builder.enter([], rights))
    opened.close()


Quote = tuple[str, float, int | None, str | None]
"""Code, second of the day, price, and of what it is the price: `quote`, `trade`, `snapshot` or None."""


def write_quoted(store: Store, builder: CommitBuilder, events: Sequence[Event], quotes: Sequence[Quote]) -> None:
    """Commit events with quotes behind them."""
    commit = builder.enter(events)
    commit.quotes.extend((code, at(when), price, None, None, None, source, 0) for code, when, price, source in quotes)
    store.write(commit)
    builder.settle()


T = TypeVar("T")


def with_and_without(path: Path, table: str, ask: Callable[[], T]) -> tuple[T, T]:
    """Return what is answered with what a journal keeps in a table, and without it; the table is as before then."""
    kept = ask()
    store = Store.open(path)
    db = store.file.db
    db.executescript(f"CREATE TEMP TABLE aside AS SELECT * FROM {table}; DELETE FROM main.{table}")  # noqa: S608  # a test's own
    scanned = ask()
    db.execute(f"INSERT INTO main.{table} SELECT * FROM aside")  # noqa: S608  # as above
    store.close()
    return kept, scanned


def found(path: Path) -> list[Event]:
    """Return the events in a file."""
    with contextlib.closing(open_reader(path)) as db:
        conditions = read_conditions(db)
        return [event_of(row[1:], conditions) for row in read_rows(db, COLUMNS, 0, 2**62)]
