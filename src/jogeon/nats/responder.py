"""What a hub answers over NATS: its list, a search, and that it follows one more condition."""

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import msgspec
from msgspec import Meta, Struct

from jogeon.errors import JogeonError
from jogeon.events import Condition, Exchange, Stock
from jogeon.masks import unmasked
from jogeon.nats.address import Place
from jogeon.nats.ticker import FLUSH, Priced, Trades
from jogeon.wire.messages import UNEXPECTED, Refusal
from jogeon.wire.stocks import PricedStock
from jogeon.wire.values import NO_JSON

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

ROWS = 500
"""Rows of a search in one message."""
AT_ONCE = 16
"""Questions that are answered at the same time: some wait for their turn above."""
MOST_CODES = 1_000
"""Stocks in one question."""
INBOX = "_INBOX."
"""Where answers go, and nowhere else: whoever may only ask could have the hub delete its own stream."""
WAITING = 100
"""Questions that wait at most; whoever asks one more hears nothing, as if no hub were there."""

logger = logging.getLogger("jogeon.nats")
logger.addFilter(unmasked)


_Code = Annotated[str, Meta(max_length=16)]


class Question(Struct, frozen=True, omit_defaults=True):
    """What is asked: `list`; `search` or `follow` a condition, by its name, and its seq where the name is doubled.

    `trades`: `codes` are all stocks whose trades a `reader` registered. `prices`: what these cost.
    """

    what: str
    condition: Condition | None = None
    exchange: Exchange = "K"
    codes: Annotated[tuple[_Code, ...], Meta(max_length=MOST_CODES)] = ()
    reader: Annotated[str, Meta(max_length=64)] = ""


class HubAnswer(Struct, frozen=True, omit_defaults=True):
    """What is answered: conditions, stocks (`more` follow), prices, or a refusal with the broker's code and words."""

    conditions: tuple[Condition, ...] = ()
    stocks: tuple[Stock, ...] = ()
    more: bool = False
    prices: tuple[PricedStock, ...] = ()
    code: str = ""
    text: str = ""


class Answerer(Priced, Protocol):
    """Who knows the answers."""

    async def conditions(self) -> list[Condition]:
        """Return the saved conditions."""

    async def search(self, condition: Condition, exchange: Exchange) -> list[Stock]:
        """Return the stocks that are in a condition now."""

    async def follow_for(self, condition: Condition, exchange: Exchange) -> None:
        """Follow a condition from now on."""

    async def prices(self, codes: Sequence[str]) -> list[PricedStock]:
        """Return what stocks cost."""


_question = msgspec.json.Decoder(Question)


class Responder:
    """Answers on one connection, a few questions at a time: a search must not keep a list waiting for long."""

    def __init__(self, client: "Client", place: Place, answerer: Answerer, trades: Trades) -> None:
        self._client = client
        self._place = place
        self._answerer = answerer
        self._trades = trades
        self._waiting: asyncio.Queue[Msg] = asyncio.Queue(WAITING)

    async def open(self) -> None:
        """Listen for questions."""
        await self._client.subscribe(self._place.ask, cb=self._take)

    async def _take(self, message: "Msg") -> None:
        if message.reply.startswith(INBOX) and not self._waiting.full():
            self._waiting.put_nowait(message)

    async def run(self) -> None:
        """Answer for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._tell_trades())
            for _ in range(AT_ONCE):
                group.create_task(self._answer_all())

    async def _tell_trades(self) -> None:
        while True:
            await asyncio.sleep(FLUSH)
            for frame in self._trades.pop(asyncio.get_running_loop().time()):
                await self._client.publish(self._place.trades, frame)

    async def _answer_all(self) -> None:
        while True:
            message = await self._waiting.get()
            for reply in await self._replies(message.data):
                await self._client.publish(message.reply, msgspec.json.encode(reply))

    async def _replies(self, payload: bytes) -> list[HubAnswer]:
        try:
            question = _question.decode(payload)
            return await self._answers(question)
        except NO_JSON:
            return [HubAnswer(code="400", text="읽을 수 없는 요청입니다")]
        except JogeonError as error:
            refusal = Refusal.of(error)
            return [HubAnswer(code=refusal.code, text=refusal.text)]

    async def _answers(self, question: Question) -> list[HubAnswer]:
        match question:
            case Question("list"):
                return [HubAnswer(conditions=tuple(await self._answerer.conditions()))]
            case Question("search", Condition() as condition, exchange):
                stocks = await self._answerer.search(condition, exchange)
                pieces = [tuple(stocks[start : start + ROWS]) for start in range(0, len(stocks), ROWS)] or [()]
                return [HubAnswer(stocks=piece, more=piece is not pieces[-1]) for piece in pieces]
            case Question("follow", Condition() as condition, exchange):
                await self._answerer.follow_for(condition, exchange)
                return [HubAnswer()]
            case Question("trades", codes=codes, reader=str() as reader) if reader:
                self._trades.register(reader, codes, asyncio.get_running_loop().time())
                return [HubAnswer()]
            case Question("prices", codes=codes) if codes:
                return [HubAnswer(prices=tuple(await self._answerer.prices(codes)))]
        return [HubAnswer(code="400", text="알 수 없는 요청입니다")]


def read_answer(payload: bytes) -> HubAnswer:
    """Return an answer; a refusal for one that cannot be read."""
    try:
        return msgspec.json.decode(payload, type=HubAnswer)
    except NO_JSON:
        return HubAnswer(code=str(UNEXPECTED), text="허브의 응답을 읽을 수 없습니다")


def question(what: str, **fields: Any) -> bytes:
    """Return a question as the bytes to send."""
    return msgspec.json.encode(Question(what, **fields))
