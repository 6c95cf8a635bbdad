"""Statistics of a stretch of events, counted once and kept: all that a full scan of it would find, to the last bit.

What goes on from before, a stay that a leave ends, is settled when roll-ups are put together in their order.
"""

import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from jogeon.journal.schema import Row
from jogeon.journal.stats import GAP, Tally, TallyPart, unpacked

EVENTS = 100_000
"""How many events a roll-up stands for."""
_FORM = 1
"""How its bytes are written; another number is not read."""
_WIDTH = 8
"""Bytes of a moment or a stay."""


class _Kept(Struct, array_like=True, frozen=True):
    """A TallyPart on the disk; stocks are places in a common list."""

    number: int
    changes: list[int]
    minutes: list[int]
    counts: list[int]
    gap: bool
    stays: bytes
    firsts: bytes
    firsts_ns: bytes
    kept: bytes
    entered: bytes
    entered_ns: bytes
    left: bytes
    stocks: bytes


class _Whole(Struct, array_like=True, frozen=True):
    form: int
    codes: list[str]
    parts: list[_Kept]


class Rollup:
    """A roll-up while it is made; `first` is the id of its first event."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.min_ns, self.max_ns = 2**63 - 1, -(2**63)
        self._parts: dict[int, TallyPart] = {}

    def add(self, moments: tuple[int, int], rows: Sequence[Row], shown: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Count events: the earliest and latest moment in them, rows (id, ROW…) of `stats`, and snapshots."""
        self.min_ns, self.max_ns = min(self.min_ns, moments[0]), max(self.max_ns, moments[1])
        ways = {}
        for packed, count in Counter(row[2] for row in rows).items():
            minute, number, what = unpacked(packed)
            part = self._part(number)
            ways[packed] = (what, part.add)
            if what != GAP:
                part.changes[what] += count
                part.minutes[minute] += count
        for _, at_ns, packed, code in rows:
            what, add = ways[packed]
            add(what, code, at_ns)
        for number, codes in shown:
            self._part(number).stocks.update(codes)

    def _part(self, number: int) -> TallyPart:
        part = self._parts.get(number)
        if part is None:
            part = self._parts[number] = TallyPart()
        return part

    def encoded(self) -> bytes:
        """Return it as bytes."""
        for part in self._parts.values():
            part.finish()
        places: dict[str, int] = {}
        parts = [_kept(number, part, places) for number, part in self._parts.items()]
        return zlib.compress(msgspec.msgpack.encode(_Whole(_FORM, list(places), parts)), 1)


_decoder = msgspec.msgpack.Decoder(_Whole)


def add_rollup(counts: Tally, content: bytes) -> bool:
    """Count what a roll-up stands for; return False, with nothing counted, if it cannot be read."""
    try:
        whole = _decoder.decode(zlib.decompress(content))
        parts = {kept.number: _part(kept, whole.codes) for kept in whole.parts} if whole.form == _FORM else None
    except (zlib.error, ValueError, LookupError, TypeError, msgspec.MsgspecError):
        return False
    for number, part in (parts or {}).items():
        counts.add_part(number, part)
    return parts is not None


def _kept(number: int, part: TallyPart, places: dict[str, int]) -> _Kept:
    entered = {code: at_ns for code, at_ns in part.ends.items() if at_ns is not None}
    return _Kept(
        number=number,
        changes=part.changes,
        minutes=list(part.minutes),
        counts=list(part.minutes.values()),
        gap=part.gap,
        stays=by_planes(part.stays),
        firsts=_placed(part.firsts, places),
        firsts_ns=_numbers(part.firsts.values()),
        kept=_placed(part.kept, places),
        entered=_placed(entered, places),
        entered_ns=_numbers(entered.values()),
        left=_placed((code for code, at_ns in part.ends.items() if at_ns is None), places),
        stocks=_placed(part.stocks, places),
    )


def _part(kept: _Kept, codes: Sequence[str]) -> TallyPart:
    ends: dict[str, int | None] = dict.fromkeys(_codes(kept.left, codes))
    ends.update(zip(_codes(kept.entered, codes), _read(kept.entered_ns), strict=True))
    return TallyPart(
        changes=kept.changes,
        minutes=Counter(dict(zip(kept.minutes, kept.counts, strict=True))),
        stays=from_planes(kept.stays),
        firsts=dict(zip(_codes(kept.firsts, codes), _read(kept.firsts_ns), strict=True)),
        kept=dict.fromkeys(_codes(kept.kept, codes)),
        ends=ends,
        gap=kept.gap,
        stocks=set(_codes(kept.stocks, codes)),
    )


# ---------------------------------------------------------------- numbers as bytes


def _placed(codes: Iterable[str], places: dict[str, int]) -> bytes:
    return _little(array("I", [places.setdefault(code, len(places)) for code in codes])).tobytes()


def _codes(content: bytes, codes: Sequence[str]) -> list[str]:
    found = array("I")
    found.frombytes(content)
    return [codes[place] for place in _little(found)]


def _numbers(values: Iterable[int]) -> bytes:
    return _little(array("q", values)).tobytes()


def _read(content: bytes | bytearray) -> "array[int]":
    found = array("q")
    found.frombytes(content)
    return _little(found)


def _little(numbers: "array[int]") -> "array[int]":
    """Return numbers with the bytes of each in the order of the disk, or back."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def by_planes(numbers: "array[int]") -> bytes:
    """Return the first bytes of all numbers, then their second ones, …: of sorted numbers most are alike."""
    content = _numbers(numbers)
    return b"".join(content[place::_WIDTH] for place in range(_WIDTH))


def from_planes(content: bytes) -> "array[int]":
    """Return the numbers of such bytes."""
    size = len(content) // _WIDTH
    woven, nothing = bytearray(len(content)), bytes(size)
    for place in range(_WIDTH):
        plane = content[place * size : (place + 1) * size]
        if plane != nothing:
            woven[place::_WIDTH] = plane
    return _read(woven)
