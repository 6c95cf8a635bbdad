"""A hub beside its publisher: what the one gives to the other."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from typing import TYPE_CHECKING

from jogeon.cli.showing.failures import rows
from jogeon.cli.showing.terminal import tell
from jogeon.connect import endpoint
from jogeon.errors import JogeonError
from jogeon.events import named
from jogeon.journal.steps import kept_position
from jogeon.live.listing import resolve
from jogeon.nats.parcels import Picture

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.cli.arguments.choices import Choices
    from jogeon.events import Condition, Exchange, Stock
    from jogeon.hub.hub import Hub, HubSettings
    from jogeon.journal.position import Position
    from jogeon.journal.relay import Cursor
    from jogeon.nats.lease import Leasing

DAY = 86_400.0


class HubSource:
    """What a publisher takes from a hub, and asks it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def cursor(self, after: Position | None = None) -> Cursor:
        """Return a place in the numbered stream: behind a position, else at its end."""
        return self._hub.cursor(after)

    def picture(self) -> Picture:
        """Return who is in now, as it is durable."""
        position, shown = self._hub.stream.picture()
        snapshots = tuple(named(each, self._hub.feed.name_of) for each in shown)
        return Picture(position, tuple(self._hub.feed.listing), snapshots)

    def kept(self, name: str) -> Position | None:
        """Return where a durable cursor stands, None if there is none; reads the file."""
        return kept_position(self._hub.settings.journal, name)

    def keep(self, name: str, place: int) -> None:
        """Have a durable cursor stand behind the event with an id."""
        self._hub.recording.journal.keep_cursor(name, place)

    @property
    def last(self) -> int:
        """The id of the last event that is durable."""
        return self._hub.relay.last

    # ------------------------------------------------------------ what readers ask

    async def conditions(self) -> list[Condition]:
        """Return the saved conditions."""
        return await self._hub.feed.conditions()

    async def search(self, condition: Condition, exchange: Exchange) -> list[Stock]:
        """Return the stocks that are in a condition now."""
        return await self._hub.feed.search(self._meant(condition), exchange=exchange)

    async def follow_for(self, condition: Condition, exchange: Exchange) -> None:
        """Follow a condition as long as the hub lives."""
        self._hub.pin(self._meant(condition), exchange)

    def _meant(self, condition: Condition) -> Condition:
        """Return a condition under its present seq; UnknownCondition, AmbiguousCondition."""
        return resolve(condition, self._hub.feed.listing)


def owner_of(journal: Path) -> str:
    """Return who a hub is to those it shares an alias with: one that is started again with its journal is the same."""
    return hashlib.sha256(f"{uuid.getnode():x} {journal.absolute()}".encode()).hexdigest()[:16]


async def stood_by(lease: Leasing, choices: Choices, settings: HubSettings) -> None:
    """Wait for the lease; find out at once and daily whether this machine could log in, and say so."""
    tell(choices.texts("hub.standby.begun", server=choices.nats or ""))
    checking = asyncio.create_task(_check_daily(choices, settings), name="standby login")
    try:
        await lease.wait()
    finally:
        checking.cancel()
        await asyncio.gather(checking, return_exceptions=True)
    tell(choices.texts("hub.standby.over"))


async def _check_daily(choices: Choices, settings: HubSettings) -> None:
    while True:
        try:
            async with endpoint(settings.server, keys=choices.found, insecure=choices.insecure) as there:
                await there.tokens.current()
        except JogeonError as error:
            tell(choices.texts("hub.standby.refused", why=next(rows(error, choices)).says))
        await asyncio.sleep(DAY)
