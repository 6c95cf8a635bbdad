"""What reaches a terminal is harmless, showable and measured as it is shown."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.cli.showing import terminal
from jogeon.cli.showing.terminal import clean, columns, hush, is_terminal, prepare_streams, signs_for, tell, wrapped

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("급등주", "급등주"),
        ("<\"'&>[red]\x1b[31m", "<\"'&>[red]?[31m"),
        ("두\n줄\t칸", "두 줄 칸"),
        ("\x9b31m", "?31m"),
        ("거꾸로\u202e", "거꾸로?"),
    ],
)
def test_a_hostile_name_is_one_harmless_line(hostile: str, harmless: str) -> None:
    assert clean(hostile) == harmless


@given(st.text())
def test_whatever_comes_nothing_steers_the_terminal(text: str) -> None:
    assert all(c.isprintable() or ord(c) > 0x9F for c in clean(text))
    assert len(clean(text)) == len(text)


def test_hangul_is_two_columns_wide() -> None:
    assert columns("급등주 4") == 8
    assert columns("e\u0301") == 1


@given(st.lists(st.text("가a", min_size=1, max_size=9), max_size=20), st.integers(20, 40))
def test_wrapped_lines_fit_and_lose_no_word(words: list[str], width: int) -> None:
    lines = list(wrapped(" ".join(words), width))
    assert all(columns(line) <= width for line in lines)
    assert " ".join(lines).split() == words


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
