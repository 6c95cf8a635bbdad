"""How many members a condition had over time, in a bounded number of points."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jogeon.board.series import Series, thinned

COUNTS = st.one_of(st.none(), st.integers(0, 9))


def series_of(*points: tuple[int, int | None], room: int = 240) -> Series:
    series = Series(room)
    for point in points:
        series.add(*point)
    return series


def test_a_number_that_stays_the_same_is_one_point() -> None:
    assert series_of((0, 3), (5, 3), (9, 4)).points == [(0, 3), (9, 4)]


def test_where_nobody_listened_there_is_a_hole() -> None:
    assert series_of((0, 3), (5, None), (9, 3)).points == [(0, 3), (5, None), (9, 3)]


def test_too_many_points_become_fewer_and_a_hole_stays() -> None:
    points: list[tuple[int, int | None]] = [(each * 100, each) for each in range(50)]
    series = series_of(*points[:20], (1_999, None), *points[20:], room=10)
    assert len(series.points) <= 10
    assert (1_999, None) in series.points
    assert series.points[-1][1] == 49


@given(st.lists(st.tuples(st.integers(0, 10_000), COUNTS), min_size=1, max_size=80))
def test_it_is_bounded_and_ends_with_the_last_number(points: list[tuple[int, int | None]]) -> None:
    ordered = sorted(points, key=lambda point: point[0])
    holes = sum(count is None for _, count in ordered)
    series = series_of(*ordered, room=12)
    assert series.points[-1][1] == ordered[-1][1]
    assert len(series.points) <= max(12, 2 * holes + 2)


def test_what_is_thinned_keeps_the_last_of_each_span() -> None:
    assert thinned([(0, 1), (10, 2), (20, 3), (200, 4)], 100) == [(0, 3), (200, 4)]
