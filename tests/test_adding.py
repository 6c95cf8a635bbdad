"""A target is written behind what a file holds, and nothing of that is touched."""

from pathlib import Path

import pytest

from jogeon.account.environment import config_file
from jogeon.alerts.adding import file_to_write, names_in, telegram_text, write_behind
from jogeon.alerts.settings import read_alerts
from jogeon.alerts.telegram import API
from jogeon.errors import InvalidSetting

BEFORE = b'\xef\xbb\xbflang = "ko"   # mine\r\n[[alerts.rules]]\r\nname = "r"\r\nto = ["x"]\r\n[alerts.targets.x]\r\n'


@pytest.mark.parametrize(
    "ended", [b"", b'kind = "command"\r\nargv = ["true"]', b'kind = "command"\r\nargv = ["true"]\r\n']
)
def test_what_was_there_stays_byte_for_byte(tmp_path: Path, ended: bytes) -> None:
    path = tmp_path / "jogeon.toml"
    path.write_bytes(BEFORE + ended)
    path.chmod(0o600)
    write_behind(path, telegram_text("내 폰", "-42", "TOKEN", "http://127.0.0.1:1", None))
    content = path.read_bytes()
    assert content.startswith(BEFORE + ended)
    assert b"\n" not in content.replace(b"\r\n", b"")
    target = read_alerts(path).targets["내 폰"]
    assert (target.chat, target.token_env, target.api) == ("-42", "TOKEN", "http://127.0.0.1:1")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_first_rule_is_right(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "new" / "jogeon.toml"
    write_behind(path, telegram_text("폰", "42", "TOKEN", API, lang))
    settings = read_alerts(path)
    assert settings.wrong == ()
    assert [rule.to for rule in settings.rules] == [("폰",)]
    assert names_in(path) == ({"폰"}, True)
    assert names_in(tmp_path / "nowhere.toml") == (set(), False)


def test_a_file_that_cannot_be_added_to_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "jogeon.toml"
    path.write_text("alerts = {targets = {}}", encoding="utf-8")
    with pytest.raises(InvalidSetting):
        write_behind(path, telegram_text("폰", "42", "TOKEN", API, None))
    assert path.read_text(encoding="utf-8") == "alerts = {targets = {}}"


def test_the_file_is_the_one_that_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("jogeon.account.environment.config_dir", lambda: home)
    assert file_to_write() == home / "jogeon.toml"
    (tmp_path / "jogeon.toml").write_text('lang = "ko"', encoding="utf-8")
    assert file_to_write() == Path("jogeon.toml")
    (home / "jogeon.toml").write_text("[alerts]", encoding="utf-8")
    assert file_to_write() == home / "jogeon.toml"
    with config_file("other.toml"):
        assert file_to_write() == Path("other.toml")
