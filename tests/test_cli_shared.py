"""The command beside a hub of this machine that has the session: through it, or told what to type."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from cli_conversation import Said
from conftest import homeless
from elsewhere import Kiwoom
from jogeon.cli.app import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Shell = Callable[..., Said]

HUB = """
import sys
from jogeon.account.keys import SERVERS, KiwoomServer
from jogeon.cli.app import run
SERVERS["real"] = KiwoomServer(*sys.argv[1:3])
sys.argv[:3] = ["jogeon"]
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture
def kiwoom(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiwoom]:
    with Kiwoom(monkeypatch) as running:
        running.tokens.now = time.time()
        monkeypatch.setenv("APP_KEY", "planted-app-key")
        monkeypatch.setenv("APP_SECRET", "planted-secret-key")
        yield running


@contextlib.contextmanager
def hub_above(kiwoom: Kiwoom, journal: Path) -> Iterator[dict[str, Any]]:
    """Run a hub of the real server in a process of its own; yield its addresses."""
    hub = ("hub", "--server", "real", "--port", "0", "--rest-port", "0", "--journal", str(journal))
    command = [sys.executable, "-c", HUB, kiwoom.there.rest, kiwoom.there.websocket, *hub]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONUTF8": "1"}) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture
def hub(kiwoom: Kiwoom, tmp_path: Path) -> Iterator[dict[str, Any]]:
    with hub_above(kiwoom, tmp_path / "hub.journal") as addresses:
        yield addresses


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    def type_in(*argv: str, lang: str = "en") -> Said:
        capfd.readouterr()
        said = Said(run([*argv, "--lang", lang]), *capfd.readouterr())
        assert "planted" not in said.out + said.err
        return said

    return type_in


@pytest.mark.posix
def test_the_command_goes_through_the_hub_that_has_the_session(
    shell: Shell, kiwoom: Kiwoom, hub: dict[str, Any]
) -> None:
    for typed in (
        ("list",),
        ("search", "급등주"),
        ("watch", "급등주", "--duration", "200ms"),
        ("clear", "급등주"),
        ("watch", "급등주", "--wait", "5s", "--duration", "50ms"),
    ):
        said = shell(*typed, "--json", "--server", "real")
        assert said.code == 0, said.err
        assert said.lines or typed[0] == "search"
        assert said.err.count(f"through the hub at {hub['websocket']}: ") == 1
    assert kiwoom.simulator.truth()["logins"] == 1


@pytest.mark.posix
def test_what_does_not_go_through_it_says_what_to_type_and_that_works(
    shell: Shell, kiwoom: Kiwoom, hub: dict[str, Any], tmp_path: Path
) -> None:
    for typed in (
        ("record", "급등주", "--duration", "300ms", "--journal", str(tmp_path / "own")),
        ("quotes", "005930", "--duration", "50ms"),
    ):
        said = shell(*typed, "--server", "real")
        assert said.code == 6
        assert f"jogeon {typed[0]} {typed[1]}" in said.err
        assert f"--server {hub['websocket']}" in said.err
        assert "--server real" not in said.err
        assert shell(*typed, "--server", hub["websocket"]).code == 0
    assert kiwoom.simulator.truth()["logins"] == 1


@pytest.mark.posix
def test_doctor_asks_the_hub_and_logs_in_nowhere(shell: Shell, kiwoom: Kiwoom, hub: dict[str, Any]) -> None:
    said = shell("doctor", "--login", "--json", "--server", "real")
    (session,) = (line for line in said.lines if line["check"] == "session")
    assert (said.code, session["health"]) == (0, "ok")
    assert hub["websocket"] in session["says"]
    assert kiwoom.simulator.truth()["logins"] == 1


@pytest.mark.posix
def test_another_user_does_not_get_in(shell: Shell, hub: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    homeless(monkeypatch)
    assert shell("list", "--server", hub["websocket"]).code == 3


@pytest.mark.posix
def test_a_hub_that_ended_is_in_nobodys_way(shell: Shell, kiwoom: Kiwoom, tmp_path: Path) -> None:
    with hub_above(kiwoom, tmp_path / "hub.journal"):
        pass
    said = shell("list", "--json", "--server", "real")
    assert said.code == 0
    assert "hub" not in said.err
    assert kiwoom.simulator.truth()["logins"] == 2
