"""The same names without `async`: for scripts, Jupyter, and programs with a loop of their own.

A client runs on an event loop in a thread of its own, from `with` to the end of `with`. PINGs are answered there while
the caller computes or sleeps; events cross in batches, when the caller asks for the next one.
"""

import asyncio
import queue
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import datetime
from os import PathLike
from typing import TYPE_CHECKING, Any, Self, TypeVar

from jogeon.connect import connect as open_client
from jogeon.errors import LocalProtocolError
from jogeon.events import Condition, Event, Exchange, Stock
from jogeon.interfaces import AnyClient, AnyWatch
from jogeon.live.feed import MAX_ROWS
from jogeon.live.queue import MAX_BYTES, MAX_EVENTS
from jogeon.members import ByCondition, Members
from jogeon.prices import Price, Quote

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.account.keys import Keys
    from jogeon.journal.writer import Journal
    from jogeon.live.policy import OnTaken

BATCH = 4096
"""Most events that cross to the caller's thread at once: a crossing costs as much as thirty events."""
PATIENCE = 0.2
"""Seconds between looks for Ctrl+C: Windows does not interrupt a wait without an end."""

IDLE = 1.0
"""Seconds that the end waits for threads of the loop's own: one may be looking for a host that nobody finds."""

T = TypeVar("T")


def connect(
    server: str = "real",
    *,
    token: str | None = None,
    keys: "Keys | Path | str | None" = None,
    proxy: str | None = None,
    rest: str | None = None,
    insecure: bool = False,
    recheck: float = 600.0,
    on_taken: "OnTaken" = "stop",
    price_limit: int | None = None,
) -> "Client":
    """Return a Client for a server, to be used in `with`; the arguments are those of jogeon.connect."""
    made = open_client(
        server,
        token=token,
        keys=keys,
        proxy=proxy,
        rest=rest,
        insecure=insecure,
        recheck=recheck,
        on_taken=on_taken,
        price_limit=price_limit,
    )
    return Client(made)


class _Thread:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._workers = ThreadPoolExecutor(thread_name_prefix="jogeon worker")
        self._loop.set_default_executor(self._workers)
        self._thread = threading.Thread(target=self._loop.run_forever, name="jogeon", daemon=True)
        self._thread.start()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
        """Start a coroutine over there; LocalProtocolError in a process that was forked: its copy has no thread."""
        if not self._thread.is_alive():
            coroutine.close()
            raise LocalProtocolError("the client belongs to another process: make one after the fork")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def call(self, coroutine: Coroutine[Any, Any, T], meanwhile: Callable[[], object] = lambda: None) -> T:
        """Run a coroutine over there and return its result; Ctrl+C here cancels it there."""
        future = self.submit(coroutine)
        try:
            return wait(future, meanwhile)
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        """End the loop and its threads."""
        self.call(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        ending = threading.Thread(target=self._workers.shutdown, daemon=True)
        ending.start()
        ending.join(IDLE)
        self._loop.close()


class _Home:
    """Where a client and its watches live: a thread while the client is entered."""

    def __init__(self) -> None:
        self.thread: _Thread | None = None

    def call(self, coroutine: Coroutine[Any, Any, T], meanwhile: Callable[[], object] = lambda: None) -> T:
        """Run a coroutine there and return its result; LocalProtocolError if the client is not entered."""
        if self.thread is None:
            coroutine.close()
            raise LocalProtocolError("the client is not connected: use it in `with`")
        return self.thread.call(coroutine, meanwhile)

    def read(self, value: Callable[[], T]) -> T:
        """Return a value as it is there, where the events are taken in."""

        async def read() -> T:
            return value()

        return self.call(read())

    def each(self, source: AsyncGenerator[T]) -> Iterator[T]:
        """Yield what comes there, as it comes."""

        async def following() -> T:
            return await anext(source)

        try:
            while True:
                try:
                    one = self.call(following())
                except StopAsyncIteration:
                    return
                yield one
        finally:
            if self.thread is not None:
                self.call(_closed(source))


def wait(future: "Future[T]", meanwhile: Callable[[], object] = lambda: None) -> T:
    """Return what a future brings, in waits that Ctrl+C can interrupt; `meanwhile` is called between them."""
    while True:
        try:
            future.exception(PATIENCE)
        except NotYet:
            meanwhile()
        else:
            meanwhile()
            return future.result()


async def _closed(source: AsyncGenerator[object]) -> None:
    await source.aclose()


class Client:
    """A jogeon.Client for blocking code."""

    def __init__(self, wrapped: AnyClient) -> None:
        self._wrapped = wrapped
        self._home = _Home()

    @property
    def address(self) -> str:
        """What people call the server."""
        return self._wrapped.address

    @property
    def heard(self) -> datetime | None:
        """When the last frame came, Korean time; see jogeon.Client.heard."""
        return self._wrapped.heard

    @property
    def rest(self) -> str | None:
        """Where names and prices are asked for, None where nobody knows; see jogeon.Client.rest."""
        return self._wrapped.rest

    def __enter__(self) -> Self:
        """Connect and log in; a client is entered once."""
        if self._home.thread is not None:
            raise LocalProtocolError("a client is entered once; make another one")
        self._home.thread = thread = _Thread()
        try:
            self._home.call(self._wrapped.__aenter__())
        except BaseException:
            thread.stop()
            self._home.thread = None
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        """Close the connection and end the thread."""
        thread, self._home.thread = self._home.thread, None
        if thread is not None:
            try:
                thread.call(self._wrapped.__aexit__(*exc))
            finally:
                thread.stop()

    def conditions(self) -> list[Condition]:
        """Return the saved conditions; see jogeon.Client.conditions."""
        return self._home.call(self._wrapped.conditions())

    def resolve(self, wanted: str | int | Condition) -> Condition:
        """Return the condition with this name or seq; see jogeon.Client.resolve."""
        return self._home.call(self._wrapped.resolve(wanted))

    def search(
        self,
        wanted: str | int | Condition,
        *,
        exchange: Exchange = "K",
        max_rows: int = MAX_ROWS,
        progress: Callable[[int], object] | None = None,
    ) -> list[Stock]:
        """Return all stocks in a condition; see jogeon.Client.search. `progress` is called in this thread."""
        counts: queue.SimpleQueue[int] = queue.SimpleQueue()

        def report() -> None:
            while progress is not None and not counts.empty():
                progress(counts.get())

        searching = self._wrapped.search(wanted, exchange=exchange, max_rows=max_rows, progress=counts.put)
        return self._home.call(searching, report)

    def watch(
        self,
        *wanted: str | int | Condition,
        exchange: Exchange = "K",
        max_events: int = MAX_EVENTS,
        max_bytes: int = MAX_BYTES,
        journal: str | PathLike[str] | None = None,
        frames: bool = False,
        prices: bool = False,
        after: str | None = None,
    ) -> "Watch":
        """Return a Watch, to be used in `with`; see jogeon.Client.watch."""
        bounds: dict[str, Any] = {"max_events": max_events, "max_bytes": max_bytes}
        more: dict[str, Any] = {"journal": journal, "frames": frames, "prices": prices, "after": after}
        return Watch(self._home, self._wrapped.watch(*wanted, exchange=exchange, **bounds, **more))

    def quotes(self, *codes: str) -> Iterator[Quote]:
        """Return the quotes of stocks; see jogeon.Client.quotes."""
        return self._home.each(self._wrapped.quotes(*codes))

    def clear(self, wanted: str | int | Condition) -> None:
        """Send CNSRCLR for a condition; see jogeon.Client.clear."""
        self._home.call(self._wrapped.clear(wanted))


class Watch:
    """A jogeon.Watch for blocking code."""

    def __init__(self, home: _Home, wrapped: AnyWatch) -> None:
        self._home = home
        self._wrapped = wrapped
        self._batch: deque[Event] = deque()
        self._reading = threading.Lock()
        self._coming: Future[list[Event]] | None = None

    def __enter__(self) -> Self:
        """Follow the conditions."""
        self._home.call(self._wrapped.__aenter__())
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop following. A client that was closed before has ended the watch."""
        if self._home.thread is not None:
            self._home.call(self._wrapped.__aexit__(*exc))
        elif self.journal is not None:
            self.journal.close()

    @property
    def conditions(self) -> list[Condition]:
        """The conditions that are followed."""
        return self._home.read(lambda: self._wrapped.conditions)

    @property
    def members(self) -> Members:
        """A copy of who is in now; see jogeon.Watch.members."""
        return self._home.read(lambda: self._wrapped.members)

    @property
    def prices(self) -> ByCondition[Price]:
        """A copy of what the members cost now and at their entry; see jogeon.Watch.prices."""
        return self._home.read(lambda: self._wrapped.prices)

    def price_changes(self) -> Iterator[Price]:
        """Yield the present price of each member that has another one; see jogeon.Watch.price_changes."""
        return self._home.each(self._wrapped.price_changes())

    @property
    def journal(self) -> "Journal | None":
        """The journal that is written; see jogeon.Watch.journal."""
        return self._wrapped.journal

    def __iter__(self) -> Iterator[Event]:
        """Return the one iterator of this watch."""
        return self

    def __next__(self) -> Event:
        """Return the next event."""
        try:
            return self._batch.popleft()
        except IndexError:
            return self._refill()

    def _refill(self) -> Event:
        """Take over what came meanwhile and return the first of it."""
        events = self._next_batch()
        self._batch.extend(events)
        return self._batch.popleft()

    def batches(self) -> Iterator[list[Event]]:
        """Return the one iterator of this watch, over lists: all events that wait, at least one, in their order."""
        if self._batch:
            begun = list(self._batch)
            self._batch.clear()
            yield begun
        while True:
            try:
                events = self._next_batch()
            except StopIteration:
                return
            yield events

    def _next_batch(self) -> list[Event]:
        """Return what came meanwhile, at least one event; StopIteration at the end."""
        if not self._reading.acquire(blocking=False):
            raise LocalProtocolError("somebody reads this watch already; another reader needs a watch of its own")
        try:
            return self._cross()
        finally:
            self._reading.release()

    def _cross(self) -> list[Event]:
        """Let events cross to this thread; a wait that was interrupted is taken up again by the next."""
        if self._coming is None:
            if self._home.thread is None:
                raise StopIteration
            self._coming = self._home.thread.submit(self._wrapped.batch(BATCH))
        try:
            events = wait(self._coming)
        except StopAsyncIteration:
            raise StopIteration from None
        finally:
            if self._coming.done():
                self._coming = None
        return events

    def each(self, handler: Callable[[Event], object]) -> None:
        """Call a function for each event; its exceptions come out unchanged."""
        for event in self:
            handler(event)
