"""What whoever uses a client and a watch relies on, whatever stands behind them: a session of its own, a hub, NATS.

`jogeon.Client` and `jogeon.Watch` are the first of each kind, and their docstrings are the contract.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from datetime import datetime
from os import PathLike
from typing import TYPE_CHECKING, Protocol, Self

from jogeon.events import Condition, Event, Exchange, Stock
from jogeon.live.feed import MAX_ROWS
from jogeon.live.queue import MAX_BYTES, MAX_EVENTS
from jogeon.members import ByCondition, Members
from jogeon.prices import Price, Quote

if TYPE_CHECKING:
    from jogeon.journal.writer import Journal


class AnyWatch(Protocol):
    """The wish to follow conditions; see jogeon.Watch."""

    async def __aenter__(self) -> Self:
        """Follow the conditions."""

    async def __aexit__(self, *exc: object) -> None:
        """Stop following."""

    @property
    def conditions(self) -> list[Condition]:
        """The conditions that are followed, under their present seqs."""

    @property
    def members(self) -> Members:
        """A copy of who is in now."""

    @property
    def prices(self) -> ByCondition[Price]:
        """A copy of what the members cost now and at their entry."""

    def price_changes(self) -> AsyncGenerator[Price]:
        """Return the present price of each member that has another one, as they come."""

    @property
    def journal(self) -> "Journal | None":
        """The journal that is written, None if the watch is not recorded."""

    def __aiter__(self) -> AsyncIterator[Event]:
        """Return the one iterator of this watch."""

    def __anext__(self) -> Awaitable[Event]:
        """Return the next event."""

    def batches(self) -> AsyncIterator[list[Event]]:
        """Return the one iterator of this watch, over lists of what waits."""

    async def batch(self, limit: int) -> list[Event]:
        """Return what waits, at least one event and at most `limit`; StopAsyncIteration at the end."""

    async def each(self, handler: Callable[[Event], Awaitable[object] | object]) -> None:
        """Call a plain or async function for each event."""


class AnyClient(Protocol):
    """The conditions of one account on one server; see jogeon.Client."""

    @property
    def address(self) -> str:
        """What people call the server."""

    @property
    def heard(self) -> datetime | None:
        """When the last frame came, Korean time; None before the first."""

    @property
    def rest(self) -> str | None:
        """Where names and prices are asked for, None where nobody knows."""

    async def __aenter__(self) -> Self:
        """Connect and log in."""

    async def __aexit__(self, *exc: object) -> None:
        """Close the connection."""

    async def conditions(self) -> list[Condition]:
        """Return the saved conditions."""

    async def resolve(self, wanted: str | int | Condition) -> Condition:
        """Return the condition with this name, else with this seq."""

    async def search(
        self,
        wanted: str | int | Condition,
        *,
        exchange: Exchange = "K",
        max_rows: int = MAX_ROWS,
        progress: Callable[[int], object] | None = None,
    ) -> list[Stock]:
        """Return all stocks that are in a condition now."""

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
    ) -> AnyWatch:
        """Return a watch of these names or seqs; of all conditions if none is given."""

    def quotes(self, *codes: str) -> AsyncGenerator[Quote]:
        """Return the quotes of these stocks, as they come."""

    async def clear(self, wanted: str | int | Condition) -> None:
        """Stop the real time of a condition at the server."""
