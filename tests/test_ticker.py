"""Prices for whoever reads over NATS: who registered what, one request for many, and a client that has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
import pytest

from jogeon.errors import JogeonError, RequestRefused
from jogeon.nats.ticker import INTEREST, READERS, Pool, Trades
from jogeon.wire.messages import QuoteValues, TradeRow
from jogeon.wire.stocks import PricedStock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jogeon.live.asking import Ask
    from jogeon.live.holding import PriceFollower


class Hub:
    """In the place of a hub that knows prices."""

    price_limit = 3

    def __init__(self) -> None:
        self.wished: dict[str, PriceFollower] = {}
        self.asked: list[tuple[str, ...]] = []
        self.error: JogeonError | None = None
        self.turn = asyncio.Event()
        self.turn.set()

    def wish(self, code: str, follower: PriceFollower) -> None:
        assert code not in self.wished
        self.wished[code] = follower

    def unwish(self, code: str, follower: PriceFollower) -> None:
        assert self.wished.pop(code) is follower

    def trade(self, code: str, price: str) -> None:
        self.wished[code].priced(TradeRow(code, QuoteValues(price=price)), int(price), 0, 0)

    @property
    def ask(self) -> Ask:
        return self._prices

    async def _prices(self, choose: Callable[[], Sequence[str]]) -> tuple[PricedStock, ...] | JogeonError:
        await self.turn.wait()
        codes = tuple(choose())
        self.asked.append(codes)
        await asyncio.sleep(0)
        return self.error or tuple(PricedStock(code, "가상", price=500) for code in codes if code != "999999")


def rows(frames: list[bytes]) -> list[tuple[str, str]]:
    return [(row["item"], row["values"]["10"]) for frame in frames for row in msgspec.json.decode(frame)["data"]]


def test_readers_that_somebody_makes_up_do_not_crowd_the_hub() -> None:
    hub = Hub()
    trades = Trades(hub)
    for number in range(READERS):
        trades.register(f"reader {number}", ("005930",), 0.0)
    with pytest.raises(RequestRefused) as refused:
        trades.register("one more", ("005930",), 1.0)
    assert refused.value.code == "105115"
    trades.register("reader 7", ("000660",), 1.0)
    trades.pop(INTEREST)
    trades.register("one more", ("005930",), INTEREST)
    assert hub.wished.keys() == {"005930", "000660"}


async def test_a_stock_is_wished_for_once_as_long_as_anybody_wants_it() -> None:
    trades = Trades(hub := Hub())
    trades.register("one", ["A", "B"], 0.0)
    trades.register("two", ["B", "C"], 20.0)
    assert set(hub.wished) == {"A", "B", "C"}
    trades.register("one", ["B"], 20.0)
    assert set(hub.wished) == {"B", "C"}
    trades.register("one", ["B"], 40.0)
    assert trades.pop(20.0 + INTEREST) == []
    assert set(hub.wished) == {"B"}
    trades.close()
    assert hub.wished == {}


async def test_of_each_stock_the_last_trade_goes_out() -> None:
    trades = Trades(hub := Hub())
    trades.register("one", ["A", "B"], 0.0)
    for code, price in (("A", "1"), ("B", "2"), ("A", "3")):
        hub.trade(code, price)
    assert rows(trades.pop(1.0)) == [("A", "3"), ("B", "2")]
    assert trades.pop(1.0) == []
    hub.wished["A"].priced(PricedStock("A", "가상", price=1), 1, 0, 1)
    assert trades.pop(1.0) == []


async def test_beyond_the_limit_of_the_broker_it_is_refused_in_its_words() -> None:
    trades = Trades(hub := Hub())
    trades.register("one", ["A", "B"], 0.0)
    with pytest.raises(RequestRefused, match=r"\(3\)") as refused:
        trades.register("two", ["C", "D"], 0.0)
    assert refused.value.code == "105115"
    assert set(hub.wished) == {"A", "B"}
    hub.price_limit = 1
    trades.register("one", ["B"], 0.0)
    assert set(hub.wished) == {"B"}


async def test_one_request_answers_all_who_ask_before_it_is_sent() -> None:
    hub = Hub()
    pool = Pool(lambda: hub.ask)
    hub.turn.clear()
    asking = [asyncio.create_task(pool.prices(codes)) for codes in (["A", "B"], ["B", "C"], ["999999"])]
    await asyncio.sleep(0.01)
    hub.turn.set()
    found = [[each.code for each in stocks] for stocks in await asyncio.gather(*asking)]
    assert found == [["A", "B"], ["B", "C"], []]
    assert hub.asked == [("A", "B", "C", "999999")]
    await pool.prices(["A"])
    assert hub.asked[1:] == [("A",)]


async def test_more_than_one_request_holds_is_asked_for_in_turn() -> None:
    hub = Hub()
    pool = Pool(lambda: hub.ask)
    first, second = await asyncio.gather(
        pool.prices([f"A{each}" for each in range(40)]), pool.prices([f"B{each}" for each in range(40)])
    )
    assert len(first) == len(second) == 40
    assert [len(each) for each in hub.asked] == [50, 30]


async def test_what_goes_wrong_is_told_to_whoever_asked() -> None:
    hub = Hub()
    hub.error = RequestRefused("ka10095", code="1700", text="초과")
    pool = Pool(lambda: hub.ask)
    with pytest.raises(RequestRefused, match="1700"):
        await pool.prices(["A"])
    hub.error = None
    assert await pool.prices(["A"])
    hub.turn.clear()
    asking = asyncio.create_task(pool.prices(["A"]))
    await asyncio.sleep(0.01)
    pool.close()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(0)
