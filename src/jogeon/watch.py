"""What a user holds of what is followed: a Watch, its journal if it has one, and who is in now."""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct

from jogeon.errors import JogeonError, LocalProtocolError, RequestRefused, RequestTimeout
from jogeon.events import Condition, Event, Exchange, Member, Snapshot, State
from jogeon.journal.resume import RestartGap
from jogeon.live.followed import Sink
from jogeon.live.listing import resolve
from jogeon.live.queue import Queue
from jogeon.live.subscription import Subscription
from jogeon.live.subscriptions import Subscriptions
from jogeon.live.supervisor import Supervisor
from jogeon.wire.values import composed

if TYPE_CHECKING:
    from jogeon.journal.writer import Journal
    from jogeon.recording import Recording

ENTER_TIMEOUT = 10.0
"""Seconds that entering a watch waits for first snapshots."""
LEAVE_TIMEOUT = 5.0


class Ties(Struct, frozen=True):
    """What a watch needs of its client; `running()` raises LocalProtocolError while that is not connected."""

    subscriptions: Subscriptions
    wall: Callable[[], int]
    running: Callable[[], Supervisor]
    conditions: Callable[[], Awaitable[Sequence[Condition]]]
    watches: list["Watch"]
    """The watches that are entered; they end with the client."""

    def current(self, condition: Condition) -> Snapshot | None:
        """Return what is true of a condition now, for a consumer that lagged."""
        subscription = self.subscriptions.of(condition)
        return None if subscription is None else subscription.membership.now(self.wall())


class Members(dict[Condition | str, dict[str, Member]]):
    """Who is in which condition, by name; a Condition finds the same entry."""

    def __missing__(self, key: Condition | str) -> dict[str, Member]:
        """Find a Condition by its name, and a name that macOS decomposed."""
        name = self._name(key)
        if name == key:
            raise KeyError(key)
        return self[name]

    def __contains__(self, key: object) -> bool:
        """Tell whether a name is there, or the name of a Condition."""
        return super().__contains__(key) or super().__contains__(self._name(key))

    @staticmethod
    def _name(key: object) -> Any:
        name = key.name if isinstance(key, Condition) else key
        return composed(name) if isinstance(name, str) else name

    def get(self, key: Condition | str, default: Any = None) -> Any:
        """Return the members of a condition, by its name or as a Condition, else a default."""
        try:
            return self[key]
        except KeyError:
            return default


class Watch:
    """The wish to follow conditions (실시간 감시). Use it as an async context manager and iterate it.

    Entering it resolves the names and waits for the first snapshots as long as the server answers; leaving it sends
    CNSRCLR. It is entered once.
    After the event State `ended`, iteration stops, or raises the error that ended the client for good.
    """

    def __init__(
        self,
        client: Ties,
        wanted: tuple[str | Condition, ...],
        exchange: Exchange,
        queue: Queue,
        *,
        journal: Path | None,
        frames: bool,
    ) -> None:
        self._client = client
        self._subscriptions = client.subscriptions
        self._wanted = wanted
        self._exchange: Exchange = exchange
        self._queue = queue
        self._sink: Queue | RestartGap = queue
        self._file = journal
        self._frames = frames
        self._recording: Recording | None = None
        self._cleared: list[str] = []
        self._entered = False

    async def __aenter__(self) -> Self:
        """Follow the conditions; UnknownCondition, AmbiguousCondition, or RequestRefused if all were refused for good.

        Waits for the first snapshots, at most ENTER_TIMEOUT seconds: a condition that is refused or not answered while
        others are, or for now, is asked for as long as the watch lasts, and told as State `unanswered`.
        """
        if self._entered:
            raise LocalProtocolError("a watch is entered once; make another one")
        self._entered = True
        listing = await self._client.conditions()
        for wanted in self._wanted:
            resolve(wanted, listing)  # a name that is not there costs no file
        if self._file is not None:
            await self._record(self._file, listing)
        try:
            self._follow()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ENTER_TIMEOUT):
                    await self._settle()
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop following; what no other watch needs is cleared at the server. JournalError if not all was recorded."""
        await self._leave()

    async def _record(self, path: Path, listing: Sequence[Condition]) -> None:
        """Open the journal; the watch and its journal go on from what it holds, both with the same gap."""
        from jogeon.recording import Recorded, Recording  # a watch that is not recorded needs no SQLite

        client, running = self._client, self._client.running()
        recorded = Recorded(self._subscriptions, running, client.current, client.wall, lambda: running.listening_ns)
        recording = Recording(recorded, listing)
        await recording.open(path, frames=self._frames)
        self._recording = recording
        self._sink = RestartGap(self._queue, recording.journal.last, listing)

    def _follow(self) -> None:
        """Follow what is wanted, by the names of the list as it is now: opening a journal may have taken a while."""
        running = self._client.running()
        if running.ended is not None:
            raise running.ended
        listing = self._subscriptions.listing.conditions
        conditions = list(dict.fromkeys(resolve(wanted, listing) for wanted in self._wanted))
        self._client.watches.append(self)
        at_ns = self._client.wall()
        cause = "" if self._recording is None else "; ".join(self._recording.journal.notices)
        for sink in self._sinks:
            self._join(sink, conditions, at_ns, cause)
        running.wake()

    @property
    def _sinks(self) -> list[Queue | RestartGap]:
        return [self._sink] if self._recording is None else [self._recording.sink, self._sink]

    def _join(self, sink: Sink, conditions: list[Condition], at_ns: int, cause: str) -> None:
        self._subscriptions.join(sink)
        sink.put(State(at_ns, "started", None, cause))
        for condition in conditions:
            self._subscriptions.want(condition, sink, self._exchange, at_ns)
        if not self._wanted:
            self._subscriptions.want_all(sink, self._exchange, at_ns)

    async def _settle(self) -> None:
        """Wait for the first snapshots, but not for a condition that is silent or a connection that is lost."""
        followed, supervisor = self._followed, self._client.running()
        while not all(subscription.settled for subscription in followed):
            silent = any(isinstance(subscription.error, RequestTimeout) for subscription in followed)
            if silent or supervisor.ended is not None or not supervisor.serving:
                return
            await supervisor.change()
        errors = [subscription.error for subscription in followed]
        if errors and all(isinstance(error, RequestRefused) and error.lasts for error in errors):
            raise errors[0] or AssertionError

    async def _leave(self) -> None:
        self.finish()
        supervisor = self._client.running()
        supervisor.wake()
        with contextlib.suppress(TimeoutError, JogeonError):
            async with asyncio.timeout(LEAVE_TIMEOUT):
                while self._subscriptions.is_leaving(self._cleared):
                    await supervisor.change()
        if self._recording is not None:
            self._recording.finish()
            await self._recording.close()

    def finish(self, error: JogeonError | None = None) -> None:
        """End the stream behind what waits in it, now, with the open gaps told; leaving the watch does the rest."""
        if self not in self._client.watches:
            return
        self._client.watches.remove(self)
        at_ns = self._client.wall()
        self._queue.end()
        if self._recording is not None:
            self._recording.settle()
        for sink in self._sinks:
            self._part(sink, at_ns, "" if error is None else str(error))
        if self._recording is not None:
            self._recording.finish()
        self._queue.close(error)

    def _part(self, sink: Queue | RestartGap, at_ns: int, cause: str) -> None:
        conditions = [subscription.condition for subscription in self._subscriptions.followed_by(sink)]
        self._cleared += self._subscriptions.leave(sink, at_ns)
        if isinstance(sink, RestartGap):
            sink.end(conditions, at_ns)
        sink.put(State(at_ns, "ended", None, cause))

    @property
    def journal(self) -> "Journal | None":
        """The journal that is written, None if the watch is not recorded: what is durable, and whether all is well."""
        return None if self._recording is None else self._recording.journal

    @property
    def _followed(self) -> list[Subscription]:
        return self._subscriptions.followed_by(self._sink)

    @property
    def conditions(self) -> list[Condition]:
        """The conditions that are followed, under their present seqs."""
        return [subscription.condition for subscription in self._followed]

    @property
    def members(self) -> Members:
        """A copy of who is in now (편입 종목): {name: {code: Member}}, also while nobody iterates."""
        return Members((subscription.key, subscription.membership.members()) for subscription in self._followed)

    def __aiter__(self) -> AsyncIterator[Event]:
        """Return the one iterator of this watch; another reader needs a watch of its own."""
        return self._readable.read()

    def __anext__(self) -> Awaitable[Event]:
        """Return the next event."""
        return anext(self._readable)

    @property
    def _readable(self) -> Queue:
        if not self._entered:
            raise LocalProtocolError("nothing comes before a watch is entered: `async with client.watch(…) as watch:`")
        return self._queue

    async def batch(self, limit: int) -> list[Event]:
        """Return what waits, at least one event and at most `limit`; for those who pay for each crossing."""
        return await self._readable.get_batch(limit)

    async def each(self, handler: Callable[[Event], Awaitable[object] | object]) -> None:
        """Call a plain or async function for each event; its exceptions come out unchanged."""
        take = self._queue.take
        async for first in self:
            event: Event | None = first
            while event is not None:
                result = handler(event)
                if result is not None and inspect.isawaitable(result):
                    await result
                event = take()
