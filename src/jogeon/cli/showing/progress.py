"""How far a command is: one line on a terminal, wiped out at the end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from jogeon.cli.showing.terminal import clean, is_terminal, retell
from jogeon.cli.texts.width import columns, cut, padded, terminal_width

if TYPE_CHECKING:
    from jogeon.cli.texts import Texts

BAR = 20


class Progress:
    """Shows a line again and again in the same place, on a terminal only."""

    def __init__(self) -> None:
        self._seen, self._written = is_terminal(sys.stderr), 0

    def __enter__(self) -> Self:
        return self

    def show(self, text: str) -> None:
        """Show a text in place of the one before it; what is wider than the terminal is cut off."""
        if self._seen:
            line = cut(clean(text), terminal_width() - 1, "")
            retell(padded(line, self._written))
            self._written = columns(line)

    def __exit__(self, *_error: object) -> None:
        if self._written:
            retell(" " * self._written)
            retell("")


def share(done: int, whole: int, texts: Texts) -> str:
    """Return how much of something was counted, as a bar and in percent."""
    bar = "#" * (BAR * done // whole)
    return texts("history.progress", bar=f"[{bar:<{BAR}}]", share=100 * done // whole)
