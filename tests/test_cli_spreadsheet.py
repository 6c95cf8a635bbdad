"""CSV opens in a spreadsheet as it is meant, and nothing in it runs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_conversation import SAMPLE, SURGE
from jogeon.cli.showing.spreadsheet import cell, condition_rows, csv_bytes, stock_rows
from jogeon.cli.texts import Texts
from jogeon.events import Condition, Stock


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+급등", "'+급등"),
        ("-급락", "'-급락"),
        ("\t=1", "' =1"),
        ("\r=1", "' =1"),
        ("\n=1", "' =1"),
        ("＝1", "'＝1"),
        ("﹦1", "'﹦1"),
        (" =1", "' =1"),
        ("\xa0=1", "' =1"),
        ("\x00=1", "'?=1"),
        (-100, "-100"),
        (-0.13, "-0.13"),
        ("+5.2", "+5.2"),
        ("-1-1", "'-1-1"),
        ("-1;2", "'-1;2"),
        ("급등;=1+1", "급등;'=1+1"),
        ("5일선; 20일선", "5일선; 20일선"),
        (None, ""),
        ("두\n줄", "두 줄"),
        ("005930", "005930"),
    ],
)
def test_a_cell(value: object, text: str) -> None:
    assert cell(value) == text


@given(st.text())
def test_no_text_becomes_a_formula(text: str) -> None:
    made = cell(text)
    assert not made.startswith(("=", "@", "\t", "\r"))
    assert not made.startswith(("+", "-")) or float(made) is not None


def test_the_file_says_that_it_is_utf8_and_has_a_header() -> None:
    content = csv_bytes(condition_rows([Condition("4", '급등 "주", 1')], Texts("ko")))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == '일련번호,조건식\r\n4,"급등 ""주"", 1"\r\n'


def test_the_stocks_of_all_conditions_are_one_table() -> None:
    empty = Stock("0000D0", "", None, None, None, None, None, None, None, None)
    rows = stock_rows([(SURGE, [SAMPLE]), (Condition("1", "=HYPERLINK()"), [empty])], Texts("en"))
    read = list(csv.reader(io.StringIO(csv_bytes(rows).decode("utf-8-sig"))))
    assert read[0] == ["condition", "code", "name", "price", "sign", "change", "rate", "volume", "open", "high", "low"]
    assert read[1] == [
        "급등주", "005930", "가상전자", "75000", "down", "-100", "-0.13", "10386116", "75100", "75600", "74700",
    ]  # fmt: skip
    assert read[2] == ["'=HYPERLINK()", "0000D0", *[""] * 9]
