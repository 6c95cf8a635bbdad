"""What a terminal may be given: no control characters from outside, only signs it can show; and what people are told."""

import os
import sys
from contextlib import suppress
from typing import NamedTuple, TextIO

from jogeon.cli.showing.error_thread import notices
from jogeon.masks import masked


class Signs(NamedTuple):
    """The signs that stand beside words and colours."""

    enter: str
    leave: str
    limit_up: str
    up: str
    flat: str
    down: str
    limit_down: str
    more: str
    live: str


RICH_SIGNS = Signs("▲", "▽", "↑", "▲", "-", "▼", "↓", "…", "●")
PLAIN_SIGNS = Signs("+", "-", "^", "+", "=", "-", "v", "..", "*")


def clean(text: str) -> str:
    """Return text from outside as one harmless line: blanks for line breaks and tabs, "?" for what cannot be seen.

    Secrets of this process are masked.
    """
    text = masked(text)
    return text if text.isprintable() else "".join(_seen(character) for character in text)


def _seen(character: str) -> str:
    if character.isspace():
        return " "
    return character if character.isprintable() else "?"


def can_show(text: str, encoding: str) -> bool:
    """Tell whether an encoding has these characters (cp949 has ▲, ascii has no Hangul)."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def signs_for(encoding: str) -> Signs:
    """Return the signs that an encoding has."""
    return RICH_SIGNS if can_show("".join(RICH_SIGNS), encoding) else PLAIN_SIGNS


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether people look at a stream; not so for a closed one, nor for a terminal that cannot move its cursor."""
    try:
        return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:
        return False


def prepare_streams() -> None:
    """Let a character that an encoding lacks become "?" instead of an exception."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def tell(text: str, end: str = "\n") -> None:
    """Write to standard error what people should know; where nobody can hear it, nothing happens."""
    notices.put(text + end)


def hush() -> None:
    """Send what is left for standard output nowhere, else Python complains about it at its end."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
