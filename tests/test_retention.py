"""A journal does not grow for ever, and can be copied while it is written."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.errors import JournalError
from jogeon.events import Condition, Enter, Event, Leave, Snapshot
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.history import History, Selection
from jogeon.journal.retention import copy_journal, delete_days
from jogeon.journal.store import Store
from recorded import SECOND, START_NS, Day, days

RISE = Condition("4", "급등주")
pytestmark = pytest.mark.usefixtures("spared_disk")


def recorded(path: Path, blocks: list[list[Event]]) -> Store:
    opened = Store.open(path)
    builder = CommitBuilder(opened.head)
    for place, block in enumerate(blocks):
        opened.write(builder.enter(block, frames=[(START_NS + place * SECOND, b"{}")]))
        builder.settle()
    return opened


@given(days(max_size=40), st.integers(1, 5), st.data())
def test_what_is_kept_answers_as_before(
    tmp_path_factory: pytest.TempPathFactory, day: Day, checkpoints: int, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("keep") / "journal.db"
    before_ns = data.draw(st.integers(START_NS, day.at_ns + SECOND))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", checkpoints)
        opened = recorded(path, day.blocks)
    with History(path) as history:
        moment = data.draw(st.integers(before_ns, day.at_ns + SECOND))
        pictures, told = history.members(moment), list(history.events(Selection(span=(before_ns, day.at_ns + SECOND))))
        while opened.prune(before_ns):
            assert history.members(moment) == pictures
        assert list(history.events(Selection(span=(before_ns, day.at_ns + SECOND)))) == told
    opened.close()
    again = Store.open(path)
    again.close()
    assert again.head.last_id == len(day.events)


def test_when_the_last_event_was_is_known_when_all_events_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 2)
    shown = Snapshot(START_NS, RISE, ("005930",))
    opened = recorded(tmp_path / "journal.db", [[shown, Leave(START_NS + SECOND, RISE, "005930", "090001")]])
    while opened.prune(START_NS + 2 * SECOND):
        pass
    opened.close()
    with History(tmp_path / "journal.db") as history:
        assert list(history.events()) == []
        assert history.last_ns == START_NS + SECOND
        assert [each.condition for each in history.members(START_NS + SECOND)] == [RISE]


def test_what_is_old_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 2)
    flips: list[list[Event]] = [
        [(Leave if n % 2 else Enter)(START_NS + n * SECOND, RISE, "005930", "090000")] for n in range(1, 20)
    ]
    opened = recorded(tmp_path / "journal.db", [[Snapshot(START_NS, RISE, ("005930",))], *flips])
    while opened.prune(START_NS + 10 * SECOND):
        pass
    with History(tmp_path / "journal.db") as history:
        numbers = [n for _, n, _ in history.events()]
        [rise] = history.stats().conditions
        assert history.members(START_NS + SECOND) == []
    assert numbers[0] > 8
    assert numbers == list(range(numbers[0], 21))
    assert rise.covered == pytest.approx(20 - numbers[0] + 1, abs=1)
    frames = opened.file.db.execute("SELECT min(at_ns) FROM frames").fetchone()
    assert frames == (START_NS + 10 * SECOND,)
    opened.close()


def test_a_copy_is_whole_and_private_while_the_journal_is_written(tmp_path: Path) -> None:
    opened = recorded(tmp_path / "signals.journal", [[Snapshot(START_NS, RISE, ())]])
    copy = copy_journal(tmp_path / "signals.journal", tmp_path / "copies", START_NS)
    opened.close()
    assert copy == tmp_path / "copies" / "signals-2026-11-22.journal"
    assert copy.stat().st_mode & 0o777 == 0o600
    with History(copy) as history, History(tmp_path / "signals.journal") as original:
        assert len(list(history.events())) == 1
        assert history.identity != original.identity  # what is written to one is not in the other
    assert [each.name for each in (tmp_path / "copies").iterdir()] == [copy.name]


def test_a_copy_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    recorded(tmp_path / "signals.journal", []).close()
    (tmp_path / "copies").touch()
    with pytest.raises(JournalError) as caught:
        copy_journal(tmp_path / "signals.journal", tmp_path / "copies", START_NS)
    assert caught.value.reason == "unwritable"


def test_a_copy_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(copy: Path) -> None:
        assert copy.stat().st_size > 0
        raise OSError(28, "No space left on device")

    recorded(tmp_path / "signals.journal", []).close()
    monkeypatch.setattr("jogeon.journal.retention._be_another", full)
    with pytest.raises(JournalError):
        copy_journal(tmp_path / "signals.journal", tmp_path / "copies", START_NS)
    assert list((tmp_path / "copies").iterdir()) == []


def test_files_of_old_days_are_deleted_and_nothing_else(tmp_path: Path) -> None:
    old, kept = ("a-2026-08-01.db", "a-2026-08-01.db-wal"), ("a-2026-08-02.db", "b-2026-08-01.db", "a-2026-99-99.db")
    for name in (*old, *kept):
        (tmp_path / name).touch()
    assert delete_days(tmp_path / "a-{date}.db", dt.date(2026, 8, 2)) == [tmp_path / "a-2026-08-01.db"]
    assert {each.name for each in tmp_path.iterdir()} == set(kept)
    (tmp_path / "a-2026-08-01.db").touch()
    (tmp_path / "a-2026-08-01.db.lock").write_text("of somebody else")
    assert delete_days(tmp_path / "a-{date}.db", dt.date(2026, 8, 2)) == []
    assert (tmp_path / "a-2026-08-01.db.lock").read_text() == "of somebody else"
    assert delete_days(tmp_path / "nowhere" / "a-{date}.db", dt.date(2026, 8, 2)) == []


def held(path: Path, cursor: int, held_ns: int) -> int:
    """Return the first event that is left of twenty, of which all but the last ten seconds are old."""
    flips: list[list[Event]] = [
        [(Leave if n % 2 else Enter)(START_NS + n * SECOND, RISE, "005930", "090000")] for n in range(20)
    ]
    opened = recorded(path, flips)
    with opened.file.transaction() as db:
        db.execute("INSERT INTO cursors VALUES ('폰', ?, 0), ('메일', 20, 0)", (cursor,))
    while opened.prune(START_NS + 10 * SECOND, held_ns):
        pass
    left = int(opened.file.db.execute("SELECT min(id) FROM events").fetchone()[0])
    opened.close()
    return left


def test_what_a_cursor_has_still_to_read_is_kept_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 2)
    assert held(tmp_path / "read", 20, 0) == 11
    assert held(tmp_path / "unread", 4, 0) == 5
    assert held(tmp_path / "too old", 4, START_NS + 6 * SECOND) == 7
