"""Reads the quotes of single stocks (0B, 주식체결) out of REAL frames.

A frame may hold rows of conditions (type "02") and of quotes (type "0B") side by side. `read_wide` reads both. It takes
longer over a condition's push than `readers.read_push`, so it is for connections on which quotes were asked for.
The texts of a row are read when somebody asks for them, by `quote_of`. A field that is missing, empty or unreadable is
None: one odd field costs no other.
"""

from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec import Struct

from jogeon.wire.messages import MOST_CODES, Push, PushRow, PushValues, QuoteRow, QuoteValues, TradeRow, WidePush
from jogeon.wire.values import SIGNS, clock_of, code_of, decimal_of, integer_of, plain, rows_of, won_of


class _OfCondition(Struct, frozen=True, gc=False, tag_field="type", tag="02"):
    values: PushValues


class _Real(Struct, frozen=True, gc=False):
    trnm: Literal["REAL"]
    data: list[_OfCondition | TradeRow]


_decode = msgspec.json.Decoder(_Real).decode


def read_wide(payload: bytes) -> Push:
    """Read a REAL frame whose rows are all as usual, of either type; `readers.NO_PUSH` for all else.

    A WidePush if there are quotes in it, else a Push.
    """
    rows = _decode(payload).data
    if len(rows) == 1:  # as every frame of the broker that was seen
        row = rows[0]
        if type(row) is _OfCondition:
            return Push("REAL", [PushRow(row.values)])
        if type(row) is TradeRow and len(row.item) == 6 and row.item.isalnum():
            return WidePush("REAL", [], (row,))
    pushes = [PushRow(row.values) for row in rows if isinstance(row, _OfCondition)]
    quotes = tuple(named for row in rows if isinstance(row, TradeRow) and (named := _named(row)) is not None)
    return WidePush("REAL", pushes, quotes) if quotes else Push("REAL", pushes)


def _named(row: TradeRow) -> TradeRow | None:
    code = code_of(row.item)
    return TradeRow(code, row.values) if code else None


def quotes_in(data: object) -> tuple[TradeRow, ...]:
    """Return the quotes among the rows of a REAL frame, row by row; a row that names no stock is left out.

    An unreadable quote is not reported, because the next one replaces it.
    """
    rows = rows_of(data)
    if rows is None or len(rows) > MOST_CODES:
        return ()
    found = (_row(row) for row in rows)
    return tuple(quote for quote in found if quote is not None)


_FIELDS = {each.encode_name: each.name for each in msgspec.structs.fields(QuoteValues)}


def _row(row: object) -> TradeRow | None:
    match row:
        case {"type": kind, "values": dict() as values, **more} if plain(kind).upper() == "0B":
            code = code_of(more.get("item")) or code_of(values.get("9001"))
            named = {name: _text(values.get(number)) for number, name in _FIELDS.items()}
            named["clock"] = clock_of(values.get("20"))
            return TradeRow(code, QuoteValues(**named)) if code else None
    return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else plain(value)


_won = lru_cache(maxsize=1 << 16)(won_of)
"""Prices come again and again: reading one costs several times what finding it does."""


def price_of(row: TradeRow) -> int | None:
    """Return the price of a trade in won, None if it has none; this is the path of every trade."""
    return _won(row.values.price)


def quote_of(row: TradeRow) -> QuoteRow:
    """Return what the texts of a row say."""
    values = row.values
    return QuoteRow(
        code=row.item,
        clock=clock_of(values.clock),
        price=won_of(values.price),
        change=integer_of(values.change),
        rate=decimal_of(values.rate),
        sign=SIGNS.get(plain(values.sign)),
        ask=won_of(values.ask),
        bid=won_of(values.bid),
        quantity=integer_of(values.quantity),
        volume=integer_of(values.volume),
        value=integer_of(values.value),
        open=won_of(values.open),
        high=won_of(values.high),
        low=won_of(values.low),
        strength=decimal_of(values.strength),
    )
