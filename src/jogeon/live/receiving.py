"""What a connection tells its owner, and whoever else hears what comes. No I/O, no clock."""

from collections.abc import Callable, Container, Sequence
from typing import Protocol

from jogeon.reports import Report
from jogeon.wire.lines import Line
from jogeon.wire.messages import Answer, PushRow, Request, System, TradeRow
from jogeon.wire.session import Stray

Tap = Callable[[bytes, int], object]
"""Gets each message as it came, and when; it may neither wait nor raise."""
OnTrades = Callable[[Sequence[TradeRow], int], object]
"""Gets the trades of a frame, and when it was read; it may neither wait nor raise."""
OnLines = Callable[[Sequence[Line], int], object]
"""Gets lines of a hub's stream, and when they were read; it may neither wait nor raise."""


class Receiver(Protocol):
    """What a Connection tells its owner; called from the reader, so nothing here may wait or raise."""

    def on_pushes(self, rows: Sequence[PushRow], at_ns: int, *, over: bool) -> None:
        """Take the rows of REAL frames that were read together; `over`: nothing else of this read follows."""

    def on_unreadable(self, what: Report, seqs: Container[str], heard_ns: int, at_ns: int) -> None:
        """Take note of a frame that cannot be read, of these seqs or of any; `heard_ns`: listened to until then."""

    def on_answer(self, request: Request, answer: Answer, at_ns: int) -> None:
        """Take the answer to the request in flight, before any frame that follows it."""

    def on_ping(self) -> None:
        """Take note of a PING; it has been answered."""

    def on_system(self, notice: System) -> None:
        """Take a SYSTEM notice."""

    def on_late(self, request: Request, answer: Answer, seconds: float, at_ns: int) -> None:
        """Take a reply that came after its time, so many seconds after its request."""

    def on_stray(self, stray: Stray) -> None:
        """Take note of a reply that nobody asked for, or of which nobody can tell who did."""

    def on_lost(self) -> None:
        """Take note of the end; `Connection.error` says why."""
