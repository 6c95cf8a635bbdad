"""What the user asks for besides watching, and who waits for it: wishes that become requests when their turn comes.

A seq may have moved by then, so a job makes its request from the list as it is at that moment; a list that has just
come is the answer to whoever asks for it. A refusal that passes is asked for again a few times.

A search that could be taken for another condition's, whose reply is owed, waits for that reply (see debts.py).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Container, Sequence

from jogeon.errors import JogeonError, RemoteProtocolError, RequestRefused, RequestTimeout
from jogeon.events import Condition
from jogeon.live.attempts import BUSY_PAUSE, TRIES, WORDS_PAUSE
from jogeon.live.listing import Listing
from jogeon.live.planner import Planner
from jogeon.reports import Report
from jogeon.wire.messages import Answer, ConditionList, ListConditions, Malformed, Refusal, Request

Ask = Callable[[Sequence[Condition]], Request]
"""Makes a request from the list as it is when the request is sent; it may raise the JogeonError that ends the wish."""


class Job:
    """A wish of the user and who waits for its answer."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.request: Request | None = None
        """What was sent for it last."""
        self.refusals = 0
        self.not_before = 0.0
        self.held_until: float | None = None
        """When it fails if its reply could not be told from another's until then."""
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def fail(self, error: JogeonError) -> None:
        """Give whoever waits the reason why there is no answer."""
        if not self.answer.done():
            self.answer.set_exception(error)
            self.answer.exception()  # nobody may be waiting any more

    def succeed(self, answer: Answer) -> None:
        """Give whoever waits the answer."""
        if not self.answer.done():
            self.answer.set_result(answer)


class Jobs(Planner):
    """The wishes that wait, in order, beside the list of conditions they are made from."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._waiting: deque[Job] = deque()
        self._asked: Job | None = None
        """The job whose request was sent last, until its answer."""
        self._looked = 0.0

    def add(self, ask: Ask) -> Job:
        """Add a wish."""
        job = Job(ask)
        self._waiting.append(job)
        return job

    def drop(self, job: Job) -> None:
        """Forget a wish that nobody waits for any more."""
        if job in self._waiting:
            self._waiting.remove(job)

    def connected(self) -> None:
        """Begin a connection: nobody waits for an answer on it, and it owes none."""
        self._asked = None
        self._release()

    def fail(self, error: JogeonError) -> None:
        """Let all fail: nothing will be sent any more."""
        self._fail_asked(error)
        while self._waiting:
            self._waiting.popleft().fail(error)

    # ------------------------------------------------------------ what to send

    def next_request(self, now: float, at_ns: int, busy: Container[str]) -> Request | None:
        """Return the request of the first job whose turn it is, or the list it needs; one that cannot be made fails."""
        del at_ns
        self._looked = now
        for job in [job for job in self._waiting if job.not_before <= now]:
            if not self._listing.is_new(now):
                allowed = self._listing.may_ask(now) and ListConditions.trnm not in busy
                return ListConditions() if allowed else None
            try:
                job.request = job.ask(self._listing.conditions)
            except JogeonError as error:
                self._waiting.remove(job)
                job.fail(error)
                continue
            if isinstance(job.request, ListConditions):
                self._waiting.remove(job)
                job.succeed(ConditionList(self._listing.conditions))
            elif job.request.trnm not in busy and not self._is_held(job, job.request, now):
                self._waiting.remove(job)
                self._asked = job
                return job.request
        return None

    def _is_held(self, job: Job, request: Request, now: float) -> bool:
        """Tell whether the reply to a request could not be told from one that is owed; let a job fail that waited."""
        debt = self._listing.debts.confused(request, now)
        if debt is None:
            return False
        if job.held_until is None:
            job.held_until = now + debt.seconds
        job.not_before = job.held_until
        if now >= job.held_until:
            self._waiting.remove(job)
            job.fail(RequestTimeout(request.trnm, debt.seconds))
        return True

    def _release(self) -> None:
        """Look again at what is held."""
        for job in self._waiting:
            if job.not_before == job.held_until:
                job.not_before = 0.0

    def next_due(self) -> float | None:
        """Return when a job may be sent that had to wait when `next_request` was called last."""
        moments = [max(job.not_before, self._listing.not_before) for job in self._waiting]
        return min((moment for moment in moments if moment > self._looked), default=None)

    # ------------------------------------------------------------ what came of it

    def answered(self, request: Request, answer: Answer, now: float, at_ns: int) -> None:
        """Hand an answer to whoever waits for it; a refusal that passes is asked for again."""
        del at_ns
        if isinstance(request, ListConditions) and not isinstance(answer, ConditionList):
            passes = isinstance(answer, Refusal) and answer.passes
            self._listless(refused(request.trnm, answer), tries=TRIES if passes else 0)
        job = self._asked
        if job is None or request is not job.request:
            return
        self._asked = None
        if isinstance(answer, Refusal) and answer.passes and job.refusals < TRIES and not job.answer.done():
            job.refusals += 1
            job.not_before = now + (BUSY_PAUSE if answer.busy else WORDS_PAUSE)
            self._waiting.appendleft(job)
        else:
            job.succeed(answer)

    def late(self, request: Request, answer: Answer, now: float, at_ns: int) -> None:
        """Look again at what a reply kept waiting that is owed no more."""
        del request, answer, now, at_ns
        self._release()

    def timed_out(self, request: Request, seconds: float, now: float, at_ns: int) -> None:
        """Let the job fail that was not answered; a list that is slow is waited for twice."""
        del now, at_ns
        error = RequestTimeout(request.trnm, seconds)
        if isinstance(request, ListConditions):
            self._listless(error, tries=1)
        elif self._asked is not None and request is self._asked.request:
            self._fail_asked(error)

    def lost(self, heard_ns: int, error: JogeonError, detail: str) -> None:
        """Let the job fail whose answer is awaited; the others wait for the next connection."""
        del heard_ns, detail
        self._fail_asked(error)

    def _fail_asked(self, error: JogeonError) -> None:
        job, self._asked = self._asked, None
        if job is not None:
            job.fail(error)

    def _listless(self, error: JogeonError, *, tries: int) -> None:
        """Let the jobs fail for which no list can be had, after so many tries that were in vain before."""
        for job in [job for job in self._waiting if job.refusals >= tries]:
            self._waiting.remove(job)
            job.fail(error)
        for job in self._waiting:
            job.refusals += 1


def refused(asked: str, answer: Answer) -> JogeonError:
    """Return the error that an unexpected answer to what was asked is."""
    match answer:
        case Refusal(code, text):
            return RequestRefused(asked, code=code, text=text)
        case Malformed(reason):
            return RemoteProtocolError(Report("unreadable reply", name=asked, text=reason))
    return RemoteProtocolError(Report("another answer", name=asked, other=type(answer).__name__))
