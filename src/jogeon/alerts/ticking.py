"""Lets the stream's time pass while a dwell waits: the clock only wakes, the journal's ticks decide."""

import asyncio
from collections.abc import Callable

from jogeon.alerts.deciding import Decider
from jogeon.journal.beside import Tick
from jogeon.journal.writer import Journal

RETRY = 0.1
"""Seconds between looks whether the picture of a condition is right up to what is due by now."""
LOST = 2.0
"""Seconds after which a tick that did not come back is made again."""


class Ticker:
    """Puts ticks into a journal when a dwell is over; for one event loop."""

    def __init__(self, journal: Journal, wall: Callable[[], int]) -> None:
        self._journal = journal
        self._wall = wall
        self._news = asyncio.Event()
        self._made: dict[str, tuple[int, float]] = {}
        """By condition, up to when it was ticked last, and when that was."""

    def look(self) -> None:
        """Look anew: what waits has changed."""
        self._news.set()

    async def run(self, decider: Callable[[], Decider]) -> None:
        """Tick for what waits in a decider, until cancelled."""
        while True:
            self._news.clear()
            pause = self._tick(decider())
            try:
                async with asyncio.timeout(pause):
                    await self._news.wait()
                await asyncio.sleep(RETRY / 10)  # what comes in a burst is looked at once
            except TimeoutError:
                pass

    def _tick(self, decider: Decider) -> float | None:
        """Tick each condition in which a dwell is over; return the seconds until the next look, None for no need."""
        now_ns, now = self._wall(), asyncio.get_running_loop().time()
        waiting = {name: due for name, due in decider.waiting().items() if not self._is_under_way(name, due, now)}
        due = {name for name, due_ns in waiting.items() if due_ns <= now_ns}
        if due:
            rights = self._journal.rights()
            ticks = [
                Tick(condition, right.at_ns)
                for condition, right in rights.items()
                if condition.name in due and right.at_ns >= waiting[condition.name]
            ]
            if ticks:
                self._made |= {tick.condition.name: (tick.right_ns, now) for tick in ticks}
                self._journal.tick(ticks)
        left = [max(RETRY, (due_ns - now_ns) / 1e9) for due_ns in waiting.values()]
        return min(left, default=LOST if decider.waiting() else None)

    def _is_under_way(self, name: str, due_ns: int, now: float) -> bool:
        right_ns, made_at = self._made.get(name, (0, 0.0))
        return right_ns >= due_ns and now - made_at < LOST
