"""What the user decided: environment before jogeon.toml, the nearer file first, and errors that name the field."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.errors import InvalidSetting
from jogeon.places import config_dir
from jogeon.settings import (
    FILE_LIMIT,
    Settings,
    chosen_language,
    chosen_server,
    kiwoom_mode,
    parse,
    server_token,
    setting_files,
)

REAL = "wss://api.kiwoom.com:10000/api/dostk/websocket"


def write_here(text: str) -> None:
    Path("jogeon.toml").write_text(text, encoding="utf-8")


def write_at_home(text: str) -> None:
    config_dir().mkdir(parents=True, exist_ok=True)
    (config_dir() / "jogeon.toml").write_text(text, encoding="utf-8")


# ------------------------------------------------------------ which server, which language


def test_nothing_decided() -> None:
    assert chosen_server() == ("real", "default")
    assert chosen_language() is None
    assert server_token() is None
    assert list(setting_files()) == []


def test_the_order_in_which_a_server_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIWOOM_MODE", "demo")
    assert chosen_server() == ("mock", "KIWOOM_MODE=demo, which means mock")
    write_at_home('server = "demo"\nlang = "en"')
    assert chosen_server() == ("demo", str(config_dir() / "jogeon.toml"))
    write_here('lang = "ko"')
    assert chosen_server()[0] == "demo"
    write_here('server = "real"\nlang = "ko"')
    assert chosen_server() == ("real", "jogeon.toml")
    assert chosen_language() == "ko"
    monkeypatch.setenv("JOGEON_SERVER", " ws://127.0.0.1:10000 ")
    monkeypatch.setenv("JOGEON_LANG", "EN")
    assert chosen_server() == ("ws://127.0.0.1:10000", "JOGEON_SERVER")
    assert chosen_language() == "en"


@pytest.mark.parametrize(("said", "meant"), [("real", "real"), ("demo", "mock"), ("DEMO", "mock"), (" mock ", "mock")])
def test_demo_is_the_mock_server_to_kiwoom(monkeypatch: pytest.MonkeyPatch, said: str, meant: str) -> None:
    monkeypatch.setenv("KIWOOM_MODE", said)
    assert kiwoom_mode() == meant


def test_it_is_said_that_demo_means_mock(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("KIWOOM_MODE", "demo")
    with caplog.at_level(logging.INFO):
        kiwoom_mode()
    assert "mock server" in caplog.text


def test_a_mode_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIWOOM_MODE", "paper")
    with pytest.raises(InvalidSetting) as invalid:
        chosen_server()
    assert (invalid.value.file, invalid.value.field) == ("environment", "KIWOOM_MODE")


@pytest.mark.parametrize("token", ["two words", "토큰", "line\nbreak", "bell\a"])
def test_a_token_is_one_word_and_is_not_quoted(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("JOGEON_TOKEN", token)
    with pytest.raises(InvalidSetting) as invalid:
        server_token()
    assert token not in str(invalid.value)


# ------------------------------------------------------------ the file


@pytest.mark.parametrize(
    ("text", "field", "reason", "detail"),
    [
        ("server = 5", "server", "wrong value", "Expected `str | null`, got `int`"),
        ('lang = "fr"', "lang", "wrong value", "Invalid enum value 'fr'"),
        ('servr = "real"', "", "wrong value", "Object contains unknown field `servr`"),
        ('[keys.demo]\napp_key = "x"', "keys", "wrong value", "Object contains unknown field `demo`"),
        ("[keys.real]\napp_key = 5", "keys.real.app_key", "wrong value", "Expected `str`, got `int`"),
        ('server = "real', "", "not TOML", "at end of document"),
        ("server = real", "", "not TOML", "at line 1, column 10"),
    ],
)
def test_an_error_names_the_file_the_field_and_the_reason(text: str, field: str, reason: str, detail: str) -> None:
    write_here(text)
    with pytest.raises(InvalidSetting) as invalid:
        chosen_server()
    assert (invalid.value.file, invalid.value.field) == ("jogeon.toml", field)
    assert (invalid.value.reason, invalid.value.detail) == (reason, detail)
    assert str(invalid.value).startswith("jogeon.toml: ")


@pytest.mark.parametrize("content", [b"\xff\xfes\x00", b"#" * (FILE_LIMIT + 1), b"keys = " + b"[" * 5_000])
def test_a_file_that_is_no_settings(content: bytes) -> None:
    Path("jogeon.toml").write_bytes(content)
    with pytest.raises(InvalidSetting):
        chosen_server()


def test_a_file_that_cannot_be_read() -> None:
    Path("jogeon.toml").mkdir()
    with pytest.raises(InvalidSetting):
        chosen_server()


def test_a_mark_in_front_is_no_error() -> None:
    Path("jogeon.toml").write_bytes(b"\xef\xbb\xbf" + 'server = "mock" # 모의투자'.encode())
    assert chosen_server() == ("mock", "jogeon.toml")


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_stands_in_it_there_are_settings_or_one_kind_of_error(content: bytes) -> None:
    with contextlib.suppress(InvalidSetting):
        assert isinstance(parse(Path("jogeon.toml"), content), Settings)


@pytest.mark.parametrize(
    "text", ['[keys.real]\napp_key = "planted"x', '[keys.real]\napp_key = ["planted"]', "planted", '"planted" = 1 1']
)
def test_errors_do_not_quote_a_key(text: str) -> None:
    with pytest.raises(InvalidSetting) as invalid:
        parse(Path("jogeon.toml"), text.encode())
    assert "planted" not in str(invalid.value)


def test_settings_do_not_show_keys() -> None:
    settings = parse(Path("jogeon.toml"), b'[keys.real]\napp_key = "planted"\nsecret_key = "planted"')
    assert settings.keys.real is not None
    assert "planted" not in repr(settings) + str(settings.keys.real.__rich_repr__())
