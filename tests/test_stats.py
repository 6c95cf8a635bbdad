"""Statistics of conditions: only what was heard counts."""

import pytest

from jogeon.events import Condition
from jogeon.stats import Overlap, Tally, clip, length, overlaps
from recorded import SECOND, START_NS

RISE, HIGH, VOLUME = Condition("0", "급등주"), Condition("4", "신고가 돌파"), Condition("7", "거래량 급증")
ENTER, LEAVE = 0, 1


def heard(tally: Tally, code: str, enter: float, leave: float | None = None) -> None:
    tally.add(START_NS + int(enter * SECOND), ENTER, code, None)
    if leave is not None:
        tally.add(START_NS + int(leave * SECOND), LEAVE, code, None)


def test_stays_are_from_enter_to_leave() -> None:
    tally = Tally()
    for n in range(1, 11):
        heard(tally, f"{n:06d}", n, n + n)
    numbers = tally.result(RISE, [], [])
    assert (numbers.enters, numbers.leaves, numbers.recovered, numbers.stocks) == (10, 10, 0, 10)
    assert (numbers.stay_median, numbers.stay_p90, numbers.flaps) == (6.0, 10.0, 2)


def test_a_stock_that_comes_again_stays_again() -> None:
    tally = Tally()
    heard(tally, "005930", 1, 2)
    heard(tally, "005930", 10, 14)
    numbers = tally.result(RISE, [], [])
    assert (numbers.stocks, numbers.stay_p90, numbers.flaps) == (1, 4.0, 1)


def test_nobody_knows_how_long_the_stocks_of_a_snapshot_have_been_in() -> None:
    tally = Tally()
    tally.show(["005930", "000660"])
    tally.add(START_NS, LEAVE, "005930", None)
    numbers = tally.result(RISE, [], [])
    assert (numbers.leaves, numbers.stocks, numbers.stay_median) == (1, 2, None)


def test_a_stay_over_a_gap_is_not_measured() -> None:
    tally = Tally()
    heard(tally, "005930", 1)
    tally.gap()
    tally.add(START_NS + 90 * SECOND, LEAVE, "005930", None)
    assert tally.result(RISE, [], []).stay_median is None


def test_recovered_changes_are_counted_and_not_measured() -> None:
    tally = Tally()
    tally.add(START_NS, ENTER, "005930", 1)
    tally.add(START_NS + SECOND, LEAVE, "005930", None)
    heard(tally, "000660", 1)
    tally.add(START_NS + 9 * SECOND, LEAVE, "000660", 1)
    numbers = tally.result(RISE, [], [])
    assert (numbers.enters, numbers.leaves, numbers.recovered, numbers.stay_median) == (2, 2, 2, None)


def test_the_busiest_minutes_come_first_and_the_earlier_of_equals() -> None:
    tally = Tally()
    for second in (1, 2, 61, 62, 63, 121, 200, 201, 202):
        heard(tally, f"{second:06d}", second)
    assert tally.result(RISE, [], []).busiest == (
        (START_NS + 60 * SECOND, 3),
        (START_NS + 180 * SECOND, 3),
        (START_NS, 2),
    )


def test_covered_and_blind_time_are_the_recorded_time_together() -> None:
    numbers = Tally().result(RISE, [(0, 100 * SECOND)], [(10 * SECOND, 30 * SECOND), (20 * SECOND, 40 * SECOND)])
    assert (numbers.covered, numbers.blind) == (70.0, 30.0)


def test_a_gap_at_the_end_is_blind_time_too() -> None:
    numbers = Tally().result(RISE, [(0, 100 * SECOND)], [(100 * SECOND, 130 * SECOND)])
    assert (numbers.covered, numbers.blind) == (100.0, 30.0)


def test_overlaps_are_the_stocks_in_common_the_closest_pair_first() -> None:
    tallies = {
        RISE: Tally(stocks={"1", "2", "3"}),
        HIGH: Tally(stocks={"3", "4"}),
        VOLUME: Tally(stocks={"1", "2", "3", "4"}),
    }
    assert overlaps(tallies) == [
        Overlap(RISE, VOLUME, 3, 4),
        Overlap(HIGH, VOLUME, 2, 4),
        Overlap(RISE, HIGH, 1, 4),
    ]
    assert overlaps({RISE: Tally(stocks={"1"}), HIGH: Tally(stocks={"2"})}) == []


@pytest.mark.parametrize(
    ("spans", "total"),
    [([], 0), ([(1, 4)], 3), ([(1, 4), (2, 3)], 3), ([(5, 9), (1, 6)], 8), ([(1, 2), (3, 4)], 2), ([(3, 3)], 0)],
)
def test_stretches_that_overlap_count_once(spans: list[tuple[int, int]], total: int) -> None:
    assert length(spans) == total


def test_a_stretch_outside_the_limits_is_empty() -> None:
    assert clip((1, 10), (3, 5)) == (3, 5)
    assert length([clip((1, 2), (3, 5)), clip((7, 9), (3, 5))]) == 0
