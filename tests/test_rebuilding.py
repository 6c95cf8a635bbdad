"""A decider after a restart, for other rules and for a dry run: as if it had seen the whole journal."""

import contextlib
import sqlite3
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.alerts.deciding import Alert
from jogeon.alerts.rebuilding import CURSOR, dry_run, present, rebuilt, taken
from jogeon.alerts.rules import Rule
from jogeon.alerts.wording import rows_of
from jogeon.events import Event
from jogeon.journal.beside import Post, Tick
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.reading import open_reader
from jogeon.journal.steps import Numbered, read_steps
from jogeon.journal.store import Store
from recorded import SECOND, START_NS
from test_deciding import SURGE, at, enter, leave, moves, rule, snapshot, stream

pytestmark = pytest.mark.usefixtures("spared_disk")


def record(path: Path, events: list[Event | int]) -> None:
    """Write a stream of one condition as a recorder does: a number is a tick to that second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 3)
        store = Store.open(path)
        builder = CommitBuilder(store.head)
        for event in events:
            commit = builder.enter([] if isinstance(event, int) else [event])
            builder.add_beside([], [Tick(SURGE, at(event))] if isinstance(event, int) else [])
            store.write(commit)
            builder.settle()
        store.close()


def keep(path: Path, alerts: list[Alert], place: int) -> None:
    """Keep alerts as those who decide do, with their place."""
    store = Store.open(path)
    builder = CommitBuilder(store.head)
    commit = builder.enter([])
    rows = [row for alert in alerts for row in rows_of(alert, "ko", lambda _: None)]
    builder.add_beside([Post(r.id, r.target, 1, r.due_ns, msgspec.json.encode(r).decode()) for r in rows], [])
    commit.cursors.append((CURSOR, place, START_NS))
    store.write(commit)
    store.close()


def one(**fields: object) -> Rule:
    return msgspec.structs.replace(rule(**fields), to=("폰", "방"))


@given(moves, st.integers(0, 60), st.integers(0, 120), st.data())
def test_after_a_kill_at_any_point_nothing_due_is_missing_or_doubled(
    steps: list[tuple[str, str, int]], dwell: int, cooldown: int, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.alerts.rebuilding.SPARE_NS", SECOND)  # so that it begins as late as it may
        path = Path(folder) / "day.journal"
        record(path, stream(steps))
        wanted = one(dwell=dwell, cooldown=cooldown)
        whole = list(dry_run(path, [wanted]))
        db = open_reader(path)
        every = list(read_steps(db, 0, 10**9, priced=False))
        db.close()
        cut = data.draw(st.integers(0, len(every)))
        begun = rebuilt(path, [wanted], 0, 0).decider
        before = [alert for step in every[:cut] for alert in taken(begun, step)]
        place = max((step.id for step in every[:cut] if isinstance(step, Numbered)), default=0)
        keep(path, before, place)
        found = rebuilt(path, [wanted], 10**9, 0)
        assert [alert.id for alert in (*before, *found.alerts)] == [alert.id for alert in whole]
        assert [row.id for row in found.waiting] == [alert.id for alert in before for _ in wanted.to]


def test_without_a_cursor_only_what_comes_after_the_opening_is_news(tmp_path: Path) -> None:
    path = tmp_path / "day.journal"
    record(path, [snapshot(0), enter(1), enter(2, "000660")])
    assert [alert.code for alert in rebuilt(path, [one()], 3, 2).alerts] == ["000660"]
    assert rebuilt(path, [one()], 3, 3).alerts == []


def test_other_rules_begin_now_and_know_who_is_in(tmp_path: Path) -> None:
    path = tmp_path / "day.journal"
    record(path, [snapshot(0), enter(1), 40, enter(50, "000660")])
    found = rebuilt(path, [one(dwell=30, cap=1)], 3, None)
    assert found.alerts == []
    assert [alert.code for alert in found.decider.tick({SURGE.name: at(80)})] == ["000660"]
    assert found.firsts == {1: 1}


def test_a_dry_run_goes_by_ticks_and_not_by_what_is_known_of_the_end(tmp_path: Path) -> None:
    path = tmp_path / "day.journal"
    record(path, [snapshot(0), enter(1), 40, enter(50, "000660")])
    assert [alert.code for alert in dry_run(path, [one(dwell=30)])] == ["005930"]
    assert present(path) == [Tick(SURGE, at(50))]


def test_cool_downs_and_caps_go_on_over_a_restart(tmp_path: Path) -> None:
    for name, wanted in (("cool", one(cooldown=600)), ("cap", one(cap=1))):
        path = tmp_path / f"{name}.journal"
        record(path, [snapshot(0), enter(1), leave(2), enter(3)])
        begun = rebuilt(path, [wanted], 0, 0).decider
        db = open_reader(path)
        (alert,) = [a for step in read_steps(db, 0, 2, priced=False) for a in taken(begun, step)]
        db.close()
        keep(path, [alert], 2)
        assert rebuilt(path, [wanted], 4, 0).alerts == []


def test_what_was_decided_counts_where_days_lie_between_the_runs(tmp_path: Path) -> None:
    """The run before ended with events behind its last place; what it had decided until then still has a say."""
    for name, wanted in (("cool", one(cooldown=600)), ("cap", one(cap=1))):
        path = tmp_path / f"{name}.journal"
        record(path, [snapshot(0), enter(1), leave(2), enter(3), enter(4 * 86_400, "000660")])
        begun = rebuilt(path, [wanted], 0, 0).decider
        db = open_reader(path)
        (alert,) = [a for step in read_steps(db, 0, 2, priced=False) for a in taken(begun, step)]
        db.close()
        keep(path, [alert], 2)
        with contextlib.closing(sqlite3.connect(path)) as file, file:
            file.execute("UPDATE outbox SET state = 'sent'")
        assert [each.code for each in rebuilt(path, [wanted], 5, 0).alerts] == ["000660"]
