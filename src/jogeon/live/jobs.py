"""What the user asks for besides watching, and who waits for it: wishes that become requests when their turn comes.

A seq may have moved by then, so a job makes its request from the list as it is at that moment; a list that has just
come is the answer to whoever asks for it. A refusal that passes is asked for again a few times.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Container, Sequence

from jogeon.errors import JogeonError
from jogeon.events import Condition
from jogeon.live.listing import Listing
from jogeon.live.subscription import BUSY_PAUSE, TRIES, WORDS_PAUSE
from jogeon.wire.messages import Answer, ConditionList, ListConditions, Refusal, Request

Ask = Callable[[Sequence[Condition]], Request]
"""Makes a request from the list as it is when the request is sent; it may raise the JogeonError that ends the wish."""


class Job:
    """A wish of the user and who waits for its answer."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.refusals = 0
        self.not_before = 0.0
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


class Jobs:
    """The wishes that wait, in order; `now` is monotonic seconds."""

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()

    def add(self, ask: Ask) -> Job:
        """Add a wish."""
        job = Job(ask)
        self._waiting.append(job)
        return job

    def drop(self, job: Job) -> None:
        """Forget a wish that nobody waits for any more."""
        if job in self._waiting:
            self._waiting.remove(job)

    def fail(self, error: JogeonError) -> None:
        """Let all fail that wait."""
        while self._waiting:
            self._waiting.popleft().fail(error)

    def next(self, listing: Listing, now: float, busy: Container[str]) -> tuple[Request | None, Job | None]:
        """Return the request of the first job whose turn it is, or the list they need; one that cannot be made fails.

        What has a trnm in `busy` may not be sent yet.
        """
        for job in [job for job in self._waiting if job.not_before <= now]:
            if not listing.is_new(now):
                allowed = listing.may_ask(now) and ListConditions.trnm not in busy
                return (ListConditions() if allowed else None), None
            try:
                request = job.ask(listing.conditions)
            except JogeonError as error:
                self._waiting.remove(job)
                job.fail(error)
                continue
            if isinstance(request, ListConditions):
                self._waiting.remove(job)
                job.succeed(ConditionList(listing.conditions))
            elif request.trnm not in busy:
                self._waiting.remove(job)
                return request, job
        return None, None

    def moments(self, listing: Listing) -> list[float]:
        """Return when `next` may have something to say if nothing happens before."""
        return [max(job.not_before, listing.not_before) for job in self._waiting]

    def answered(self, job: Job, answer: Answer, now: float) -> None:
        """Hand an answer to whoever waits for it; a refusal that passes is asked for again."""
        if isinstance(answer, Refusal) and answer.passes and job.refusals < TRIES:
            job.refusals += 1
            job.not_before = now + (BUSY_PAUSE if answer.busy else WORDS_PAUSE)
            self._waiting.appendleft(job)
        else:
            job.succeed(answer)

    def listless(self, error: JogeonError, *, tries: int) -> None:
        """Let the jobs fail for which no list can be had, after so many tries that were in vain before."""
        for job in [job for job in self._waiting if job.refusals >= tries]:
            self._waiting.remove(job)
            job.fail(error)
        for job in self._waiting:
            job.refusals += 1
