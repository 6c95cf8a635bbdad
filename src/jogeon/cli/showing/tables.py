"""Tables for people: every number whole, whole columns left out where a terminal is narrow."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple, TextIO

from rich.console import Console
from rich.segment import Segment
from rich.text import Text

from jogeon.cli.showing.figures import colour_of, number, percent, sign_words
from jogeon.cli.showing.terminal import can_show, clean, signs_for, visible_name
from jogeon.cli.texts.width import columns, cut, padded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import ConsoleOptions, RenderableType

    from jogeon.cli.showing.terminal import Signs
    from jogeon.cli.texts import Texts
    from jogeon.events import Condition, Stock

BETWEEN = "  "
LEAST = 8
"""Columns that are left of a text that gives way."""


class Cell(NamedTuple):
    """A text of a table and its style."""

    text: str
    style: str = ""


class Column(NamedTuple):
    """A column of a table. The one with the highest `rank` is left out first; one of rank 0 stays.

    A text that `folds` goes on in the next line, one that `gives_way` is cut; all others are whole or not there.
    """

    head: str
    right: bool = False
    rank: int = 0
    gives_way: bool = False
    folds: bool = False

    @property
    def yields(self) -> bool:
        """Whether it can be narrower than its texts."""
        return self.gives_way or self.folds


class Table:
    """Rows under headings, with or without a title."""

    def __init__(self, heads: Sequence[Column], title: str = "") -> None:
        self.title, self._columns = title, list(heads)
        self._rows: list[tuple[Cell, ...]] = []

    def add(self, *cells: str | Cell) -> None:
        """Add a row; it has a text for each column, in the same order."""
        row = [each if isinstance(each, Cell) else Cell(each) for each in cells]
        self._rows.append(tuple(Cell(_harmless(cell.text), cell.style) for cell in row))

    def lines(self, width: int, *, plain: bool = False) -> Iterator[Text]:
        """Yield the lines for so many columns of a terminal; `plain` for one that shows ASCII only."""
        if self.title:
            yield Text(self.title, "bold")
        yield Text()
        widths = self._widths(width)
        heads = [Cell(self._columns[place].head, "dim") for place in widths]
        yield self._line(heads, widths)
        rule = "-" if plain else "─"
        yield Text(rule * (sum(widths.values()) + len(BETWEEN) * (len(widths) - 1)), "dim")
        for row in self._rows:
            yield from self._folded(row, widths, "" if plain else "…")
        yield Text()

    def _widths(self, width: int) -> dict[int, int]:
        """Return the width of each column that is shown, by its place."""
        whole = {place: self._natural(place) for place in range(len(self._columns))}
        least = {place: min(size, LEAST) if self._columns[place].yields else size for place, size in whole.items()}
        while _together(least) > width and (rank := max(self._columns[place].rank for place in least)):
            least = {place: size for place, size in least.items() if self._columns[place].rank < rank}
        room = width - _together(least)
        widths = {}
        for place, size in least.items():  # whoever stands first takes what it needs of the room there is
            widths[place] = size + max(0, min(room, whole[place] - size))
            room -= widths[place] - size
        return widths

    def _natural(self, place: int) -> int:
        texts = [self._columns[place].head, *(row[place].text for row in self._rows)]
        return max(columns(line) for text in texts for line in text.split("\n"))

    def _folded(self, row: tuple[Cell, ...], widths: dict[int, int], more: str) -> Iterator[Text]:
        pieces = {place: self._pieces(place, row[place].text, size, more) for place, size in widths.items()}
        for at in range(max(map(len, pieces.values()))):
            cells = [Cell("".join(pieces[place][at : at + 1]), row[place].style) for place in widths]
            yield self._line(cells, widths)

    def _pieces(self, place: int, text: str, width: int, more: str) -> list[str]:
        if self._columns[place].folds:
            return [piece for line in text.split("\n") for piece in folded(line, width)]
        return [cut(text, width, more) if self._columns[place].gives_way else text]

    def _line(self, cells: Sequence[Cell], widths: dict[int, int]) -> Text:
        line = Text()
        for at, (cell, (place, size)) in enumerate(zip(cells, widths.items(), strict=True)):
            column = self._columns[place]
            text = cut(cell.text, size, "") if column.yields else cell.text
            line.append(BETWEEN if at else "").append(padded(text, size, right=column.right), cell.style)
        line.rstrip()
        return line


def _together(widths: dict[int, int]) -> int:
    return sum(widths.values()) + len(BETWEEN) * (len(widths) - 1)


def _harmless(text: str) -> str:
    return "\n".join(clean(line) for line in text.split("\n"))


def folded(text: str, width: int) -> Iterator[str]:
    """Yield lines of at most so many columns: whole words, unless one is wider than a line."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if columns(longer) <= width:
            line = longer
            continue
        if line:
            yield line
        line = word
        while columns(line) > width and (start := cut(line, width, "")):
            yield start
            line = line[len(start) :]
    yield line


# ---------------------------------------------------------------- showing one


def console(file: TextIO | None = None) -> Console:
    """Return a console on standard output that takes text as it is: no markup, no emoji codes, nothing highlighted."""
    return _Harmless(file=file or sys.stdout, markup=False, emoji=False, highlight=False)


class _Harmless(Console):
    """A console that writes clean text, whoever made it; what steers the terminal is its own."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the pieces of what is shown."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else "\n".join(map(clean, text.split("\n"))), style, control)


def show_table(shown: Table | str, target: Console | None = None) -> None:
    """Print a table, or the sentence that stands in its place, on standard output."""
    target = target or console()
    if isinstance(shown, str):
        show_line(Text(shown), target)
        return
    for line in shown.lines(target.width, plain=not can_show("─…", target.encoding)):
        show_line(line, target)


def show_line(line: Text, target: Console) -> None:
    """Print a line as it is: a terminal that is too narrow wraps it, nothing is cut."""
    target.print(line, soft_wrap=True)


# ---------------------------------------------------------------- conditions and stocks


def condition_table(conditions: Sequence[Condition], texts: Texts) -> Table:
    """Return the conditions as a table."""
    heads = [Column(texts("column.seq"), right=True), Column(texts("column.condition"), folds=True)]
    table = Table(heads, texts("list.title", count=len(conditions)))
    for condition in conditions:
        table.add(condition.seq, visible_name(condition))
    return table


def stock_table(condition: Condition, stocks: Sequence[Stock], texts: Texts, signs: Signs) -> Table:
    """Return the stocks of a search as a table."""
    numbers = {"change": 3, "rate": 0, "volume": 4, "open": 5, "high": 5, "low": 5}
    heads = [
        Column(texts("column.code")),
        Column(texts("column.name"), gives_way=True),
        Column(texts("column.price"), right=True),
        Column(texts("column.sign"), rank=2),
        *(Column(texts(f"column.{name}"), right=True, rank=rank) for name, rank in numbers.items()),
    ]
    table = Table(heads, texts("search.title", condition=visible_name(condition), count=len(stocks)))
    for stock in stocks:
        table.add(*_stock_row(stock, texts, signs))
    return table


def show_stocks(condition: Condition, stocks: Sequence[Stock], texts: Texts) -> None:
    """Print the stocks of a search, or that there are none."""
    target = console()
    if stocks:
        show_table(stock_table(condition, stocks, texts, signs_for(target.encoding)), target)
    else:
        show_table(texts("search.none", condition=visible_name(condition)), target)


def _stock_row(stock: Stock, texts: Texts, signs: Signs) -> list[Cell]:
    colour = colour_of(stock.sign)
    return [
        Cell(stock.code),
        Cell(stock.name),
        Cell(number(stock.price), colour),
        Cell(sign_words(stock.sign, texts, signs), colour),
        Cell(number(stock.change, "+"), colour),
        Cell(percent(stock.rate), colour),
        *(Cell(number(value)) for value in (stock.volume, stock.open, stock.high, stock.low)),
    ]
