"""Following a numbered stream: repeats are dropped, holes are noticed, a refusal is a gap that never jumps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.errors import PositionError
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot
from jogeon.journal.fold import Fold
from jogeon.journal.position import Position
from jogeon.journal.stream import Stream
from recorded import START_NS, Day, days

RISE, HIGH = Condition("4", "급등주"), Condition("7", "신고가 돌파")
JOURNAL = "9f3c0011aabbccdd"

Numbered = tuple[Position, Event]


def numbered(events: list[Event], breaks: set[int]) -> list[Numbered]:
    """Number events; a new epoch begins at each break."""
    epoch, n, found = 1, 0, []
    for place, event in enumerate(events):
        epoch, n = (epoch + 1, 1) if place in breaks and n else (epoch, n + 1)
        found.append((Position(epoch, n, JOURNAL), event))
    return found


def folded(events: list[Event]) -> dict[Condition, set[str]]:
    fold = Fold()
    for event in events:
        fold.take(event)
        fold.settle()
    return {condition: set(known.codes) for condition, known in fold.known.items()}


def known(stream: Stream) -> dict[Condition, set[str]]:
    return {condition: set(each.codes) for condition, each in stream.known.items()}


@given(days(), st.sets(st.integers(0, 30)), st.data())
def test_repeats_are_dropped_and_the_fold_is_that_of_all(day: Day, breaks: set[int], data: st.DataObject) -> None:
    stream, told = numbered(day.events, breaks), []
    follower = Stream()
    for place, (at, event) in enumerate(stream):
        back = data.draw(st.integers(0, 3))
        for again, repeated in stream[max(0, place - back) : place]:
            assert not follower.take(again, repeated)
        assert follower.take(at, event)
        told.append(event)
    assert told == day.events
    assert known(follower) == folded(day.events)
    assert not stream or follower.position == stream[-1][0]


@given(st.integers(2, 8), st.data())
def test_a_hole_is_noticed_wherever_it_is(size: int, data: st.DataObject) -> None:
    stream = numbered([Enter(START_NS + n, RISE, f"{n:06d}") for n in range(size)], set())
    lost = data.draw(st.integers(0, size - 2))
    follower = Stream()
    for at, event in stream[:lost]:
        follower.take(at, event)
    with pytest.raises(PositionError) as hole:
        follower.take(*stream[lost + 1])
    assert (hole.value.reason, hole.value.position) == ("hole", follower.position)
    for at, event in stream[lost:]:
        assert follower.take(at, event)


def test_a_hole_in_front_of_an_epoch_is_noticed() -> None:
    follower = Stream(Position(1, 5))
    with pytest.raises(PositionError):
        follower.take(Position(2, 2), Enter(START_NS, RISE, "005930"))
    assert follower.take(Position(2, 1), Enter(START_NS, RISE, "005930"))


def test_of_some_conditions_each_event_names_the_one_before_it() -> None:
    follower = Stream(Position(1, 10))
    assert follower.take(Position(1, 12), Enter(START_NS, RISE, "005930"), Position(1, 9))
    assert follower.take(Position(1, 15), Enter(START_NS, HIGH, "005930"), Position(1, 3))
    assert follower.take(Position(1, 17), Leave(START_NS, RISE, "005930"), Position(1, 12))
    with pytest.raises(PositionError) as hole:
        follower.take(Position(1, 20), Leave(START_NS, HIGH, "005930"), Position(1, 18))
    assert hole.value.reason == "hole"


def test_the_stream_of_another_journal_is_refused() -> None:
    follower = Stream(Position(1, 1, JOURNAL))
    with pytest.raises(PositionError) as foreign:
        follower.take(Position(1, 2, "0011001100110011"), Enter(START_NS, RISE, "005930"))
    assert foreign.value.reason == "foreign"


def test_a_refusal_is_a_gap_the_difference_and_the_snapshot() -> None:
    follower = Stream()
    follower.take(Position(1, 1), Snapshot(START_NS, RISE, ("005930", "000660")))
    later = START_NS + 60
    shown = [Snapshot(later, RISE, ("000660", "035720")), Snapshot(later, HIGH, ("0000D0",))]
    assert follower.refused(shown, Position(3, 8)) == [
        Gap(RISE, START_NS, later, "lagged"),
        Leave(later, RISE, "005930", "", "recovered", START_NS, later),
        Enter(later, RISE, "035720", "", "recovered", START_NS, later),
        *shown,
    ]
    assert follower.position == Position(3, 8)
    assert known(follower) == {RISE: {"000660", "035720"}, HIGH: {"0000D0"}}
    assert follower.take(Position(3, 9), Leave(later, RISE, "000660"))


def test_a_condition_that_was_renumbered_meanwhile_goes_on_under_its_name() -> None:
    follower = Stream()
    follower.take(Position(1, 1), Snapshot(START_NS, RISE, ("005930",)))
    moved = Condition("9", RISE.name)
    made = follower.refused([Snapshot(START_NS + 1, moved, ())], Position(2, 1))
    assert [type(event) for event in made] == [Gap, Leave, Snapshot]
    assert known(follower) == {moved: set()}
