"""Where each stock stands on a screen: it keeps its place, whoever comes and goes. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.cli.showing.live_picture import SECOND_NS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jogeon.cli.showing.live_picture import Roster, Stand

SEEN_LEAVING_NS = 5 * SECOND_NS
"""A stock that left holds its place for so long, though another one needs it."""


class Places:
    """The lines of a table and the stocks that stand in them.

    The newest members always have a place. A newcomer takes an empty one, else that of the stock that is out for the
    longest, else that of the member that is in for the longest; nobody else moves.
    """

    def __init__(self, count: int) -> None:
        self._codes: list[str | None] = [None] * count

    def seat(self, row: Roster, now_ns: int, order: Callable[[Stand], tuple[object, ...]]) -> list[Stand | None]:
        """Return who stands in each line now; who gets a place at the same time stands in this order."""
        known = {each.code: each for each in (*row.left, *row.members)}
        self._codes = [code if code in known else None for code in self._codes]
        wanted = row.members[: self._room(known, now_ns)]
        newcomers = [each for each in wanted if each.code not in self._codes]
        free = self._free(known, {each.code for each in wanted}, len(newcomers))
        for place, stand in zip(free, sorted(newcomers, key=order), strict=True):
            self._codes[place] = stand.code
        return [None if code is None else known[code] for code in self._codes]

    def _room(self, known: dict[str, Stand], now_ns: int) -> int:
        """Return how many members have a place: all, but for those who are just seen leaving; half of them anyway."""
        placed = (known[code] for code in self._codes if code is not None)
        leaving = sum(each.left and now_ns - each.at_ns < SEEN_LEAVING_NS for each in placed)
        return max(len(self._codes) - leaving, (len(self._codes) + 1) // 2)

    def _free(self, known: dict[str, Stand], wanted: set[str], count: int) -> Sequence[int]:
        """Return so many places for newcomers, from top to bottom."""
        empty = [place for place, code in enumerate(self._codes) if code is None]
        taken = [place for place, code in enumerate(self._codes) if code is not None and code not in wanted]
        return sorted([*empty, *self._given_up(taken, known)][:count])

    def _given_up(self, places: Iterable[int], known: dict[str, Stand]) -> list[int]:
        def worth(place: int) -> tuple[bool, int]:
            stand = known[self._codes[place] or ""]
            return (not stand.left, stand.at_ns)

        return sorted(places, key=worth)
