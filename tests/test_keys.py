"""Keys: each source, their order, and what is said when they are not there; nothing shows them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from jogeon.account.keyfiles import masked_account
from jogeon.account.keys import Keys, find_keys, forget_keys, keep_keys, keys_in
from jogeon.errors import InvalidSetting, KeysMissing
from jogeon.files import config_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jogeon.account.environment import Mode


class Memory(KeyringBackend):
    """A keyring that forgets everything with the test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        self.held: dict[tuple[str, str], str] = {}
        self.asked: list[str] = []

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append(service)
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError(username)

    def hold(self, service: str, app_key: str, secret_key: str) -> None:
        self.held |= {(service, "appkey"): app_key, (service, "secretkey"): secret_key}


class Locked(Memory):
    """A keyring that nobody unlocks."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(service + username)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(service + username + password)


class Broken(Memory):
    """A keyring whose helper program is gone."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError(service + username)

    set_password = None  # type: ignore[assignment]  # broken in another way


@pytest.fixture
def ring() -> Iterator[Memory]:
    yield from _use(Memory())


def _use(backend: Memory) -> Iterator[Memory]:
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def set_pair(monkeypatch: pytest.MonkeyPatch, app: str, secret: str, value: str) -> None:
    monkeypatch.setenv(app, f"{value}-app")
    monkeypatch.setenv(secret, f"{value}-secret")


def write_pair(folder: Path, account: str, value: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{account}_appkey.txt").write_text(f"{value}-app", encoding="utf-8")
    (folder / f"{account}_secretkey.txt").write_text(f"{value}-secret\r\n", encoding="utf-8")


def found(mode: Mode = "real") -> tuple[str, str]:
    keys = find_keys(mode)
    assert keys.secret_key == keys.app_key.replace("-app", "-secret")
    return keys.app_key.removesuffix("-app"), keys.source


# ------------------------------------------------------------ the order


def test_nothing_anywhere() -> None:
    for mode in ("real", "mock"):
        with pytest.raises(KeysMissing) as missing:
            find_keys(mode)
        assert (missing.value.mode, missing.value.half) == (mode, ())


def test_each_source_comes_before_those_below_it(monkeypatch: pytest.MonkeyPatch, ring: Memory) -> None:
    write_pair(Path(), "1234567890", "file")
    assert found() == ("file", "*******890_appkey.txt")
    ring.hold("kiwoom-real", "kwcli-app", "kwcli-secret")
    assert found() == ("kwcli", "keyring (kiwoom-real)")
    path = config_dir() / "keys-real.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"app_key":"kept-app","secret_key":"kept-secret"}')
    assert found() == ("kept", str(path))
    ring.hold("jogeon-real", "ring-app", "ring-secret")
    assert found() == ("ring", "keyring (jogeon-real)")
    (config_dir() / "jogeon.toml").write_text('[keys.real]\napp_key="home-app"\nsecret_key="home-secret"')
    assert found() == ("home", str(config_dir() / "jogeon.toml"))
    Path("jogeon.toml").write_text('[keys.real]\napp_key="here-app"\nsecret_key="here-secret"')
    assert found() == ("here", "jogeon.toml")
    set_pair(monkeypatch, "APP_KEY", "APP_SECRET", "plain")
    assert found() == ("plain", "environment (APP_KEY, APP_SECRET)")
    set_pair(monkeypatch, "KIWOOM_APP_KEY", "KIWOOM_SECRET_KEY", "kiwoom")
    assert found() == ("kiwoom", "environment (KIWOOM_APP_KEY, KIWOOM_SECRET_KEY)")
    set_pair(monkeypatch, "KIWOOM_APP_KEY", "KIWOOM_APP_SECRET", "kiwoom")
    assert found() == ("kiwoom", "environment (KIWOOM_APP_KEY, KIWOOM_APP_SECRET)")
    given = Keys("given-app", "given-secret")
    assert find_keys("real", given) is given
    write_pair(Path("keys"), "99", "folder")
    assert find_keys("real", "keys").app_key == "folder-app"


def test_a_keyring_is_not_asked_where_the_environment_has_keys(monkeypatch: pytest.MonkeyPatch, ring: Memory) -> None:
    set_pair(monkeypatch, "APP_KEY", "APP_SECRET", "plain")
    find_keys("real")
    assert ring.asked == []


def test_mock_has_keys_of_its_own(monkeypatch: pytest.MonkeyPatch, ring: Memory) -> None:
    set_pair(monkeypatch, "APP_KEY", "APP_SECRET", "real")
    with pytest.raises(KeysMissing):
        find_keys("mock")
    ring.hold("kiwoom-demo", "kwcli-app", "kwcli-secret")
    assert found("mock") == ("kwcli", "keyring (kiwoom-demo)")
    set_pair(monkeypatch, "APP_KEY_MOCK", "APP_SECRET_MOCK", "mock")
    assert found("mock") == ("mock", "environment (APP_KEY_MOCK, APP_SECRET_MOCK)")
    assert found("real")[0] == "real"


@pytest.mark.parametrize(("mode", "real", "mock"), [("real", True, False), ("demo", False, True), ("", True, True)])
def test_kiwoom_mode_says_whose_the_variables_are(
    monkeypatch: pytest.MonkeyPatch, mode: str, *, real: bool, mock: bool
) -> None:
    set_pair(monkeypatch, "KIWOOM_APP_KEY", "KIWOOM_SECRET_KEY", "kiwoom")
    monkeypatch.setenv("KIWOOM_MODE", mode)
    assert (has("real"), has("mock")) == (real, mock)


def has(mode: Mode) -> bool:
    try:
        find_keys(mode)
    except KeysMissing:
        return False
    return True


# ------------------------------------------------------------ half a pair, no pair


def test_half_a_pair_is_skipped_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_KEY", "planted")
    Path("1234567890_secretkey.txt").write_text("planted")
    Path("1234567890_appkey.txt").write_text("planted")
    assert find_keys("real").source == "*******890_appkey.txt"
    Path("1234567890_secretkey.txt").unlink()
    with pytest.raises(KeysMissing) as missing:
        find_keys("real")
    files = ("*******890_appkey.txt", "*******890_secretkey.txt")
    assert missing.value.half == (("APP_KEY", "APP_SECRET"), files)
    assert not any(secret in str(missing.value) for secret in ("planted", "1234567890"))


def test_half_a_table() -> None:
    Path("jogeon.toml").write_text('[keys.mock]\napp_key = "planted"')
    with pytest.raises(KeysMissing) as missing:
        find_keys("mock")
    assert missing.value.half == (("jogeon.toml: [keys.mock]", "secret_key"),)


@pytest.mark.parametrize("value", ["two words", "키", "bell\a", "x" * 1001])
def test_keys_are_one_word_and_are_not_quoted(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("APP_KEY", value)
    monkeypatch.setenv("APP_SECRET", "fine")
    with pytest.raises(InvalidSetting) as invalid:
        find_keys("real")
    assert (invalid.value.file, invalid.value.field) == ("environment (APP_KEY, APP_SECRET)", "app key")
    assert value not in str(invalid.value)


# ------------------------------------------------------------ the two downloaded files


def test_a_folder_named_in_the_settings() -> None:
    write_pair(Path("deep") / "keys", "1234567890", "folder")
    Path("jogeon.toml").write_text('[keys.real]\nfolder = "deep/keys"')
    assert found() == ("folder", str(Path("deep") / "keys" / "*******890_appkey.txt"))


@pytest.mark.parametrize(
    "content", [b"key", b" key\r\n\r\n", b"\xef\xbb\xbfkey\n", "key\n".encode("utf-16"), b"\xfe\xff\0k\0e\0y"]
)
def test_however_the_file_was_saved(content: bytes) -> None:
    Path("1_appkey.txt").write_bytes(content)
    Path("1_SecretKey.TXT").write_bytes(content)
    keys = keys_in(Path())
    assert (keys.app_key, keys.secret_key) == ("key", "key")


@pytest.mark.parametrize("content", [b"", b"two words", b"a\nb", b"\xff", "키".encode()])
def test_a_file_that_holds_no_key(content: bytes) -> None:
    Path("1234567890_appkey.txt").write_bytes(content)
    Path("1234567890_secretkey.txt").write_bytes(content)
    with pytest.raises(InvalidSetting) as invalid:
        keys_in(Path())
    assert "1234567890" not in str(invalid.value)


def test_several_pairs_are_never_guessed() -> None:
    write_pair(Path("keys"), "1111111111", "one")
    write_pair(Path("keys"), "2222222222", "two")
    with pytest.raises(InvalidSetting) as invalid:
        find_keys("real", "keys")
    assert invalid.value.reason == "several pairs"
    assert re.fullmatch(r"\*{7}111_appkey.txt \([\d-]+\), \*{7}222_appkey.txt \([\d-]+\)", invalid.value.detail)
    shown: list[str] = []

    def choose(labels: Sequence[str]) -> int:
        shown.extend(labels)
        return 1

    assert find_keys("real", "keys", choose=choose).app_key == "two-app"
    assert [label.split()[0] for label in shown] == ["*******111_appkey.txt", "*******222_appkey.txt"]


@pytest.mark.parametrize("folder", ["nowhere", "~nobody-of-that-name/keys"])
def test_a_folder_in_the_settings_that_is_not_there_is_told_as_a_setting(folder: str) -> None:
    Path("jogeon.toml").write_text(f'[keys.real]\nfolder = "{folder}"\n', encoding="utf-8")
    with pytest.raises(InvalidSetting) as invalid:
        find_keys("real")
    error = invalid.value
    assert (error.file, error.field, error.reason) == ("jogeon.toml", "keys.real.folder", "missing")
    assert error.detail == folder


@pytest.mark.parametrize("folder", ["nowhere", "file"])
def test_a_folder_that_is_none(folder: str) -> None:
    Path("file").write_text("")
    with pytest.raises(InvalidSetting) as invalid:
        find_keys("real", folder)
    assert invalid.value.file == folder


def test_a_folder_without_keys_is_not_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    set_pair(monkeypatch, "APP_KEY", "APP_SECRET", "plain")
    Path("empty").mkdir()
    with pytest.raises(InvalidSetting, match="no keys"):
        find_keys("real", "empty")


@pytest.mark.parametrize(
    ("account", "shown"), [("1234567890", "*******890"), ("1234", "*234"), ("123", "***"), ("", "")]
)
def test_an_account_number_is_masked(account: str, shown: str) -> None:
    assert masked_account(account) == shown


# ------------------------------------------------------------ kept


def test_keys_are_kept_in_the_keyring_and_forgotten(ring: Memory) -> None:
    ring.hold("kiwoom-real", "kwcli-app", "kwcli-secret")
    assert keep_keys("real", Keys("my-app", "my-secret")) == "keyring (jogeon-real)"
    assert found() == ("my", "keyring (jogeon-real)")
    assert forget_keys("real") == ["keyring (jogeon-real)"]
    assert found() == ("kwcli", "keyring (kiwoom-real)")
    assert forget_keys("real") == []


def test_without_a_keyring_they_are_kept_in_a_private_file() -> None:
    path = config_dir() / "keys-mock.json"
    assert keep_keys("mock", Keys("my-app", "my-secret")) == str(path)
    assert found("mock") == ("my", str(path))
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    assert forget_keys("mock") == [str(path)]
    assert not path.exists()


@pytest.mark.parametrize("backend", [Locked, Broken])
def test_a_keyring_that_does_not_work_is_done_without(backend: type[Memory]) -> None:
    for _ in _use(backend()):
        with pytest.raises(KeysMissing):
            find_keys("real")
        assert keep_keys("real", Keys("my-app", "my-secret")) == str(config_dir() / "keys-real.json")
        assert found()[0] == "my"


def test_keys_given_anew_are_in_one_place_only(ring: Memory) -> None:
    keep_keys("real", Keys("old-app", "old-secret"))
    for _ in _use(Locked()):
        keep_keys("real", Keys("new-app", "new-secret"))
    keep_keys("real", Keys("newest-app", "newest-secret"))
    assert found() == ("newest", "keyring (jogeon-real)")
    assert not (config_dir() / "keys-real.json").exists()
    assert len(ring.held) == 2


def test_a_kept_file_that_is_spoilt() -> None:
    path = config_dir() / "keys-real.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"app_key":"planted"')
    with pytest.raises(InvalidSetting) as invalid:
        find_keys("real")
    assert invalid.value.file == str(path)
    assert "planted" not in str(invalid.value)


# ------------------------------------------------------------ not shown


def test_nothing_shows_keys() -> None:
    keys = Keys("planted", "planted")
    assert "planted" not in str([repr(keys), f"{keys}", keys.__rich_repr__(), keys.id])
