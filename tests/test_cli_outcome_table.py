"""Outcomes as a table: bars on one scale around zero, in any encoding."""

from __future__ import annotations

import pytest

from jogeon.cli.showing.outcome_table import BAR, bar
from jogeon.events import Condition
from jogeon.journal.outcomes import Outcome

RISE = Condition("4", "급등주")


def outcome(q1: float | None, median: float | None, q3: float | None) -> Outcome:
    return Outcome(RISE, "1m", 9, 4, median, q1, q3, 3)


@pytest.mark.parametrize(
    ("quartiles", "drawn"),
    [
        ((-2.0, 1.0, 2.0), "----------|----o-----"),
        ((0.0, 0.0, 0.0), "          o"),
        ((-1.0, -0.4, -0.2), "     ---o-|"),
        ((None, None, None), ""),
    ],
)
def test_a_bar_lies_around_zero(quartiles: tuple[float | None, ...], drawn: str) -> None:
    made = bar(outcome(*quartiles), 2.0, "-o|")
    assert made == drawn
    assert len(made) <= BAR


def test_where_nothing_moved_there_is_still_a_bar() -> None:
    assert bar(outcome(0.0, 0.0, 0.0), 0.0, "-o|").strip() == "o"
