"""The truth of a watch on a scripted broker, in virtual time: each fault alone, then all of them together.

`python bench/scripted.py` plays many more seeds.
"""

from collections.abc import Iterator

import pytest

from jogeon.events import Condition, Enter, Event, Gap, Leave
from oracle import SECOND_NS, Seqs, away, judge, shows_another
from scripted import FAULTS, TOGETHER, World


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_one_kind_of_fault(fault: str) -> None:
    world = World(1, [fault])
    assert world.run() == []
    assert world.played
    assert len(world.told) > 100


@pytest.mark.parametrize("seed", range(12))
def test_all_of_them(seed: int) -> None:
    assert World(seed, TOGETHER).run() == []


SINCE = {
    "a name taken over",
    "clear again",
    "clock set back",
    "list again",
    "login doubled",
    "registration again, much later",
    "search again, much later",
}
"""Kinds of fault that came after the seeds below were found: with them they would take another course."""


@pytest.mark.parametrize("seed", [53501, 90157, 90628, 200548, 402744, 900388, 902334, 1004699])
def test_two_faults_that_meet(seed: int) -> None:
    """A recheck's request is lost as an old reply comes; a slow reader lags as a broker that hung tells all at once.

    Or a name moves between two lists that agree, and is registered under the seq of another meanwhile; or a snapshot
    that comes twice meets a search; or the reply to a search comes late when its seq is another's; or an answer that
    names no condition comes twice, and its copy meets the registration of another; or a snapshot comes late, when its
    seq is that of another, which is searched.
    """
    assert World(seed, set(TOGETHER) - SINCE, pause=10.0).run() == []


@pytest.mark.parametrize("seed", [250099, 250124, 250454])
def test_registrations_that_are_late_while_names_move(seed: int) -> None:
    """A snapshot comes when its seq is another's, or shows whose the seq was when it was asked for."""
    faults = ["names swapped", "recheck late", "recheck slow", "registration doubled", "registration late"]
    faults += ["registration slow", "renumbered", "renumbered after the list"]
    assert World(seed, faults, pause=20.0).run() == []


def test_a_slow_reader_is_handed_what_was_anothers_and_nobody_could_know() -> None:
    faults = ["names swapped", "renumbered", "renumbered after the list"]
    faults += ["search doubled", "search late", "search lost", "search slow"]
    assert World(900105, faults, pause=5.0).run() == []


def test_the_oracle_misses_every_change_that_is_not_told() -> None:
    world = World(1, ["drop"])
    assert world.run() == []
    told = list(world.told)
    changes = [place for place, each in enumerate(told) if isinstance(each.event, Enter | Leave)]
    for place in changes[::9]:
        world.told = told[:place] + told[place + 1 :]
        assert judge(world) != [], told[place]


def test_the_oracle_misses_gaps_that_are_not_told_or_begin_too_late() -> None:
    world = World(1, ["drop", "shut"])
    assert world.run() == []
    told = list(world.told)
    world.told = [each for each in told if not isinstance(each.event, Gap)]
    assert any("no gap covers it" in sentence for sentence in judge(world))
    world.told = [each._replace(event=_late(each.event)) for each in told]
    wrong = judge(world)
    assert any("no gap covers it" in sentence for sentence in wrong)
    assert any("did not happen in" in sentence for sentence in wrong)


def test_the_oracle_misses_lags_that_begin_too_late() -> None:
    world = World(1, ["notice"], pause=10.0)
    assert world.run() == []
    assert world.counts["gaps for lagging"]
    for guest in world.guests:
        guest.told = [each._replace(event=_late(each.event)) for each in guest.told]
    assert any("did not happen in" in sentence for sentence in judge(world))


A = Condition("4", "급등주")
"""As a client knows it whose lists all show it under 4."""


class Moved:
    """A name that was under 7 from 20 s to 40 s; it is registered where it is known, at once or `after` a while."""

    def __init__(self, *lists: int, after: int = 0) -> None:
        self._after_ns = after * SECOND_NS
        self.seqs: dict[str, Seqs] = {"급등주": [(0, "4"), (20 * SECOND_NS, "7"), (40 * SECOND_NS, "4")]}
        self.lists = [each * SECOND_NS for each in lists]

    def away(self, name: str) -> Iterator[tuple[int, int, str | None]]:
        return away(self.seqs[name], self.lists)

    def registered_as(self, seq: str, at_ns: int) -> str | None:
        now = [place for at, place in self.seqs["급등주"] if at <= at_ns - self._after_ns][-1]
        return "급등주" if now == seq else "눌림목"


def shown_at(second: int, condition: Condition = A) -> Event:
    return Enter(second * SECOND_NS, condition, "005930", "", "recovered", 10 * SECOND_NS, second * SECOND_NS)


def test_what_was_anothers_between_two_lists_that_agree_is_excused_and_nothing_beside_it() -> None:
    moved = Moved(10, 50)
    assert shows_another(shown_at(30), moved)
    assert not shows_another(shown_at(15), moved), "it was in its place"
    assert not shows_another(shown_at(45), moved), "it was back"
    assert shows_another(shown_at(45), Moved(10, 50, after=10)), "it was not yet back when this was registered"
    assert not shows_another(shown_at(30, Condition("7", "급등주")), moved), "it was known where it was"
    assert not shows_another(shown_at(30), Moved(10, 30, 50)), "a list showed that it had moved"
    assert not shows_another(shown_at(30), Moved(10)), "no list has agreed yet"
    assert not shows_another(Gap(A, 0, 30 * SECOND_NS, "drift"), moved)


def _late(event: Event) -> Event:
    """Let a gap, and what it recovered, begin when it ended."""
    match event:
        case Gap(condition, _, until_ns, cause):
            return Gap(condition, until_ns, until_ns, cause)
        case Enter(at, condition, code, clock, "recovered", _, until_ns):
            return Enter(at, condition, code, clock, "recovered", until_ns, until_ns)
        case Leave(at, condition, code, clock, "recovered", _, until_ns):
            return Leave(at, condition, code, clock, "recovered", until_ns, until_ns)
    return event
