"""What comes with a key that is pasted goes; what may be part of it stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.account.pasted import QUOTES, UNSEEN, is_one_word, seen, unquoted


@pytest.mark.parametrize("pasted", ["key", " key\t", "\ufeffkey\u200b", '"key"', "“key”", "'\" key \"'", "＂key＂\n"])
def test_quotes_blanks_and_what_nobody_sees_go(pasted: str) -> None:
    assert unquoted(pasted) == "key"


@pytest.mark.parametrize("pasted", ['"', "key'", "ke'y", '"key'])
def test_a_quote_that_has_no_other_stays(pasted: str) -> None:
    assert unquoted(pasted) == pasted


@given(st.text(st.sampled_from(QUOTES + UNSEEN + " \tk=")))
def test_what_is_left_has_nothing_more_to_lose(pasted: str) -> None:
    left = unquoted(pasted)
    assert unquoted(left) == left == seen(left)


@pytest.mark.parametrize(
    ("text", "one"),
    [("abc=/+", True), ("", False), ("a b", False), ("키", False), ("a\n", False), ("a\u00a0b", False)],
)
def test_a_secret_is_one_word_of_ascii(text: str, *, one: bool) -> None:
    assert is_one_word(text) is one
