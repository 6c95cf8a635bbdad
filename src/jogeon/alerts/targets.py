"""Where alerts go (알림 대상): what a target is, and what became of an attempt to reach it."""

import time
from typing import Protocol

from msgspec import Struct

from jogeon.alerts.outbox import AlertRow, Message
from jogeon.errors import AlertRefused, AlertUnreachable
from jogeon.reports import Report
from jogeon.web import Response


class Sent(Struct, frozen=True):
    """The target has it."""


class Later(Struct, frozen=True):
    """Not now: `pause` is what the target asked for in seconds, None where it named none; `reason` is for people.

    `reached` tells whether the other side answered at all.
    """

    reason: Report
    pause: float | None = None
    reached: bool = True


class Refused(Struct, frozen=True):
    """Never, as it is: the target will not take this message however often it is sent."""

    reason: Report


Outcome = Sent | Later | Refused


class Target(Protocol):
    """Something that takes messages. `send` never raises for what the other side does, and ends by itself."""

    digests: bool
    """Whether a burst is put together for it."""
    spacing: float
    """Seconds between two messages, so that the second can be a digest."""

    async def send(self, message: Message) -> Outcome:
        """Send one message and tell what became of it."""
        ...


async def try_out(target: Target, name: str, text: str) -> AlertRefused | None:
    """Send a text that no rule made; return why the target did not take it, AlertUnreachable if nobody answered."""
    now_ns = time.time_ns()
    row = AlertRow(
        id=f"test-{now_ns:x}", target=name, rule="", seq="", condition="", code="", name=None, event="test", trigger="",
        text=text, due_ns=now_ns, made_ns=now_ns,
    )  # fmt: skip
    match await target.send(Message((row,), text)):
        case Sent():
            return None
        case Later(reason=reason, reached=False):
            return AlertUnreachable(name, reason)
        case Refused(reason=reason) | Later(reason=reason):
            return AlertRefused(name, reason)


def retry_after(response: Response) -> float | None:
    """Return the seconds of a Retry-After header, None if there is none that is a number."""
    try:
        return max(0.0, float(response.headers.get("retry-after", "")))
    except ValueError:
        return None
