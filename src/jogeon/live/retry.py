"""What to do after an error, and how long to wait: pure functions of the error and of a clock passed in."""

from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum, auto

from jogeon.errors import (
    ConnectionLost,
    CouldNotConnect,
    JogeonError,
    LoginRefused,
    RemoteProtocolError,
    RequestRefused,
    RequestTimeout,
    TokenRefused,
)

FIRST_RETRY = 0.5
LONGEST_RETRY = 30.0
SLOW_RETRY = (15.0, 60.0)
LIFE = 10.0
"""Seconds a session must live before the delays start again."""

AGAINST_KEYS = frozenset({"8001", "8002", "8011", "8012", "8020", "8030", "8104", "8200"})
"""Codes against the keys or the account themselves: no time will cure them, a person must act (wire.md section 5)."""


class Verdict(Enum):
    """RETRY soon, SLOW: retry with long pauses, FATAL: a person must act."""

    RETRY = auto()
    SLOW = auto()
    FATAL = auto()


def verdict(error: JogeonError) -> Verdict:
    """Return whether the outage of a session that worked is worth another try.

    Close 1000 is an outage like any other, and so is a refusal that is not against the keys: maintenance, too many
    requests, a changed address all pass.
    """
    match error:
        case CouldNotConnect(reason="tls") | RequestRefused():
            return Verdict.SLOW
        case CouldNotConnect() | ConnectionLost() | RequestTimeout() | RemoteProtocolError():
            return Verdict.RETRY
        case LoginRefused(code=code) | TokenRefused(code=code) if code not in AGAINST_KEYS:
            return Verdict.SLOW
    return Verdict.FATAL


def delays(uniform: Callable[[float, float], float]) -> Iterator[float]:
    """Yield the seconds to wait before each retry: the first within FIRST_RETRY, then full jitter up to LONGEST_RETRY.

    `uniform(a, b)` draws between a and b. Full jitter keeps many clients from returning in step after an outage.
    """
    yield uniform(0.0, FIRST_RETRY)
    ceiling = 1.0
    while True:
        yield uniform(0.0, ceiling)
        ceiling = min(ceiling * 2, LONGEST_RETRY)


class Pace:
    """At most `limit` requests in any `per` seconds (0: any number); the older interface of the broker allowed 5."""

    def __init__(self, limit: int = 5, per: float = 1.0) -> None:
        self._per = per
        self._sent: deque[float] = deque(maxlen=limit)

    def delay(self, now: float) -> float:
        """Return how long the next request must wait."""
        if not self._sent or len(self._sent) < (self._sent.maxlen or 0):
            return 0.0
        return max(0.0, self._sent[0] + self._per - now)

    def sent(self, now: float) -> None:
        """Note a request."""
        self._sent.append(now)


class Patience:
    """How long to wait for a reply: as long as replies take here, with a margin; from 5 to 30 seconds."""

    least = 5.0
    most = 30.0

    def __init__(self, remembered: int = 20) -> None:
        self._took: deque[float] = deque(maxlen=remembered)

    def took(self, seconds: float) -> None:
        """Note how long a reply took, or how long one was waited for in vain."""
        self._took.append(seconds)

    @property
    def seconds(self) -> float:
        """Twice the slowest of the last replies, within the bounds."""
        return min(self.most, max(self.least, 2 * max(self._took, default=0.0)))


class Liveness:
    """When silence becomes suspicious: the only sign of life the broker promises is its own PING.

    Until two PINGs were heard their interval is taken as `unknown`; afterwards `patience` times the longest of the last
    intervals, and at least `least` seconds, of silence call for a probe (CNSRLST).
    """

    def __init__(self, *, unknown: float = 45.0, least: float = 5.0, patience: float = 2.5) -> None:
        self._unknown = unknown
        self._least = least
        self._patience = patience
        self._last_ping: float | None = None
        self._intervals: deque[float] = deque(maxlen=8)

    def begin(self) -> None:
        """Begin a connection: the time since a PING of the last one is not an interval."""
        self._last_ping = None

    def ping(self, now: float) -> None:
        """Note a PING; an interval counts as `unknown` at most."""
        if self._last_ping is not None:
            self._intervals.append(min(self._unknown, now - self._last_ping))
        self._last_ping = now

    @property
    def bound(self) -> float:
        """Seconds of complete silence after which to probe."""
        if not self._intervals:
            return self._unknown
        return min(self._unknown, max(self._least, self._patience * max(self._intervals)))
