"""Texts made to fit a terminal: two columns for Hangul, nothing lost but what is cut off, and then it shows."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from jogeon.cli.texts.width import columns, cut, fitted, padded, wrapped

WORDS = st.text("가나ab 🙂", max_size=12)


def test_hangul_is_two_columns_wide() -> None:
    assert columns("급등주 4") == 8
    assert columns("e\u0301") == 1
    assert columns(unicodedata.normalize("NFD", "급등주")) == 6


@given(st.lists(st.text("가a", min_size=1, max_size=9), max_size=20), st.integers(20, 40))
def test_wrapped_lines_fit_and_lose_no_word(words: list[str], width: int) -> None:
    lines = list(wrapped(" ".join(words), width))
    assert all(columns(line) <= width for line in lines)
    assert " ".join(lines).split() == words


@given(WORDS, st.integers(0, 20))
def test_a_text_that_is_cut_fits_and_shows_it(text: str, width: int) -> None:
    short = cut(text, width)
    assert columns(short) <= width
    assert short == text or not short or (short.endswith("…") and text.startswith(short[:-1]))


@given(WORDS, st.integers(1, 20))
def test_a_fitted_text_is_exactly_so_wide(text: str, width: int) -> None:
    assert columns(fitted(text, width)) == width


def test_a_number_stands_at_the_right() -> None:
    assert (padded("가1", 5), padded("가1", 5, right=True)) == ("가1  ", "  가1")
