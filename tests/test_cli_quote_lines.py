"""A quote as one line: what could harm a terminal is spelled, a long name gives way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jogeon.cli.showing.quote_lines import NAME, line_of
from jogeon.cli.texts import Texts
from jogeon.cli.texts.width import columns
from jogeon.prices import Quote

if TYPE_CHECKING:
    import pytest

AT_NS = 1_795_316_400_123_456_000


def test_json_keeps_every_value() -> None:
    quote = Quote("005930", AT_NS, "이상한\x1b[2J이름", price=5)
    assert json.loads(line_of(Texts("ko"), readable=False)(quote)) == quote.fields()


def test_columns_stand_below_each_other() -> None:
    line = line_of(Texts("en"), readable=True)
    short = Quote("005930", AT_NS, "짧음", price=72_000, change=500, rate=0.7, sign="rise", volume=1_234_567)
    long = Quote("0000D0", AT_NS, "아주 긴 이름의 가상 종목 회사\x1b", price=5, change=-1, rate=-29.9, volume=3)
    lines = [line(quote).decode() for quote in (short, long)]
    assert len({columns(each.rstrip("\n")) for each in lines}) == 1
    assert "\x1b" not in lines[1]
    assert columns("아주 긴 이름의") < NAME


def test_a_line_fits_into_a_terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    quote = Quote(
        "005930", AT_NS, "아주 긴 이름의 가상 종목", price=1_072_000, change=-50_000, rate=-4.46, volume=99_999_999
    )
    monkeypatch.setenv("COLUMNS", "80")
    narrow = line_of(Texts("ko"), readable=True)(quote).decode().rstrip("\n")
    assert columns(narrow) <= 80
    assert "-4.46%" in narrow
    monkeypatch.setenv("COLUMNS", "120")
    assert "-50,000" in line_of(Texts("ko"), readable=True)(quote).decode()


def test_a_line_bears_the_time_of_the_trade_else_that_of_its_coming() -> None:
    line = line_of(Texts("en"), readable=True)
    assert line(Quote("005930", AT_NS, clock="095958")).decode().startswith("09:59:58  ")
    assert line(Quote("005930", AT_NS)).decode().startswith("12:00:00  ")
