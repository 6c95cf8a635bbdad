"""The pages of one search (ka10172): which one to ask for next, and when they are not of one picture. No I/O."""

from collections.abc import Callable, Sequence

from jogeon.errors import EmptyPageKey, JogeonError, RepeatedPageKey
from jogeon.events import Condition, Exchange
from jogeon.live.listing import resolve
from jogeon.reports import Report
from jogeon.wire.messages import Search


class Moved(JogeonError):
    """The condition of a search moved, or its connection went, between two pages."""


class Pages:
    """The pages of one search: each is asked for by name, and they are all of one connection and one seq."""

    def __init__(self, wanted: str | Condition, exchange: Exchange, connection_number: Callable[[], int]) -> None:
        self.wanted = wanted
        self._exchange: Exchange = exchange
        self._number = connection_number
        self._first: tuple[str, int] | None = None
        self._key = ""
        self._used: set[str] = set()

    def ask(self, listing: Sequence[Condition]) -> Search:
        """Return the request for the next page; UnknownCondition, AmbiguousCondition, Moved."""
        there = (resolve(self.wanted, listing).seq, self._number())
        if self._key and there != self._first:
            raise Moved("the conditions moved between two pages of a search")
        self._first = there
        return Search(there[0], self._exchange, "Y" if self._key else "N", self._key)

    def turn(self, key: str, rows: int) -> None:
        """Go on to the next page; a key that is empty or was used would never end: EmptyPageKey, RepeatedPageKey."""
        if not key:
            raise EmptyPageKey(Report("page without key"), rows=rows)
        if key in self._used:
            raise RepeatedPageKey(Report("page key again"), rows=rows)
        self._used.add(key)
        self._key = key
