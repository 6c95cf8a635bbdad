"""Names and prices over REST (`POST /api/dostk/stkinfo`): the bodies of ka10099 and ka10095, both roles, no I/O.

The header `api-id` tells the two apart. An answer is a value, a Refusal (the broker's code and text) or Malformed; one
odd row costs no other. A price on the wire has a sign for its direction; here it has none.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from jogeon.events import Sign
from jogeon.wire.messages import MOST_CODES, Malformed, Refusal
from jogeon.wire.readers import refusal_in
from jogeon.wire.values import (
    NO_JSON,
    SIGNS,
    clock_of,
    code_of,
    composed,
    decimal_of,
    integer_of,
    number_text,
    parsed,
    plain,
    rows_of,
    sign_digit,
    text_of,
    won_of,
)

T = TypeVar("T")

PATH = "/api/dostk/stkinfo"
NAMES = "ka10099"
PRICES = "ka10095"
MOST_ASKED = 50
"""Codes of one ka10095; no limit is documented, so many are known to be in use."""
NO_SUCH_STOCK = "1902"
"""The broker's refusal where it knows none of the stocks. Of several, one may be the reason for all."""

MARKETS = {
    "0": "KOSPI",
    "10": "KOSDAQ",
    "8": "ETF",
    "60": "ETN",
    "3": "ELW",
    "6": "REIT",
    "4": "mutual fund",
    "5": "subscription right",
    "30": "K-OTC",
    "50": "KONEX",
}
"""The broker's `mrkt_tp` and what it stands for."""


class ListedStock(Struct, frozen=True, gc=False):
    """A row of ka10099: `market` is the broker's marketCode, `last_price` yesterday's close in won."""

    code: str
    name: str
    market: str
    last_price: int | None = None


class PricedStock(Struct, frozen=True, gc=False):
    """A row of ka10095. Prices and changes in won, rate in percent, volume in shares; what is left empty is None.

    `base` is yesterday's close; `value` is in the broker's unit; `date` (yyyyMMdd) and `clock` (HHMMSS) are those of
    the last trade in Korean time, "" where none is given.
    """

    code: str
    name: str
    price: int | None = None
    base: int | None = None
    change: int | None = None
    sign: Sign | None = None
    rate: float | None = None
    volume: int | None = None
    value: int | None = None
    open: int | None = None
    high: int | None = None
    low: int | None = None
    ask: int | None = None
    bid: int | None = None
    date: str = ""
    clock: str = ""


# ---------------------------------------------------------------- asking


def encode_names_request(market: str) -> bytes:
    """Return the body that asks for all stocks of a market (`MARKETS`); pages go by headers."""
    return msgspec.json.encode({"mrkt_tp": market})


def encode_prices_request(codes: Iterable[str]) -> bytes:
    """Return the body that asks for the prices of stocks, at most MOST_ASKED."""
    return msgspec.json.encode({"stk_cd": "|".join(codes)})


def decode_names(body: bytes) -> tuple[ListedStock, ...] | Refusal | Malformed:
    """Return the stocks of one page of ka10099."""
    return _answer(body, "list", _listed)


def decode_prices(body: bytes) -> tuple[PricedStock, ...] | Refusal | Malformed:
    """Return the prices of ka10095, in the order of the answer; a stock that the broker does not know is not there."""
    return _answer(body, "atn_stk_infr", _priced)


def _answer(
    body: bytes, rows_name: str, read: Callable[[dict[str, Any]], T | None]
) -> tuple[T, ...] | Refusal | Malformed:
    try:
        fields = parsed(body)
    except NO_JSON as unreadable:
        return Malformed(f"{rows_name}: {type(unreadable).__name__}")
    if not isinstance(fields, dict):
        return Malformed(f"{rows_name}: the answer is {text_of(fields)[:40]!r}")
    if "return_code" in fields or rows_name not in fields:
        refusal = refusal_in(fields.get("return_code"), text_of(fields.get("return_msg")))
        if refusal is not None:
            return refusal
    rows = rows_of(fields.get(rows_name))
    if rows is None or len(rows) > MOST_CODES:
        return Malformed(f"{rows_name}: no list of rows")
    found = [each for row in rows if isinstance(row, dict) and (each := read(row)) is not None]
    return tuple(found) if found or not rows else Malformed(f"{rows_name}: {len(rows)} rows of an unknown shape")


def _listed(row: dict[str, Any]) -> ListedStock | None:
    code, name = code_of(row.get("code")), composed(plain(row.get("name")))
    if not code or not name:
        return None
    return ListedStock(code, name, plain(row.get("marketCode")), won_of(row.get("lastPrice")))


def _priced(row: dict[str, Any]) -> PricedStock | None:
    code = code_of(row.get("stk_cd"))
    if not code:
        return None
    return PricedStock(
        code=code,
        name=composed(plain(row.get("stk_nm"))),
        price=won_of(row.get("cur_prc")),
        base=won_of(row.get("base_pric")),
        change=integer_of(row.get("pred_pre")),
        sign=SIGNS.get(plain(row.get("pred_pre_sig"))),
        rate=decimal_of(row.get("flu_rt")),
        volume=integer_of(row.get("trde_qty")),
        value=integer_of(row.get("trde_prica")),
        open=won_of(row.get("open_pric")),
        high=won_of(row.get("high_pric")),
        low=won_of(row.get("low_pric")),
        ask=won_of(row.get("sel_bid")),
        bid=won_of(row.get("buy_bid")),
        date=plain(row.get("dt")),
        clock=clock_of(row.get("cntr_tm")),
    )


# ---------------------------------------------------------------- the broker's side


def decode_names_request(body: bytes) -> str | None:
    """Return the market that a body of ka10099 asks for, None if it names none."""
    market = _field(body, "mrkt_tp")
    return market if market in MARKETS else None


def decode_prices_request(body: bytes) -> tuple[str, ...] | None:
    """Return the codes that a body of ka10095 asks for, as they stand in it; None if it names none."""
    codes = tuple(code.strip() for code in (_field(body, "stk_cd") or "").split("|"))
    return codes if all(codes) else None


def encode_names(stocks: Iterable[ListedStock]) -> bytes:
    """Return the answer of ka10099; fields that no reader here uses are left out."""
    rows = [
        {
            "code": stock.code,
            "name": stock.name,
            "lastPrice": "" if stock.last_price is None else f"{stock.last_price:08d}",
            "marketCode": stock.market,
            "marketName": MARKETS.get(stock.market, ""),
        }
        for stock in stocks
    ]
    return _granted("list", rows)


def encode_prices(stocks: Iterable[PricedStock]) -> bytes:
    """Return the answer of ka10095; each price has the sign of its distance to yesterday's close, as the broker's."""
    return _granted("atn_stk_infr", [_price_row(stock) for stock in stocks])


def encode_refusal(code: str, text: str, small: int = 5) -> bytes:
    """Return a refusal: the small return_code, and the broker's real code in brackets in the text."""
    return msgspec.json.encode({"return_code": small, "return_msg": f"{text}[{code}:{text}]"})


def _field(body: bytes, name: str) -> str | None:
    try:
        fields = msgspec.json.decode(body)
    except NO_JSON:
        return None
    value = fields.get(name) if isinstance(fields, dict) else None
    return value if isinstance(value, str) else None


def _granted(rows_name: str, rows: list[dict[str, str]]) -> bytes:
    return msgspec.json.encode({"return_code": 0, "return_msg": "정상적으로 처리되었습니다", rows_name: rows})


def _price_row(stock: PricedStock) -> dict[str, str]:
    def signed(price: int | None) -> str:
        if price is None or stock.base is None or price == stock.base:
            return "" if price is None else str(price)
        return f"{'+' if price > stock.base else '-'}{price}"

    return {
        "stk_cd": stock.code,
        "stk_nm": stock.name,
        "cur_prc": signed(stock.price),
        "base_pric": number_text(stock.base),
        "pred_pre": number_text(stock.change, "+d"),
        "pred_pre_sig": sign_digit(stock.sign),
        "flu_rt": number_text(stock.rate, "+.2f"),
        "trde_qty": number_text(stock.volume),
        "trde_prica": number_text(stock.value),
        "open_pric": signed(stock.open),
        "high_pric": signed(stock.high),
        "low_pric": signed(stock.low),
        "sel_bid": signed(stock.ask),
        "buy_bid": signed(stock.bid),
        "dt": stock.date,
        "cntr_tm": stock.clock,
    }
