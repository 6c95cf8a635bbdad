"""Values of the wire: codes, numbers, signs."""

import unicodedata

import pytest

from jogeon.wire.values import (
    NO_JSON,
    bare_code,
    clock_of,
    code_of,
    composed,
    is_success,
    parsed,
    plain,
    rows_of,
    shown,
    stock_code,
    text_of,
    without_broken,
)


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" a ", "a"),
        (5, "5"),
        (5.0, "5"),
        (-0.5, "-0.5"),
        (True, ""),
        (None, ""),
        ([5], ""),
        ({}, ""),
        ("x" * 5000, "x" * 1000),
    ],
)
def test_a_text_or_a_number_is_a_text_and_nothing_else_is(value: object, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("A005930_NX", "005930"),
        (5930, "005930"),
        (5930.0, "005930"),
        (20, "000020"),
        (123456, "123456"),
        (1234567, ""),
        (0, ""),
        (-5930, ""),
        (5930.5, ""),
        ("삼성전자", ""),
        ("005930 000660", ""),
        ("1" * 18, ""),
        (None, ""),
        ([], ""),
    ],
)
def test_a_code_that_is_a_number_has_lost_its_zeros(value: object, code: str) -> None:
    assert code_of(value) == code


@pytest.mark.parametrize(
    ("value", "code"),
    [("A005930", "005930"), (" 0000D0", "0000D0"), ("005930_AL", "005930"), ("ERRORS", ""), ("5930", ""), (5930, "")],
)
def test_a_code_without_a_name_must_look_like_one(value: object, code: str) -> None:
    assert bare_code(value) == code


@pytest.mark.parametrize(
    ("value", "clock"), [("152028", "152028"), ("", ""), (90000, "090000"), (0, ""), ([], ""), ("1" * 21, "")]
)
def test_a_time_that_is_a_number_has_lost_its_zeros(value: object, clock: str) -> None:
    assert clock_of(value) == clock


@pytest.mark.parametrize(
    ("words", "well"),
    [("정상", True), ("[0000:정상 처리되었습니다.]", True), ("비정상", False), ("정상이 아닙니다", False)],
)
def test_success_is_said_in_whole_sentences(words: str, *, well: bool) -> None:
    assert is_success(words) is well


def test_a_row_is_shown_shortly() -> None:
    assert shown({"seq": 4, "name": None, "more": [1]}) == "{seq: 4, name: , more: a list of 1}"
    assert shown(list(range(9))) == "[0, 1, 2, 3, 4]"
    assert shown("x") == "'x'"
    assert len(shown({"k" * 5000: "v" * 5000})) == 64


def test_what_is_nested_is_not_spelled_out() -> None:
    assert text_of([[[]]]) == "a list of 1"
    assert text_of({"a": 1}) == "a dict of 1"
    assert text_of("x" * 5000) == "x" * 1000


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        ([1], [1]),
        ({"a": 1}, [{"a": 1}]),
        ('[{"a":1}]', [{"a": 1}]),
        (' {"a":1} ', [{"a": 1}]),
        (None, []),
        ({}, []),
        ("", []),
        ("[]", []),
        ("[", None),
        ("[" * 100_000, None),
        ("words", None),
        (5, None),
        (False, None),
    ],
)
def test_rows_are_found_where_there_are_any(data: object, rows: object) -> None:
    assert rows_of(data) == rows


def test_a_name_is_composed_and_has_no_blanks_around_it() -> None:
    assert composed(unicodedata.normalize("NFD", " 신고가 돌파 ")) == "신고가 돌파"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (rb'["\ud800", 1]', ["\ufffd", 1]),
        (rb'["\uDFFF\uD83D", 1]', ["\ufffd\ufffd", 1]),
        (rb'["\ud83d\ude00\ud83d"]', ["\U0001f600\ufffd"]),
        (rb'["\\ud800\ude00"]', ["\\ud800\ufffd"]),
        (rb'["\"\ud800"]', ['"\ufffd']),
        (b'["\xbd"]', ["\ufffd"]),
    ],
)
def test_half_a_pair_or_a_broken_byte_costs_itself_only(text: bytes, value: object) -> None:
    assert parsed(text) == value


@pytest.mark.parametrize("text", [b"", b"{", rb'["\ud800"', b'["\xbd"', rb'["\uzzzz"]', b"[" * 5000])
def test_what_is_no_json_stays_none(text: bytes) -> None:
    with pytest.raises(NO_JSON):
        parsed(text)


def test_a_whole_text_is_not_mended() -> None:
    assert without_broken(rb'{"a": "\ud83d\ude00 \\ud800 \n"}') is None
