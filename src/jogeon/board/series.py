"""How many members a condition had over time, in a bounded number of points; None where nobody listened. No I/O."""

from collections.abc import Sequence

Point = tuple[int, int | None]
"""Milliseconds since 1970, and the number of members from then on."""


class Series:
    """The members of one condition as points; when there are too many, neighbours within a span become one."""

    def __init__(self, room: int = 240) -> None:
        self._room = room
        self._span_ms = 0
        self.points: list[Point] = []

    def add(self, at_ms: int, count: int | None) -> None:
        """Take the number of members from a moment on; None when nobody listens any more."""
        points = self.points
        if points and points[-1][1] == count:
            return
        if points and _alike(points[-1], (at_ms, count), self._span_ms):
            points[-1] = (points[-1][0], count)
        else:
            points.append((at_ms, count))
        while len(points) > self._room:
            self._span_ms = max(1_000, 2 * self._span_ms)
            points[:] = thinned(points, self._span_ms)


def thinned(points: Sequence[Point], span_ms: int) -> list[Point]:
    """Return points with the last one of each span; where nobody listened stays."""
    kept: list[Point] = []
    for point in points:
        if kept and _alike(kept[-1], point, span_ms):
            kept[-1] = (kept[-1][0], point[1])
        else:
            kept.append(point)
    return kept


def _alike(one: Point, other: Point, span_ms: int) -> bool:
    return other[0] - one[0] < span_ms and None not in (one[1], other[1])
