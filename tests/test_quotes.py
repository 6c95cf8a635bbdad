"""Quotes of single stocks (0B): what a row means, and that nothing a peer sends is more than a value or NO_PUSH."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.wire.messages import PartialPush, Push, PushRow, PushValues, QuoteRow, QuoteValues, TradeRow, WidePush
from jogeon.wire.quotes import price_of, quote_of, quotes_in, read_wide
from jogeon.wire.readers import NO_PUSH, decode, read_push
from jogeon.wire.session import ClientSession
from jogeon.wire.writers import encode_push, encode_quote
from test_readers_anything import JSON, TEXTS

# wire.md §2: a 0B push names the stock in `item` only; prices bear the sign of their direction, 12 is plain percent.
ROW = (
    '{"type":"0B","name":"주식체결","item":"005930","values":{"20":"101500","10":"-72000","11":"-500","12":"-0.24",'
    '"27":"-72100","28":"-72000","15":"-7","13":"123456","14":"8880","16":"+72600","17":"+72700","18":"-71900",'
    '"25":"5","228":"98.55","290":"2"}}'
)
QUOTE = QuoteRow(
    "005930", "101500", 72_000, -500, -0.24, "fall", 72_100, 72_000, -7, 123_456, 8_880, 72_600, 72_700, 71_900, 98.55
)
PUSH = encode_push("4", "0000D0", "I", "101501")
PUSH_ROW = PushRow(PushValues("4", "0000D0", "I", "101501"))


def read(push: object) -> tuple[list[PushRow], list[QuoteRow]]:
    """Return what a frame with quotes holds, the texts of its quotes read."""
    assert isinstance(push, WidePush)
    return push.data, [quote_of(row) for row in push.quotes]


def real(*rows: str) -> bytes:
    return ('{"data":[' + ",".join(rows) + '],"trnm":"REAL"}').encode()


def condition_row() -> str:
    return json.dumps(json.loads(PUSH)["data"][0])


def test_a_quote() -> None:
    assert read(read_wide(real(ROW))) == ([], [QUOTE])


def test_rows_of_both_types_in_one_frame() -> None:
    assert read(read_wide(real(ROW, condition_row(), ROW))) == ([PUSH_ROW], [QUOTE, QUOTE])


def test_a_push_without_quotes_is_the_push_that_the_narrow_way_reads() -> None:
    assert type(read_wide(PUSH)) is Push
    assert read_wide(PUSH) == read_push(PUSH)


@pytest.mark.parametrize(
    ("number", "field", "empty"),
    [("20", "clock", ""), ("10", "price", None), ("12", "rate", None), ("15", "quantity", None), ("25", "sign", None)],
)
@pytest.mark.parametrize("odd", ['""', "null", '"?"', "[1]", "{}", "true", '"' + "9" * 30 + '"'])
def test_an_odd_field_costs_itself_only(number: str, field: str, empty: object, odd: str) -> None:
    row = json.loads(ROW)
    row["values"][number] = json.loads(odd)
    [found] = quotes_in([row])
    wanted = "?" if (field, odd) == ("clock", '"?"') else empty
    assert quote_of(found) == msgspec.structs.replace(QUOTE, **{field: wanted})


@pytest.mark.parametrize("zero", ["0", "-0", "+000000000"])
def test_a_price_of_zero_is_none(zero: str) -> None:
    row = json.loads(ROW)
    row["values"] |= dict.fromkeys(("10", "27", "28", "16", "17", "18"), zero)
    [found] = quotes_in([row])
    without = dict.fromkeys(("price", "ask", "bid", "open", "high", "low"))
    assert quote_of(found) == msgspec.structs.replace(QUOTE, **without)
    assert price_of(found) is None


def test_a_number_that_is_no_text_is_the_same_number() -> None:
    row = json.loads(ROW)
    row["values"] |= {"10": -72000, "12": -0.24, "13": 123456}
    assert list(map(quote_of, quotes_in([row]))) == [QUOTE]
    with pytest.raises(NO_PUSH):
        read_wide(real(json.dumps(row)))


@pytest.mark.parametrize("item", ["A005930", "005930_NX", "005930_AL", " 005930 "])
def test_a_code_has_six_characters_whatever_stands_around_it(item: str) -> None:
    assert read(read_wide(real(ROW.replace('"item":"005930"', f'"item":"{item}"')))) == ([], [QUOTE])


@pytest.mark.parametrize("item", ["", "?", "x" * 30])
def test_a_quote_of_no_stock_is_none(item: str) -> None:
    assert read_wide(real(ROW.replace('"item":"005930"', f'"item":"{item}"'), condition_row())) == read_push(PUSH)


# ---------------------------------------------------------------- in a session


def test_a_session_reads_quotes_only_where_they_are_wanted() -> None:
    odd = real(ROW.replace('"25":"5"', '"25":5'), condition_row())
    narrow, wide = ClientSession(), ClientSession(quotes=True)
    assert narrow.receive(odd) == Push("REAL", [PUSH_ROW])
    assert read(wide.receive(odd)) == ([PUSH_ROW], [QUOTE])


def test_quotes_beside_a_row_that_cannot_be_read_are_kept() -> None:
    bad = '{"type":"02","values":{"841":"4","9001":"005930","843":"?"}}'
    received = ClientSession(quotes=True).receive(real(ROW, bad))
    assert isinstance(received, PartialPush)
    assert (received.unreadable, received.seqs) == (1, ("4",))
    assert list(map(quote_of, received.quotes)) == [QUOTE]


# ---------------------------------------------------------------- properties

PRICES = st.integers(1, 10**12)
SIZES = st.integers(0, 10**12)
SIGNED = st.integers(-(10**9), 10**9)
PERCENT = st.integers(-3000, 3000).map(lambda hundredths: hundredths / 100)
QUOTES = st.builds(
    QuoteRow,
    code=st.from_regex(r"[0-9][0-9A-Z]{5}", fullmatch=True),
    clock=st.times().map("{:%H%M%S}".format),
    change=SIGNED | st.none(),
    rate=PERCENT | st.none(),
    sign=st.sampled_from(["limit-up", "rise", "flat", "limit-down", "fall", None]),
    quantity=SIGNED | st.none(),
    strength=st.integers(0, 50_000).map(lambda hundredths: hundredths / 100) | st.none(),
    **{name: PRICES | st.none() for name in ("price", "ask", "bid", "open", "high", "low")},
    **{name: SIZES | st.none() for name in ("volume", "value")},
)


@given(QUOTES)
def test_a_quote_round_trips_on_both_ways(quote: QuoteRow) -> None:
    text = encode_quote(quote)
    assert read(read_wide(text)) == ([], [quote])
    assert read(decode(text, quotes=True)) == ([], [quote])
    assert decode(text) == Push("REAL", [])


@given(st.lists(st.tuples(st.booleans(), QUOTES), max_size=5))
def test_both_ways_read_the_same_of_a_frame(rows: list[tuple[bool, QuoteRow]]) -> None:
    made = [condition_row() if push else json.dumps(json.loads(encode_quote(quote))["data"][0]) for push, quote in rows]
    read, again = read_wide(real(*made)), decode(real(*made), quotes=True)
    assert read == again
    assert type(read) is type(again)


@given(TEXTS | st.binary(max_size=40))
def test_anything_is_a_push_or_none(text: bytes) -> None:
    with contextlib.suppress(*NO_PUSH):
        assert isinstance(read_wide(text), Push)


@given(JSON, st.dictionaries(st.sampled_from(["20", "10", "11", "12", "25", "9001", "228"]), JSON))
def test_anything_in_a_row_is_a_quote_or_none(data: Any, values: dict[str, Any]) -> None:
    quotes_in(data)
    for quote in quotes_in([{"type": "0B", "item": data, "values": values}]):
        assert quote_of(quote).code


@given(st.text("+-0123456789 _٣x", max_size=14) | st.none() | st.integers(-(10**12), 10**12).map(str))
def test_the_price_alone_is_that_of_the_whole_quote(text: str | None) -> None:
    row = TradeRow("005930", QuoteValues(price=text))
    assert price_of(row) == quote_of(row).price
