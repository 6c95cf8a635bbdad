"""Values of the wire: codes, numbers, signs."""

import unicodedata

import pytest

from jogeon.values import composed, stock_code, stock_of, text_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A005930", "005930"),
        ("J57JBHH", "57JBHH"),
        ("Q500001", "500001"),
        ("A0000D0", "0000D0"),
        ("005930", "005930"),
        ("0000D0", "0000D0"),
        ("57JBHH", "57JBHH"),
        ("KR0001", "KR0001"),
        ("005930_AL", "005930"),
        ("A005930_NX", "005930"),
        ("  A005930 ", "005930"),
        ("1005930", "1005930"),
        ("", ""),
    ],
)
def test_codes_lose_their_prefix_and_venue_only(text: str, code: str) -> None:
    assert stock_code(text) == code


def test_a_number_that_cannot_be_read_is_none_and_named() -> None:
    oddities: list[str] = []
    stock = stock_of({"9001": "A005930", "10": "-000075000", "11": "+12", "12": "0000015x0", "13": None}, oddities)
    assert (stock.price, stock.change, stock.rate, stock.volume) == (75_000, 12, None, None)
    assert oddities == ["A005930 field 12 = '0000015x0'"]


def test_what_is_nested_is_not_spelled_out() -> None:
    assert text_of([[[]]]) == "a list of 1"
    assert text_of({"a": 1}) == "a dict of 1"
    assert text_of("x" * 5000) == "x" * 1000


def test_a_name_is_composed_and_has_no_blanks_around_it() -> None:
    assert composed(unicodedata.normalize("NFD", " 신고가 돌파 ")) == "신고가 돌파"
