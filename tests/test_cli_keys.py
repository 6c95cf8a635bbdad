"""Every command: the server, the language and the keys that were chosen in the environment, in a file, or here."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Self

import pytest

from cli_conversation import FakeClient, Shell
from jogeon.account.keys import Keys, find_keys
from jogeon.account.settings import chosen_server
from jogeon.cli.running.keys import kiwoom_mode_says, source_of
from jogeon.cli.texts import Texts
from jogeon.errors import KeysMissing
from jogeon.files import config_home
from test_keys import write_pair


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
def test_a_wrong_file_is_told_by_every_command_and_does_not_keep_help_from_coming(shell: Shell, text: str) -> None:
    Path("jogeon.toml").write_text(text)
    assert shell("list", "--help").code == 0
    said = shell("list", "--lang", "en")
    assert said.code == 2
    assert "a setting cannot be used: jogeon.toml" in said.err
    assert shell("list", "--server", "demo").code == 2
    assert shell.connected == []


def test_a_language_nobody_speaks_here_is_refused_by_name(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOGEON_LANG", "jp")
    assert "Usage" in shell("list", "--help").out
    said = shell("list", "--server", "demo")
    assert said.code == 2
    assert "JOGEON_LANG" in said.err
    assert "allowed: ko, en" in said.err
    monkeypatch.delenv("JOGEON_LANG")
    Path("jogeon.toml").write_text('lang = "jp"')
    said = shell("list", "--server", "demo")
    assert said.code == 2
    assert "jogeon.toml lang" in said.err
    assert "allowed: ko, en" in said.err


@pytest.mark.parametrize("argv", [
    ("list", "--server", ""), ("--server", " ", "list"), ("list", "--server="), ("list", "--keys", ""),
    ("list", "--config", ""), ("--config=", "list"), ("search", ""), ("watch", "급등주", " "),
    ("search", "급등주", "-o", ""),
    ("history", "events", "--journal", ""), ("history", "events", "--condition", ""),
])  # fmt: skip
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_an_unset_variable_of_a_shell_leaves_is_refused(shell: Shell, argv: tuple[str, ...], lang: str) -> None:
    said = shell(*argv, "--lang", lang)
    assert said.code == 2
    assert shell.connected == []
    assert ("비어 있습니다" if lang == "ko" else "empty") in said.err


def test_an_empty_variable_counts_as_none_and_an_empty_setting_does_not(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOGEON_SERVER", " ")
    monkeypatch.setenv("JOGEON_CONFIG", "")
    assert shell("list").code == 0
    assert shell.connected == [("real", False)]
    Path("jogeon.toml").write_text('server = ""')
    assert shell("list").code == 2


def test_a_file_of_settings_may_be_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("jogeon.toml").write_text('server = "mock"\nlang = "en"')
    Path("mine.toml").write_text('server = "demo"\nlang = "ko"')
    assert "사용법" in shell("list", "--help", "--config", "mine.toml").out
    shell("list", "--config", "mine.toml")
    shell("--config=mine.toml", "list")
    monkeypatch.setenv("JOGEON_CONFIG", "mine.toml")
    shell("list")
    assert [server for server, _ in shell.connected] == ["demo"] * 3
    said = shell("list", "--config", "none.toml", "--lang", "en")
    assert said.code == 2
    assert "there is no such file" in said.err


@pytest.mark.posix
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_is_no_file_holds_no_settings(shell: Shell, lang: str) -> None:
    os.mkfifo("pipe")
    Path("folder").mkdir()
    Path("huge").write_bytes(b"#" * 1_000_000)
    for name in ("pipe", "folder", "/dev/zero", "huge"):
        said = shell("list", "--config", name, "--lang", lang)
        assert said.code == 2
        assert name in said.err
    os.mkfifo("jogeon.toml")
    assert shell("list", "--lang", lang).code == 2
    assert shell.connected == []


@pytest.mark.parametrize(("said", "shown"), [
    ("mock", "KIWOOM_MODE=mock: connecting"), ("demo", "KIWOOM_MODE=demo means mock"), ("real", "KIWOOM_MODE=real: "),
])  # fmt: skip
def test_kiwoom_mode_is_reported_as_it_was_said(monkeypatch: pytest.MonkeyPatch, said: str, shown: str) -> None:
    monkeypatch.setenv("KIWOOM_MODE", said)
    assert shown in kiwoom_mode_says(chosen_server()[1], "mock", Texts("en"))


def test_what_was_gone_round_is_told_once(shell: Shell) -> None:
    folder = config_home() / "kiwoom"
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text("{")

    class Looking(FakeClient):
        async def __aenter__(self) -> Self:
            for _ in range(2):
                with contextlib.suppress(KeysMissing):
                    find_keys("real")
            return self

    assert shell("list", "--lang", "en", client=Looking()).err.count("cannot be read, so its profiles are skipped") == 1
    assert "건너" not in shell("list", "--lang", "ko", client=Looking()).out
    assert "프로필을 보지 않습니다" in shell("list", "--lang", "ko", client=Looking()).err


def test_keys_may_be_named_for_any_command(shell: Shell) -> None:
    write_pair(Path("keys"), "1234567890", "file")
    shell("list", "--keys", "keys")
    shell("--keys", "keys", "search", "급등주", "--server", "mock")
    assert [server for server, _ in shell.connected] == ["real", "mock"]
    assert all(isinstance(keys, Keys) and keys.app_key == "file-app" for keys in shell.keys)


@pytest.mark.parametrize(("argv", "says"), [
    (("list", "--keys", "nowhere"), "nowhere"),
    (("list", "--keys", "keys"), "there are several pairs of key files (*******111_appkey.txt"),
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
