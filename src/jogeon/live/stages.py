"""The stages of one wanted condition on a connection, as a table. No I/O.

A condition is WAITING until it may be asked for, MISSING while the list does not show it (or shows its name twice),
CLEARING while its CNSRCLR is in flight, ASKED while its CNSRREQ is, ACTIVE once it is answered, and JUDGING for three
seconds when a recheck differed from what was known.
"""

from collections.abc import Mapping
from enum import Enum, auto


class Stage(Enum):
    """What this connection has of a wanted condition."""

    WAITING = auto()
    MISSING = auto()
    CLEARING = auto()
    ASKED = auto()
    ACTIVE = auto()
    JUDGING = auto()


class Step(Enum):
    """What happens to it."""

    CLEAR = auto()
    """CNSRCLR is sent, because the server may hold a registration."""
    CLEARED = auto()
    REGISTER = auto()
    """CNSRREQ is sent."""
    SHOWN = auto()
    """Its answer came, late ones included."""
    DIFFERED = auto()
    """The answer of a recheck differs from what is known."""
    JUDGED = auto()
    REPEAT = auto()
    """To be asked once more: it was registered already, the rate was too high, or an answer needs confirmation."""
    FAILED = auto()
    """Refused, unreadable, or not answered in time."""
    VANISHED = auto()
    FOUND = auto()
    """On the list again, or under another seq; or the connection is another."""


_T, _S = Stage, Step
_ALWAYS = {_S.VANISHED: _T.MISSING, _S.FOUND: _T.WAITING}
STAGES: Mapping[Stage, Mapping[Step, Stage]] = {
    _T.WAITING: {
        **_ALWAYS,
        _S.CLEAR: _T.CLEARING,
        _S.REGISTER: _T.ASKED,
        _S.SHOWN: _T.ACTIVE,  # late: the reply to the last CNSRREQ, and nothing was sent since
        _S.DIFFERED: _T.JUDGING,
        _S.REPEAT: _T.WAITING,
    },
    _T.MISSING: {_S.FOUND: _T.WAITING},
    _T.CLEARING: {**_ALWAYS, _S.CLEARED: _T.WAITING, _S.REPEAT: _T.WAITING, _S.FAILED: _T.WAITING},
    _T.ASKED: {
        **_ALWAYS,
        _S.SHOWN: _T.ACTIVE,
        _S.DIFFERED: _T.JUDGING,
        _S.REPEAT: _T.WAITING,
        _S.FAILED: _T.WAITING,
    },
    _T.ACTIVE: {**_ALWAYS, _S.CLEAR: _T.CLEARING},
    _T.JUDGING: {**_ALWAYS, _S.JUDGED: _T.ACTIVE},
}
"""Which step is possible at which stage, and the stage it leads to."""

SETTLING = frozenset({Step.SHOWN, Step.FAILED, Step.VANISHED})
"""Steps after which it is known what becomes of a wish."""

REGISTERED = frozenset({Stage.ACTIVE, Stage.JUDGING})
"""Stages at which the server is known to push."""
