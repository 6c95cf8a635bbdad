"""Standard output as bytes: JSON lines in UTF-8 whatever the console speaks, each written out at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from jogeon.cli.showing.unbuffered import LineWriter
from jogeon.masks import masked
from jogeon.visible import json_shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jogeon.events import Condition, Event, Stock


def json_line(fields: Mapping[str, object]) -> bytes:
    """Return an object as one line; what would harm a terminal is escaped, so its value stays exact."""
    return json_text(fields).encode() + b"\n"


def json_text(value: object) -> str:
    """Return a value as JSON, as in `json_line`."""
    import msgspec  # no help needs it

    return json_shown(masked(msgspec.json.encode(value).decode()))


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


class StandardOutput(LineWriter):
    """Writes whole lines to standard output, past its buffer."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
