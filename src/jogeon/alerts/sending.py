"""Sends what the outbox holds: one task a target, so that a stuck one delays no other, in order, at least once.

A row is marked only after the target took it; whoever is killed in between sends it again under the same id.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from jogeon.alerts.outbox import MAX_AGE, AlertRow, next_message, outdated
from jogeon.alerts.targets import Later, Outcome, Refused, Sent, Target
from jogeon.journal.beside import RowState
from jogeon.masks import masked, unmasked
from jogeon.reports import Report, report_of

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between attempts where the target names none: doubled each time."""
LAST_CHANCE = 10.0
"""Seconds that waiting alerts get when the program ends."""

logger = logging.getLogger("jogeon.alerts")
logger.addFilter(unmasked)


class Outbox(Protocol):
    """Where rows stand until they are marked; each call returns when what it says is durable."""

    async def waiting(self, target: str) -> Sequence[AlertRow]:
        """Return the rows of a target that are neither sent nor dropped, in the order in which they were made."""
        ...

    async def mark(
        self, rows: Sequence[AlertRow], state: RowState, reason: Report | None, *, tried: bool = True
    ) -> None:
        """Keep what became of rows, and count an attempt for each if it was `tried`."""
        ...


class Sender:
    """Sends to all targets until it is stopped. `wall` is nanoseconds since 1970; digests are in `lang`.

    While it is muted, what a rule decided is dropped with that reason; what the tool reports of itself is still sent.
    """

    muted_until_ns = 0

    def __init__(
        self, targets: Mapping[str, Target], outbox: Outbox, *, wall: Callable[[], int] = time.time_ns, lang: str = "ko"
    ) -> None:
        self._outbox = outbox
        self._lang = lang
        self._wall = wall
        self._recipients = {name: _Recipient(name, target) for name, target in targets.items()}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Begin to send; what waits from an earlier run comes first."""
        self._tasks = {name: asyncio.create_task(self._serve(each)) for name, each in self._recipients.items()}

    def exchange(self, targets: Mapping[str, Target]) -> None:
        """Send to other targets from now on; one that stays as it was is not disturbed."""
        for name in [name for name, each in self._recipients.items() if targets.get(name) != each.target]:
            del self._recipients[name]
            self._tasks.pop(name).cancel()
        for name, target in targets.items():
            if name not in self._recipients:
                recipient = self._recipients[name] = _Recipient(name, target)
                self._tasks[name] = asyncio.create_task(self._serve(recipient))

    def wake(self, target: str) -> None:
        """Say that a row was added for a target."""
        if recipient := self._recipients.get(target):
            recipient.news.set()

    async def stop(self, patience: float = LAST_CHANCE) -> None:
        """Give what waits a last chance, then end."""
        for recipient in self._recipients.values():
            recipient.ending = True
            recipient.news.set()
        tasks, self._tasks = list(self._tasks.values()), {}
        if tasks:
            await asyncio.wait(tasks, timeout=patience)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ------------------------------------------------------------ one target

    async def _serve(self, recipient: "_Recipient") -> None:
        while True:
            recipient.news.clear()
            rows = await self._outbox.waiting(recipient.name)
            if old := outdated(rows, self._wall()):
                await self._outbox.mark(old, "dropped", recipient.reason or Report("too old"), tried=False)
                continue
            if muted := [row for row in rows if row.rule] if self._wall() < self.muted_until_ns else []:
                await self._outbox.mark(muted, "dropped", Report("muted"), tried=False)
                continue
            if recipient.pause_left() > 0:
                await recipient.rest(self._until_outdated(rows))
                continue
            message = next_message(rows, digests=recipient.target.digests, lang=self._lang)
            if message is None:
                if recipient.ending:
                    return
                await recipient.news.wait()
                continue
            outcome = await self._attempt(recipient, message.rows, recipient.target.send(message))
            recipient.goes_on(outcome)

    async def _attempt(self, recipient: "_Recipient", rows: Sequence[AlertRow], sending: Awaitable[Outcome]) -> Outcome:
        try:
            outcome = await sending
        except Exception as error:  # noqa: BLE001  # a target that fails must not end the others
            logger.warning("target %s: %s", recipient.name, masked(repr(error)))
            outcome = Later(report_of(error))
        match outcome:
            case Sent():
                await self._outbox.mark(rows, "sent", None)
            case Refused(reason=reason):
                await self._outbox.mark(rows, "dropped", reason)
            case Later(reason=reason):
                logger.info("target %s: %s", recipient.name, reason)
                await self._outbox.mark(rows, "waiting", reason)
        return outcome

    def _until_outdated(self, rows: Sequence[AlertRow]) -> float:
        """Return the seconds after which the oldest row is dropped."""
        oldest = min((row.made_ns for row in rows), default=self._wall())
        return max(0.0, (oldest + MAX_AGE - self._wall()) / 1e9) + 0.01


class _Recipient:
    """A target with what is known of it: until when it rests, and why."""

    def __init__(self, name: str, target: Target) -> None:
        self.name, self.target = name, target
        self.news = asyncio.Event()
        self.ending = False
        self.reason: Report | None = None
        self._failures = 0
        self._until = 0.0

    def goes_on(self, outcome: Outcome) -> None:
        """Learn from an attempt how long to rest."""
        if isinstance(outcome, Later):
            self.reason = outcome.reason
            self._failures += 1
            usual = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self._failures - 1))
            self._rest_for(usual if outcome.pause is None else max(outcome.pause, FIRST_PAUSE))
        else:
            self.reason, self._failures = None, 0
            self._rest_for(self.target.spacing)

    def pause_left(self) -> float:
        """Return the seconds until the target may be asked again."""
        return self._until - asyncio.get_running_loop().time()

    async def rest(self, at_most: float) -> None:
        """Wait until the target may be asked again, or for `at_most` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(self.pause_left(), at_most)):
                await asyncio.Event().wait()

    def _rest_for(self, seconds: float) -> None:
        self._until = asyncio.get_running_loop().time() + seconds
