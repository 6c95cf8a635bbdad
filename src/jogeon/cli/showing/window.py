"""A screen of its own on a terminal, drawn line by line; afterwards everything is there again that was there before."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from jogeon.cli.showing.ink import inked, plain
from jogeon.cli.showing.unbuffered import LineWriter
from jogeon.cli.texts.width import columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TextIO

    from jogeon.cli.showing.ink import Line

OPEN = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
"""Another screen, no cursor, and no wrapping: what a terminal counts wider than we do is cut off by it."""
CLOSE = "\x1b[m\x1b[?7h\x1b[?25h\x1b[?1049l"
ERASE = "\x1b[K"
BELL = "\a"
ANEW = 20
"""Pictures after which everything is drawn again, whatever another program wrote in between."""
VIRTUAL_TERMINAL, STANDARD_OUTPUT = 0x0004, -11
USUAL = os.terminal_size((80, 24))


class Window:
    """Writes pictures to a terminal; only lines that changed are written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._encoding = LineWriter(stream), stream.encoding or "utf-8"
        self._shown: list[str] = []
        self._size: object = None
        self._drawn = 0
        self._is_open = False
        self._colours = not os.environ.get("NO_COLOR")

    def open(self) -> None:
        """Begin; what is on the terminal is kept behind it."""
        if sys.platform == "win32":
            _let_windows_understand()
        self._is_open = True
        self._write(OPEN)

    def show(self, lines: Sequence[Line], size: os.terminal_size, *, bell: bool = False) -> None:
        """Show a picture in place of the one before, and ring the bell if asked."""
        self._drawn += 1
        if size != self._size or self._drawn % ANEW == 0:
            self._size, self._shown = size, []
        texts = [self._text(line, size.columns) for line in lines]
        texts += [ERASE] * (size.lines - len(texts))
        before: Sequence[str | None] = self._shown or [None] * len(texts)
        changed = [
            f"\x1b[{number};1H{text}"
            for number, (text, old) in enumerate(zip(texts, before, strict=False), 1)
            if text != old
        ]
        self._shown = texts
        if changed or bell:
            self._write("".join(changed) + BELL * bell)

    def _text(self, line: Line, width: int) -> str:
        """Return what writes a line over another; behind a full one there is no rest, and its last column would go."""
        rest = ERASE if columns(plain(line)) < width else ""
        return inked(line, colours=self._colours) + rest

    def close(self) -> None:
        """End it; the terminal is as it was."""
        if self._is_open:
            self._write(CLOSE)
            self._is_open = False

    def _write(self, text: str) -> None:
        self._stream.write(text.encode(self._encoding, "replace"))


def size_of(stream: TextIO) -> os.terminal_size:
    """Return the columns and lines of the terminal behind a stream; 80 and 24 where it does not say."""
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):  # none, or closed
        return USUAL
    return size if size.columns and size.lines else USUAL


def _let_windows_understand() -> None:
    """Switch on what a console of Windows 10 understands only if it is asked to."""
    import ctypes

    kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]  # it is there on Windows
    handle, mode = kernel.GetStdHandle(STANDARD_OUTPUT), ctypes.c_uint32()
    if kernel.GetConsoleMode(handle, ctypes.byref(mode)):
        kernel.SetConsoleMode(handle, mode.value | VIRTUAL_TERMINAL)
