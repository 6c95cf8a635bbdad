"""Which conditions are wanted, which are registered, and what to ask for next. No I/O, no clock, no task.

The driver (supervisor.py) asks `next_request`, sends it, and brings back what happened: `answered`, `timed_out`,
`late`, `pushed`, `unreadable`, `lost`. Every event a user sees is made in members.py and handed to the sinks of its
condition by subscription.py, where the life of one condition stands as a table; here are the wishes and the routing.

Two sets are reconciled after every login: what is wanted (by name: names outlive renumbering) and what is registered on
this connection. Two clocks are passed in: `now` is monotonic seconds and decides when; `at_ns` is the wall clock and
only stamps events.
"""

import math
from collections.abc import Callable, Container, Iterable

from jogeon.errors import JogeonError, LocalProtocolError, RequestTimeout
from jogeon.events import Anomaly, Condition, Event, Exchange, State, StateName
from jogeon.gaps import Blind
from jogeon.live.followed import Sink
from jogeon.live.listing import Listing, resolve
from jogeon.live.planner import Planner
from jogeon.live.stages import Stage
from jogeon.live.subscription import Subscription
from jogeon.reports import Report
from jogeon.wire import messages
from jogeon.wire.messages import Answer, Clear, ListConditions, Refusal, Register, Registered, Request
from jogeon.wire.values import stock_code

RELIST = 60.0
"""Seconds between looks at the list while a wanted condition is missing from it, or pushes come for an unknown seq."""


class Subscriptions(Planner):
    """Keeps what is registered equal to what is wanted, and tells every sink the truth about it.

    `recheck` is the pause in seconds between rechecks of one condition (0 = never).
    """

    def __init__(self, *, recheck: float = 600.0) -> None:
        self.recheck = recheck or math.inf
        self.wanted: list[Subscription] = []
        self.sinks: list[Sink] = []
        self.listing = Listing()
        self.on_doubt: Callable[[], None] = lambda: None
        """Called when a push has made something due, because the driver does not look after each."""
        self._everything: list[tuple[Sink, Exchange]] = []
        self._connected = False
        self._served = False
        self._by_seq: dict[str, Subscription] = {}
        self._leaving: list[str] = []
        self._cleared: set[str] = set()
        self._strange = False
        """Whether a push came for a seq that nobody knows: the conditions may have been renumbered."""
        self._strange_until = -math.inf
        self._agreed_ns = 0
        """When what the last list shows was so for certain."""
        self._listed_ns: int | None = None
        """When the first list was asked for that is not answered yet: what the next one shows was so then."""

    # ------------------------------------------------------------ wishes

    def join(self, sink: Sink) -> None:
        """Add a sink for what concerns the whole client (states, anomalies without a condition)."""
        self.sinks.append(sink)

    def want(self, condition: Condition, sink: Sink, exchange: Exchange, at_ns: int) -> Subscription:
        """Follow a condition under its present seq; the sink begins with its snapshot, at once if there is one.

        UnknownCondition, AmbiguousCondition if the list has changed; LocalProtocolError on a second exchange.
        """
        condition = resolve(condition, self.listing.conditions)
        subscription = next((each for each in self.wanted if each.condition == condition), None)
        if subscription is None:
            namesakes = frozenset(each.seq for each in self.listing.named(condition.name))
            subscription = Subscription(condition, exchange, namesakes, self._pause, self._doubted)
            self.wanted.append(subscription)
        elif subscription.exchange != exchange:
            raise LocalProtocolError(f"{condition.name!r} is watched on exchange {subscription.exchange} already")
        subscription.join(sink, at_ns)
        return subscription

    def want_all(self, sink: Sink, exchange: Exchange, at_ns: int) -> list[Subscription]:
        """Follow every listed condition, and those that are added later."""
        self._everything.append((sink, exchange))
        return [self.want(condition, sink, exchange, at_ns) for condition in self.listing.conditions]

    def followed_by(self, sink: Sink) -> list[Subscription]:
        """Return what a sink follows."""
        return [subscription for subscription in self.wanted if subscription.feeds(sink)]

    def of(self, condition: Condition) -> Subscription | None:
        """Return the subscription of a condition, None if nobody wants it."""
        return next((subscription for subscription in self.wanted if subscription.condition == condition), None)

    def leave(self, sink: Sink, at_ns: int) -> list[str]:
        """Tell a sink its open gaps and follow no longer what nobody else wants; return the seqs to be cleared."""
        self.sinks = [other for other in self.sinks if other is not sink]
        self._everything = [(other, exchange) for other, exchange in self._everything if other is not sink]
        dropped = []
        for subscription in self.followed_by(sink):
            subscription.leave(sink, at_ns, subscription.doubted())
            if not subscription.everyone():
                self.wanted.remove(subscription)
                dropped += self._drop(subscription)
        return dropped

    def _drop(self, subscription: Subscription) -> list[str]:
        """Stop listening to the seq of a condition at once: a push that comes after this is not an event."""
        seq = subscription.condition.seq
        if self._by_seq.get(seq) is not subscription:
            return []
        del self._by_seq[seq]
        self._cleared.add(seq)
        self._leaving.append(seq)
        return [seq]

    def is_leaving(self, seqs: Iterable[str]) -> bool:
        """Tell whether any of these seqs still waits for its CNSRCLR."""
        return any(seq in self._leaving for seq in seqs)

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
        due = min((each for each in self.wanted if each.is_due(now)), key=Subscription.urgency, default=None)
        if not self.listing.taken or ((self._leaving or due is not None) and not self.listing.is_fresh(now)):
            return self._list(busy) if self.listing.may_ask(now) else None
        if self._leaving:
            return Clear(self._leaving[0]) if Clear.trnm not in busy else None
        if due is not None:
            return self._request_for(due, now, at_ns) if due.next_trnm not in busy else None
        self.listing.pause()
        return self._list(busy) if self.listing.is_due(now) else None

    def sent(self, request: Request, at_ns: int) -> None:
        """Note that a request is sent, whoever asked for it."""
        if isinstance(request, ListConditions) and self._listed_ns is None:
            self._listed_ns = at_ns

    def _list(self, busy: Container[str]) -> ListConditions | None:
        return None if ListConditions.trnm in busy else ListConditions()

    def _request_for(self, subscription: Subscription, now: float, at_ns: int) -> Request:
        request = subscription.request(now, at_ns)
        if isinstance(request, Register):
            self.listing.used()
            self._by_seq[request.seq] = subscription
            self._cleared.discard(request.seq)
        return request

    def next_due(self) -> float | None:
        """Return when `next_request` may have something to say if nothing happens before."""
        if not self._connected:
            return None
        look = self.listing.next_look()
        soonest = min([each.next_due() for each in self.wanted], default=math.inf)
        if self._leaving or not self.listing.taken:
            soonest = -math.inf
        soonest = min(soonest, math.inf if look is None else look)
        return None if soonest == math.inf else max(soonest, self.listing.not_before)

    def is_halfway(self, now: float) -> bool:
        """Tell whether a recheck has cleared a condition that may be registered again now."""
        return any(each.halfway and each.is_due(now) for each in self.wanted)

    def is_hopeless(self) -> bool:
        """Tell whether a condition goes unanswered for so long that another connection is worth its price."""
        return self._connected and any(subscription.hopeless for subscription in self.wanted)

    @property
    def worked(self) -> bool:
        """Whether this connection did its work: something was registered; with nothing wanted, a list was given."""
        return self._served or (not self.wanted and self.listing.taken)

    def _pause(self, subscription: Subscription, *, first: bool) -> float:
        """Spread first rechecks over the second half of the interval, so that they never come in a burst."""
        if not first:
            return self.recheck
        place = self.wanted.index(subscription) + 1
        return self.recheck * (0.5 + 0.5 * place / len(self.wanted))

    # ------------------------------------------------------------ what happened

    def connected(self) -> None:
        """Begin a connection: logged in, nothing listed or registered."""
        self._connected, self._served, self._listed_ns = True, False, None
        self.listing.begin()

    def lost(self, heard_ns: int, error: JogeonError, detail: str) -> None:
        """End a connection; `heard_ns` is when it was listened to last."""
        del error
        self._connected = False
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
            case Register(seq), _ if seq in self._by_seq and self._by_seq[seq].stage is Stage.ASKED:
                self._take_registration(self._by_seq[seq], answer, now, at_ns)

    def timed_out(self, request: Request, seconds: float, now: float, at_ns: int) -> None:
        """Note that a request was not answered in time."""
        if isinstance(request, ListConditions):
            self.listing.failed(now)
        if isinstance(request, Clear) and request.seq in self._leaving:
            self._leaving.remove(request.seq)
            return
        subscription = self._by_seq.get(request.seq) if isinstance(request, Register | Clear) else None
        if subscription is not None and subscription.stage in (Stage.CLEARING, Stage.ASKED):
            failing = subscription.error is not None
            subscription.failed(RequestTimeout(request.trnm, seconds), now, at_ns)
            if not failing:
                self._tell_failure(subscription, at_ns)
        elif subscription is not None and isinstance(request, Clear):
            self._cleared_elsewhere(subscription)

    def late(self, request: Request, answer: Answer, now: float, at_ns: int) -> None:
        """Take a reply that came after its time, if it is worth anything yet."""
        if isinstance(request, ListConditions) and isinstance(answer, messages.ConditionList):
            if not self.listing.taken:  # else it may be older than what was registered by the one that came
                self._take_list(answer, now, at_ns)
            return
        if not isinstance(request, Register | Clear) or (subscription := self._by_seq.get(request.seq)) is None:
            return
        if isinstance(request, Clear):
            self._cleared_late(subscription, answer)
        elif subscription.late(request, answer, now, at_ns):
            self._tell_registered(subscription, at_ns)

    def unasked(self, seq: str, codes: tuple[str, ...]) -> None:
        """Take a snapshot that nothing asked for; what differs from what was shown last makes the picture doubtful."""
        subscription = self._by_seq.get(seq)
        if subscription is not None and not subscription.membership.showed(codes):
            subscription.suspect(Blind(subscription.membership.right_ns, "drift", ""))

    # ------------------------------------------------------------ answers

    def _take_list(self, listing: messages.ConditionList, now: float, at_ns: int) -> None:
        self.listing.take(listing.conditions, now, whole=not listing.oddities)
        self._agreed_ns, self._listed_ns = self._listed_ns or at_ns, None
        for name in dict.fromkeys(subscription.condition.name for subscription in self.wanted):
            self._resolve(name, [each for each in self.wanted if each.condition.name == name], at_ns)
        for sink, exchange in self._everything:
            self._add_new(sink, exchange, at_ns)
        if any(subscription.stage is Stage.MISSING for subscription in self.wanted):
            self.listing.look(now + RELIST)

    def _add_new(self, sink: Sink, exchange: Exchange, at_ns: int) -> None:
        """Let a sink of everything follow what was added; a second bearer of a followed name cannot be told apart."""
        followed = {subscription.condition.name for subscription in self.followed_by(sink)}
        for condition in self.listing.conditions:
            if condition.name not in followed:
                known = self.of(condition)
                sink.put(State(at_ns, "condition-added", condition))
                self.want(condition, sink, known.exchange if known else exchange, at_ns)

    def _resolve(self, name: str, group: list[Subscription], at_ns: int) -> None:
        """Find a wanted name in a new list: alone by its name, among namesakes by its seq while they stay as they were.

        Of several subscriptions of a name that is single now, the one that stays goes on for all.
        """
        named = self.listing.named(name)
        if len(named) == 1:
            stays = next((each for each in group if each.condition == named[0]), group[0])
            for other in group:
                if other is not stays:
                    self._end_namesake(other, stays, at_ns)
            self._found(stays, named[0], at_ns)
            return
        if not named and not self.listing.whole:
            return  # it may stand in a row that cannot be read
        seqs = frozenset(condition.seq for condition in named)
        for subscription in group:
            if named and subscription.doubled and subscription.namesakes == seqs:
                self._found(subscription, subscription.condition, at_ns)
            else:
                self._missing(subscription, "ambiguous" if named else "condition-gone", at_ns)

    def _end_namesake(self, other: Subscription, stays: Subscription, at_ns: int) -> None:
        self._drop(other)
        self.wanted.remove(other)
        self._put(other, State(at_ns, "condition-gone", other.condition))
        other.membership.blind(other.own_since(at_ns), "condition missing")
        stays.inherit(other)

    def _found(self, subscription: Subscription, condition: Condition, at_ns: int) -> None:
        single = subscription.doubled and len(self.listing.named(condition.name)) == 1
        if condition.seq != subscription.condition.seq:
            self._drop(subscription)
            subscription.moved(condition, at_ns)
        elif single and subscription.stage is not Stage.MISSING:
            self._drop(subscription)
            subscription.vanished(at_ns)
            subscription.found()
        elif subscription.stage is Stage.MISSING:
            subscription.found()
        else:
            subscription.confirmed(self._agreed_ns)
        if single:
            subscription.namesakes = frozenset({condition.seq})

    def _missing(self, subscription: Subscription, state: StateName, at_ns: int) -> None:
        if subscription.stage is Stage.MISSING:
            return
        self._drop(subscription)
        subscription.vanished(at_ns)
        self._put(subscription, State(at_ns, state, subscription.condition))

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
            self._cleared_elsewhere(subscription)

    def _cleared_late(self, subscription: Subscription, answer: Answer) -> None:
        """Doubt a registration that is newer than a CNSRCLR: one carried out late ends it in silence."""
        if not isinstance(answer, Refusal) and subscription.stage not in (Stage.WAITING, Stage.CLEARING):
            subscription.suspect(Blind(subscription.membership.right_ns, "drift", ""))

    def _cleared_elsewhere(self, subscription: Subscription) -> None:
        """Register anew, at once, what was cleared by a CNSRCLR that is none of ours."""
        subscription.suspect(Blind(subscription.membership.right_ns, "registration lost", ""), at_once=True)

    def _take_registration(self, subscription: Subscription, answer: Answer, now: float, at_ns: int) -> None:
        if isinstance(answer, Registered) and answer.oddities:
            error = Report("unreadable snapshot", text=answer.oddities[0])
            for sink in subscription.everyone():
                sink.put(Anomaly(at_ns, condition=subscription.condition, error=error))
        was_blind, failing = not subscription.membership.live, subscription.error is not None
        subscription.answered(answer, now, at_ns)
        if subscription.error is not None and not failing:
            self._tell_failure(subscription, at_ns)
        if isinstance(answer, Refusal) and answer.code == messages.NO_SUCH_SEQ:
            self.listing.look(now)
        if isinstance(answer, Registered) and subscription.registered and was_blind:
            self._tell_registered(subscription, at_ns)

    def _tell_failure(self, subscription: Subscription, at_ns: int) -> None:
        """Tell the first failure of a row."""
        error = None if subscription.error is None else subscription.error.report
        self._put(subscription, State(at_ns, "unanswered", subscription.condition, error=error))

    def _tell_registered(self, subscription: Subscription, at_ns: int) -> None:
        self._served = True
        active = sum(each.registered or each.membership.live for each in self.wanted)
        state = State(at_ns, "registered", subscription.condition, active=active, of=len(self.wanted))
        self._put(subscription, state)

    # ------------------------------------------------------------ pushes

    def unreadable(self, what: Report, seqs: Container[str], heard_ns: int, at_ns: int) -> None:
        """Take a frame that could have been a push of `seqs`, of any if they are empty: recheck those it may concern.

        They are right until `heard_ns` at least.
        """
        self._tell_all(Anomaly(at_ns, error=what))
        for subscription in self.wanted:
            if not seqs or subscription.condition.seq in seqs:
                subscription.suspect(Blind(heard_ns, "unreadable frame", ""))

    def pushed(self, push: messages.Push, at_ns: int) -> None:
        """Turn the rows of a REAL frame into events; this is the path of every push."""
        for row in push.data:
            values = row.values
            subscription = self._by_seq.get(values.seq) or self._by_seq.get(values.seq.strip())
            if subscription is None:
                self._unclaimed(values, at_ns)
                continue
            code = values.code
            if len(code) != 6:
                code = stock_code(code)
            event = subscription.push(values.kind, code, values.clock or "", at_ns)
            if event is not None:
                for sink in subscription.sinks:
                    sink.put(event)

    def _doubted(self) -> None:
        self.on_doubt()

    def _unclaimed(self, values: messages.PushValues, at_ns: int) -> None:
        seq = values.seq.strip()
        if seq not in self._cleared and all(seq != subscription.condition.seq for subscription in self.wanted):
            code = stock_code(values.code)
            self._tell_all(Anomaly(at_ns, code=code, error=Report("push of unknown seq", text=seq[:10])))
            self._strange = True
            self.on_doubt()

    def tell(self, state: State) -> None:
        """Tell every sink a state of the whole client."""
        self._tell_all(state)

    def _put(self, subscription: Subscription, state: State) -> None:
        for sink in subscription.everyone():
            sink.put(state)

    def _tell_all(self, event: Event) -> None:
        for sink in self.sinks:
            sink.put(event)
