"""A journal read as what a broker had, and what changed."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from jogeon.errors import JournalError
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.store import Store
from jogeon.simulator.market.market import PartlyKnown
from jogeon.simulator.recorded.stretch import AHEAD_NS, NoSuchStretch, RecordedSnapshot, RecordedStretch, Stretch

if TYPE_CHECKING:
    from pathlib import Path

NINE_NS = 1_795_305_600_000_000_000  # 2026-11-22T09:00:00+09:00
MINUTE_NS = 60 * 10**9
RISE, HIGH, MOVED = Condition("4", "급등주"), Condition("7", "신고가 돌파"), Condition("7", "급등주")


def at(minute: float) -> int:
    return NINE_NS + int(minute * MINUTE_NS)


def outage(condition: Condition, since: float, until: float, *codes: str) -> list[Event]:
    return [Gap(condition, at(since), at(until), "connection lost"), Snapshot(at(until), condition, codes)]


DAY: list[Event] = [
    State(at(0), "started"),
    Snapshot(at(0), RISE, ("005930",)),
    Enter(at(1), RISE, "000660", "090100"),
    Snapshot(at(2), HIGH, ("0000D0",)),
    Anomaly(at(2), "enter of a member", HIGH, "0000D0"),
    *outage(RISE, 3, 4, "000660"),
    Leave(at(4.05), RISE, "000660", ""),
    *outage(HIGH, 3, 4.1),
    Enter(at(30), HIGH, "57JBHH", "093000"),
    Gap(HIGH, at(31), at(32), "connection lost", open=True),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "day.db"


def write(path: Path, events: list[Event]) -> None:
    store = Store.open(path)
    store.write(CommitBuilder(store.head).enter(events))
    store.close()


def write_each(path: Path, events: list[Event]) -> None:
    """Write events one commit each, so that there are marks between them."""
    store = Store.open(path)
    builder = CommitBuilder(store.head)
    for event in events:
        store.write(builder.enter([event]))
        builder.fold.settle()
    store.close()


def prune(path: Path, before_ns: int) -> None:
    store = Store.open(path)
    while store.prune(before_ns):
        pass
    store.close()


def told(recording: RecordedStretch) -> list[tuple[object, ...]]:
    steps = list(recording.steps())
    recording.close()
    return [
        (
            type(step).__name__.removeprefix("Recorded"),
            step.condition.name,
            *(step.codes if isinstance(step, RecordedSnapshot) else (step.code,)),
        )
        for step in steps
    ]


def test_conditions_are_there_from_the_start_with_what_was_seen_first(path: Path) -> None:
    write(path, DAY)
    recording = RecordedStretch(path)
    assert recording.opening == {RISE: ("005930",), HIGH: ("0000D0",)}
    assert (f"{recording.start:%H:%M}", f"{recording.end:%H:%M}") == ("09:00", "09:32")
    assert told(recording) == [
        ("Snapshot", "급등주", "005930"), ("Enter", "급등주", "000660"), ("Snapshot", "신고가 돌파", "0000D0"),
        ("Snapshot", "급등주", "000660"), ("Leave", "급등주", "000660"), ("Snapshot", "신고가 돌파"),
        ("Enter", "신고가 돌파", "57JBHH"),
    ]  # fmt: skip


def test_a_stretch_begins_with_what_was_so_then(path: Path) -> None:
    write(path, DAY)
    recording = RecordedStretch(path, Stretch(start=time(9, 1, 30), end=time(9, 4)))
    assert recording.opening == {RISE: ("005930", "000660"), HIGH: ("0000D0",)}
    assert told(recording) == [("Snapshot", "신고가 돌파", "0000D0")]
    late = RecordedStretch(path, Stretch(date(2026, 11, 22), start=time(9, 30)))
    assert told(late) == [("Enter", "신고가 돌파", "57JBHH")]


def test_a_stretch_that_is_not_there_tells_the_days(path: Path) -> None:
    write(path, [*DAY, State(at(24 * 60), "connected")])
    for stretch in (Stretch(date(2026, 11, 21)), Stretch(date(2026, 11, 22), time(10)), Stretch(start=time(9))):
        with pytest.raises(NoSuchStretch) as caught:
            RecordedStretch(path, stretch)
        assert caught.value.days == (date(2026, 11, 22), date(2026, 11, 23))


def test_a_journal_without_anything(path: Path) -> None:
    with pytest.raises(JournalError, match="no such file"):
        RecordedStretch(path)
    write(path, [])
    with pytest.raises(JournalError, match="nothing"):
        RecordedStretch(path)
    write(path, [State(at(0), "started")])
    with pytest.raises(JournalError, match="nothing"):
        RecordedStretch(path)


def test_a_journal_of_which_the_old_part_was_deleted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 2)
    write_each(path, DAY)
    prune(path, at(3.5))
    recording = RecordedStretch(path)
    assert f"{recording.start:%H:%M}" == "09:04"
    assert recording.opening[RISE] == ("005930", "000660")
    assert told(recording)[-1][1:] == ("신고가 돌파", "57JBHH")
    prune(path, at(60))
    with pytest.raises(JournalError, match="nothing"):
        RecordedStretch(path)


def test_who_was_blind_at_the_same_time_and_came_back_soon_after(path: Path) -> None:
    late = [*outage(RISE, 40, 41), *outage(HIGH, 40, 41.5), *outage(RISE, 41.6, 42)]
    write(path, [*DAY, *late])
    recording = RecordedStretch(path)
    gaps = [step for step in recording.steps() if isinstance(step, RecordedSnapshot) and step.since_ns is not None]
    assert [set(recording.blind(gap)) for gap in gaps] == [{HIGH}, set(), set(), set(), set()]
    recording.close()


# ---------------------------------------------------------------- names and prices


def with_prices(path: Path) -> RecordedStretch:
    """Return a recording of DAY in which one stock has a name and prices, and another one a name."""
    write(path, DAY)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO names VALUES ('005930', ?, '삼성전자'), ('000660', ?, 'SK')", (at(0), at(0)))
        db.execute("INSERT INTO names VALUES ('000660', ?, 'SK하이닉스')", (at(3),))
        rows = [
            ("005930", at(minute), price, -100, -0.13, 500, None, 1) for minute, price in ((-1, 1), (1, 70), (2, 80))
        ]
        db.executemany("INSERT INTO quotes VALUES (?,?,?,?,?,?,?,?)", rows)
    return RecordedStretch(path)


def test_a_stock_has_the_name_and_the_last_price_that_were_kept_up_to_a_moment(path: Path) -> None:
    there = with_prices(path)
    assert there.known("005930", at(0.5)) == PartlyKnown("005930", "삼성전자")
    assert there.known("005930", at(1.5)) == PartlyKnown("005930", "삼성전자", 70, -100, -0.13, 500, at(1))
    assert there.known("005930", at(9)).price == 80
    assert there.known("0000D0", at(9)) == PartlyKnown("0000D0")
    assert (there.known("000660", at(1)).name, there.known("000660", at(3)).name) == ("SK", "SK하이닉스")
    assert there.names(at(5)) == {"005930": "삼성전자", "000660": "SK하이닉스"}
    there.close()
    assert there.known("005930", at(9)) == PartlyKnown("005930", "삼성전자")


def test_the_price_of_an_entry_was_answered_a_little_after_it(path: Path) -> None:
    there = with_prices(path)
    assert [there.known("005930", at(2) - ago).price for ago in (AHEAD_NS, AHEAD_NS + 1)] == [80, 70]
    there.close()
