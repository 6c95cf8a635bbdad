"""Searches that several programs share, and who waits for which. No I/O; the clock is an argument.

A search of one condition is asked for once: whoever wants it while it is in flight, or within FRESH seconds after, gets
the same stocks. Several are served round robin, so that no program keeps the others waiting; who would wait longer than
PATIENCE is refused.
"""

from collections import deque
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from jogeon.events import Condition, Exchange, Stock

C = TypeVar("C")

FRESH = 2.0
"""Seconds for which the stocks of a search serve whoever asks."""
PATIENCE = 4.0
"""Seconds that a program waits for a search at most."""

What = tuple[Condition, Exchange]


class Searches(Generic[C]):
    """The searches of all programs below; `C` is a request that waits for one."""

    def __init__(self) -> None:
        self._waiting: dict[What, deque[tuple[float, C]]] = {}
        """For each search since when who waits for it does, and under which request."""
        self._turns: dict[Hashable, deque[What]] = {}
        """For each program what it was first to wish for, programs in the order of their turns."""
        self._flying: What | None = None
        self._found: dict[What, tuple[float, Sequence[Stock]]] = {}

    def ask(self, request: C, owner: Hashable, what: What, now: float) -> Sequence[Stock] | None:
        """Return the stocks if they are fresh; else note that a request waits for them; `owner` is whose it is."""
        found = self._found.get(what)
        if found is not None and now - found[0] <= FRESH:
            return found[1]
        if what not in self._waiting:
            self._waiting[what] = deque()
            self._turns.setdefault(owner, deque()).append(what)
        self._waiting[what].append((now, request))
        return None

    def next(self) -> What | None:
        """Return what to search for now, None while a search is in flight or nobody waits for one."""
        if self._flying is not None or not self._turns:
            return None
        owner = next(iter(self._turns))
        turns = self._turns.pop(owner)
        self._flying = turns.popleft()
        if turns:
            self._turns[owner] = turns  # behind the others
        return self._flying

    def found(self, stocks: Sequence[Stock], now: float) -> list[C]:
        """Take the stocks of the search in flight; return the requests that waited for them."""
        if self._flying is None:
            return []
        self._found = {what: each for what, each in self._found.items() if now - each[0] <= FRESH}
        self._found[self._flying] = (now, stocks)
        return self.failed()

    def failed(self) -> list[C]:
        """End the search in flight; return the requests that waited for it."""
        what, self._flying = self._flying, None
        return [] if what is None else [request for _, request in self._waiting.pop(what, ())]

    def late(self, now: float) -> list[C]:
        """Take out the requests that have waited for PATIENCE; a search that nobody waits for is not begun."""
        late: list[C] = []
        for what, waiting in list(self._waiting.items()):
            while waiting and waiting[0][0] + PATIENCE <= now:
                late.append(waiting.popleft()[1])
            if not waiting and what != self._flying:
                self._forget(what)
        return late

    def next_late(self) -> float | None:
        """Return when a request will have waited for too long, None if none waits."""
        return min((waiting[0][0] + PATIENCE for waiting in self._waiting.values() if waiting), default=None)

    def _forget(self, what: What) -> None:
        del self._waiting[what]
        for owner, turns in list(self._turns.items()):
            if what in turns:
                turns.remove(what)
            if not turns:
                del self._turns[owner]
