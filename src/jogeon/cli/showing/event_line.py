"""An event as one readable line: for a history, a log, `tee` and `less`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.cli.showing.event_words import tell_event, word_width
from jogeon.cli.showing.ink import Piece
from jogeon.cli.showing.terminal import clean
from jogeon.cli.texts.width import padded
from jogeon.events import Enter, Gap, Leave, Snapshot, korean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jogeon.cli.showing.ink import Line
    from jogeon.cli.showing.live_picture import Worth
    from jogeon.cli.showing.terminal import Signs
    from jogeon.cli.texts import Texts
    from jogeon.events import Event

CODE, NAME, PRICE = 6, 16, 10
BETWEEN = "  "


def readable(event: Event, texts: Texts, signs: Signs, prices: Mapping[str, Worth] | None = None) -> Line:
    """Return time, sign and word, code, name, price if prices are known, and the condition; nothing is cut."""
    moment = korean(event.until_ns if isinstance(event, Gap) else event.at_ns)
    told = tell_event(event, texts, signs)
    word, rest = f"{told.sign} {told.word}".strip(), clean(told.rest)
    if isinstance(event, Snapshot):
        word, rest = texts("event.snapshot"), f"{rest}: {texts('history.stocks', count=len(event.codes))}"
    stock = [clean(told.code)] if told.code else []
    if isinstance(event, Enter | Leave):
        stock = [padded(clean(told.code), CODE), padded(clean(event.name or ""), NAME)]
        if prices is not None:
            price = prices.get(event.code)
            stock.append(padded("" if price is None or price.price is None else f"{price.price:,}", PRICE, right=True))
    return (
        Piece(f"{moment:%Y-%m-%d %H:%M:%S}", "dim"),
        Piece(BETWEEN),
        Piece(padded(word, word_width(texts)), told.colour),
        Piece("".join(f"{BETWEEN}{each}" for each in (*stock, rest))),
    )
