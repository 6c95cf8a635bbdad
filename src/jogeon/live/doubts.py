"""What speaks against the picture of one condition, since when, and how soon that may be looked into. No I/O, no clock.

A recheck settles what was doubted when it began. What is doubted while it is under way waits for the one after it.
"""

import math

from jogeon.gaps import Blind, earliest
from jogeon.live.setback import SetBack

DOUBT_FLOOR = 60.0
"""Seconds between two rechecks of a condition for doubt, whatever the broker sends."""


class Doubts:
    """What is doubted of one condition. `now` is monotonic seconds; `at_ns`, the wall clock, only stamps."""

    def __init__(self) -> None:
        self.confirmed_ns: int | None = None
        """When it was last so for certain that its seq is its own: by a list, or by the answer that began a picture."""
        self._floor = -math.inf
        """Before when nothing is rechecked for doubt."""
        self.forget()

    def forget(self, *, later: Blind | None = None) -> None:
        """Forget all but what is doubted `later`: the rest is settled, or part of a blind stretch by now."""
        self.rechecking = False
        """Whether a recheck is under way."""
        self.present: Blind | None = None
        """What the next recheck settles, or the one that is under way."""
        self.later = later
        """What came up meanwhile, for the recheck after it."""
        self._cleared_ns: int | None = None
        """When the recheck that is under way began: from then on nothing may be pushed."""

    # ------------------------------------------------------------ what is doubted, and when to recheck

    def add(self, doubt: Blind) -> float:
        """Doubt a picture that nothing is under way for; return from when on it may be rechecked."""
        self.present = earliest(self.present, doubt)
        return self._floor

    def add_later(self, doubt: Blind) -> None:
        """Doubt what the request that is under way, or due, will show."""
        self.later = earliest(self.later, doubt)

    def hurry(self) -> None:
        """Recheck at once: it is known that nothing is pushed, which is more than a doubt."""
        self._floor = -math.inf

    def recheck(self, now: float, at_ns: int) -> None:
        """Note that a recheck begins."""
        self.rechecking, self._cleared_ns = True, at_ns
        if self.present is not None:
            self._floor = now + DOUBT_FLOOR

    def told(self, asked_ns: int) -> None:
        """Note that all is told of until a snapshot that was asked for at a moment: what waits is open since then."""
        if self.later is not None:
            since_ns = max(self.later.since_ns, asked_ns)
            self.later = Blind(since_ns, self.later.cause, self.later.detail, proven=self.later.proven)

    def settled(self, now: float) -> float | None:
        """Note that a recheck has settled what it could; return when to make the next for doubt, None without one."""
        self._cleared_ns = None
        self.present, self.later = self.later, None
        return None if self.present is None else max(now, self._floor)

    def set_back(self, back: SetBack) -> None:
        """Note that the wall clock was set back."""
        self.confirmed_ns, self._cleared_ns = back.maybe(self.confirmed_ns), back.maybe(self._cleared_ns)
        self.present, self.later = back.blind(self.present), back.blind(self.later)

    # ------------------------------------------------------------ since when

    def first(self) -> Blind | None:
        """Return since when the picture may be wrong, None if nothing speaks against it."""
        cleared = None if self._cleared_ns is None else Blind(self._cleared_ns, "drift", "")
        return earliest(earliest(self.present, self.later), cleared)

    def since(self, heard_ns: int) -> int:
        """Return since when a registration that ends may have been blind; `heard_ns` at the latest."""
        doubt = self.first()
        return heard_ns if doubt is None else min(doubt.since_ns, heard_ns)

    def own_since(self, at_ns: int) -> int:
        """Return since when what was heard under its seq may be another's."""
        since_ns = self.since(at_ns)
        return since_ns if self.confirmed_ns is None else min(since_ns, self.confirmed_ns)
