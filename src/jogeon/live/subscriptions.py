"""What to send so that what is wanted is registered, and what came of it. No I/O, no clock, no task.

The driver (serving.py) asks `next_request`, sends it, and brings back what happened. Two sets are reconciled after each
login: what is wanted, and what is registered on this connection. The life of one condition stands as a table in
stages.py.
"""

import math
from collections.abc import Container, Iterable, Sequence

from jogeon.errors import JogeonError, RequestTimeout
from jogeon.events import Anomaly, NameOf, State, nameless
from jogeon.gaps import Blind
from jogeon.live.attempts import Silences, presume_held
from jogeon.live.debts import Debt, Debts
from jogeon.live.planner import Planner
from jogeon.live.relayed import Relayed
from jogeon.live.stages import Stage
from jogeon.live.subscription import Subscription
from jogeon.live.wishes import Wishes
from jogeon.reports import Report
from jogeon.wire import messages
from jogeon.wire.lines import Line
from jogeon.wire.messages import (
    Answer,
    Clear,
    Follow,
    Following,
    ListConditions,
    Refusal,
    Register,
    Registered,
    Request,
    SearchPage,
)

RELIST = 60.0
"""Seconds between looks at the list while a wanted condition is missing from it, or pushes come for an unknown seq."""


class Subscriptions(Wishes, Planner):
    """Keeps what is registered equal to what is wanted, and tells every sink the truth about it.

    `now` is monotonic seconds and decides when; `at_ns`, the wall clock, only stamps events.
    """

    def __init__(self, *, recheck: float = 600.0, name_of: NameOf = nameless) -> None:
        super().__init__(recheck=recheck, name_of=name_of)
        self._connected = False
        self._served = False
        self._strange_until = -math.inf
        self._silences = Silences()
        self.on_hub = False
        """Whether the server of this connection has a numbered stream, which is followed instead of pushes."""
        self.relayed = Relayed(self.tell, self._added, name_of)

    # ------------------------------------------------------------ what to do next

    def next_request(self, now: float, at_ns: int, busy: Container[str] = ()) -> Request | None:
        """Return what to send next, or None until `next_due` or until something happens.

        What has a trnm in `busy` may not be sent yet.
        """
        if not self._connected:
            return None
        if self._strange:
            self._strange, look_at = False, max(now, self._strange_until)
            self._strange_until = look_at + RELIST
            self.listing.look(look_at)
        for subscription in self.wanted:
            subscription.judge(now, at_ns)
            _hold(subscription, self.listing.debts, now)
        due = min((each for each in self.wanted if each.is_due(now)), key=Subscription.urgency, default=None)
        following = Clear(self._leaving[0]) if self._leaving else None if due is None else due.next
        if not self.listing.taken or (following is not None and not self.listing.serves(following, now)):
            return self._list(busy) if self.listing.may_ask(now) else None
        if self._leaving:
            return following if Clear.trnm not in busy else None
        if due is not None and self.on_hub:
            return self._follow(now, at_ns) if Follow.trnm not in busy else None
        if due is not None:
            return self._request_for(due, now, at_ns) if due.next.trnm not in busy else None
        self.listing.pause()
        return self._list(busy) if self.listing.is_due(now) else None

    def sent(self, request: Request, at_ns: int) -> None:
        """Note that a request is sent, whoever asked for it."""
        if isinstance(request, ListConditions) and self._listed_ns is None:
            self._listed_ns = at_ns

    def _list(self, busy: Container[str]) -> ListConditions | None:
        return None if ListConditions.trnm in busy else ListConditions()

    def _follow(self, now: float, at_ns: int) -> Follow:
        """Return the request for what is due on a hub, all at once."""
        self.listing.used()
        request = self.relayed.request([each for each in self.wanted if each.is_due(now)], now, at_ns)
        asked = [each for each in self.wanted if each.condition.seq in request.seqs]
        self.relayed.begin(asked)
        self._by_seq |= {each.condition.seq: each for each in asked}
        return request

    def lines(self, lines: Sequence[Line], now: float, at_ns: int) -> None:
        """Take lines of a hub's stream."""
        self.relayed.take(lines, now, at_ns)
        if self.relayed.broken or self.told_added:
            self.on_doubt()

    def _added(self, state: State, name: str) -> None:
        """Tell those who follow everything of a condition that a hub says was added, and look at the list."""
        self.told_added.add(name)
        self.listing.look(-math.inf)
        for wish in self._everything:
            wish.sink.put(state)

    def _pause(self, subscription: Subscription, *, first: bool) -> float:
        """Recheck nothing on a hub, which does that itself."""
        return math.inf if self.on_hub else super()._pause(subscription, first=first)

    def _take_following(self, request: Follow, answer: Answer, now: float, at_ns: int) -> None:
        if isinstance(answer, Following):
            self._served = True
            self.relayed.answered(request, answer, now, at_ns)
            return
        for subscription in self.relayed.waiting(request):
            subscription.answered(answer, now, at_ns)
            self._tell_failure(subscription, at_ns)

    def _request_for(self, subscription: Subscription, now: float, at_ns: int) -> Request:
        request = subscription.request(now, at_ns)
        self._by_seq[request.seq] = subscription
        if isinstance(request, Register):
            self.listing.used()
            self._cleared.discard(request.seq)
        return request

    def next_due(self) -> float | None:
        """Return when `next_request` may have something to say if nothing happens before."""
        if not self._connected:
            return None
        look = self.listing.next_look()
        soonest = min([math.inf if look is None else look, *(each.next_due() for each in self.wanted)])
        if self._leaving or not self.listing.taken:
            soonest = -math.inf
        return None if soonest == math.inf else max(soonest, self.listing.not_before)

    def is_halfway(self, now: float) -> bool:
        """Tell whether a recheck has cleared a condition that may be registered again now."""
        return any(each.halfway and each.is_due(now) for each in self.wanted)

    def is_hopeless(self) -> bool:
        """Tell whether a condition goes unanswered for so long that another connection is worth its price."""
        return self._connected and any(subscription.attempts.hopeless for subscription in self.wanted)

    @property
    def worked(self) -> bool:
        """Whether this connection did its work: something was registered; with nothing wanted, a list was given."""
        return self._served or (not self.wanted and self.listing.taken)

    # ------------------------------------------------------------ what happened

    def connected(self) -> None:
        """Begin a connection: logged in, nothing listed or registered."""
        self._connected, self._served, self._listed_ns = True, False, None
        presume_held((each.attempts for each in self.wanted), held=self._silences.expected)
        self.listing.begin()

    def lost(self, heard_ns: int, error: JogeonError, detail: str) -> None:
        """End a connection; `heard_ns` is when it was listened to last."""
        del error
        self._connected = False
        self._silences.lost()
        heard_ns = self.relayed.lost(heard_ns)
        self.listing.end()
        for subscription in self.wanted:
            subscription.lost(heard_ns, "connection lost", detail)
        self._by_seq.clear()
        self._leaving.clear()
        self._cleared.clear()

    def answered(self, request: Request, answer: Answer, now: float, at_ns: int) -> None:
        """Take the answer to a request that `next_request` gave, or to a ListConditions of anybody."""
        match request, answer:
            case ListConditions(), messages.ConditionList() as listing:
                self._take_list(listing, now, at_ns)
            case ListConditions(), _:
                self.listing.failed(now)
            case Clear(seq), _:
                self._take_clear(seq, answer, now)
            case Follow(), _:
                self._take_following(request, answer, now, at_ns)
            case Register(seq), _ if seq in self._by_seq and self._by_seq[seq].stage is Stage.ASKED:
                self._take_registration(self._by_seq[seq], answer, now, at_ns)
        named = isinstance(answer, Registered | SearchPage) and answer.named
        self.listing.may_repeat = request.trnm == Register.trnm and not named

    def timed_out(self, request: Request, seconds: float, now: float, at_ns: int) -> None:
        """Note that a request was not answered in time."""
        self.listing.debts.timed_out(request, seconds, now)
        if isinstance(request, ListConditions):
            self.listing.failed(now)
        if isinstance(request, Clear) and request.seq in self._leaving:
            self._leaving.remove(request.seq)
            return
        if isinstance(request, Follow):
            for each in self.relayed.waiting(request):
                each.failed(RequestTimeout(request.trnm, seconds), now, at_ns)
        subscription = self._by_seq.get(request.seq) if isinstance(request, Register | Clear) else None
        if subscription is not None and subscription.stage in (Stage.CLEARING, Stage.ASKED):
            failing = subscription.attempts.error is not None
            by_stop = subscription.stage is Stage.CLEARING
            if not (subscription.attempts.asked if by_stop else subscription.attempts.stopped):
                self._silences.met(by_stop=by_stop)
            subscription.failed(RequestTimeout(request.trnm, seconds), now, at_ns)
            presume_held((each.attempts for each in self.wanted), held=True)
            if not failing:
                self._tell_failure(subscription, at_ns)
        elif subscription is not None and isinstance(request, Clear):
            _cleared_elsewhere(subscription)

    def late(self, request: Request, answer: Answer, now: float, at_ns: int) -> None:
        """Take a reply that came after its time, if it is worth anything yet."""
        if request.trnm == Register.trnm:
            self.listing.may_repeat = True
            _release(self.wanted, self.listing.debts.late(request), now)
        if isinstance(request, ListConditions) and isinstance(answer, messages.ConditionList):
            if not self.listing.taken:  # else it may be older than what was registered by the one that came
                self._take_list(answer, now, at_ns)
            return
        if not isinstance(request, Register | Clear) or (subscription := self._by_seq.get(request.seq)) is None:
            return
        if isinstance(request, Clear):
            _cleared_late(subscription, answer)
        elif subscription.late(request, answer, now, at_ns):
            self._silences.broken()
            presume_held((each.attempts for each in self.wanted), held=False)
            self._tell_registered(subscription, at_ns)

    # ------------------------------------------------------------ answers

    def _take_list(self, listing: messages.ConditionList, now: float, at_ns: int) -> None:
        self.listing.take(listing.conditions, now, whole=not listing.oddities)
        agreed_ns, self._listed_ns = self._listed_ns or at_ns, None
        self._relist(agreed_ns, at_ns)
        missing = any(subscription.stage is Stage.MISSING for subscription in self.wanted)
        if missing or (self.on_hub and self._everything):  # nothing else asks for lists on a hub
            self.listing.look(now + (RELIST if missing else self.recheck))

    def _take_clear(self, seq: str, answer: Answer, now: float) -> None:
        busy = isinstance(answer, Refusal) and answer.busy
        if seq in self._leaving:
            if not busy:
                self._leaving.remove(seq)
                self._cleared.add(seq)
            return
        subscription = self._by_seq.get(seq)
        if subscription is None or subscription.stage is Stage.CLEARING:
            if not busy:
                self._by_seq.pop(seq, None)
                self._cleared.add(seq)
            if subscription is not None:
                subscription.cleared(answer, now)
        else:
            _cleared_elsewhere(subscription)

    def _take_registration(self, subscription: Subscription, answer: Answer, now: float, at_ns: int) -> None:
        if isinstance(answer, Registered) and answer.oddities:
            error = Report("unreadable snapshot", text=answer.oddities[0])
            for sink in subscription.everyone():
                sink.put(Anomaly(at_ns, condition=subscription.condition, error=error))
        was_blind, failing = not subscription.membership.live, subscription.attempts.error is not None
        subscription.answered(answer, now, at_ns)
        if subscription.attempts.error is not None and not failing:
            self._tell_failure(subscription, at_ns)
        if isinstance(answer, Refusal) and answer.code == messages.NO_SUCH_SEQ:
            self.listing.look(now)
        if isinstance(answer, Registered) and subscription.registered and was_blind:
            self._tell_registered(subscription, at_ns)

    def _tell_failure(self, subscription: Subscription, at_ns: int) -> None:
        """Tell the first failure of a row."""
        error = None if subscription.attempts.error is None else subscription.attempts.error.report
        self._put(subscription, State(at_ns, "unanswered", subscription.condition, error=error))

    def _tell_registered(self, subscription: Subscription, at_ns: int) -> None:
        self._served = True
        active = sum(each.registered or each.membership.live for each in self.wanted)
        self._put(subscription, State(at_ns, "registered", subscription.condition, active=active, of=len(self.wanted)))


def _cleared_late(subscription: Subscription, answer: Answer) -> None:
    """Doubt a registration that is newer than a CNSRCLR: one carried out late ends it in silence."""
    if not isinstance(answer, Refusal) and subscription.stage not in (Stage.WAITING, Stage.CLEARING):
        subscription.suspect(Blind(subscription.membership.right_ns, "drift", ""))


def _cleared_elsewhere(subscription: Subscription) -> None:
    """Register anew, at once, what was cleared by a CNSRCLR that is none of ours."""
    subscription.suspect(Blind(subscription.membership.right_ns, "registration lost", ""), at_once=True)


def _hold(subscription: Subscription, debts: Debts, now: float) -> None:
    """Let a CNSRREQ wait that could be given the late reply to another condition's."""
    if subscription.is_due(now) and (debt := debts.confused(subscription.next, now)) is not None:
        subscription.due = debt.until


def _release(subscriptions: Iterable[Subscription], debt: Debt | None, now: float) -> None:
    """Send what has waited for the reply that has come."""
    for each in subscriptions:
        if debt is not None and each.due == debt.until:
            each.due = now
