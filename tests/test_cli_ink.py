"""Styles are codes around clean text, and NO_COLOR leaves the rest of them."""

from __future__ import annotations

from jogeon.cli.showing.ink import Piece, inked, plain

LINE = (Piece("편입", "bold red"), Piece(" \x1b[2Jx"))


def test_a_style_is_switched_on_and_off_around_its_text() -> None:
    assert inked(LINE) == "\x1b[1;31m편입\x1b[m ?[2Jx"


def test_without_colours_the_other_styles_stay() -> None:
    assert inked(LINE, colours=False) == "\x1b[1m편입\x1b[m ?[2Jx"
    assert inked([Piece("x", "red")], colours=False) == "x"


def test_the_text_of_a_line() -> None:
    assert plain([Piece("a", "dim"), Piece("b")]) == "ab"
