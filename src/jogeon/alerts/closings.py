"""When the exchange is closed: weekends, and the days of a shipped list. No I/O, no clock."""

from datetime import date, datetime, time, timedelta

OPENING = time(8)
"""When the first session of a day begins (NXT's pre-market), Korean time."""

CLOSED = frozenset(
    date.fromisoformat(day)
    for day in (
        "2026-01-01", "2026-02-16", "2026-02-17", "2026-02-18", "2026-03-02", "2026-05-01", "2026-05-05", "2026-05-25",
        "2026-06-03", "2026-08-17", "2026-09-24", "2026-09-25", "2026-10-05", "2026-10-09", "2026-12-25", "2026-12-31",
        "2027-01-01", "2027-02-08", "2027-02-09", "2027-03-01", "2027-05-05", "2027-05-13", "2027-08-16", "2027-09-14",
        "2027-09-15", "2027-09-16", "2027-10-04", "2027-10-11", "2027-12-27", "2027-12-31",
    )
)  # fmt: skip
"""Days other than weekends on which the exchange (KRX) does not trade, as its calendar follows from the public
holidays; a day that the government adds later is not among them."""


def is_open_day(day: date) -> bool:
    """Return whether the exchange trades on a day."""
    return day.weekday() < 5 and day not in CLOSED


def crosses_closing(since: datetime, until: datetime) -> bool:
    """Return whether a stretch holds the opening of a trading day, before which a night lies; ends in Korean time."""
    day = since.date()
    while day <= until.date():
        opening = datetime.combine(day, OPENING, since.tzinfo)
        if is_open_day(day) and since < opening <= until:
            return True
        day += timedelta(days=1)
    return False
