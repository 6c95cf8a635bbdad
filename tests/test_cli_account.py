"""Every command: the server, the language and the keys that were chosen in the environment, in a file, or here."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_conversation import Shell
from jogeon.cli.account import source_of
from jogeon.credentials import Keys
from test_credentials import write_pair


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_the_server_and_the_language_may_stand_in_a_file(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("jogeon.toml").write_text('server = "mock"\nlang = "ko"')
    assert "사용법" in shell("list", "--help").out
    shell("list")
    monkeypatch.setenv("JOGEON_SERVER", "ws://127.0.0.1:1")
    monkeypatch.setenv("JOGEON_LANG", "en")
    assert "Usage" in shell("list", "--help").out
    assert "사용법" in shell("list", "--help", "--lang", "ko").out
    shell("list")
    shell("list", "--server", "demo")
    assert [server for server, _ in shell.connected] == ["mock", "ws://127.0.0.1:1", "demo"]


def test_kiwoom_mode_demo_is_the_mock_server(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIWOOM_MODE", "demo")
    shell("list")
    assert shell.connected == [("mock", False)]


@pytest.mark.parametrize("text", ["server = 5", "server ="])
def test_a_wrong_file_is_told_and_does_not_keep_help_from_coming(shell: Shell, text: str) -> None:
    Path("jogeon.toml").write_text(text)
    assert shell("list", "--help").code == 0
    said = shell("list", "--lang", "en")
    assert said.code == 2
    assert "a setting cannot be used: jogeon.toml" in said.err
    assert shell("list", "--server", "demo").code == 0


def test_a_language_nobody_speaks_here_is_none(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOGEON_LANG", "fr")
    assert "Usage" in shell("list", "--help").out


def test_keys_may_be_named_for_any_command(shell: Shell) -> None:
    write_pair(Path("keys"), "1234567890", "file")
    shell("list", "--keys", "keys")
    shell("--keys", "keys", "search", "급등주", "--server", "mock")
    assert [server for server, _ in shell.connected] == ["real", "mock"]
    assert all(isinstance(keys, Keys) and keys.app_key == "file-app" for keys in shell.keys)


@pytest.mark.parametrize(("argv", "says"), [
    (("list", "--keys", "nowhere"), "nowhere"),
    (("list", "--keys", "keys"), "several pairs of key files are there (*******111_appkey.txt, *******222_appkey.txt)"),
    (("list", "--keys", "keys", "--server", "demo"), "only real and mock have keys"),
])  # fmt: skip
def test_keys_that_cannot_be_used(shell: Shell, argv: tuple[str, ...], says: str) -> None:
    write_pair(Path("keys"), "1111111111", "one")
    write_pair(Path("keys"), "2222222222", "two")
    said = shell(*argv, "--lang", "en")
    assert said.code == 2
    assert says in said.err
    assert shell.connected == []


def test_where_keys_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert source_of("real") == ""
    monkeypatch.setenv("APP_KEY", "a")
    monkeypatch.setenv("APP_SECRET", "b")
    assert source_of("real") == "environment (APP_KEY, APP_SECRET)"
    monkeypatch.setenv("APP_SECRET", "two words")
    assert source_of("real") == "environment (APP_KEY, APP_SECRET)"
