"""What the environment says, before any file is read."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from conftest import homeless
from jogeon.account.environment import (
    config_file,
    has_settings,
    kiwoom_mode,
    language,
    named_file,
    server_token,
    usual_files,
    variable,
)
from jogeon.errors import InvalidSetting
from jogeon.files import config_dir


def test_nothing_is_set() -> None:
    assert (kiwoom_mode(), language(), server_token(), variable("JOGEON_SERVER"), named_file()) == (None,) * 5


# ------------------------------------------------------------ which files


def test_there_are_settings_where_a_file_lies_or_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not has_settings()
    monkeypatch.setenv("JOGEON_CONFIG", "gone.toml")
    assert (has_settings(), named_file()) == (True, (Path("gone.toml"), "JOGEON_CONFIG"))
    with config_file("other.toml"):
        assert named_file() == (Path("other.toml"), "")
    monkeypatch.delenv("JOGEON_CONFIG")
    Path("jogeon.toml").symlink_to("nowhere")  # whoever reads it says what is wrong
    assert has_settings()


def test_a_file_at_home_is_found_and_without_a_home_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    config_dir().mkdir(parents=True, exist_ok=True)
    at_home = config_dir() / "jogeon.toml"
    at_home.touch()
    assert (has_settings(), list(usual_files())) == (True, [Path("jogeon.toml"), at_home])
    homeless(monkeypatch)
    assert (has_settings(), list(usual_files())) == (False, [Path("jogeon.toml")])


# ------------------------------------------------------------ which variables


@pytest.mark.parametrize(("written", "meant"), [("ko", "ko"), (" EN ", "en"), ("", None)])
def test_a_language_is_korean_or_english(monkeypatch: pytest.MonkeyPatch, written: str, meant: str | None) -> None:
    monkeypatch.setenv("JOGEON_LANG", written)
    assert language() == meant


def test_a_language_that_is_neither_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOGEON_LANG", "fr")
    with pytest.raises(InvalidSetting) as invalid:
        language()
    assert (invalid.value.field, invalid.value.reason, invalid.value.detail) == ("JOGEON_LANG", "not allowed", "ko, en")


@pytest.mark.parametrize(("said", "meant"), [("real", "real"), ("demo", "mock"), ("DEMO", "mock"), (" mock ", "mock")])
def test_demo_is_the_mock_server_to_kiwoom(monkeypatch: pytest.MonkeyPatch, said: str, meant: str) -> None:
    monkeypatch.setenv("KIWOOM_MODE", said)
    assert kiwoom_mode() == meant


def test_it_is_said_that_demo_means_mock(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        monkeypatch.setenv("KIWOOM_MODE", "mock")
        kiwoom_mode()
        assert caplog.text == ""
        monkeypatch.setenv("KIWOOM_MODE", "demo")
        kiwoom_mode()
    assert "mock server" in caplog.text


def test_a_mode_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIWOOM_MODE", "paper")
    with pytest.raises(InvalidSetting) as invalid:
        kiwoom_mode()
    assert (invalid.value.file, invalid.value.field) == ("environment", "KIWOOM_MODE")


@pytest.mark.parametrize("token", ["two words", "토큰", "line\nbreak", "bell\a"])
def test_a_token_is_one_word_and_is_not_quoted(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("JOGEON_TOKEN", token)
    with pytest.raises(InvalidSetting) as invalid:
        server_token()
    assert token not in str(invalid.value)


@pytest.mark.parametrize("token", ['"my-token"', "'my-token'", " my-token\u200b", "“my-token”"])
def test_quotes_around_a_token_go(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("JOGEON_TOKEN", token)
    assert server_token() == "my-token"
