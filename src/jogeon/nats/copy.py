"""What one reader has of a stream: how far it is, and what that adds up to. No I/O, no clock, no task."""

from collections.abc import Sequence
from datetime import datetime

from jogeon.errors import PositionError
from jogeon.events import Condition, Number
from jogeon.journal.fold import Fold, Known
from jogeon.nats.parcels import Parcel, PictureAt
from jogeon.reports import Report
from jogeon.wire.lines import Line
from jogeon.wire.messages import Shown


class Copy:
    """A reader's side of a stream that was `created` once, from a picture on; `sequence` is its last whole parcel's."""

    def __init__(self, created: datetime | None, picture: PictureAt, sequence: int) -> None:
        self.created = created
        self.sequence = sequence
        self.position = picture.position
        self._fold = Fold({each.condition: Known(dict.fromkeys(each.codes), each.at_ns) for each in picture.shown})
        self._last: dict[str, Number] = {}

    def take(self, parcel: Parcel, sequence: int) -> Sequence[Line]:
        """Take the next parcel; return its lines that were not taken yet.

        PositionError `hole` if something is missing in front of it, `foreign` if another journal goes on here.
        """
        head, reached = parcel.head, (self.position.epoch, self.position.n)
        if head.at.journal != self.position.journal:
            raise PositionError(self.position, "foreign", Report("another stream", name=head.journal))
        if parcel.picture is not None or head.to <= reached:
            self.sequence = sequence
            return ()
        if head.before > reached:
            raise PositionError(self.position, "hole", Report("next elsewhere", name=str(head.before)))
        lines = [line for line in parcel.lines if (line.event.number or reached) > reached]
        for line in lines:
            self._fold.take(line.event)
            if line.event.condition is not None and line.event.number is not None:
                self._last[line.event.condition.name] = line.event.number
        self._fold.settle()
        self.position, self.sequence = head.at, sequence
        return lines

    def last(self, name: str) -> Number:
        """Return the number of the last event of a condition that was taken."""
        return self._last.get(name, (0, 0))

    def shown(self, condition: Condition, label: str) -> Shown | None:
        """Return the members of a condition, None where they are not known to be right."""
        found = self._fold.find(condition)
        if found is None or not found[1].sure:
            return None
        return Shown(label, tuple(found[1].codes), found[1].right_ns)
