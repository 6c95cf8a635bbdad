"""The stretch of a journal that was asked for, in nanoseconds; a time without a day is of the last day recorded."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from jogeon.cli.showing.terminal import tell
from jogeon.events import KST, korean
from jogeon.journal.history import EVER, History, Selection

if TYPE_CHECKING:
    from jogeon.cli.arguments.selection import Query
    from jogeon.cli.texts import Texts
    from jogeon.journal.stats import Span

DAY_NS = 86_400_000_000_000


def selection(history: History, asked: Query, texts: Texts) -> Selection:
    """Return what was asked for; a time without a day belongs to the day named, else to the last one recorded."""
    start, end = span_of(history, asked)
    if start >= end:
        raise click.BadParameter(texts("bad.from-until"))
    tell_outside(history, (start, end), texts)
    return Selection((start, end), asked.names, asked.codes, asked.kinds)


def span_of(history: History, asked: Query) -> Span:
    """Return from when until when."""
    if asked.day is None and asked.since is None and asked.until is None:
        return EVER
    start, end = EVER
    if asked.day is not None or isinstance(asked.since, time) or isinstance(asked.until, time):
        start = nanoseconds(datetime.combine(asked.day or last_day(history), time(), KST))
        end = start + DAY_NS
    if asked.since is not None:
        start = at(history, asked.since, asked.day)
    if asked.until is not None:
        end = at(history, asked.until, asked.day)
    return start, end


def tell_outside(history: History, span: Span, texts: Texts) -> None:
    """Say from when until when there are events, if a span has none because all of it lies before or behind them."""
    first_ns, last_ns = history.first_ns, history.last_ns
    if first_ns is None or last_ns is None or (span[0] <= last_ns and first_ns < span[1]):
        return
    first, last = (f"{korean(moment):%Y-%m-%d %H:%M:%S}" for moment in (first_ns, last_ns))
    tell(texts("history.outside", first=first, last=last))


def at(history: History, when: time | datetime, on: date | None) -> int:
    """Return a moment in nanoseconds since 1970."""
    return nanoseconds(when if isinstance(when, datetime) else datetime.combine(on or last_day(history), when, KST))


def end_of(history: History, on: date | None) -> int:
    """Return the last moment of a journal, or of one day of it, in nanoseconds since 1970."""
    last_ns = history.last_ns or 0
    return last_ns if on is None else min(last_ns, nanoseconds(datetime.combine(on, time.max, KST)))


def last_day(history: History) -> date:
    """Return the day of the last event, today if there is none."""
    ns = history.last_ns
    return datetime.now(KST).date() if ns is None else datetime.fromtimestamp(ns // 1_000_000_000, KST).date()


def nanoseconds(when: datetime) -> int:
    """Return a moment in nanoseconds since 1970, exact to the microsecond."""
    return (when - datetime.fromtimestamp(0, KST)) // timedelta(microseconds=1) * 1000
