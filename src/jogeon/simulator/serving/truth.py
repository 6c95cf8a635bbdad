"""The market's own truth: its latest changes, whoever was listening, in a ring that never grows beyond its size.

A change takes 20 bytes: what was said once (a condition, a code, a time) is kept once, and rows are its numbers.
"""

from __future__ import annotations

import functools
from array import array
from typing import TYPE_CHECKING, Final

from jogeon.events import korean
from jogeon.visible import json_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jogeon.simulator.market.market import Change

KEPT: Final = 1_000_000
"""Changes that can be asked for."""
SPARE: Final = 65_536
"""Changes that are kept beyond those: so many may come while an answer is written slice by slice."""
SLICE: Final = 200
"""Changes written at a time, in about a millisecond."""
WIDTH: Final = 3
"""Numbers of a row: its subject (seq, name, kind), its code, its time."""


class Truth:
    """A log of changes, numbered from 1 without holes; the oldest are forgotten."""

    def __init__(self, kept: int = KEPT, spare: int = SPARE) -> None:
        self._kept = kept
        self._room = kept + spare
        self._last = 0
        self._rows = array("I")
        self._at_ns = array("q")
        self._numbers: dict[tuple[str, ...], int] = {}
        self._said: list[tuple[str, ...]] = []

    def __len__(self) -> int:
        return self._last - self.first + 1

    @property
    def first(self) -> int:
        """The number of the oldest change that is kept, 1 as long as none is forgotten."""
        return max(1, self._last - self._kept + 1)

    @property
    def last(self) -> int:
        """The number of the latest change, 0 before the first."""
        return self._last

    def add(self, changes: Iterable[Change], at_ns: int) -> None:
        """Append changes that happened at one moment, in nanoseconds since 1970."""
        for each in changes:
            subject = self._number((each.seq, each.name, each.kind))
            row = (subject, self._number((each.code,)), self._number((each.time,)))
            place = self._last % self._room
            if place == len(self._at_ns):
                self._rows.extend(row)
                self._at_ns.append(at_ns)
            else:
                self._rows[place * WIDTH : place * WIDTH + WIDTH] = array("I", row)
                self._at_ns[place] = at_ns
            self._last += 1

    def since(self, n: int, limit: int | None = None) -> list[dict[str, object]]:
        """Return the changes after number `n` that are kept, each with its own number; the first `limit` of them."""
        return [self._change(number) for number in self._asked(n, limit)]

    def slices(self, n: int, limit: int | None = None) -> Iterator[bytes]:
        """Yield `since` as pieces of one JSON list; between two of them more may be added.

        What is forgotten meanwhile, because the reader is that slow, is left out.
        """
        numbers = self._asked(n, limit)
        before = b"["
        for begin in range(numbers.start, numbers.stop, SLICE):
            oldest = self._last - self._room + 1
            rows = [self._change(number) for number in numbers[begin - numbers.start :][:SLICE] if number >= oldest]
            if rows:
                yield before + json_bytes(rows)[1:-1]
                before = b","
        yield b"[]" if before == b"[" else b"]"

    def _asked(self, n: int, limit: int | None) -> range:
        begin = max(n + 1, self.first)
        end = self._last + 1 if limit is None else min(self._last + 1, begin + limit)
        return range(begin, max(begin, end))

    def _number(self, words: tuple[str, ...]) -> int:
        found = self._numbers.get(words)
        if found is None:
            found = self._numbers[words] = len(self._said)
            self._said.append(words)
        return found

    def _change(self, number: int) -> dict[str, object]:
        place = (number - 1) % self._room
        said = self._said
        subject, code, time = self._rows[place * WIDTH : place * WIDTH + WIDTH]
        seq, name, kind = said[subject]
        return {
            "n": number, "seq": seq, "name": name, "code": said[code][0], "kind": kind, "time": said[time][0],
            "at": moment(self._at_ns[place]),
        }  # fmt: skip


@functools.lru_cache(maxsize=16)
def moment(at_ns: int) -> str:
    """Return a moment as the answers show it."""
    return korean(at_ns).isoformat(timespec="microseconds")
