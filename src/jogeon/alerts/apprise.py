"""Everything else, through Apprise (extra `alerts`): Slack, Discord, mail …, at most one thread for each target."""

import asyncio
import contextlib
import threading
from typing import Any

from msgspec import Struct

from jogeon.alerts.outbox import Message
from jogeon.alerts.targets import Later, Outcome, Sent
from jogeon.errors import MissingExtra
from jogeon.masks import hide_address
from jogeon.reports import Report, report_of

PATIENCE = 60.0
"""Seconds after which an attempt counts as failed; its thread cannot be ended, and the next attempt waits for it."""


class Apprise(Struct):
    """An address of Apprise's; it may hold a secret."""

    url: str
    digests: bool = True
    spacing: float = 1.0
    _attempt: threading.Thread | None = None

    def __post_init__(self) -> None:
        hide_address(self.url)

    def __repr__(self) -> str:
        return "Apprise(…)"

    async def send(self, message: Message) -> Outcome:
        """Hand one message to Apprise, in a thread of its own that keeps no program from ending. MissingExtra."""
        notifier = notifier_of(self.url)
        if self._attempt is not None and self._attempt.is_alive():
            return Later(Report("still sending"))
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Outcome] = loop.create_future()

        def tell(outcome: Outcome) -> None:
            if not ended.done():
                ended.set_result(outcome)

        def run() -> None:
            outcome = _notified(notifier, message.text)
            with contextlib.suppress(RuntimeError):  # nobody waits any more
                loop.call_soon_threadsafe(tell, outcome)

        self._attempt = threading.Thread(target=run, daemon=True, name="alerts")
        self._attempt.start()
        try:
            async with asyncio.timeout(PATIENCE):
                return await ended
        except TimeoutError:
            return Later(Report("no answer", seconds=PATIENCE), reached=False)


def _notified(notifier: Any, text: str) -> Outcome:
    try:
        return Sent() if notifier.notify(body=text) else Later(Report("not delivered"))
    except Exception as error:  # noqa: BLE001  # a plug-in may raise anything
        return Later(report_of(error))


def notifier_of(url: str) -> Any:
    """Return Apprise's plug-in for an address; MissingExtra, or ValueError where it does not know the address.

    The plug-in itself, because `Apprise.notify` sends through a pool that six hanging sends stop.
    """
    try:
        import apprise
    except ImportError:
        raise MissingExtra("alerts") from None
    made = apprise.Apprise()
    if not made.add(url):
        raise ValueError("not an address that Apprise knows")
    return made[0]
