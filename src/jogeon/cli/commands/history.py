"""`jogeon history`: what a journal tells afterwards: events, members at a moment, gaps, statistics."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments import selection as recorded
from jogeon.cli.arguments.command import Command
from jogeon.cli.showing.destination import destination, form_of, tell_saved
from jogeon.cli.showing.history_rows import (
    CSV_COLUMNS,
    HEADINGS,
    event_record,
    flat,
    overlap_record,
    picture_record,
    stats_record,
)
from jogeon.cli.showing.json_lines import json_line
from jogeon.cli.showing.terminal import columns, is_terminal, retell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jogeon.cli.arguments.options import Choices
    from jogeon.cli.arguments.selection import Asked
    from jogeon.cli.texts import Texts
    from jogeon.journal.history import History, Picture, Stats

    Record = dict[str, Any]
    Write = Callable[[bytes], object]

WHAT = ("events", "members", "gaps", "stats")
IDLE = {
    "events": {"--at": "at"},
    "members": {"--from": "from", "--until": "until", "--code": "codes", "--kind": "kind"},
    "gaps": {"--at": "at", "--code": "codes", "--kind": "kind"},
    "stats": {"--at": "at", "--code": "codes", "--kind": "kind"},
}
"""Options that a question has no use for; an answer that ignores them would look like theirs."""
AT_ONCE = 2_000
"""Records that are written out at a time."""


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [
        click.Argument(["what"], metavar="|".join(WHAT)),
        recorded.journal_option(texts),
        *recorded.selection_options(texts),
        options.option(texts, "--at", recorded.moment, "bad.moment", "HH:MM:SS"),
        *options.output(texts),
    ]
    return Command("history", texts, params, connects=False, callback=history)


@click.pass_obj
def history(
    choices: Choices, /, what: str, journal: str | None, output: str | None, *, as_csv: bool, **given: Any
) -> None:
    """Answer one question about a journal."""
    if what not in WHAT:
        raise click.BadParameter(choices.texts("bad.choice", value=what, choices=", ".join(WHAT)))
    for flag in (flag for flag, name in IDLE[what].items() if given[name]):
        raise click.BadParameter(choices.texts("bad.idle", option=flag, what=what))
    form = form_of(choices, output, as_csv=as_csv)
    asked = recorded.asked_for(given)
    with recorded.open_history(journal, choices, output) as opened, destination(output) as write:
        if what in ("events", "gaps"):
            rows = _events(opened, asked, choices, form, what, write)
        elif what == "members":
            rows = _members(opened, asked, given["at"], choices, form, write)
        else:
            rows = _stats(opened, asked, choices, form, write)
    tell_saved(choices, output, rows)


def write_records(records: Iterable[Record], what: str, form: str, texts: Texts, write: Write) -> int:
    """Write records as JSON lines or as a spreadsheet; return how many."""
    header = CSV_COLUMNS[what]
    if form == "csv":
        from jogeon.cli.showing.spreadsheet import csv_bytes

        write(csv_bytes([[texts(f"column.{HEADINGS.get(name, name)}") for name in header]]))
    count = 0
    rest = iter(records)
    while part := list(islice(rest, AT_ONCE)):
        count += len(part)
        if form == "csv":
            write(csv_bytes(flat(record, header) for record in part).removeprefix(b"\xef\xbb\xbf"))
        else:
            write(b"".join(map(json_line, part)))
    return count


# ---------------------------------------------------------------- events and gaps


def _events(opened: History, asked: Asked, choices: Choices, form: str, what: str, write: Write) -> int:
    chosen = recorded.selection(opened, asked, choices.texts)
    events = opened.gaps(chosen) if what == "gaps" else opened.events(chosen)
    if form == "table":
        from jogeon.cli.showing.history_tables import show_events

        return show_events(events, choices.texts)
    return write_records((event_record(*each) for each in events), what, form, choices.texts, write)


# ---------------------------------------------------------------- members


def _members(opened: History, asked: Asked, when: Any, choices: Choices, form: str, write: Write) -> int:
    at_ns = recorded.end_of(opened, asked.day) if when is None else recorded.at(opened, when, asked.day)
    pictures = opened.members(at_ns, asked.names)
    if form == "table":
        from jogeon.cli.showing.history_tables import show_members

        return show_members(pictures, at_ns, choices.texts)
    if form == "json":
        return write_records(map(picture_record, pictures), "members", form, choices.texts, write)
    return write_records(_one_a_row(pictures), "members", form, choices.texts, write)


def _one_a_row(pictures: Iterable[Picture]) -> Iterator[Record]:
    for picture in pictures:
        record = picture_record(picture)
        for code in picture.codes:
            yield {**record, "code": code}


# ---------------------------------------------------------------- statistics


def _stats(opened: History, asked: Asked, choices: Choices, form: str, write: Write) -> int:
    with Progress(choices.texts) as progress:
        stats = opened.stats(recorded.selection(opened, asked, choices.texts), progress)
    if form == "table":
        from jogeon.cli.showing.history_tables import show_stats

        return show_stats(stats, choices.texts)
    return write_records(_stats_records(stats, form), "stats", form, choices.texts, write)


def _stats_records(stats: Stats, form: str) -> Iterator[Record]:
    yield from map(stats_record, stats.conditions)
    if form == "json":
        yield from map(overlap_record, stats.overlaps)


class Progress:
    """Tells on a terminal how far a count is, in one line that is wiped out at the end."""

    def __init__(self, texts: Texts) -> None:
        self._texts, self._seen, self._written = texts, is_terminal(sys.stderr), 0

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, whole: int) -> None:
        """Take how many of how many events were counted."""
        if self._seen and done < whole:
            bar = "#" * (20 * done // whole)
            line = self._texts("history.progress", bar=f"[{bar:<20}]", share=100 * done // whole)
            self._written = columns(line)
            retell(line)

    def __exit__(self, *_error: object) -> None:
        if self._written:
            retell(" " * self._written)
            retell("")
