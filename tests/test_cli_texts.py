"""Both languages say the same, and every text that is asked for is there."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import jogeon.cli
from jogeon.cli.app import COMMANDS
from jogeon.cli.showing.terminal import can_show
from jogeon.cli.texts import FILES, NAMESPACES, Texts, texts_in

FOLDER = Path(jogeon.cli.__file__).parent
SOURCES = sorted(FOLDER.rglob("*.py"))
TEXTS = {key: text for file in NAMESPACES for key, text in texts_in(file).items()}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def keys_in_source() -> set[str]:
    """Return every literal first argument of a call of `texts(...)`, whatever object it hangs on."""
    nodes = (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    calls = [node for node in nodes if isinstance(node, ast.Call) and node.args]
    keys = [call.args[0] for call in calls if ast.unparse(call.func).split(".")[-1] in ("texts", "_texts")]
    return {str(key.value) for key in keys if isinstance(key, ast.Constant)}


def test_both_languages_have_the_same_placeholders() -> None:
    assert [key for key, text in TEXTS.items() if placeholders(text.ko) != placeholders(text.en)] == []


def test_no_text_is_missing_or_needs_more_than_a_korean_windows_console_has() -> None:
    assert [key for key, text in TEXTS.items() if not all(map(str.strip, text))] == []
    assert [key for key, text in TEXTS.items() if not all(can_show(each, "cp949") for each in text)] == []


def test_a_namespace_is_in_one_file_and_every_file_of_texts_has_its_own() -> None:
    files = {path.stem for path in (FOLDER / "texts").glob("*.py")} - {"__init__", "language", "particles", "width"}
    names = [name for names in NAMESPACES.values() for name in names.split()]
    assert set(NAMESPACES) == files
    assert len(names) == len(set(names))
    for file, its_own in NAMESPACES.items():
        assert {key.partition(".")[0] for key in texts_in(file)} == set(its_own.split()), file


def test_every_text_that_is_asked_for_is_there() -> None:
    assert keys_in_source() - set(TEXTS) == set()
    assert len(keys_in_source()) > 50


def test_every_command_has_its_help_and_an_example_in_both_languages() -> None:
    for name in COMMANDS:
        assert {f"help.{name}.{part}" for part in ("short", "help", "examples")} <= set(TEXTS)
        for text in TEXTS[f"help.{name}.examples"]:
            assert all(line.startswith(f"jogeon {name}") for line in text.splitlines())


def test_a_text_is_filled_in() -> None:
    assert Texts("ko")("live.gaps", count=2) == "오늘 공백 2건"
    assert Texts("en")("live.gaps", count=2) == "gaps today: 2"


def test_what_a_server_says_is_never_taken_for_a_placeholder() -> None:
    assert Texts("en")("JogeonError.what", what="{0} {name}") == "{0} {name}"


def test_no_text_is_left_that_nobody_asks_for() -> None:
    """A key of an f-string counts by its first words: `failure.{label}` asks for all of that namespace."""
    trees = [ast.parse(path.read_text("utf-8")) for path in SOURCES if path.parent.name != "texts"]
    constants = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    words = {value for value in constants if isinstance(value, str)}
    begun = tuple(word for word in words if word.endswith(".") and word.split(".")[0] in FILES)
    computed = {"help", *(name for name in FILES if name[0].isupper())}  # errors have texts by their names
    asked_for = [key for key in TEXTS if key in words or key.startswith(begun) or key.split(".")[0] in computed]
    assert set(TEXTS) - set(asked_for) == set()


def test_one_is_no_plural() -> None:
    told = [Texts("en")("search.title", condition="급등주", count=count) for count in (0, 1, 2)]
    assert told == ["급등주: 0 stocks", "급등주: 1 stock", "급등주: 2 stocks"]
    assert Texts("ko")("search.title", condition="급등주", count=1) == "급등주: 1종목"
    begun = [Texts("en")("alert.begun", count=count, path="jogeon.toml") for count in (1, 2)]
    assert begun == ["1 alert rule is in use: jogeon.toml", "2 alert rules are in use: jogeon.toml"]
    assert Texts("en")("saved.file", path="a.csv", rows=1) == "saved: a.csv (1 row)"


NUMBERS = {"count", "rows", "enters", "leaves", "gaps", "number", "conditions", "consumers"}
PLURALS = re.compile(r"\{(\w+)[^}|]*\} (?:[a-z]+ )?([a-z]+s)\b")


def test_no_word_behind_a_number_is_a_plural_for_one() -> None:
    """A number that is followed by a plural names both: {count} {count:stock|stocks}."""
    found = {key: PLURALS.findall(text.en) for key, text in TEXTS.items()}
    wrong = {key: pairs for key, pairs in found.items() if any(name in NUMBERS for name, _ in pairs)}
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("급등주", "대상 급등주를 추가했습니다: p"),
        ("시장", "대상 시장을 추가했습니다: p"),
        ("조건 3", "대상 조건 3을 추가했습니다: p"),
        ("조건 4", "대상 조건 4를 추가했습니다: p"),
        ("phone", "대상 phone을(를) 추가했습니다: p"),
        ("을(를)", "대상 을(를)을(를) 추가했습니다: p"),
        ("", "대상 을(를) 추가했습니다: p"),
    ],
)
def test_a_particle_is_the_one_that_the_word_before_asks_for(name: str, told: str) -> None:
    assert Texts("ko")("alert.added", name=name, path="p") == told


PLACES = [("서울", "서울로"), ("시장", "시장으로"), ("기록.1", "기록.1로"), ("가", "가로")]


@pytest.mark.parametrize(("name", "place"), PLACES)
def test_a_particle_of_direction_follows_rieul_as_it_follows_a_vowel(name: str, place: str) -> None:
    assert Texts("ko")("report.journal set aside", name=name) == f"기록 파일이 손상되어 {place} 옮기고 새로 시작함"


def test_a_particle_in_quotes_is_that_of_the_word() -> None:
    assert Texts("ko")("bad.day", value="어제").startswith("'어제'는 날짜가")
    assert Texts("ko")("report.seq twice", text="3") == "일련번호 '3'을 두 번 씀"


def test_no_particle_stands_apart_from_its_word() -> None:
    apart = re.compile(r"(?:--[a-z-]+|\b[A-Z][A-Z_]{2,}) (?:은|는|이|가|을|를|과|와|로|으로|에|의|도)(?=[ .,:]|$)")
    assert {key: text.ko for key, text in TEXTS.items() if apart.search(text.ko)} == {}
