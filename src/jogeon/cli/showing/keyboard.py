"""The keys that are pressed while a live view runs: read without waiting, by termios or by msvcrt.

Where standard input is no terminal, or belongs to another program in the foreground, there are no keys and nothing
is changed. Ctrl+C and Ctrl+Z stay what they are.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from jogeon.cli.showing.terminal import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Any

KEYS = {
    "\x1b[C": "next", "\x1bOC": "next", "\t": "next", "n": "next", "l": "next", "ㅜ": "next", "ㅣ": "next",
    "\x1b[D": "previous", "\x1bOD": "previous", "\x1b[Z": "previous", "b": "previous", "h": "previous",
    "ㅠ": "previous", "ㅗ": "previous",
    "s": "sort", "ㄴ": "sort", "p": "pause", " ": "pause", "ㅔ": "pause", "q": "quit", "ㅂ": "quit",
    **{digit: digit for digit in "123456789"},
}  # fmt: skip
"""What each key means; a Korean keyboard in Hangul mode types ㅂ where q stands."""
WINDOWS_KEYS = {"M": "\x1b[C", "K": "\x1b[D"}
"""What follows a prefix where msvcrt tells of an arrow."""
MOST = 1024
LONGEST = 8
"""Characters of the longest sequence that a key sends."""


class Keyboard:
    """The keys of the terminal on standard input, as long as its context lasts; then the terminal is as it was."""

    def __init__(self) -> None:
        self._device: _Device | None = None

    def __enter__(self) -> Self:
        if is_terminal(sys.stdin):
            with suppress(OSError, ValueError, ImportError):
                self._device = _Windows() if sys.platform == "win32" else _Posix(sys.stdin.fileno())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Give the terminal back."""
        device, self._device = self._device, None
        if device is not None:
            with suppress(OSError):
                device.close()

    @property
    def is_there(self) -> bool:
        """Whether keys can be pressed."""
        return self._device is not None

    def pressed(self) -> list[str]:
        """Return what the keys mean that were pressed since, those that mean nothing left out."""
        try:
            typed = self._device.read() if self._device is not None else ""
        except (OSError, EOFError):  # the terminal is gone
            self.__exit__(None, None, None)
            return []
        return list(meant(typed))


def meant(typed: str) -> Iterator[str]:
    """Yield what keys mean, from what they sent."""
    while typed:
        sent = next((typed[:size] for size in range(LONGEST, 0, -1) if typed[:size] in KEYS), typed[:1])
        if sent == "\x1b":  # a key that means nothing here: its sequence ends with a letter or "~"
            end = next((place for place, each in enumerate(typed[2:], 3) if "@" <= each <= "~"), len(typed))
            sent = typed[:end]
        if key := KEYS.get(sent) or KEYS.get(sent.lower()):
            yield key
        typed = typed[len(sent) :]


class _Device:
    def read(self) -> str:
        """Return what was typed since; "" if nothing. EOFError, OSError if there is no terminal any more."""
        raise NotImplementedError

    def close(self) -> None:
        """Leave the terminal as it was found."""


class _Posix(_Device):
    """A terminal that hands over each key at once and does not show it."""

    def __init__(self, number: int) -> None:
        import termios

        self._number = number
        if not self._is_ours():
            raise OSError
        self._before: list[Any] = termios.tcgetattr(number)
        self._begin()

    def _is_ours(self) -> bool:
        """Tell whether this program is in the foreground: any other is stopped when it touches its terminal."""
        return os.tcgetpgrp(self._number) == os.getpgrp()

    def _begin(self) -> None:
        import termios

        mode = [*self._before]
        mode[3] = mode[3] & ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(self._number, termios.TCSANOW, mode)

    def read(self) -> str:
        import select
        import termios

        if not self._is_ours():
            return ""
        if termios.tcgetattr(self._number)[3] & termios.ICANON:  # a shell had it while this program was stopped
            self._begin()
        if not select.select([self._number], [], [], 0)[0]:
            return ""
        typed = os.read(self._number, MOST)
        if not typed:
            raise EOFError
        return typed.decode("utf-8", "ignore")

    def close(self) -> None:
        import termios

        if self._is_ours():
            with suppress(termios.error):
                termios.tcsetattr(self._number, termios.TCSANOW, self._before)


class _Windows(_Device):
    """A console; nothing about it needs to be changed."""

    def read(self) -> str:
        import msvcrt

        console: Any = msvcrt
        typed = ""
        while console.kbhit() and len(typed) < MOST:
            key: str = console.getwch()
            typed += WINDOWS_KEYS.get(console.getwch(), "") if key in "\x00\xe0" else key
        return typed
