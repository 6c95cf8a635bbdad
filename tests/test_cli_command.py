"""The help of every command: in the language of the user, aligned, with an example, and without the libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cli_conversation import Shell
from jogeon.cli.app import COMMANDS
from jogeon.cli.arguments.help import table
from jogeon.cli.texts import Texts
from jogeon.cli.texts.width import columns


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("COLUMNS", "80")
    return Shell(capfd)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_help_shows_an_example_and_fits_the_terminal(shell: Shell, name: str, lang: str) -> None:
    said = shell(name, "--help", "--lang", lang)
    examples = Texts("ko" if lang == "ko" else "en")(f"help.{name}.examples").splitlines()
    assert said.code == 0
    assert not said.err
    assert all(f"  {example}\n" in said.out for example in examples)
    assert all(columns(line) < 80 for line in said.out.splitlines())


def test_help_speaks_one_language(shell: Shell) -> None:
    korean = shell("watch", "--help", "--lang", "ko").out
    assert all(word in korean for word in ("사용법: jogeon watch", "무엇을:", "접속:", "예:", "편입", "(기본값 10m)"))
    assert not any(word in korean for word in ("Usage", "Options", "OPTIONS", "Show this message"))
    assert shell("--help", "--lang", "ko").out.startswith("사용법: jogeon [옵션] 명령 [인자]...\n")


def test_what_connects_nowhere_offers_no_server(shell: Shell) -> None:
    elsewhere = {name for name in COMMANDS if "--server SERVER" not in shell(name, "--help", "--lang", "en").out}
    assert elsewhere == {"demo", "simulate"}


def test_the_group_lists_its_commands(shell: Shell) -> None:
    said = shell("--help", "--lang", "en")
    assert said.code == 0
    assert all(f"\n  {name} " in said.out for name in COMMANDS)


def test_without_a_command_the_help_is_a_usage_error(shell: Shell) -> None:
    said = shell()
    assert said.code == 2
    assert "jogeon demo" in said.err
    assert not said.out


def test_columns_are_aligned_as_hangul_is_shown() -> None:
    lines = list(table([("--가나 파일", "하나"), ("--ab", "둘 " * 20), ("x" * 40, "셋")], 60))
    starts = {columns(line[: line.index(word)]) for line, word in zip(lines, ("하나", "둘"), strict=False)}
    assert len(starts) == 1
    assert lines[-2:] == [f"  {'x' * 40}", f"{' ' * 28}셋"]
    assert all(columns(line) <= 60 for line in lines)


def test_help_loads_nothing_that_is_slow() -> None:
    program = (
        "import sys; from jogeon.cli.app import run; run(['watch', '--help']); print(*sys.modules, file=sys.stderr)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in answer.stderr.split()}
    assert "click" in loaded
    assert not loaded & {"rich", "httpx2", "starlette", "uvicorn", "keyring", "pandas", "duckdb"}
