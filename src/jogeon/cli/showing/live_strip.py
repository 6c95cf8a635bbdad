"""The conditions of the live view in a strip: each with its count, the one that is looked at in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.cli.showing.ink import Piece, plain
from jogeon.cli.showing.terminal import clean
from jogeon.cli.texts.width import columns, cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.cli.showing.ink import Line
    from jogeon.cli.showing.live_picture import Roster
    from jogeon.cli.showing.terminal import Signs

WIDEST_NAME = 24
COUNT = 3
"""Columns of a count: up to 999 nothing behind it moves when it changes."""


class Strip:
    """Lays out the conditions in as few lines as they need; if there are too many, it shows those around the chosen."""

    def __init__(self, signs: Signs) -> None:
        self._signs = signs
        self._digits: dict[str, int] = {}

    def lines(self, rows: Sequence[Roster], chosen: str, width: int, most: int) -> list[Line]:
        """Return at least one line and at most so many."""
        lines: list[list[Piece]] = [[]]
        shown = 0
        for row in rows:
            item = self._item(row, chosen=row.label == chosen, width=width)
            if lines[-1] and columns(plain([*lines[-1], item])) > width:
                lines.append([])
            lines[-1].append(item)
            if row.label == chosen:
                shown = len(lines) - 1
        first = shown // most * most
        page = lines[first : first + most]
        if first + most < len(lines) or first:
            page[-1] = self._marked(page[-1], width)
        return [tuple(line) for line in page]

    def _item(self, row: Roster, *, chosen: bool, width: int) -> Piece:
        count = f"{len(row.members):,}"
        digits = self._digits[row.label] = max(COUNT, len(count), self._digits.get(row.label, 0))
        name = cut(clean(row.label), min(WIDEST_NAME, max(1, width - digits - 3)), self._signs.more)
        before, behind = ("[", "]") if chosen else (" ", " ")
        text = f"{before}{name} {count}{behind}"
        return Piece(text + " " * (digits - len(count)), "bold" if chosen else "")

    def _marked(self, line: list[Piece], width: int) -> list[Piece]:
        """Return a line that says that there are more conditions than these, if it has room for it."""
        room = width - columns(plain(line))
        return [*line, Piece(self._signs.more, "dim")] if room >= columns(self._signs.more) else line
