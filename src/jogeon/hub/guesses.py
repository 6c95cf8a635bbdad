"""Wrong tokens and keys: who presents many of them waits for each refusal. No I/O, no clock.

A secret has 256 random bits and is not found by guessing; this keeps the attempts, and what they cost, few.
"""

FREE = 5
"""Wrong ones in WITHIN that are refused at once: a program with an old token, a person who mistypes."""
WITHIN = 60.0
PAUSE = 2.0
"""Seconds until a further one is refused."""
MOST = 1_000
"""Hosts that are remembered; the one that was quiet longest goes first."""


class Guesses:
    """The wrong ones that each host presented lately."""

    def __init__(self) -> None:
        self._seen: dict[str, list[float]] = {}

    def wrong(self, host: str, now: float) -> float:
        """Note a wrong one of a host; return in how many seconds it may be refused."""
        seen = [at for at in self._seen.pop(host, ()) if now - at < WITHIN][-FREE:]
        self._seen[host] = [*seen, now]
        if len(self._seen) > MOST:
            del self._seen[next(iter(self._seen))]
        return 0.0 if len(seen) < FREE else PAUSE
