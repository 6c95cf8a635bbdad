"""What has requests to send on the one connection, as its driver sees it. No I/O, no clock, no task.

The driver (serving.py) asks each planner in turn what to send, sends it, and lets all of them hear what came of it: one
list of conditions serves whoever needs one, and a CNSRCLR of one planner can end a registration of another.
"""

from abc import abstractmethod
from collections.abc import Container
from typing import Protocol

from jogeon.errors import JogeonError
from jogeon.wire.messages import Answer, Request


class Planner(Protocol):
    """What is watched, or what the user asks for besides; `now` is monotonic seconds, `at_ns` the wall clock."""

    @abstractmethod
    def connected(self) -> None:
        """Begin a connection: it is logged in, and nothing was asked on it."""

    @abstractmethod
    def next_request(self, now: float, at_ns: int, busy: Container[str]) -> Request | None:
        """Return what to send next, or None until `next_due` or until something happens.

        What has a trnm in `busy` may not be sent yet. What is returned is sent at once.
        """

    @abstractmethod
    def next_due(self) -> float | None:
        """Return when `next_request` may have something to say if nothing happens before; None for never."""

    def is_halfway(self, now: float) -> bool:
        """Tell whether something is pushed no more until the next request is sent, so that it goes first."""
        del now
        return False

    def is_hopeless(self) -> bool:
        """Tell whether something goes unanswered for so long that another connection is worth its price."""
        return False

    def sent(self, request: Request, at_ns: int) -> None:
        """Note that a request is sent, whoever asked for it."""
        del request, at_ns

    @abstractmethod
    def answered(self, request: Request, answer: Answer, now: float, at_ns: int) -> None:
        """Take the answer to a request of anybody."""

    def late(self, request: Request, answer: Answer, now: float, at_ns: int) -> None:
        """Take a reply that came after its time."""
        del request, answer, now, at_ns

    @abstractmethod
    def timed_out(self, request: Request, seconds: float, now: float, at_ns: int) -> None:
        """Note that a request of anybody was not answered within so many seconds."""

    @abstractmethod
    def lost(self, heard_ns: int, error: JogeonError, detail: str) -> None:
        """End a connection that was listened to until `heard_ns`; `error` is why, `detail` its words for a gap."""
