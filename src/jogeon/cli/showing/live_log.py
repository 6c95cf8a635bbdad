"""The last events of the live view, a line each; an outage is one line, and no time or number in it is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.cli.showing.event_words import tell_event, word_width
from jogeon.cli.showing.ink import Piece
from jogeon.cli.showing.live_picture import Outage, name_of
from jogeon.cli.showing.terminal import clean
from jogeon.cli.texts.width import columns, cut, fitted, padded
from jogeon.events import Enter, Leave, korean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jogeon.cli.showing.ink import Line
    from jogeon.cli.showing.terminal import Signs
    from jogeon.cli.texts import Texts
    from jogeon.events import Event

CLOCK = 8
CODE = 8
NAME, NARROW_NAME = 16, 12
ROOMY = 72
"""Columns from which a stock has its code and its name; below it has one of them."""
LEAST_WHO = 6
BETWEEN = "  "


class Log:
    """Draws lines of a log, aligned, in so many columns."""

    def __init__(self, texts: Texts, signs: Signs) -> None:
        self._texts, self._signs = texts, signs
        self._word = word_width(texts)

    def lines(self, told: Sequence[Event | Outage], width: int) -> Iterator[Line]:
        """Yield a line for each event."""
        changes = (each for each in told if isinstance(each, Enter | Leave))
        named = any(name_of(each) is not None for each in changes)
        for each in told:
            if isinstance(each, Outage):
                yield self._outage(each, width)
            elif isinstance(each, Enter | Leave):
                yield self._change(each, width, named=named)
            else:
                yield self._other(each, width)

    def _change(self, event: Enter | Leave, width: int, *, named: bool) -> Line:
        told, name, code = tell_event(event, self._texts, self._signs), name_of(event) or "", clean(event.code)
        stock = padded(code, CODE)
        if named and width >= ROOMY:
            stock = f"{stock}{BETWEEN}{fitted(name, NAME, self._signs.more)}"
        elif named:
            stock = fitted(name, NARROW_NAME, self._signs.more) if name else padded(code, NARROW_NAME)
        head = self._head(event.at_ns, told.sign, told.word, told.colour)
        room = width - sum(columns(piece.text) for piece in head) - columns(stock) - len(BETWEEN)
        if room < 0:  # a terminal so narrow has no room for the time
            head, room = head[2:], room + CLOCK + len(BETWEEN)
        return (*head, Piece(stock), Piece(BETWEEN), Piece(cut(clean(told.rest), max(0, room), self._signs.more)))

    def _other(self, event: Event, width: int) -> Line:
        told = tell_event(event, self._texts, self._signs)
        head = self._head(getattr(event, "at_ns", 0), told.sign, told.word, told.colour)
        room = width - sum(columns(piece.text) for piece in head)
        text = clean(f"{told.code} {told.rest}".strip())
        return (*head, Piece(cut_words(text, room, self._signs.more)))

    def _outage(self, outage: Outage, width: int) -> Line:
        """Return an outage: whom it blinded, from when to when, and, where there is room, why and what changed."""
        texts = self._texts
        until = texts("event.open") if outage.open else f"{korean(outage.until_ns):%H:%M:%S}"
        span = f"{korean(outage.since_ns):%H:%M:%S} ~ {until}"
        why = texts(f"cause.{outage.cause}")
        if outage.enters or outage.leaves:
            why = texts("live.meanwhile", why=why, enters=outage.enters, leaves=outage.leaves)
        head = self._head(outage.until_ns, "!", texts("event.gap"), "yellow")
        who = next(iter(outage.labels))
        least = min(columns(who), LEAST_WHO)
        if (count := len(outage.labels)) > 1:
            who = texts("live.conditions", count=count)
            least = columns(who)
        room = width - sum(columns(piece.text) for piece in head) - columns(span) - 1
        if room < least:  # the moment it ended stands in the span, too
            head, room = head[2:], room + CLOCK + len(BETWEEN)
        who = cut(who, max(0, room), self._signs.more)
        why = cut_words(why, room - columns(who) - 1, self._signs.more)
        return (*head, Piece(f"{who} {span} {why}".strip() if room > 0 else cut_words(span, width, "")))

    def _head(self, at_ns: int, sign: str, word: str, colour: str) -> Line:
        return (
            Piece(f"{korean(at_ns):%H:%M:%S}", "dim"),
            Piece(BETWEEN),
            Piece(padded(f"{sign} {word}", self._word), colour),
            Piece(BETWEEN),
        )


def cut_words(text: str, width: int, more: str) -> str:
    """Return a text of at most so many columns, cut between words: a number is whole or not there."""
    if columns(text) <= width:
        return text
    kept = ""
    for word in text.split(" "):
        longer = f"{kept} {word}" if kept else word
        if columns(longer) + columns(more) > width:
            break
        kept = longer
    return f"{kept}{more}" if columns(more) <= width else ""
