"""What is asked of a journal, as it was typed: which days and times, which conditions, stocks and kinds of events."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

import click

from jogeon.cli.arguments import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.cli.texts import Texts
    from jogeon.journal.history import Kind


class Query(NamedTuple):
    """What was asked of a journal."""

    day: date | None = None
    since: time | datetime | None = None
    until: time | datetime | None = None
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()

    @property
    def journal_day(self) -> date | None:
        """The day that was named in whatever way; None for none."""
        moments = (each.date() for each in (self.since, self.until) if isinstance(each, datetime))
        return self.day or next(moments, None)


def selection_options(texts: Texts) -> list[click.Option]:
    """Return the options that choose events."""
    several = [
        click.Option(["--condition", "names"], multiple=True, metavar=texts("metavar.name"),
                     help=texts("option.condition"), callback=options.composed),
        options.only_code(texts),
        options.option(texts, "--kind", kinds, "bad.kind", "enter,leave,...",
                       shell_complete=lambda _ctx, _param, typed: options.listing_with(typed, _kinds())),
    ]  # fmt: skip
    return [*span_options(texts), *several]


def span_options(texts: Texts) -> list[click.Option]:
    """Return --day, --from and --until."""
    return [options.day(texts), options.moment(texts, "--from"), options.moment(texts, "--until")]


def kinds(text: str) -> tuple[Kind, ...]:
    """Return kinds of events from words between commas; ValueError."""
    known = _kinds()
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    if not words or any(word not in known for word in words):
        raise ValueError(text)
    return tuple(known[word] for word in words)


def _kinds() -> dict[str, Kind]:
    from jogeon.journal.history import KINDS  # brings SQLite, which no help needs

    return {kind: kind for kind in KINDS}


def asked_for(given: dict[str, object]) -> Query:
    """Return what the options of a command said."""
    names: Sequence[str] = given.get("names", ())  # type: ignore[assignment]  # click checked them
    return Query(given.get("day"), given.get("from"), given.get("until"), tuple(names),  # type: ignore[arg-type]  # same
                 given.get("codes", ()), given.get("kind") or ())  # type: ignore[arg-type]  # fmt: skip  # same
