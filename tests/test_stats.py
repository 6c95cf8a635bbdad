"""Statistics of conditions: only what was heard counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition
from jogeon.journal.stats import MINUTE_NS, ConditionStats, Overlap, Tally, clip, length, nth, overlaps
from recorded import SECOND, START_NS

RISE, HIGH, VOLUME = Condition("0", "급등주"), Condition("4", "신고가 돌파"), Condition("7", "거래량 급증")


class Story:
    """What happened to condition number 1, told in seconds."""

    def __init__(self) -> None:
        self.counts = Tally()

    def _row(self, second: float, kind: int, code: str | None = None, recovered: int | None = None) -> None:
        at_ns = START_NS + int(second * SECOND)
        packed = at_ns // MINUTE_NS << 20 | 1 << 3 | kind << 1 | bool(recovered)
        self.counts.add([(1, at_ns, packed, code)])

    def enter(self, second: float, code: str = "005930", recovered: int | None = None) -> "Story":
        self._row(second, 0, code, recovered)
        return self

    def leave(self, second: float, code: str = "005930", recovered: int | None = None) -> "Story":
        self._row(second, 1, code, recovered)
        return self

    def show(self, *codes: str) -> "Story":
        self.counts.add_shown(1, codes)
        return self

    def gap(self) -> "Story":
        self._row(0, 3)
        return self

    def numbers(self) -> ConditionStats:
        return self.counts.result(RISE, {1}, [], [])


def test_stays_are_from_enter_to_leave() -> None:
    story = Story()
    for n in range(1, 11):
        story.enter(n, f"{n:06d}").leave(n + n, f"{n:06d}")
    numbers = story.numbers()
    assert (numbers.enters, numbers.leaves, numbers.recovered, numbers.stocks) == (10, 10, 0, 10)
    assert (numbers.stay_median, numbers.stay_p90, numbers.flaps) == (6.0, 10.0, 2)


def test_a_stock_that_comes_again_stays_again() -> None:
    numbers = Story().enter(1).leave(2).enter(10).leave(14).numbers()
    assert (numbers.stocks, numbers.stay_p90, numbers.flaps) == (1, 4.0, 1)


def test_a_stay_over_which_the_clock_was_set_back_has_no_length() -> None:
    numbers = Story().enter(3600).leave(10).enter(20).leave(24).numbers()
    assert (numbers.enters, numbers.leaves, numbers.stay_median, numbers.flaps) == (2, 2, 4.0, 0)


def test_nobody_knows_how_long_the_stocks_of_a_snapshot_have_been_in() -> None:
    numbers = Story().show("005930", "000660").leave(5).numbers()
    assert (numbers.leaves, numbers.stocks, numbers.stay_median) == (1, 2, None)


def test_a_stay_over_a_gap_is_not_measured() -> None:
    assert Story().enter(1).gap().leave(90).numbers().stay_median is None


def test_recovered_changes_are_counted_and_not_measured() -> None:
    numbers = Story().enter(0, recovered=1).leave(1).enter(2).leave(9, recovered=1).numbers()
    assert (numbers.enters, numbers.leaves, numbers.recovered, numbers.stay_median) == (2, 2, 2, None)


def test_the_busiest_minutes_come_first_and_the_earlier_of_equals() -> None:
    story = Story()
    for second in (1, 2, 61, 62, 63, 121, 200, 201, 202):
        story.enter(second, f"{second:06d}")
    assert story.numbers().busiest == ((START_NS + 60 * SECOND, 3), (START_NS + 180 * SECOND, 3), (START_NS, 2))


def test_what_is_counted_of_one_condition_is_not_of_another() -> None:
    story = Story().enter(1)
    assert story.counts.result(HIGH, {2}, [], []).enters == 0
    assert story.counts.stocks({1, 2}) == {"005930"}


def test_covered_and_blind_time_are_the_recorded_time_together() -> None:
    numbers = Tally().result(RISE, {1}, [(0, 100 * SECOND)], [(10 * SECOND, 30 * SECOND), (20 * SECOND, 40 * SECOND)])
    assert (numbers.covered, numbers.blind) == (70.0, 30.0)


def test_a_gap_at_the_end_is_blind_time_too() -> None:
    numbers = Tally().result(RISE, {1}, [(0, 100 * SECOND)], [(100 * SECOND, 130 * SECOND)])
    assert (numbers.covered, numbers.blind) == (100.0, 30.0)


def test_overlaps_are_the_stocks_in_common_the_closest_pair_first() -> None:
    stocks = {RISE: {"1", "2", "3"}, HIGH: {"3", "4"}, VOLUME: {"1", "2", "3", "4"}}
    assert overlaps(stocks) == [
        Overlap(RISE, VOLUME, 3, 4),
        Overlap(HIGH, VOLUME, 2, 4),
        Overlap(RISE, HIGH, 1, 4),
    ]
    assert overlaps({RISE: {"1"}, HIGH: {"2"}}) == []


@pytest.mark.parametrize(
    ("spans", "total"),
    [([], 0), ([(1, 4)], 3), ([(1, 4), (2, 3)], 3), ([(5, 9), (1, 6)], 8), ([(1, 2), (3, 4)], 2), ([(3, 3)], 0)],
)
def test_stretches_that_overlap_count_once(spans: list[tuple[int, int]], total: int) -> None:
    assert length(spans) == total


def test_a_stretch_outside_the_limits_is_empty() -> None:
    assert clip((1, 10), (3, 5)) == (3, 5)
    assert length([clip((1, 2), (3, 5)), clip((7, 9), (3, 5))]) == 0


def test_nine_in_ten_stays_are_no_longer_than_the_ninetieth_percentile() -> None:
    story = Story()
    for n in range(1, 101):
        story.enter(n, f"{n:06d}").leave(n + n, f"{n:06d}")
    assert story.numbers().stay_p90 == pytest.approx(90, abs=1)


@given(st.lists(st.lists(st.integers(-(2**40), 2**40) | st.integers(-3, 3), max_size=20), min_size=1, max_size=6))
def test_what_stands_at_a_place_of_several_runs_is_found(runs: list[list[int]]) -> None:
    together = sorted(value for run in runs for value in run)
    assert [nth([sorted(run) for run in runs], place) for place in range(len(together))] == together
