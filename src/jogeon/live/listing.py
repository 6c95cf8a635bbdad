"""The broker's list of saved conditions (조건식 목록): who is on it, how fresh it is, when to ask again. No I/O.

A seq is not an identity: conditions are edited in 영웅문4 while a connection lives. So whatever is sent by seq is
resolved by name from a list of this connection, asked for at most FRESH seconds before, or at the beginning of the
round of requests it belongs to; and a list after that round shows whether a condition moved in between.
"""

from collections.abc import Sequence

from jogeon.errors import AmbiguousCondition, UnknownCondition
from jogeon.events import Condition
from jogeon.live.debts import Debts
from jogeon.wire.messages import Register, Request
from jogeon.wire.values import composed

FRESH = 1.0
"""Seconds for which a list is fresh; also the pause that a broker expects between two requests for it."""
LONGEST_ROUND = 10.0
"""Seconds for which one list serves the requests that follow it without a pause."""
AGAIN = (1.0, 60.0)
"""First and longest pause before a list that was refused or not answered is asked for again."""
QUICK = 4
"""How often it is asked for after the first pause, before the pauses double."""
LONGEST_DOUBLING = 10
"""Doublings after which any pause is at its longest; a request may fail for months."""


class Listing:
    """The list as this connection gave it; `now` is monotonic seconds throughout."""

    def __init__(self) -> None:
        self.conditions: tuple[Condition, ...] = ()
        """What was listed last; it outlives its connection, for whoever needs a name before the next list."""
        self.whole = True
        self.debts = Debts(self.name_of)
        """What this connection owes under the seqs of the list."""
        self._taken: float | None = None
        self._round = False
        self._unconfirmed = False
        self.may_repeat = False
        """Whether the last reply, should it come twice, could be taken for that to the next request by seq.

        So it is of an answer that names no condition, and of a late one. Another reply is to come in between.
        """
        self._look_at: float | None = None
        self._not_before = 0.0
        self._failures = 0

    # ------------------------------------------------------------ what happened

    def begin(self) -> None:
        """Begin a connection: nothing is listed on it."""
        self.end()
        self.debts.begin()
        self._look_at, self._unconfirmed = None, False
        self._not_before, self._failures = 0.0, 0

    def end(self) -> None:
        """End a connection; what it listed proves nothing any more."""
        self._taken, self._round, self.may_repeat = None, False, False

    def take(self, conditions: Sequence[Condition], now: float, *, whole: bool = True) -> None:
        """Take a list: it serves the requests that follow, and confirms those before. `whole`: each row was read."""
        self.conditions, self.whole, self._taken = tuple(conditions), whole, now
        self._round, self._unconfirmed, self.may_repeat, self._look_at = True, False, False, None
        self._not_before, self._failures = 0.0, 0

    def failed(self, now: float) -> None:
        """Note that a list was refused or not answered."""
        first, longest = AGAIN
        self._not_before = now + min(longest, first * 2 ** min(max(0, self._failures - QUICK + 1), LONGEST_DOUBLING))
        self._failures += 1
        self.may_repeat = False

    def used(self) -> None:
        """Note a registration by seq: a list after its round must confirm it."""
        self._unconfirmed = True

    def look(self, at: float) -> None:
        """Ask for the list at a moment, or earlier if that is planned."""
        self._look_at = at if self._look_at is None else min(at, self._look_at)

    def pause(self) -> None:
        """Note that nothing is to be sent by seq at the moment: the round is over."""
        self._round = False

    # ------------------------------------------------------------ what to do

    @property
    def taken(self) -> bool:
        """Whether this connection has given a list."""
        return self._taken is not None

    def is_fresh(self, now: float) -> bool:
        """Tell whether a seq may be taken from the list now."""
        if self._taken is None:
            return False
        return now - self._taken <= (LONGEST_ROUND if self._round else FRESH)

    def serves(self, request: Request, now: float) -> bool:
        """Tell whether a request by seq may be sent now: it comes from a fresh list, and no reply can be repeated."""
        return self.is_fresh(now) and not (self.may_repeat and request.trnm == Register.trnm)

    def is_new(self, now: float) -> bool:
        """Tell whether the list has just come, so that asking again would tell nobody anything."""
        return self._taken is not None and not self.may_repeat and now - self._taken <= FRESH

    def may_ask(self, now: float) -> bool:
        """Tell whether the broker may be asked now, after it refused or did not answer."""
        return now >= self._not_before

    def is_due(self, now: float) -> bool:
        """Tell whether a planned look, or the one that confirms a round, is to be taken now."""
        due = self.next_look()
        return due is not None and due <= now

    def next_look(self) -> float | None:
        """Return when the next look at the list is planned, None for never."""
        looks = [] if self._look_at is None else [self._look_at]
        if self._unconfirmed and self._taken is not None:
            looks.append(self._taken + FRESH)
        return max(min(looks), self._not_before) if looks else None

    @property
    def not_before(self) -> float:
        """The earliest moment at which the broker may be asked."""
        return self._not_before

    # ------------------------------------------------------------ who is on it

    def named(self, name: str) -> list[Condition]:
        """Return the listed conditions of this name, in the broker's order."""
        return [condition for condition in self.conditions if condition.name == name]

    def name_of(self, seq: str) -> str | None:
        """Return the name that is listed under a seq, None for none."""
        return next((condition.name for condition in self.conditions if condition.seq == seq), None)


def resolve(wanted: str | Condition, listing: Sequence[Condition]) -> Condition:
    """Return the listed condition with exactly this name, else with this seq.

    macOS writes names decomposed; they are found all the same. Raises AmbiguousCondition for a name that several
    conditions have, UnknownCondition with similar names otherwise.
    """
    if isinstance(wanted, Condition):
        if wanted in listing:
            return wanted
        wanted = wanted.name
    name = composed(wanted)
    named = [condition for condition in listing if composed(condition.name) == name]
    if len(named) > 1:
        raise AmbiguousCondition(name, seqs=tuple(condition.seq for condition in named))
    for condition in named or (condition for condition in listing if condition.seq == name):
        return condition
    from difflib import get_close_matches  # few names are wrong

    close = get_close_matches(name, {condition.name for condition in listing}, n=3, cutoff=0.4)
    raise UnknownCondition(name, close=tuple(close))
