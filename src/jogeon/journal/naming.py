"""What the stocks of a journal were called, and when. No I/O, clock or thread."""

from bisect import bisect_right
from collections.abc import Iterable

EVER = (-(2**63), 2**63 - 1)


class Names:
    """The names that a journal holds: rows (code, from when, name)."""

    def __init__(self, rows: Iterable[tuple[str, int, str]]) -> None:
        self._names: dict[str, list[tuple[int, str]]] = {}
        for code, since_ns, name in sorted(rows):
            self._names.setdefault(code, []).append((since_ns, name))
        self._changes = sorted({since_ns for named in self._names.values() for since_ns, _ in named[1:]})

    def at(self, code: str | None, at_ns: int) -> str | None:
        """Return what a stock was called at a moment; before the first name that was seen, it bears that one."""
        named = self._names.get(code or "")
        if named is None:
            return None
        return named[max(0, bisect_right(named, at_ns, key=lambda each: each[0]) - 1)][1]

    def of(self, codes: Iterable[str], at_ns: int) -> dict[str, str]:
        """Return the names of those stocks that have one."""
        found = ((code, self.at(code, at_ns)) for code in codes)
        return {code: name for code, name in found if name is not None}

    @property
    def codes(self) -> list[str]:
        """The stocks that have a name, sorted."""
        return sorted(self._names)

    def steady(self, at_ns: int) -> range:
        """Return the moments round this one in which every stock is called the same."""
        place = bisect_right(self._changes, at_ns)
        start = self._changes[place - 1] if place else EVER[0]
        return range(start, self._changes[place] if place < len(self._changes) else EVER[1])
