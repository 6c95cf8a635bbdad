"""What became of the stocks that entered, for people: a table with bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.cli.showing.figures import colour_of, number, percent, sign_of
from jogeon.cli.showing.tables import Cell, Column, Table, console, show_table
from jogeon.cli.showing.terminal import can_show, visible_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.cli.texts import Texts
    from jogeon.journal.outcomes import Outcome

NUMBERS = {"entries": 3, "priced": 0, "positive": 1, "q1": 2, "median": 0, "q3": 2}
"""The numbers of an outcome, and which of them are left out first."""
BAR = 21
"""Columns of a bar, with zero in the middle."""


def show_outcomes(found: Sequence[Outcome], texts: Texts) -> None:
    """Print what the entries returned after each while, with a bar from the lower to the upper quartile."""
    target = console()
    numbers = [Column(texts(f"column.{name}"), right=True, rank=rank) for name, rank in NUMBERS.items()]
    heads = [Column(texts("column.condition"), gives_way=True), Column(texts("column.after"), right=True)]
    table = Table([*heads, *numbers, Column(texts("column.bar"), rank=4)], texts("history.outcomes.title"))
    reach = max((abs(each or 0.0) for outcome in found for each in (outcome.q1, outcome.q3)), default=0.0)
    signs = "─●│" if can_show("─●│", target.encoding) else "-o|"
    for each in found:
        colour = colour_of(sign_of(each.median))
        counted = (number(value) for value in (each.entries, each.priced, each.positive))
        table.add(
            visible_name(each.condition),
            texts(f"column.after.{each.after}"),
            *counted,
            percent(each.q1),
            Cell(percent(each.median), colour),
            percent(each.q3),
            Cell(bar(each, reach, signs), colour),
        )
    show_table(table if found else texts("history.nothing"), target)


def bar(outcome: Outcome, reach: float, signs: str) -> str:
    """Return the quartiles as a line around zero, the median as a point; `reach` is the farthest of all the lines."""
    line, point, zero = tuple(signs)
    if outcome.q1 is None or outcome.q3 is None or outcome.median is None:
        return ""
    half = BAR // 2
    low, middle, high = (half + round(each / (reach or 1) * half) for each in (outcome.q1, outcome.median, outcome.q3))
    cells = [line if low <= place <= high else " " for place in range(BAR)]
    cells[half] = zero
    cells[middle] = point
    return "".join(cells).rstrip()
