"""Whether this program was listening, and how long it lived: a program that does not run hears nothing. No I/O.

A stall (SIGSTOP, a suspended laptop, a handler that blocks) is a beat of the loop that comes more than STALL seconds
after the one before, by the monotonic or by the wall clock: Linux's monotonic clock stands still in suspend. What
waited in the socket meanwhile is read afterwards and is not lost, but if the connection ends, nobody can tell since
when. So the listening mark stays where the stall began until a frame is read after the socket was found empty: at two
beats in a row between which little came. One empty look proves nothing while the broker holds back what did not fit
into the kernel's buffer: each time that is read empty, the next part is on its way.
"""

from collections.abc import Callable

from jogeon.live.setback import SetBack

BEAT = 0.25
"""Seconds between two beats of the loop."""
STALL = 0.5
"""Seconds between two beats that make a stall."""
STALL_NS = round(STALL * 1e9)
LITTLE = 32 * 1024
"""Bytes between two beats: half of what the kernel's buffer takes, so that a sender that waits for it sends more."""


class Life:
    """How long a program ran: stalls do not count, so that no patience runs out in one. `now` is monotonic seconds."""

    def __init__(self, now: float, at_ns: int) -> None:
        self.set_back: SetBack | None = None
        """That the wall clock was set back before the last beat, if it was."""
        self._lived = 0.0
        self._now = now
        self._at_ns = at_ns

    def beat(self, now: float, at_ns: int) -> bool:
        """Note a beat; return whether a stall ended with it."""
        step = now - self._now
        stalled = max(step, (at_ns - self._at_ns) / 1e9) > STALL
        self._lived += min(step, STALL) if stalled else step
        due_ns = self._at_ns + round(step * 1e9)
        back_ns = due_ns - at_ns
        since_ns = self._at_ns - back_ns
        self.set_back = SetBack(back_ns, since_ns, at_ns) if back_ns > STALL_NS else None
        self._now, self._at_ns = now, at_ns
        return stalled

    def lived(self, now: float) -> float:
        """Return the seconds lived so far."""
        return self._lived + min(now - self._now, STALL)


class Listening:
    """Until when one connection was listened to; `heard_ns` is when its last frame was read."""

    def __init__(self, at_ns: int) -> None:
        self._due_ns = at_ns + STALL_NS
        self._was_empty = False
        self._came = 0
        self._beat_ns = at_ns
        self._stalled_ns: int | None = None
        self._emptied_ns: int | None = None

    def beat(self, at_ns: int, heard_ns: int, *, stalled: bool, empty: Callable[[], bool]) -> int:
        """Note a beat of the loop; `empty` tells whether nothing waits in the socket. Returns `fresh_ns`."""
        if stalled:
            self._stall(min(self.mark(heard_ns), self._beat_ns))
        if self._stalled_ns is not None:
            if self._emptied_ns is not None and heard_ns > self._emptied_ns:
                self._stalled_ns = self._emptied_ns = None
            elif self._emptied_ns is None:
                self._look(at_ns, is_empty=empty())
        self._beat_ns = at_ns
        self._due_ns = at_ns + STALL_NS
        return self.fresh_ns

    def set_back(self, back: SetBack, heard_ns: int) -> int:
        """Note that the wall clock was set back; return `heard_ns` by the time of now."""
        self._beat_ns, self._due_ns = back.moved(self._beat_ns), back.moved(self._due_ns)
        self._stalled_ns, self._emptied_ns = back.maybe(self._stalled_ns), back.maybe(self._emptied_ns)
        return back.moved(heard_ns)

    def _look(self, at_ns: int, *, is_empty: bool) -> None:
        if is_empty and self._was_empty and self._came < LITTLE:
            self._emptied_ns = at_ns
        self._was_empty, self._came = is_empty, 0

    @property
    def fresh_ns(self) -> int:
        """Until when a frame is nothing to be told of: later, or while it is behind, it goes to `late`."""
        return 0 if self.behind else self._due_ns

    def late(self, at_ns: int, heard_ns: int, size: int) -> int:
        """Note a frame of so many bytes that is read after `fresh_ns`; return as `beat`.

        Before a beat that is overdue it was waiting while the program did not run.
        """
        if at_ns > self._due_ns:
            self._stall(self.mark(heard_ns))
            self._due_ns = at_ns + STALL_NS
        self._came += size
        return self.fresh_ns

    def _stall(self, mark_ns: int) -> None:
        self._stalled_ns, self._emptied_ns, self._was_empty = mark_ns, None, False

    @property
    def behind(self) -> bool:
        """Whether what waited during a stall is still being read."""
        return self._stalled_ns is not None and self._emptied_ns is None

    def mark(self, heard_ns: int) -> int:
        """Return the last moment at which the program was listening."""
        if self._stalled_ns is None or (self._emptied_ns is not None and heard_ns > self._emptied_ns):
            return heard_ns
        return self._stalled_ns
