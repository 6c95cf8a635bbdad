"""Who was in a condition at a moment: the same as was true then, whatever a condition is called now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.errors import UnknownCondition
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.journal.fold import Fold, Right
from jogeon.journal.history import History
from recorded import SECOND, START_NS, Day, at, days, write
from test_history import HIGH, RISE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def members(path: Path, seconds: float, *names: str) -> dict[str, tuple[list[str], float | None]]:
    """Return the pictures at a moment: codes, and since when nobody listened."""
    with History(path) as history:
        pictures = history.members(at(seconds), names)
    return {
        each.condition.name: (
            list(each.codes),
            None if each.blind_since_ns is None else (each.blind_since_ns - START_NS) / SECOND,
        )
        for each in pictures
    }


@given(days(max_size=40), st.integers(1, 9), st.data())
def test_the_members_at_any_moment_are_those_there_were(
    tmp_path_factory: pytest.TempPathFactory, day: Day, marks: int, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("members") / "journal.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", marks)
        write(path, *day.blocks, rights={condition: Right(day.at_ns, sure=True) for condition in day.told})
    moment = data.draw(st.integers(START_NS - SECOND, day.at_ns + SECOND))
    fold = Fold()
    for event in day.events:
        if (event.until_ns if isinstance(event, Gap) else event.at_ns) <= moment:
            fold.take(event)
    with History(path) as history:
        found = {each.condition: each for each in history.members(moment)}
        for condition in history.conditions:
            asked = history.members(moment, [condition.name])
            assert asked == [each for each in found.values() if each.condition.name == condition.name]
    assert {condition: list(each.codes) for condition, each in found.items()} == {
        condition: list(known.codes) for condition, known in fold.known.items()
    }
    gaps = [event for event in day.events if isinstance(event, Gap)]
    blind = {gap.condition.name for gap in gaps if gap.since_ns < moment < gap.until_ns}
    assert {each.condition.name for each in found.values() if each.blind_since_ns is not None} == blind & {
        condition.name for condition in found
    }


def test_members_stand_still_in_a_gap_and_the_picture_says_so(path: Path) -> None:
    write(
        path,
        [Snapshot(at(0), RISE, ("005930",))],
        [Enter(at(10), RISE, "000660")],
        [Gap(RISE, at(20), at(50), "connection lost"), Leave(at(50), RISE, "005930", "", "recovered", at(20), at(50)),
         Snapshot(at(50), RISE, ("000660",))],
        rights={RISE: Right(at(100), sure=True)},
    )  # fmt: skip
    assert members(path, -1) == {}
    assert members(path, 0) == {"급등주": (["005930"], None)}
    assert members(path, 15) == {"급등주": (["005930", "000660"], None)}
    assert members(path, 30) == {"급등주": (["005930", "000660"], 20)}
    assert members(path, 50) == {"급등주": (["000660"], None)}
    assert members(path, 120) == {"급등주": (["000660"], None)}
    assert members(path, 200) == {"급등주": (["000660"], 100)}


def test_members_of_a_condition_whose_recording_ended_blind(path: Path) -> None:
    gap = Gap(RISE, at(20), at(50), "connection lost", open=True)
    write(path, [Snapshot(at(0), RISE, ("005930",))], [gap, State(at(50), "ended")])
    assert members(path, 10) == {"급등주": (["005930"], None)}
    assert members(path, 30) == {"급등주": (["005930"], 20)}
    assert members(path, 51) == {"급등주": (["005930"], 20)}


def test_members_are_asked_for_by_name(path: Path) -> None:
    write(path, [Snapshot(at(0), RISE, ())], [Snapshot(at(0), HIGH, ())])
    assert set(members(path, 1, "급등주")) == {"급등주"}
    assert set(members(path, 1, "4", "급등주")) == {"급등주", "신고가 돌파"}
    with pytest.raises(UnknownCondition):
        members(path, 1, "없는 조건")


def test_members_asked_for_by_a_seq_keep_what_they_had_under_another(path: Path) -> None:
    moved = Condition("9", "급등주")
    write(
        path,
        [Snapshot(at(0), RISE, ("005930",))],
        [Snapshot(at(0), HIGH, ())],
        [Gap(moved, at(10), at(20), "registration lost", open=True)],
    )
    assert members(path, 30, "9") == {"급등주": (["005930"], 10)}
    assert members(path, 5, "9") == {}
    assert members(path, 5, "0") == {"급등주": (["005930"], None)}


def gap_of(condition: Condition, start: float, end: float, *codes: str) -> list[Event]:
    """Return a gap and the snapshot that ends it."""
    return [Gap(condition, at(start), at(end), "registration lost"), Snapshot(at(end), condition, codes)]


def test_a_gap_is_blind_under_whatever_seq_it_was_told(path: Path) -> None:
    moved = Condition("9", "급등주")
    write(
        path,
        [Snapshot(at(0), RISE, ("005930",))],
        gap_of(moved, 10, 20, "005930"),
        gap_of(RISE, 30, 40, "005930"),
        rights={RISE: Right(at(100), sure=True)},
    )
    blind = {seconds: members(path, seconds)["급등주"][1] for seconds in (5, 15, 25, 35, 45)}
    assert blind == {5: None, 15: 10, 25: None, 35: 30, 45: None}
    with History(path) as history:
        [rise] = history.stats().conditions
    assert (rise.condition, rise.blind, rise.covered) == (RISE, 20.0, 80.0)


def test_a_doubled_name_is_told_apart_and_goes_on_when_it_is_single_again(path: Path) -> None:
    twin, stays = Condition("5", "급등주"), Condition("8", "급등주")
    write(
        path,
        [Snapshot(at(0), RISE, ("005930",))],
        [Snapshot(at(5), twin, ("000660",))],
        [State(at(10), "condition-gone", twin)],
        gap_of(stays, 10, 20, "005930"),
        gap_of(stays, 30, 40, "005930"),
        rights={stays: Right(at(100), sure=True)},
    )
    with History(path) as history:
        seen = [{(p.condition, p.blind_since_ns) for p in history.members(at(seconds))} for seconds in (15, 35)]
        found = [stats.condition for stats in history.stats().conditions]
    assert seen[0] == {(RISE, at(10)), (twin, None)} or seen[0] == {(RISE, at(10)), (twin, at(5))}
    assert (stays, at(30)) in seen[1]
    assert set(found) == {stays, twin}
