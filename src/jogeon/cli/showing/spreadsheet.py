"""CSV that a spreadsheet opens as it is meant: Korean readable, nothing run as a formula."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from jogeon.cli.showing.terminal import clean
from jogeon.visible import as_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jogeon.cli.texts import Texts
    from jogeon.events import Condition, Stock

CONDITION_COLUMNS = ("seq", "condition")
STOCK_COLUMNS = (
    "condition", "code", "name", "price", "sign", "change", "rate", "volume", "open", "high", "low",
)  # fmt: skip
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as a file of their own: UTF-8 with the mark by which spreadsheets know it, CRLF."""
    text = io.StringIO()
    csv.writer(text).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def cell(value: object) -> str:
    """Return a value as a cell; text that would be taken for a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return text if NUMBER.fullmatch(text) else as_cells(text, lambda piece, runs: "'" * runs + clean(piece))


def condition_rows(conditions: Iterable[Condition], texts: Texts) -> Iterable[Sequence[object]]:
    """Yield the header and a row for each condition."""
    yield [texts(f"column.{name}") for name in CONDITION_COLUMNS]
    for condition in conditions:
        yield condition.seq, condition.name


def stock_rows(found: Iterable[tuple[Condition, Sequence[Stock]]], texts: Texts) -> Iterable[Sequence[object]]:
    """Yield the header and a row for each stock of each condition."""
    yield [texts(f"column.{name}") for name in STOCK_COLUMNS]
    for condition, stocks in found:
        for stock in stocks:
            sign = stock.sign and texts(f"sign.{stock.sign}")
            yield (
                condition.name, stock.code, stock.name, stock.price, sign, stock.change, stock.rate, stock.volume,
                stock.open, stock.high, stock.low,
            )  # fmt: skip
