"""The requests of one connection: the one that waits for its answer, and those whose reply has not come in time."""

import asyncio
from collections.abc import Callable

from jogeon.errors import ConnectionLost, RequestTimeout
from jogeon.wire.messages import Answer, Request
from jogeon.wire.session import ClientSession

SHORTEST_WAIT = 0.001
"""What is left of a patience may be less than a clock can show: waiting for that would be no waiting."""


class Pending:
    """Who waits, and since when replies are owed on a session."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self._waiter: asyncio.Future[Answer] | None = None
        self._debts: list[tuple[Request, float]] = []

    def begin(self) -> asyncio.Future[Answer]:
        """Return what is done once the request is answered that goes out now."""
        self._waiter = asyncio.get_running_loop().create_future()
        return self._waiter

    async def answer(
        self, waiter: asyncio.Future[Answer], request: Request, seconds: float, clock: Callable[[], float]
    ) -> Answer:
        """Wait for the answer to a request that was sent just now; RequestTimeout, ConnectionLost."""
        sent = clock()
        try:
            while not waiter.done() and (left := sent + seconds - clock()) > 0:
                await asyncio.wait({waiter}, timeout=max(left, SHORTEST_WAIT))
        finally:
            self._waiter = None
            owed = len(self._session.owed)
            self._session.expire()  # nothing is in flight any more unless it was left unanswered
            if len(self._session.owed) > owed:
                self._debts.append((request, sent))
        if not waiter.done():
            raise RequestTimeout(request.trnm, seconds)
        return waiter.result()

    def answered(self, answer: Answer) -> None:
        """Take the answer to the request in flight."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(answer)

    def paid(self, request: Request, now: float) -> float:
        """Take a reply that was owed; return how long it took, in seconds."""
        debt = next(debt for debt in self._debts if debt[0] is request)
        self._debts.remove(debt)
        return now - debt[1]

    def lost(self, error: ConnectionLost) -> None:
        """Give whoever waits the cause of the end."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
