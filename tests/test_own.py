"""What the tool tells of itself: once, and only what was asked for."""

from datetime import time

import pytest

from jogeon.alerts.own import PAUSE_NS, Note, Self
from jogeon.alerts.settings import Own
from jogeon.events import Condition, State, StateName, korean
from jogeon.reports import Report

SECOND = 1_000_000_000
MONDAY = 1_764_547_200 * SECOND  # 2025-12-01 09:00 in Korea
FULL = Report("disk full", text="28")
REFUSED = Report("token refused", code="8005", text="no")


def at(seconds: float) -> int:
    return MONDAY + int(seconds * SECOND)


def state(seconds: float, name: StateName, error: Report | None = None, condition: Condition | None = None) -> State:
    return State(at(seconds), name, condition, error=error)


def kinds(notes: list[Note]) -> list[str]:
    return [note.kind for note in notes]


def own(**fields: object) -> Self:
    return Self(Own(to=("폰",), **fields), MONDAY)  # type: ignore[arg-type]


def test_a_lost_connection_is_told_once_it_lasts_and_when_it_is_back() -> None:
    watched = own(disconnected=60 * SECOND)
    assert watched.take(state(0, "connected")) == []
    assert watched.take(state(10, "reconnecting")) == []
    assert watched.take(state(40, "reconnecting")) == []
    assert not watched.connected
    assert watched.look(at(69)) == []
    assert watched.look(at(70)) == [Note("disconnected", at(70), seconds=60.0)]
    assert watched.look(at(500)) == []
    assert watched.take(state(510, "connected")) == [Note("connected", at(510), seconds=500.0)]
    assert watched.connected


def test_a_short_outage_is_not_told() -> None:
    watched = own(disconnected=60 * SECOND)
    watched.take(state(10, "reconnecting"))
    assert watched.take(state(20, "connected")) == []
    assert watched.look(at(500)) == []
    assert own().look(at(500)) == []


@pytest.mark.parametrize("wanted", [True, False])
def test_taken_refused_and_gone_are_told_if_wanted(*, wanted: bool) -> None:
    watched = own(taken=wanted, refused=wanted, gone=wanted)
    gone = state(1, "condition-gone", condition=Condition("4", "급등주"))
    said = [*watched.take(state(0, "taken")), *watched.take(gone), *watched.take(state(2, "reconnecting", REFUSED))]
    assert kinds(said) == (["taken", "gone", "refused"] if wanted else [])
    assert watched.take(state(3, "reconnecting", REFUSED)) == []


def test_an_end_with_an_error_is_told_and_no_other() -> None:
    assert own().take(state(0, "ended")) == []
    assert own().take(state(0, "ended", Report("taken"))) == []
    assert own().take(state(0, "ended", REFUSED)) == [Note("ended", at(0), report=REFUSED)]


def test_a_journal_that_is_not_written_is_told_at_most_once_an_hour() -> None:
    watched = own()
    assert watched.look(at(0), FULL) == []
    assert watched.look(at(2), FULL) == [Note("stalled", at(2), report=FULL)]
    assert watched.look(at(3), None) == [Note("resumed", at(3))]
    assert [*watched.look(at(4), FULL), *watched.look(at(10), FULL)] == []
    later = 2 + PAUSE_NS / SECOND
    assert kinds(watched.look(at(later), FULL)) == ["stalled"]
    assert own(stalled=False).look(at(9), FULL) == []


def test_the_summary_comes_on_open_days_at_its_time() -> None:
    watched = own(daily=time(15, 40))
    days = []
    for hour in range(24 * 8):
        days += [korean(note.at_ns) for note in watched.look(at(hour * 3600))]
    assert [f"{day:%a %H}" for day in days] == ["Mon 16", "Tue 16", "Wed 16", "Thu 16", "Fri 16", "Mon 16"]
