"""The whole command line: its commands, its version, and its language."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from cli_conversation import FakeClient, Shell
from jogeon.cli.app import COMMANDS, run


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_the_version_is_told(shell: Shell) -> None:
    said = shell("--version")
    assert said.code == 0
    assert said.out.startswith("jogeon ")


def test_korean_is_spoken_where_the_locale_is_korean(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert "명령:" in shell("--help").out
    assert "Commands:" in shell("--help", "--lang", "en").out


def test_the_settings_choose_a_language(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("jogeon.toml").write_text('lang = "ko"', encoding="utf-8")
    assert "명령:" in shell("--help").out
    monkeypatch.setenv("JOGEON_LANG", "en")
    assert "Commands:" in shell("--help").out
    monkeypatch.setenv("JOGEON_LANG", "fr")
    assert "Commands:" in shell("--help").out


def test_spoilt_settings_are_told_when_they_are_needed(shell: Shell) -> None:
    Path("jogeon.toml").write_text("server = 1", encoding="utf-8")
    assert shell("--help").code == 0
    said = shell("list", "--lang", "ko")
    assert said.code == 2
    assert "설정을 사용할 수 없습니다: jogeon.toml server" in said.err


def test_a_console_without_hangul_gets_english_unless_korean_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "ko_KR")
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stderr", console)
    assert run(["nonsense"]) == 2
    assert run(["nonsense", "--lang", "ko"]) == 2
    console.seek(0)
    told = console.read()
    assert told.startswith("no such command")
    assert "??" in told


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_command_that_was_started_with_a_closed_stream(
    shell: Shell, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python has None in its place."""
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    monkeypatch.setattr(sys, closed, None)
    said = shell("list")
    if closed == "stdout":
        assert said.code == 1
        assert "stdout" in said.err
    else:
        assert (said.code, len(said.lines) > 0) == (0, True)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), BrokenPipeError()])
def test_an_interruption_is_no_failure(
    shell: Shell, interruption: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise interruption

    monkeypatch.setattr("jogeon.cli.commands.list.run_loop", interrupted)
    monkeypatch.setattr("jogeon.cli.commands.list._listed", lambda _: None)
    monkeypatch.setattr("jogeon.cli.app.hush", lambda: None)
    said = shell("list", client=FakeClient())
    assert said.code == (130 if isinstance(interruption, KeyboardInterrupt) else 0)
    assert not said.err.strip()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("jogeon wa", ["watch"]),
        ("jogeon re", ["record", "replay"]),
        ("jogeon watch --ex", ["--exchange"]),
        ("jogeon watch --exchange ", ["K", "N", "A"]),
        ("jogeon watch --on-taken t", ["takeover"]),
        ("jogeon list --server ", ["real", "mock", "demo"]),
        ("jogeon history ", ["events", "members", "gaps", "stats", "outcomes", "position"]),
        ("jogeon history events --kind ga", ["gap"]),
        ("jogeon history events --kind enter,l", ["enter,leave"]),
        ("jogeon simulate --switch page", ["page_size="]),
        ("jogeon replay --speed m", ["max"]),
        ("jogeon replay da", ["da"]),
        ("jogeon watch --wait f", ["forever"]),
        ("jogeon hub ", ["status", "token", "unit"]),
        ("jogeon hub token s", []),
        ("jogeon nonsense --x", []),
    ],
)
def test_a_shell_is_offered_what_may_come_next(
    typed: str, offered: list[str], shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = typed.split(" ")
    monkeypatch.setenv("_JOGEON_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    assert [line.partition(",")[2] for line in shell().out.splitlines() if line] == offered


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_shell_gets_the_lines_that_complete(name: str, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_JOGEON_COMPLETE", f"{name}_source")
    assert f"{name}_complete" in shell().out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_loads_nothing_that_runs(name: str) -> None:
    program = f"import sys; from jogeon.cli.app import run; run([{name!r}, '--help']); print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout.decode()
    loaded = {each.split(".")[0] for each in answer.splitlines()[-1].split()} | set(answer.splitlines()[-1].split())
    slow = {"asyncio", "rich", "sqlite3", "picows", "jogeon.account.settings"}
    assert not (slow | ({"msgspec"} if name != "simulate" else set())) & loaded  # its help reads the switches
