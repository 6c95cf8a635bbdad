"""A watch that is recorded: its journal, the sink in front of it, and what the journal asks the client for."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct

from jogeon.events import Condition, Snapshot
from jogeon.journal.fold import Right
from jogeon.journal.resume import RestartGap
from jogeon.journal.writer import Journal, Source
from jogeon.live.subscription import Subscription
from jogeon.live.subscriptions import Subscriptions
from jogeon.live.supervisor import Supervisor


class Recorded(Struct, frozen=True):
    """The client that is recorded.

    `listening_ns()` is the last moment at which the program was listening, in nanoseconds since 1970: up to then a
    journal holds a picture to be right. It is asked from the writer's thread, too.
    """

    subscriptions: Subscriptions
    supervisor: Supervisor
    current: Callable[[Condition], Snapshot | None]
    wall: Callable[[], int]
    listening_ns: Callable[[], int]


class Recording:
    """A journal while a watch writes it; `sink` is where the events of the watch go."""

    sink: RestartGap
    journal: Journal

    def __init__(self, client: Recorded, listing: Sequence[Condition]) -> None:
        self._client = client
        self._listing = listing
        self._opened = False

    async def open(self, path: Path, *, frames: bool) -> None:
        """Open the file without stopping the loop; JournalError."""
        loop = asyncio.get_running_loop()
        client, unwanted = self._client, threading.Event()
        source = Source(client.current, self._rights, loop.call_soon_threadsafe, client.wall, client.listening_ns)
        opening = loop.run_in_executor(None, partial(Journal.open, path, source, unwanted=unwanted.is_set))
        try:
            self.journal = await asyncio.shield(opening)
        except asyncio.CancelledError:
            unwanted.set()
            opening.add_done_callback(_finish_unwanted)
            raise
        self.sink = RestartGap(self.journal, self.journal.last, self._listing)
        self._opened = True
        if frames:
            self._client.supervisor.taps.append(self.journal.put_frame)

    def settle(self) -> None:
        """Tell the journal what is true now, for the last time before its conditions are left."""
        self.journal.catch_up()
        self.journal.beat()

    def finish(self) -> None:
        """Let the journal write what it has and end; does not wait."""
        taps = self._client.supervisor.taps
        taps[:] = [tap for tap in taps if tap != self.journal.put_frame]
        self.journal.finish()

    async def close(self) -> None:
        """Wait until the journal has ended; JournalError if something could not be written."""
        await asyncio.to_thread(self.journal.close)

    def _rights(self) -> Mapping[Condition, Right]:
        if not self._opened:
            return {}
        listening_ns = self._client.listening_ns()
        followed = [each for each in self._client.subscriptions.wanted if self.sink in each.sinks]
        return {each.condition: right_of(each, listening_ns) for each in followed if each.membership.known}


def right_of(subscription: Subscription, listening_ns: int) -> Right:
    """Return up to when the picture of a condition is right, if the program was listening until `listening_ns`."""
    blindness = subscription.membership.blindness
    if blindness is not None:
        return Right(blindness.since_ns, sure=False)
    since_ns = subscription.doubtful_since(listening_ns)
    return Right(since_ns, sure=since_ns == listening_ns)


def _finish_unwanted(opening: asyncio.Future[Journal]) -> None:
    """End a journal that nobody waits for any more."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().finish()
