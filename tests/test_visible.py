"""What people are shown of a text from outside is one harmless line; a spreadsheet runs none."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.visible import as_cells, is_formula, is_mark, json_shown, one_line, spelled


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("급등주", "급등주"),
        ("<\"'&>[red]\x1b[31m", "<\"'&>[red]?[31m"),
        ("두\n줄\t칸", "두 줄 칸"),
        ("\x9b31m", "?31m"),
        ("거꾸로\u202e", "거꾸로?"),
        ("\u2066앞\u2069\u200e\u200f", "?앞???"),
        ("한\u2028줄\u2029뿐\x85이다", "한 줄 뿐 이다"),
        ("\u3164\u115f\u1160\uffa0\u200b\u2060\ufeff\u2800", "????????"),
        ("\U000e0041\U000e0100\ufe0f\u180e", "????"),
        ("a" + "\u0301" * 4, "a" + "\u0301" * 4),
        ("a" + "\u0301\u0489" * 500 + "b", "a" + "\u0301\u0489" * 2 + "?b"),
        (unicodedata.normalize("NFD", "급등주"), unicodedata.normalize("NFD", "급등주")),
        ("가" + "\u1161" * 9, "가" + "\u1161" * 4 + "?"),
        ("전각\u3000칸\xa0", "전각 칸 "),
        ("漢字 é ▲ 한ㄱㅏ", "漢字 é ▲ 한ㄱㅏ"),
    ],
)
def test_a_hostile_text_is_one_harmless_line(hostile: str, harmless: str) -> None:
    assert one_line(hostile) == harmless


@given(st.text())
def test_whatever_comes_is_seen_and_steers_nothing(text: str) -> None:
    made = one_line(text)
    assert made.isprintable()
    assert one_line(made) == made
    assert len(made) <= len(text)


def test_what_is_harmful_is_spelled_as_wanted_and_nothing_else() -> None:
    assert spelled("급등\u202e주\n", ascii) == "급등'\\u202e'주'\\n'"
    assert is_mark("\u0301")
    assert not is_mark("\u3164")


@pytest.mark.parametrize(
    "text",
    [
        "",
        '급등주 \\ "1"',
        "\x1b[2J\x9b31m\x7f\x85\u2028",
        "\u202e\u3164\U000e0041\U00016fe4",
        "e" + "\u0301" * 9,
        "가\u3000나\r\n",
    ],
)
def test_json_that_is_shown_harms_no_screen_and_keeps_its_values(text: str) -> None:
    shown = json_shown(json.dumps(text, ensure_ascii=False))
    assert one_line(shown).replace("\u3000", " ") == shown.replace("\u3000", " ")
    assert json.loads(shown) == text


LOST = ("", " ", "\xa0", "\u3000", "\t", "\r\n", "\x00", "\x85", "\u200b", "\ufeff", "\u3164")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "⁺", "⁻", "⁼"])
@pytest.mark.parametrize("before", LOST)
def test_a_formula_is_one_behind_whatever_a_cell_may_lose(before: str, sign: str) -> None:
    assert is_formula(f"{before}{sign}1+1")


@pytest.mark.parametrize("text", ["", " ", "급등주", "1=1", "a@b", "[=1]", "5-3", "\u3164"])
def test_a_text_is_no_formula(text: str) -> None:
    assert not is_formula(text)


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("", ""),
        ("급등주", "급등주"),
        ("5일선;20일선", "5일선;20일선"),
        ("=1;2", "'=1;2"),
        ("급등;=1", "급등;'=1"),
        ("급등; @A1;", "급등;' @A1;"),
        (';"-1', ";'\"-1"),
        ('"=1"', '"=1"'),
    ],
)
def test_each_piece_that_a_spreadsheet_may_make_a_cell_of_is_judged(text: str, guarded: str) -> None:
    assert as_cells(text, lambda piece, runs: "'" * runs + piece) == guarded


@pytest.mark.parametrize("text", ["\t급등주", "\r005930", "\n"])
def test_a_text_that_begins_with_what_moves_to_another_cell_is_taken_for_a_formula(text: str) -> None:
    assert is_formula(text)
    assert not is_formula(f"a{text}")
