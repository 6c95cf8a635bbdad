"""The attempts to register one condition on one connection: what was sent, how it went, when to try again. No I/O.

Nothing of it outlives its connection.
"""

import math
from collections.abc import Collection, Iterable

from jogeon.errors import JogeonError, RemoteProtocolError, RequestRefused, RequestTimeout
from jogeon.live import debts
from jogeon.live.listing import LONGEST_DOUBLING
from jogeon.live.setback import SetBack
from jogeon.reports import Report
from jogeon.wire import messages
from jogeon.wire.messages import Answer, Malformed, Refusal, Register, Registered

CURE_PAUSE = 0.3
"""Seconds between the CNSRCLR and the CNSRREQ that cure 900003."""
UNANSWERED_PAUSE = (5.0, 60.0)
"""First and longest pause between attempts to register a condition that is not answered."""
WORDS_PAUSE = 1.5
"""Seconds after which a failure told in words beside code 0 was seen cured by asking once more."""
BUSY_PAUSE = 1.0
"""Seconds after a refusal for the rate of requests: about one a second is what the broker allows for each TR."""
TRIES = 3
"""Refusals in a row that may pass before a condition counts as refused, and a request of the user fails."""
HOPELESS_AFTER = 3
"""Unanswered attempts after which a connection that still owes a reply is no good for this condition."""


class Attempts:
    """What was tried. `failures` in a row are counted; `error` is the last, None once it is registered."""

    def __init__(self) -> None:
        self.failures = 0
        self.error: JogeonError | None = None
        self.held = False
        """Whether the server may hold a registration, so that a CNSRCLR goes before the next CNSRREQ."""
        self.stopped = False
        """Whether a CNSRCLR was sent for it."""
        self._begun = False
        """Whether anything was sent."""
        self._presumed = False
        """Whether `held` is only what the silence that met another condition suggests."""
        self._asked: Register | None = None
        """The CNSRREQ sent last, itself: others that are equal may be owed, too."""
        self._asked_ns: int | None = None
        """When the oldest CNSRREQ was sent whose reply the next one may be."""
        self._overdue = False
        """Whether that timed out and nothing was sent since: a reply to it is its answer yet."""
        self._owed = 0
        """How many CNSRREQ timed out whose replies may yet come, each in the place of the reply to a later one."""
        self._owed_until = -math.inf
        """Until when they may come."""
        self._cured = self._confirming = False
        self._passing = 0

    @property
    def hopeless(self) -> bool:
        """Whether it went unanswered so often that only another connection can help, if this one owes a reply."""
        return self.failures >= HOPELESS_AFTER and isinstance(self.error, RequestTimeout)

    @property
    def asked(self) -> bool:
        """Whether a CNSRREQ was sent for it."""
        return self._asked is not None

    def sent(self, request: Register | None, at_ns: int) -> None:
        """Note what is sent: a CNSRREQ, or a CNSRCLR (None)."""
        self._begun, self._overdue = True, False
        if request is not None and not self._owed:
            self._asked_ns = at_ns
        if request is None:
            self.stopped = True
        else:
            self.held, self._asked = True, request

    def presume(self, *, held: bool) -> None:
        """Take it that the server holds a registration, or that it holds none, unless something was sent already."""
        if not self._begun:
            self.held = self._presumed = held

    def cleared(self) -> float:
        """Note that the server holds no registration; return the seconds until the CNSRREQ."""
        self.held = self._presumed = False
        return CURE_PAUSE if self._cured or self.failures else 0.0

    def again(self, answer: Answer, known: Collection[str]) -> float | None:
        """Return the seconds after which to ask once more, None if an answer stands; `known` are the members so far."""
        match answer:
            case Registered(codes, oddities, named, repeated, paged):
                # it may be another reply, come twice; or a member may be unreadable
                nobodys = known and not codes and not named
                outdated = repeated and (self.failures > 0 or set(codes) != set(known))
                unsure = oddities or nobodys or outdated or paged
                if unsure and not self._confirming:
                    self._confirming = True
                    return 0.0
            case Refusal(code=messages.ALREADY_REGISTERED) if not self._cured:
                self._cured = True
                return 0.0
            case Refusal(code, text) if answer.passes and self._passing < TRIES:
                self._passing += 1
                self.held = False
                self.error = RequestRefused(Register.trnm, code=code, text=text)
                return BUSY_PAUSE if answer.busy else WORDS_PAUSE
        return None

    def shown_since(self, at_ns: int) -> int:
        """Return from when on what an answer shows that came at a moment may be outdated."""
        return at_ns if self._asked_ns is None else min(self._asked_ns, at_ns)

    def set_back(self, back: SetBack) -> None:
        """Note that the wall clock was set back."""
        self._asked_ns = back.maybe(self._asked_ns)

    def succeeded(self, now: float) -> bool:
        """Note that it is registered; return whether the answer may be the reply to an older request.

        Then the newer one may be lost, and nothing would be pushed. The first answer after a silence may be, and each
        after it while a reply is owed that may yet come: the first may well have been the newer one's own.
        """
        owed = self._owed > 0 and (self.failures > 0 or now < self._owed_until)
        if not owed:
            self._owed = 0
        self.failures, self.error = 0, None
        self._cured = self._confirming = False
        self._passing = 0
        return owed

    def failed(self, error: JogeonError, now: float, *, overdue: bool) -> float:
        """Note that it was refused or not answered; return the seconds until the next attempt.

        `overdue`: the reply to the CNSRREQ that timed out is its answer yet.
        """
        first, longest = UNANSWERED_PAUSE
        pause = min(longest, first * 2.0 ** min(self.failures, LONGEST_DOUBLING))
        self.failures += 1
        self.error = error
        self.held, self._presumed = not self._presumed, False  # a stop of what is not registered may go unanswered
        self._overdue = overdue
        if overdue:
            self._owed, self._owed_until = self._owed + 1, now + debts.LONGEST
        self._cured = False
        self._confirming = self._confirming and isinstance(error, RequestRefused)  # which is no second answer
        self._passing = 0
        return pause

    def takes_late(self, request: Register, answer: Answer) -> bool:
        """Tell whether a reply that came after its time is the answer yet: if nothing was sent since."""
        self._owed = max(0, self._owed - 1)
        takes = self._overdue and request is self._asked and isinstance(answer, Registered) and answer.named
        if takes:
            self._overdue = False
        return takes


class Silences:
    """Whether on each new connection a CNSRREQ that no CNSRCLR went before meets silence.

    So it is where registrations outlive their connection and a second one is not answered. That one reply stays owed to
    the end of the connection; while it is, an empty reply that names no condition says nothing, on this connection and
    on the next, where it is the same. So after MANY such connections one begins with CNSRCLR.
    """

    MANY = 2

    def __init__(self) -> None:
        self._met = False
        self._many = 0

    @property
    def expected(self) -> bool:
        """Whether the next connection is to begin with CNSRCLR."""
        return self._many >= self.MANY

    def met(self, *, by_stop: bool) -> None:
        """Note that the first request for a condition met silence.

        `by_stop`: it was a CNSRCLR, which is no help then, if it was sent because silence was expected.
        """
        if not by_stop:
            self._met = True
        elif self.expected:
            self._met, self._many = False, 0

    def broken(self) -> None:
        """Note that the answer came after all."""
        self._met = False

    def lost(self) -> None:
        """Note the end of a connection."""
        if not self.expected:
            self._many = self._many + 1 if self._met else 0
        self._met = False


def presume_held(attempts: Iterable[Attempts], *, held: bool) -> None:
    """After a CNSRREQ that was not answered, let a CNSRCLR go before the first of others; not if it was only late.

    Two things that are not known of the broker may both be true: registrations outlive their connection, and a second
    one of a condition meets silence. Then each would cost its patience, which doubles, before any is tried otherwise.
    """
    for each in attempts:
        each.presume(held=held)


def failure_of(answer: Refusal | Malformed) -> JogeonError:
    """Return the error for an answer that registers nothing."""
    if isinstance(answer, Refusal):
        return RequestRefused(Register.trnm, code=answer.code, text=answer.text)
    return RemoteProtocolError(Report("unreadable reply", name=Register.trnm, text=answer.reason))
