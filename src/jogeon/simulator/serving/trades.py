"""What was traded, whoever was listening: the latest trades, in blocks of which the oldest is forgotten.

A trade takes 12 bytes. Its time, and when it was made on this machine's clock, are kept once for all trades they hold
for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import msgspec

from jogeon.simulator.market.market import TRADE
from jogeon.simulator.serving.truth import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jogeon.simulator.market.market import Traded

KEPT: Final = 1_000_000
"""Trades that can be asked for."""
BLOCK: Final = 65_536
"""Trades after which a new block begins."""
SLICE: Final = 500
"""Trades written at a time, in about a millisecond."""


class _Block:
    """Trades from number `first` on; `begins` are the places from which on a time in `clocks` and `at_ns` holds."""

    __slots__ = ("at_ns", "begins", "clocks", "first", "rows")

    def __init__(self, first: int) -> None:
        self.first = first
        self.rows = array("i")
        self.begins = array("L")
        self.clocks: list[str] = []
        self.at_ns = array("q")

    def __len__(self) -> int:
        return len(self.rows) // TRADE

    def add(self, traded: Traded, at_ns: int) -> None:
        before = len(self)
        for begin, clock in traded.clocks.items():
            self.begins.append(before + begin)
            self.clocks.append(clock)
            self.at_ns.append(at_ns)
        self.rows.extend(array("i", traded.rows))

    def texts(self, begin: int, end: int, codes: Sequence[str]) -> Iterator[str]:
        """Yield the trades at some places, each as a JSON object."""
        place, mark = begin, bisect_right(self.begins, begin) - 1
        while place < end:
            later = self.begins[mark + 1] if mark + 1 < len(self.begins) else end
            times = f'"time":"{self.clocks[mark]}","at":"{moment(self.at_ns[mark])}"}}'
            for at in range(place, min(later, end)):
                index, price, quantity = self.rows[at * TRADE : at * TRADE + TRADE]
                number = self.first + at
                yield f'{{"n":{number},"code":"{codes[index]}","price":{price},"quantity":{quantity},{times}'
            place, mark = later, mark + 1


class TradeLog:
    """The trades of a market with these codes, numbered from 1 without holes."""

    def __init__(self, codes: Sequence[str], kept: int = KEPT, block: int = BLOCK) -> None:
        self._codes = codes
        self._kept = kept
        self._block = block
        self._blocks = deque([_Block(1)])

    @property
    def first(self) -> int:
        """The number of the oldest trade that is kept, 1 as long as none is forgotten."""
        return self._blocks[0].first

    @property
    def last(self) -> int:
        """The number of the latest trade, 0 before the first."""
        return self._blocks[-1].first + len(self._blocks[-1]) - 1

    def add(self, traded: Traded, at_ns: int) -> None:
        """Append trades that were made at one moment of this machine's clock, in nanoseconds since 1970."""
        if not traded.rows:
            return
        if len(self._blocks[-1]) >= self._block:
            self._blocks.append(_Block(self.last + 1))
        self._blocks[-1].add(traded, at_ns)
        while len(self._blocks) > 1 and self.last - self._blocks[1].first + 1 >= self._kept:
            self._blocks.popleft()

    def since(self, n: int, limit: int | None = None) -> list[dict[str, Any]]:
        """Return the trades after number `n` that are kept, the first `limit` of them."""
        found: list[dict[str, Any]] = msgspec.json.decode(b"".join(self.slices(n, limit)))
        return found

    def slices(self, n: int, limit: int | None = None) -> Iterator[bytes]:
        """Yield `since` as pieces of one JSON list; between two of them more may be added.

        What is forgotten meanwhile, because the reader is that slow, is left out.
        """
        number = max(n + 1, self.first)
        end = self.last + 1 if limit is None else min(self.last + 1, number + limit)
        before = "["
        while (number := max(number, self.first)) < end:
            block = next(block for block in reversed(self._blocks) if block.first <= number)
            begin = number - block.first
            until = min(begin + SLICE, len(block), end - block.first)
            yield (before + ",".join(block.texts(begin, until, self._codes))).encode()
            before = ","
            number = block.first + until
        yield b"[]" if before == "[" else b"]"
