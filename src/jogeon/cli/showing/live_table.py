"""The stocks of a condition as a table of the live view: whole columns or none, numbers at the right, names cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jogeon.cli.showing.event_words import RISE
from jogeon.cli.showing.figures import colour_of, mark_of, number, percent, sign_of, sign_words
from jogeon.cli.showing.ink import Piece
from jogeon.cli.showing.live_picture import SECOND_NS, Worth
from jogeon.cli.showing.terminal import clean
from jogeon.cli.texts.width import columns, fitted, padded
from jogeon.events import korean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jogeon.cli.showing.ink import Line
    from jogeon.cli.showing.live_picture import Stand
    from jogeon.cli.showing.terminal import Signs
    from jogeon.cli.texts import Texts

FRESH_NS = 5 * SECOND_NS
"""A stock is marked for so long after it entered."""
BETWEEN = "  "
LEAST_NAME, ROOMY_NAME, WIDEST_NAME = 8, 14, 26
ROOMY = 60
"""Columns of a terminal from which numbers have room for more than the usual ones."""


class LiveColumn(NamedTuple):
    """A column: the one of the highest rank goes first where a terminal is narrow, one of rank 0 stays."""

    key: str
    rank: int
    least: int
    roomy: int
    right: bool = True
    of_prices: bool = True


COLUMNS = (
    LiveColumn("entered", 0, 10, 10, right=False, of_prices=False),
    LiveColumn("code", 3, 8, 8, right=False, of_prices=False),
    LiveColumn("name", 0, LEAST_NAME, ROOMY_NAME, right=False, of_prices=False),
    LiveColumn("price", 0, 7, 9),
    LiveColumn("age", 0, 4, 4),
    LiveColumn("trend", 8, 6, 6, right=False),
    LiveColumn("sign", 2, 1, 1, right=False),
    LiveColumn("rate", 1, 7, 7),
    LiveColumn("volume", 7, 11, 13),
    LiveColumn("entry", 6, 7, 9),
    LiveColumn("return", 5, 7, 7),
)
AGE = "age"
"""The column that is there only while a price is stale: how long it has been so."""
INSTEAD = {"sign": "trend"}
"""What is shown only where another column is not: a bare sign, without its word."""


class LiveTable:
    """Lays out and fills the table; a column that once was wider stays so, that nothing moves to and fro."""

    def __init__(self, texts: Texts, signs: Signs) -> None:
        self._texts, self._signs = texts, signs
        self._seen: dict[str, int] = {}

    def lines(
        self, stands: Sequence[Stand | None], prices: Mapping[str, Worth] | None, now_ns: int, width: int
    ) -> Iterator[Line]:
        """Yield the heading and a line for each place."""
        rows = [None if each is None else self._cells(each, prices, now_ns) for each in stands]
        widths = self._widths(rows, width, priced=prices is not None)
        heads = {key: Piece(self._head(key), "dim") for key in widths}
        yield self._line(heads, widths)
        for row in rows:
            yield () if row is None else self._line(row, widths)

    def _head(self, key: str) -> str:
        return "" if key == "sign" else self._texts(f"live.column.{key}")

    # ------------------------------------------------------------ the layout

    def _widths(self, rows: Sequence[dict[str, Piece] | None], width: int, *, priced: bool) -> dict[str, int]:
        """Return the width of each column that is shown, in order; the name has what is left."""
        aged = any(row is not None and row[AGE].text for row in rows)
        shown = [each for each in COLUMNS if (priced or not each.of_prices) and (aged or each.key != AGE)]
        sizes = {each.key: self._size(each, rows, width) for each in shown}
        kept = self._kept(shown, sizes, width)
        kept["name"] = min(WIDEST_NAME, kept["name"] + width - _together(kept))
        return kept

    def _kept(self, shown: Sequence[LiveColumn], sizes: Mapping[str, int], width: int) -> dict[str, int]:
        for rank in range(max(each.rank for each in shown), -1, -1):
            keys = [each.key for each in shown if each.rank <= rank]
            kept = {key: sizes[key] for key in keys if INSTEAD.get(key) not in keys}
            if _together(kept) <= width:
                break
        return kept

    def _size(self, column: LiveColumn, rows: Sequence[dict[str, Piece] | None], width: int) -> int:
        usual = column.roomy if width >= ROOMY else column.least
        if column.key == "name":
            return usual
        longest = max((columns(row[column.key].text) for row in rows if row is not None), default=0)
        size = max(usual, longest, columns(self._head(column.key)), self._seen.get(column.key, 0))
        if size > usual:
            self._seen[column.key] = size
        return size

    def _line(self, cells: Mapping[str, Piece], widths: Mapping[str, int]) -> Line:
        right = {each.key: each.right for each in COLUMNS}
        pieces: list[Piece] = []
        for key, size in widths.items():
            cell = cells[key]
            if key == "name" and "code" not in widths and "unnamed" in cells:
                cell = cells["unnamed"]
            text = fitted(cell.text, size, self._signs.more) if key == "name" else cell.text
            pieces += [Piece(BETWEEN)] * bool(pieces) + [Piece(padded(text, size, right=right[key]), cell.style)]
        return tuple(pieces)

    # ------------------------------------------------------------ the cells

    def _cells(self, stand: Stand, prices: Mapping[str, Worth] | None, now_ns: int) -> dict[str, Piece]:
        fresh = stand.origin != "snapshot" and not stand.left and now_ns - stand.at_ns < FRESH_NS
        style = RISE if fresh else "dim" if stand.left else ""
        mark = self._signs.enter if fresh else self._signs.leave if stand.left else " "
        code = clean(stand.code)
        cells = {
            "entered": Piece(self._moment(stand, now_ns), style),
            "code": Piece(code, style),
            "name": Piece(f"{mark} {stand.name or ''}", style),
        }
        if stand.name is None:
            cells["unnamed"] = Piece(f"{mark} {code}", style)
        price = (prices or {}).get(stand.code) or Worth()
        stale = price.stale_since_ns is not None
        numbers = self._numbers(price, dim=stand.left or stale)
        return cells | numbers | {AGE: Piece(self._age(price, now_ns) if stale and not stand.left else "", "dim")}

    def _age(self, price: Worth, now_ns: int) -> str:
        """Return for how long the trades that would have replaced a price were not heard."""
        return age((now_ns - (price.stale_since_ns or now_ns)) // SECOND_NS, self._texts)

    def _moment(self, stand: Stand, now_ns: int) -> str:
        """Return when it entered, or left; a recovered one entered then at the latest."""
        there = korean(stand.at_ns)
        if stand.left:
            return self._texts("live.left", clock=f"{there:%H:%M}")
        if stand.origin == "snapshot":
            return self._texts("live.before")
        if there.date() != korean(now_ns).date():
            return f"{there:%m-%d}"
        return f"{'~' if stand.origin == 'recovered' else ''}{there:%H:%M:%S}"

    def _numbers(self, price: Worth, *, dim: bool) -> dict[str, Piece]:
        rise = price.sign or sign_of(price.rate)
        colour = "dim" if dim else colour_of(rise)
        gain = "dim" if dim else colour_of(sign_of(price.gain))
        grey = "dim" if dim else ""
        return {
            "price": Piece(number(price.price), colour),
            "trend": Piece(sign_words(rise, self._texts, self._signs), colour),
            "sign": Piece(mark_of(rise, self._signs), colour),
            "rate": Piece(percent(price.rate), colour),
            "volume": Piece(number(price.volume), grey),
            "entry": Piece(number(price.entry), grey),
            "return": Piece(percent(price.gain), gain),
        }


def age(seconds: int, texts: Texts) -> str:
    """Return an age in the unit in which people say it."""
    seconds = max(0, seconds)
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds >= length:
            return texts(f"live.{unit}", count=seconds // length)
    return texts("live.seconds", count=seconds)


def _together(widths: Mapping[str, int]) -> int:
    return sum(widths.values()) + len(BETWEEN) * (len(widths) - 1)


# ---------------------------------------------------------------- in which order


def by_time(_prices: Mapping[str, Worth]) -> Callable[[Stand], tuple[object, ...]]:
    """Return an order: the latest first."""
    return lambda stand: (-stand.at_ns, stand.code)


def by_name(_prices: Mapping[str, Worth]) -> Callable[[Stand], tuple[object, ...]]:
    """Return an order: by name, a stock without one by its code."""
    return lambda stand: (stand.name or stand.code, stand.code)


def by_rate(prices: Mapping[str, Worth]) -> Callable[[Stand], tuple[object, ...]]:
    """Return an order: what rose most today first, what has no price last."""
    return lambda stand: _highest((prices.get(stand.code) or Worth()).rate, stand)


def by_return(prices: Mapping[str, Worth]) -> Callable[[Stand], tuple[object, ...]]:
    """Return an order: what rose most since it entered first."""
    return lambda stand: _highest((prices.get(stand.code) or Worth()).gain, stand)


def _highest(number: float | None, stand: Stand) -> tuple[object, ...]:
    return (number is None, -(number or 0.0), stand.code)


ORDERS = {"entered": by_time, "name": by_name, "rate": by_rate, "return": by_return}
"""The orders, by the column they go by."""
OF_PRICES = {"rate", "return"}
