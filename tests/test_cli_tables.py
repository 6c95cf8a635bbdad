"""Tables: numbers to the right with separators, a sign and a word beside every colour."""

from __future__ import annotations

import io

import pytest

from cli_conversation import SAMPLE, SURGE
from jogeon.cli.showing.tables import (
    Column,
    Table,
    condition_table,
    console,
    show_table,
    stock_table,
)
from jogeon.cli.showing.terminal import RICH_SIGNS
from jogeon.cli.texts import Texts
from jogeon.cli.texts.width import columns
from jogeon.events import Condition, Stock

RISEN = Stock("0000D0", "가상바이오 013", 1_234_500, "limit-up", 284_500, 29.95, 1_234_567_890, 1, 2, 3)
EMPTY = Stock("000010", "", None, None, None, None, None, None, None, None)


def drawn(width: int, lang: str = "ko") -> list[str]:
    file = io.StringIO()
    target = console(file)
    target.width = width
    table = stock_table(SURGE, [SAMPLE, RISEN, EMPTY], Texts("ko" if lang == "ko" else "en"), RICH_SIGNS)
    show_table(table, target)
    return file.getvalue().splitlines()


def test_numbers_end_in_one_column_under_hangul_heads() -> None:
    lines = [line for line in drawn(80) if line.strip()]
    head, risen = lines[1], next(line for line in lines if "0000D0" in line)
    for title, value in (
        ("현재가", "1,234,500"),
        ("전일대비", "+284,500"),
        ("등락률", "+29.95%"),
        ("거래량", "1,234,567,890"),
    ):
        assert columns(head[: head.index(title)]) + columns(title) == columns(risen[: risen.index(value)]) + len(value)


def test_sign_and_word_stand_beside_the_colour() -> None:
    text = "\n".join(drawn(80))
    assert "▼ 하락" in text
    assert "↑ 상한" in text
    assert "v limit" not in "\n".join(drawn(100, "en"))


@pytest.mark.parametrize(
    ("width", "heads"),
    [
        (40, "종목코드 종목명 현재가 등락률"),
        (50, "종목코드 종목명 현재가 등락 등락률"),
        (60, "종목코드 종목명 현재가 등락 전일대비 등락률"),
        (80, "종목코드 종목명 현재가 등락 전일대비 등락률 거래량"),
        (120, "종목코드 종목명 현재가 등락 전일대비 등락률 거래량 시가 고가 저가"),
    ],
)
def test_a_narrow_terminal_leaves_out_whole_columns_and_cuts_no_code_and_no_number(width: int, heads: str) -> None:
    lines = drawn(width)
    assert all(columns(line) <= width for line in lines)
    assert lines[2].split() == heads.split()
    assert all(any(whole in line for line in lines) for whole in ("005930", "0000D0", "1,234,500", "+29.95%"))


def test_a_terminal_that_is_narrower_than_what_stays_wraps_it() -> None:
    assert any("1,234,500" in line for line in drawn(15))


def test_what_folds_goes_on_in_the_next_line() -> None:
    table = Table([Column("이름", folds=True), Column("n", right=True)])
    table.add("가나다라마바사 아자\n차카", "12")
    assert [line.plain for line in table.lines(14)][3:] == ["가나다라마  12", "바사 아자", "차카", ""]


def test_a_console_of_ascii_gets_a_rule_it_can_show() -> None:
    table = Table([Column("code")])
    table.add("005930")
    assert all(line.plain.isascii() for line in table.lines(20, plain=True))


def test_markup_in_a_name_is_a_name() -> None:
    file = io.StringIO()
    show_table(condition_table([Condition("0", "[bold red]급등[/] :fire: \x1b[31m")], Texts("ko")), console(file))
    assert "[bold red]급등[/] :fire: ?[31m" in file.getvalue()
