"""Which conditions are wanted, which are registered, and what to ask for next. No I/O, no clock, no task.

The driver (client.py) asks `next_request`, sends it, and brings back what happened: `answered`, `timed_out`, `pushed`,
`unreadable`, `lost`. Every event a user sees is made here or in members.py and handed to the sinks of its condition.

Two sets are reconciled after every login: what is wanted (by name: names outlive renumbering) and what is registered on
this connection. Two clocks are passed in: `now` is monotonic seconds and decides when; `at_ns` is the wall clock and
only stamps events.
"""

import difflib
import math
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import Protocol

from jogeon import messages
from jogeon.errors import (
    AmbiguousCondition,
    JogeonError,
    LocalProtocolError,
    RemoteProtocolError,
    RequestRefused,
    RequestTimeout,
    UnknownCondition,
)
from jogeon.events import Anomaly, Cause, Condition, Event, Exchange, Snapshot, State, StateName
from jogeon.members import DRIFT_GRACE_NS, Blind, Membership
from jogeon.messages import Answer, Clear, ListConditions, Malformed, Refusal, Register, Registered, Request
from jogeon.values import composed, stock_code

GRACE = DRIFT_GRACE_NS / 1e9
CURE_PAUSE = 0.3
"""Seconds between the CNSRCLR and the CNSRREQ that cure 900003."""
UNANSWERED_PAUSE = (5.0, 60.0)
"""First and longest pause between attempts to register a condition that is not answered."""
RELIST = 60.0
"""Seconds between looks at the list while a wanted condition is missing from it."""
LONGEST_DOUBLING = 10
"""Doublings after which any pause is at its longest; a condition may fail for months."""
HOPELESS_AFTER = 2
"""Failed attempts of every wanted condition after which the connection is given up."""


class Sink(Protocol):
    """Where the events of a watch go: a queue, a journal. No method may wait or raise."""

    def put(self, event: Event) -> None:
        """Take one event."""

    def put_block(self, events: Sequence[Event]) -> None:
        """Take events that belong together: gap, recovered changes, snapshot."""

    def renumbered(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq; what was put bears the old one."""


class Stage(Enum):
    """What this connection has of a wanted condition."""

    MISSING = auto()
    """Not on the list, or ambiguous: nothing can be asked for."""
    WAITING = auto()
    """To be registered when it is due."""
    ACTIVE = auto()
    """Registered; the next recheck begins when it is due."""


class Following:
    """One wanted condition, bound to its name; to its seq as well where several conditions bear the name."""

    def __init__(self, condition: Condition, exchange: Exchange, namesakes: frozenset[str]) -> None:
        self.condition = condition
        self.exchange: Exchange = exchange
        self.namesakes = namesakes
        self.membership = Membership(condition)
        self.push = self.membership.push
        self.sinks: list[Sink] = []
        self.fresh: list[Sink] = []
        """Sinks that joined while blind: they begin with the snapshot that ends it."""
        self.stage = Stage.WAITING
        self.due = 0.0
        self.judge_at: float | None = None
        self.clear_first = False
        self.cured = False
        self.rechecking = False
        self.doubt: Blind | None = None
        """Since when its picture may be wrong, and why; the recheck that is due or going on will tell."""
        self.again: Blind | None = None
        """The same, noticed since that recheck began: another must follow."""
        self.cleared_ns: int | None = None
        """When the CNSRCLR of a recheck was sent: the server may have pushed nothing since."""
        self.failures = 0
        self.error: JogeonError | None = None
        self.settled = False
        """Whether its first registration was answered, refused or timed out."""

    @property
    def doubled(self) -> bool:
        """Whether other conditions bear the same name, so that only the seq tells them apart."""
        return len(self.namesakes) > 1

    @property
    def key(self) -> Condition | str:
        """What the members of a watch are keyed by: the name, or the Condition where the name is doubled."""
        return self.condition if self.doubled else self.condition.name

    def publish(self, events: Sequence[Event]) -> None:
        """Hand a block to all sinks; those that joined while blind begin with its snapshot."""
        for sink in self.sinks:
            sink.put_block(events)
        if self.fresh and self.membership.live:
            shown = next((place for place, event in enumerate(events) if isinstance(event, Snapshot)), 0)
            for sink in self.fresh:
                sink.put_block(events[shown:])
            self.sinks += self.fresh
            self.fresh = []

    def reset(self) -> None:
        """Forget what the last connection had of it."""
        self.stage, self.due, self.failures = Stage.WAITING, 0.0, 0
        self.clear_first = self.cured = False
        self.trust()

    def trust(self) -> None:
        """Forget the doubts: what was doubtful is settled, or part of a blind stretch by now."""
        self.rechecking = False
        self.judge_at = self.cleared_ns = self.doubt = self.again = None

    def doubted(self) -> Blind | None:
        """Return since when its picture may be wrong, None if nothing speaks against it."""
        cleared = None if self.cleared_ns is None else Blind(self.cleared_ns, "drift", "")
        doubts = [doubt for doubt in (self.doubt, self.again, cleared) if doubt is not None]
        return min(doubts, key=lambda doubt: doubt.since_ns, default=None)

    def doubtful_since(self, heard_ns: int) -> int:
        """Return since when a registration that ends may have been blind; `heard_ns` at the latest."""
        doubt = self.doubted()
        return heard_ns if doubt is None else min(doubt.since_ns, heard_ns)


def resolve(wanted: str | Condition, listing: Sequence[Condition]) -> Condition:
    """Return the listed condition with exactly this name, else with this seq; macOS writes names decomposed.

    Raises AmbiguousCondition for a name that several conditions bear, UnknownCondition with similar names otherwise.
    """
    if isinstance(wanted, Condition):
        if wanted in listing:
            return wanted
        wanted = wanted.name
    name = composed(wanted)
    named = [condition for condition in listing if condition.name == name]
    if len(named) > 1:
        raise AmbiguousCondition(name, seqs=tuple(condition.seq for condition in named))
    for condition in named or (condition for condition in listing if condition.seq == name):
        return condition
    close = difflib.get_close_matches(name, {condition.name for condition in listing}, n=3, cutoff=0.4)
    raise UnknownCondition(name, close=tuple(close))


class Registrar:
    """Keeps what is registered equal to what is wanted, and tells every sink the truth about it.

    `recheck` is the pause in seconds between rechecks of one condition (0 = never).
    """

    def __init__(self, *, recheck: float = 600.0) -> None:
        self.recheck = recheck or math.inf
        self.followings: list[Following] = []
        self.sinks: list[Sink] = []
        self.listing: tuple[Condition, ...] = ()
        self._everything: list[tuple[Sink, Exchange]] = []
        self._connected = self._listed = False
        self._relist_at: float | None = None
        self._by_seq: dict[str, Following] = {}
        self._leaving: list[str] = []
        self._cleared: set[str] = set()

    # ------------------------------------------------------------ wishes

    def join(self, sink: Sink) -> None:
        """Add a sink for what concerns the whole client (states, anomalies without a condition)."""
        self.sinks.append(sink)

    def want(self, condition: Condition, sink: Sink, exchange: Exchange, at_ns: int) -> Following:
        """Follow a listed condition; the sink begins with its snapshot, at once if it is followed already."""
        following = next((f for f in self.followings if f.condition == condition), None)
        if following is None:
            namesakes = frozenset(c.seq for c in self.listing if c.name == condition.name)
            following = Following(condition, exchange, namesakes)
            self.followings.append(following)
        elif following.exchange != exchange:
            raise LocalProtocolError(f"{condition.name!r} is watched on exchange {following.exchange} already")
        if following.membership.live:
            sink.put_block((following.membership.now(at_ns),))
            following.sinks.append(sink)
        else:
            (following.fresh if following.membership.known else following.sinks).append(sink)
        return following

    def want_all(self, sink: Sink, exchange: Exchange, at_ns: int) -> list[Following]:
        """Follow every listed condition, and those that are added later."""
        self._everything.append((sink, exchange))
        return [self.want(condition, sink, exchange, at_ns) for condition in self.listing]

    def leave(self, sink: Sink, at_ns: int) -> list[str]:
        """Tell a sink its open gaps and follow no longer what nobody else wants; return the seqs to be cleared."""
        self.sinks = [other for other in self.sinks if other is not sink]
        self._everything = [(other, exchange) for other, exchange in self._everything if other is not sink]
        dropped = []
        for following in list(self.followings):
            if sink in following.sinks:
                for gap in following.membership.end(at_ns, following.doubted()):
                    sink.put(gap)
            following.sinks = [other for other in following.sinks if other is not sink]
            following.fresh = [other for other in following.fresh if other is not sink]
            if not following.sinks and not following.fresh:
                self.followings.remove(following)
                dropped += self._drop(following.condition.seq, following)
        return dropped

    def _drop(self, seq: str, following: Following) -> list[str]:
        """Stop listening to a seq at once: a push that comes after this is not an event."""
        if self._by_seq.get(seq) is not following:
            return []
        del self._by_seq[seq]
        self._cleared.add(seq)
        self._leaving.append(seq)
        return [seq]

    def is_leaving(self, seqs: Iterable[str]) -> bool:
        """Tell whether any of these seqs still waits for its CNSRCLR."""
        return any(seq in self._leaving for seq in seqs)

    # ------------------------------------------------------------ what to do next

    def next_request(self, now: float, at_ns: int) -> Request | None:
        """Return what to send next, or None until `next_due` or until something happens."""
        if not self._connected:
            return None
        self._judge(now, at_ns)
        if not self._listed or (self._relist_at is not None and self._relist_at <= now):
            return ListConditions()
        if self._leaving:
            return Clear(self._leaving[0])
        for following in sorted(self.followings, key=lambda f: f.due):
            if following.due <= now:
                request = self._request_for(following, at_ns)
                if request is not None:
                    return request
        return None

    def _request_for(self, following: Following, at_ns: int) -> Request | None:
        if following.stage is Stage.ACTIVE and following.judge_at is None:
            following.stage, following.rechecking, following.clear_first = Stage.WAITING, True, True
            following.cleared_ns = at_ns
        if following.stage is not Stage.WAITING:
            return None
        seq = following.condition.seq
        if following.clear_first:
            return Clear(seq)
        self._by_seq[seq] = following
        self._cleared.discard(seq)
        following.membership.asked()
        return Register(seq, following.exchange)

    def next_due(self) -> float | None:
        """Return when `next_request` may have something to say if nothing happens before."""
        if not self._connected:
            return None
        moments = [f.due if f.judge_at is None else f.judge_at for f in self.followings if f.stage is not Stage.MISSING]
        soonest = min([*moments, *([] if self._relist_at is None else [self._relist_at])], default=math.inf)
        return None if soonest == math.inf else soonest

    @property
    def hopeless(self) -> bool:
        """Whether nothing is answered on this connection, so that it is to be given up; a refusal is an answer."""
        asked = [f for f in self.followings if f.stage is not Stage.MISSING]
        stuck = [f for f in asked if f.failures >= HOPELESS_AFTER and isinstance(f.error, RequestTimeout)]
        return self._connected and bool(asked) and len(stuck) == len(asked)

    # ------------------------------------------------------------ what happened

    def connected(self) -> None:
        """Begin a connection: logged in, nothing listed or registered."""
        self._connected, self._listed = True, False

    def lost(self, heard_ns: int, cause: Cause, detail: str) -> None:
        """End a connection; `heard_ns` is when its last frame was heard."""
        self._connected = self._listed = False
        for following in self.followings:
            following.membership.blind(following.doubtful_since(heard_ns), cause, detail)
            if following.stage is not Stage.MISSING:  # told once, not after each login
                following.reset()
        self._by_seq.clear()
        self._leaving.clear()
        self._cleared.clear()

    def answered(self, request: Request, answer: Answer, now: float, at_ns: int) -> None:
        """Take the answer to a request that `next_request` gave, or to a ListConditions of anybody."""
        match request, answer:
            case ListConditions(), messages.ConditionList(conditions):
                self._take_list(conditions, now, at_ns)
            case Clear(seq), _:
                self._take_clear(seq, now)
            case Register(seq), _ if seq in self._by_seq:
                self._take_registration(self._by_seq[seq], answer, now, at_ns)

    def timed_out(self, request: Request, seconds: float, now: float, at_ns: int) -> None:
        """Note that a request was not answered in time."""
        if isinstance(request, Clear) and request.seq in self._leaving:
            self._leaving.remove(request.seq)
            return
        following = self._by_seq.get(request.seq) if isinstance(request, Register | Clear) else None
        if following is not None and following.stage is Stage.WAITING:
            self._fail(following, RequestTimeout(request.trnm, seconds), now, at_ns)
        elif following is not None:
            self._doubt(following, "registration lost", now)  # by a Clear of somebody else

    def late(self, request: Request, now: float) -> None:
        """Note a reply that came after its time: a snapshot out of order makes what is known doubtful."""
        following = self._by_seq.get(request.seq) if isinstance(request, Register) else None
        if following is not None and not following.clear_first:  # else it is about to be registered anew anyway
            self._doubt(following, "drift", now)

    # ------------------------------------------------------------ answers

    def _take_list(self, listing: tuple[Condition, ...], now: float, at_ns: int) -> None:
        self.listing, self._listed, self._relist_at = listing, True, None
        for following in list(self.followings):
            self._resolve(following, at_ns)
        for sink, exchange in self._everything:
            for condition in listing:
                known = [following for following in self.followings if following.condition == condition]
                if not any(sink in (*following.sinks, *following.fresh) for following in known):
                    sink.put(State(at_ns, "condition-added", condition))
                    self.want(condition, sink, known[0].exchange if known else exchange, at_ns)
        if any(following.stage is Stage.MISSING for following in self.followings):
            self._relist_at = now + RELIST

    def _resolve(self, following: Following, at_ns: int) -> None:
        """Find a wanted condition in a new list: by its name, by its seq only while its namesakes stay as they were."""
        before = following.condition
        named = [condition for condition in self.listing if condition.name == before.name]
        namesakes = frozenset(condition.seq for condition in named)
        if following.doubled and namesakes != following.namesakes:
            named = [before] * 2 if named else []
        elif following.doubled:
            named = [before]
        if len(named) == 1:
            self._found(following, named[0], at_ns)
        else:
            self._missing(following, "ambiguous" if named else "condition-gone", at_ns)

    def _found(self, following: Following, condition: Condition, at_ns: int) -> None:
        if condition.seq != following.condition.seq:
            self._drop(following.condition.seq, following)
            if following.stage is not Stage.MISSING:
                since_ns = following.doubtful_since(at_ns)
                following.membership.blind(since_ns, "registration lost", "the conditions were renumbered")
                following.reset()
            for sink in (*following.sinks, *following.fresh):
                sink.renumbered(following.condition, condition)
            following.condition = following.membership.condition = condition
        if following.stage is Stage.MISSING:
            following.reset()

    def _missing(self, following: Following, state: StateName, at_ns: int) -> None:
        if following.stage is Stage.MISSING:
            return
        self._drop(following.condition.seq, following)
        following.membership.blind(following.doubtful_since(at_ns), "condition missing")
        following.reset()
        following.stage, following.settled = Stage.MISSING, True
        self._tell(following, state, at_ns)

    def _take_clear(self, seq: str, now: float) -> None:
        self._cleared.add(seq)
        if seq in self._leaving:
            self._leaving.remove(seq)
            return
        following = self._by_seq.get(seq)
        if following is not None and following.clear_first:
            del self._by_seq[seq]
            following.clear_first = False
            following.due = now + (CURE_PAUSE if following.cured or following.failures else 0.0)
        elif following is not None:
            self._doubt(following, "registration lost", now)  # by a Clear of somebody else

    def _take_registration(self, following: Following, answer: Answer, now: float, at_ns: int) -> None:
        match answer:
            case Registered(codes):
                self._registered(following, codes, now, at_ns)
            case Refusal(code=messages.ALREADY_REGISTERED) if not following.cured:
                following.cured = following.clear_first = True
                following.due = now
            case Refusal(code, text):
                self._fail(following, RequestRefused(Register.trnm, code=code, text=text), now, at_ns)
                if code == messages.NO_SUCH_SEQ:
                    self._relist_at = now
            case Malformed(reason):
                self._fail(following, RemoteProtocolError(reason), now, at_ns)

    def _registered(self, following: Following, codes: tuple[str, ...], now: float, at_ns: int) -> None:
        following.failures, following.cured, following.error, following.settled = 0, False, None, True
        following.stage = Stage.ACTIVE
        if following.rechecking:
            following.rechecking = False
            if following.membership.rechecked(codes, at_ns):
                self._plan(following, now, self.recheck)
            else:
                following.judge_at = now + GRACE
            return
        self._plan(following, now, self._stagger(following))
        following.publish(following.membership.snapshot(codes, at_ns))
        active = sum(f.stage is not Stage.WAITING and f.stage is not Stage.MISSING for f in self.followings)
        self._tell(following, "registered", at_ns, f"{active} of {len(self.followings)}")

    def _stagger(self, following: Following) -> float:
        """Spread the first rechecks over the second half of the interval, so that they never come in a burst."""
        place = self.followings.index(following) + 1
        return self.recheck * (0.5 + 0.5 * place / len(self.followings))

    def _fail(self, following: Following, error: JogeonError, now: float, at_ns: int) -> None:
        following.membership.blind(following.doubtful_since(at_ns), "registration lost", str(error))
        following.trust()
        first, longest = UNANSWERED_PAUSE
        following.due = now + min(longest, first * 2 ** min(following.failures, LONGEST_DOUBLING))
        following.failures += 1
        following.stage, following.clear_first, following.cured = Stage.WAITING, True, False
        following.error, following.settled = error, True
        if following.failures == 1:
            self._tell(following, "unanswered", at_ns, str(error))

    # ------------------------------------------------------------ rechecks

    def _judge(self, now: float, at_ns: int) -> None:
        for following in self.followings:
            if following.judge_at is not None and following.judge_at <= now:
                block, again = following.membership.resolve(at_ns, following.doubt)
                if block:
                    following.publish(block)
                self._plan(following, now, 2 * GRACE if again else self.recheck)

    def _plan(self, following: Following, now: float, pause: float) -> None:
        """Plan the recheck after what was settled now: at once, if something was doubted meanwhile."""
        following.judge_at = following.cleared_ns = None
        following.doubt, following.again = following.again, None
        following.due = now + pause if following.doubt is None else now

    def _doubt(self, following: Following, cause: Cause, now: float, since_ns: int | None = None) -> None:
        """Recheck a condition at once, or once more after what is going on."""
        doubt = Blind(following.membership.right_ns if since_ns is None else since_ns, cause, "")
        if following.stage is Stage.WAITING or following.judge_at is not None:
            following.again = following.again or doubt
        else:
            following.doubt, following.due = following.doubt or doubt, now

    def unreadable(self, what: str, heard_ns: int, now: float, at_ns: int) -> None:
        """Take a frame that could have been a push: tell it and recheck every condition (`heard_ns`: frame before)."""
        self._tell_all(Anomaly(at_ns, what))
        for following in self.followings:
            if following.stage is not Stage.MISSING:
                self._doubt(following, "unreadable frame", now, heard_ns)

    def pushed(self, push: messages.Push, at_ns: int) -> None:
        """Turn the rows of a REAL frame into events; this is the path of every push."""
        for row in push.data:
            if row.type != "02":
                continue
            values = row.values
            following = self._by_seq.get(values.seq) or self._by_seq.get(values.seq.strip())
            if following is None:
                self._unclaimed(values, at_ns)
                continue
            code = values.code
            if len(code) != 6:
                code = stock_code(code)
            event = following.push(values.kind, code, values.clock or "", at_ns)
            if event is not None:
                for sink in following.sinks:
                    sink.put(event)

    def _unclaimed(self, values: messages.PushValues, at_ns: int) -> None:
        seq = values.seq.strip()
        if seq not in self._cleared and all(seq != following.condition.seq for following in self.followings):
            code = stock_code(values.code)
            self._tell_all(Anomaly(at_ns, f"push for the unknown condition seq {seq[:10]!r}", None, code))

    def tell(self, at_ns: int, state: StateName, cause: str = "") -> None:
        """Tell every sink a state of the whole client."""
        self._tell_all(State(at_ns, state, None, cause))

    def _tell(self, following: Following, state: StateName, at_ns: int, cause: str = "") -> None:
        for sink in (*following.sinks, *following.fresh):
            sink.put(State(at_ns, state, following.condition, cause))

    def _tell_all(self, event: Event) -> None:
        for sink in self.sinks:
            sink.put(event)
