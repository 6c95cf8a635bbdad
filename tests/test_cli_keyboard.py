"""Keys: read without waiting, on a real terminal, which is as it was afterwards."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jogeon.cli.showing.keyboard import Keyboard, meant

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("q", ["quit"]),
        ("QㅂS", ["quit", "quit", "sort"]),
        ("\x1b[C\x1b[D", ["next", "previous"]),
        ("\x1bOCn\t", ["next", "next", "next"]),
        ("\x1b[Z", ["previous"]),
        ("\x1b[5~q", ["quit"]),
        ("\x1b[1;5Aq", ["quit"]),
        ("\x1b", []),
        ("xyz가", []),
        ("3p", ["3", "pause"]),
    ],
)
def test_what_keys_mean(typed: str, keys: list[str]) -> None:
    assert list(meant(typed)) == keys


def test_where_standard_input_is_no_terminal_there_are_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with Keyboard() as keyboard:
        assert not keyboard.is_there
        assert keyboard.pressed() == []


TYPED = """
import os, sys, termios
from jogeon.cli.showing.keyboard import Keyboard
before = termios.tcgetattr(0)
try:
    with Keyboard() as keyboard:
        during = termios.tcgetattr(0)[3] & (termios.ICANON | termios.ECHO)
        print("ready", flush=True)
        keys = []
        while "quit" not in keys:
            keys += keyboard.pressed()
        print(keyboard.is_there, during, keys, flush=True)
        raise RuntimeError
except RuntimeError:
    print(termios.tcgetattr(0) == before, flush=True)
"""


def test_a_terminal_hands_over_each_key_and_is_restored_after_an_error(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    script = tmp_path / "keys.py"
    script.write_text(f"import fcntl, termios\nfcntl.ioctl(0, termios.TIOCSCTTY, 0)\n{TYPED}")
    program = subprocess.Popen(
        [sys.executable, str(script)], stdin=theirs, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with program, os.fdopen(ours, "wb", buffering=0) as keys:
        os.close(theirs)
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        keys.write(b"n\x1b[Dq")
        assert program.stdout.readline() == "True 0 ['next', 'previous', 'quit']\n"
        assert program.stdout.readline() == "True\n"
