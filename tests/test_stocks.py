"""ka10099 and ka10095: names and prices over REST, both roles."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.wire import stocks
from jogeon.wire.messages import Malformed, Refusal
from jogeon.wire.stocks import MARKETS, ListedStock, PricedStock, decode_names, decode_prices
from jogeon.wire.values import composed
from test_readers_anything import JSON, TEXTS

# wire.md §6b
LIST = """{"return_code":0,"return_msg":"정상적으로 처리되었습니다","list":[{"code":"005930","name":"삼성전자",
    "listCount":"0000005969782550","auditInfo":"정상","regDay":"19750611","lastPrice":"00070000",
    "state":"증거금20%|담보대출|신용가능","marketCode":"0","marketName":"거래소","upName":"전기전자",
    "upSizeName":"대형주","companyClassName":"","orderWarning":"0","nxtEnable":"Y"}]}""".encode()
PRICES = """{"return_code":0,"return_msg":"정상적으로 처리되었습니다","atn_stk_infr":[{"stk_cd":"005930",
    "stk_nm":"삼성전자","cur_prc":"+72000","base_pric":"71500","pred_pre":"+500","pred_pre_sig":"2","flu_rt":"+0.70",
    "trde_qty":"123456","trde_prica":"8880000","open_pric":"+71500","high_pric":"+72500","low_pric":"-71000",
    "sel_bid":"+72100","buy_bid":"+72000","dt":"20260904","cntr_tm":"101500","more":"?"}]}""".encode()
LISTED = ListedStock("005930", "삼성전자", "0", 70_000)
PRICED = PricedStock(
    "005930", "삼성전자", 72_000, 71_500, 500, "rise", 0.7, 123_456, 8_880_000, 71_500, 72_500, 71_000, 72_100, 72_000,
    "20260904", "101500",
)  # fmt: skip
BUSY = Refusal("1700", "허용된 요청 개수를 초과하였습니다[1700:허용된 요청 개수를 초과하였습니다]")


def test_the_answers_as_the_guide_shows_them() -> None:
    assert decode_names(LIST) == (LISTED,)
    assert decode_prices(PRICES) == (PRICED,)


def test_requests_as_the_guide_shows_them() -> None:
    assert stocks.encode_names_request("10") == b'{"mrkt_tp":"10"}'
    assert stocks.encode_prices_request(["005930", "000660"]) == b'{"stk_cd":"005930|000660"}'


@pytest.mark.parametrize("read", [decode_names, decode_prices])
def test_a_refusal_has_the_code_from_the_brackets(read: Any) -> None:
    assert read(stocks.encode_refusal("1700", "허용된 요청 개수를 초과하였습니다")) == BUSY
    assert read(b'{"return_code":1903,"return_msg":"no"}') == Refusal("1903", "no")


@pytest.mark.parametrize("read", [decode_names, decode_prices])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"1", b"\xff", b"[" * 5_000])
def test_what_is_no_answer_is_malformed(read: Any, body: bytes) -> None:
    assert isinstance(read(body), Malformed)


def test_an_answer_without_rows_is_empty_and_one_without_readable_rows_malformed() -> None:
    for rows in ("[]", "null", '""'):
        assert decode_names(b'{"return_code":0,"list":%s}' % rows.encode()) == ()
        assert decode_prices(b'{"return_code":"0000","atn_stk_infr":%s}' % rows.encode()) == ()
    for rows in ("1", "[1]", '[{"code":"","name":"x"}]', '[{"code":"005930"}]'):
        assert isinstance(decode_names(b'{"return_code":0,"list":%s}' % rows.encode()), Malformed)


def test_one_odd_row_costs_no_other() -> None:
    fields = json.loads(PRICES)
    fields["atn_stk_infr"] += [1, {}, {"stk_cd": []}]
    assert decode_prices(json.dumps(fields).encode()) == (PRICED,)


def test_an_odd_field_costs_itself_only() -> None:
    fields = json.loads(PRICES)
    fields["atn_stk_infr"][0] |= {"cur_prc": "?", "flu_rt": "", "dt": None, "pred_pre_sig": "9"}
    wanted = msgspec.structs.replace(PRICED, price=None, rate=None, date="", sign=None)
    assert decode_prices(json.dumps(fields).encode()) == (wanted,)


def test_a_price_of_zero_is_none() -> None:
    fields = json.loads(PRICES)
    zero = dict.fromkeys(("cur_prc", "open_pric", "high_pric", "low_pric", "sel_bid", "buy_bid"), "0")
    fields["atn_stk_infr"][0] |= zero | {"pred_pre": "0", "trde_qty": "0"}
    without = dict.fromkeys(("price", "open", "high", "low", "ask", "bid"))
    wanted = msgspec.structs.replace(PRICED, change=0, volume=0, **without)
    assert decode_prices(json.dumps(fields).encode()) == (wanted,)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"mrkt_tp":0,"stk_cd":5}', b'{"mrkt_tp":"77","stk_cd":"a||b"}'])
def test_a_request_that_names_nothing(body: bytes) -> None:
    assert stocks.decode_names_request(body) is None
    assert stocks.decode_prices_request(body) is None


# ---------------------------------------------------------------- properties

CODES = st.from_regex(r"[0-9][0-9A-Z]{5}", fullmatch=True)
NAMES = st.text(st.characters(codec="utf-8"), max_size=8).map(str.strip).filter(lambda name: composed(name) == name)
WON = st.integers(1, 10**9) | st.none()
SIZES = st.integers(0, 10**9) | st.none()
PRICED_STOCKS = st.builds(
    PricedStock,
    code=CODES,
    name=NAMES,
    change=st.integers(-(10**9), 10**9) | st.none(),
    sign=st.sampled_from(["limit-up", "rise", "flat", "limit-down", "fall", None]),
    rate=st.integers(-3000, 3000).map(lambda hundredths: hundredths / 100) | st.none(),
    date=st.dates().map("{:%Y%m%d}".format) | st.just(""),
    clock=st.times().map("{:%H%M%S}".format) | st.just(""),
    **dict.fromkeys(("price", "base", "open", "high", "low", "ask", "bid"), WON),
    **dict.fromkeys(("volume", "value"), SIZES),
)


@given(st.lists(PRICED_STOCKS, max_size=4))
def test_prices_round_trip(priced: list[PricedStock]) -> None:
    assert decode_prices(stocks.encode_prices(priced)) == tuple(priced)


@given(st.lists(st.builds(ListedStock, CODES, NAMES.filter(bool), st.sampled_from(sorted(MARKETS)), WON), max_size=4))
def test_names_round_trip(listed: list[ListedStock]) -> None:
    assert decode_names(stocks.encode_names(listed)) == tuple(listed)


@given(st.lists(CODES | CODES.map("{}_NX".format), min_size=1, max_size=stocks.MOST_ASKED), st.sampled_from([*MARKETS]))
def test_requests_round_trip(codes: list[str], market: str) -> None:
    assert stocks.decode_prices_request(stocks.encode_prices_request(codes)) == tuple(codes)
    assert stocks.decode_names_request(stocks.encode_names_request(market)) == market


@given(TEXTS | st.binary(max_size=40) | st.builds(lambda rows: json.dumps({"return_code": 0, "list": rows,
    "atn_stk_infr": rows}).encode(), JSON))  # fmt: skip
def test_anything_is_stocks_or_a_refusal_or_malformed(body: bytes) -> None:
    for read in (decode_names, decode_prices):
        assert isinstance(read(body), tuple | Refusal | Malformed)
    stocks.decode_names_request(body)
    stocks.decode_prices_request(body)


@pytest.mark.parametrize("broken", [b"\xff", rb"\ud800"])
def test_a_broken_character_costs_no_other_stock(broken: bytes) -> None:
    body = b'{"return_code":0,"list":[{"code":"005930","name":"A"},{"code":"000660","name":"B%s"}]}' % broken
    read = decode_names(body)
    assert isinstance(read, tuple)
    assert [stock.name for stock in read] == ["A", "B\ufffd"]
