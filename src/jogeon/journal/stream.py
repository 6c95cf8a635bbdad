"""Following a numbered stream that somebody else numbers: order, repeats, holes, refusals. No I/O, no clock.

Who follows keeps its position and its own fold. What it has is dropped by number; a hole is asked for again; where the
position is refused, the stream goes on from a picture of now, behind a Gap and the difference to its own fold: what it
hands on never jumps.
"""

from collections.abc import Iterable

from jogeon.errors import PositionError
from jogeon.events import Cause, Condition, Event, Snapshot
from jogeon.gaps import Blind, ended
from jogeon.journal.fold import Fold, Known
from jogeon.journal.position import Position

BEGINNING = Position(0, 0)


class Stream:
    """One consumer's side of a numbered stream; `position` is that of the last event it took."""

    def __init__(self, position: Position = BEGINNING, known: dict[Condition, Known] | None = None) -> None:
        self.position = position
        self._fold = Fold(known)
        self._last: dict[Condition, Position] = {}
        """The last event of each condition, where not all conditions are followed."""

    @property
    def known(self) -> dict[Condition, Known]:
        """What the events that were taken add up to."""
        return self._fold.known

    def take(self, at: Position, event: Event, before: Position | None = None) -> bool:
        """Take an event; return whether it is to be handed on, which one that was taken already is not.

        `before` is the position of the event before it: of the same condition, where only some are followed. Without it
        numbers must follow each other; an epoch begins with 1. PositionError `hole` if something is missing in front of
        it: ask for what is behind `position` again. PositionError `foreign` if it is of another journal.
        """
        if at.journal is not None and self.position.journal not in (None, at.journal):
            raise PositionError(self.position, "foreign", f"the stream is that of {at.journal}")
        if (at.epoch, at.n) <= (self.position.epoch, self.position.n):
            return False
        if not self._follows(at, event.condition, before):
            raise PositionError(self.position, "hole", "what comes next is missing")
        self._fold.take(event)
        self._fold.settle()
        self.position = at
        if event.condition is not None:
            self._last[event.condition] = at
        return True

    def _follows(self, at: Position, condition: Condition | None, before: Position | None) -> bool:
        if before is None:
            return at.n == (self.position.n + 1 if at.epoch == self.position.epoch else 1)
        last = self._last.get(condition, self.position) if condition is not None else self.position
        return (before.epoch, before.n) <= (last.epoch, last.n)

    def refused(self, shown: Iterable[Snapshot], at: Position, cause: Cause = "lagged") -> list[Event]:
        """Go on at another position from a picture of now; return what leads there: Gap, difference and Snapshot each.

        A condition that was not known begins with its Snapshot. The events are of the consumer's own making and bear no
        numbers.
        """
        made: list[Event] = []
        for snapshot in shown:
            found = self._fold.find(snapshot.condition)
            if found is None:
                made.append(snapshot)
            else:
                condition, known = found
                made += ended(Blind(known.right_ns, cause), known.codes, snapshot)
                del self._fold.known[condition]
        for event in made:
            if isinstance(event, Snapshot):
                self._fold.take(event)
        self._fold.settle()
        self.position = at
        self._last.clear()
        return made
