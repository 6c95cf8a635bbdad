"""Lists and search results as tables for people."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from jogeon.cli.showing.terminal import clean, signs_for, visible_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import ConsoleOptions, RenderableType

    from jogeon.cli.showing.terminal import Signs
    from jogeon.cli.texts import Texts
    from jogeon.events import Condition, Sign, Stock

RISE, FALL = "red", "blue"
"""Korean colours: red is up, blue is down."""
ROOM_FOR_THE_DAY = 108
"""Columns from which open, high and low fit as well."""
SIGN_COLOURS: dict[Sign, str] = {"limit-up": RISE, "rise": RISE, "flat": "", "limit-down": FALL, "fall": FALL}


def console(file: TextIO | None = None) -> Console:
    """Return a console on standard output that takes text as it is: no markup, no emoji codes, nothing highlighted."""
    return _Harmless(file=file or sys.stdout, markup=False, emoji=False, highlight=False)


class _Harmless(Console):
    """A console that writes clean text, whoever made it; what steers the terminal is its own."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the pieces of what is shown."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else "\n".join(map(clean, text.split("\n"))), style, control)


def plain_table(title: str = "") -> Table:
    """Return an empty table in the look of all of them."""
    return Table(
        title=Text(title, "bold") if title else None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False,
        padding=(0, 1), header_style="dim",
    )  # fmt: skip


def condition_table(conditions: Sequence[Condition], texts: Texts) -> Table:
    """Return the conditions as a table."""
    table = plain_table(texts("list.title", count=len(conditions)))
    table.add_column(texts("column.seq"), justify="right", no_wrap=True)
    table.add_column(texts("column.condition"), overflow="fold")
    for condition in conditions:
        table.add_row(Text(clean(condition.seq)), Text(visible_name(condition)))
    return table


def stock_table(condition: Condition, stocks: Sequence[Stock], texts: Texts, target: Console) -> Table:
    """Return the stocks of a search as a table that fits the console."""
    signs = signs_for(target.encoding)
    table = plain_table(texts("search.title", condition=visible_name(condition), count=len(stocks)))
    table.add_column(texts("column.code"), no_wrap=True)
    table.add_column(texts("column.name"))  # the only one that gives way
    day = ("open", "high", "low") if target.width >= ROOM_FOR_THE_DAY else ()
    table.add_column(texts("column.price"), justify="right", no_wrap=True)
    table.add_column(texts("column.sign"), no_wrap=True)
    for name in ("change", "rate", "volume", *day):
        table.add_column(texts(f"column.{name}"), justify="right", no_wrap=True)
    for stock in stocks:
        table.add_row(*_stock_row(stock, texts, signs), *(number(getattr(stock, name)) for name in day))
    return table


def _stock_row(stock: Stock, texts: Texts, signs: Signs) -> list[Text]:
    colour = SIGN_COLOURS[stock.sign] if stock.sign else ""
    rate = "" if stock.rate is None else f"{stock.rate:+.2f}%"
    return [
        Text(clean(stock.code)),
        Text(clean(stock.name), no_wrap=True, overflow="ellipsis"),
        Text(number(stock.price), colour),
        Text(sign_words(stock.sign, texts, signs), colour),
        Text(number(stock.change, "+"), colour),
        Text(rate, colour),
        Text(number(stock.volume)),
    ]


def sign_words(sign: Sign | None, texts: Texts, signs: Signs) -> str:
    """Return sign and word, so that nobody depends on the colour."""
    if sign is None:
        return ""
    mark = {
        "limit-up": signs.limit_up, "rise": signs.up, "flat": signs.flat,
        "limit-down": signs.limit_down, "fall": signs.down,
    }[sign]  # fmt: skip
    return f"{mark} {texts(f'sign.{sign}')}"


def number(value: int | None, sign: str = "") -> str:
    """Return a number with thousands separators; nothing where there is none."""
    return "" if value is None else f"{value:{sign},}"
