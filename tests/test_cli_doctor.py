"""`jogeon doctor`: the verdict first, then what was found, each fault with the command that mends it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from broker import refusal
from cli_conversation import Said
from conftest import homeless
from elsewhere import Kiwoom
from jogeon.account.hubs import HubNote, noted
from jogeon.account.keys import SERVERS, Keys, KiwoomServer
from jogeon.account.lock import session_lock, session_name
from jogeon.cli.app import run
from jogeon.cli.texts.width import columns
from jogeon.files import state_dir
from test_keys import write_pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Shell = Callable[..., Said]

KEYS = Keys("planted-app-key", "planted-secret-key")
HERE = ["server", "keys", "rest", "clock", "token", "websocket", "session"]
WIRE = ["login", "list", "search", "prices", "ping", "names"]


@pytest.fixture
def ping() -> float:
    """Return the seconds between two PINGs."""
    return 0.05


@pytest.fixture
def kiwoom(monkeypatch: pytest.MonkeyPatch, ping: float) -> Iterator[Kiwoom]:
    with Kiwoom(monkeypatch, ping=ping) as running:
        running.tokens.now = time.time()
        monkeypatch.setenv("APP_KEY", KEYS.app_key)
        monkeypatch.setenv("APP_SECRET", KEYS.secret_key)
        yield running


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    def type_in(*argv: str, lang: str = "en") -> Said:
        capfd.readouterr()
        said = Said(run(["doctor", *argv, "--lang", lang]), *capfd.readouterr())
        assert "planted" not in said.out + said.err
        return said

    return type_in


def found(said: Said) -> dict[str, dict[str, Any]]:
    """Return what was found by name; the verdict is the first, and the versions are always there and the last."""
    names = [line["check"] for line in said.lines]
    assert (names[0], names[-1]) == ("verdict", "versions")
    assert said.lines[0]["exit"] == said.code
    return {line["check"]: line for line in said.lines}


def healthy(findings: dict[str, dict[str, Any]]) -> list[str]:
    others = {"verdict", "versions"}
    return [name for name, finding in findings.items() if finding["health"] == "ok" and name not in others]


# ------------------------------------------------------------ Kiwoom


def test_when_all_is_well(shell: Shell, kiwoom: Kiwoom) -> None:
    said = shell("--json")
    findings = found(said)
    assert (said.code, findings["verdict"]["says"]) == (0, "real: it works.")
    assert healthy(findings) == HERE
    assert findings["server"]["says"] == "real (default)"
    assert findings["keys"]["says"] == "environment (APP_KEY, APP_SECRET)"
    assert findings["token"]["says"] == "good until 2999-12-31 23:59:59 (Korean time)"
    assert kiwoom.simulator.truth()["logins"] == 0
    assert said.err == ""


def test_with_login_it_does_what_a_client_does(shell: Shell, kiwoom: Kiwoom) -> None:
    said = shell("--json", "--login")
    assert (said.code, healthy(found(said))) == (0, HERE + WIRE)
    assert "loses its session (R10001)" in said.err
    assert kiwoom.simulator.truth()["logins"] == 1


@pytest.mark.usefixtures("kiwoom")
def test_people_read_the_verdict_first(shell: Shell) -> None:
    lines = shell(lang="ko").out.splitlines()
    assert lines[0] == "real: 쓸 수 있습니다."
    assert lines[1:3] == [
        "  정상  서버       real (기본값)",
        "  정상  키         environment (APP_KEY, APP_SECRET)",
    ]


def test_what_was_found_is_cut_between_words_where_the_terminal_ends(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = shell("--server", "demo", lang="ko").out.splitlines()
    assert all(columns(line) < 60 for line in lines)
    assert lines[-1].startswith(" " * 10)
    assert f"picows {version('picows')}," in " ".join(" ".join(lines).split())


def test_no_keys(shell: Shell, kiwoom: Kiwoom) -> None:
    said = shell("--json", "--server", "mock", "--login")
    findings = found(said)
    assert (said.code, findings["keys"]["error"]) == (3, "KeysMissing")
    assert "jogeon login --server mock" in findings["keys"]["next"]
    assert healthy(findings) == ["server", "rest", "clock", "websocket"]
    assert kiwoom.tokens.issued == 0


def test_wrong_keys(shell: Shell, kiwoom: Kiwoom) -> None:
    kiwoom.tokens.answer = lambda _: refusal("8001")
    said = shell("--json")
    findings = found(said)
    assert (said.code, findings["token"]["error"], findings["token"]["code"]) == (3, "TokenRefused", "8001")
    assert "jogeon login" in findings["token"]["next"]
    shown = shell().out.splitlines()
    assert shown[0] == "real: it does not work now. [token] Kiwoom refused to issue a token."
    assert any("cause: the app key or the secret key is wrong. [8001]" in line for line in shown)
    assert any("next: store the keys again: jogeon login" in line for line in shown)


@pytest.mark.usefixtures("kiwoom")
def test_keys_in_a_folder(shell: Shell) -> None:
    write_pair(Path("keys"), "1234567890", "file")
    said = shell("--json", "--keys", "keys")
    assert found(said)["keys"]["says"].endswith("*******890_appkey.txt")


@pytest.mark.parametrize(
    ("wrong", "says"), [(30, "(2[5-9]|3[01]) s slow"), (95, "9[3-5] s slow"), (-3600, "360[0-2] s fast")]
)
def test_a_clock_that_is_wrong(shell: Shell, kiwoom: Kiwoom, wrong: float, says: str) -> None:
    kiwoom.tokens.now = time.time() + wrong
    said = shell("--json")
    findings = found(said)
    assert (said.code, findings["clock"]["health"]) == (0, "warning")
    assert re.search(says, findings["clock"]["says"])
    assert findings["clock"]["next"]
    assert findings["verdict"]["says"] == "real: it works; warnings: 1."


def test_a_server_that_does_not_tell_its_time(shell: Shell, kiwoom: Kiwoom) -> None:
    kiwoom.tokens.now = None
    assert found(shell("--json"))["clock"]["says"] == "the server does not report its time."


@pytest.mark.usefixtures("kiwoom")
def test_nobody_there(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SERVERS, "real", KiwoomServer("http://127.0.0.1:1", "ws://127.0.0.1:1/api/dostk/websocket"))
    said = shell("--json", "--login")
    findings = found(said)
    assert said.code == 5
    assert [findings[name]["error"] for name in ("rest", "websocket")] == ["CouldNotConnect"] * 2
    assert "token" not in findings


def test_another_program_has_the_session(shell: Shell, kiwoom: Kiwoom) -> None:
    with asyncio.Runner() as runner:
        lock = session_lock("real", KEYS)
        runner.run(lock.__aenter__())
        said = shell("--json", "--login")
        runner.run(lock.__aexit__(None, None, None))
    findings = found(said)
    assert (said.code, findings["session"]["error"]) == (6, "SessionTaken")
    assert f"pid {os.getpid()}" in findings["session"]["says"]
    assert "login" not in findings
    assert kiwoom.simulator.truth()["logins"] == 0


def test_prices_that_cannot_be_had_are_a_warning(shell: Shell, kiwoom: Kiwoom) -> None:
    kiwoom.simulator.fault({"refuse_reg": "105111"})
    said = shell("--json", "--login")
    findings = found(said)
    assert (said.code, findings["prices"]["health"], findings["ping"]["health"]) == (0, "warning", "ok")
    assert "105111" in findings["prices"]["says"] + (findings["prices"]["cause"] or "")


def test_a_server_of_other_stocks_answers_for_prices_all_the_same(shell: Shell, kiwoom: Kiwoom) -> None:
    given, unknown = kiwoom.tokens.answer, refusal("1902", "종목 정보가 없습니다")
    assert given is not None
    kiwoom.tokens.answer = lambda path: unknown if path.endswith("stkinfo") else given(path)
    prices = found(shell("--json", "--login"))["prices"]
    assert (prices["health"], prices["next"]) == ("ok", None)
    assert "it has no stock" in prices["says"]


def test_a_refused_login_belongs_to_the_login(shell: Shell, kiwoom: Kiwoom) -> None:
    kiwoom.simulator.fault({"refuse_login": "8030"})
    said = shell("--json", "--login")
    findings = found(said)
    assert (said.code, findings["login"]["error"], findings["login"]["code"]) == (3, "LoginRefused", "8030")
    assert not {"list", "search", "ping"} & set(findings)


@pytest.mark.parametrize("ping", [60.0])
@pytest.mark.usefixtures("kiwoom")
def test_no_ping(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.cli.running.examination.PING_PATIENCE", 0.0)
    findings = found(shell("--json", "--login"))
    assert findings["ping"]["health"] == "warning"
    assert findings["ping"]["next"] == "jogeon doctor --json --login --lang en"


# ------------------------------------------------------------ settings


def test_kiwoom_mode_demo_is_explained(shell: Shell, kiwoom: Kiwoom, monkeypatch: pytest.MonkeyPatch) -> None:
    del kiwoom
    monkeypatch.setenv("KIWOOM_MODE", "demo")
    said = shell()
    assert said.out.startswith("mock: it does not work now")
    assert "KIWOOM_MODE=demo means mock (모의투자)" in " ".join(said.out.split())
    assert "mock (KIWOOM_MODE=demo)" in said.out


@pytest.mark.usefixtures("kiwoom")
def test_without_a_home_it_looks_at_everything_else(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    homeless(monkeypatch)
    findings = found(shell("--json"))
    assert findings["journal"]["health"] == "warning"
    assert "HOME" in findings["journal"]["says"]
    assert {"keys", "rest", "versions"} <= set(findings)


@pytest.mark.usefixtures("kiwoom")
def test_settings_that_cannot_be_read(shell: Shell) -> None:
    Path("jogeon.toml").write_text("server = ")
    said = shell("--json")
    assert (said.code, found(said)["server"]["error"]) == (2, "InvalidSetting")
    assert "jogeon.toml" in found(said)["server"]["says"]


@pytest.mark.usefixtures("kiwoom")
def test_keys_that_others_can_read(shell: Shell) -> None:
    path = Path("jogeon.toml")
    path.write_text('[keys.mock]\napp_key = "planted"\nsecret_key = "planted"')
    path.chmod(0o644)
    assert found(shell("--json"))["privacy"]["next"] == 'chmod 600 "jogeon.toml"'
    path.chmod(0o600)
    assert "privacy" not in found(shell("--json"))


@pytest.mark.usefixtures("kiwoom")
def test_a_proxy_that_is_none(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SERVERS, "real", KiwoomServer("https://far.invalid", "wss://far.invalid"))
    monkeypatch.setenv("HTTPS_PROXY", "ftp://me:planted@proxy")
    said = shell("--json")
    assert (said.code, found(said)["rest"]["error"], found(said)["websocket"]["error"]) == (2, *["InvalidSetting"] * 2)


# ------------------------------------------------------------ other servers


def test_the_demo_needs_nothing(shell: Shell) -> None:
    said = shell("--server", "demo", "--json")
    assert (said.code, healthy(found(said))) == (0, ["server", "websocket"])


def test_a_simulator(shell: Shell, kiwoom: Kiwoom, monkeypatch: pytest.MonkeyPatch) -> None:
    address = kiwoom.simulator.websocket
    said = shell("--server", address, "--json")
    assert (said.code, healthy(found(said))) == (0, ["server", "token", "websocket"])
    said = shell("--server", address, "--json", "--login")
    assert (said.code, found(said)["login"]["error"]) == (3, "LoginRefused")
    monkeypatch.setenv("JOGEON_TOKEN", "planted-token")
    said = shell("--server", address, "--json", "--login")
    assert (said.code, healthy(found(said))) == (0, ["server", "token", "websocket", "login", "list", "search", "ping"])
    assert found(said)["prices"]["health"] == "warning"
    assert "no REST address" in found(said)["prices"]["says"]
    said = shell("--server", address, "--json", "--login", "--rest", kiwoom.tokens.rest)
    assert (said.code, healthy(found(said))) == (0, ["server", "token", "websocket", *WIRE])


def test_a_simulator_without_conditions_cannot_be_searched(
    shell: Shell, kiwoom: Kiwoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(_: object) -> list[object]:
        return []

    monkeypatch.setattr("jogeon.cli.running.probe.Probe.conditions", none)
    monkeypatch.setenv("JOGEON_TOKEN", "planted-token")
    findings = found(shell("--server", kiwoom.simulator.websocket, "--json", "--login"))
    assert findings["search"]["says"].startswith("no conditions are saved")
    assert findings["ping"]["health"] == "ok"


@pytest.mark.parametrize(
    ("server", "code"), [("ws://10.0.0.1:1", 2), ("wss://far.invalid", 2), ("nothing", 2), ("ws://127.0.0.1:1", 5)]
)
def test_an_address_that_cannot_be_used(shell: Shell, server: str, code: int) -> None:
    said = shell("--server", server, "--json")
    assert said.code == code
    assert found(said)["websocket"]["health"] == "failed"
    assert found(said)["websocket"]["next"]


def test_versions_are_told(shell: Shell) -> None:
    says = found(shell("--server", "demo", "--json"))["versions"]["says"]
    assert f"Python {sys.version.split()[0]}" in says
    assert "picows" in says


def test_names_that_cannot_be_had_are_a_warning_in_the_words_of_kiwoom(shell: Shell, kiwoom: Kiwoom) -> None:
    given, busy = kiwoom.tokens.answer, refusal("1700", "too many", 429)
    assert given is not None
    kiwoom.tokens.answer = lambda path: busy if path.endswith("stkinfo") else given(path)
    said = shell("--json", "--login")
    names = found(said)["names"]
    assert (said.code, names["health"]) == (0, "warning")
    assert "[1700] too many" in names["cause"]


# ------------------------------------------------------------ a hub


def over_hub(tmp_path: Path) -> subprocess.Popen[bytes]:
    """Run a hub over a simulator of its own in another process; its home is that of this test."""
    words = ("hub", "--all", "--server", "demo", "--port", "0", "--rest-port", "0", "--journal", str(tmp_path / "j"))
    return subprocess.Popen([sys.executable, "-m", "jogeon", *words], stdout=subprocess.PIPE)


def test_a_hub_tells_how_it_goes(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.cli.running.examination.PING_PATIENCE", 0.0)  # its first comes after ten seconds
    with over_hub(tmp_path) as hub:
        assert hub.stdout is not None
        address = json.loads(hub.stdout.readline())["websocket"]
        said = shell("--server", address, "--json")
        assert (said.code, healthy(found(said))) == (0, ["server", "token", "websocket", "hub"])
        assert "session above connected" in found(said)["hub"]["says"]
        for note in state_dir().glob("hub-*.json"):
            note.unlink()
        assert "hub" not in found(shell("--server", address, "--json"))
        said = shell("--server", address, "--json", "--login")
        assert healthy(found(said))[3:5] == ["login", "hub"]
        hub.terminate()


def test_a_hub_that_has_the_session_is_asked_and_nobody_logs_in(shell: Shell, kiwoom: Kiwoom, tmp_path: Path) -> None:
    with over_hub(tmp_path) as hub:
        assert hub.stdout is not None
        told = json.loads(hub.stdout.readline())
        note = HubNote("real", told["websocket"], told["rest"], os.getpid(), time.time_ns(), session_name("real", KEYS))
        with asyncio.Runner() as runner, noted(note):
            lock = session_lock("real", KEYS)
            runner.run(lock.__aenter__())
            said = shell("--json", "--login")
            hub.terminate()
            hub.wait()
            gone = shell("--json", "--login")
            runner.run(lock.__aexit__(None, None, None))
    findings = found(said)
    assert (said.code, findings["session"]["health"], findings["hub"]["health"]) == (0, "ok", "ok")
    assert told["websocket"] in findings["session"]["says"]
    assert "login" not in findings
    assert (gone.code, found(gone)["hub"]["error"]) == (5, "CouldNotConnect")
    assert kiwoom.simulator.truth()["logins"] == 0
