"""Both languages say the same, and every text that is asked for is there."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import jogeon.cli
from jogeon.cli.app import COMMANDS
from jogeon.cli.texts import TABLES, TEXTS, Texts

SOURCES = sorted(Path(jogeon.cli.__file__).parent.rglob("*.py"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def keys_in_source() -> set[str]:
    """Return every literal first argument of a call of `texts(...)`, whatever object it hangs on."""
    nodes = (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    calls = [node for node in nodes if isinstance(node, ast.Call) and node.args]
    keys = [call.args[0] for call in calls if ast.unparse(call.func).split(".")[-1] in ("texts", "_texts")]
    return {str(key.value) for key in keys if isinstance(key, ast.Constant)}


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    assert placeholders(TEXTS[key].ko) == placeholders(TEXTS[key].en)


@pytest.mark.parametrize("key", TEXTS)
def test_no_text_is_missing_or_needs_more_than_a_korean_windows_console_has(key: str) -> None:
    for text in TEXTS[key]:
        assert text.strip()
        assert text.encode("cp949").decode("cp949") == text


def test_no_text_hides_another_of_the_same_key() -> None:
    assert sum(map(len, TABLES)) == len(TEXTS)


def test_every_text_that_is_asked_for_is_there() -> None:
    assert keys_in_source() - set(TEXTS) == set()
    assert len(keys_in_source()) > 50


def test_every_command_has_its_help_and_an_example_in_both_languages() -> None:
    for name in COMMANDS:
        assert {f"{name}.short", f"{name}.help", f"{name}.examples"} <= set(TEXTS)
        for text in TEXTS[f"{name}.examples"]:
            assert all(line.startswith(f"jogeon {name}") for line in text.splitlines())


def test_a_text_is_filled_in() -> None:
    assert Texts("ko")("live.gaps", count=2) == "오늘 공백 2건"
    assert Texts("en")("live.gaps", count=2) == "gaps today: 2"


def test_what_a_server_says_is_never_taken_for_a_placeholder() -> None:
    assert Texts("en")("JogeonError.what", what="{0} {name}") == "{0} {name}"
