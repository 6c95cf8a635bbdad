"""A wall clock that is set back (NTP, a person): what was noted by the old time is told by the time of now. No I/O.

Otherwise a mark would lie in the future for an hour: a gap that begins there would have no length, and a push that is
seconds old would excuse what is missed until then.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from jogeon.gaps import Blind


class SetBack(Struct, frozen=True):
    """That the clock was set back by `by_ns` between two moments, `since_ns` and `until_ns` by the time of now."""

    by_ns: int
    since_ns: int
    until_ns: int

    def moved(self, mark_ns: int) -> int:
        """Return a mark by the time of now; one between the two moments may be of now already, and stays. 0 is none."""
        return mark_ns if not mark_ns or self.since_ns <= mark_ns <= self.until_ns else mark_ns - self.by_ns

    def maybe(self, mark_ns: int | None) -> int | None:
        """Return as `moved` what may be no mark at all."""
        return None if mark_ns is None else self.moved(mark_ns)

    def blind(self, blind: Blind | None) -> Blind | None:
        """Return a blind stretch that began by the old time."""
        return None if blind is None else replace(blind, since_ns=self.moved(blind.since_ns))

    def all(self, marks: Mapping[str, int]) -> dict[str, int]:
        """Return marks of stocks."""
        return {code: self.moved(mark_ns) for code, mark_ns in marks.items()}


class SetBacks:
    """How often the clock was set back while something waited that bears the old time."""

    def __init__(self) -> None:
        self._all: list[SetBack] = []

    def note(self, back: SetBack) -> None:
        """Note that the clock was set back."""
        self._all.append(back)

    def by_now(self, mark_ns: int, now_ns: int) -> int:
        """Return a mark; one that lies in the future, because the clock was set back since, by the time of now."""
        for back in reversed(self._all):
            if mark_ns > now_ns:
                mark_ns -= back.by_ns
        return min(mark_ns, now_ns)
