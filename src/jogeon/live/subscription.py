"""The life of one wanted condition on the connections that come and go: one table, one fact. No I/O, no clock, no task.

The stages stand as a table in stages.py. A recheck takes an ACTIVE one through CLEARING and ASKED again; its picture
stays live meanwhile. `now` is monotonic seconds and decides when; `at_ns`, the wall clock, only stamps.
"""

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from jogeon.errors import JogeonError, RequestTimeout
from jogeon.events import Cause, Condition, Enter, Event, Exchange, Leave, NameOf, nameless
from jogeon.gaps import Blind
from jogeon.live.attempts import BUSY_PAUSE, Attempts, failure_of
from jogeon.live.doubts import Doubts
from jogeon.live.followed import Followed
from jogeon.live.membership import DRIFT_GRACE_NS
from jogeon.live.stages import REGISTERED, SETTLING, STAGES, Stage, Step
from jogeon.wire.messages import Answer, Clear, Malformed, Refusal, Register, Registered

GRACE = DRIFT_GRACE_NS / 1e9


class Pause(Protocol):
    """How long to wait before a recheck."""

    def __call__(self, subscription: "Subscription", *, first: bool) -> float:
        """Return the seconds until the next recheck of a condition, or its first one after a registration."""


class Subscription(Followed):
    """One wanted condition, bound to its name; to its seq as well where several conditions have the name.

    `attempts` is what this connection has of it, `doubts` what speaks against its picture. `settled`: its first
    registration was answered, refused or timed out.
    """

    def __init__(
        self,
        condition: Condition,
        exchange: Exchange,
        namesakes: frozenset[str],
        pause: Pause,
        wake: Callable[[], None],
        name_of: NameOf = nameless,
    ) -> None:
        self._pause = pause
        self._wake = wake
        super().__init__(condition, name_of, namesakes)
        self.exchange: Exchange = exchange
        self.membership.on_doubt = self._noted
        self.push = self.membership.push
        self.stage = Stage.WAITING
        self.due = 0.0
        self.settled = False
        self.attempts = Attempts()
        self.doubts = Doubts()

    def _begin(self) -> None:
        """Forget what the last connection had of it."""
        self.due = 0.0
        self.attempts = Attempts()
        self.doubts.forget()

    def _move(self, step: Step) -> None:
        self.stage = STAGES[self.stage][step]
        self.settled = self.settled or step in SETTLING

    @property
    def registered(self) -> bool:
        """Whether the server is known to push it."""
        return self.stage in REGISTERED

    # ------------------------------------------------------------ what to send

    @property
    def next(self) -> Register | Clear:
        """What is to be sent next."""
        seq = self.condition.seq
        return Clear(seq) if self.attempts.held else Register(seq, self.exchange)

    def request(self, now: float, at_ns: int) -> Register | Clear:
        """Return what it is time to send, and note that it is sent."""
        if self.stage is Stage.ACTIVE:
            self.doubts.recheck(now, at_ns)
        request = self.next
        if isinstance(request, Clear):
            self.attempts.sent(None, at_ns)
            self._move(Step.CLEAR)
        else:
            self._move(Step.REGISTER)
            self.membership.asked(at_ns)
            self.attempts.sent(request, at_ns)
        return request

    def urgency(self) -> tuple[bool, bool, float]:
        """Return what orders those that are due.

        A recheck that has begun goes first, because nothing is pushed now; then what is blind; then other rechecks.
        """
        return not self.halfway, self.stage is not Stage.WAITING, self.due

    @property
    def halfway(self) -> bool:
        """Whether a recheck has cleared it and is to register it now: nothing is pushed until then."""
        return self.stage is Stage.WAITING and self.doubts.rechecking

    def is_due(self, now: float) -> bool:
        """Tell whether there is something to send for it now."""
        return self.due <= now and self.stage in (Stage.WAITING, Stage.ACTIVE)

    def next_due(self) -> float:
        """Return when there will be something to send or to judge, infinity if something must happen first."""
        return self.due if self.stage in (Stage.WAITING, Stage.ACTIVE, Stage.JUDGING) else math.inf

    # ------------------------------------------------------------ what was answered

    def cleared(self, answer: Answer | None, now: float) -> None:
        """Take the answer to its CNSRCLR; None if it is known to be cleared."""
        if isinstance(answer, Refusal) and answer.busy:
            self._repeat(now + BUSY_PAUSE)
            return
        self._move(Step.CLEARED)
        self.due = now + self.attempts.cleared()

    def answered(self, answer: Answer, now: float, at_ns: int) -> None:
        """Take the answer to its CNSRREQ."""
        pause = self.attempts.again(answer, self.membership.codes)
        if pause is not None:
            self._repeat(now + pause)
        elif isinstance(answer, Registered):
            self._answered(answer, now, at_ns)
        elif isinstance(answer, Refusal | Malformed):
            self.failed(failure_of(answer), now, at_ns)

    def _answered(self, answer: Registered, now: float, at_ns: int) -> None:
        if answer.oddities:
            self.doubts.add_later(Blind(at_ns, "unreadable frame", ""))
        if self.attempts.succeeded(now):
            self.doubts.add_later(Blind(self.attempts.shown_since(at_ns), "drift", ""))
        if not self.doubts.rechecking:
            self.begin_picture(answer.codes, now, at_ns)
            return
        self.doubts.rechecking = False
        doubt = self.doubts.present
        if not self.membership.rechecked(answer.codes, at_ns):
            self._move(Step.DIFFERED)
            self.due = now + GRACE
            return
        self._move(Step.SHOWN)
        if doubt is not None and doubt.proven:
            self._told(self.membership.missed(doubt, at_ns), at_ns)
        self._plan(now, self._pause(self, first=False))

    def begin_picture(self, codes: tuple[str, ...], now: float, at_ns: int) -> None:
        """Take the members that are shown first, or after a blind stretch."""
        block = self.membership.snapshot(codes, at_ns)  # a kept push may raise a doubt, which is of afterwards
        self._move(Step.SHOWN)
        self.doubts.confirmed_ns = min([at_ns, *(each.at_ns for each in block if isinstance(each, Enter | Leave))])
        self._told(block, at_ns)
        self._plan(now, self._pause(self, first=True))

    def _told(self, block: Sequence[Event], at_ns: int) -> None:
        """Hand over a block that tells what was blind until now: a doubt is open since its snapshot was asked for."""
        self.publish(block)
        self.doubts.told(min(self.membership.asked_ns, self.attempts.shown_since(at_ns)))

    def late(self, request: Register, answer: Answer, now: float, at_ns: int) -> bool:
        """Take a reply that came after its time; return whether it was its answer yet.

        It is if nothing was sent for the condition since. Else a snapshot out of order makes what is known doubtful.
        """
        if self.attempts.takes_late(request, answer):
            self.answered(answer, now, at_ns)
            return True
        clears = self.attempts.held and self.stage in (Stage.WAITING, Stage.CLEARING)
        if isinstance(answer, Registered) and not clears:
            self.suspect(Blind(self.membership.right_ns, "drift", ""))
        return False

    def failed(self, error: JogeonError, now: float, at_ns: int) -> None:
        """Note that it was refused, or not answered in time: it is blind until a slow retry succeeds."""
        overdue = isinstance(error, RequestTimeout) and self.stage is Stage.ASKED
        self.membership.blind(self.doubts.since(at_ns), "registration lost", str(error), expecting=overdue)
        self.doubts.forget(later=self.doubts.later if overdue else None)  # else the reply need not know of it
        self._move(Step.FAILED)
        self.due = now + self.attempts.failed(error, now, overdue=overdue)

    def _repeat(self, due: float) -> None:
        self._move(Step.REPEAT)
        self.due = due

    # ------------------------------------------------------------ on a hub

    def followed(self, now: float, at_ns: int) -> None:
        """Note that the stream of a hub is requested for it."""
        if self.stage is not Stage.WAITING:
            self._move(Step.FOUND)
        self._move(Step.REGISTER)
        self.doubts.forget()
        self.due = now
        if not self.membership.known:
            self.membership.asked(at_ns)

    def shown(self, now: float) -> None:
        """Note that the picture is right, and is kept so by the hub."""
        self._move(Step.SHOWN)
        self._plan(now, math.inf)

    # ------------------------------------------------------------ lists and ends

    def confirmed(self, at_ns: int) -> None:
        """Note that a list shows it where it was registered."""
        self.doubts.confirmed_ns = at_ns

    def moved(self, condition: Condition, at_ns: int) -> None:
        """Go on under another seq, behind a gap: what was heard since the last list that agreed may be another's."""
        if self.stage is not Stage.MISSING:
            self.membership.blind(self.doubts.own_since(at_ns), "registration lost", "the conditions were renumbered")
        for sink in self.everyone():
            sink.renumbered(self.condition, condition)
        self.condition = self.membership.condition = condition
        self.found()

    def found(self) -> None:
        """Begin anew, as after a login."""
        self._move(Step.FOUND)
        self._begin()
        self.doubts.confirmed_ns = None

    def vanished(self, at_ns: int) -> None:
        """Note that the list does not show it any more: its members stand still from the last list that did."""
        self.membership.blind(self.doubts.own_since(at_ns), "condition missing")
        self._begin()
        self._move(Step.VANISHED)
        self.doubts.confirmed_ns = None

    def lost(self, heard_ns: int, cause: Cause, detail: str) -> None:
        """Note the end of a connection that was listened to until `heard_ns`.

        A snapshot that was asked for after that is newer. It may have waited through a stall, but only since it was
        asked for: what was missed before lies in the gap it ended.
        """
        self.membership.blind(self.doubts.since(max(heard_ns, self.membership.begun_ns)), cause, detail)
        if self.stage is not Stage.MISSING:
            self._move(Step.FOUND)
        self._begin()

    # ------------------------------------------------------------ doubts and rechecks

    def _noted(self, doubt: Blind) -> None:
        self.suspect(doubt)
        self._wake()

    def suspect(self, doubt: Blind, *, at_once: bool = False) -> None:
        """Recheck it after what is going on, but not more often than once in DOUBT_FLOOR seconds.

        `at_once`: it is known that nothing is pushed, which is more than a doubt.
        """
        if at_once:
            self.doubts.hurry()
        if self.stage is Stage.ACTIVE:
            self.due = min(self.due, self.doubts.add(doubt))
        elif self.stage is not Stage.MISSING:
            self.doubts.add_later(doubt)

    def judge(self, now: float, at_ns: int) -> None:
        """Tell what a recheck that differed has proven, once the pushes around it have come."""
        if self.stage is not Stage.JUDGING or now < self.due:
            return
        block, unsure = self.membership.judge(at_ns, self.doubts.present)
        self._move(Step.JUDGED)
        if block:
            self._told(block, at_ns)
        self._plan(now, 2 * GRACE if unsure else self._pause(self, first=False))

    def _plan(self, now: float, pause: float) -> None:
        """Plan the next recheck: as soon as allowed, if something was doubted meanwhile."""
        soon = self.doubts.settled(now)
        self.due = now + pause if soon is None else soon
