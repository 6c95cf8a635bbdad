"""What a terminal may be given: no control characters from outside, only signs it can show.

All that people read leaves by `tell` (standard error), `show` (standard output) or a `console` of `tables`, and each of
them cleans it: whoever writes to them need not know where a text came from.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TextIO

import click

from jogeon.cli.showing.error_thread import notices
from jogeon.cli.texts.width import INVISIBLE, is_mark
from jogeon.masks import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


HARMLESS = re.compile("(?:[ -~]++|[가-힣]++|[ㄱ-ㅣ]++|[一-鿿]++)*+")
"""Texts of these characters alone, which are most, need no closer look. One set of all takes long to compile."""
MARKS = 4
"""Marks on one character that are shown; a writing needs three, and hundreds grow over the lines above and below."""


def clean(text: str) -> str:
    """Return text from outside as one harmless line: blanks for line breaks and tabs, "?" for what cannot be seen.

    Marks that are too many for one character become one "?". Secrets of this process are masked.
    """
    return spelled(masked(text), _seen)


def _seen(harmful: str) -> str:
    return " " if harmful.isspace() else "?"


def visible_name(condition: Condition) -> str:
    """Return the name of a condition for people; one that has none to see is shown by its seq."""
    name = clean(condition.name)
    return name if name.strip(" ?") else f"{name.strip()} [{clean(condition.seq)}]".lstrip()


def spelled(text: str, spelling: Callable[[str], str]) -> str:
    """Return a text in which a spelling stands for each piece that no terminal should be given.

    Those are controls, line breaks, directions, what cannot be seen, and marks beyond MARKS on one character.
    """
    return text if HARMLESS.fullmatch(text) else "".join(_pieces(text, spelling))


def _pieces(text: str, spelling: Callable[[str], str]) -> Iterator[str]:
    for are_marks, run in groupby(text, is_mark):
        piece = "".join(run)
        if are_marks:
            yield piece[:MARKS]
            yield from [spelling(piece[MARKS:])] * (len(piece) > MARKS)
        else:
            yield from (spelling(each) if _is_harmful(each) else each for each in piece)


def _is_harmful(character: str) -> bool:
    return not character.isprintable() or INVISIBLE.match(character) is not None


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
