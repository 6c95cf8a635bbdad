"""Times as people type them: one grammar for all options.

A length of time is a number with a unit, or several: 500ms, 30s, 5m, 1h30m, 90d. A number alone counts seconds.
A moment is a time of day (9:00, 09:00:30), a day (2026-11-22 or 20261122), or both (2026-11-22T09:00), Korean time
unless it names another; a day alone is its beginning.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

UNITS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
LENGTH = "".join(rf"(?:([0-9]+(?:\.[0-9]+)?){unit}(?![a-z]))?" for unit in UNITS)  # compiled by who reads one
BARE = r"[0-9]+(?:\.[0-9]+)?"
LONGEST = 36_600 * 86_400.0
"""A hundred years: more than anybody waits for or keeps."""
CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]{1,6})?)?"
DAY = r"([0-9]{4})[./]([0-9]{1,2})[./]([0-9]{1,2})"


def length(text: str) -> float:
    """Return seconds above zero; ValueError for everything else, also for nothing and for zero."""
    seconds = pause(text)
    if not seconds:
        raise ValueError(text)
    return seconds


def pause(text: str) -> float:
    """Return seconds from zero, which means never; ValueError."""
    typed = text.strip().lower()
    if re.fullmatch(BARE, typed):
        seconds = float(typed)
    elif typed and (match := re.fullmatch(LENGTH, typed)):
        parts = zip(match.groups(), UNITS.values(), strict=True)
        seconds = sum(float(number) * unit for number, unit in parts if number)
    else:
        raise ValueError(text)
    if seconds > LONGEST:
        raise ValueError(text)
    return seconds


def moment(text: str) -> time | datetime:
    """Return a time of day, or a moment with its day and zone; ValueError."""
    typed = text.strip()
    match = re.fullmatch(CLOCK, typed)
    if match is None:
        if not typed.isascii():
            raise ValueError(text)
        from jogeon.events import KST  # brings msgspec, which no help needs

        found = datetime.fromisoformat(typed)
        return found.replace(tzinfo=KST) if found.tzinfo is None else found
    hour, minute, second, fraction = match.groups()
    return time(int(hour), int(minute), int(second or 0), round(float(fraction or 0) * 1_000_000))


def day(text: str) -> date:
    """Return a day, written 2026-11-22, 20261122, 2026.11.22 or 2026/11/22; ValueError."""
    typed = text.strip()
    if match := re.fullmatch(DAY, typed):
        return date(*map(int, match.groups()))
    return date.fromisoformat(typed)
