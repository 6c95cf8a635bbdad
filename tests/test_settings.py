"""What the user decided: environment before jogeon.toml, the nearer file first, and errors that name the field."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import homeless
from jogeon.account.environment import config_file
from jogeon.account.keys import find_keys
from jogeon.account.settings import Settings, chosen_language, chosen_price_limit, chosen_server, parse, setting_files
from jogeon.errors import InvalidSetting, KeysMissing
from jogeon.files import SMALL, config_dir

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
    assert list(setting_files()) == []


def test_the_order_in_which_a_server_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIWOOM_MODE", "demo")
    assert chosen_server() == ("mock", "KIWOOM_MODE=demo")
    monkeypatch.setenv("KIWOOM_MODE", "Mock")
    assert chosen_server() == ("mock", "KIWOOM_MODE=mock")
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


def test_how_many_stocks_may_be_registered_is_what_the_first_file_says() -> None:
    assert chosen_price_limit() is None
    write_at_home("price_limit = 50")
    write_here('lang = "ko"')
    assert chosen_price_limit() == 50
    write_here("price_limit = 200")
    assert chosen_price_limit() == 200


# ------------------------------------------------------------ the file


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (r'folder = "C:\Users\me\keys"', "2"), (r'folder = "C:\kiwoom"', "2"), (r'  folder="D:\1"', "2"),
        (r'folder = "C:\temp\new"', "2"), (r'folder = "C:\bin"', "2"), ("\n" + r'folder = "C:\keys"', "3"),
        (r"# a table in a line" + "\n[keys]\n" + r'mock = { folder = "C:\temp" }', "4"),
    ],
)  # fmt: skip
def test_a_path_of_windows_in_double_quotes(written: str, line: str) -> None:
    write_here(f"[keys.real]\n{written}")
    with pytest.raises(InvalidSetting) as invalid:
        chosen_server()
    assert invalid.value.reason == "backslash"
    assert f"at line {line}" in invalid.value.detail


@pytest.mark.parametrize("written", [r"folder = 'C:\Users\me\keys'", r'folder = "C:\\temp"', 'folder = "C:/keys"'])
def test_a_path_of_windows_as_it_is_to_be_written(written: str) -> None:
    write_here(f"[keys.real]\n{written}")
    chosen_server()


def test_another_fault_of_toml_is_no_backslash() -> None:
    write_here('server = "real" mock')
    with pytest.raises(InvalidSetting, match="not TOML"):
        chosen_server()


@pytest.mark.parametrize("server", ["", " ", "rael", "REAL", "localhost:10000"])
def test_a_server_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    write_here(f'server = "{server}"')
    with pytest.raises(InvalidSetting) as invalid:
        chosen_server()
    assert (invalid.value.file, invalid.value.field, invalid.value.reason) == ("jogeon.toml", "server", "not allowed")
    if server.strip():
        monkeypatch.setenv("JOGEON_SERVER", server)
        with pytest.raises(InvalidSetting) as invalid:
            chosen_server()
        assert (invalid.value.file, invalid.value.field) == ("environment", "JOGEON_SERVER")


def test_one_file_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    write_here('server = "mock"')
    Path("mine.toml").write_text('server = "demo"')
    Path("other.toml").write_text('lang = "ko"')
    monkeypatch.setenv("JOGEON_CONFIG", "mine.toml")
    assert chosen_server() == ("demo", "mine.toml")
    with config_file("other.toml"):
        assert chosen_server() == ("real", "default")
        assert chosen_language() == "ko"
        with config_file(""):
            assert chosen_language() == "ko"
    assert chosen_server()[0] == "demo"
    monkeypatch.setenv("JOGEON_CONFIG", "gone.toml")
    with pytest.raises(InvalidSetting, match="missing"):
        chosen_server()


def test_a_home_that_nobody_knows_stays_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOGEON_CONFIG", "~nobody-of-that-name/jogeon.toml")
    with pytest.raises(InvalidSetting) as invalid:
        chosen_server()
    assert (invalid.value.reason, invalid.value.field) == ("missing", "JOGEON_CONFIG")


def test_without_a_home_there_is_no_file_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    homeless(monkeypatch)
    assert chosen_server() == ("real", "default")
    write_here('server = "demo"')
    assert chosen_server()[0] == "demo"


@pytest.mark.posix
def test_a_working_folder_that_is_gone() -> None:
    folder = Path("gone").absolute()
    folder.mkdir()
    os.chdir(folder)
    folder.rmdir()
    assert chosen_server() == ("real", "default")
    with pytest.raises(KeysMissing):
        find_keys("real")


@pytest.mark.posix
@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_lies_in_the_place_of_the_file(kind: str) -> None:
    match kind:
        case "pipe":
            os.mkfifo("jogeon.toml")
        case "folder":
            Path("jogeon.toml").mkdir()
        case "device":
            Path("jogeon.toml").symlink_to("/dev/zero")
    with pytest.raises(InvalidSetting, match="not a file"):
        chosen_server()


@pytest.mark.parametrize(
    ("text", "field", "reason", "detail"),
    [
        ("server = 5", "server", "wrong value", "should be str | null, not int"),
        ("price_limit = 0", "price_limit", "below one", ""),
        ('lang = "fr"', "lang", "not allowed", "ko, en"),
        ('servr = "real"', "", "wrong value", "unknown field servr"),
        ('[keys.demo]\napp_key = "x"', "keys", "wrong value", "unknown field demo"),
        ("[keys.real]\napp_key = 5", "keys.real.app_key", "wrong value", "should be str, not int"),
        ('server = "real', "", "not TOML", "at the end of the file"),
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


@pytest.mark.parametrize("content", [b"\xff\xfes\x00", b"#" * (SMALL + 1), b"keys = " + b"[" * 5_000])
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


def test_names_in_hangul_need_no_quotes() -> None:
    for header in ("[alerts.targets.폰]", '[alerts.targets."폰"]', "[alerts . targets . 폰 ]"):
        found = parse(Path("jogeon.toml"), f'{header}\nkind = "command"'.encode())
        assert found.alerts == {"targets": {"폰": {"kind": "command"}}}
    with pytest.raises(InvalidSetting):
        parse(Path("jogeon.toml"), "[alerts.targets.폰".encode())
    with pytest.raises(InvalidSetting):
        parse(Path("jogeon.toml"), "[폰]\nx = 1".encode())
