"""What keeps a client going while connections come and go: connect, log in, serve, and return after an outage.

One task does all of it. A Connection is used once; the Supervisor makes another, has it served (serving.py), and tells
the planners what came of it. Whether to return and when is decided in retry.py.
"""

import asyncio
import logging
from collections.abc import Callable, Container, Sequence

from jogeon.endpoint import Endpoint
from jogeon.errors import (
    STALE_TOKEN_CODES,
    JogeonError,
    LocalProtocolError,
    LoginRefused,
    RequestTimeout,
    SessionTaken,
)
from jogeon.events import Snapshot, State
from jogeon.live.beats import Beats
from jogeon.live.connection import Connection
from jogeon.live.last_words import LastWords
from jogeon.live.planner import Planner
from jogeon.live.policy import TAKEN_PAUSES, Policy
from jogeon.live.receiving import OnTrades, Tap
from jogeon.live.returning import Returning
from jogeon.live.serving import Serving
from jogeon.live.setback import SetBack
from jogeon.live.subscriptions import Subscriptions
from jogeon.masks import unmasked
from jogeon.reports import Report
from jogeon.wire import messages
from jogeon.wire.lines import Line
from jogeon.wire.messages import Answer, Login, LoginAccepted, Refusal, Request, System
from jogeon.wire.session import Stray

LOGIN_TIMEOUT = 10.0
LOGINS_AN_HOUR = 400
"""Bound of the logins in an hour, however a connection flaps: a life of LIFE seconds and a first retry at best."""

logger = logging.getLogger("jogeon.supervisor")
logger.addFilter(unmasked)


class Supervisor:
    """Keeps one session with a server; `on_end(error)` is called once when it ends for good (None: it was stopped).

    `others` have requests to send beside the subscriptions.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        subscriptions: Subscriptions,
        others: Sequence[Planner],
        on_end: Callable[[JogeonError | None], None],
        policy: Policy,
    ) -> None:
        self.ended: JogeonError | None = None
        self.taps: list[Tap] = []
        """What gets every message of every connection as it came."""
        self.on_trades: OnTrades | None = None
        """What gets the trades of single stocks of every connection, while anybody wants them."""
        self.rest = endpoint.rest
        """Where the server serves HTTP, as far as is known after the last login."""
        self._connection: Connection | None = None
        self._endpoint = endpoint
        self._subscriptions = subscriptions
        self._planners: tuple[Planner, ...] = (subscriptions, *others)
        self.on_pushes = subscriptions.pushed  # no step in between on the path of every push
        self._on_end = on_end
        self._wall = policy.wall
        self._dial = policy.dial
        taken_pauses = {"stop": (), "retry": TAKEN_PAUSES, "takeover": (0.0,)}[policy.on_taken]
        self._returning = Returning(policy.uniform, taken_pauses, self._tell_taken)
        self._loud = True
        self._clock = asyncio.get_running_loop().time
        self.beats = Beats(self._wall, self._beat)
        self._serving = Serving(self._planners, policy.pace, self._wall, self.beats.lived)
        self._words = LastWords()
        self._task: asyncio.Task[None] | None = None
        subscriptions.on_doubt = self._serving.wake

    async def start(self) -> None:
        """Make the first connection and log in; the error tells why that was not possible."""
        self.beats.start()
        try:
            connection = await self._login()
        except BaseException:
            self.beats.stop()
            raise
        self._task = asyncio.create_task(self._run(connection), name="jogeon supervisor")

    async def stop(self) -> None:
        """End everything; the connection is closed when this returns."""
        self._finish(None)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})  # unlike `await`, it tells who was cancelled: the task, or whoever waits

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

    def read_trades(self, on_trades: OnTrades | None) -> None:
        """Read the trades of single stocks from now on, or none any more."""
        self.on_trades = on_trades
        if self._connection is not None:
            self._connection.read_trades(on_trades)

    def wake(self) -> None:
        """Look again at what there is to do."""
        self._serving.wake()

    async def change(self) -> None:
        """Wait until something was answered or lost; raise what ended the session, if it did."""
        if self.ended is not None:
            raise self.ended
        await self._serving.change()

    def _beat(self, *, stalled: bool, back: SetBack | None) -> None:
        """Let the connection know that the loop goes on, and what it missed."""
        if self._connection is not None:
            was_behind = self._connection.listening.behind
            self._connection.beat(stalled=stalled, back=back)
            if was_behind and not self._connection.listening.behind:
                self._serving.wake()

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
        self._words = LastWords()
        connection = await self._dial(self._endpoint.websocket, self, proxy=self._endpoint.proxy)
        connection.taps, connection.clock = self.taps, self.beats.lived
        answer: Answer | None = None
        try:
            answer = await connection.request(Login(token, extended=self._endpoint.extended), LOGIN_TIMEOUT)
        except JogeonError as error:
            if isinstance(error, RequestTimeout):
                self._returning.gave_up(self._clock())
            raise self._words.cause(error) from None
        finally:
            if not isinstance(answer, LoginAccepted):
                await connection.aclose()
        if isinstance(answer, Refusal):
            raise LoginRefused(code=answer.code, text=answer.text)
        if isinstance(answer, LoginAccepted):
            self.rest = self._endpoint.rest_after(answer.rest)
            self._subscriptions.on_hub = self._subscriptions.relayed.connected(answer.journal)
            if answer.journal is not None:
                connection.read_lines(self._take_lines)
        return connection

    # ------------------------------------------------------------ the life of the session

    async def _run(self, connection: Connection) -> None:
        try:
            while True:
                self._subscriptions.tell(State(self._wall(), "connected", None, self._endpoint.name))
                born = self.beats.lived()
                cause = await self._serve_until_lost(connection)
                if self._subscriptions.worked and self._returning.lived(self.beats.lived() - born):
                    self._loud = True
                self._log(f"connection {connection.number}: {cause}")
                connection = await self._return(cause)
        except JogeonError as error:
            self._finish(error)
        except Exception as defect:
            logger.exception("the session ended by a defect")
            self._finish(JogeonError(Report("defect", text=repr(defect))))

    async def _serve_until_lost(self, connection: Connection) -> JogeonError:
        """Serve one connection and return why it ended; whatever it had is given up."""
        for planner in self._planners:
            planner.connected()
        self._connection = connection
        connection.read_trades(self.on_trades)
        try:
            await self._serving.serve(connection)
        except JogeonError as error:
            cause = self._words.cause(error)
        finally:
            await connection.aclose()
        if connection.defect is not None:
            raise connection.defect
        for planner in self._planners:
            planner.lost(connection.listening_ns, cause, self._words.detail(cause))
        self._serving.notify()
        return cause

    async def _return(self, cause: JogeonError) -> Connection:
        """Log in again, pausing as long as the last failure asks for; raise the first one that a person must mend."""
        while True:
            pause = self._returning.pause(cause, self._clock())
            self._subscriptions.tell(State(self._wall(), "reconnecting", pause=round(pause, 3), error=cause.report))
            await asyncio.sleep(pause)
            self._subscriptions.tell(State(self._wall(), "connecting", None, self._endpoint.name))
            try:
                return await self._login()
            except JogeonError as error:
                cause = error
                self._log(str(error))

    def _tell_taken(self, cause: SessionTaken) -> None:
        self._subscriptions.tell(State(self._wall(), "taken", None, cause.text, error=cause.report))

    def _log(self, what: str) -> None:
        """Log the first failure of an outage loudly and its repeats quietly."""
        logger.log(logging.WARNING if self._loud else logging.DEBUG, "%s", what)
        self._loud = False

    def _finish(self, error: JogeonError | None) -> None:
        self.beats.stop()
        if self.ended is not None:
            return
        self.ended = error or LocalProtocolError("the client is closed")
        self._on_end(error)
        self._serving.notify()

    # ------------------------------------------------------------ what the connection tells (Receiver)

    def on_unreadable(self, what: Report, seqs: Container[str], heard_ns: int, at_ns: int) -> None:
        """Doubt the conditions of which the frame could have been a push."""
        self._subscriptions.unreadable(what, seqs, heard_ns, at_ns)
        self._serving.wake()

    def _take_lines(self, lines: Sequence[Line], at_ns: int) -> None:
        """Take lines of a hub's stream."""
        self._subscriptions.lines(lines, self._clock(), at_ns)
        if any(isinstance(line.event, Snapshot | State) for line in lines):
            self._serving.notify()

    def on_answer(self, request: Request, answer: Answer, at_ns: int) -> None:
        """Take an answer at once: the frames that follow it are newer than what it shows."""
        for planner in self._planners:
            planner.answered(request, answer, self._clock(), at_ns)

    def on_ping(self) -> None:
        """Learn how often the server gives a sign of life."""
        self._serving.pinged()

    def on_system(self, notice: System) -> None:
        """Keep a SYSTEM notice: it may tell why the connection is about to end."""
        self._words.system(notice)

    def on_late(self, request: Request, answer: Answer, seconds: float, at_ns: int) -> None:
        """Take a reply that came after its time: patience learns from it."""
        for planner in self._planners:
            planner.late(request, answer, self._clock(), at_ns)
        self._serving.late(seconds)

    def on_stray(self, stray: Stray) -> None:
        """Take what nobody asked for: the words of an error, a snapshot that may contradict another, or a CNSRCLR."""
        self._words.said(stray.words)
        if stray.codes is not None and stray.seq is not None:
            self._subscriptions.unasked(stray.seq, stray.codes)
            self._serving.wake()
        elif stray.trnm == messages.Clear.trnm and stray.seq is not None and not stray.words:
            self._subscriptions.late(messages.Clear(stray.seq), messages.Cleared(), self._clock(), self._wall())
            self._serving.wake()

    def on_lost(self) -> None:
        """Wake the task, which finds the connection ended."""
        self._serving.wake()
