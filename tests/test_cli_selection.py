"""What commands over a journal share: times as people type them, and the stretch they mean."""

from __future__ import annotations

import datetime as dt
from typing import cast

import pytest

from jogeon.cli.arguments.selection import Query, kinds
from jogeon.cli.running.stretch import last_day, nanoseconds, span_of
from jogeon.events import KST
from jogeon.journal.history import EVER, History
from jogeon.times import day
from recorded import SECOND, START_NS

DAY = dt.date(2026, 11, 22)
NINE = START_NS  # 2026-11-22T09:00:00+09:00
MIDNIGHT = NINE - 9 * 3600 * SECOND


class Opened:
    """A journal whose last event was received at nine."""

    last_ns: int | None = NINE


OPENED = cast("History", Opened())


def asked(**given: object) -> Query:
    return Query()._replace(**given)  # type: ignore[arg-type]  # its own fields


@pytest.mark.parametrize("text", ["", " ", ",", "enters"])
def test_a_kind_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        kinds(text)


def test_days_and_kinds() -> None:
    assert day("2026-11-22") == day("20261122") == DAY
    assert kinds("Enter, leave") == ("enter", "leave")
    with pytest.raises(ValueError):  # noqa: PT011  # whatever it says
        kinds("price")


def test_nothing_asked_is_everything() -> None:
    assert span_of(OPENED, asked()) == EVER


def test_a_day_is_a_day_in_korea() -> None:
    assert span_of(OPENED, asked(day=DAY)) == (MIDNIGHT, MIDNIGHT + 86_400 * SECOND)


def test_a_time_without_a_day_belongs_to_the_last_day_recorded() -> None:
    assert span_of(OPENED, asked(since=dt.time(9))) == (NINE, MIDNIGHT + 86_400 * SECOND)
    assert span_of(OPENED, asked(until=dt.time(9))) == (MIDNIGHT, NINE)


def test_a_moment_with_its_day_needs_no_other() -> None:
    since = dt.datetime(2026, 11, 20, 9, tzinfo=KST)
    assert span_of(OPENED, asked(since=since)) == (NINE - 2 * 86_400 * SECOND, EVER[1])


def test_an_empty_journal_means_today() -> None:
    empty = Opened()
    empty.last_ns = None
    assert last_day(cast("History", empty)) == dt.datetime.now(KST).date()


def test_nanoseconds_are_exact() -> None:
    assert nanoseconds(dt.datetime(2026, 11, 22, 9, 0, 0, 123_457, tzinfo=KST)) == START_NS + 123_457_000
