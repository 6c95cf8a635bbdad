"""The market's own truth: every change since its start, whoever was listening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.events import korean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jogeon.simulator.market import Change

FIELDS = ("seq", "name", "code", "kind", "time", "at")


class Truth:
    """A log of changes, numbered from 1 without holes."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, ...]] = []  # plain tuples of shared strings: there may be millions

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, changes: Iterable[Change], at_ns: int) -> None:
        """Append changes that happened at one moment, in nanoseconds since 1970."""
        at = korean(at_ns).isoformat(timespec="microseconds")
        self._rows += [(each.seq, each.name, each.code, each.kind, each.time, at) for each in changes]

    def since(self, n: int) -> list[dict[str, object]]:
        """Return the changes after number `n`, each with its own number."""
        rows = enumerate(self._rows[n:], n + 1)
        return [{"n": number} | dict(zip(FIELDS, row, strict=True)) for number, row in rows]
