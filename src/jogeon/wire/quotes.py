"""Reads the quotes of single stocks (0B, 주식체결) out of REAL frames.

A frame may hold rows of conditions (type "02") and of quotes (type "0B") side by side. `read_wide` reads both. It takes
longer over a condition's push than `readers.read_push`, so it is for connections on which quotes were asked for.
Field numbers become names here. A field that is missing, empty or unreadable is None: one odd field costs no other.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from jogeon.wire.messages import MOST_CODES, Push, PushRow, PushValues, QuoteRow, WidePush
from jogeon.wire.values import SIGNS, clock_of, code_of, decimal_of, integer_of, plain, rows_of, size_of


class _Values(Struct, frozen=True, gc=False):
    """The values of a 0B row as the broker writes them: texts."""

    clock: str | None = field(default=None, name="20")
    price: str | None = field(default=None, name="10")
    change: str | None = field(default=None, name="11")
    rate: str | None = field(default=None, name="12")
    ask: str | None = field(default=None, name="27")
    bid: str | None = field(default=None, name="28")
    quantity: str | None = field(default=None, name="15")
    volume: str | None = field(default=None, name="13")
    value: str | None = field(default=None, name="14")
    open: str | None = field(default=None, name="16")
    high: str | None = field(default=None, name="17")
    low: str | None = field(default=None, name="18")
    sign: str | None = field(default=None, name="25")
    strength: str | None = field(default=None, name="228")


class _OfCondition(Struct, frozen=True, gc=False, tag_field="type", tag="02"):
    values: PushValues


class _OfStock(Struct, frozen=True, gc=False, tag_field="type", tag="0B"):
    item: str
    values: _Values


class _Real(Struct, frozen=True, gc=False):
    trnm: Literal["REAL"]
    data: list[_OfCondition | _OfStock]


_decode = msgspec.json.Decoder(_Real).decode


def read_wide(payload: bytes) -> Push:
    """Read a REAL frame whose rows are all as usual, of either type; `readers.NO_PUSH` for all else.

    A WidePush if there are quotes in it, else a Push.
    """
    pushes: list[PushRow] = []
    quotes: list[QuoteRow] = []
    for row in _decode(payload).data:
        if isinstance(row, _OfCondition):
            pushes.append(PushRow(row.values))
        elif (quote := _quote(row.item, msgspec.structs.asdict(row.values), None)) is not None:
            quotes.append(quote)
    return WidePush("REAL", pushes, tuple(quotes)) if quotes else Push("REAL", pushes)


def quotes_in(data: object) -> tuple[QuoteRow, ...]:
    """Return the quotes among the rows of a REAL frame, row by row; a row that names no stock is left out.

    An unreadable quote is not reported, because the next one replaces it.
    """
    rows = rows_of(data)
    if rows is None or len(rows) > MOST_CODES:
        return ()
    found = (_row(row) for row in rows)
    return tuple(quote for quote in found if quote is not None)


_FIELDS = {each.encode_name: each.name for each in msgspec.structs.fields(_Values)}


def _row(row: object) -> QuoteRow | None:
    match row:
        case {"type": kind, "values": dict() as values, **more} if plain(kind).upper() == "0B":
            named = {name: values.get(number) for number, name in _FIELDS.items()}
            return _quote(more.get("item"), named, values.get("9001"))
    return None


def _quote(item: object, values: Mapping[str, Any], else_code: object) -> QuoteRow | None:
    """Return the quote of a stock, None if neither `item` nor the other field names one."""
    code = code_of(item) or code_of(else_code)
    if not code:
        return None
    return QuoteRow(
        code=code,
        clock=clock_of(values["clock"]),
        price=size_of(values["price"]),
        change=integer_of(values["change"]),
        rate=decimal_of(values["rate"]),
        sign=SIGNS.get(plain(values["sign"])),
        ask=size_of(values["ask"]),
        bid=size_of(values["bid"]),
        quantity=integer_of(values["quantity"]),
        volume=integer_of(values["volume"]),
        value=integer_of(values["value"]),
        open=size_of(values["open"]),
        high=size_of(values["high"]),
        low=size_of(values["low"]),
        strength=decimal_of(values["strength"]),
    )
