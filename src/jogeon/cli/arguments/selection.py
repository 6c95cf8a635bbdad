"""What the commands that read a journal share: which file, which stretch of time, which events."""

from __future__ import annotations

import os
import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

import click

from jogeon.cli.arguments import options
from jogeon.cli.running.journals import journal_read
from jogeon.events import KST
from jogeon.journal.evidence import BESIDE
from jogeon.journal.history import EVER, KINDS, History, Kind, Selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.cli.arguments.options import Choices
    from jogeon.cli.texts import Texts
    from jogeon.journal.stats import Span

CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?", re.ASCII)
DAY_NS = 86_400_000_000_000


class Asked(NamedTuple):
    """What was asked of a journal, as it was typed."""

    day: date | None
    since: time | datetime | None
    until: time | datetime | None
    names: tuple[str, ...]
    codes: tuple[str, ...]
    kinds: tuple[Kind, ...]


def journal_option(texts: Texts) -> click.Option:
    """Return --journal of a command that reads one."""
    return click.Option(["--journal"], metavar=texts("metavar.file"), help=texts("option.journal.read"))


def open_history(journal: str | None, choices: Choices, output: str | None = None) -> History:
    """Open the journal that was named, or the usual one, unless the answer would take its place; JournalError."""
    path = journal_read(choices, journal)
    own = {os.path.realpath(f"{path}{suffix}") for suffix in ("", *BESIDE, "-journal", ".lock")}
    if output is not None and os.path.realpath(output) in own:
        raise click.BadParameter(choices.texts("bad.itself"))
    return History(path)


def selection_options(texts: Texts) -> list[click.Option]:
    """Return the options that choose events."""
    several = [
        click.Option(["--condition", "names"], multiple=True, metavar=texts("metavar.names"),
                     help=texts("option.condition"), callback=options.composed),
        click.Option(["--code", "codes"], multiple=True, metavar=texts("metavar.code"), help=texts("option.code")),
        options.option(texts, "--kind", kinds, "bad.kind", "enter,leave,..."),
    ]  # fmt: skip
    return [*span_options(texts), *several]


def span_options(texts: Texts) -> list[click.Option]:
    """Return --day, --from and --until."""
    return [
        options.option(texts, "--day", day, "bad.day", "YYYY-MM-DD"),
        options.option(texts, "--from", moment, "bad.moment", "HH:MM"),
        options.option(texts, "--until", moment, "bad.moment", "HH:MM"),
    ]


def kinds(text: str) -> tuple[Kind, ...]:
    """Return kinds of events from words between commas; ValueError."""
    known: dict[str, Kind] = {kind: kind for kind in KINDS}
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    if not words or any(word not in known for word in words):
        raise ValueError(text)
    return tuple(known[word] for word in words)


def day(text: str) -> date:
    """Return a day from 2026-11-22 or 20261122; ValueError."""
    return date.fromisoformat(text.strip())


def moment(text: str) -> time | datetime:
    """Return a time of day from 9:00, 09:00 or 09:00:30, or a moment from 2026-11-22T09:00; ValueError."""
    match = CLOCK.fullmatch(text.strip())
    if match is None:
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=KST) if found.tzinfo is None else found
    hour, minute, second, fraction = match.groups()
    return time(int(hour), int(minute), int(second or 0), round(float(fraction or 0) * 1_000_000))


def selection(history: History, asked: Asked, texts: Texts) -> Selection:
    """Return what was asked for; a time without a day belongs to the day named, else to the last one recorded."""
    start, end = span_of(history, asked)
    if start >= end:
        raise click.BadParameter(texts("bad.from-until"))
    return Selection((start, end), asked.names, asked.codes, asked.kinds)


def span_of(history: History, asked: Asked) -> Span:
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


def asked_for(given: dict[str, object]) -> Asked:
    """Return what the options of a command said."""
    names: Sequence[str] = given.get("names", ())  # type: ignore[assignment]  # click checked them
    return Asked(given.get("day"), given.get("from"), given.get("until"), tuple(names),  # type: ignore[arg-type]  # same
                 given.get("codes", ()), given.get("kind") or ())  # type: ignore[arg-type]  # fmt: skip  # same
