"""What a client does with a Subscriptions, in virtual time: the driver of the truth drill.

Driver    one request in flight, patience measured in lived seconds, answers taken as they come; it can be stalled
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from conversation import heard
from jogeon.errors import ConnectionLost, RemoteProtocolError
from jogeon.live.attempts import BUSY_PAUSE
from jogeon.live.listening import BEAT, Life, Listening
from jogeon.live.retry import Liveness, Pace, Patience, delays
from jogeon.live.serving import REPLACE_PAUSE
from jogeon.live.stages import Stage
from jogeon.wire.messages import ConditionList, ListConditions, Login, Ping, Push, Refusal
from jogeon.wire.session import Answered, ClientSession, Late, Stray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from jogeon.live.subscriptions import Subscriptions
    from jogeon.wire.messages import PushRow, Request
    from jogeon.wire.session import Received
    from virtual import Broker, Clock, Link

LOST = ConnectionLost("broken off")
TURN = 0.001  # no loop looks twice within the same moment
LOGIN_TIMEOUT = 10.0


class Driver:
    """Connects a Subscriptions to a Broker again and again; what it does is what the client does with sockets."""

    def __init__(self, clock: Clock, broker: Broker, subscriptions: Subscriptions, random: Random) -> None:
        self.subscriptions = subscriptions
        self.losses: list[tuple[int, int]] = []
        """Until when each connection was listened to, and when its end was found."""
        self.unlisted: list[tuple[int, int]] = []
        """From an edit to the end of a connection, or of a watch, before which no list could show it."""
        self._clock = clock
        self._broker = broker
        self._random = random
        self._pauses: Iterator[float] = delays(random.uniform)
        self._pace = Pace()
        self._liveness = Liveness()
        self._patience = Patience()
        self._session = ClientSession()
        self._link: Link | None = None
        self._ready = False
        self._flight = 0
        self.listed_ns = self._sent_ns = 0
        """When the last list that was answered was asked for."""
        self._wake_at: float | None = None
        self._sent, self._replaced = 0.0, -REPLACE_PAUSE
        self._busy: dict[str, float] = {}
        self._debts: list[tuple[Request, float]] = []
        self._heard, self.heard_ns = 0.0, 0
        self._life = Life(clock.now, clock.wall_ns())
        self._listening = Listening(clock.wall_ns())
        self._stopped = False
        self._reading = False
        self._rows: list[PushRow] = []
        """What was pushed in the present read and is not handed over yet."""
        self._waiting: deque[bytes | None] = deque()
        """What came while the program did not run; None is the end of the connection."""
        self._put_off: list[Callable[[], None]] = []
        self._beat()

    @property
    def busy(self) -> bool:
        """Whether something is in flight, or half of what was begun is done."""
        waiting = any(following.stage is Stage.WAITING for following in self.subscriptions.wanted)
        return waiting or self._session.in_flight is not None

    @property
    def mark_ns(self) -> int:
        """The last moment at which the program was listening."""
        return self._listening.mark(self.heard_ns)

    def _lived(self) -> float:
        return self._life.lived(self._clock.now)

    # ------------------------------------------------------------ a program that does not run

    def stall(self, seconds: float) -> None:
        """Do not run for so long: nothing is read, no timer fires."""
        if not self._stopped:
            self._stopped = True
            self._clock.later(seconds, self._resume)

    def run(self, action: Callable[[], None]) -> None:
        """Do something now, or once the program runs."""
        if self._stopped:
            self._put_off.append(action)
        else:
            action()

    def _resume(self) -> None:
        """Go on: the loop reads a part of what waits, then its timers fire, then it reads on."""
        self._stopped = False
        if self._waiting and self._waiting[-1] is None:  # a reset takes with it what was not read
            keep = self._random.randrange(len(self._waiting))
            self._waiting = deque([*list(self._waiting)[:keep], None])
        self._read(self._random.randrange(len(self._waiting) + 1))
        self._note_beat()
        put_off, self._put_off = self._put_off, []
        for action in put_off:
            action()
        self._clock.later(TURN, self._read_on)

    def _read_on(self) -> None:
        if not self._stopped:
            self._read(len(self._waiting))

    def _read(self, frames: int) -> None:
        """Read so many frames at once; pushes are handed over at the end, and before any answer among them."""
        self._reading = True
        self._read_each(frames)
        self._reading = False
        self._hand_over()

    def _hand_over(self) -> None:
        rows, self._rows = self._rows, []
        if rows:
            self.subscriptions.pushed(rows, self._clock.wall_ns(), over=not self._reading)

    def _read_each(self, frames: int) -> None:
        while frames and self._waiting:
            frames -= 1
            text = self._waiting.popleft()
            if text is None:
                self._end()
            else:
                self._take(text)

    def _arrives(self, text: bytes | None) -> None:
        if self._stopped or self._waiting:
            self._waiting.append(text)
        elif text is None:
            self._end()
        else:
            self._take(text)

    def _beat(self) -> None:
        self._clock.later(BEAT, self._beat)
        if not self._stopped:
            self._note_beat()

    def _note_beat(self) -> None:
        stalled = self._life.beat(self._clock.now, self._clock.wall_ns())
        was_behind = self._listening.behind
        self._listening.beat(self._clock.wall_ns(), self.heard_ns, stalled=stalled, empty=lambda: not self._waiting)
        if was_behind and not self._listening.behind:
            self.turn()

    # ------------------------------------------------------------ connections

    def connect(self) -> None:
        """Connect and log in; again later if that is not possible."""
        self._waiting.clear()
        link = self._broker.connect(self._arrives, lambda: self._arrives(None))
        if link is None:
            self._later(next(self._pauses), self.connect)
            return
        self._link, self._session = link, ClientSession()
        self._debts.clear()
        self._busy.clear()
        self._heard, self.heard_ns = self._lived(), self._clock.wall_ns()
        self._listening = Listening(self.heard_ns)
        self._send(Login("token"))

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        self._clock.later(seconds, lambda: self.run(action))

    def _send(self, request: Request) -> None:
        assert self._link is not None
        self._flight += 1
        flight, self._sent, self._sent_ns = self._flight, self._lived(), self._clock.wall_ns()
        patience = LOGIN_TIMEOUT if isinstance(request, Login) else self._patience.seconds
        self._link.send(self._session.send(request))
        self.subscriptions.sent(request, self._clock.wall_ns())
        heard_ns = self.heard_ns
        self._later(patience, lambda: self._expire(flight, request, patience, heard_ns))

    def _expire(self, flight: int, request: Request, patience: float, heard_ns: int) -> None:
        if flight != self._flight or self._session.in_flight is not request:
            return
        left = self._sent + patience - self._lived()
        if left > TURN:
            self._later(left, lambda: self._expire(flight, request, patience, heard_ns))
            return
        owed = len(self._session.owed)
        self._session.expire()
        if len(self._session.owed) > owed:
            self._debts.append((request, self._sent))
        self._patience.took(patience)
        if isinstance(request, Login) or (isinstance(request, ListConditions) and self.heard_ns == heard_ns):
            self.give_up()
            return
        self.subscriptions.timed_out(request, patience, self._clock.now, self._clock.wall_ns())
        self.turn()

    def give_up(self) -> None:
        """Close this connection from our side."""
        if self._link is not None:
            self._link.alive = False
        self._end()

    def _end(self) -> None:
        self._hand_over()
        self._flight += 1
        self._session.close()
        self._link = None
        self._waiting.clear()
        if self._ready:
            self._ready = False
            self.losses.append((self.mark_ns, self._clock.wall_ns()))
            self.note_unlisted()
            self.subscriptions.lost(self.mark_ns, LOST, "")
        self._later(next(self._pauses), self.connect)

    def note_unlisted(self) -> None:
        """Note since when pushes may have been another's, if somebody stops listening now."""
        edits = [at_ns for at_ns in self._broker.edits if at_ns > self.listed_ns]
        self.unlisted += [(min(edits), self._clock.wall_ns())] if edits else []

    # ------------------------------------------------------------ the reader

    def _take(self, text: bytes) -> None:
        at_ns = self._clock.wall_ns()
        if at_ns > self._listening.fresh_ns:
            self._listening.late(at_ns, self.heard_ns, len(text))
        self._broker.heard(text)
        try:
            received = heard(self._session, text)
        except RemoteProtocolError as error:
            self._hand_over()
            self.subscriptions.unreadable(error.report, (), self.mark_ns, at_ns)
        else:
            if isinstance(received, Push):
                self._rows += received.data
            if not isinstance(received, Push | Ping) or not self._reading:
                self._hand_over()
            self._dispatch(received, at_ns)
        self.heard_ns, self._heard = at_ns, self._lived()
        self.turn()

    def _dispatch(self, received: Received, at_ns: int) -> None:
        now = self._clock.now
        match received:
            case Ping(payload):
                self._liveness.ping(self._lived())
                if self._link is not None:
                    self._link.send(payload)
            case Answered(Login(), _):
                self._ready = True
                self._liveness.begin()
                self.subscriptions.connected()
            case Answered(request, answer):
                self._patience.took(self._lived() - self._sent)
                if isinstance(answer, ConditionList):
                    self.listed_ns = self._sent_ns
                if isinstance(answer, Refusal) and answer.busy:
                    self._busy[request.trnm] = now + BUSY_PAUSE
                self.subscriptions.answered(request, answer, now, at_ns)
            case Late(request, answer):
                debt = next(debt for debt in self._debts if debt[0] is request)
                self._debts.remove(debt)
                self._patience.took(self._lived() - debt[1])
                self.subscriptions.late(request, answer, now, at_ns)
            case Stray(seq=str(seq), codes=tuple(codes)):
                self.subscriptions.unasked(seq, codes)

    # ------------------------------------------------------------ the task

    def turn(self) -> None:
        """Send what is due, if nothing is in flight."""
        if not self._ready or self._stopped or self._session.in_flight is not None or self._listening.behind:
            return
        now = self._clock.now
        if self.subscriptions.is_hopeless() and self._session.owed and now - self._replaced >= REPLACE_PAUSE:
            self._replaced = now
            self.give_up()
        elif (delay := self._pace.delay(now)) > 0:
            self._wake(now + delay + TURN)
        else:
            self._decide(now)

    def _decide(self, now: float) -> None:
        self._busy = {trnm: until for trnm, until in self._busy.items() if until > now}
        request = self.subscriptions.next_request(now, self._clock.wall_ns(), self._busy)
        if request is None and self._lived() - self._heard >= self._liveness.bound:
            request = ListConditions()
        if request is not None:
            self._pace.sent(now)
            self._send(request)
            return
        due = self.subscriptions.next_due()
        silence = now + self._heard + self._liveness.bound - self._lived()
        assert due is None or due > now or self._busy, "woken for nothing, again and again"
        moments = [silence, *self._busy.values(), math.inf if due is None or due <= now else due]
        self._wake(min(moments))

    def _wake(self, at: float) -> None:
        if self._wake_at is not None and self._clock.now < self._wake_at <= at:
            return
        self._wake_at = at

        def woken() -> None:
            if self._wake_at == at:
                self._wake_at = None
                self.turn()

        self._later(max(TURN, at - self._clock.now), woken)
