"""Styled text for a terminal: pieces in a line, and the codes that colour them. Nothing here measures or cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jogeon.cli.showing.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

CODES = {"bold": "1", "dim": "2", "reverse": "7", "red": "31", "yellow": "33", "blue": "94", "magenta": "35"}
"""SGR of each word of a style; blue is the bright one, for the other cannot be read on black."""
COLOURS = {"red", "yellow", "blue", "magenta"}


class Piece(NamedTuple):
    """A text and its style: words of CODES, or nothing."""

    text: str
    style: str = ""


Line = tuple[Piece, ...]


def plain(line: Iterable[Piece]) -> str:
    """Return the text of a line."""
    return "".join(piece.text for piece in line)


def inked(line: Iterable[Piece], *, colours: bool = True) -> str:
    """Return a line with its styles; whatever the texts hold, nothing else in it steers the terminal."""
    return "".join(_inked(piece, colours=colours) for piece in line)


def _inked(piece: Piece, *, colours: bool) -> str:
    words = [word for word in piece.style.split() if colours or word not in COLOURS]
    text = clean(piece.text)
    return f"\x1b[{';'.join(CODES[word] for word in words)}m{text}\x1b[m" if words else text
