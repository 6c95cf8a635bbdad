"""A watch that is recorded: its journal, the sink in front of it, and what the journal asks the client for."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from jogeon.errors import JournalError
from jogeon.events import Condition, State
from jogeon.journal.fold import Right
from jogeon.journal.inbox import Source
from jogeon.journal.resume import RestartGap
from jogeon.journal.writer import Journal
from jogeon.live.feed import Feed
from jogeon.live.subscription import Subscription


class Recording:
    """A journal while a watch writes it; `sink` is where the events of the watch go."""

    sink: RestartGap
    journal: Journal

    def __init__(self, feed: Feed, listing: Sequence[Condition]) -> None:
        self._feed = feed
        self._listing = listing
        self._opened = False

    async def open(self, path: Path, *, frames: bool, notice: Callable[[State], object] = lambda _: None) -> None:
        """Open the file without stopping the loop; JournalError. `notice` gets what the file itself cannot hold."""
        loop = asyncio.get_running_loop()
        feed, unwanted = self._feed, threading.Event()
        soon = loop.call_soon_threadsafe
        source = Source(feed.current, self._rights, soon, feed.wall, lambda: feed.listening_ns, notice)
        opening = loop.run_in_executor(None, partial(Journal.open, path, source, unwanted=unwanted.is_set))
        try:
            self.journal = await asyncio.shield(opening)
        except asyncio.CancelledError:
            unwanted.set()
            opening.add_done_callback(_finish_unwanted)
            await _ended(opening)
            raise
        self.sink = RestartGap(self.journal, self.journal.last, self._listing, self._feed.name_of)
        self._opened = True
        feed.named_later.append(self._named)
        feed.on_set_back.append(self.journal.set_back)
        if frames:
            self._feed.taps.append(self.journal.put_frame)

    def catch_up(self) -> None:
        """Tell the journal what is true now, for the last time before its conditions are left."""
        self.journal.catch_up()
        self.journal.beat()

    def finish(self) -> None:
        """Let the journal write what it has and end; does not wait."""
        self._feed.named_later = [each for each in self._feed.named_later if each != self._named]
        told = self._feed.on_set_back
        told[:] = [take for take in told if take != self.journal.set_back]
        taps = self._feed.taps
        taps[:] = [tap for tap in taps if tap != self.journal.put_frame]
        self.journal.finish()

    async def close(self) -> None:
        """Wait until the journal has ended; JournalError if something could not be written."""
        await asyncio.to_thread(self.journal.close)

    def _named(self, names: Mapping[str, str]) -> None:
        self.journal.names(names, self._feed.wall())

    def _rights(self) -> Mapping[Condition, Right]:
        if not self._opened:
            return {}
        listening_ns = self._feed.listening_ns
        followed = [each for each in self._feed.followed(self.sink) if self.sink in each.sinks]
        return {each.condition: right_of(each, listening_ns) for each in followed if each.membership.known}


def right_of(subscription: Subscription, listening_ns: int) -> Right:
    """Return up to when the picture of a condition is right, if the program was listening until `listening_ns`."""
    blindness = subscription.membership.blindness
    if blindness is not None:
        return Right(blindness.since_ns, sure=False)
    since_ns = subscription.doubts.since(listening_ns)
    return Right(since_ns, sure=since_ns == listening_ns)


async def _ended(opening: asyncio.Future[Journal]) -> None:
    """Wait until a journal that nobody waits for any more has let its file go, so that it can be opened again."""
    with contextlib.suppress(JournalError):
        journal = await asyncio.shield(opening)
        await asyncio.to_thread(journal.close)


def _finish_unwanted(opening: asyncio.Future[Journal]) -> None:
    """End a journal that nobody waits for any more."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().finish()
