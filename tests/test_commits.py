"""What one commit of the journal holds: numbers without holes, a fold that never jumps, checkpoints and watermarks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.journal import commits as builder
from jogeon.journal.commits import Commit, CommitBuilder, Head, fold_of, rights_of
from jogeon.journal.fold import Fold, Right
from jogeon.journal.schema import event_of
from recorded import START_NS, Day, days, events

RISE = Condition("4", "급등주")


def read(commits: list[Commit]) -> list[tuple[int, Event]]:
    """Return what the rows of commits say, in the order of their numbers."""
    conditions = {number: Condition(seq, name) for each in commits for number, seq, name in each.conditions}
    rows = [(*row, *[None] * 7) for each in commits for row in each.changes]
    rows += [row for each in commits for row in each.others]
    return [(row[0], event_of(row[1:], conditions)) for row in sorted(rows, key=lambda row: row[0])]


@given(days(), st.integers(1, 7))
def test_a_day_in_commits_of_any_size_is_numbered_without_holes(day: Day, size: int) -> None:
    writer = CommitBuilder(Head())
    recorded = day.events
    commits = [writer.enter(recorded[at : at + size]) for at in range(0, len(recorded), size)]
    found = read(commits)
    assert found == list(enumerate(recorded, start=1))
    assert [each.last for each in commits] == [
        (1, min(at + size, len(recorded))) for at in range(0, len(recorded), size)
    ]
    assert sum(len(each.epochs) for each in commits) == bool(recorded)


@given(st.lists(events()))
def test_whatever_comes_no_snapshot_in_the_file_makes_a_fold_jump(recorded: list[Event]) -> None:
    fold = Fold()
    for _, event in read([CommitBuilder(Head()).enter(recorded)]):
        assert not isinstance(event, Snapshot) or fold.owed(event) == []
        fold.take(event)


@given(days(), st.integers(1, 7), st.integers(0, 3))
def test_the_fold_is_that_of_all_that_is_durable(day: Day, size: int, watermark: int) -> None:
    writer, fold = CommitBuilder(Head()), Fold()
    recorded = day.events
    for at in range(0, len(recorded), size):
        rights = {condition: Right(1, sure=False) for condition in day.told} if at % 4 < watermark else None
        writer.enter(recorded[at : at + size], rights)
        writer.settle()
        for event in recorded[at : at + size]:
            fold.take(event)
        fold.confirm(rights or {})
        assert writer.fold.known == fold.known


@given(days(), st.lists(events()), st.booleans())
def test_a_commit_that_never_got_durable_can_be_undone(day: Day, more: list[Event], beaten: bool) -> None:
    writer = CommitBuilder(Head())
    writer.enter(day.events)
    writer.settle()
    before = writer.fold.copy().known
    writer.enter(more, {condition: Right(1, sure=False) for condition in day.told} if beaten else None)
    writer.fold.undo()
    assert writer.fold.known == before


def test_a_second_epoch_goes_on_after_the_first() -> None:
    first = CommitBuilder(Head())
    first.enter([State(START_NS, "started"), Snapshot(START_NS, RISE, ("005930",))])
    second = CommitBuilder(Head(epoch=1, last_id=2, numbers={RISE: 1}, fold=first.fold))
    commit = second.enter([State(START_NS + 1, "started"), Enter(START_NS + 2, RISE, "000660")])
    assert commit.epochs == [(2, 3, START_NS + 1)]
    assert commit.last == (2, 2)
    assert commit.conditions == []
    assert [row[0] for row in (*commit.others, *commit.changes)] == [3, 4]


def test_an_epoch_without_an_event_leaves_no_trace() -> None:
    commit = CommitBuilder(Head()).enter([], rights={RISE: Right(1, sure=True)}, frames=[(START_NS, b"{}")])
    assert commit.epochs == []
    assert commit.last == (1, 0)
    assert commit.frames == [(START_NS, b"{}")]


def test_what_was_lost_on_the_way_is_told_before_the_snapshot_that_shows_it() -> None:
    writer = CommitBuilder(Head())
    shown = [Snapshot(START_NS, RISE, ("005930",)), Snapshot(START_NS + 5, RISE, ("000660",))]
    assert [event for _, event in read([writer.enter(shown)])] == [
        shown[0],
        Gap(RISE, START_NS, START_NS + 5, "lagged", "not all was recorded"),
        Leave(START_NS + 5, RISE, "005930", "", "recovered", START_NS, START_NS + 5),
        Enter(START_NS + 5, RISE, "000660", "", "recovered", START_NS, START_NS + 5),
        shown[1],
    ]


def test_a_mark_holds_the_fold_and_the_span_of_what_came_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "CHECKPOINT_EVERY", 3)
    writer = CommitBuilder(Head())
    assert writer.enter([Snapshot(START_NS + 9, RISE, ()), Enter(START_NS, RISE, "005930")]).checkpoints == []
    [checkpoint] = writer.enter([Enter(START_NS + 3, RISE, "000660"), Enter(START_NS + 4, RISE, "0000D0")]).checkpoints
    assert checkpoint[:3] == (4, START_NS, START_NS + 9)
    assert fold_of(checkpoint[3], {1: RISE}).known == writer.fold.known
    assert writer.enter([Leave(START_NS + 5, RISE, "000660")]).checkpoints == []


def test_marks_do_not_take_more_room_than_the_events_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "CHECKPOINT_EVERY", 3)
    writer = CommitBuilder(Head())
    writer.enter([Snapshot(START_NS, RISE, tuple(f"{n:06d}" for n in range(10)))])
    pair: list[Event] = [Enter(START_NS + 1, RISE, "900000"), Leave(START_NS + 2, RISE, "900000")]
    assert [len(writer.enter(pair).checkpoints) for _ in range(6)] == [0, 0, 0, 0, 1, 0]


def test_a_pulse_holds_the_rights_of_all_that_is_known() -> None:
    high = Condition("7", "신고가 돌파")
    writer = CommitBuilder(Head())
    writer.enter([Snapshot(START_NS, RISE, ()), Snapshot(START_NS, high, ())])
    [watermark] = writer.enter([], rights={RISE: Right(START_NS + 7, sure=False)}).watermarks
    assert watermark[:2] == (1, 2)
    assert rights_of(watermark[2], {1: RISE, 2: high}) == {
        RISE: Right(START_NS + 7, sure=False),
        high: Right(START_NS, sure=True),
    }


def test_a_name_is_written_when_it_is_seen_and_when_it_changes() -> None:
    writer = CommitBuilder(Head())
    first = writer.enter([Snapshot(10, RISE, ("005930", "000660"), {"005930": "삼성전자"})])
    second = writer.enter([Enter(20, RISE, "035420", name="NAVER"), Leave(30, RISE, "005930", name="삼성전자")])
    third = writer.enter([Enter(40, RISE, "005930", name="삼성")])
    fourth = writer.enter([Leave(50, RISE, "005930", name="삼성"), Enter(60, RISE, "005930")])
    assert [each.names for each in (first, second, third, fourth)] == [
        [("005930", 10, "삼성전자")],
        [("035420", 20, "NAVER")],
        [("005930", 40, "삼성")],
        [],
    ]
    assert not second.small
    assert fourth.small
