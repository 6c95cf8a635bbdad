"""What keeps a client going while connections come and go: connect, log in, serve, and return after an outage.

One task does all of it. It asks the Subscriptions what to send next, takes the requests of the user in between, and
sends them one at a time. What to send is decided in subscriptions.py, whether to return and when in retry.py; here is
the I/O. A Connection is used once; the Supervisor makes another. A beat of the loop tells whether the program ran.
"""

import asyncio
import contextlib
import logging
import math
import random
import time
from collections.abc import Callable, Container, Iterator
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
from jogeon.jobs import Ask, Job, Jobs
from jogeon.listening import BEAT, Life
from jogeon.masks import unmasked
from jogeon.messages import (
    Answer,
    ConditionList,
    ListConditions,
    Login,
    LoginAccepted,
    Malformed,
    Refusal,
    Request,
    System,
)
from jogeon.retry import LIFE, SLOW_RETRY, STALE_TOKEN_CODES, Liveness, Pace, Patience, Verdict, delays, verdict
from jogeon.session import Stray
from jogeon.subscription import BUSY_PAUSE
from jogeon.subscriptions import Subscriptions

LOGIN_TIMEOUT = 10.0
LOGINS_AN_HOUR = 400
"""Bound of the logins in an hour, however a connection flaps: a life of LIFE seconds and a first retry at best."""

REPLACE_PAUSE = 600.0
"""Seconds between two connections that are given up because a condition goes unanswered on them."""

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


class Supervisor:
    """Keeps one session with a server; `on_end(error)` is called once when it ends for good (None: it was stopped)."""

    def __init__(
        self,
        endpoint: Endpoint,
        subscriptions: Subscriptions,
        on_end: Callable[[JogeonError | None], None],
        policy: Policy,
    ) -> None:
        self.ended: JogeonError | None = None
        self.taps: list[Tap] = []
        """What gets every message of every connection as it came."""
        self._connection: Connection | None = None
        self._endpoint = endpoint
        self._subscriptions = subscriptions
        subscriptions.on_doubt = self.wake
        self.on_push = subscriptions.pushed  # no step in between on the path of every push
        self._on_end = on_end
        self._pace = Pace(limit=policy.pace)
        self._uniform = policy.uniform
        self._wall = policy.wall
        self._dial = policy.dial
        self._taken_pauses = iter({"stop": (), "retry": TAKEN_PAUSES, "takeover": (0.0,)}[policy.on_taken])
        self._loud = True
        self._loop = asyncio.get_running_loop()
        self._clock = self._loop.time
        self._life = Life(self._clock(), self._wall())
        self._beating: asyncio.TimerHandle | None = None
        self._liveness = Liveness()
        self._patience = Patience()
        self._busy: dict[str, float] = {}
        """When a request of each kind that was refused for its rate may be sent again."""
        self._replaced = -math.inf
        self._jobs = Jobs()
        self._wake = asyncio.Event()
        self._changed = asyncio.Event()
        self._fatal: JogeonError | None = None
        self._words = ""
        """What the broker said last, besides its answers."""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Make the first connection and log in; the error tells why that was not possible."""
        self._beat()
        try:
            connection = await self._login()
        except BaseException:
            self._stop_beating()
            raise
        self._task = asyncio.create_task(self._run(connection), name="jogeon supervisor")

    async def stop(self) -> None:
        """End everything; the connection is closed when this returns."""
        self._finish(None)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})  # unlike `await`, it tells who was cancelled: the task, or whoever waits

    async def ask(self, ask: Ask) -> Answer:
        """Send a request of the user when its turn comes and return its answer.

        It is made from a list of at most a second ago. A refusal for the rate is asked again a few times. Raises what
        `ask` raises, RequestTimeout, RequestRefused if no list is given, or what ended the connection.
        """
        if self.ended is not None:
            raise self.ended
        job = self._jobs.add(ask)
        self._wake.set()
        try:
            return await job.answer
        finally:
            self._jobs.drop(job)

    @property
    def heard_ns(self) -> int:
        """When the last frame was heard on the connection that is served, or was served last; 0 before the first."""
        return 0 if self._connection is None else self._connection.heard_ns

    @property
    def listening_ns(self) -> int:
        """The last moment at which this program listened to the server; 0 before the first connection."""
        return 0 if self._connection is None else self._connection.listening_ns

    @property
    def connection_number(self) -> int:
        """Which connection is served, or was served last; 0 before the first."""
        return 0 if self._connection is None else self._connection.number

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

    # ------------------------------------------------------------ whether the program runs

    def _beat(self) -> None:
        stalled = self._life.beat(self._clock(), self._wall())
        if self._connection is not None:
            was_behind = self._connection.behind
            self._connection.beat(stalled=stalled)
            if was_behind and not self._connection.behind:
                self._wake.set()
        self._beating = self._loop.call_later(BEAT, self._beat)

    def _stop_beating(self) -> None:
        if self._beating is not None:
            self._beating.cancel()

    def _lived(self) -> float:
        """Return the seconds this program has run: what patience is measured in."""
        return self._life.lived(self._clock())

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
        self._fatal, self._words = None, ""
        connection = await self._dial(self._endpoint.websocket, self, proxy=self._endpoint.proxy)
        connection.taps, connection.clock = self.taps, self._lived
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
                born = self._lived()
                cause = await self._serve_until_lost(connection)
                if self._subscriptions.worked and self._lived() - born >= LIFE:
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
        self._subscriptions.connected()
        self._connection = connection
        self._busy.clear()
        self._liveness.begin()
        try:
            await self._serve(connection)
        except JogeonError as error:
            cause = self._fatal or error
        finally:
            await connection.aclose()
        if connection.defect is not None:
            raise connection.defect
        self._subscriptions.lost(connection.listening_ns, "connection lost", self._detail(cause))
        self._notify()
        return cause

    def _detail(self, cause: JogeonError) -> str:
        """Return the words of a gap: why the connection ended, and what the broker said last."""
        detail = cause.detail if isinstance(cause, ConnectionLost) else str(cause)
        return f"{detail}: {self._words}" if self._words else detail

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
        self._stop_beating()
        if self.ended is not None:
            return
        self.ended = error or LocalProtocolError("the client is closed")
        self._on_end(error)
        self._jobs.fail(self.ended)
        self._notify()

    def _tell(self, state: StateName, cause: str) -> None:
        self._subscriptions.tell(self._wall(), state, cause)

    # ------------------------------------------------------------ serving one connection

    async def _serve(self, connection: Connection) -> NoReturn:
        """Send what is due, one request at a time, until the connection ends."""
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
        """Return what to send now and the user's job that it serves, if any."""
        busy = {trnm for trnm, until in self._busy.items() if until > now}
        request = self._subscriptions.next_request(now, self._wall(), busy)
        if request is None and probe:
            request = ListConditions()
        return (request, None) if request is not None else self._jobs.next(self._subscriptions.listing, now, busy)

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
        self._subscriptions.sent(request, self._wall())
        if request.trnm in self._busy:
            self._busy[request.trnm] = now + BUSY_PAUSE
        error: JogeonError | None = None
        try:
            answer = await connection.request(request, self._patience.seconds)
        except RequestTimeout as timeout:
            error = timeout
            self._timed_out(request, timeout, heard=connection.heard_ns != heard_ns)
        except JogeonError as failure:
            error = self._fatal or failure
            raise
        else:
            self._patience.took(self._lived() - sent)
            self._answered(request, answer, job)
            job = None
        finally:
            if job is not None:  # cancelled, too: nobody else would tell whoever waits
                job.fail(error or self.ended or LocalProtocolError("the client is closed"))
        self._notify()

    def _timed_out(self, request: Request, timeout: RequestTimeout, *, heard: bool) -> None:
        """Note that a request was not answered; a list costs the connection if nothing at all was heard meanwhile."""
        self._patience.took(timeout.seconds)
        if isinstance(request, ListConditions):
            if not heard:
                raise ConnectionLost(f"no reply to {request.trnm} within {timeout.seconds:g} s") from None
            self._jobs.listless(timeout, passes=False)
        self._subscriptions.timed_out(request, timeout.seconds, self._clock(), self._wall())

    def _answered(self, request: Request, answer: Answer, job: Job | None) -> None:
        """Hand an answer to whoever waits for it."""
        now = self._clock()
        if isinstance(answer, Refusal) and answer.busy:
            self._busy[request.trnm] = now + BUSY_PAUSE
        if isinstance(request, ListConditions) and not isinstance(answer, ConditionList):
            self._jobs.listless(refused(request.trnm, answer), passes=isinstance(answer, Refusal) and answer.passes)
        for oddity in answer.oddities if isinstance(answer, ConditionList) else ():
            logger.warning("the list of conditions: not readable, left out: %s", oddity)
        if job is not None:
            self._jobs.answered(job, answer, now)

    # ------------------------------------------------------------ what the connection tells (Receiver)

    def on_unreadable(self, what: str, seqs: Container[str], heard_ns: int, at_ns: int) -> None:
        """Doubt the conditions of which the frame could have been a push."""
        self._subscriptions.unreadable(what, seqs, heard_ns, at_ns)
        self._wake.set()

    def on_answer(self, request: Request, answer: Answer, at_ns: int) -> None:
        """Take an answer at once: the frames that follow it are newer than what it shows."""
        self._subscriptions.answered(request, answer, self._clock(), at_ns)

    def on_ping(self) -> None:
        """Learn how often the server gives a sign of life."""
        self._liveness.ping(self._lived())
        self._wake.set()  # what was known when it went to sleep was another interval

    def on_system(self, notice: System) -> None:
        """Take a SYSTEM notice; a fatal one explains the close that follows, any other may."""
        if notice.code == messages.TAKEN:
            self._fatal = SessionTaken(code=notice.code, text=notice.message)
        elif notice.code in messages.FATAL_SYSTEM_CODES:
            self._fatal = ConnectionLost(notice.message, close_code=1000, code=notice.code, text=notice.message)
        else:
            self._words = f"[{notice.code}] {notice.message}"

    def on_late(self, request: Request, answer: Answer, seconds: float, at_ns: int) -> None:
        """Take a reply that came after its time: patience learns from it."""
        self._patience.took(seconds)
        self._subscriptions.late(request, answer, self._clock(), at_ns)
        self._wake.set()
        self._notify()

    def on_stray(self, stray: Stray) -> None:
        """Take what nobody asked for: the words of an error, or a snapshot that may contradict another."""
        self._words = stray.words or self._words
        if stray.codes is not None and stray.seq is not None:
            self._subscriptions.unasked(stray.seq, stray.codes)
            self._wake.set()

    def on_lost(self) -> None:
        """Wake the task, which finds the connection ended."""
        self._wake.set()


def refused(asked: str, answer: Answer) -> JogeonError:
    """Return the error that an unexpected answer to what was asked is."""
    match answer:
        case Refusal(code, text):
            return RequestRefused(asked, code=code, text=text)
        case Malformed(reason):
            return RemoteProtocolError(reason)
    return RemoteProtocolError(f"{asked} was answered by {type(answer).__name__}")
