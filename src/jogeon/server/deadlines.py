"""The times of a peer: one deadline (its login, the echo of a PING, the answer to a close) and its heartbeat."""

import asyncio
from collections.abc import Callable


class Deadlines:
    """One deadline at a time, and a heartbeat. While `frozen()` holds the server's clocks stand still."""

    def __init__(self, loop: asyncio.AbstractEventLoop, frozen: Callable[[], bool]) -> None:
        self._loop = loop
        self._frozen = frozen
        self._deadline: asyncio.TimerHandle | None = None
        self._heartbeat: asyncio.TimerHandle | None = None

    @property
    def armed(self) -> bool:
        """Whether a deadline runs."""
        return self._deadline is not None

    def arm(self, seconds: float, late: Callable[[], None]) -> None:
        """Call `late` in `seconds`; a deadline that falls into a freeze begins anew."""

        def passed() -> None:
            if self._frozen():
                self.arm(seconds, late)
            else:
                late()

        self._deadline = self._loop.call_later(seconds, passed)

    def arm_last(self, seconds: float, end: Callable[[], None]) -> None:
        """Call `end` in `seconds`, frozen or not."""
        self._deadline = self._loop.call_later(seconds, end)

    def disarm(self) -> None:
        """Cancel the deadline, if one runs."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def beat(self, seconds: float, ping: Callable[[], None]) -> None:
        """Call `ping` every so many seconds from now on, but not in a freeze."""

        def due() -> None:
            self.beat(seconds, ping)  # first: a ping that finds no room ends the peer, and its heartbeat
            if not self._frozen():
                ping()

        self._heartbeat = self._loop.call_later(seconds, due)

    def stop(self) -> None:
        """Cancel all."""
        self.disarm()
        if self._heartbeat is not None:
            self._heartbeat.cancel()
