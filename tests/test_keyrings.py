"""The keyring: whatever it does, it costs a few seconds once; and where Kiwoom's own command keeps keys in it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import textwrap
import threading
import unicodedata
from typing import TYPE_CHECKING, Any, NoReturn

import keyring
import pytest

from jogeon.account import keyrings
from jogeon.account.keys import Keys, find_keys, forget_keys, keep_keys
from jogeon.errors import InvalidSetting, KeysMissing
from jogeon.files import config_dir, config_home
from test_keys import Memory, _use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jogeon.account.environment import Mode

KEYS = Keys("my-app-key", "my-secret-key")


class Silent(Memory):
    """A keyring that waits for a prompt nobody sees."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append(service)
        self.answers.wait(30)
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.get_password(service, username)


class Raising(Memory):
    """A keyring that raises anything."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> NoReturn:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> NoReturn:
        raise self.error


class Strange(Memory):
    """A keyring that answers what is not a text."""

    def get_password(self, service: str, username: str) -> Any:
        return b"bytes"


@pytest.fixture
def ring() -> Iterator[Memory]:
    yield from _use(Memory())


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Silent]:
    monkeypatch.setattr(keyrings, "PATIENCE", 0.2)
    backend = Silent()
    for each in _use(backend):
        assert each is backend
        yield backend
        backend.answers.set()
        while keyrings.is_silent():
            threading.Event().wait(0.01)


# ------------------------------------------------------------ whatever it does


def test_a_silent_keyring_is_asked_once_and_told(silent: Silent, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(KeysMissing) as missing:
        find_keys("real")
    assert missing.value.silent
    assert "the keyring did not answer" in str(missing.value)
    assert silent.asked == ["jogeon-real"]
    assert caplog.text.count("did not answer within 0.2 s") == 1


def test_the_next_source_is_looked_at(silent: Silent) -> None:
    assert keep_keys("real", KEYS) == str(config_dir() / "keys-real.json")
    assert find_keys("real").app_key == "my-app-key"
    assert forget_keys("real") == [str(config_dir() / "keys-real.json")]
    assert len(silent.asked) == 1


def test_a_keyring_that_answers_again_is_asked_again(silent: Silent) -> None:
    with pytest.raises(KeysMissing):
        find_keys("real")
    silent.answers.set()
    while keyrings.is_silent():
        threading.Event().wait(0.01)
    with pytest.raises(KeysMissing) as missing:
        find_keys("real")
    assert not missing.value.silent
    assert len(silent.asked) > 1


@pytest.mark.parametrize("error", [RuntimeError(), ImportError(), SystemExit(3), KeyboardInterrupt(), MemoryError()])
def test_a_keyring_may_raise_anything(error: BaseException) -> None:
    for _ in _use(Raising(error)):
        with pytest.raises(KeysMissing):
            find_keys("real")
        assert keep_keys("real", KEYS) == str(config_dir() / "keys-real.json")


def test_a_keyring_may_answer_anything() -> None:
    for _ in _use(Strange()):
        with pytest.raises(KeysMissing):
            find_keys("real")


def test_a_keyring_that_cannot_be_imported_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(KeysMissing):
        find_keys("real")


STUCK = """
    import asyncio, signal, sys, threading, time, keyring, jogeon
    from keyring.backend import KeyringBackend

    class Stuck(KeyringBackend):
        priority = 1
        set_password = None
        def get_password(self, service, username):
            print("asked", flush=True)
            time.sleep(600)

    keyring.set_keyring(Stuck())
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.argv[1] == "python":
        async def main():
            async with jogeon.connect("real"):
                pass
        asyncio.run(main())
    else:
        from jogeon.cli.app import run
        sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.posix
@pytest.mark.parametrize("argv", [("python",), ("list",), ("logout", "--yes"), ("doctor",)])
def test_one_ctrl_c_ends_a_program_that_waits_for_a_keyring(argv: tuple[str, ...]) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(STUCK), *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"asked\n"
        program.send_signal(2)
        _, told = program.communicate(timeout=keyrings.PATIENCE - 1)
    assert program.returncode in (-2, 1, 130)
    assert b"defect" not in told


# ------------------------------------------------------------ Kiwoom's own command


def service_of(alias: str) -> str:
    return f"kiwoom-profile-{hashlib.sha256(alias.encode()).hexdigest()[:16]}"


def set_up(text: str | bytes | None = None, **settings: object) -> None:
    folder = config_home() / "kiwoom"
    folder.mkdir(parents=True, exist_ok=True)
    content = text if text is not None else json.dumps(settings)
    (folder / "settings.json").write_bytes(content if isinstance(content, bytes) else content.encode())


def found(mode: Mode = "real") -> str:
    return find_keys(mode).app_key


def test_the_current_profile_counts(ring: Memory) -> None:
    for alias in ("one", "two"):
        ring.hold(service_of(alias), f"{alias}-app", f"{alias}-secret")
    ring.hold("kiwoom-real", "old-app", "old-secret")
    set_up(profiles={"one": {"mode": "real"}, "two": {"mode": "real", "label": "x"}}, current_profile="two")
    assert found() == "two-app"
    assert find_keys("real").source == f"keyring ({service_of('two')})"


def test_a_profile_of_the_other_server_is_not_taken(ring: Memory, caplog: pytest.LogCaptureFixture) -> None:
    for alias in ("one", "play"):
        ring.hold(service_of(alias), f"{alias}-app", f"{alias}-secret")
    set_up(profiles={"one": {"mode": "real"}, "play": {"mode": "demo"}}, current_profile="one")
    assert found("real") == "one-app"
    assert "kwcli" not in caplog.text
    assert found("mock") == "play-app"
    assert "the current profile is not one of the mock server; 'play' is taken" in caplog.text
    set_up(profiles={"one": {"mode": "real"}}, current_profile="one")
    with pytest.raises(KeysMissing):
        find_keys("mock")


def test_several_profiles_of_which_none_is_current_are_not_guessed(ring: Memory) -> None:
    del ring
    set_up(profiles={"하나": {"mode": "real"}, "둘": {"mode": "real"}})
    with pytest.raises(InvalidSetting) as invalid:
        find_keys("real")
    assert (invalid.value.reason, invalid.value.detail) == ("several profiles", "하나, 둘")


@pytest.mark.parametrize("kept", ["NFC", "NFD"])
@pytest.mark.parametrize("said", ["NFC", "NFD"])
@pytest.mark.parametrize("current", ["NFC", "NFD"])
def test_an_alias_is_the_same_in_either_form(ring: Memory, kept: str, said: str, current: str) -> None:
    def form(name: str) -> str:
        return unicodedata.normalize(name, "실전계좌")  # type: ignore[arg-type]  # a literal for mypy

    ring.hold(service_of(form(kept)), "profile-app", "profile-secret")
    profiles = {form(said): {"mode": "real"}, "다른": {"mode": "real"}}
    set_up(profiles=profiles, current_profile=form(current))
    assert found() == "profile-app"


def test_what_it_kept_before_it_had_profiles_is_found(ring: Memory) -> None:
    ring.hold("kiwoom-demo", "old-app", "old-secret")
    assert found("mock") == "old-app"
    set_up(profiles={"play": {"mode": "demo"}}, current_profile="play")  # without keys of its own
    assert found("mock") == "old-app"


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"profiles":[]}', b'{"profiles":7}', b"[" * 10_000, b" " * 100_000],
)
def test_settings_that_cannot_be_read_are_told_and_gone_round(
    ring: Memory, caplog: pytest.LogCaptureFixture, text: bytes
) -> None:
    ring.hold("kiwoom-real", "old-app", "old-secret")
    set_up(text)
    assert found() == "old-app"
    assert "kwcli" in caplog.text


@pytest.mark.parametrize("odd", [None, 7, [], {}, {"mode": None}, {"mode": ["real"]}])
def test_an_odd_profile_costs_no_other(ring: Memory, odd: object) -> None:
    ring.hold(service_of("one"), "one-app", "one-secret")
    set_up(profiles={"odd": odd, "one": {"mode": "real"}}, current_profile="one")
    assert found() == "one-app"


def test_a_mark_in_front_does_not_matter(ring: Memory) -> None:
    ring.hold(service_of("one"), "one-app", "one-secret")
    set_up(b"\xef\xbb\xbf" + json.dumps({"profiles": {"one": {"mode": "real"}}}).encode())
    assert found() == "one-app"


def test_where_its_settings_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    folder = tmp_path / "kiwoom"
    assert list(keyrings._kwcli_files()) == [folder / "kiwoom" / "settings.json", folder / "settings.json"]


def test_the_system_keyring_is_put_back() -> None:
    assert type(keyring.get_keyring()).__name__ == "Keyring"
