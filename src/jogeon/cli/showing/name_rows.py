"""The names of stocks as lines and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.cli.showing.json_lines import json_line
from jogeon.cli.showing.tables import Column, Table
from jogeon.events import korean
from jogeon.wire.stocks import MARKETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.account.names import KnownName
    from jogeon.cli.texts import Texts


def name_line(code: str, known: KnownName | None) -> bytes:
    """Return the JSON line of a stock; null for what is not known."""
    if known is None:
        return json_line({"code": code, "name": None, "market": None, "at": None})
    at = korean(int(known.at * 1e9)).isoformat(timespec="microseconds")
    return json_line({"code": code, "name": known.name, "market": market_of(known), "at": at})


def market_of(known: KnownName) -> str | None:
    """Return the market of a stock in a word; the broker's own code where that is none of ours."""
    return MARKETS.get(known.market, known.market) or None


def name_table(found: Sequence[tuple[str, KnownName | None]], texts: Texts) -> Table:
    """Return the names of stocks as a table."""
    heads = [
        Column(texts("column.code")),
        Column(texts("column.name"), gives_way=True),
        Column(texts("column.market"), rank=0),
        Column(texts("column.at"), rank=1),
    ]
    table = Table(heads, texts("names.title", count=len(found)))
    for code, known in found:
        if known is None:
            table.add(code, "-", "", "")
        else:
            table.add(code, known.name, market_of(known) or "", f"{korean(int(known.at * 1e9)):%m-%d %H:%M:%S}")
    return table
