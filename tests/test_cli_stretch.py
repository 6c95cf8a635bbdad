"""Which stretch of a journal is meant: a time of day is of the day that was named, else of the last one recorded."""

from __future__ import annotations

from datetime import date, datetime, time
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from jogeon.cli.arguments.selection import Query
from jogeon.cli.running.stretch import end_of, nanoseconds, span_of
from jogeon.events import KST
from jogeon.journal.history import EVER

if TYPE_CHECKING:
    from jogeon.journal.history import History

EARLIER, LAST = date(2026, 11, 20), date(2026, 11, 23)


def at(day: date, hour: int, minute: int = 0) -> int:
    return nanoseconds(datetime.combine(day, time(hour, minute), KST))


HISTORY = cast("History", SimpleNamespace(first_ns=at(EARLIER, 9), last_ns=at(LAST, 15, 30)))
MIDNIGHT = at(date(2026, 11, 24), 0)


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        (Query(), EVER),
        (Query(EARLIER), (at(EARLIER, 0), at(date(2026, 11, 21), 0))),
        (Query(EARLIER, time(9), time(10)), (at(EARLIER, 9), at(EARLIER, 10))),
        (Query(EARLIER, until=time(10)), (at(EARLIER, 0), at(EARLIER, 10))),
        (Query(since=time(9)), (at(LAST, 9), MIDNIGHT)),
        (Query(until=time(9, 30)), (at(LAST, 0), at(LAST, 9, 30))),
        (Query(since=datetime(2026, 11, 20, 9, tzinfo=KST)), (at(EARLIER, 9), EVER[1])),
        (Query(until=datetime(2026, 11, 20, 9, tzinfo=KST)), (EVER[0], at(EARLIER, 9))),
    ],
)
def test_a_time_without_a_day_is_of_the_day_that_is_meant(asked: Query, span: tuple[int, int]) -> None:
    assert span_of(HISTORY, asked) == span


@pytest.mark.parametrize(
    ("day", "end_ns"),
    [(None, at(LAST, 15, 30)), (LAST, at(LAST, 15, 30)), (EARLIER, at(date(2026, 11, 21), 0) - 1_000)],
)
def test_the_end_of_a_day_is_not_later_than_that_of_the_journal(day: date | None, end_ns: int) -> None:
    assert end_of(HISTORY, day) == end_ns
