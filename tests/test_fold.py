"""The fold of events: what it says is what the broker said, and what was not committed can be taken back."""

from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot
from jogeon.journal.fold import Fold, Right
from recorded import SECOND, START_NS, Day, codes, days, events

RISE = Condition("4", "급등주")


def folded(recorded: list[Event]) -> Fold:
    fold = Fold()
    for event in recorded:
        fold.take(event)
    fold.settle()
    return fold


@given(days())
def test_the_fold_is_the_truth_of_the_day(day: Day) -> None:
    fold = folded(day.events)
    assert {condition: list(known.codes) for condition, known in fold.known.items()} == {
        condition: day.members[condition] for condition in day.told
    }


@given(days())
def test_no_snapshot_of_a_day_that_keeps_the_rules_needs_anything_before_it(day: Day) -> None:
    fold = Fold()
    for event in day.events:
        assert not isinstance(event, Snapshot) or fold.owed(event) == []
        fold.take(event)


@given(days(), st.lists(events()))
def test_undo_takes_back_whatever_was_taken_since_settle(day: Day, more: list[Event]) -> None:
    fold = folded(day.events)
    before = fold.copy().known
    for event in more:
        fold.take(event)
    fold.confirm({condition: Right(1, sure=False) for condition in before})
    fold.undo()
    assert fold.known == before


def test_a_gap_of_a_condition_under_another_seq_continues_its_namesake() -> None:
    moved = Condition("7", "급등주")
    fold = folded([Snapshot(START_NS, RISE, ("005930",)), Gap(moved, START_NS, START_NS + 1, "registration lost")])
    assert {condition: list(known.codes) for condition, known in fold.known.items()} == {moved: ["005930"]}


def test_a_namesake_that_begins_with_a_snapshot_is_another_condition() -> None:
    other = Condition("7", "급등주")
    fold = folded([Snapshot(START_NS, RISE, ("005930",)), Snapshot(START_NS, other, ("000660",))])
    assert set(fold.known) == {RISE, other}


@given(
    st.lists(codes, max_size=4), st.lists(codes, max_size=4), st.lists(codes, max_size=4), st.booleans(), st.booleans()
)
def test_the_one_that_stays_of_a_doubled_name_goes_on_behind_its_gap(
    first: list[str], second: list[str], after: list[str], stays: bool, moves: bool
) -> None:
    day, twin = Day(("급등주",)), Condition("5", "급등주")
    one = next(iter(day.members))
    day.first(one, first)
    day.double(one, "5", second)
    left, kept = (one, twin) if stays else (twin, one)
    day.gone(left)
    day.outage(kept, after, "condition missing", "8" if moves else "")
    day.outage(Condition("8" if moves else kept.seq, "급등주"), [*after, "999999"], "connection lost", "9")
    fold = Fold()
    for event in day.events:
        assert not isinstance(event, Snapshot) or fold.owed(event) == []
        fold.take(event)
    assert len(fold.known) == 2
    assert set(fold.known[Condition("9", "급등주")].codes) == {*after, "999999"}
    standing = next(set(known.codes) for condition, known in fold.known.items() if condition.seq != "9")
    assert standing == set(day.members[left])


def test_a_snapshot_that_differs_owes_a_gap_since_the_picture_was_right() -> None:
    fold = folded([Snapshot(START_NS, RISE, ("005930",)), Enter(START_NS + SECOND, RISE, "000660")])
    later = START_NS + 9 * SECOND
    assert fold.owed(Snapshot(later, RISE, ("005930",))) == [
        Gap(RISE, START_NS + SECOND, later, "lagged", "not all was recorded"),
        Leave(later, RISE, "000660", "", "recovered", START_NS + SECOND, later),
    ]


def test_changes_prove_that_the_picture_was_right() -> None:
    fold = folded([Snapshot(START_NS, RISE, ()), Enter(START_NS + SECOND, RISE, "005930")])
    assert (fold.known[RISE].right_ns, fold.known[RISE].sure) == (START_NS + SECOND, True)


def test_changes_in_doubt_prove_nothing_until_the_next_snapshot() -> None:
    fold = folded([Snapshot(START_NS, RISE, ())])
    fold.confirm({RISE: Right(START_NS, sure=False)})
    fold.take(Enter(START_NS + SECOND, RISE, "005930"))
    assert fold.known[RISE].right_ns == START_NS
    fold.take(Snapshot(START_NS + 2 * SECOND, RISE, ("005930",)))
    assert (fold.known[RISE].right_ns, fold.known[RISE].sure) == (START_NS + 2 * SECOND, True)


def test_an_open_gap_says_since_when_nothing_is_known() -> None:
    gap = Gap(RISE, START_NS + 1, START_NS + SECOND, "connection lost", open=True)
    fold = folded([Snapshot(START_NS, RISE, ()), Enter(START_NS + 2, RISE, "005930"), gap])
    assert (fold.known[RISE].right_ns, fold.known[RISE].sure) == (START_NS + 1, False)


def test_a_pulse_of_a_condition_that_was_never_shown_is_no_news() -> None:
    fold = Fold()
    fold.confirm({RISE: Right(START_NS, sure=True)})
    assert fold.known == {}
