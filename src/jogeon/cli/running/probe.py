"""Looking at a server from outside: can it be reached, does it do what a client needs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jogeon.endpoint import Endpoint, FixedToken
from jogeon.live.connection import Connection
from jogeon.live.listing import resolve
from jogeon.live.policy import Policy
from jogeon.live.serving import refused
from jogeon.live.subscriptions import Subscriptions
from jogeon.live.supervisor import Supervisor
from jogeon.wire.messages import ConditionList, ListConditions, Search, SearchPage

if TYPE_CHECKING:
    from jogeon.events import Condition


async def reach(websocket: str, proxy: str | None) -> None:
    """Open a connection and close it; nothing is sent on it. CouldNotConnect."""
    connection = await Connection.open(websocket, Probe(Endpoint("", websocket, FixedToken(""))), proxy=proxy)
    await connection.aclose()


class Probe(Supervisor):
    """A session that is only looked at."""

    def __init__(self, there: Endpoint) -> None:
        super().__init__(there, Subscriptions(recheck=0.0), lambda _: None, Policy())
        self._pinged = asyncio.Event()

    def on_ping(self) -> None:
        """Take note of the sign of life."""
        super().on_ping()
        self._pinged.set()

    async def conditions(self) -> list[Condition]:
        """Return the saved conditions."""
        answer = await self.ask(lambda _: ListConditions())
        if not isinstance(answer, ConditionList):
            raise refused(ListConditions.trnm, answer)
        return list(answer.conditions)

    async def hits(self, condition: Condition) -> int:
        """Return how many stocks the first page of a search has."""
        answer = await self.ask(lambda listing: Search(resolve(condition, listing).seq))
        if not isinstance(answer, SearchPage):
            raise refused(Search.trnm, answer)
        return len(answer.stocks)

    async def hears_ping(self, seconds: float) -> bool:
        """Tell whether a PING came since the login, or comes in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._pinged.wait()
        except TimeoutError:
            return False
        return True
