"""A hub beside its publisher: what the one gives to the other."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING

from jogeon.cli.showing.failures import in_short
from jogeon.cli.showing.terminal import tell
from jogeon.cli.showing.translate import said
from jogeon.errors import ConnectionLost, JogeonError, LocalProtocolError
from jogeon.events import named
from jogeon.journal.steps import kept_position
from jogeon.live.listing import resolve
from jogeon.nats.parcels import PictureAt
from jogeon.nats.ticker import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from jogeon.cli.arguments.choices import Choices
    from jogeon.events import Condition, Exchange, Stock
    from jogeon.hub.hub import Hub
    from jogeon.journal.position import Position
    from jogeon.journal.relay import Cursor
    from jogeon.live.holding import PriceFollower
    from jogeon.wire.stocks import PricedStock


class HubSource:
    """What a publisher takes from a hub, and asks it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._pool = Pool(lambda: hub.feed.asking.ask or _unasked)

    def close(self) -> None:
        """Ask no more."""
        self._pool.close()

    def cursor(self, after: Position | None = None) -> Cursor:
        """Return a place in the numbered stream: behind a position, else at its end.

        Its reader is woken first: what it reads has still a way to go.
        """
        return self._hub.relay.cursor(after, first=True)

    def picture(self) -> PictureAt:
        """Return who is in now, as it is durable."""
        position, shown = self._hub.stream.picture()
        snapshots = tuple(named(each, self._hub.feed.name_of) for each in shown)
        return PictureAt(position, tuple(self._hub.feed.listing), snapshots)

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

    # ------------------------------------------------------------ prices

    async def prices(self, codes: Sequence[str]) -> list[PricedStock]:
        """Return what stocks cost; raises what the broker or the way there says."""
        return await self._pool.prices(codes)

    @property
    def price_limit(self) -> int:
        """Of how many stocks trades are pushed at most."""
        return self._hub.feed.pricing.slots.limit

    def wish(self, code: str, follower: PriceFollower) -> None:
        """Have the trades of a stock told."""
        self._hub.feed.pricing.wish(code, follower)

    def unwish(self, code: str, follower: PriceFollower) -> None:
        """Have them told no more."""
        self._hub.feed.pricing.unwish(code, follower)

    def _meant(self, condition: Condition) -> Condition:
        """Return a condition under its present seq; UnknownCondition, AmbiguousCondition."""
        return resolve(condition, self._hub.feed.listing)


async def _unasked(choose: Callable[[], Sequence[str]]) -> JogeonError:
    del choose
    return LocalProtocolError("nobody knows whom to ask for prices")


class Complaints:
    """Tells people what is wrong with NATS, each thing once until all is well again; `text` has a place for why."""

    def __init__(self, choices: Choices, text: str) -> None:
        self._choices = choices
        self._text = text
        self._told: set[str] = set()

    def __call__(self, trouble: JogeonError | None) -> None:
        """Take what is wrong, None if nothing is."""
        if trouble is None and self._told:
            self._told.clear()
            tell(self._choices.texts("hub.nats.well"))
        elif trouble is not None and (why := _why(trouble, self._choices)) not in self._told:
            self._told.add(why)
            tell(self._choices.texts(self._text, why=why))


def _why(trouble: JogeonError, choices: Choices) -> str:
    """Return what is wrong as a sentence."""
    why = said(trouble.why, choices.texts) if isinstance(trouble, ConnectionLost) else in_short(trouble, choices)
    return f"{why.rstrip('.')}."


def owner_of(journal: Path) -> str:
    """Return who a hub is to those it shares an alias with: one that is started again with its journal is the same."""
    return hashlib.sha256(f"{uuid.getnode():x} {journal.absolute()}".encode()).hexdigest()[:16]
