"""Which conditions are wanted and by whom, and whose a push is. No I/O, no clock, no task.

What is wanted is known by name, because names outlive renumbering; each list of conditions is held against the wishes.
Every event a user sees is made in membership.py and handed to the sinks of its condition.
"""

import math
from collections.abc import Callable, Container, Iterable, Sequence

from msgspec import Struct, field

from jogeon.errors import LocalProtocolError
from jogeon.events import Anomaly, Condition, Event, Exchange, NameOf, State, StateName, nameless
from jogeon.gaps import Blind
from jogeon.live.followed import Sink
from jogeon.live.listing import Listing, resolve
from jogeon.live.setback import SetBack
from jogeon.live.stages import Stage
from jogeon.live.subscription import Subscription
from jogeon.reports import Report
from jogeon.wire.messages import PushRow, PushValues
from jogeon.wire.values import stock_code


class _Everything(Struct):
    """The wish to follow all there are, but for what was `declined` by its name since."""

    sink: Sink
    exchange: Exchange
    declined: set[str] = field(default_factory=set)

    def decline(self, sink: Sink, name: str) -> None:
        """Note what a sink let go, if it is this one's."""
        if sink is self.sink:
            self.declined.add(name)


class Wanted:
    """The wanted conditions, and what of them is known by its moment on the wall clock."""

    def __init__(self) -> None:
        self.wanted: list[Subscription] = []
        self._listed_ns: int | None = None
        """When the first list was asked for that is not answered yet: what the next one shows was so then."""

    def set_back(self, back: SetBack) -> None:
        """Note that the wall clock was set back."""
        self._listed_ns = back.maybe(self._listed_ns)
        for subscription in self.wanted:
            subscription.set_back(back)
            subscription.attempts.set_back(back)
            subscription.doubts.set_back(back)


class Wishes(Wanted):
    """The wanted conditions and the sinks that follow them.

    `recheck` is the pause in seconds between rechecks of one condition (0 = never); `name_of` knows the stocks.
    """

    def __init__(self, *, recheck: float = 600.0, name_of: NameOf = nameless) -> None:
        super().__init__()
        self._name_of = name_of
        self.recheck = recheck or math.inf
        self.sinks: list[Sink] = []
        self.listing = Listing()
        self.on_doubt: Callable[[], None] = lambda: None
        """Called when a push has made something due, because the driver does not look after each."""
        self._everything: list[_Everything] = []
        self._by_seq: dict[str, Subscription] = {}
        """Whose the pushes of a seq are, from its CNSRREQ on."""
        self._leaving: list[str] = []
        """Seqs that nobody wants any more and that are to be cleared."""
        self._cleared: set[str] = set()
        """Seqs of which pushes may still come."""
        self._given: dict[Sink, None] = {}
        """Sinks that got something of the present read."""
        self.told_added: set[str] = set()
        """Names of conditions that a hub has told of as added and that are not listed yet."""
        self._strange = False
        """Whether a push came for a seq that nobody knows: the conditions may have been renumbered."""

    # ------------------------------------------------------------ wishes

    def join(self, sink: Sink) -> None:
        """Add a sink for what concerns the whole client (states, anomalies without a condition), once."""
        if not any(other is sink for other in self.sinks):
            self.sinks.append(sink)

    def want(self, condition: Condition, sink: Sink, exchange: Exchange, at_ns: int) -> Subscription:
        """Follow a condition under its present seq; the sink begins with its snapshot, at once if there is one.

        UnknownCondition, AmbiguousCondition if the list has changed; LocalProtocolError on a second exchange.
        """
        condition = resolve(condition, self.listing.conditions)
        subscription = next((each for each in self.wanted if each.condition == condition), None)
        if subscription is None:
            namesakes = frozenset(each.seq for each in self.listing.named(condition.name))
            subscription = Subscription(condition, exchange, namesakes, self._pause, self._doubted, self._name_of)
            self.wanted.append(subscription)
        elif subscription.exchange != exchange:
            raise LocalProtocolError(f"{condition.name!r} is watched on exchange {subscription.exchange} already")
        subscription.join(sink, at_ns)
        return subscription

    def want_all(self, sink: Sink, exchange: Exchange, at_ns: int) -> list[Subscription]:
        """Follow every listed condition, and those that are added later."""
        self._everything.append(_Everything(sink, exchange))
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
        self._everything = [each for each in self._everything if each.sink is not sink]
        return [seq for subscription in self.followed_by(sink) for seq in self.let_go(subscription, sink, at_ns)]

    def let_go(self, subscription: Subscription, sink: Sink, at_ns: int) -> list[str]:
        """Let a sink follow one condition no longer; return its seq if it is to be cleared."""
        subscription.leave(sink, at_ns, subscription.doubts.first())
        for wish in self._everything:
            wish.decline(sink, subscription.condition.name)
        if subscription.everyone():
            return []
        self.wanted.remove(subscription)
        return self._drop(subscription)

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

    def _pause(self, subscription: Subscription, *, first: bool) -> float:
        """Spread first rechecks over the second half of the interval, so that they never come in a burst."""
        if not first:
            return self.recheck
        place = self.wanted.index(subscription) + 1
        return self.recheck * (0.5 + 0.5 * place / len(self.wanted))

    # ------------------------------------------------------------ the list

    def _relist(self, agreed_ns: int, at_ns: int) -> None:
        """Hold a list that has come against what is wanted; what it shows was so at `agreed_ns` for certain."""
        for name in dict.fromkeys(subscription.condition.name for subscription in self.wanted):
            group = [each for each in self.wanted if each.condition.name == name]
            self._resolve(name, group, agreed_ns, at_ns)
        for wish in self._everything:
            self._add_new(wish, at_ns)
        self.told_added.clear()

    def _add_new(self, wish: _Everything, at_ns: int) -> None:
        """Let a sink of everything follow what was added; a second bearer of a followed name cannot be told apart."""
        followed = {subscription.condition.name for subscription in self.followed_by(wish.sink)} | wish.declined
        for condition in [each for each in self.listing.conditions if each.name not in followed]:
            known = self.of(condition)
            if condition.name not in self.told_added:
                wish.sink.put(State(at_ns, "condition-added", condition))
            self.want(condition, wish.sink, known.exchange if known else wish.exchange, at_ns)

    def _resolve(self, name: str, group: list[Subscription], agreed_ns: int, at_ns: int) -> None:
        """Find a wanted name in a new list: alone by its name, among namesakes by its seq while they stay as they were.

        Of several subscriptions of a name that is single now, the one that stays goes on for all.
        """
        named = self.listing.named(name)
        if len(named) == 1:
            stays = next((each for each in group if each.condition == named[0]), group[0])
            for other in group:
                if other is not stays:
                    self._end_namesake(other, stays, at_ns)
            self._found(stays, named[0], agreed_ns, at_ns)
            return
        if not named and not self.listing.whole:
            return  # it may stand in a row that cannot be read
        seqs = frozenset(condition.seq for condition in named)
        for subscription in group:
            if named and subscription.doubled and subscription.namesakes == seqs:
                self._found(subscription, subscription.condition, agreed_ns, at_ns)
            else:
                self._missing(subscription, "ambiguous" if named else "condition-gone", at_ns)

    def _end_namesake(self, other: Subscription, stays: Subscription, at_ns: int) -> None:
        self._drop(other)
        self.wanted.remove(other)
        self._put(other, State(at_ns, "condition-gone", other.condition))
        other.membership.blind(other.doubts.own_since(at_ns), "condition missing")
        stays.inherit(other)

    def _found(self, subscription: Subscription, condition: Condition, agreed_ns: int, at_ns: int) -> None:
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
            subscription.confirmed(agreed_ns)
        if single:
            subscription.namesakes = frozenset({condition.seq})

    def _missing(self, subscription: Subscription, state: StateName, at_ns: int) -> None:
        if subscription.stage is not Stage.MISSING:
            self._drop(subscription)
            subscription.vanished(at_ns)
            self._put(subscription, State(at_ns, state, subscription.condition))

    # ------------------------------------------------------------ pushes

    def unreadable(self, what: Report, seqs: Container[str], heard_ns: int, at_ns: int) -> None:
        """Recheck what a frame could have been a push of: `seqs`, or any if they are empty; right until `heard_ns`."""
        self.tell(Anomaly(at_ns, error=what))
        for subscription in self.wanted:
            if not seqs or subscription.condition.seq in seqs:
                subscription.suspect(Blind(heard_ns, "unreadable frame", ""))

    def unasked(self, seq: str, codes: tuple[str, ...]) -> None:
        """Take a snapshot that nothing asked for; what differs from what was shown last makes the picture doubtful."""
        subscription = self._by_seq.get(seq)
        if subscription is not None and not subscription.membership.showed(codes):
            subscription.suspect(Blind(subscription.membership.right_ns, "drift", ""))

    def pushed(self, rows: Sequence[PushRow], at_ns: int, *, over: bool = True) -> None:
        """Turn rows of REAL frames that were read together into events; this is the path of every push.

        A sink gets an event before anything is made of the next one that is not for the same sinks. Who reads goes on
        once the read is `over`.
        """
        by_seq = self._by_seq
        told: list[Event] = []
        sinks: list[Sink] = []
        for row in rows:
            values = row.values
            subscription = by_seq.get(values.seq) or by_seq.get(values.seq.strip())
            if subscription is None:
                told = self._hand_over(told, sinks)
                self._unclaimed(values, at_ns)
                continue
            if subscription.sinks is not sinks and subscription.sinks != sinks:
                told, sinks = self._hand_over(told, sinks), subscription.sinks
            code = values.code
            if len(code) != 6:
                code = stock_code(code)
            event = subscription.push(values.kind, code, values.clock or "", at_ns)
            if event is not None:
                told.append(event)
        self._hand_over(told, sinks)
        if over:
            self._wake()

    def _wake(self) -> None:
        """Let go on whoever reads what came; a SystemExit of one leaves the others to the next read."""
        while self._given:
            sink = next(iter(self._given))
            del self._given[sink]
            sink.wake()

    def _hand_over(self, told: list[Event], sinks: list[Sink]) -> list[Event]:
        """Let sinks take events that are for them alone; return where the next ones are kept."""
        if not told:
            return told
        for sink in sinks:
            sink.put_all(told)
            self._given[sink] = None
        return []

    def _doubted(self) -> None:
        self.on_doubt()

    def _unclaimed(self, values: PushValues, at_ns: int) -> None:
        seq = values.seq.strip()
        if seq not in self._cleared and all(seq != subscription.condition.seq for subscription in self.wanted):
            unknown = Report("push of unknown seq", text=seq[:10])
            self.tell(Anomaly(at_ns, code=stock_code(values.code), error=unknown))
            self._strange = True
            self.on_doubt()

    def _put(self, subscription: Subscription, state: State) -> None:
        for sink in subscription.everyone():
            sink.put(state)

    def tell(self, event: Event) -> None:
        """Tell every sink what concerns the whole client."""
        for sink in self.sinks:
            sink.put(event)
