"""Following the numbered stream of a hub: what it says is so, and a connection to it that ends costs nothing.

A hub tells what was committed, in order, with its numbers; its gaps are the gaps. After an outage of the way to the hub
the stream goes on behind the last number, and nothing was missed. Only where the hub refuses that position is there a
gap of our own. No I/O, no clock, no task.
"""

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import force_setattr

from jogeon.errors import RequestRefused
from jogeon.events import Anomaly, Enter, Event, Gap, Leave, NameOf, Number, Snapshot, State, named, nameless
from jogeon.gaps import Blind
from jogeon.live.folding import fold, restored
from jogeon.live.stages import Stage
from jogeon.live.subscription import Subscription
from jogeon.wire.lines import Line
from jogeon.wire.messages import Follow, Following, Shown

LATE_NS = 2 * 10**9
"""Who reads a line that long after its event has lines before it that others have read."""
AFTER = "{journal}:{epoch}:{n}"


class Relayed:
    """What is followed on the hub of a connection.

    `tell` takes what concerns all sinks, `tell_added` the state that tells of a condition added above, and its name.
    `journal` is the identity of the hub's journal, `number` the last line that was taken, None before the first.
    """

    def __init__(
        self, tell: Callable[[Event], None], tell_added: Callable[[State, str], None], name_of: NameOf = nameless
    ) -> None:
        self.journal = ""
        self.number: Number | None = None
        self._tell = tell
        self._tell_added = tell_added
        self._name_of = name_of
        self._behind = False
        """Whether what is followed first begins behind `number`."""
        self._added: set[str] = set()
        """Conditions, by name, that were added above and are followed from where that was told."""
        self._missed: dict[str, str] = {}
        """Conditions, by name, of which nobody can tell what was missed before they are shown, and why."""
        self._followed: dict[str, Subscription] = {}
        """By the seq that the hub knows each by on this connection."""
        self._last: dict[str, Number] = {}
        """The last line of each condition, by its name."""
        self._blocks: dict[str, list[Event]] = {}
        """What has come of a blind stretch whose snapshot has not."""
        self._late_ns: int | None = None
        """The moment of the last line, if it was read late."""
        self.broken = False
        """Whether a line is missing: nothing is taken until the stream has begun anew."""

    def resume_behind(self, journal: str, number: Number) -> None:
        """Begin behind a position, with the members that were known there, instead of at the end."""
        self.journal, self.number, self._behind = journal, number, True

    # ------------------------------------------------------------ what to send

    def request(self, due: Sequence[Subscription], now: float, at_ns: int) -> Follow:
        """Return the request that lets these be heard: those that go on behind the last line, or else the others."""
        known = [each for each in due if self._resumes(each)]
        group = [each for each in known or due if each.exchange == (known or due)[0].exchange]
        for subscription in group:
            subscription.followed(now, at_ns)
        seqs = tuple(each.condition.seq for each in group)
        epoch, n = self.number or (0, 0)
        after = AFTER.format(journal=self.journal, epoch=epoch, n=n).lstrip(":") if known else ""
        members = self._behind or any(each.condition.name in self._added for each in group)
        return Follow(seqs, after, group[0].exchange, members=members and bool(known))

    def _resumes(self, subscription: Subscription) -> bool:
        known = subscription.membership.known or subscription.condition.name in self._added
        return self.number is not None and (known or self._behind)

    def begin(self, subscriptions: Iterable[Subscription]) -> None:
        """Note what a request was sent for."""
        self._followed |= {each.condition.seq: each for each in subscriptions}

    def connected(self, journal: str | None) -> bool:
        """Note the journal of the server that is logged in to, None if it has none; return whether it is a hub.

        What is heard where nothing is numbered has no position to resume behind.
        """
        if journal is None:
            self.number = None
        return journal is not None

    def lost(self, heard_ns: int) -> int:
        """Note the end of a connection; return up to when its stream was read, of what was listened to until a moment.

        Who is late has not heard what happened in between.
        """
        late_ns, self._late_ns = self._late_ns, None
        self._followed.clear()
        self._blocks.clear()
        self.broken = False
        return heard_ns if late_ns is None else min(heard_ns, late_ns)

    # ------------------------------------------------------------ what was answered

    def waiting(self, request: Follow) -> list[Subscription]:
        """Return what waits for the answer to a request."""
        found = [self._followed[seq] for seq in request.seqs if seq in self._followed]
        return [each for each in found if each.stage is Stage.ASKED]

    def answered(self, request: Follow, answer: Following, now: float, at_ns: int) -> None:
        """Take where the stream begins."""
        self.broken = self._behind = False
        followed = [self._followed[seq] for seq in request.seqs if seq in self._followed]
        added = self._added & {each.condition.name for each in followed}
        self._added -= added
        *head, epoch, n = answer.position.split(":")
        journal, begins = "".join(head), (int(epoch), int(n))
        if answer.resumed:
            self.journal = journal or self.journal
            for subscription in followed:
                self._last.setdefault(subscription.condition.name, begins)
                if not request.members:
                    _resume(subscription, now, at_ns)
        else:
            if self.journal != journal or answer.refused or self.number is None:
                self.journal, self.number = journal, begins
            for subscription in followed:
                self._last[subscription.condition.name] = begins
            if request.members:
                known = {each.condition.name for each in followed} - added  # of what was added nothing was heard before
                self._missed |= dict.fromkeys(known, f"{request.after}: {answer.refused}")
        for shown in answer.shown:
            self._show(shown, now, shown.right_ns if answer.resumed else at_ns)

    def _show(self, shown: Shown, now: float, at_ns: int) -> None:
        subscription = self._followed.get(shown.seq)
        if subscription is not None:
            self._tell_missed(subscription, at_ns)
            subscription.attempts.succeeded(now)
            subscription.begin_picture(shown.codes, now, at_ns)

    def _tell_missed(self, subscription: Subscription, until_ns: int) -> None:
        """Tell of what was missed before the members are shown; nobody knows since when."""
        why = self._missed.pop(subscription.condition.name, None)
        if why is not None:
            self._put(subscription, Gap(subscription.condition, 0, until_ns, "lagged", why))

    # ------------------------------------------------------------ what comes

    def take(self, lines: Sequence[Line], now: float, at_ns: int) -> None:
        """Take lines in their order; what was taken already is dropped."""
        for line in lines:
            event, number = line.event, line.event.number
            moment_ns = event.until_ns if isinstance(event, Gap) else event.at_ns
            self._late_ns = moment_ns if at_ns - moment_ns > LATE_NS else None
            if event.condition is None:
                if number is None or self._is_next(number):
                    self._tell(event)
                continue
            subscription = self._followed.get(event.condition.seq)
            if subscription is None and isinstance(event, State) and event.state == "condition-added":
                if number is not None and self._is_next(number):
                    self._added.add(event.condition.name)
                    self._tell_added(event, event.condition.name)
                continue
            if subscription is None or (number is not None and not self._follows(subscription, number, line.prev)):
                continue
            self._take(subscription, event, now)

    def _is_next(self, number: Number) -> bool:
        if self.broken or (self.number is not None and number <= self.number):
            return False
        self.number = number
        return True

    def _follows(self, subscription: Subscription, number: Number, prev: int) -> bool:
        """Tell whether a line is the next of its condition; ask for the stream again where one is missing."""
        name = subscription.condition.name
        last = self._last.get(name, (0, 0))
        if self.broken or number <= last:
            return False
        if prev and (number[0], prev) > last:
            self.broken = True
            for each in self._followed.values():
                each.suspect(Blind(each.membership.right_ns, "lagged"), at_once=True)
            return False
        self._last[name] = number
        self.number = max(number, self.number or number)
        return True

    def _take(self, subscription: Subscription, event: Event, now: float) -> None:
        force_setattr(event, "condition", subscription.condition)  # nobody has seen it yet
        name = subscription.condition.name
        match event:
            case Snapshot():
                self._tell_missed(subscription, event.at_ns)
                block = [*self._blocks.pop(name, []), event]
                _take_block(subscription, block, now)
            case Gap(open=False):
                self._blocks[name] = [event]
            case Enter() | Leave() if name in self._blocks and event.until_ns is not None:
                self._blocks[name].append(self._named(event))
            case Enter() | Leave():
                fold(subscription.membership, self._named(event))
                self._put(subscription, event)
            case State(state="unanswered", error=error) if error is not None:
                subscription.attempts.error = RequestRefused(Follow.trnm, code=error.code, text=error.text)
                subscription.settled = True
                self._put(subscription, event)
            case Gap() | State() | Anomaly():
                self._put(subscription, event)

    def _named(self, event: Enter | Leave) -> Enter | Leave:
        return named(event, self._name_of) if event.name is None else event

    def _put(self, subscription: Subscription, event: Event) -> None:
        for sink in subscription.everyone() if isinstance(event, State) else subscription.sinks:
            sink.put(event)


def _resume(subscription: Subscription, now: float, at_ns: int) -> None:
    """Let a condition go on where it was: nothing is missing."""
    subscription.attempts.succeeded(now)
    restored(subscription.membership)
    subscription.shown(now)
    subscription.welcome(at_ns)


def _take_block(subscription: Subscription, block: Sequence[Event], now: float) -> None:
    """Take a block that ends in a snapshot; what leads there only if its beginning is known."""
    was_known, shown = subscription.membership.known, block[-1]
    if isinstance(shown, Snapshot):
        fold(subscription.membership, shown)
    subscription.publish(block if was_known else (shown,))
    subscription.attempts.succeeded(now)
    if subscription.stage is Stage.ASKED:
        subscription.shown(now)
