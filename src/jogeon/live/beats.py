"""The beats of the loop: whether this program runs, and how long it has lived."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from jogeon.live.listening import BEAT, Life


class OnBeat(Protocol):
    """What is called at each beat."""

    def __call__(self, *, stalled: bool) -> None:
        """Take note; `stalled`: the program did not run for a while before this beat."""


class Beats:
    """Calls `on_beat` every BEAT seconds while it is started; `wall` is nanoseconds since 1970."""

    def __init__(self, wall: Callable[[], int], on_beat: OnBeat) -> None:
        self._loop = asyncio.get_running_loop()
        self._wall = wall
        self._on_beat = on_beat
        self._life = Life(self._loop.time(), wall())
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Beat now, and from now on."""
        self._on_beat(stalled=self._life.beat(self._loop.time(), self._wall()))
        self._next = self._loop.call_later(BEAT, self.start)

    def stop(self) -> None:
        """Beat no longer."""
        if self._next is not None:
            self._next.cancel()

    def lived(self) -> float:
        """Return the seconds this program has run: what patience is measured in."""
        return self._life.lived(self._loop.time())
