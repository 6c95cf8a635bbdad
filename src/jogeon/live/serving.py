"""Serving the connections of one client: what is sent on them, one request at a time, and whose answer it is.

What is wanted is asked of the Subscriptions, what the user asks for besides is in Jobs; each has its turn. How long to
wait for a reply, how fast to ask and when silence is suspicious are learned here over all connections.
"""

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable
from typing import NoReturn

from jogeon.errors import (
    ConnectionLost,
    JogeonError,
    LocalProtocolError,
    RemoteProtocolError,
    RequestRefused,
    RequestTimeout,
)
from jogeon.live.connection import Connection
from jogeon.live.jobs import Ask, Job, Jobs
from jogeon.live.listening import BEAT
from jogeon.live.retry import Liveness, Pace, Patience
from jogeon.live.subscription import BUSY_PAUSE, TRIES
from jogeon.live.subscriptions import Subscriptions
from jogeon.masks import unmasked
from jogeon.wire.messages import Answer, ConditionList, ListConditions, Malformed, Refusal, Request

REPLACE_PAUSE = 600.0
"""Seconds between two connections that are given up because a condition goes unanswered on them."""

logger = logging.getLogger("jogeon.serving")
logger.addFilter(unmasked)


class Serving:
    """What a client sends; `lived()` is the seconds this program has run, `wall()` nanoseconds since 1970.

    `cause(error)` is what ended a connection, and so whoever waited for a reply on it, if more is known than `error`.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        pace: int,
        wall: Callable[[], int],
        lived: Callable[[], float],
        cause: Callable[[JogeonError], JogeonError],
    ) -> None:
        self._subscriptions = subscriptions
        self._pace = Pace(limit=pace)
        self._wall = wall
        self._clock = asyncio.get_running_loop().time
        self._lived = lived
        self._cause = cause
        self._liveness = Liveness()
        self._patience = Patience()
        self._busy: dict[str, float] = {}
        """When a request of each kind that was refused for its rate may be sent again."""
        self._replaced = -math.inf
        self._jobs = Jobs()
        self._owes_a_turn = False
        """Whether the user's requests come next: the one before was for what is watched."""
        self._wake = asyncio.Event()
        self._changed = asyncio.Event()

    # ------------------------------------------------------------ what the user asks for, and what has happened

    async def ask(self, ask: Ask) -> Answer:
        """Send a request of the user when its turn comes and return its answer.

        It is made from a list of at most a second ago. A refusal for the rate is asked again a few times. Raises what
        `ask` raises, RequestTimeout, RequestRefused if no list is given, or what ended the connection.
        """
        job = self._jobs.add(ask)
        self._wake.set()
        try:
            return await job.answer
        finally:
            self._jobs.drop(job)

    def fail(self, error: JogeonError) -> None:
        """Give whoever waits the reason why nothing will be sent any more."""
        self._jobs.fail(error)

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
            if connection.behind:  # what waits in the socket is older than anything that could be decided now
                await self._sleep(BEAT)
                continue
            now = self._clock()
            if (delay := self._pace.delay(now)) > 0:
                await self._sleep(delay)
                continue
            request, job = self._next(now, probe=self._lived() - heard >= self._liveness.bound)
            if request is not None:
                await self._send(connection, request, job)
            else:
                await self._sleep(self._until_due(now))

    def _replace_if_hopeless(self, connection: Connection) -> None:
        """Give a connection up if it owes a reply and a condition goes unanswered for long, but not too often."""
        now = self._clock()
        if self._subscriptions.is_hopeless() and connection.session.owed and now - self._replaced >= REPLACE_PAUSE:
            self._replaced = now
            raise ConnectionLost("a condition goes unanswered on this connection, which still owes a reply")

    def _next(self, now: float, *, probe: bool) -> tuple[Request | None, Job | None]:
        """Return what to send now and the user's job that it serves, if any.

        What is watched and what the user asks for take turns, or a round of slow registrations would keep a search
        waiting for minutes. Only a condition that is cleared and not registered yet waits for nobody.
        """
        busy = {trnm for trnm, until in self._busy.items() if until > now}
        listing = self._subscriptions.listing
        if self._owes_a_turn and not self._subscriptions.is_halfway(now):
            asked, job = self._jobs.next(listing, now, busy)
            if asked is not None:
                return asked, job
        request = self._subscriptions.next_request(now, self._wall(), busy)
        if request is None and probe:
            request = ListConditions()
        return (request, None) if request is not None else self._jobs.next(listing, now, busy)

    def _until_due(self, now: float) -> float:
        """Return how long there is nothing to do; frames that came meanwhile are noticed every quarter of the bound."""
        due = self._subscriptions.next_due()
        moments = [*self._jobs.moments(self._subscriptions.listing), *self._busy.values()]
        if due is not None:
            moments.append(due)
        return min([self._liveness.bound / 4, *(moment - now for moment in moments if moment > now)])

    async def _sleep(self, seconds: float) -> None:
        """Wait until something happens, at most `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _send(self, connection: Connection, request: Request, job: Job | None) -> None:
        now, sent, heard_ns = self._clock(), self._lived(), connection.heard_ns
        self._pace.sent(now)
        if not isinstance(request, ListConditions):  # a list is part of the turn of whoever needs it
            self._owes_a_turn = job is None
        self._subscriptions.sent(request, self._wall())
        if request.trnm in self._busy:
            self._busy[request.trnm] = now + BUSY_PAUSE
        error: JogeonError = LocalProtocolError("the client is closed")
        try:
            answer = await connection.request(request, self._patience.seconds)
        except RequestTimeout as timeout:
            error = timeout
            self._timed_out(request, timeout, heard=connection.heard_ns != heard_ns)
        except JogeonError as failure:
            error = self._cause(failure)
            raise
        else:
            self._patience.took(self._lived() - sent)
            self._answered(request, answer, job)
            job = None
        finally:
            if job is not None:  # cancelled, too: nobody else would tell whoever waits
                job.fail(error)
        self.notify()

    def _timed_out(self, request: Request, timeout: RequestTimeout, *, heard: bool) -> None:
        """Note that a request was not answered; a list costs the connection if nothing at all was heard meanwhile."""
        self._patience.took(timeout.seconds)
        if isinstance(request, ListConditions):
            if not heard:
                raise ConnectionLost(f"no reply to {request.trnm} within {timeout.seconds:g} s") from None
            self._jobs.listless(timeout, tries=1)  # slow is not dead: the next one is waited for twice as long
        self._subscriptions.timed_out(request, timeout.seconds, self._clock(), self._wall())

    def _answered(self, request: Request, answer: Answer, job: Job | None) -> None:
        """Hand an answer to whoever waits for it."""
        now = self._clock()
        if isinstance(answer, Refusal) and answer.busy:
            self._busy[request.trnm] = now + BUSY_PAUSE
        if isinstance(request, ListConditions) and not isinstance(answer, ConditionList):
            passes = isinstance(answer, Refusal) and answer.passes
            self._jobs.listless(refused(request.trnm, answer), tries=TRIES if passes else 0)
        for oddity in answer.oddities if isinstance(answer, ConditionList) else ():
            logger.warning("the list of conditions: not readable, left out: %s", oddity)
        if job is not None:
            self._jobs.answered(job, answer, now)


def refused(asked: str, answer: Answer) -> JogeonError:
    """Return the error that an unexpected answer to what was asked is."""
    match answer:
        case Refusal(code, text):
            return RequestRefused(asked, code=code, text=text)
        case Malformed(reason):
            return RemoteProtocolError(reason)
    return RemoteProtocolError(f"{asked} was answered by {type(answer).__name__}")
