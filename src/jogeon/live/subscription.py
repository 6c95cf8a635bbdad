"""The life of one wanted condition on the connections that come and go: one table, one fact. No I/O, no clock, no task.

The stages stand as a table in stages.py. A recheck takes an ACTIVE one through CLEARING and ASKED again; its picture
stays live meanwhile. `now` is monotonic seconds and decides when; `at_ns`, the wall clock, only stamps.
"""

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from jogeon.errors import JogeonError, RemoteProtocolError, RequestRefused, RequestTimeout
from jogeon.events import Cause, Condition, Enter, Event, Exchange, Leave, NameOf, Snapshot, nameless
from jogeon.gaps import Blind, earliest
from jogeon.live.folding import fold, restored
from jogeon.live.followed import Followed
from jogeon.live.listing import LONGEST_DOUBLING
from jogeon.live.membership import DRIFT_GRACE_NS
from jogeon.live.stages import REGISTERED, STAGES, Stage, Step
from jogeon.reports import Report
from jogeon.wire import messages
from jogeon.wire.messages import Answer, Clear, Malformed, Refusal, Register, Registered

GRACE = DRIFT_GRACE_NS / 1e9
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
DOUBT_FLOOR = 60.0
"""Seconds between two rechecks of a condition for doubt, whatever the broker sends."""
HOPELESS_AFTER = 3
"""Unanswered attempts after which a connection that still owes a reply is no good for this condition."""


class Pause(Protocol):
    """How long to wait before a recheck."""

    def __call__(self, subscription: "Subscription", *, first: bool) -> float:
        """Return the seconds until the next recheck of a condition, or its first one after a registration."""


class Subscription(Followed):
    """One wanted condition, bound to its name; to its seq as well where several conditions have the name."""

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
        super().__init__(condition, name_of)
        self.exchange: Exchange = exchange
        self.namesakes = namesakes
        self.membership.on_doubt = self._noted
        self.push = self.membership.push
        self.stage = Stage.WAITING
        self.due = 0.0
        self.settled = False
        """Whether its first registration was answered, refused or timed out."""
        self._floor = -math.inf
        self._confirmed_ns: int | None = None
        """When it was last so for certain that its seq is its own: by a list, or by the answer that began a picture."""
        self._begin()

    def _begin(self) -> None:
        """Forget what the last connection had of it."""
        self.failures, self.due = 0, 0.0
        self.error: JogeonError | None = None
        self._held = False
        """Whether the server may hold a registration, so that a CNSRCLR goes before the next CNSRREQ."""
        self._asked: Register | None = None
        """The CNSRREQ sent last, itself: others that are equal may be owed, too."""
        self._overdue = False
        """Whether that timed out and nothing was sent since: a reply to it is its answer yet."""
        self._owed = False
        """Whether a CNSRREQ timed out and its reply may yet come, in the place of the reply to a later one."""
        self._cured = self._confirming = False
        self._passing = 0
        self._trust()

    def _trust(self) -> None:
        """Forget the doubts: what was doubtful is settled, or part of a blind stretch by now."""
        self._rechecking = False
        self._cleared_ns: int | None = None
        self._doubt: Blind | None = None
        self._again: Blind | None = None

    def _move(self, step: Step) -> None:
        self.stage = STAGES[self.stage][step]

    @property
    def doubled(self) -> bool:
        """Whether other conditions have the same name, so that only the seq tells them apart."""
        return len(self.namesakes) > 1

    @property
    def key(self) -> Condition | str:
        """What the members of a watch are keyed by: the name, or the Condition where the name is doubled."""
        return self.condition if self.doubled else self.condition.name

    @property
    def registered(self) -> bool:
        """Whether the server is known to push it."""
        return self.stage in REGISTERED

    @property
    def hopeless(self) -> bool:
        """Whether it went unanswered so often that only another connection can help, if this one owes a reply."""
        return self.failures >= HOPELESS_AFTER and isinstance(self.error, RequestTimeout)

    # ------------------------------------------------------------ what to send

    def request(self, now: float, at_ns: int) -> Register | Clear:
        """Return what it is time to send, and note that it is sent."""
        self._overdue = False
        if self.stage is Stage.ACTIVE:
            self._rechecking, self._cleared_ns = True, at_ns
            if self._doubt is not None:
                self._floor = now + DOUBT_FLOOR
        if self._held:
            self._move(Step.CLEAR)
            return Clear(self.condition.seq)
        self._move(Step.REGISTER)
        self._held = True
        self.membership.asked(at_ns)
        self._asked = Register(self.condition.seq, self.exchange)
        return self._asked

    def urgency(self) -> tuple[bool, bool, float]:
        """Return what orders those that are due.

        A recheck that has begun goes first, because nothing is pushed now; then what is blind; then other rechecks.
        """
        return not self.halfway, self.stage is not Stage.WAITING, self.due

    @property
    def halfway(self) -> bool:
        """Whether a recheck has cleared it and is to register it now: nothing is pushed until then."""
        return self.stage is Stage.WAITING and self._rechecking

    def is_due(self, now: float) -> bool:
        """Tell whether there is something to send for it now."""
        return self.due <= now and self.stage in (Stage.WAITING, Stage.ACTIVE)

    def next_due(self) -> float:
        """Return when there will be something to send or to judge, infinity if something must happen first."""
        return self.due if self.stage in (Stage.WAITING, Stage.ACTIVE, Stage.JUDGING) else math.inf

    @property
    def next_trnm(self) -> str:
        """Which kind of request is next."""
        return Clear.trnm if self._held or self.stage is Stage.ACTIVE else Register.trnm

    # ------------------------------------------------------------ what was answered

    def cleared(self, answer: Answer | None, now: float) -> None:
        """Take the answer to its CNSRCLR; None if it is known to be cleared."""
        if isinstance(answer, Refusal) and answer.busy:
            self._repeat(now + BUSY_PAUSE)
            return
        self._move(Step.CLEARED)
        self._held = False
        self.due = now + (CURE_PAUSE if self._cured or self.failures else 0.0)

    def answered(self, answer: Answer, now: float, at_ns: int) -> None:
        """Take the answer to its CNSRREQ."""
        match answer:
            case Registered():
                self._answered(answer, now, at_ns)
            case Refusal(code=messages.ALREADY_REGISTERED) if not self._cured:
                self._cured = True
                self._repeat(now)
            case Refusal(code, text) if answer.passes and self._passing < TRIES:
                self._passing += 1
                self._held = False
                self.error = RequestRefused(Register.trnm, code=code, text=text)
                self._repeat(now + (BUSY_PAUSE if answer.busy else WORDS_PAUSE))
            case Refusal(code, text):
                self.failed(RequestRefused(Register.trnm, code=code, text=text), now, at_ns)
            case Malformed(reason):
                self.failed(
                    RemoteProtocolError(Report("unreadable reply", name=Register.trnm, text=reason)), now, at_ns
                )

    def _answered(self, answer: Registered, now: float, at_ns: int) -> None:
        empties = not answer.codes and not answer.named and bool(self.membership.codes)
        if (empties or answer.oddities) and not self._confirming:
            self._confirming = True  # it may be the reply to somebody else, come twice; or a member may be unreadable
            self._repeat(now)
            return
        if answer.oddities:
            self._again = earliest(self._again, Blind(at_ns, "unreadable frame", ""))
        if self._owed:  # this may be the reply to the older request, and the newer one lost: nothing would be pushed
            self._owed = False
            self._again = earliest(self._again, Blind(at_ns, "drift", ""))
        self._succeeded()
        self._cured = self._confirming = False
        self._passing = 0
        if not self._rechecking:
            self._begin_picture(answer, now, at_ns)
            return
        self._rechecking = False
        doubt = self._doubt
        if not self.membership.rechecked(answer.codes, at_ns):
            self._move(Step.DIFFERED)
            self.due = now + GRACE
            return
        self._move(Step.SHOWN)
        if doubt is not None and doubt.proven:
            self._told(self.membership.missed(doubt, at_ns), at_ns)
        self._plan(now, self._pause(self, first=False))

    def _succeeded(self) -> None:
        self.failures, self.error, self.settled = 0, None, True

    def _begin_picture(self, answer: Registered, now: float, at_ns: int) -> None:
        block = self.membership.snapshot(answer.codes, at_ns)  # a kept push may raise a doubt, which is of afterwards
        self._move(Step.SHOWN)
        self._confirmed_ns = min([at_ns, *(each.at_ns for each in block if isinstance(each, Enter | Leave))])
        self._told(block, at_ns)
        self._plan(now, self._pause(self, first=True))

    def _told(self, block: Sequence[Event], at_ns: int) -> None:
        """Hand over a block that tells what was blind until now: a doubt is open since its snapshot was asked for."""
        self.publish(block)
        if self._again is not None:
            since_ns = max(self._again.since_ns, min(self.membership.asked_ns, at_ns))
            self._again = Blind(since_ns, self._again.cause, self._again.detail, proven=self._again.proven)

    def late(self, request: Register, answer: Answer, now: float, at_ns: int) -> bool:
        """Take a reply that came after its time; return whether it was its answer yet.

        It is if nothing was sent for the condition since. Else a snapshot out of order makes what is known doubtful.
        """
        self._owed = False
        if self._overdue and request is self._asked and isinstance(answer, Registered) and answer.named:
            self._overdue = False
            self.answered(answer, now, at_ns)
            return True
        if isinstance(answer, Registered) and not (self._held and self.stage in (Stage.WAITING, Stage.CLEARING)):
            self.suspect(Blind(self.membership.right_ns, "drift", ""))
        return False

    def failed(self, error: JogeonError, now: float, at_ns: int) -> None:
        """Note that it was refused, or not answered in time: it is blind until a slow retry succeeds."""
        overdue = isinstance(error, RequestTimeout) and self.stage is Stage.ASKED
        self.membership.blind(self.doubtful_since(at_ns), "registration lost", str(error), expecting=overdue)
        again = self._again if overdue else None  # the reply that may yet come need not know of it
        self._trust()
        self._again = again
        self._move(Step.FAILED)
        first, longest = UNANSWERED_PAUSE
        self.due = now + min(longest, first * 2 ** min(self.failures, LONGEST_DOUBLING))
        self.failures += 1
        self._held, self._cured, self._confirming, self._overdue = True, False, False, overdue
        self._owed = self._owed or overdue
        self._passing = 0
        self.error, self.settled = error, True

    def _repeat(self, due: float) -> None:
        self._move(Step.REPEAT)
        self.due = due

    # ------------------------------------------------------------ on a hub

    def followed(self, now: float, at_ns: int) -> None:
        """Note that the stream of a hub is requested for it."""
        if self.stage is not Stage.WAITING:
            self._move(Step.FOUND)
        self._move(Step.REGISTER)
        self._trust()
        self.due = now
        if not self.membership.known:
            self.membership.asked(at_ns)

    def begin_picture(self, codes: tuple[str, ...], now: float, at_ns: int) -> None:
        """Take the members that a hub shows it begins with."""
        self._succeeded()
        self._begin_picture(Registered(codes), now, at_ns)

    def resumed(self, now: float, at_ns: int) -> None:
        """Note that the stream of a hub goes on where it was: nothing is missing."""
        self._succeeded()
        restored(self.membership)
        self._move(Step.SHOWN)
        self.welcome(at_ns)
        self._plan(now, math.inf)

    def take_block(self, block: Sequence[Event], now: float) -> None:
        """Take a block of a hub that ends in a snapshot; what leads there only if its beginning is known."""
        was_known, shown = self.membership.known, block[-1]
        if isinstance(shown, Snapshot):
            fold(self.membership, shown)
        self.publish(block if was_known else (shown,))
        self._succeeded()
        if self.stage is Stage.ASKED:
            self._move(Step.SHOWN)
            self._plan(now, math.inf)

    # ------------------------------------------------------------ lists and ends

    def confirmed(self, at_ns: int) -> None:
        """Note that a list shows it where it was registered."""
        self._confirmed_ns = at_ns

    def moved(self, condition: Condition, at_ns: int) -> None:
        """Go on under another seq, behind a gap: what was heard since the last list that agreed may be another's."""
        if self.stage is not Stage.MISSING:
            self.membership.blind(self.own_since(at_ns), "registration lost", "the conditions were renumbered")
        for sink in self.everyone():
            sink.renumbered(self.condition, condition)
        self.condition = self.membership.condition = condition
        self.found()

    def found(self) -> None:
        """Begin anew, as after a login."""
        self._move(Step.FOUND)
        self._begin()
        self._confirmed_ns = None

    def vanished(self, at_ns: int) -> None:
        """Note that the list does not show it any more: its members stand still from the last list that did."""
        self.membership.blind(self.own_since(at_ns), "condition missing")
        self._begin()
        self._move(Step.VANISHED)
        self.settled, self._confirmed_ns = True, None

    def lost(self, heard_ns: int, cause: Cause, detail: str) -> None:
        """Note the end of a connection that was listened to until `heard_ns`.

        A snapshot that was asked for after that is newer. It may have waited through a stall, but only since it was
        asked for: what was missed before lies in the gap it ended.
        """
        self.membership.blind(self.doubtful_since(max(heard_ns, self.membership.begun_ns)), cause, detail)
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
            self._floor = -math.inf
        if self.stage is Stage.ACTIVE:
            self._doubt = earliest(self._doubt, doubt)
            self.due = min(self.due, self._floor)
        elif self.stage is not Stage.MISSING:
            self._again = earliest(self._again, doubt)

    def doubted(self) -> Blind | None:
        """Return since when its picture may be wrong, None if nothing speaks against it."""
        cleared = None if self._cleared_ns is None else Blind(self._cleared_ns, "drift", "")
        return earliest(earliest(self._doubt, self._again), cleared)

    def doubtful_since(self, heard_ns: int) -> int:
        """Return since when a registration that ends may have been blind; `heard_ns` at the latest."""
        doubt = self.doubted()
        return heard_ns if doubt is None else min(doubt.since_ns, heard_ns)

    def own_since(self, at_ns: int) -> int:
        """Return since when what was heard under its seq may be another's."""
        since_ns = self.doubtful_since(at_ns)
        return since_ns if self._confirmed_ns is None else min(since_ns, self._confirmed_ns)

    def judge(self, now: float, at_ns: int) -> None:
        """Tell what a recheck that differed has proven, once the pushes around it have come."""
        if self.stage is not Stage.JUDGING or now < self.due:
            return
        block, unsure = self.membership.resolve(at_ns, self._doubt)
        self._move(Step.JUDGED)
        if block:
            self._told(block, at_ns)
        self._plan(now, 2 * GRACE if unsure else self._pause(self, first=False))

    def _plan(self, now: float, pause: float) -> None:
        """Plan the next recheck: as soon as allowed, if something was doubted meanwhile."""
        self._cleared_ns = None
        self._doubt, self._again = self._again, None
        self.due = now + pause if self._doubt is None else max(now, self._floor)
