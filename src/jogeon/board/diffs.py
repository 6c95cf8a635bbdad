"""The differences of the page as they are sent: made once for all who look, kept for a while for who was away. No I/O.

Each bears the position in the numbered stream up to which it goes. Several may bear the same one, if only prices
changed between them: who names it is given everything behind the first of them, as what is told twice changes nothing.
"""

from collections import deque
from typing import Any

import msgspec
from msgspec import Struct

ROOM = 1_200
"""Differences that are kept: five minutes of them."""


class Diff(Struct, frozen=True):
    """One difference as it is sent; `number` counts them from 1."""

    number: int
    position: str
    text: bytes


class Diffs:
    """The last differences. `run` names this run of the board: numbers of another one mean nothing here."""

    def __init__(self, run: str, room: int = ROOM) -> None:
        self.run = run
        self.number = 0
        """The number of the last difference."""
        self.position: str | None = None
        """The position of the last difference, None if none is kept."""
        self._kept: deque[Diff] = deque(maxlen=room)

    def add(self, position: str, changes: dict[str, Any], now: str) -> None:
        """Keep a difference."""
        self.number += 1
        self.position = position
        data = {"run": self.run, "seq": self.number, "position": position, "now": now, **changes}
        self._kept.append(Diff(self.number, position, sent("diff", data, position)))

    def forget(self) -> None:
        """Keep nothing: what is true now is reached otherwise."""
        self.number += 1
        self.position = None
        self._kept.clear()

    def after(self, number: int) -> list[Diff] | None:
        """Return the differences behind a number, None if some of them are not kept any more."""
        if number >= self.number:
            return []
        if not self._kept or self._kept[0].number > number + 1:
            return None
        return list(self._kept)[number + 1 - self._kept[0].number :]

    def place_of(self, position: str) -> int | None:
        """Return behind which number who stands at a position goes on, None if that is not known."""
        return next((diff.number for diff in self._kept if diff.position == position), None)


def sent(event: str, data: object, position: str | None = None) -> bytes:
    """Return a server-sent event."""
    head = f"event: {event}\n" if position is None else f"id: {position}\nevent: {event}\n"
    return head.encode() + b"data: " + msgspec.json.encode(data) + b"\n\n"
