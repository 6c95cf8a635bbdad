"""The beats of the loop: whether this program runs, and how long it has lived."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from jogeon.live.listening import BEAT, Life

if TYPE_CHECKING:
    from jogeon.live.setback import SetBack


logger = logging.getLogger("jogeon.supervisor")


class OnBeat(Protocol):
    """What is called at each beat."""

    def __call__(self, *, stalled: bool, back: "SetBack | None") -> None:
        """Take note; `stalled`: the program did not run for a while before this beat; `back`: the clock was set so."""


class Beats:
    """Calls `on_beat` every BEAT seconds while it is started; `wall` is nanoseconds since 1970.

    Those in `on_set_back` are called first if the wall clock was set back since the last beat.
    """

    def __init__(self, wall: Callable[[], int], on_beat: OnBeat) -> None:
        self.on_set_back: list[Callable[[SetBack], object]] = []
        self._loop = asyncio.get_running_loop()
        self._wall = wall
        self._on_beat = on_beat
        self._life = Life(self._loop.time(), wall())
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Beat now, and from now on."""
        stalled = self._life.beat(self._loop.time(), self._wall())
        back = self._life.set_back
        if back is not None:
            logger.warning("the clock was set back by %.1f s", back.by_ns / 1e9)
            for take in self.on_set_back:
                take(back)
        self._on_beat(stalled=stalled, back=back)
        self._next = self._loop.call_later(BEAT, self.start)

    def stop(self) -> None:
        """Beat no longer."""
        if self._next is not None:
            self._next.cancel()

    def lived(self) -> float:
        """Return the seconds this program has run: what patience is measured in."""
        return self._life.lived(self._loop.time())
