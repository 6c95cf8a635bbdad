"""What a journal tells, for people: lines of events, tables of members and statistics."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.text import Text

from jogeon.cli.showing.live_view import Screen
from jogeon.cli.showing.tables import console, number, plain_table
from jogeon.cli.showing.terminal import clean, columns, signs_for, visible_name
from jogeon.events import Gap, Snapshot, korean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jogeon.cli.texts import Texts
    from jogeon.events import Event
    from jogeon.journal.history import Picture, Stats
    from jogeon.journal.stats import ConditionStats

WORD_WIDTH = 8
ROOM_FOR_ALL = 110
"""Columns of a terminal from which every number of a condition fits; --json and --csv always have them."""

TIMES = ("stay_median", "stay_p90", "covered", "blind")


def show_events(events: Iterable[tuple[int, int, Event]], texts: Texts) -> int:
    """Print a line for each event; return how many."""
    target = console()
    screen = Screen(texts, signs_for(target.encoding), "")
    count = 0
    for _, _, event in events:
        moment = korean(event.until_ns if isinstance(event, Gap) else event.at_ns)
        told = screen.tell(event)
        word, rest = f"{told.sign} {told.word}".strip(), clean(told.rest)
        if isinstance(event, Snapshot):
            word, rest = texts("event.snapshot"), f"{rest}: {texts('history.stocks', count=len(event.codes))}"
        padded = word + " " * max(0, WORD_WIDTH - columns(word))
        when = (f"{moment:%Y-%m-%d %H:%M:%S}  ", "dim")
        line = Text.assemble(when, (padded, told.colour), f"  {clean(told.code):8}", rest)
        target.print(line, soft_wrap=True)
        count += 1
    if not count:
        target.print(texts("history.nothing"))
    sys.stdout.flush()
    return count


def show_members(pictures: Sequence[Picture], at_ns: int, texts: Texts) -> int:
    """Print who was in which condition; return how many conditions."""
    target = console()
    target.print(texts("history.members.title", at=f"{korean(at_ns):%Y-%m-%d %H:%M:%S}"), style="bold")
    table = plain_table()
    table.add_column(texts("column.condition"), overflow="fold")
    table.add_column(texts("column.count"), justify="right", no_wrap=True)
    table.add_column(texts("column.codes"), overflow="fold")
    for picture in pictures:
        name, codes = visible_name(picture.condition), clean(" ".join(picture.codes))
        if picture.blind_since_ns is not None:
            name += "\n" + texts("history.blind", since=f"{korean(picture.blind_since_ns):%m-%d %H:%M:%S}")
        table.add_row(Text(name), number(len(picture.codes)), Text(codes))
    target.print(table if pictures else texts("history.nothing"))
    return len(pictures)


def show_stats(stats: Stats, texts: Texts) -> int:
    """Print the statistics and the overlaps; return how many conditions."""
    target = console()
    names = ["enters", "leaves", "stocks", "stay_median", "stay_p90", "flaps", "busiest", "covered", "blind"]
    if target.width < ROOM_FOR_ALL:
        names = [name for name in names if name not in ("stocks", "stay_p90", "flaps")]
    table = plain_table()
    table.add_column(texts("column.condition"), no_wrap=True)
    for name in names:
        table.add_column(texts(f"column.{name}"), justify="right", overflow="fold")  # a number cut short is a wrong one
    for each in stats.conditions:
        table.add_row(Text(visible_name(each.condition)), *(_cell(each, name, texts) for name in names))
    target.print(table if stats.conditions else texts("history.nothing"))
    if stats.overlaps:
        shared = plain_table(texts("history.overlaps"))
        for name in ("first", "second", "common", "either"):
            shared.add_column(texts(f"column.{name}"), justify="left" if name in ("first", "second") else "right")
        for pair in stats.overlaps:
            conditions = (Text(visible_name(pair.first)), Text(visible_name(pair.second)))
            shared.add_row(*conditions, number(pair.common), number(pair.either))
        target.print(shared)
    return len(stats.conditions)


def _cell(stats: ConditionStats, name: str, texts: Texts) -> str:
    match getattr(stats, name):
        case ((start, count), *_):  # the busiest minutes, the first of all before the others
            return f"{korean(start):%H:%M}({count})"
        case int() as value if name not in TIMES:
            return number(value)
        case int() | float() as value:
            return seconds(value, texts)
    return ""


def seconds(value: float | None, texts: Texts) -> str:
    """Return a length of time as people read it: 4.2 s, 3:05, 5:12:00."""
    if value is None:
        return ""
    if value < 60:
        return texts("live.seconds", count=f"{value:.1f}")
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
