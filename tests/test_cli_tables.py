"""Tables: numbers to the right with separators, a sign and a word beside every colour."""

from __future__ import annotations

import io

import pytest

from cli_conversation import SAMPLE, SURGE
from jogeon.cli.showing.tables import condition_table, console, number, sign_words, stock_table
from jogeon.cli.showing.terminal import PLAIN_SIGNS, RICH_SIGNS, columns
from jogeon.cli.texts import Texts
from jogeon.events import Condition, Sign, Stock

RISEN = Stock("0000D0", "가상바이오 013", 1_234_500, "limit-up", 284_500, 29.95, 1_234_567_890, 1, 2, 3)
EMPTY = Stock("000010", "", None, None, None, None, None, None, None, None)


def drawn(width: int, lang: str = "ko") -> list[str]:
    file = io.StringIO()
    target = console(file)
    target.width = width
    target.print(stock_table(SURGE, [SAMPLE, RISEN, EMPTY], Texts("ko" if lang == "ko" else "en"), target))
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


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_table_fits_and_shows_the_day_where_there_is_room(width: int) -> None:
    lines = drawn(width)
    assert all(columns(line) <= width for line in lines)
    assert any("시가" in line for line in lines) is (width == 120)


def test_every_sign_has_a_word_in_both_languages() -> None:
    signs: tuple[Sign, ...] = ("limit-up", "rise", "flat", "limit-down", "fall")
    told = [sign_words(sign, Texts("ko"), RICH_SIGNS) for sign in signs]
    assert told == ["↑ 상한", "▲ 상승", "- 보합", "↓ 하한", "▼ 하락"]
    assert sign_words("limit-down", Texts("en"), PLAIN_SIGNS) == "v limit down"
    assert sign_words(None, Texts("ko"), RICH_SIGNS) == ""


def test_numbers() -> None:
    assert [number(1_234_567), number(None), number(-100, "+"), number(100, "+")] == ["1,234,567", "", "-100", "+100"]


def test_markup_in_a_name_is_a_name() -> None:
    file = io.StringIO()
    console(file).print(condition_table([Condition("0", "[bold red]급등[/] :fire: \x1b[31m")], Texts("ko")))
    assert "[bold red]급등[/] :fire: ?[31m" in file.getvalue()
