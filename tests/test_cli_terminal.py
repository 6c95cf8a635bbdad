"""What reaches a terminal is harmless, showable and measured as it is shown."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from jogeon.cli.showing import terminal
from jogeon.cli.showing.tables import console
from jogeon.cli.showing.terminal import (
    clean,
    hush,
    is_seen,
    is_terminal,
    prepare_streams,
    retell,
    show,
    signs_for,
    tell,
    visible_name,
)
from jogeon.events import Condition

if TYPE_CHECKING:
    from pathlib import Path


@given(st.text())
def test_whatever_comes_nothing_steers_the_terminal(text: str) -> None:
    made = clean(text)
    assert made.isprintable()
    assert clean(made) == made


@pytest.mark.parametrize(
    ("name", "shown"),
    [("급등주", "급등주"), ("", "[4]"), (" ", "[4]"), ("\u3164\u200b", "?? [4]"), ("?!", "?!")],
)
def test_a_name_that_shows_nothing_is_shown_with_its_seq(name: str, shown: str) -> None:
    assert visible_name(Condition("4", name)) == shown


def test_every_door_cleans_what_leaves_by_it(capsys: pytest.CaptureFixture[str]) -> None:
    tell("하나\x1b[2J", "둘\n셋")
    retell("넷\x9b")
    show("다섯\u202e", "여섯\r")
    console().print(Text("일곱\u3164\x1b]0;"))
    said = capsys.readouterr()
    assert said.err == "하나?[2J\n둘 셋\n\r넷?"
    assert said.out == "다섯?\n여섯 \n일곱??]0;\n"


def test_a_korean_windows_console_shows_the_signs_and_an_ascii_one_does_not() -> None:
    assert signs_for("cp949").enter == "▲"
    assert signs_for("utf-8").leave == "▽"
    assert signs_for("ascii").enter == "+"
    assert signs_for("no such encoding") == terminal.PLAIN_SIGNS


def test_what_a_console_cannot_show_becomes_a_question_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", console)
    prepare_streams()
    console.write("급등주 ▲")
    console.seek(0)
    assert console.read() == "??? ?"


def test_a_closed_or_missing_stream_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    assert not is_terminal(closed)
    assert not is_terminal(None)
    monkeypatch.setattr(sys, "stdout", None)
    prepare_streams()


def test_what_nobody_can_hear_is_not_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    for stream in (Gone(), None):
        monkeypatch.setattr(sys, "stderr", stream)
        tell("오류")


def test_what_is_left_goes_nowhere_when_the_reader_has_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        hush()
        out.write("left over")
    assert (tmp_path / "out").read_text() == ""


def test_there_may_be_nothing_to_hush(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    hush()


def test_people_look_at_a_dumb_terminal_that_cannot_move_its_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    assert is_terminal(Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert is_seen(Terminal())
    assert not is_terminal(Terminal())
    assert not is_seen(io.StringIO())
