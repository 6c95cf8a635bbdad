"""What a terminal may be given: no control characters from outside, only signs it can show.

All that people read leaves by `tell` (standard error), `show` (standard output) or a `console` of `tables`, and each of
them cleans it: whoever writes to them need not know where a text came from.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TextIO

import click

from jogeon.cli.showing.error_thread import notices
from jogeon.masks import masked
from jogeon.visible import one_line

if TYPE_CHECKING:
    from jogeon.events import Condition


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
    """Return text from outside as one harmless line, with the secrets of this process masked."""
    return one_line(masked(text))


def visible_name(condition: Condition) -> str:
    """Return the name of a condition for people; one that has none to see is shown by its seq."""
    name = clean(condition.name)
    return name if name.strip(" ?") else f"{name.strip()} [{clean(condition.seq)}]".lstrip()


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


def is_seen(stream: TextIO | None) -> bool:
    """Tell whether people look at a stream; not so for a closed one."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether people look at a stream on a terminal that can move its cursor."""
    return is_seen(stream) and os.environ.get("TERM") != "dumb"


def prepare_streams() -> None:
    """Let a character that an encoding lacks become "?" instead of an exception."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def tell(*lines: str) -> None:
    """Write to standard error what people should know; where nobody can hear it, nothing happens."""
    notices.put("".join(f"{clean(line)}\n" for line in lines))


def ring() -> None:
    """Ring the bell of the terminal on standard error, if there is one."""
    if is_terminal(sys.stderr):
        notices.put("\a")


def retell(line: str) -> None:
    """Write a line on standard error in place of the one before, which was written by this, too."""
    notices.put(f"\r{clean(line)}")


def show(*lines: str) -> None:
    """Write lines for people to standard output."""
    click.echo("\n".join(map(clean, lines)))


def hush() -> None:
    """Send what is left for standard output nowhere, else Python complains about it at its end."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
