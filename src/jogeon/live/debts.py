"""The replies that a connection owes, and which conditions they will be of. No I/O.

A reply names a seq and nothing else, and may come late, behind newer ones. So nothing is asked under a seq while the
reply to what was asked under it for another condition, or on another exchange, may yet come: it would be taken for the
newer one's. A search and a registration of the same condition are told apart by their shape, or show the same stocks.
"""

from collections.abc import Callable
from typing import NamedTuple

from jogeon.wire.messages import Register, Request, Search

LONGEST = 60.0
"""Seconds after its time for which a reply may still come in the place of another."""


class Debt(NamedTuple):
    """What was not answered within `seconds`, and the condition it was asked for: its reply may come `until` then."""

    request: Search | Register
    name: str | None
    seconds: float
    until: float


class Debts:
    """The replies that one connection owes; `now` is monotonic seconds, `name_of` tells what a seq means at present."""

    def __init__(self, name_of: Callable[[str], str | None]) -> None:
        self._name_of = name_of
        self._owed: list[Debt] = []

    def begin(self) -> None:
        """Begin a connection, which owes nothing."""
        self._owed.clear()

    def timed_out(self, request: Request, seconds: float, now: float) -> None:
        """Note that a request was not answered within so many seconds."""
        self._owed = [debt for debt in self._owed if debt.until > now]
        if isinstance(request, Search | Register):
            self._owed.append(Debt(request, self._name_of(request.seq), seconds, now + LONGEST))

    def late(self, request: Request) -> Debt | None:
        """Take the late reply to a request off; return what was owed."""
        paid = next((debt for debt in self._owed if debt.request is request), None)
        self._owed = [debt for debt in self._owed if debt is not paid]
        return paid

    def confused(self, request: Request, now: float) -> Debt | None:
        """Return the debt whose reply could be taken for that to a request, and would be wrong; None if there is none.

        The page of a search is told from a snapshot by its shape, so a registration waits for no search: the searches
        of a program would keep its watch blind.
        """
        if not isinstance(request, Search | Register):
            return None
        waits_for = Register if isinstance(request, Register) else Search | Register
        whose = (self._name_of(request.seq), request.exchange)
        for debt in self._owed:
            same = debt.until > now and debt.request.seq == request.seq and isinstance(debt.request, waits_for)
            if same and (debt.name, debt.request.exchange) != whose:
                return debt
        return None
