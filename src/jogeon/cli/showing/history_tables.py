"""What a journal tells, for people: lines of events, tables of members and statistics."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.text import Text

from jogeon.cli.showing.event_line import readable
from jogeon.cli.showing.figures import colour_of, number, percent, sign_of
from jogeon.cli.showing.tables import Cell, Column, Table, console, show_line, show_table
from jogeon.cli.showing.terminal import signs_for, visible_name
from jogeon.events import korean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from jogeon.cli.texts import Texts
    from jogeon.events import Event
    from jogeon.journal.history import Stats
    from jogeon.journal.moments import MembersAt
    from jogeon.journal.stats import ConditionStats
    from jogeon.prices import Price

PRICES = {"entry_at": 4, "entry_price": 2, "price": 0, "price_at": 5, "rate": 3, "volume": 6, "return": 1}
"""The prices of a member, and which of them are left out first."""
TIMES = ("stay_median", "stay_p90", "covered", "blind")
STATS = {
    "enters": 0, "leaves": 0, "blind": 0, "covered": 1, "stay_median": 2, "busiest": 3, "stocks": 4, "flaps": 5,
    "stay_p90": 6,
}  # fmt: skip
"""The numbers of a condition, and which of them are left out first; --json and --csv always have them all."""
SHOWN = ("enters", "leaves", "stocks", "stay_median", "stay_p90", "flaps", "busiest", "covered", "blind")


def show_events(events: Iterable[tuple[int, int, Event]], texts: Texts) -> int:
    """Print a line for each event; return how many."""
    target = console()
    signs = signs_for(target.encoding)
    count = 0
    for _, _, event in events:
        line = Text.assemble(*((piece.text, piece.style) for piece in readable(event, texts, signs)))
        show_line(line, target)
        count += 1
    if not count:
        show_table(texts("history.nothing"), target)
    sys.stdout.flush()
    return count


def show_members(pictures: Sequence[MembersAt], at_ns: int, texts: Texts) -> int:
    """Print who was in which condition, each with its prices if any were kept; return how many conditions."""
    if any(picture.prices for picture in pictures):
        return _show_priced(pictures, at_ns, texts)
    heads = [
        Column(texts("column.condition"), folds=True),
        Column(texts("column.count"), right=True),
        Column(texts("column.codes"), folds=True),
    ]
    table = Table(heads, texts("history.members.title", at=f"{korean(at_ns):%Y-%m-%d %H:%M:%S}"))
    for picture in pictures:
        table.add(_called(picture, texts), number(len(picture.codes)), _stocks(picture))
    show_table(table if pictures else texts("history.nothing"))
    return len(pictures)


def _called(picture: MembersAt, texts: Texts) -> str:
    """Return the name of a condition, with a note where nobody listened."""
    name = visible_name(picture.condition)
    if picture.blind_since_ns is None:
        return name
    return name + "\n" + texts("history.blind", since=f"{korean(picture.blind_since_ns):%m-%d %H:%M:%S}")


def _show_priced(pictures: Sequence[MembersAt], at_ns: int, texts: Texts) -> int:
    """Print a table of the members of each condition, with their prices."""
    target = console()
    title = texts("history.members.title", at=f"{korean(at_ns):%Y-%m-%d %H:%M:%S}")
    for picture in pictures:
        numbers = [Column(texts(f"column.{name}"), right=True, rank=rank) for name, rank in PRICES.items()]
        heads = [Column(texts("column.code")), Column(texts("column.name"), gives_way=True), *numbers]
        called = " ".join(_called(picture, texts).split("\n"))
        table = Table(heads, f"{title}: {called}, {texts('history.members.count', count=len(picture.codes))}")
        for code in picture.codes:
            table.add(code, picture.names.get(code, ""), *_priced(picture.prices.get(code), at_ns))
        show_table(table, target)
    return len(pictures)


def _priced(price: Price | None, at_ns: int) -> Iterable[str | Cell]:
    """Return the cells of PRICES."""
    if price is None:
        return [""] * len(PRICES)
    rate, gain = (Cell(percent(each), colour_of(sign_of(each))) for each in (price.rate, price.return_))
    whole = [number(each) for each in (price.entry_price, price.price, price.volume)]
    entered, last = (_clock(moment, at_ns) for moment in (price.entry_at, price.price_at))
    return [entered, whole[0], Cell(whole[1], colour_of(sign_of(price.rate))), last, rate, whole[2], gain]


def _clock(moment: datetime | None, at_ns: int) -> str:
    """Return the time of the day, of another day with its date."""
    if moment is None:
        return ""
    return f"{moment:%H:%M:%S}" if moment.date() == korean(at_ns).date() else f"{moment:%m-%d %H:%M}"


def _stocks(picture: MembersAt) -> str:
    """Return the members of a condition, each with its name where that is known."""
    if not picture.names:
        return " ".join(picture.codes)
    return ", ".join(f"{code} {picture.names.get(code, '')}".strip() for code in picture.codes)


def show_stats(stats: Stats, texts: Texts) -> int:
    """Print the statistics and the overlaps; return how many conditions."""
    target = console()
    numbers = [Column(texts(f"column.{name}"), right=True, rank=STATS[name]) for name in SHOWN]
    table = Table([Column(texts("column.condition"), gives_way=True), *numbers])
    for each in stats.conditions:
        table.add(visible_name(each.condition), *(_cell(each, name, texts) for name in SHOWN))
    show_table(table if stats.conditions else texts("history.nothing"), target)
    if stats.overlaps:
        heads = [Column(texts(f"column.{name}"), gives_way=True) for name in ("first", "second")]
        heads += [Column(texts(f"column.{name}"), right=True) for name in ("common", "either")]
        shared = Table(heads, texts("history.overlaps"))
        for pair in stats.overlaps:
            shared.add(visible_name(pair.first), visible_name(pair.second), number(pair.common), number(pair.either))
        show_table(shared, target)
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
