"""Alerts of one journal while it is written: from commits to rows to messages.

What is decided on is what is durable, in its order; so whoever reads the file later decides the same. Deciding runs in
the loop of the watch, some events at a time; what it leads to waits for nobody.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from jogeon.alerts.deciding import Alert, Decider, LastQuote
from jogeon.alerts.letterbox import Letterbox
from jogeon.alerts.outbox import AlertRow
from jogeon.alerts.own import Note, Self
from jogeon.alerts.rebuilding import Rebuilt, present, rebuilt
from jogeon.alerts.rules import Rule
from jogeon.alerts.sending import LAST_CHANCE, Sender
from jogeon.alerts.settings import Own
from jogeon.alerts.targets import Target
from jogeon.alerts.ticking import Ticker
from jogeon.alerts.wording import rows_of
from jogeon.errors import JogeonError
from jogeon.events import Event, NameOf, State, nameless
from jogeon.journal.commits import Commit
from jogeon.journal.inbox import EVER_NS
from jogeon.journal.writer import Journal
from jogeon.masks import masked, unmasked
from jogeon.reports import Report
from jogeon.web import exchange

AT_ONCE = 500
"""Events decided on before the reader of the wire has its turn."""
KEEP_EVERY = 5.0
"""Seconds after which the place of those who decide is kept, at least, where nothing is due."""
LOOK = 1.0
PING_EVERY = 60.0
"""Seconds between signs of life to whoever tells when there are none."""

logger = logging.getLogger("jogeon.alerts")
logger.addFilter(unmasked)


class Plan:
    """What is told to whom: rules, targets, what the tool tells of itself, and where its signs of life go."""

    def __init__(
        self, rules: Sequence[Rule], targets: Mapping[str, Target], own: Own | None = None, ping: str = ""
    ) -> None:
        self.rules, self.targets, self.own, self.ping = tuple(rules), dict(targets), own, ping


class Alerting:
    """Decides and sends while a journal is written; `say` words a note, `name_of` knows the names of stocks.

    `start` it when the journal is open; it ends with the journal, which stays open for it so long.
    """

    def __init__(
        self,
        journal: Journal,
        plan: Plan,
        *,
        say: Callable[[Note], str],
        lang: str = "ko",
        name_of: NameOf = nameless,
        wall: Callable[[], int] = time.time_ns,
    ) -> None:
        self._journal = journal
        self._plan = plan
        self._say, self._lang, self._name_of, self._wall = say, lang, name_of, wall
        self._sender: Sender | None = None
        self._letterbox = Letterbox(journal, self._wake, wall=wall)
        self._ticker = Ticker(journal, wall)
        self._decider = Decider(plan.rules, journal.identity)
        self._self = None if plan.own is None else Self(plan.own, wall())
        self._commits: deque[tuple[str | None, Commit]] = deque()
        self._news = asyncio.Event()
        self.place = 0
        """The id of the event up to which everything is decided."""
        self._kept_place, self._kept_at = 0, 0.0
        self._firsts: dict[int, int] = {}
        self._exchanged: Plan | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._ended = asyncio.Event()
        self._ending: asyncio.Task[None] | None = None

    # ------------------------------------------------------------ its life

    async def start(self) -> None:
        """Go on where an earlier run stopped, and begin; JournalError."""
        self._loop = asyncio.get_running_loop()
        _, self.place = self._journal.follow(self._committed)
        try:
            found = await self._rebuilt(self._plan.rules, self._journal.begun_behind)
        except BaseException:
            self._journal.unfollow(self._committed)
            raise
        self._take_over(found)
        self._letterbox.load(found.waiting)
        self._sender = Sender(self._plan.targets, self._letterbox, wall=self._wall, lang=self._lang)
        self._sender.start()
        self._post(found.alerts)
        lost = [row for row in found.waiting if row.target not in self._plan.targets]
        for target in dict.fromkeys(row.target for row in lost):
            rows = [row for row in lost if row.target == target]
            await self._letterbox.mark(rows, "dropped", Report("no such target"), tried=False)
        works: list[Coroutine[Any, Any, None]] = [self._decide(), self._ticker.run(lambda: self._decider), self._look()]
        if self._plan.ping:
            works.append(self._ping())
        self._tasks = [asyncio.create_task(work, name="jogeon alerts") for work in works]
        self._journal.hold(self, self._end)

    async def stop(self, patience: float = LAST_CHANCE) -> None:
        """Decide on what is committed, give what waits a last chance, and end; so it does when its journal is to end.

        Each step has so many seconds.
        """
        self._end(patience)
        if self._ending is not None:
            await self._ending

    def _end(self, patience: float = LAST_CHANCE) -> None:
        if self._ending is None and self._tasks:
            self._ending = asyncio.create_task(self._wind_down(patience), name="jogeon alerts ending")

    async def _wind_down(self, patience: float) -> None:
        try:
            with contextlib.suppress(TimeoutError, JogeonError):
                async with asyncio.timeout(patience):
                    await self._last_ticks()
                    self._ended.set()
                    self._news.set()
                    await asyncio.shield(self._tasks[0])
                    await self._letterbox.settled()
            if self._sender is not None:
                await self._sender.stop(patience)
        finally:
            self._journal.unfollow(self._committed)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._journal.release(self)

    async def _last_ticks(self) -> None:
        """Let time pass up to where the picture was right at the end, for what still waits."""
        await self._letterbox.settled()
        while self._commits:  # noqa: ASYNC110  # it lasts for moments
            await asyncio.sleep(0)
        waiting = self._decider.waiting()
        if waiting:
            ticks = await asyncio.to_thread(present, self._journal.path)
            self._journal.tick([each for each in ticks if each.right_ns >= waiting.get(each.condition.name, EVER_NS)])
            await self._letterbox.settled()

    def exchange(self, plan: Plan) -> None:
        """Go by another plan from the next event on; what the old one decided stays decided."""
        self._exchanged = plan
        self._news.set()

    async def _rebuilt(self, rules: Sequence[Rule], begun_behind: int | None) -> Rebuilt:
        return await asyncio.to_thread(rebuilt, self._journal.path, rules, self.place, begun_behind)

    def _take_over(self, found: Rebuilt) -> None:
        self._decider, self._firsts = found.decider, found.firsts
        self._ticker.look()

    def _wake(self, target: str) -> None:
        if self._sender is not None:
            self._sender.wake(target)

    # ------------------------------------------------------------ for who shows it

    @property
    def changes(self) -> int:
        """What grows whenever an alert comes, or something becomes of one."""
        return self._letterbox.changes

    @property
    def muted_until_ns(self) -> int | None:
        """Until when what the rules decide is not sent; None if it is."""
        until_ns = 0 if self._sender is None else self._sender.muted_until_ns
        return until_ns if until_ns > self._wall() else None

    def mute(self, until_ns: int) -> None:
        """Send nothing of what the rules decide until a moment; one that is past ends that. It lasts no restart."""
        if self._sender is not None:
            self._sender.muted_until_ns = until_ns

    # ------------------------------------------------------------ the writer's thread

    def _committed(self, identity: str | None, commit: Commit) -> None:
        """Take what is durable now."""
        with contextlib.suppress(RuntimeError):  # a loop that is no more needs nothing
            self._loop.call_soon_threadsafe(partial(self._heard, identity, commit))

    # ------------------------------------------------------------ deciding

    def _heard(self, identity: str | None, commit: Commit) -> None:
        self._commits.append((identity, commit))
        self._news.set()

    async def _decide(self) -> None:
        while True:
            if self._exchanged is not None:
                await self._exchange(self._exchanged)
            if not self._commits:
                if self._ended.is_set():
                    return
                self._news.clear()
                await self._news.wait()
                continue
            identity, commit = self._commits.popleft()
            if identity != self._decider.journal:  # another file was begun in place of a damaged one
                self._decider.journal, self._firsts = identity, {}
            for part in _parts(commit):
                self._post(self._decided(part))
                await asyncio.sleep(0)
            self._post(self._between(commit))
            self._ticker.look()

    def _between(self, commit: Commit) -> list[Alert]:
        """Decide on what stands behind the events of a commit: its quotes, then its ticks."""
        alerts: list[Alert] = []
        for code, at_ns, price, _, rate, *_ in commit.quotes:
            alerts += self._decider.quote(code, LastQuote(price, rate, at_ns))
        for tick in commit.ticks:
            alerts += self._decider.tick({tick.condition.name: tick.right_ns})
        return alerts

    def _decided(self, part: Sequence[tuple[int, int, int, Event]]) -> list[Alert]:
        alerts: list[Alert] = []
        for epoch, n, place, event in part:
            self._firsts.setdefault(epoch, place - n + 1)
            alerts += self._decider.take(f"{epoch}:{n}", event)
            self.place = place
            if isinstance(event, State) and self._self is not None:
                self._tell(self._self.take(event))
        return alerts

    def _post(self, alerts: Sequence[Alert]) -> None:
        """Have what is due wait for its targets; keep the place from time to time where nothing is."""
        rows = [row for alert in alerts for row in rows_of(alert, self._lang, self._name_of)]
        now = self._loop.time()
        if rows or (self.place != self._kept_place and now - self._kept_at > KEEP_EVERY):
            self._kept_place, self._kept_at = self.place, now
            self._letterbox.post(rows, self._event_of, self.place)

    def _event_of(self, row: AlertRow) -> int:
        """Return the id of the event that set a row off."""
        epoch, _, n = row.trigger.partition(":")
        return self._firsts.get(int(epoch), 1) + int(n) - 1

    async def _exchange(self, plan: Plan) -> None:
        self._exchanged = None
        try:
            found = await self._rebuilt(plan.rules, None)
        except JogeonError as error:  # the next change, or the next start, tries again
            logger.warning("the rules were not exchanged: %s", error)
            return
        self._plan = plan
        self._take_over(found)
        if self._sender is not None:
            self._sender.exchange(plan.targets)
        self._self = None if plan.own is None else Self(plan.own, self._wall())

    # ------------------------------------------------------------ what it tells of itself

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            if self._self is not None:
                self._tell(self._self.look(self._wall(), self._journal.trouble))

    def _tell(self, notes: Sequence[Note]) -> None:
        own = self._plan.own
        if own is None:
            return
        for note in notes:
            text = self._say(note)
            identity = f"self-{note.kind}-{note.at_ns:x}"
            named = {"rule": "", "seq": "", "condition": note.name, "code": "", "name": None, "event": note.kind}
            moments = {"due_ns": note.at_ns, "made_ns": note.at_ns}
            rows = [
                AlertRow(id=identity, target=target, trigger="", text=text, **named, **moments)  # type: ignore[arg-type]
                for target in own.to
            ]
            if note.kind in ("stalled", "resumed"):
                self._letterbox.post_unkept(rows)
            else:
                self._letterbox.post(rows, lambda _: self.place, self.place)

    async def _ping(self) -> None:
        while True:
            if (self._self is None or self._self.connected) and self._journal.trouble is None:
                try:
                    reply = await exchange("GET", self._plan.ping)
                    if reply.status >= 400:
                        logger.info("sign of life: HTTP %d", reply.status)
                except JogeonError as error:
                    logger.info("sign of life: %s", masked(str(error)))
            await asyncio.sleep(PING_EVERY)


def _parts(commit: Commit) -> Iterator[list[tuple[int, int, int, Event]]]:
    """Yield the events of a commit with epoch, n and id, some at a time."""
    epoch, n = commit.last
    first_n = n - len(commit.events) + 1
    numbered = [(epoch, first_n + k, commit.first + k, event) for k, event in enumerate(commit.events)]
    for start in range(0, len(numbered), AT_ONCE):
        yield numbered[start : start + AT_ONCE]
