"""Names and prices for the programs below a hub, requested once above."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from jogeon.account.stkinfo import SOON, Page, Rank
from jogeon.errors import CouldNotConnect, JogeonError, RequestRefused
from jogeon.hub.stocks import HubStocks
from jogeon.server.stock_routes import NamesPage
from jogeon.wire.messages import Refusal
from jogeon.wire.stocks import ListedStock, PricedStock

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from jogeon.account.stkinfo import StockInfo

LISTED = ListedStock("005930", "삼성전자", "0")


class Above:
    """In the place of the session's own requests."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.error: JogeonError | None = None
        self.never = False
        """Whether no page ever comes."""

    async def names(self, market: str, next_key: str, rank: Rank) -> Page | JogeonError:
        assert rank == SOON
        self.asked.append((market, next_key))
        await asyncio.sleep(60 if self.never else 0)
        return self.error or Page((LISTED,), "more")

    async def prices(self, codes: Sequence[str]) -> tuple[PricedStock, ...] | JogeonError:
        self.asked.append(tuple(codes))
        return self.error or (PricedStock("005930", "삼성전자", 75_000),)


def desk() -> tuple[HubStocks, Above]:
    above = Above()
    return HubStocks(cast("StockInfo", above), lambda _: "somebody"), above


async def test_a_page_of_names_is_requested_once_for_all() -> None:
    stocks, above = desk()
    pages = await asyncio.gather(*(stocks.names("key", "0", "") for _ in range(5)))
    assert pages == [NamesPage((LISTED,), "more")] * 5
    assert above.asked == [("0", "")]
    await stocks.names("key", "0", "more")
    assert above.asked[1:] == [("0", "more")]


async def test_a_program_that_asks_for_any_page_costs_no_more_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.hub.stocks.MOST_PAGES", 3)
    stocks, above = desk()
    for key in ("1", "2", "3", "4", "4", "2", "1"):
        await stocks.names("key", "0", key)
    assert [asked[1] for asked in above.asked if isinstance(asked, tuple)] == ["1", "2", "3", "4", "1"]


async def test_a_refusal_is_told_in_the_brokers_words_and_not_kept() -> None:
    stocks, above = desk()
    above.error = RequestRefused("ka10099", code="1700", text="초과")
    assert await stocks.names("key", "0", "") == Refusal("1700", "초과")
    assert await stocks.prices("key", ["005930"]) == Refusal("1700", "초과")
    above.error = CouldNotConnect(address="x", reason="refused", detail="refused")
    refused = await stocks.names("key", "0", "")
    assert isinstance(refused, Refusal)
    assert refused.code == "1999"
    above.error = None
    assert await stocks.names("key", "0", "") == NamesPage((LISTED,), "more")


async def test_prices_are_those_above() -> None:
    stocks, above = desk()
    assert await stocks.prices("key", ["005930"]) == (PricedStock("005930", "삼성전자", 75_000),)
    assert above.asked == [("005930",)]


async def test_who_waits_when_all_ends_is_refused() -> None:
    stocks, above = desk()
    above.never = True
    waiting = asyncio.create_task(stocks.names("key", "0", ""))
    while not above.asked:
        await asyncio.sleep(0)
    await stocks.aclose()
    assert isinstance(await waiting, Refusal)
