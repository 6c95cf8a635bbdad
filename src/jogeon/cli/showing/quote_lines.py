"""A quote as one line: JSON for a pipe, columns for a person."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from jogeon.cli.showing.figures import number, percent, sign_words
from jogeon.cli.showing.json_lines import json_line
from jogeon.cli.showing.terminal import clean, signs_for
from jogeon.cli.texts.width import cut, padded, terminal_width

if TYPE_CHECKING:
    from collections.abc import Callable

    from jogeon.cli.showing.terminal import Signs
    from jogeon.cli.texts import Texts
    from jogeon.prices import Quote

CODE, NAME, PRICE, SIGN, CHANGE, RATE, VOLUME = 8, 16, 11, 8, 9, 9, 13
WIDE = 96
"""Columns of a terminal that has room for all of it; a narrower one gets no change and no gaps to spare."""


def line_of(texts: Texts, *, readable: bool) -> Callable[[Quote], bytes]:
    """Return what makes a line of a quote."""
    if not readable:
        return lambda quote: json_line(quote.fields())
    encoding = sys.stdout.encoding or "utf-8"
    signs = signs_for(encoding)
    narrow = terminal_width() < WIDE
    return lambda quote: (_readable(quote, texts, signs, narrow=narrow) + "\n").encode(encoding, "replace")


def _readable(quote: Quote, texts: Texts, signs: Signs, *, narrow: bool) -> str:
    moment = quote.time or quote.at
    spare = 2 if narrow else 0
    columns = [
        f"{moment:%H:%M:%S}",
        padded(clean(quote.code), CODE),
        padded(cut(clean(quote.name or ""), NAME - spare), NAME - spare),
        padded(number(quote.price), PRICE - spare, right=True),
        padded(sign_words(quote.sign, texts, signs), SIGN),
        *([] if narrow else [padded(number(quote.change, "+"), CHANGE, right=True)]),
        padded(percent(quote.rate), RATE, right=True),
        padded(number(quote.volume), VOLUME - spare, right=True),
    ]
    return "  ".join(columns).rstrip()
