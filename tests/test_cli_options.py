"""Values are read strictly, and what is wrong is told with an example."""

from __future__ import annotations

import unicodedata
from importlib import import_module

import click
import pytest

from cli_conversation import FakeClient, Shell
from jogeon.cli.app import COMMANDS
from jogeon.cli.arguments import places
from jogeon.cli.arguments.choices import Choices
from jogeon.cli.texts import Texts


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (["watch", "--all", "--duration", "abc"], "500ms, 30s, 5m, 1h30m"),
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


@pytest.mark.parametrize(
    "argv",
    [
        ("demo", "--server", "real"), ("simulate", "--keys", "x"), ("login", "--insecure"),
        ("history", "events", "--insecure"),
        ("export", "-o", "x.csv", "--json"), ("replay", "--insecure"), ("--server", "real", "demo"),
        ("board", "--rest", "http://127.0.0.1:1"), ("board", "--keys", "x"),
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize(("lang", "words"), [("ko", "쓸 수 없습니다"), ("en", "does not take")])
def test_an_option_that_would_be_ignored_is_refused(shell: Shell, argv: tuple[str, ...], lang: str, words: str) -> None:
    said = shell(*argv, "--lang", lang)
    assert said.code == 2
    assert words in said.err


@pytest.mark.parametrize("name", COMMANDS)
def test_no_file_is_judged_by_click_which_speaks_english_only(name: str) -> None:
    params = import_module(f"jogeon.cli.commands.{name}").command(Texts("ko")).params
    assert [each.name for each in params if isinstance(each.type, click.Path | click.File)] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_shows_the_shared_options_it_takes_and_no_other(shell: Shell, name: str) -> None:
    used = import_module(f"jogeon.cli.commands.{name}").command(Texts("en")).uses
    page = shell(name, "--help", "--lang", "en").out
    for option in ("server", "keys", "insecure", "json", "config"):
        assert (f"  --{option}" in page) is (option in used), option


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (("list", "--bogus"), ""), (("list", "--sever", "x"), "--server"), (("watch", "--dur", "3s"), "--duration"),
        (("watch", "--jurnal=x"), "--journal"), (("demo", "--sever", "x"), ""), (("wacth",), "watch"),
        (("re",), "record, replay"),
        (("bogus",), ""),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_word_that_is_unknown_is_told_with_what_is_like_it(shell: Shell, argv: tuple[str, ...], hint: str) -> None:
    said = shell(*argv, "--lang", "en")
    assert said.code == 2
    hints = [line for line in said.err.splitlines() if line.startswith("did you mean")]
    assert hints == [f"did you mean: {hint}"] * bool(hint)


def test_a_home_is_expanded_where_the_shell_does_not(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv("USERPROFILE", "/home/somebody")
    for command in (("history", "events"), ("export", "-o", "x.csv"), ("replay",)):
        assert "/home/somebody/x.journal" in shell(*command, "--journal=~/x.journal").err.replace("\\", "/")


def test_hangul_typed_on_a_mac_is_composed(shell: Shell) -> None:
    client = FakeClient()
    said = shell("search", unicodedata.normalize("NFD", "급등주"), "--server", "demo", client=client)
    assert said.code == 0
    assert client.asked[0] == ("급등주", "K")


def test_the_command_is_told_again_as_it_was_typed() -> None:
    choices = Choices(texts=None, connect=None, argv=("watch", "신고가 돌파"))  # type: ignore[arg-type]  # not used
    assert choices.typed() == "jogeon watch '신고가 돌파'"


@pytest.mark.parametrize(("word", "typed"), [("급등주", "급등주"), ("a;b", "'a;b'"), ("", "''"), ("$(급)", "'$(급)'")])
def test_a_korean_name_is_told_without_quotes(word: str, typed: str) -> None:
    choices = Choices(texts=None, connect=None, argv=("watch", word))  # type: ignore[arg-type]  # not used
    assert choices.typed() == f"jogeon watch {typed}"


def test_a_shell_offers_files_and_folders_where_one_is_named() -> None:
    ctx = click.Context(click.Command("record"))
    for folder, kind in ((False, "file"), (True, "dir")):
        option = places.file(Texts("en"), "--copy", folder=folder)
        assert [(each.value, each.type) for each in option.shell_complete(ctx, "da")] == [("da", kind)]
