"""Prices in figures: separators, signs with their words, and the Korean colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.cli.showing.event_words import FALL, RISE
from jogeon.cli.showing.figures import colour_of, mark_of, number, percent, sign_of, sign_words
from jogeon.cli.showing.terminal import PLAIN_SIGNS, RICH_SIGNS
from jogeon.cli.texts import Texts

if TYPE_CHECKING:
    from jogeon.events import Sign


def test_every_sign_has_a_word_in_both_languages() -> None:
    signs: tuple[Sign, ...] = ("limit-up", "rise", "flat", "limit-down", "fall")
    told = [sign_words(sign, Texts("ko"), RICH_SIGNS) for sign in signs]
    assert told == ["↑ 상한", "▲ 상승", "- 보합", "↓ 하한", "▼ 하락"]
    assert sign_words("limit-down", Texts("en"), PLAIN_SIGNS) == "v limit down"
    assert sign_words(None, Texts("ko"), RICH_SIGNS) == mark_of(None, RICH_SIGNS) == ""


def test_numbers() -> None:
    assert [number(1_234_567), number(None), number(-100, "+"), number(100, "+")] == ["1,234,567", "", "-100", "+100"]


def test_a_return_has_its_sign() -> None:
    assert [percent(each) for each in (1.234, -0.5, 0.0, None)] == ["+1.23%", "-0.50%", "+0.00%", ""]


def test_a_change_has_its_colour() -> None:
    assert [colour_of(sign_of(each)) for each in (0.1, -0.1, 0.0, None)] == [RISE, FALL, "", ""]
