"""Standard output as bytes: JSON lines in UTF-8 whatever the console speaks, each written out at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from jogeon.cli.showing.unbuffered import Stream
from jogeon.masks import masked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jogeon.events import Condition, Event, Stock


def json_line(fields: Mapping[str, object]) -> bytes:
    """Return an object as one line; control characters that JSON allows are escaped, for a terminal obeys them."""
    import msgspec  # no help needs it

    text = masked(msgspec.json.encode(fields).decode())
    if not text.isprintable():
        text = "".join(f"\\u{ord(c):04x}" if "\x7f" <= c <= "\x9f" or c in "\u2028\u2029" else c for c in text)
    return text.encode() + b"\n"


def event_line(event: Event) -> bytes:
    """Return the line of an event."""
    return json_line(event.fields())


def condition_line(condition: Condition) -> bytes:
    """Return the line of a condition."""
    return json_line({"seq": condition.seq, "name": condition.name})


def stock_line(condition: Condition, stock: Stock) -> bytes:
    """Return the line of a row of a search."""
    from msgspec.structs import asdict

    return json_line({"condition": {"seq": condition.seq, "name": condition.name}, **asdict(stock)})


class Lines(Stream):
    """Writes whole lines to standard output, past its buffer."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
