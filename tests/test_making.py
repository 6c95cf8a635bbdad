"""Targets made from settings; secrets come from the environment and are hidden at once."""

import sys
from pathlib import Path

import pytest

from jogeon.alerts.apprise import Apprise
from jogeon.alerts.command import Command
from jogeon.alerts.making import made
from jogeon.alerts.settings import AlertSettings, read_alerts
from jogeon.alerts.telegram import Telegram
from jogeon.alerts.webhook import Webhook
from jogeon.errors import InvalidSetting
from jogeon.masks import masked

TOKEN = "123456:made-up-token"
TARGETS = f"""\
[alerts.targets.phone]
kind = "telegram"
chat = 42
token_env = "TG_TOKEN"
api = "http://127.0.0.1:1"
[alerts.targets.hook]
kind = "webhook"
url_env = "HOOK"
[alerts.targets.bell]
kind = "command"
argv = ['{sys.executable}', '-n']
[alerts.targets.slack]
kind = "apprise"
url_env = "SLACK"
"""


@pytest.fixture
def settings(tmp_path: Path) -> AlertSettings:
    path = tmp_path / "jogeon.toml"
    path.write_text(TARGETS, encoding="utf-8")
    path.chmod(0o600)
    return read_alerts(path)


def test_each_kind_is_made(settings: AlertSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = "https://hooks.example.com/made-up-secret"
    monkeypatch.setenv("TG_TOKEN", f' "{TOKEN}" ')
    monkeypatch.setenv("HOOK", hook)
    monkeypatch.setenv("SLACK", "json://localhost/made-up-secret")
    found = made(settings)
    assert found["phone"] == Telegram(TOKEN, "42", "http://127.0.0.1:1", None)
    assert found["hook"] == Webhook(hook, None)
    assert found["bell"] == Command((sys.executable, "-n"))
    assert isinstance(found["slack"], Apprise)
    assert masked(TOKEN) == "…"
    assert list(made(settings, {"bell": None})) == ["bell"]


@pytest.mark.parametrize(
    ("name", "variable", "value", "reason"),
    [
        ("phone", "TG_TOKEN", "", "variable missing"),
        ("phone", "TG_TOKEN", "two words", "not one word"),
        ("hook", "HOOK", "hooks.example.com", "not an address"),
        ("hook", "HOOK", "http://[", "not an address"),
        ("slack", "SLACK", "nonsense", "not an address"),
    ],
)
def test_a_secret_that_cannot_be_used_is_refused_unquoted(
    settings: AlertSettings, monkeypatch: pytest.MonkeyPatch, name: str, variable: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidSetting) as caught:
        made(settings, {name: None})
    assert caught.value.reason == reason
    assert not value or value not in str(caught.value)


def test_what_a_web_address_shares_with_others_stays_to_be_read(
    settings: AlertSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "http://127.0.0.1:8080/made-up-secret")
    made(settings, {"hook": None})
    assert masked('{"rest":"http://127.0.0.1:10011"}') == '{"rest":"http://127.0.0.1:10011"}'
    assert masked("POST http://127.0.0.1:8080/made-up-secret") == "POST …"


@pytest.mark.parametrize("program", ["no-such-bell", "./no/such/bell", "."])
def test_a_program_that_cannot_be_run(tmp_path: Path, program: str) -> None:
    path = tmp_path / "jogeon.toml"
    path.write_text(f"[alerts.targets.bell]\nkind = 'command'\nargv = ['{program}', '-n']\n", encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(InvalidSetting) as error:
        made(read_alerts(path))
    assert (error.value.reason, error.value.field) == ("no program", "alerts.targets.bell.argv")
    assert error.value.why.line == 3
    assert error.value.why.text == program
