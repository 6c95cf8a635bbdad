"""What people read of a web page, on one line."""

from __future__ import annotations

import pytest

from jogeon.maintenance import NOTICE, page_words


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<title> 점검 \n 안내 </title><h1>점검 안내</h1><p>05:10까지", "점검 안내 · 05:10까지"),
        ("<style>p{}</style><script>x('<p>')</script><p>점검", "점검"),
        ("<h1>A&amp;B &lt;now&gt;</h1>", "A&B <now>"),
        ("<p>\x1b[31mred\x07\u202e", "[31mred"),
        ("", ""),
        ("<title>", ""),
        ("<p>" + "가 " * 500, "가 " * (NOTICE // 2 - 1) + "가…"),
    ],
)
def test_the_words_of_a_page(page: str, words: str) -> None:
    assert page_words(page.encode()) == words
    assert len(page_words(page.encode())) <= NOTICE


def test_a_page_is_read_as_it_is_written() -> None:
    assert page_words("<p>시스템 점검".encode("cp949")) == "시스템 점검"
    assert page_words("<p>시스템 점검".encode()[:-1]).startswith("시스템 점")
    assert page_words(b"<p>\xff\xff\x80 x").endswith("x")
