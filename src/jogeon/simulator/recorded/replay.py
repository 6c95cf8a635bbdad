"""A recorded day, served again (재생): the same wire, order and pace, to any program that works against the broker.

The clock starts when a program has registered: SETTLE after its last registration, or at once when it has all
conditions. From then on it goes on whoever listens, as a market does, and stands still at gaps only:

* At a recorded gap of a condition that somebody follows, all connections are cut as soon as everybody has read what was
  sent before. What changed meanwhile is then so, and the clock waits until the earlier registrations are back, at most
  STAND_STILL. The blind time itself is skipped.
* Closed hours without anything in them are skipped.
* Conditions that one outage blinded came back one after the other, while those that were back had pushes already. So a
  registration is answered when the recording has come to where it was answered then; what lies before goes out at once.
  A program that asks in another order gets a gap more for it, so that the order stays that of the recording.

A gap that never ended, and what could not be right (anomalies), changed nothing and is not played. At the end the last
state stands.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

from jogeon.errors import InvalidAddress
from jogeon.events import korean
from jogeon.masks import unmasked
from jogeon.simulator.recorded.recorded import RecordedMarket
from jogeon.simulator.recorded.stretch import RecordedSnapshot
from jogeon.simulator.serving.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from jogeon.events import Condition
    from jogeon.simulator.broker.switches import Switches
    from jogeon.simulator.market.market import Change
    from jogeon.simulator.recorded.stretch import RecordedStretch, Step

MAX: Final = math.inf
"""The speed that waits for nothing but the programs that read."""
SETTLE: Final = 2.0
"""Seconds without a registration after which no more are expected: at 5 requests a second, 1 s may pass."""
STAND_STILL: Final = 30.0
"""Seconds to wait for registrations after a gap."""
HEARD: Final = 2.0
"""Seconds a program has to answer a PING that tells whether it has read everything."""
NIGHT_NS: Final = 3600 * 10**9
"""A stretch without events that is longer, and not within the open hours of one day, is skipped."""
OPEN: Final = range(8, 20)
"""Hours of the day, Korean time, in which stocks are traded somewhere: NXT opens at 8:00 and closes at 20:00."""
MORNING: Final = 1.0
"""Seconds before its next event at which a day begins after skipped hours."""
WAKE: Final = 0.05
"""Seconds between two looks at the clock, at most."""
LONGEST_STEP: Final = 1.0
"""Seconds of this machine's time that are made up for at once, after a sleep of the machine."""
BATCH: Final = 1_000
"""Pushes made in one turn of the loop, at most."""
MOST_UNSENT: Final = 256 * 1024
"""Bytes that may wait for a program before the clock waits for it, too: far below where it would be cut."""

logger = logging.getLogger("jogeon.simulator.replay")
logger.addFilter(unmasked)


class Replay(Service):
    """A broker over a recording, listening between `async with`; `run` returns when it has come to its end.

    `speed` is recorded seconds a second, or MAX. `settle` stands for SETTLE. The rest is as for a Simulator. The
    recording is closed at the end.
    """

    def __init__(
        self,
        recording: RecordedStretch,
        *,
        speed: float = 1.0,
        host: str = "127.0.0.1",
        port: int = 0,
        rest_port: int | None = 0,
        switches: Switches | None = None,
        token: str | None = None,
        settle: float = SETTLE,
    ) -> None:
        if not speed > 0:
            raise InvalidAddress(f"speed must be above 0, not {speed}", value=str(speed), reason="speed out of range")
        self._recording = recording
        self._market = RecordedMarket(
            recording.opening,
            lambda code: recording.known(code, self._now_ns()),
            lambda: recording.names(self._now_ns()),
        )
        self._speed = speed
        self._settle = settle
        self.nights = False
        """Whether closed hours of which nothing was recorded are waited through."""
        self._steps = recording.steps()
        self._next: Step | None = next(self._steps, None)
        self._moment_ns: float = MAX if speed == MAX or self._next is None else self._next.at_ns
        self._played_ns = 0 if self._next is None else self._next.at_ns
        self._asked_at = 0.0
        self._closed: set[Condition] = set()
        """Conditions that an outage blinded and that are not back yet."""
        self._earlier: Counter[tuple[str, str]] = Counter()
        """Who had real time of what before the connections were cut, while it is waited for."""
        self._unheard: set[str] = set()
        """Names of conditions that a gap changed since then."""
        super().__init__(
            self._market, seed=1, host=host, port=port, rest_port=rest_port, switches=switches, token=token
        )
        self._broker.on_register = self._on_register

    async def _run(self) -> None:
        await self._audience()
        await self._play()
        await self._heard()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await super().__aexit__(kind, error, trace)
        finally:
            self._recording.close()

    def _now_ns(self) -> int:
        """Return the moment the recording is at."""
        return self._played_ns if self._moment_ns == MAX else max(self._played_ns, int(self._moment_ns))

    async def _audience(self) -> None:
        """Wait until somebody has registered all that it wants."""

        def there() -> bool:
            registered = len(self._broker.registered())
            settled = time.monotonic() - self._asked_at >= self._settle
            return registered > 0 and (settled or registered >= len(self._market.conditions))

        await _until(there)

    # ------------------------------------------------------------ the clock

    async def _play(self) -> None:
        """Play all there is, each step when it is due."""
        before = time.monotonic()
        while (step := self._next) is not None:
            if self._speed < MAX and not self.nights:
                self._skip_closed_hours(step)
            await asyncio.sleep(self._pause(step))
            await self._drained()
            now = time.monotonic()
            if self._broker.standing.pause_market:
                await asyncio.sleep(WAKE)
            elif self._speed < MAX:
                self._moment_ns += min(now - before, LONGEST_STEP) * self._speed * 10**9
            before = now
            if not self._broker.standing.pause_market and not self._play_due():
                await self._cut()
                before = time.monotonic()

    def _skip_closed_hours(self, step: Step) -> None:
        """Go on shortly before the next step, if nothing is recorded of the hours before."""
        now_ns, due_ns = self._moment_ns, self._due(step)
        if due_ns - now_ns <= NIGHT_NS:
            return
        begin, end = korean(int(now_ns)), korean(due_ns)
        if begin.date() != end.date() or begin.hour < OPEN.start or end.hour >= OPEN.stop:
            logger.info("nothing was recorded from %s to %s: skipped", begin, end)
            self._moment_ns = max(now_ns, due_ns - MORNING * self._speed * 10**9)

    def _pause(self, step: Step) -> float:
        """Return how long to wait before the next look at the clock."""
        if self._speed == MAX:
            return 0.0
        return min(WAKE, max(0.0, (self._due(step) - self._moment_ns) / 10**9 / self._speed))

    def _due(self, step: Step) -> int:
        """Return when a step happens: a gap that cuts connections at its beginning, its end is not waited for."""
        if isinstance(step, RecordedSnapshot) and step.since_ns is not None and self._cuts(step):
            return min(step.since_ns, step.at_ns)
        return step.at_ns

    def _play_due(self) -> bool:
        """Play what is due, a batch at most; False if the next step has to cut connections first."""
        changes: list[Change] = []
        ready = True
        while (
            ready
            and (step := self._next) is not None
            and len(changes) < BATCH
            and (self._speed == MAX or self._due(step) <= self._moment_ns)
        ):
            ready = self._take(step, changes)
        self._tell(changes)
        return ready

    def _take(self, step: Step, changes: list[Change]) -> bool:
        """Play a step, and add what is to be pushed; False if it has to cut connections first."""
        if not isinstance(step, RecordedSnapshot):
            changes.append(self._market.change(step))
            self._played_ns = max(self._played_ns, step.at_ns)
        elif self._cuts(step):
            return False
        else:
            self._tell(changes)
            changes.clear()
            self._show(step)
        self._next = next(self._steps, None)
        return True

    async def _drained(self) -> None:
        """Wait for the programs that read slower than they are sent to."""
        await _until(lambda: all(peer.send_queue.unsent <= MOST_UNSENT for peer in self._broker.watching), pause=0.001)

    # ------------------------------------------------------------ gaps

    def _cuts(self, shown: RecordedSnapshot) -> bool:
        """Tell whether a snapshot is the end of a gap that somebody must notice."""
        if shown.since_ns is None and not self._market.differs(shown):
            return False
        return shown.condition not in self._closed and self._broker.is_registered(self._market.seq(shown.condition))

    async def _cut(self) -> None:
        """Play a gap: cut all, let be what was recorded after it, and wait for those who were there before."""
        await self._heard()
        shown = self._next
        if not isinstance(shown, RecordedSnapshot) or not self._cuts(shown):
            return  # whoever followed it has gone meanwhile
        self._earlier = self._broker.registered()
        self._unheard.clear()
        self._closed.update([shown.condition, *self._recording.blind(shown)])
        for condition in sorted(self._closed, key=lambda condition: condition.name):
            self._broker.moved(self._market.rename(condition))
        logger.info("a recorded gap of %s: connections are cut", shown.condition.name)
        for peer in self._server.peers:
            peer.reset()
        self._show(shown)
        self._next = next(self._steps, None)
        await _until(lambda: not self._earlier - self._broker.registered(), STAND_STILL)
        self._earlier.clear()

    def _show(self, shown: RecordedSnapshot) -> None:
        """Let be what a snapshot shows; nobody hears of it but those who register from now on."""
        self._broker.moved(self._market.rename(shown.condition))
        changes = self._market.show(shown)
        self._truths["K"].add(changes, time.time_ns())
        self._unheard.update(change.name for change in changes)
        self._closed.discard(shown.condition)
        self._moment_ns = max(self._moment_ns, shown.at_ns)
        self._played_ns = max(self._played_ns, shown.at_ns)

    def _on_register(self, seq: str) -> None:
        """Play what comes before a condition was back, if it is not back yet."""
        self._asked_at = time.monotonic()
        asked = self._market.condition(seq)
        if asked in self._closed:
            self._hurry(asked)
            self._closed.discard(asked)

    def _hurry(self, asked: Condition) -> None:
        """Play on until a condition is back, or until something must wait for another one; then it has its own gap."""
        others = {name for _, name in self._earlier - self._broker.registered()} - {asked.name}
        changes: list[Change] = []
        while asked in self._closed and (step := self._next) is not None:
            if self._waits(step, others) or not self._take(step, changes):
                break
            self._moment_ns = max(self._moment_ns, step.at_ns)
        self._tell(changes)

    def _waits(self, step: Step, others: set[str]) -> bool:
        """Tell whether one of these conditions must be registered before a step, so that it is heard in its order."""
        nothing = isinstance(step, RecordedSnapshot) and not self._market.differs(step)
        return not nothing and (step.condition.name in others or not others.isdisjoint(self._unheard))

    async def _heard(self) -> None:
        """Wait until everybody has read everything: a reset takes away what is on its way."""
        if self._server.pinging:
            for peer in self._broker.watching:
                peer.ping()
        await _until(lambda: not any(peer.unechoed for peer in self._broker.watching), HEARD)


async def _until(reached: Callable[[], bool], longest: float = math.inf, pause: float = 0.005) -> None:
    """Wait until something is so, at most some seconds."""
    end = time.monotonic() + longest
    while not reached() and time.monotonic() < end:  # noqa: ASYNC110  # sockets do not tell when they are read
        await asyncio.sleep(pause)
