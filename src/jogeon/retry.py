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

STALE_TOKEN_CODES = frozenset({"8005", "8031", "8103"})
"""Codes after which a freshly issued token is worth one more try."""

_SLOW_TOKEN_CODES = frozenset({"1700", "429", "5", "8040", "8050"})


class Verdict(Enum):
    """RETRY soon, SLOW: retry with long pauses, FATAL: a person must act."""

    RETRY = auto()
    SLOW = auto()
    FATAL = auto()


def verdict(error: JogeonError) -> Verdict:
    """Return whether an outage with this cause is worth another try. Close 1000 is an outage like any other."""
    match error:
        case CouldNotConnect(reason="tls") | RequestRefused():
            return Verdict.SLOW
        case CouldNotConnect() | ConnectionLost() | RequestTimeout() | RemoteProtocolError():
            return Verdict.RETRY
        case LoginRefused(code=code) if code in STALE_TOKEN_CODES:
            return Verdict.SLOW
        case TokenRefused(code=code) if code in _SLOW_TOKEN_CODES:
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


class Liveness:
    """When silence becomes suspicious: the only sign of life the broker promises is its own PING.

    Until two PINGs were heard their interval is taken as `unknown`; afterwards `patience` longest intervals of
    silence, and at least `least` seconds, call for a probe (CNSRLST); a probe unanswered means the peer is gone.
    """

    def __init__(self, *, unknown: float = 45.0, least: float = 5.0, patience: float = 2.5) -> None:
        self._unknown = unknown
        self._least = least
        self._patience = patience
        self._last_ping: float | None = None
        self._interval = 0.0

    def begin(self) -> None:
        """Begin a connection: the time since a PING of the last one is no interval."""
        self._last_ping = None

    def ping(self, now: float) -> None:
        """Note a PING; the longest interval seen counts, at most `unknown`."""
        if self._last_ping is not None:
            self._interval = min(self._unknown, max(self._interval, now - self._last_ping))
        self._last_ping = now

    @property
    def bound(self) -> float:
        """Seconds of complete silence after which to probe."""
        if not self._interval:
            return self._unknown
        return min(self._unknown, max(self._least, self._patience * self._interval))
