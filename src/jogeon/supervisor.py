"""What keeps a client going while connections come and go: connect, log in, serve, and return after an outage.

One task does all of it. It asks the Registrar what to send next, takes the requests of the user in between, and sends
them one at a time. What to send is decided in registrations.py, whether to return and when in retry.py; here is the
I/O. A Connection is used once; the Supervisor makes another.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Literal, NoReturn, Protocol

from msgspec import Struct

from jogeon import messages
from jogeon.connection import Connection, Receiver, Tap
from jogeon.credentials import Endpoint
from jogeon.errors import (
    ConnectionLost,
    JogeonError,
    LocalProtocolError,
    LoginRefused,
    RemoteProtocolError,
    RequestRefused,
    RequestTimeout,
    SessionTaken,
)
from jogeon.events import StateName
from jogeon.masks import unmasked
from jogeon.messages import Answer, ListConditions, Login, LoginAccepted, Malformed, Refusal, Request, System
from jogeon.registrations import Registrar
from jogeon.retry import LIFE, SLOW_RETRY, STALE_TOKEN_CODES, Liveness, Pace, Verdict, delays, verdict

LOGIN_TIMEOUT = 10.0
LOGINS_AN_HOUR = 400
"""Bound of the logins in an hour, however a connection flaps: a life of LIFE seconds and a first retry at best."""

TAKEN_PAUSES = (300.0, 600.0, 1200.0, 2400.0, 4800.0)
"""Seconds before each new login of `retry` after the session was taken; two programs must not do this for ever."""

OnTaken = Literal["stop", "retry", "takeover"]

logger = logging.getLogger("jogeon.supervisor")
logger.addFilter(unmasked)


class Dial(Protocol):
    """How a connection is made; tests pass one that needs no socket."""

    async def __call__(self, url: str, receiver: Receiver, *, proxy: str | None) -> Connection:
        """Return an open connection; CouldNotConnect."""


class Policy(Struct, frozen=True):
    """How a client behaves.

    `recheck`: seconds between rechecks of a condition, 0 = never. `pace`: requests a second. `on_taken`: what to do
    when another program takes the session: "stop"; "retry" after TAKEN_PAUSES; "takeover" at once, but only one time.
    `wall` (nanoseconds since 1970), `uniform` and `dial` are for tests.
    """

    recheck: float = 600.0
    pace: int = 5
    on_taken: OnTaken = "stop"
    wall: Callable[[], int] = time.time_ns
    uniform: Callable[[float, float], float] = random.uniform
    dial: Dial = Connection.open


class _Job:
    """A request of the user and who waits for its answer."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def fail(self, error: JogeonError) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
            self.answer.exception()  # nobody may be waiting any more

    def succeed(self, answer: Answer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)


class Supervisor:
    """Keeps one session with a server; `on_end(error)` is called once when it ends for good (None: it was stopped)."""

    def __init__(
        self,
        endpoint: Endpoint,
        registrar: Registrar,
        on_end: Callable[[JogeonError | None], None],
        policy: Policy,
    ) -> None:
        self.ended: JogeonError | None = None
        self.taps: list[Tap] = []
        """What gets every message of every connection as it came."""
        self._connection: Connection | None = None
        self._endpoint = endpoint
        self._registrar = registrar
        self.on_push = registrar.pushed  # no step in between on the path of every push
        self._on_end = on_end
        self._pace = Pace(limit=policy.pace)
        self._uniform = policy.uniform
        self._wall = policy.wall
        self._dial = policy.dial
        self._taken_pauses = iter({"stop": (), "retry": TAKEN_PAUSES, "takeover": (0.0,)}[policy.on_taken])
        self._loud = True
        self._clock = asyncio.get_running_loop().time
        self._liveness = Liveness()
        self._jobs: deque[_Job] = deque()
        self._wake = asyncio.Event()
        self._changed = asyncio.Event()
        self._fatal: JogeonError | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Make the first connection and log in; the error tells why that was not possible."""
        connection = await self._login()
        self._task = asyncio.create_task(self._run(connection), name="jogeon supervisor")

    async def stop(self) -> None:
        """End everything; the connection is closed when this returns."""
        self._finish(None)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})  # unlike `await`, it tells who was cancelled: the task, or whoever waits

    async def ask(self, request: Request) -> Answer:
        """Send a request of the user when its turn comes and return its answer."""
        if self.ended is not None:
            raise self.ended
        job = _Job(request)
        self._jobs.append(job)
        self._wake.set()
        try:
            return await job.answer
        finally:
            if job in self._jobs:
                self._jobs.remove(job)

    @property
    def heard_ns(self) -> int:
        """When the last frame was heard on the connection that is served, or was served last; 0 before the first."""
        return 0 if self._connection is None else self._connection.heard_ns

    @property
    def serving(self) -> bool:
        """Whether there is a connection that is logged in."""
        return self._connection is not None and self._connection.error is None

    def wake(self) -> None:
        """Look again at what there is to do."""
        self._wake.set()

    async def change(self) -> None:
        """Wait until something was answered or lost; raise what ended the session, if it did."""
        if self.ended is not None:
            raise self.ended
        await self._changed.wait()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # ------------------------------------------------------------ one login

    async def _login(self) -> Connection:
        """Return a connection that is logged in; a stale token is renewed once."""
        token = await self._endpoint.tokens.current()
        try:
            return await self._login_with(token)
        except LoginRefused as refused:
            if refused.code not in STALE_TOKEN_CODES:
                raise
            logger.info("token refused [%s]: asking for another", refused.code)
            renewed = await self._endpoint.tokens.renew(token)
            if renewed is None:
                raise
        return await self._login_with(renewed)

    async def _login_with(self, token: str) -> Connection:
        self._fatal = None
        connection = await self._dial(self._endpoint.websocket, self, proxy=self._endpoint.proxy)
        connection.taps = self.taps
        answer: Answer | None = None
        try:
            answer = await connection.request(Login(token), LOGIN_TIMEOUT)
        except JogeonError as error:
            raise (self._fatal or error) from None
        finally:
            if not isinstance(answer, LoginAccepted):
                await connection.aclose()
        if isinstance(answer, Refusal):
            raise LoginRefused(code=answer.code, text=answer.text)
        return connection

    # ------------------------------------------------------------ the life of the session

    async def _run(self, connection: Connection) -> None:
        pauses = delays(self._uniform)
        try:
            while True:
                self._tell("connected", self._endpoint.name)
                born = self._clock()
                cause = await self._serve_until_lost(connection)
                if self._clock() - born >= LIFE:
                    pauses, self._loud = delays(self._uniform), True
                self._log(f"connection {connection.number}: {cause}")
                connection = await self._return(cause, pauses)
        except JogeonError as error:
            self._finish(error)
        except Exception as defect:
            logger.exception("the session ended by a defect")
            self._finish(JogeonError(f"a defect of this package ended the session: {defect!r}"))

    async def _serve_until_lost(self, connection: Connection) -> JogeonError:
        """Serve one connection and return why it ended; whatever it had is given up."""
        self._registrar.connected()
        self._connection = connection
        self._liveness.begin()
        try:
            await self._serve(connection)
        except JogeonError as error:
            cause = self._fatal or error
        finally:
            await connection.aclose()
        self._registrar.lost(connection.heard_ns, "connection lost", _detail(cause))
        self._notify()
        return cause

    async def _return(self, cause: JogeonError, pauses: Iterator[float]) -> Connection:
        """Log in again, pausing as long as the last failure asks for; raise the first one that a person must mend."""
        while True:
            pause = self._pause(cause, pauses)
            self._tell("reconnecting", f"in {pause:.1f} s: {cause}")
            await asyncio.sleep(pause)
            self._tell("connecting", self._endpoint.name)
            try:
                return await self._login()
            except JogeonError as error:
                cause = error
                self._log(str(error))

    def _pause(self, cause: JogeonError, pauses: Iterator[float]) -> float:
        """Return how long to wait before the next login, or raise the cause if there is to be none."""
        if isinstance(cause, SessionTaken):
            self._tell("taken", cause.text)
            pause = next(self._taken_pauses, None)
            if pause is None:
                raise cause
            return pause
        match verdict(cause):
            case Verdict.RETRY:
                return next(pauses)
            case Verdict.SLOW:
                return self._uniform(*SLOW_RETRY)
        raise cause

    def _log(self, what: str) -> None:
        """Log the first failure of an outage loudly and its repeats quietly."""
        logger.log(logging.WARNING if self._loud else logging.DEBUG, "%s", what)
        self._loud = False

    def _finish(self, error: JogeonError | None) -> None:
        if self.ended is not None:
            return
        self.ended = error or LocalProtocolError("the client is closed")
        self._on_end(error)
        while self._jobs:
            self._jobs.popleft().fail(self.ended)
        self._notify()

    def _tell(self, state: StateName, cause: str) -> None:
        self._registrar.tell(self._wall(), state, cause)

    # ------------------------------------------------------------ serving one connection

    async def _serve(self, connection: Connection) -> NoReturn:
        """Send what is due, one request at a time, until the connection ends."""
        heard, heard_ns = self._clock(), connection.heard_ns
        while True:
            if connection.error is not None:
                raise connection.error
            if self._registrar.hopeless:
                raise ConnectionLost("no condition could be registered on this connection")
            self._wake.clear()
            now = self._clock()
            if connection.heard_ns != heard_ns:
                heard, heard_ns = now, connection.heard_ns
            if (delay := self._pace.delay(now)) > 0:
                await self._sleep(delay)
                continue
            request, job = self._next(now, probe=now - heard >= self._liveness.bound)
            if request is not None:
                await self._send(connection, request, job)
            else:
                await self._sleep(self._until_due(now))

    def _next(self, now: float, *, probe: bool) -> tuple[Request | None, _Job | None]:
        """Return what to send now and the user's job that it serves, if any."""
        request = self._registrar.next_request(now, self._wall())
        if request is None and probe:
            request = ListConditions()
        if request is None and self._jobs:
            job = self._jobs.popleft()
            return job.request, job
        job_served = next((job for job in self._jobs if job.request == request), None)
        if job_served is not None:
            self._jobs.remove(job_served)
        return request, job_served

    def _until_due(self, now: float) -> float:
        """Return how long there is nothing to do; frames that came meanwhile are noticed every quarter of the bound."""
        look = self._liveness.bound / 4
        due = self._registrar.next_due()
        return look if due is None else min(look, max(0.0, due - now))

    async def _sleep(self, seconds: float) -> None:
        """Wait until something happens, at most `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _send(self, connection: Connection, request: Request, job: _Job | None) -> None:
        self._pace.sent(self._clock())
        try:
            answer = await connection.request(request)
        except RequestTimeout as timeout:
            if job is not None:
                job.fail(timeout)
            if isinstance(request, ListConditions):
                raise ConnectionLost(f"no reply to {request.trnm} within {timeout.seconds:g} s") from None
            self._registrar.timed_out(request, timeout.seconds, self._clock(), self._wall())
        except JogeonError as error:
            if job is not None:
                job.fail(self._fatal or error)
            raise
        else:
            if job is not None:
                job.succeed(answer)
            if isinstance(request, ListConditions) and not isinstance(answer, messages.ConditionList):
                raise refused(request, answer)
        self._notify()

    # ------------------------------------------------------------ what the connection tells (Receiver)

    def on_unreadable(self, what: str, heard_ns: int, at_ns: int) -> None:
        """Doubt every condition: the frame could have been a push."""
        self._registrar.unreadable(what, heard_ns, self._clock(), at_ns)
        self._wake.set()

    def on_answer(self, request: Request, answer: Answer, at_ns: int) -> None:
        """Take an answer at once: the frames that follow it are newer than what it shows."""
        self._registrar.answered(request, answer, self._clock(), at_ns)

    def on_ping(self) -> None:
        """Learn how often the server gives a sign of life."""
        self._liveness.ping(self._clock())
        self._wake.set()  # what was known when it went to sleep was another interval

    def on_system(self, notice: System) -> None:
        """Take a SYSTEM notice; a fatal one explains the close that follows."""
        if notice.code == messages.TAKEN:
            self._fatal = SessionTaken(code=notice.code, text=notice.message)
        elif notice.code in messages.FATAL_SYSTEM_CODES:
            self._fatal = ConnectionLost(notice.message, close_code=1000, code=notice.code, text=notice.message)

    def on_late(self, request: Request) -> None:
        """Doubt the condition whose snapshot came out of order."""
        self._registrar.late(request, self._clock())
        self._wake.set()

    def on_lost(self) -> None:
        """Wake the task, which finds the connection ended."""
        self._wake.set()


def refused(request: Request, answer: Answer) -> JogeonError:
    """Return the error that an unexpected answer to a request is."""
    match answer:
        case Refusal(code, text):
            return RequestRefused(request.trnm, code=code, text=text)
        case Malformed(reason):
            return RemoteProtocolError(reason)
    return RemoteProtocolError(f"{request.trnm} was answered by {type(answer).__name__}")


def _detail(cause: JogeonError) -> str:
    return cause.detail if isinstance(cause, ConnectionLost) else str(cause)
