"""Finds what the entries of each roll-up returned, bit by bit, once the prices that count for them are in."""

import sqlite3

from msgspec import Struct, field

from jogeon.journal.reading import read_chunks
from jogeon.journal.returns import ENTERED, ENTRY, Returned, known_at
from jogeon.journal.schema import Row

LOOK_NS = 30_000_000_000
"""Between two looks whether there is a roll-up whose prices are all in."""


class Weighed(Struct):
    """A roll-up whose returns are being found; `last` is its last event, `place` the last one looked at.

    Prices up to `until_ns` count for it.
    """

    last: int
    until_ns: int
    place: int
    found: Returned = field(default_factory=Returned)

    def step(self, db: sqlite3.Connection, most: int) -> bool:
        """Look at so many events more; return whether that was all."""
        end = min(self.place + most, self.last)
        for rows in read_chunks(db, ENTRY, self.place, end, ENTERED):
            self.found.add(db, rows)
        self.place = end
        return end == self.last

    def row(self) -> Row:
        """Return it as a row of the table `returns`."""
        return self.last, self.until_ns, self.found.encoded()


class Weighing:
    """Knows which roll-up is next. What is found stands for as long as no price that counts comes or goes."""

    def __init__(self) -> None:
        self._weighed: Weighed | None = None
        self._looked_ns: int | None = None
        """When a look last found nothing to do; None if there may be more."""

    def step(self, db: sqlite3.Connection, now_ns: int, most: int) -> tuple[bool, Row | None]:
        """Look at so many events of the roll-up that is under way, else of the first one whose prices are in.

        Return whether there was one, and what is to be kept of it if that is complete.
        """
        weighed, self._weighed = self._weighed, None  # after an error it is begun again
        if weighed is None and (self._looked_ns is None or not 0 <= now_ns - self._looked_ns < LOOK_NS):
            weighed = _next(db, now_ns)
            self._looked_ns = now_ns if weighed is None else None
        if weighed is None:
            return False, None
        if weighed.step(db, most):
            return True, weighed.row()
        self._weighed = weighed
        return True, None

    def _void(self) -> None:
        """Drop the roll-up under way, so that it is begun again, and look at once."""
        self._weighed = self._looked_ns = None

    def priced(self, db: sqlite3.Connection, at_ns: int) -> None:
        """Forget the returns that a late price counts for; call it in the transaction that adds the price."""
        gone = db.execute("DELETE FROM returns WHERE until_ns >= ?", (at_ns,)).rowcount
        if gone or (self._weighed is not None and self._weighed.until_ns >= at_ns):
            self._void()

    def deleted(self, db: sqlite3.Connection, before_ns: int) -> None:
        """Forget returns whose events or prices from before a moment were deleted; call it in that transaction."""
        db.execute("DELETE FROM returns WHERE last NOT IN (SELECT last FROM rollups WHERE min_ns >= ?)", (before_ns,))
        self._void()


def _next(db: sqlite3.Connection, now_ns: int) -> Weighed | None:
    query = "SELECT last, max_ns, first FROM rollups WHERE last NOT IN (SELECT last FROM returns) ORDER BY last"
    waiting = ((last, known_at(max_ns), first) for last, max_ns, first in db.execute(query).fetchall())
    return next((Weighed(last, until, first - 1) for last, until, first in waiting if until < now_ns), None)
