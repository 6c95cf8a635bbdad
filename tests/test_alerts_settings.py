"""`[alerts]` of a jogeon.toml: read whole, refused by the line, and trusted only where nobody else writes."""

from datetime import time
from pathlib import Path

import pytest

from jogeon.account.environment import config_file
from jogeon.alerts.rules import Bound, Hours, Rule
from jogeon.alerts.settings import AlertSettings, Own, alerts_file, is_safe, read_alerts
from jogeon.errors import InvalidSetting

SECOND = 1_000_000_000
RIGHT = """\
[[alerts.rules]]
name = "급등"
conditions = ["급등주"]
on = "both"
origin = "both"
dwell = "30s"
cooldown = "10m"
also_in = ["신고가 돌파"]
within = "5m"
hours = "09:00-15:20"
price = ">= 1000"
rate = ">= 5"
cap = 50
silent = true
to = ["폰"]
text = "{종목명} {종목코드} {조건식} {편입시간} {현재가} {등락률}"

[alerts.targets.폰]
kind = "telegram"
chat = -100123
token_env = "TELEGRAM_TOKEN"

[alerts.self]
disconnected = "1m"
daily = "15:40"
stalled = false
"""


def read(tmp_path: Path, text: str, mode: int = 0o600) -> AlertSettings:
    path = tmp_path / "jogeon.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return read_alerts(path)


def complaints(settings: AlertSettings) -> list[tuple[str | None, str, str, int]]:
    return [(rule, error.field, error.reason, error.why.line) for rule, error in settings.wrong]


def test_every_key_is_read(tmp_path: Path) -> None:
    settings = read(tmp_path, RIGHT)
    assert complaints(settings) == []
    assert settings.rules == (
        Rule(
            name="급등", conditions=("급등주",), on="both", origin="both", dwell=30 * SECOND, cooldown=600 * SECOND,
            also_in=("신고가 돌파",), within=300 * SECOND, hours=Hours(time(9), time(15, 20)), price=Bound(">=", 1000),
            rate=Bound(">=", 5), cap=50, silent=True, to=("폰",),
            text="{종목명} {종목코드} {조건식} {편입시간} {현재가} {등락률}",
        ),
    )  # fmt: skip
    assert settings.own == Own(to=("폰",), disconnected=60 * SECOND, daily=time(15, 40), stalled=False)
    settings.complain()


RULE = '[[alerts.rules]]\nname = "급등"\nto = ["폰"]\n'
TARGET = '[alerts.targets.폰]\nkind = "command"\nargv = ["true"]\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f'{RULE}hours = "15:20-09:00"\n{TARGET}', ("급등", "alerts.rules[1].hours", "odd hours", 4)),
        (f'{RULE}dwell = "soon"\n{TARGET}', ("급등", "alerts.rules[1].dwell", "odd length", 4)),
        (f'{RULE}text = "{"🚀" * 1501}"\n{TARGET}', ("급등", "alerts.rules[1].text", "text too long", 4)),
        (f'{RULE}price = "1000"\n{TARGET}', ("급등", "alerts.rules[1].price", "odd comparison", 4)),
        (f'{RULE}text = "{{이름}}"\n{TARGET}', ("급등", "alerts.rules[1].text", "unknown text field", 4)),
        (f'{RULE}text = " "\n{TARGET}', ("급등", "alerts.rules[1].text", "empty", 4)),
        (RULE + TARGET.replace('"true"', '""'), (None, "alerts.targets.폰.argv", "key needed", 6)),
        (f"{RULE}cap = 0\n{TARGET}", ("급등", "alerts.rules[1].cap", "below one", 4)),
        (f'{RULE}cap = "many"\n{TARGET}', ("급등", "alerts.rules[1].cap", "wrong value", 4)),
        (f'{RULE}on = "entry"\n{TARGET}', ("급등", "alerts.rules[1].on", "wrong value", 4)),
        (f'{RULE}dwel = "30s"\n{TARGET}', ("급등", "alerts.rules[1].dwel", "unknown key", 4)),
        (f'{RULE}within = "5m"\n{TARGET}', ("급등", "alerts.rules[1].within", "within alone", 4)),
        (f"{RULE}{RULE}{TARGET}", ("급등", "alerts.rules[2].name", "name twice", 5)),
        (f'[[alerts.rules]]\nname = "급등"\n{TARGET}', ("급등", "alerts.rules[1].to", "no target", 1)),
        (RULE, ("급등", "alerts.rules[1].to", "unknown target", 3)),
        ('[[alerts.rules]]\nto = ["폰"]\n' + TARGET, (None, "alerts.rules[1].name", "wrong value", 1)),
        ('[alerts.targets.폰]\nkind = "telegram"\ntoken_env = "T"', (None, "alerts.targets.폰.chat", "key needed", 1)),
        ('[alerts.targets.폰]\nkind = "pager"', (None, "alerts.targets.폰.kind", "wrong value", 2)),
        ("[alerts]\nrule = 1", (None, "alerts.rule", "unknown key", 2)),
        ("[alerts]\nrules = 1", (None, "alerts.rules", "not an array", 2)),
        ("[alerts]\ntargets = 1", (None, "alerts.targets", "not a table", 2)),
        ('[alerts.self]\ndaily = "25:00"', (None, "alerts.self.daily", "odd time", 2)),
        ('[alerts.self]\nto = ["폰"]', (None, "alerts.self.to", "unknown target", 2)),
        (
            '[alerts.targets.폰]\nkind = "telegram"\nchat = 1\ntoken_env = "T"\napi = "http://example.com"',
            (None, "alerts.targets.폰.api", "api in the clear", 5),
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, text: str, complaint: tuple[str | None, str, str, int]
) -> None:
    settings = read(tmp_path, text)
    assert complaints(settings).count(complaint) == 1
    with pytest.raises(InvalidSetting):
        settings.complain()


def test_one_wrong_rule_costs_no_other(tmp_path: Path) -> None:
    settings = read(tmp_path, f'{RULE}[[alerts.rules]]\nname = "둘"\nto = ["폰"]\nhours = "x"\n{TARGET}')
    assert [rule.name for rule in settings.rules] == ["급등"]
    assert [rule for rule, _ in settings.wrong] == ["둘"]
    assert settings.place_of("급등") == ("alerts", "rules", 0)


@pytest.mark.posix
@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_others_could_have_written_runs_nothing_and_sends_no_secret(tmp_path: Path, mode: int) -> None:
    settings = read(tmp_path, RULE + TARGET, mode)
    assert (None, "alerts.targets.폰.argv", "open to others", 6) in complaints(settings)
    settings = read(tmp_path, RIGHT, mode)
    assert (None, "alerts.targets.폰.token_env", "open to others", 21) in complaints(settings)
    settings = read(tmp_path, '[alerts.self]\nping_env = "X"', mode)
    assert (None, "alerts.self.ping_env", "open to others", 2) in complaints(settings)


@pytest.mark.posix
def test_what_others_could_have_put_there_runs_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert (None, "alerts.targets.폰.argv", "open to others", 6) in complaints(read(tmp_path, RULE + TARGET))
    tmp_path.chmod(0o700)
    assert complaints(read(tmp_path, RULE + TARGET)) == []


@pytest.mark.parametrize(
    ("api", "safe"),
    [
        ("https://api.telegram.org", True), ("http://127.0.0.1:8080", True), ("http://localhost", True),
        ("http://[::1]:1", True), ("http://10.0.0.1", False), ("ftp://127.0.0.1", False), ("", False),
        ("http://[", False),
    ],
)  # fmt: skip
def test_a_token_goes_over_tls_or_stays_here(api: str, *, safe: bool) -> None:
    assert is_safe(api) is safe


def test_the_first_file_that_has_alerts_counts_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr("jogeon.account.environment.config_dir", lambda: home)
    assert alerts_file() is None
    (home / "jogeon.toml").write_text(RULE + TARGET, encoding="utf-8")
    assert alerts_file() == home / "jogeon.toml"
    (tmp_path / "jogeon.toml").write_text('lang = "ko"', encoding="utf-8")
    assert alerts_file() == home / "jogeon.toml"
    (tmp_path / "jogeon.toml").write_text("[alerts]", encoding="utf-8")
    assert alerts_file() == Path("jogeon.toml")
    with config_file(str(home / "jogeon.toml")):
        assert alerts_file() == home / "jogeon.toml"


def test_a_file_without_alerts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting) as caught:
        read(tmp_path, 'lang = "ko"')
    assert caught.value.reason == "no alerts"
    with pytest.raises(InvalidSetting):
        read_alerts(tmp_path / "nowhere.toml")
