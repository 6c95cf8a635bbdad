"""How wide a text is on a terminal, and how it is made to fit: Hangul takes two columns, a combining mark none."""

import os
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from jogeon.visible import is_mark

MORE = "…"
USUAL = 80


def terminal_width() -> int:
    """Return the columns of the terminal: COLUMNS, else those of the one on standard output, else 80.

    What `shutil` says, without the compressors that it imports.
    """
    if (said := os.environ.get("COLUMNS", "")).isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or USUAL  # type: ignore[union-attr]  # it is tried
    except (AttributeError, ValueError, OSError):  # none, closed, no terminal
        return USUAL


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


@lru_cache(4096)
def _width(character: str) -> int:
    if is_mark(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, width: int, more: str = MORE) -> str:
    """Return a text of at most so many columns; `more` stands where something was left out, if there is room for it."""
    if columns(text) <= width:
        return text
    room, kept = width - columns(more), 0
    if room < 0:
        return ""
    for place, character in enumerate(text):
        kept += _width(character)
        if kept > room:
            return text[:place] + more
    return text


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Return a text filled up with blanks to so many columns, on its left if it is to stand at the right."""
    blanks = " " * (width - columns(text))
    return blanks + text if right else text + blanks


def fitted(text: str, width: int, more: str = MORE) -> str:
    """Return a text of exactly so many columns."""
    return padded(cut(text, width, more), width)


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield lines of whole words that fit into so many columns; a longer word has a line of its own."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and columns(longer) > width:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line
