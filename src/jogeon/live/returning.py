"""When to log in again after an outage, and after which one not to: what came before counts. No I/O, no clock."""

import math
from collections.abc import Callable, Iterable

from jogeon.errors import JogeonError, SessionTaken
from jogeon.live.retry import LIFE, SLOW_RETRY, Verdict, delays, verdict

OWN_LOGIN = 120.0
"""Seconds in which a LOGIN that was given up may still take the session: a broker that hung reads it late."""


class Returning:
    """The pauses before the logins of one client; `now` is monotonic seconds, `uniform(a, b)` draws between them.

    `taken_pauses` are those after the session was taken; `on_taken` is told of it.
    """

    def __init__(
        self,
        uniform: Callable[[float, float], float],
        taken_pauses: Iterable[float],
        on_taken: Callable[[SessionTaken], None],
    ) -> None:
        self._uniform = uniform
        self._delays = delays(uniform)
        self._taken_pauses = iter(taken_pauses)
        self._on_taken = on_taken
        self._given_up = -math.inf
        """When a LOGIN was given up last that was not answered."""

    def lived(self, seconds: float) -> bool:
        """Note how long a session that worked has lived; return whether that was long enough to begin anew."""
        if seconds >= LIFE:
            self._delays = delays(self._uniform)
        return seconds >= LIFE

    def gave_up(self, now: float) -> None:
        """Note that a LOGIN was not answered."""
        self._given_up = now

    def pause(self, cause: JogeonError, now: float) -> float:
        """Return how long to wait before the next login, or raise the cause if a person must act first."""
        if isinstance(cause, SessionTaken):
            return self._pause_taken(cause, now)
        match verdict(cause):
            case Verdict.RETRY:
                return next(self._delays)
            case Verdict.SLOW:
                return self._uniform(*SLOW_RETRY)
        raise cause

    def _pause_taken(self, cause: SessionTaken, now: float) -> float:
        """Return soon if a LOGIN of ours that was given up may have taken the session; each can do so once."""
        given_up, self._given_up = self._given_up, -math.inf
        if now - given_up <= OWN_LOGIN:
            return next(self._delays)
        self._on_taken(cause)
        pause = next(self._taken_pauses, None)
        if pause is None:
            raise cause
        return pause
