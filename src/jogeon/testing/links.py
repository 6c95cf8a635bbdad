"""One connection as the broker sees it, and one request as it came."""

from dataclasses import dataclass, field
from typing import Protocol

from jogeon.testing.conditions import Saved
from jogeon.testing.troubles import subjects
from jogeon.testing.words import Message


class Transport(Protocol):
    """What carries the texts of one connection: a socket, or what stands for one. No method may wait."""

    def send(self, text: bytes) -> None:
        """Send one text frame."""

    def close(self, code: int | None, reason: str) -> None:
        """Send a close, without a code if it is None; it ends when the other side answers, or soon."""

    def reset(self) -> None:
        """Break off without a close (RST)."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a program asked for: on which connection (1, 2 …), when (seconds since 1970), and the whole message."""

    connection: int
    at: float
    body: Message

    @property
    def trnm(self) -> str:
        """Which request it is; empty if it does not say."""
        return str(self.body.get("trnm", ""))

    @property
    def seq(self) -> str:
        """Which condition it names; empty if none."""
        return str(self.body.get("seq", ""))

    @property
    def subjects(self) -> tuple[str, ...]:
        """All that it is called: its trnm, and the TR of the guide."""
        return subjects(self.trnm, self.body.get("search_type"))


@dataclass(eq=False, slots=True)
class Link:
    """One connection: who has logged in, what was listed to it, and what is pushed to it under which seq."""

    number: int
    transport: Transport
    token: str | None = None
    listed: dict[str, Saved] | None = None
    bound: dict[str, Saved] = field(default_factory=dict)
    open: bool = True
    vanished: bool = False
    """Nobody must hear of its end."""
    frozen: bool = False
    unread: list[bytes] = field(default_factory=list)
    unsent: list[bytes] = field(default_factory=list)
    pings: int = 0
    """How many were sent."""
    echoes: int = 0
    """How many of them came back."""

    def send(self, text: bytes) -> None:
        """Send a text, unless the connection is over; what is frozen keeps it."""
        if self.open:
            (self.unsent.append if self.frozen else self.transport.send)(text)

    def freeze(self) -> None:
        """Neither send nor read."""
        self.frozen = True

    def thaw(self) -> list[bytes]:
        """Send what was kept, and return what was not read."""
        self.frozen = False
        kept, self.unsent = self.unsent, []
        for text in kept:
            self.send(text)
        unread, self.unread = self.unread, []
        return unread
