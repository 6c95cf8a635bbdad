"""A recording: a watch that writes a journal, or one a day, until the end."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jogeon.cli.running.follow import Wish, first_of, hand_over
from jogeon.cli.running.journal_trouble import told_aside
from jogeon.cli.running.journals import journal_written
from jogeon.cli.running.loop import waited_client
from jogeon.cli.running.naming import tell_nameless
from jogeon.cli.showing.event_words import tell_event
from jogeon.cli.showing.failures import in_short
from jogeon.cli.showing.json_lines import StandardOutput, event_line
from jogeon.cli.showing.output_thread import Output
from jogeon.cli.showing.terminal import PLAIN_SIGNS
from jogeon.cli.showing.terminal import tell as say
from jogeon.errors import JogeonError, JournalError
from jogeon.events import KST, Gap, State, korean
from jogeon.journal.file import require_free
from jogeon.journal.retention import DATE, copy_journal, delete_days

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.running.alert_plan import AlertPlan
    from jogeon.client import Client
    from jogeon.events import Event, Exchange
    from jogeon.watch import Watch

FOREVER = datetime.max.replace(tzinfo=KST)
LOOK = 60.0
"""Seconds between two looks at the clock, at most: a computer that slept is told by nothing else."""


def next_time(wanted: time, now: datetime) -> datetime:
    """Return when it is this time of day next, Korean time."""
    today = datetime.combine(now.date(), wanted, KST)
    return today if today > now else today + timedelta(days=1)


class Recorder:
    """One run of the command: a watch, or one a day if each day has a file."""

    def __init__(
        self, choices: Choices, names: tuple[str, ...], exchange: Exchange, journal: str | None, *, frames: bool
    ) -> None:
        self._choices = choices
        self._names = names
        self._exchange: Exchange = exchange
        self._journal = str(journal_written(choices)) if journal is None else journal
        self._frames = frames
        self.keep: timedelta | None = None
        """How long what was recorded is kept; None for ever."""
        self.copies: str | None = None
        """The folder that gets a copy each day."""
        self.prices = False
        """Whether the prices of members are kept as well."""
        self.alerts: AlertPlan | None = None
        """What is told while it is recorded."""
        self.clock: Callable[[], datetime] = partial(datetime.now, KST)
        self._counts: Counter[str] = Counter()
        self._watches: asyncio.Queue[Watch | None] = asyncio.Queue()
        """Those to be told of, in their order; None behind the last one."""
        self._lagged = False
        self._begun = False

    async def run(self, end: datetime | None) -> None:
        """Record until the end; None for ever. What is told of it waits for its reader; what is recorded does not.

        A journal that cannot be written is refused before anybody logs in.
        """
        require_free(self._path())
        failed = False
        with Output(StandardOutput() if self._choices.json else None) as output:
            telling = asyncio.create_task(self._tell(output))
            try:
                async with waited_client(self._choices) as client:
                    if self.alerts is not None:
                        await self.alerts.begin(client.conditions)
                    await first_of(self._record(client, end), _shielded(telling))
            except asyncio.CancelledError:
                output.hurried = True
                raise
            except BaseException:
                failed = True
                raise
            finally:
                self._watches.put_nowait(None)
                try:
                    await telling
                finally:
                    if self._begun:
                        self._sum_up(failed=failed)

    async def _tell(self, output: Output) -> None:
        """Tell what the watches yield, one after the other."""
        with contextlib.suppress(TimeoutError):  # only where nobody waits for the rest
            while (watch := await self._watches.get()) is not None:
                await hand_over(watch, Wish(), partial(self._use, output))

    async def _record(self, client: Client, end: datetime | None) -> None:
        """Record into one file after the other; the next one is begun before this one is left, so nothing is missed."""
        async with contextlib.AsyncExitStack() as files:
            watch = await files.enter_async_context(self._file(client))
            while True:
                async with contextlib.AsyncExitStack() as following:
                    begun: list[Watch] = []
                    await first_of(
                        self._until(FOREVER if end is None else end),
                        self._keep_house(watch),
                        self._next_day(client, watch, following, begun),
                    )
                    if not begun:
                        return
                    await files.aclose()
                    watch = begun[0]
                    files.push_async_callback(following.pop_all().aclose)

    def _path(self) -> Path:
        """Return the file of today."""
        return Path(self._journal.replace(DATE, f"{self.clock():%Y-%m-%d}"))

    @contextlib.asynccontextmanager
    async def _file(self, client: Client) -> AsyncIterator[Watch]:
        """Have a watch write the file of today."""
        path = self._path()
        watch = client.watch(
            *self._names, exchange=self._exchange, journal=path, frames=self._frames, prices=self.prices
        )
        async with watch, told_aside(watch, self._choices.texts, self._say):
            self._watches.put_nowait(watch)
            self._say(self._choices.texts("record.begun", path=path))
            if not self._begun:
                tell_nameless(client, self._choices.texts, self._say)
            self._begun = True
            async with self._alerting(watch):
                yield watch

    @contextlib.asynccontextmanager
    async def _alerting(self, watch: Watch) -> AsyncIterator[None]:
        """Send alerts of what a watch records, if they are wanted."""
        if self.alerts is None:
            yield
            return
        from jogeon.cli.running.alert_plan import alerts_of

        async with alerts_of(watch, self.alerts, self._choices.texts):
            yield

    async def _next_day(
        self, client: Client, watch: Watch, files: contextlib.AsyncExitStack, begun: list[Watch]
    ) -> None:
        """Begin the file of the next day at midnight; if that cannot be, this one goes on and it is tried again."""
        midnight = next_time(time(), self.clock()) if DATE in self._journal else FOREVER
        while not begun:
            await self._until(midnight)
            try:
                begun.append(await files.enter_async_context(self._file(client)))
                watch.finish()  # before another frame is read: it would be in both files
            except JogeonError as error:
                self._say(in_short(error, self._choices))
                await asyncio.sleep(LOOK)

    async def _keep_house(self, watch: Watch) -> None:
        """Delete what is old and make a copy, now and at every midnight."""
        while (journal := watch.journal) is not None:
            now = self.clock()
            if self.keep is not None and DATE not in self._journal:
                old, held = (int((now - times * self.keep).timestamp()) * 1_000_000_000 for times in (1, 2))
                journal.prune(old, held)
            await asyncio.to_thread(self._tidy, journal.path, now)
            await self._until(next_time(time(), now) + timedelta(seconds=1))

    async def _until(self, moment: datetime) -> None:
        while (left := (moment - self.clock()).total_seconds()) > 0:  # noqa: ASYNC110  # a clock tells nobody
            await asyncio.sleep(min(left, LOOK))

    def _tidy(self, path: Path, now: datetime) -> None:
        try:
            if self.keep is not None and DATE in self._journal:
                delete_days(Path(self._journal), (now - self.keep).date())
            if self.copies is not None:
                copy_journal(path, Path(self.copies), int(now.timestamp() * 1e9))
        except (JournalError, OSError) as error:  # the recording goes on
            self._say(in_short(error, self._choices))

    async def _use(self, output: Output, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Gap) and event.cause == "lagged":
                self._lagged = True
            else:
                self._counts[type(event).__name__] += 1
            if not self._choices.json and isinstance(event, Gap | State):
                told = tell_event(event, self._choices.texts, PLAIN_SIGNS)
                moment = korean(event.until_ns if isinstance(event, Gap) else event.at_ns)
                self._say(f"{told.sign} {told.word}  {told.rest}", moment)
        if self._choices.json:
            await output.write(b"".join(map(event_line, events)))

    def _sum_up(self, *, failed: bool) -> None:
        """Say what was recorded; what a slow reader was not handed is in the journal, and was not counted.

        What ended by an error is no success.
        """
        texts, (enters, leaves, gaps) = self._choices.texts, (self._counts[kind] for kind in ("Enter", "Leave", "Gap"))
        if failed:
            self._say(texts("record.failed", enters=enters, leaves=leaves, gaps=gaps))
        elif self._lagged:
            self._say(texts("record.done.lagged"))
        else:
            self._say(texts("record.done", enters=enters, leaves=leaves, gaps=gaps))

    def _say(self, text: str, moment: datetime | None = None) -> None:
        """Say something with its time, Korean time: these lines are read in a log, days later."""
        say(f"{moment or self.clock():%Y-%m-%d %H:%M:%S}  {text}")


async def _shielded(task: asyncio.Task[None]) -> None:
    """Wait for a task that goes on when this wait is cancelled."""
    await asyncio.shield(task)
