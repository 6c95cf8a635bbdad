"""A gap over a night is one line, a gap within a day is not."""

from datetime import date, datetime

import pytest

from jogeon.alerts.closings import CLOSED, crosses_closing, is_open_day
from jogeon.events import KST


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KST)


@pytest.mark.parametrize(
    ("since", "until", "crosses"),
    [
        ("2026-11-26 15:40", "2026-11-27 09:00:03", True),
        ("2026-11-26 22:10", "2026-11-27 08:00", True),
        ("2026-11-27 15:40", "2026-11-30 09:00:03", True),  # Friday to Monday
        ("2026-11-27 15:40", "2026-11-29 20:00", False),  # nothing opens on a weekend
        ("2026-11-26 10:00", "2026-11-26 14:00", False),
        ("2026-11-26 23:59:50", "2026-11-27 00:00:10", False),
        ("2026-11-27 08:00", "2026-11-27 08:00:10", False),
        ("2026-12-24 16:00", "2026-12-25 12:00", False),  # Christmas
        ("2026-12-24 16:00", "2026-12-28 09:00", True),
        ("2025-01-01 00:00", "2026-12-28 09:00", True),
    ],
)
def test_a_stretch_over_a_closing(since: str, until: str, *, crosses: bool) -> None:
    assert crosses_closing(moment(since), moment(until)) is crosses


def test_the_list_holds_only_days_that_would_trade_otherwise() -> None:
    assert [day for day in CLOSED if day.weekday() >= 5] == []
    assert not is_open_day(date(2026, 9, 25))
    assert is_open_day(date(2026, 9, 28))
