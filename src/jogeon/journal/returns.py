"""What entries returned a while after: computed entry by entry, and kept for each roll-up.

A return is a whole number, in millionths of a percent (UNIT), so that sorted runs can be searched by bisection.
"""

import sqlite3
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from jogeon.journal.entries import first_price
from jogeon.journal.rollups import by_planes, from_planes
from jogeon.journal.schema import Row
from jogeon.journal.stats import MINUTE_NS

After = Literal["1m", "5m", "10m", "30m", "60m", "close"]
MINUTES: dict[After, int] = {"1m": 1, "5m": 5, "10m": 10, "30m": 30, "60m": 60}
AFTER: tuple[After, ...] = (*MINUTES, "close")
FRESH_NS = 60_000_000_000
"""How old a price may be at most to count at a later moment."""
CLOSE = (15 * 60 + 30, 15 * 60 + 40)
"""The minutes of the day in Korea between which the price is that of KRX's closing auction."""
UNIT = 1_000_000
"""How many of them are one percent."""
_DAY_NS = 1_440 * MINUTE_NS
_KOREA_NS = 540 * MINUTE_NS
_FORM = 1
"""How the bytes of kept returns are written; another number is not read."""
_CHECK = 4
"""Bytes of the checksum in front of them."""

ENTRY = f"condition, code, at_ns, ({first_price('kept.price', 'events.code', 'events.at_ns')})"
"""The columns of a row, after its id, that `Returned.add` takes."""
ENTERED = "kind = 0 AND recovered IS NULL"
"""Which events have a moment at which somebody could have bought."""
_LATER = (
    "SELECT price FROM quotes WHERE code = ? AND at_ns > ? AND at_ns <= ? AND price > 0 ORDER BY at_ns DESC LIMIT 1"
)

Runs = dict[int, list[Sequence[int]]]
"""Returns by the conditions' numbers, as sorted runs."""


class PackedReturns(Struct, array_like=True, frozen=True):
    """What is kept for a roll-up: how many entries each condition's number has, and for each AFTER their returns."""

    form: int
    entries: dict[int, int]
    packed: list[bytes]

    def runs(self, after: After) -> dict[int, "array[int]"]:
        """Return what the entries returned after a while, sorted, by the conditions' numbers."""
        runs = _runs_decoder.decode(zlib.decompress(self.packed[AFTER.index(after)]))
        return {number: from_planes(run) for number, run in runs.items()}


_runs_decoder = msgspec.msgpack.Decoder(dict[int, bytes])
_kept_decoder = msgspec.msgpack.Decoder(PackedReturns)


class Returned:
    """Entries and what they returned after each while, by the conditions' numbers."""

    def __init__(self) -> None:
        self.entries: Counter[int] = Counter()
        self._found: dict[After, defaultdict[int, array[int]]] = {
            after: defaultdict(lambda: array("q")) for after in AFTER
        }
        self._kept: list[PackedReturns] = []

    def add(self, db: sqlite3.Connection, rows: Sequence[Row]) -> None:
        """Add rows (id, ENTRY…)."""
        for _, number, code, at_ns, price in rows:
            self.entries[number] += 1
            if price is not None:
                for after, later in _later(db, code, at_ns):
                    self._found[after][number].append(round((later - price) * (100 * UNIT) / price))

    def add_kept(self, content: object) -> bool:
        """Add what was kept of a roll-up; return False, with nothing added, if it cannot be read."""
        if not isinstance(content, bytes) or content[:_CHECK] != _check(content[_CHECK:]):
            return False
        try:
            kept = _kept_decoder.decode(content[_CHECK:])
        except (ValueError, msgspec.MsgspecError):
            return False
        if kept.form == _FORM:
            self.entries.update(kept.entries)
            self._kept.append(kept)
        return kept.form == _FORM

    def runs(self, after: After) -> Runs:
        """Return what the entries returned after a while."""
        runs: defaultdict[int, list[Sequence[int]]] = defaultdict(list)
        for number, found in self._found[after].items():
            runs[number].append(sorted(found))
        for kept in self._kept:
            for number, run in kept.runs(after).items():
                runs[number].append(run)
        return runs

    def encoded(self) -> bytes:
        """Return as bytes what was added one by one."""
        packed = [
            {number: by_planes(array("q", sorted(found))) for number, found in self._found[after].items()}
            for after in AFTER
        ]
        kept = PackedReturns(_FORM, self.entries, [zlib.compress(msgspec.msgpack.encode(runs), 1) for runs in packed])
        content = msgspec.msgpack.encode(kept)
        return _check(content) + content


def _check(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(_CHECK, "little")


def _later(db: sqlite3.Connection, code: str, at_ns: int) -> Iterator[tuple[After, int]]:
    """Yield the prices of a stock after each while, where there is one."""
    for after, start_ns, end_ns in moments(at_ns):
        price = db.execute(_LATER, (code, start_ns, end_ns)).fetchone()
        if price is not None:
            yield after, price[0]


def moments(at_ns: int) -> Iterator[tuple[After, int, int]]:
    """Yield from when (not included) until when a price counts as that after each while."""
    for after, minutes in MINUTES.items():
        moment_ns = at_ns + minutes * MINUTE_NS
        yield after, moment_ns - min(FRESH_NS, minutes * MINUTE_NS // 2), moment_ns
    day_ns = (at_ns + _KOREA_NS) // _DAY_NS * _DAY_NS - _KOREA_NS
    start_ns, end_ns = (day_ns + minute * MINUTE_NS - 1 for minute in CLOSE)
    if at_ns <= start_ns:
        yield "close", start_ns, end_ns


def known_at(at_ns: int) -> int:
    """Return the moment up to which prices count for what entered by a moment."""
    return max(end_ns for _, _, end_ns in moments(at_ns))
