"""Answers from a journal: events, members at a moment, gaps, statistics, outcomes, in the form that was asked for."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from jogeon.cli.running import stretch
from jogeon.cli.showing.history_rows import (
    CSV_COLUMNS,
    HEADINGS,
    flat,
    outcome_record,
    overlap_record,
    picture_record,
    stats_record,
)
from jogeon.cli.showing.json_lines import json_line, json_text
from jogeon.cli.showing.progress import Progress, share
from jogeon.cli.showing.terminal import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime, time

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.arguments.selection import Query
    from jogeon.cli.texts import Texts
    from jogeon.journal.history import History, Stats
    from jogeon.journal.lines import Form as Lines
    from jogeon.journal.moments import MembersAt

    Record = dict[str, Any]
    Write = Callable[[bytes], object]

AT_ONCE = 2_000
"""Records that are written out at a time."""


def answer(
    opened: History, what: str, asked: Query, when: time | datetime | None, choices: Choices, form: str, write: Write
) -> int:
    """Write the answer to one question; return how many rows it has."""
    match what:
        case "position":
            return _position(opened, choices, form, write)
        case "members":
            return _members(opened, asked, when, choices, form, write)
        case "stats":
            return _stats(opened, asked, choices, form, write)
        case "outcomes":
            return _outcomes(opened, asked, choices, form, write)
    return _events(opened, asked, choices, form, what, write)


def write_records(records: Iterable[Record], what: str, form: str, texts: Texts, write: Write) -> int:
    """Write records as JSON lines or as a spreadsheet; return how many."""
    write_headings(what, form, texts, write)
    count = 0
    rest = iter(records)
    while part := list(islice(rest, AT_ONCE)):
        count += len(part)
        write_part(part, what, form, write)
    return count


def write_headings(what: str, form: str, texts: Texts, write: Write) -> None:
    """Write the first line of a spreadsheet."""
    if form == "csv":
        from jogeon.cli.showing.spreadsheet import csv_bytes

        write(csv_bytes([[texts(f"column.{HEADINGS.get(name, name)}") for name in CSV_COLUMNS[what]]]))


def write_part(records: Iterable[Record], what: str, form: str, write: Write) -> None:
    """Write some records, at once."""
    if form == "csv":
        from jogeon.cli.showing.spreadsheet import csv_bytes

        write(csv_bytes(flat(record, CSV_COLUMNS[what]) for record in records).removeprefix(b"\xef\xbb\xbf"))
    else:
        write(b"".join(map(json_line, records)))


# ---------------------------------------------------------------- the position


def _position(opened: History, choices: Choices, form: str, write: Write) -> int:
    last, first = opened.position(), opened.first()
    if form == "table":
        text = choices.texts("history.position", last=last, first="-" if first is None else first.short)
        write(f"{text}\n".encode())
        return 1
    record = {"journal": last.journal, "epoch": last.epoch, "n": last.n, "first": first and first.short}
    return write_records([record], "position", form, choices.texts, write)


# ---------------------------------------------------------------- events and gaps


def _events(opened: History, asked: Query, choices: Choices, form: str, what: str, write: Write) -> int:
    chosen = stretch.selection(opened, asked, choices.texts)
    if form == "table":
        from jogeon.cli.showing.history_tables import show_events

        return show_events(opened.gaps(chosen) if what == "gaps" else opened.events(chosen), choices.texts)
    from jogeon.export import event_record

    if what == "gaps":
        return write_records((event_record(*each) for each in opened.gaps(chosen)), what, form, choices.texts, write)
    write_headings("events", form, choices.texts, write)
    count = 0
    for size, lines in opened.lines(lines_of(form), chosen):
        write(lines)
        count += size
    return count


def lines_of(form: str) -> Lines:
    """Return how the lines of events look in a pipe or a file."""
    from jogeon.export import csv_form, json_form

    if form == "csv":
        from jogeon.cli.showing.spreadsheet import cell

        return csv_form(cell)
    return json_form(json_text)


# ---------------------------------------------------------------- members


def _members(opened: History, asked: Query, when: Any, choices: Choices, form: str, write: Write) -> int:
    at_ns = stretch.end_of(opened, asked.day) if when is None else stretch.at(opened, when, asked.day)
    pictures = opened.members(at_ns, asked.names)
    if not pictures:
        stretch.tell_outside(opened, (at_ns, at_ns + 1), choices.texts)
    if form == "table":
        from jogeon.cli.showing.history_tables import show_members

        return show_members(pictures, at_ns, choices.texts)
    if form == "json":
        return write_records(map(picture_record, pictures), "members", form, choices.texts, write)
    return write_records(_one_a_row(pictures), "members", form, choices.texts, write)


def _one_a_row(pictures: Iterable[MembersAt]) -> Iterator[Record]:
    for picture in pictures:
        record = picture_record(picture)
        for code in picture.codes:
            yield {**record, "code": code, "name": picture.names.get(code), **record.get("prices", {}).get(code, {})}


# ---------------------------------------------------------------- statistics


def _stats(opened: History, asked: Query, choices: Choices, form: str, write: Write) -> int:
    with Progress() as progress:
        counted = partial(_tell, progress, choices.texts)
        stats = opened.stats(stretch.selection(opened, asked, choices.texts), counted)
    if form == "table":
        from jogeon.cli.showing.history_tables import show_stats

        return show_stats(stats, choices.texts)
    return write_records(_stats_records(stats, form), "stats", form, choices.texts, write)


def _outcomes(opened: History, asked: Query, choices: Choices, form: str, write: Write) -> int:
    with Progress() as progress:
        counted = partial(_tell, progress, choices.texts)
        found = opened.outcomes(stretch.selection(opened, asked, choices.texts), counted)
    if form == "table":
        from jogeon.cli.showing.outcome_table import show_outcomes

        show_outcomes(found, choices.texts)
    else:
        write_records(map(outcome_record, found), "outcomes", form, choices.texts, write)
    tell(choices.texts("history.outcomes.bias"))
    return len(found)


def _tell(progress: Progress, texts: Texts, done: int, whole: int) -> None:
    if done < whole:
        progress.show(share(done, whole, texts))


def _stats_records(stats: Stats, form: str) -> Iterator[Record]:
    yield from map(stats_record, stats.conditions)
    if form == "json":
        yield from map(overlap_record, stats.overlaps)
