"""Stocks and events as pandas DataFrames with Korean column names (extra `pandas`)."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from jogeon.errors import MissingExtra
from jogeon.events import Anomaly, Enter, Event, Gap, Leave, Snapshot, State, Stock

if TYPE_CHECKING:
    import pandas as pd


STOCK_NAMES = {
    "code": "종목코드", "name": "종목명", "price": "현재가", "sign": "등락", "change": "전일대비", "rate": "등락률",
    "volume": "거래량", "open": "시가", "high": "고가", "low": "저가",
}  # fmt: skip
EVENT_NAMES = {
    "event": "구분", "condition": "조건식", "code": "종목코드", "time": "시각", "at": "수신시각", "origin": "출처",
    "since": "부터", "until": "까지",
}  # fmt: skip


def to_dataframe(items: Iterable[Stock] | Iterable[Event]) -> "pd.DataFrame":
    """Return stocks of a search or events of a watch as a pandas DataFrame with Korean column names.

    Codes stay text, whole numbers stay whole (Int64), moments are of Korean time. Of no items it is empty and has the
    columns of both. MissingExtra without pandas, TypeError for other items.
    """
    pandas = _extra("pandas")
    listed = list(items)
    kinds = (Stock,) if listed and isinstance(listed[0], Stock) else (Enter, Leave, Snapshot, Gap, State, Anomaly)
    for each in listed:
        if not isinstance(each, kinds):
            raise TypeError(f"a frame is made of stocks or of events, not of {type(each).__name__} {each!r}")
    if not listed:
        both = dict.fromkeys([*EVENT_NAMES.values(), *STOCK_NAMES.values()])
        return cast("pd.DataFrame", pandas.DataFrame(columns=list(both)))
    if not isinstance(listed[0], Stock):
        return _events_frame(pandas, cast("list[Event]", listed))
    columns = {korean_name: [getattr(stock, name) for stock in listed] for name, korean_name in STOCK_NAMES.items()}
    frame: pd.DataFrame = pandas.DataFrame(columns)
    whole = dict.fromkeys(("현재가", "전일대비", "거래량", "시가", "고가", "저가"), "Int64")
    return frame.astype({**whole, "등락률": "float64", "종목코드": "object", "종목명": "object", "등락": "object"})


def _events_frame(pandas: Any, events: list[Event]) -> "pd.DataFrame":
    rows = [_plain(event) for event in events]
    frame: pd.DataFrame = pandas.DataFrame(rows, columns=list(EVENT_NAMES.values()))
    for name in ("시각", "수신시각", "부터", "까지"):
        frame[name] = pandas.to_datetime(frame[name], utc=True).dt.tz_convert("Asia/Seoul")
    return frame.astype(dict.fromkeys(("구분", "조건식", "종목코드", "출처"), "object"))


def _plain(event: Event) -> list[Any]:
    at = event.until if isinstance(event, Gap) else event.at
    condition = None if event.condition is None else event.condition.name
    names = ("code", "time", "origin", "since", "until")
    code, time, origin, since, until = (getattr(event, name, None) for name in names)
    return [type(event).__name__.lower(), condition, code, time, at, origin, since, until]


def _extra(name: str) -> Any:
    """Return an optional library, or say in one sentence what to install."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtra(name) from None
