"""Values are read strictly, and what is wrong is told with an example."""

from __future__ import annotations

import contextlib
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_conversation import FakeClient, Shell
from jogeon.cli.arguments import options


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("5m", 300),
        ("1h", 3600),
        ("1h30m", 5400),
        ("500ms", 0.5),
        ("1.5s", 1.5),
        ("1m500ms", 60.5),
        ("2H", 7200),
    ],
)
def test_a_length_of_time(text: str, seconds: float) -> None:
    assert options.duration(text) == seconds


@pytest.mark.parametrize("text", [" ", "0s", "30", "5x", "-5s", "1m1h", "s", "1e3s", "nans", "9999999h", "٣s", "1s 1s"])
def test_no_length_of_time(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        options.duration(text)


@given(st.text(max_size=8))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert 0 < options.duration(text) <= options.MOST_SECONDS


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (["watch", "--all", "--duration", "abc"], "30s, 5m, 1h, 1h30m"),
        (["watch", "--all", "--count", "0"], "--count"),
        (["watch", "--all", "--count", "1_0"], "--count"),
        (["watch", "--all", "--exchange", "X"], "K, N"),
        (["simulate", "--port", "70000"], "65535"),
        (["simulate", "--speed", "nan"], "--speed"),
        (["simulate", "--ping", "0"], "--ping"),
        (["simulate", "--seed", "x"], "--seed"),
        (["list", "--lang", "fr"], "ko"),
    ],
)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_bad_value_is_a_usage_error_that_shows_how(shell: Shell, argv: list[str], complaint: str, lang: str) -> None:
    said = shell("--lang", lang, *argv)
    assert said.code == 2
    assert complaint in said.err
    assert not said.out


def test_shared_options_stand_before_or_after_the_command(shell: Shell) -> None:
    shell("--server", "ws://127.0.0.1:1", "--insecure", "list", "--json")
    shell("--json", "list", "--server", "ws://127.0.0.1:1", "--insecure")
    assert shell.connected == [("ws://127.0.0.1:1", True)] * 2


def test_what_stands_after_the_command_wins(shell: Shell) -> None:
    shell("--server", "real", "list", "--server", "demo")
    assert shell.connected == [("demo", False)]


def test_hangul_typed_on_a_mac_is_composed(shell: Shell) -> None:
    client = FakeClient()
    said = shell("search", unicodedata.normalize("NFD", "급등주"), "--server", "demo", client=client)
    assert said.code == 0
    assert client.asked[0] == ("급등주", "K")


def test_the_command_is_told_again_as_it_was_typed() -> None:
    choices = options.Choices(texts=None, connect=None, argv=("watch", "신고가 돌파"))  # type: ignore[arg-type]  # not used
    assert choices.typed() == "jogeon watch '신고가 돌파'"


@pytest.mark.parametrize(("word", "typed"), [("급등주", "급등주"), ("a;b", "'a;b'"), ("", "''"), ("$(급)", "'$(급)'")])
def test_a_korean_name_is_told_without_quotes(word: str, typed: str) -> None:
    choices = options.Choices(texts=None, connect=None, argv=("watch", word))  # type: ignore[arg-type]  # not used
    assert choices.typed() == f"jogeon watch {typed}"
