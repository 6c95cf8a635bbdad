"""A screen of its own: only what changed is written, and the terminal is given back."""

from __future__ import annotations

import io
import os
from typing import cast

import pytest

from jogeon.cli.showing.ink import Piece
from jogeon.cli.showing.window import ANEW, CLOSE, OPEN, Window, size_of

SIZE = os.terminal_size((20, 3))


@pytest.fixture
def stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


def written(stream: io.TextIOWrapper) -> str:
    """Return what was written since this was asked last."""
    buffer = cast("io.BytesIO", stream.buffer)
    text = buffer.getvalue().decode()
    buffer.seek(0)
    buffer.truncate()
    return text


def test_it_opens_draws_what_changed_and_closes(stream: io.TextIOWrapper) -> None:
    window = Window(stream)
    window.open()
    assert written(stream) == OPEN
    window.show([(Piece("하나"),), (Piece("둘"),)], SIZE)
    assert written(stream) == "\x1b[1;1H하나\x1b[K\x1b[2;1H둘\x1b[K\x1b[3;1H\x1b[K"
    window.show([(Piece("하나"),), (Piece("셋", "bold"),)], SIZE)
    assert written(stream) == "\x1b[2;1H\x1b[1m셋\x1b[m\x1b[K"
    window.show([(Piece("하나"),), (Piece("셋", "bold"),)], SIZE)
    assert written(stream) == ""
    window.close()
    window.close()
    assert written(stream) == CLOSE


def test_now_and_then_and_in_another_size_everything_is_drawn_again(stream: io.TextIOWrapper) -> None:
    window = Window(stream)
    for number in range(1, ANEW + 1):
        window.show([(Piece("x"),)], SIZE)
        assert bool(written(stream)) == (number in (1, ANEW)), number
    window.show([(Piece("x"),)], os.terminal_size((19, 3)))
    assert written(stream).startswith("\x1b[1;1Hx")


def test_a_window_that_was_not_opened_closes_nothing(stream: io.TextIOWrapper) -> None:
    Window(stream).close()
    assert written(stream) == ""


def test_no_colour_where_none_is_wanted(stream: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    Window(stream).show([(Piece("x", "red"),)], os.terminal_size((9, 1)))
    assert written(stream) == "\x1b[1;1Hx\x1b[K"


def test_what_is_no_terminal_has_80_columns() -> None:
    assert size_of(io.StringIO()) == (80, 24)


def test_the_last_column_of_a_full_line_is_not_erased(stream: io.TextIOWrapper) -> None:
    Window(stream).show([(Piece("가나다"),)], os.terminal_size((6, 1)))
    assert written(stream) == "\x1b[1;1H가나다"


def test_the_bell_rings_also_where_nothing_changed(stream: io.TextIOWrapper) -> None:
    window = Window(stream)
    window.show([(Piece("x"),)], SIZE)
    written(stream)
    window.show([(Piece("x"),)], SIZE, bell=True)
    assert written(stream) == "\a"
