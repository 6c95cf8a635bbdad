"""What a reader asks a hub over NATS."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from jogeon.errors import RequestRefused
from jogeon.events import Condition, Exchange, Stock
from jogeon.nats.address import Place
from jogeon.nats.opening import nothing_there
from jogeon.nats.responder import HubAnswer, question, read_answer
from jogeon.wire.stocks import PricedStock

if TYPE_CHECKING:
    from nats.aio.client import Client

QUICK = 4.0
"""Seconds for an answer that the hub knows by itself, or from one request above."""
PRICES = 15.0
"""Seconds for prices: others may be ahead in the queue."""
SEARCH = 25.0
"""Seconds for a search, all pages."""


class Requester:
    """Asks on one connection."""

    def __init__(self, client: "Client", place: Place) -> None:
        self._client = client
        self._place = place

    async def conditions(self) -> list[Condition]:
        """Return the saved conditions; CouldNotConnect if no hub is there, RequestRefused."""
        return list((await self._one(question("list"), QUICK)).conditions)

    async def follow(self, condition: Condition, exchange: Exchange) -> None:
        """Have the hub follow a condition; raises as `conditions`."""
        await self._one(question("follow", condition=condition, exchange=exchange), QUICK)

    async def trades(self, reader: str, codes: Sequence[str]) -> None:
        """Have the trades of these stocks told, and of no others for this reader; raises as `conditions`."""
        await self._one(question("trades", reader=reader, codes=tuple(codes)), QUICK)

    async def prices(self, codes: Sequence[str]) -> tuple[PricedStock, ...]:
        """Return what stocks cost; raises as `conditions`."""
        return (await self._one(question("prices", codes=tuple(codes)), PRICES)).prices

    async def search(self, condition: Condition, exchange: Exchange) -> list[Stock]:
        """Return the stocks that are in a condition now; raises as `conditions`, and TimeoutError."""
        inbox = self._client.new_inbox()
        replies = await self._client.subscribe(inbox)
        try:
            asked = question("search", condition=condition, exchange=exchange)
            await self._client.publish(self._place.ask, asked, reply=inbox)
            stocks: list[Stock] = []
            async with asyncio.timeout(SEARCH):
                while True:
                    message = await replies.next_msg(SEARCH)
                    if _unheard(message.headers):
                        raise nothing_there(self._place)
                    reply = self._good(message.data)
                    stocks += reply.stocks
                    if not reply.more:
                        return stocks
        finally:
            await replies.unsubscribe()

    async def _one(self, asked: bytes, seconds: float) -> HubAnswer:
        from nats.errors import NoRespondersError

        try:
            message = await self._client.request(self._place.ask, asked, timeout=seconds)
        except (NoRespondersError, TimeoutError):
            raise nothing_there(self._place) from None
        return self._good(message.data)

    def _good(self, payload: bytes) -> HubAnswer:
        reply = read_answer(payload)
        if reply.code:
            raise RequestRefused("NATS", code=reply.code, text=reply.text)
        return reply


def _unheard(headers: dict[str, str] | None) -> bool:
    return (headers or {}).get("Status") == "503"
