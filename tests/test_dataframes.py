"""Stocks and events as DataFrames: Korean headings, no two alike, nothing left out."""

import datetime as dt
import importlib

import pytest

from jogeon.dataframes import EVENT_NAMES, PRICE_NAMES, STOCK_NAMES, to_dataframe
from jogeon.errors import MissingExtra
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Snapshot, State, Stock
from jogeon.journal.shape import COLUMNS
from jogeon.prices import Price
from recorded import START_NS

RISE = Condition("4", "급등주")
WEEK: list[Event] = [
    State(START_NS, "started", None, "처음"),
    Snapshot(START_NS, RISE, ("005930", "0000D0")),
    Enter(START_NS + 1, RISE, "000660", "090000", name="SK하이닉스"),
    Leave(START_NS + 2, RISE, "005930", "", "recovered", START_NS, START_NS + 2),
    Gap(RISE, START_NS, START_NS + 2, "drift", "말", open=True),
    Anomaly(START_NS, "leave of a non-member", RISE, "005930"),
]


def test_a_search_as_a_frame_has_korean_names_and_whole_numbers() -> None:
    stock = Stock("000660", "가상", 75_000, "fall", -100, -0.13, 10, None, 3, 1)
    frame = to_dataframe([stock])
    assert list(frame)[:6] == ["종목코드", "종목명", "현재가", "등락", "전일대비", "등락률"]
    assert frame["종목코드"][0] == "000660"
    assert str(frame["현재가"].dtype) == "Int64"
    assert frame["시가"].isna()[0]
    assert frame["등락률"][0] == -0.13


def test_prices_of_members_as_a_frame_are_whole_and_have_times() -> None:
    price = Price(RISE, "005930", "삼성전자", 100, START_NS, "quote", 110, START_NS + 1, 10, 10.0, None, 120, 90)
    frame = to_dataframe([price, Price(RISE, "000660")])
    assert list(frame)[:6] == ["조건식", "일련번호", "종목코드", "종목명", "편입가", "편입가 시각"]
    assert (frame["종목코드"][0], frame["편입가"][0], frame["현재가"][0], frame["수익률"][0]) == (
        "005930",
        100,
        110,
        10.0,
    )
    assert frame["편입가 시각"][0].utcoffset() == dt.timedelta(hours=9)
    assert str(frame["거래량"].dtype) == "Int64"
    assert frame.loc[1].isna().sum() == len(PRICE_NAMES) - 1
    with pytest.raises(TypeError, match="not of Enter"):
        to_dataframe([price, WEEK[2]])  # type: ignore[arg-type]


def test_events_as_a_frame_have_korean_times_exact_to_the_nanosecond() -> None:
    frame = to_dataframe(WEEK)
    assert list(frame["구분"]) == ["state", "snapshot", "enter", "leave", "gap", "anomaly"]
    assert (frame["종목코드"][2], frame["종목명"][2], frame["거래소 시각"][2]) == ("000660", "SK하이닉스", "090000")
    assert frame["시각"][2] == dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    assert frame["수신시각"][0].utcoffset() == dt.timedelta(hours=9)
    assert frame["수신시각"][2].value == START_NS + 1
    assert frame["시각"].isna()[3]
    assert len(to_dataframe([])) == 0


def test_nothing_that_an_event_holds_is_left_out() -> None:
    frame = to_dataframe(WEEK)
    told = {name: list(frame[name].dropna()) for name in ("원인", "내용", "상태", "이상", "편입 종목", "진행 중")}
    assert told == {
        "원인": ["처음", "drift"], "내용": ["말"], "상태": ["started"], "이상": ["leave of a non-member"],
        "편입 종목": ["005930 0000D0"], "진행 중": [True],
    }  # fmt: skip
    assert set(EVENT_NAMES) == set(COLUMNS) - {"epoch", "n", "at_ns", "since_ns", "until_ns"}


def test_no_two_headings_are_alike() -> None:
    for names in (EVENT_NAMES, STOCK_NAMES):
        assert len(set(names.values())) == len(names)


def test_a_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(MissingExtra, match=r"pip install 'jogeon\[pandas\]'"):
        to_dataframe([])
