"""Both languages say the same, and every text that is asked for is there."""

from __future__ import annotations

import ast
import string
from pathlib import Path

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
