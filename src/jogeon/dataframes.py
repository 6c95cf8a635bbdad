"""Stocks and events as pandas DataFrames with Korean column names (extra `pandas`)."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from jogeon.errors import MissingExtra
from jogeon.events import Anomaly, Enter, Event, Gap, Leave, Snapshot, State, Stock
from jogeon.journal.shape import row_of
from jogeon.prices import Price

if TYPE_CHECKING:
    import pandas as pd


ZONE = "Asia/Seoul"
STOCK_NAMES = {
    "code": "종목코드", "name": "종목명", "price": "현재가", "sign": "등락", "change": "전일대비", "rate": "등락률",
    "volume": "거래량", "open": "시가", "high": "고가", "low": "저가",
}  # fmt: skip
EVENT_NAMES = {
    "event": "구분", "seq": "일련번호", "condition": "조건식", "code": "종목코드", "name": "종목명", "time": "시각",
    "at": "수신시각", "origin": "출처", "since": "부터", "until": "까지", "cause": "원인", "detail": "내용",
    "state": "상태", "what": "이상", "open": "진행 중", "codes": "편입 종목", "details": "상세", "clock": "거래소 시각",
}  # fmt: skip
"""The columns of the one shape of an event that an event without a number has."""
PRICE_NAMES = {
    "code": "종목코드", "name": "종목명", "entry_price": "편입가", "entry_at": "편입가 시각",
    "entry_source": "편입가 출처", "price": "현재가", "price_at": "시세 시각", "change": "전일대비", "rate": "등락률",
    "volume": "거래량", "return": "수익률", "high": "편입 후 고가", "low": "편입 후 저가",
}  # fmt: skip
"""The columns of the price of a member, behind those of its condition."""


def to_dataframe(items: Iterable[Stock] | Iterable[Event] | Iterable[Price]) -> "pd.DataFrame":
    """Return stocks of a search, events of a watch or prices of members as a pandas DataFrame with Korean column names.

    Codes stay text, whole numbers stay whole (Int64), moments are of Korean time. Of no items it is empty and has the
    columns of both. MissingExtra without pandas, TypeError for other items.
    """
    pandas = _extra("pandas")
    listed = list(items)
    first = type(listed[0]) if listed else Enter
    kinds = (first,) if first in (Stock, Price) else (Enter, Leave, Snapshot, Gap, State, Anomaly)
    for each in listed:
        if not isinstance(each, kinds):
            raise TypeError(f"a frame is made of stocks, of events or of prices, not of {type(each).__name__} {each!r}")
    if not listed:
        both = dict.fromkeys([*EVENT_NAMES.values(), *STOCK_NAMES.values()])
        return cast("pd.DataFrame", pandas.DataFrame(columns=list(both)))
    if isinstance(listed[0], Price):
        return _prices_frame(pandas, cast("list[Price]", listed))
    if not isinstance(listed[0], Stock):
        return _events_frame(pandas, cast("list[Event]", listed))
    columns = {korean_name: [getattr(stock, name) for stock in listed] for name, korean_name in STOCK_NAMES.items()}
    frame: pd.DataFrame = pandas.DataFrame(columns)
    whole = dict.fromkeys(("현재가", "전일대비", "거래량", "시가", "고가", "저가"), "Int64")
    return frame.astype({**whole, "등락률": "float64", "종목코드": "object", "종목명": "object", "등락": "object"})


def _events_frame(pandas: Any, events: list[Event]) -> "pd.DataFrame":
    rows = [row_of(0, 0, event) for event in events]
    columns = {title: pandas.Series([row[name] for row in rows], dtype="object") for name, title in EVENT_NAMES.items()}
    frame: pd.DataFrame = pandas.DataFrame(columns)
    times = pandas.to_datetime(
        pandas.Series([getattr(event, "time", None) for event in events], dtype="object"), utc=True
    )
    frame["시각"] = times.dt.tz_convert(ZONE)
    for name in ("at", "since", "until"):
        moments = pandas.Series([row[f"{name}_ns"] for row in rows], dtype="Int64")
        frame[EVENT_NAMES[name]] = pandas.to_datetime(moments, unit="ns", utc=True).dt.tz_convert(ZONE)
    frame["진행 중"] = frame["진행 중"].astype("boolean")
    return frame


def _prices_frame(pandas: Any, prices: list[Price]) -> "pd.DataFrame":
    rows = [price.fields() for price in prices]
    of = {"조건식": [price.condition.name for price in prices], "일련번호": [price.condition.seq for price in prices]}
    frame: pd.DataFrame = pandas.DataFrame(
        of | {title: [row[name] for row in rows] for name, title in PRICE_NAMES.items()}
    ).astype("object")
    for name, kind in (("entry_at", "entry_at_ns"), ("price_at", "price_at_ns")):
        moments = pandas.Series([getattr(price, kind) for price in prices], dtype="Int64")
        frame[PRICE_NAMES[name]] = pandas.to_datetime(moments, unit="ns", utc=True).dt.tz_convert(ZONE)
    whole = [PRICE_NAMES[name] for name in ("entry_price", "price", "change", "volume", "high", "low")]
    return frame.astype({**dict.fromkeys(whole, "Int64"), "등락률": "float64", "수익률": "float64"})


def _extra(name: str) -> Any:
    """Return an optional library, or say in one sentence what to install."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtra(name) from None
