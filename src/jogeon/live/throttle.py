"""A call that is made soon after it was asked for, however often that was."""

import asyncio
from collections.abc import Callable


class Throttle:
    """Has a loop call `call` in its next turn, at most once in `seconds`; what is asked for in between waits."""

    def __init__(self, loop: asyncio.AbstractEventLoop, call: Callable[[], object], seconds: float) -> None:
        self._loop = loop
        self._call = call
        self._seconds = seconds
        self._not_before = 0.0
        self._asked = False

    def __call__(self) -> None:
        """Ask for the call."""
        if not self._asked:
            self._asked = True
            self._loop.call_at(max(self._not_before, self._loop.time()), self._make)

    def _make(self) -> None:
        self._asked, self._not_before = False, self._loop.time() + self._seconds
        self._call()
