"""Serving the connections of one client: what is sent on them, one request at a time, and whose turn it is.

What there is to send the planners know: what is watched, what the user asks for besides. How long to wait for a reply,
how fast to ask and when silence is suspicious are learned here over all connections.
"""

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable, Sequence
from typing import NoReturn

from jogeon.errors import ConnectionLost, RequestTimeout
from jogeon.live.attempts import BUSY_PAUSE
from jogeon.live.connection import Connection
from jogeon.live.listening import BEAT
from jogeon.live.planner import Planner
from jogeon.live.retry import Liveness, Pace, Patience
from jogeon.masks import unmasked
from jogeon.reports import Report
from jogeon.wire.messages import (
    Answer,
    ConditionList,
    ListConditions,
    Refusal,
    RegisterQuotes,
    RemoveQuotes,
    Request,
)

REPLACE_PAUSE = 600.0
"""Seconds between two connections that are given up because a condition goes unanswered on them."""

logger = logging.getLogger("jogeon.serving")
logger.addFilter(unmasked)


class Serving:
    """What a client sends; `lived()` is the seconds this program has run, `wall()` nanoseconds since 1970.

    The `planners` take turns; the first begins.
    """

    def __init__(
        self, planners: Sequence[Planner], pace: int, wall: Callable[[], int], lived: Callable[[], float]
    ) -> None:
        self._planners = tuple(planners)
        self._last = len(planners) - 1
        """Whose request went out last; the turn is the next one's."""
        self._pace = Pace(limit=pace)
        self._wall = wall
        self._clock = asyncio.get_running_loop().time
        self._lived = lived
        self._liveness = Liveness()
        self._patience = Patience()
        self._busy: dict[str, float] = {}
        """When a request of each kind that was refused for its rate may be sent again."""
        self._replaced = -math.inf
        self._wake = asyncio.Event()
        self._changed = asyncio.Event()

    # ------------------------------------------------------------ what has happened

    def wake(self) -> None:
        """Look again at what there is to do."""
        self._wake.set()

    async def change(self) -> None:
        """Wait until something was answered or lost."""
        await self._changed.wait()

    def notify(self) -> None:
        """Note that something was answered or lost."""
        self._changed.set()
        self._changed = asyncio.Event()

    def pinged(self) -> None:
        """Learn how often the server gives a sign of life."""
        self._liveness.ping(self._lived())
        self._wake.set()  # what was known when it went to sleep was another interval

    def late(self, seconds: float) -> None:
        """Learn from a reply that came after its time."""
        self._patience.took(seconds)
        self._wake.set()
        self.notify()

    # ------------------------------------------------------------ serving one connection

    async def serve(self, connection: Connection) -> NoReturn:
        """Send what is due, one request at a time, until the connection ends: raises why."""
        self._busy.clear()
        self._liveness.begin()
        heard, heard_ns = self._lived(), connection.heard_ns
        while True:
            if connection.error is not None:
                raise connection.error
            self._replace_if_hopeless(connection)
            self._wake.clear()
            if connection.heard_ns != heard_ns:
                heard, heard_ns = self._lived(), connection.heard_ns
            if connection.listening.behind:  # what waits in the socket is older than anything that could be decided now
                await self._sleep(BEAT)
                continue
            now = self._clock()
            if (delay := self._pace.delay(now)) > 0:
                await self._sleep(delay)
                continue
            request = self._next(now, probe=self._lived() - heard >= self._liveness.bound)
            if request is not None:
                await self._send(connection, request)
            else:
                await self._sleep(self._until_due(now))

    def _replace_if_hopeless(self, connection: Connection) -> None:
        """Give a connection up if it owes a reply and something goes unanswered for long, but not too often."""
        now = self._clock()
        if not connection.session.owed or now - self._replaced < REPLACE_PAUSE:
            return
        if any(planner.is_hopeless() for planner in self._planners):
            self._replaced = now
            raise ConnectionLost(Report("condition unanswered"))

    def _next(self, now: float, *, probe: bool) -> Request | None:
        """Return what to send now: of whoever's turn it is, a list as a `probe` if that has nothing, of the others.

        Planners take turns, or a round of slow registrations would keep a search waiting for minutes. Only one that is
        halfway waits for nobody.
        """
        busy = {trnm for trnm, until in self._busy.items() if until > now}
        count = len(self._planners)
        turns = [(self._last + step) % count for step in range(1, count + 1)]
        turns.sort(key=lambda turn: not self._planners[turn].is_halfway(now))
        for turn in turns:
            request = self._planners[turn].next_request(now, self._wall(), busy)
            if request is not None:
                if not isinstance(request, ListConditions):  # a list is part of the turn of whoever needs it
                    self._last = turn
                return request
            if probe:
                return ListConditions()
        return None

    def _until_due(self, now: float) -> float:
        """Return how long there is nothing to do; frames that came meanwhile are noticed every quarter of the bound."""
        due = [planner.next_due() for planner in self._planners]
        moments = [*self._busy.values(), *(moment for moment in due if moment is not None)]
        return min([self._liveness.bound / 4, *(moment - now for moment in moments if moment > now)])

    async def _sleep(self, seconds: float) -> None:
        """Wait until something happens, at most `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _send(self, connection: Connection, request: Request) -> None:
        """Send a request and wait for its answer, which the planners hear from the reader."""
        now, sent, heard_ns = self._clock(), self._lived(), connection.heard_ns
        self._pace.sent(now)
        for planner in self._planners:
            planner.sent(request, self._wall())
        if request.trnm in self._busy:
            self._busy[request.trnm] = now + BUSY_PAUSE
        try:
            answer = await connection.request(request, self._patience.seconds)
        except RequestTimeout as timeout:
            self._timed_out(request, timeout, heard=connection.heard_ns != heard_ns)
        else:
            self._patience.took(self._lived() - sent)
            self._learn(request, answer)
        self.notify()

    def _timed_out(self, request: Request, timeout: RequestTimeout, *, heard: bool) -> None:
        """Note that a request was not answered; a list costs the connection if nothing at all was heard meanwhile."""
        if not isinstance(request, RegisterQuotes | RemoveQuotes):  # silence about prices tells nothing of conditions
            self._patience.took(timeout.seconds)
        if isinstance(request, ListConditions) and not heard:
            raise ConnectionLost(timeout.report) from None
        for planner in self._planners:
            planner.timed_out(request, timeout.seconds, self._clock(), self._wall())

    def _learn(self, request: Request, answer: Answer) -> None:
        """Go slower after a refusal for the rate, and log what cannot be read of a list."""
        if isinstance(answer, Refusal) and answer.busy:
            self._busy[request.trnm] = self._clock() + BUSY_PAUSE
        for oddity in answer.oddities if isinstance(answer, ConditionList) else ():
            logger.warning("the list of conditions: not readable, left out: %s", oddity)
