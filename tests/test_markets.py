"""Names asked for in the background: which markets, when, and what becomes of a server that does not answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jogeon.account.markets import LOOK, MAIN, MOST_PAGES, OTHERS, PAUSES, Markets, kept
from jogeon.account.names import DAY, Names
from jogeon.account.stkinfo import LATER, SOON, Codes, Page, Rank, StockInfo
from jogeon.endpoint import FixedToken
from jogeon.errors import CouldNotConnect, JogeonError, RequestRefused
from jogeon.wire.stocks import ListedStock, PricedStock
from wire import virtual

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    import pytest

REFUSED = RequestRefused("ka10099", code="1901", text="시장 코드값이 존재하지 않습니다")
SAMSUNG = ListedStock("005930", "삼성전자", "0")


class Stocks(StockInfo):
    """A server without a network: the stocks of each market, or why there are none; each answer takes a second."""

    def __init__(self, markets: dict[str, Sequence[ListedStock] | JogeonError] | None = None) -> None:
        super().__init__(lambda: self.place, FixedToken("demo"))
        self.place: str | None = "http://there"
        self.markets = markets or {}
        self.pages: Callable[[str], str] = lambda _: ""
        self.priced: tuple[PricedStock, ...] = ()
        self.unknown: set[str] = set()
        """Codes for one of which all are refused."""
        self.asked: list[str] = []

    async def names(self, market: str, next_key: str = "", rank: Rank = LATER) -> Page | JogeonError:
        del rank
        self.asked.append(market)
        await asyncio.sleep(1)
        found = self.markets.get(market, ())
        if isinstance(found, JogeonError):
            return found
        self.learn((stock.code, stock.name, stock.market) for stock in found)
        return Page(tuple(found), self.pages(next_key))

    async def prices(self, codes: Codes, rank: Rank = SOON) -> tuple[PricedStock, ...] | JogeonError:
        del rank
        chosen = codes() if callable(codes) else codes
        self.asked.append("|".join(chosen))
        await asyncio.sleep(1)
        if self.unknown.intersection(chosen):
            return RequestRefused("ka10095", code="1902", text="종목 정보가 없습니다")
        priced = tuple(stock for stock in self.priced if stock.code in chosen)
        self.learn((stock.code, stock.name, "") for stock in priced)
        return priced


def kept_for(
    seconds: float, stocks: Stocks, course: Callable[[Names], Coroutine[Any, Any, None]] | None = None
) -> tuple[Names, Markets]:
    """Keep names up for so long, somebody wanting them from the start."""
    names = Names(clock=lambda: 1e9 + asyncio.get_running_loop().time())
    stocks.learn = names.learn

    async def main() -> Markets:
        async with kept(names, stocks) as markets:
            markets.want()
            if course is not None:
                await course(names)
            await asyncio.sleep(seconds)
            return markets

    return names, virtual(main())


def test_the_main_markets_are_read_once_a_day() -> None:
    stocks = Stocks({"0": (SAMSUNG,)})
    names, _ = kept_for(100, stocks)
    assert stocks.asked == list(MAIN)
    assert names.of("005930") == "삼성전자"
    stocks = Stocks()
    kept_for(DAY + 100, stocks)
    assert stocks.asked == [*MAIN, *MAIN]


def test_nothing_is_asked_before_somebody_wants_names() -> None:
    stocks = Stocks()

    async def main() -> None:
        async with kept(Names(), stocks):
            await asyncio.sleep(100)

    virtual(main())
    assert stocks.asked == []


def test_a_code_that_stays_without_a_name_is_looked_for_in_the_other_markets_and_then_by_itself() -> None:
    stocks = Stocks()
    stocks.priced = (PricedStock("57JBHH", "가상ELW 001"),)

    async def course(names: Names) -> None:
        assert names.of("57JBHH") is names.of("not a code") is None

    names, _ = kept_for(100, stocks, course)
    assert stocks.asked == [*MAIN, *OTHERS, "57JBHH"]
    assert names.of("57JBHH") == "가상ELW 001"


def test_a_code_that_nobody_knows_costs_no_other_its_name() -> None:
    stocks = Stocks()
    codes = [f"57JB{number:02}" for number in range(9)]
    stocks.priced = tuple(PricedStock(code, f"가상ELW {code}") for code in codes)
    stocks.unknown = {codes[3]}

    async def course(names: Names) -> None:
        for code in codes:
            names.of(code)

    names, _ = kept_for(100, stocks, course)
    asked = stocks.asked[len(MAIN) + len(OTHERS) :]
    assert asked[0] == "|".join(codes)
    assert asked.count(codes[3]) == 1, "it is found, and not asked for again"
    assert len(asked) == 7
    assert [code for code in codes if names.of(code) is None] == [codes[3]]


def test_a_code_that_is_missed_later_wakes_it() -> None:
    stocks = Stocks({OTHERS[0]: (ListedStock("57JBHH", "가상ELW 001", OTHERS[0]),)})

    async def course(names: Names) -> None:
        await asyncio.sleep(1000)
        assert stocks.asked == list(MAIN)
        names.of("57JBHH")
        await asyncio.sleep(2)
        assert names.of("57JBHH") == "가상ELW 001"

    kept_for(100, stocks, course)
    assert stocks.asked == [*MAIN, OTHERS[0]]


def test_a_market_that_fails_costs_no_other_and_is_asked_for_ever_more_slowly() -> None:
    stocks = Stocks({"10": REFUSED})
    names, markets = kept_for(2 * PAUSES[0], stocks)
    assert stocks.asked[:5] == [*MAIN, "10"]
    assert markets.trouble is REFUSED
    assert set(names.markets) == {*MAIN} - {"10"}
    stocks = Stocks({"10": REFUSED})
    kept_for(3600, stocks)
    assert 5 < stocks.asked.count("10") < 20


def test_a_server_that_comes_back_is_read() -> None:
    stocks = Stocks(dict.fromkeys(MAIN, CouldNotConnect(address="x", reason="refused", detail="refused")))

    async def course(names: Names) -> None:
        await asyncio.sleep(30)
        stocks.markets = {"0": (SAMSUNG,)}
        await asyncio.sleep(60)
        assert names.of("005930") == "삼성전자"

    _, markets = kept_for(1, stocks, course)
    assert markets.trouble is None


def test_pages_that_do_not_end_are_a_failure() -> None:
    stocks = Stocks()
    stocks.pages = lambda _: "same"
    _, markets = kept_for(10, stocks)
    assert "do not end" in str(markets.trouble)
    stocks = Stocks()
    stocks.pages = lambda key: str(int(key or "0") + 1)
    _, markets = kept_for(MOST_PAGES + 1, stocks)
    assert "do not end" in str(markets.trouble)
    assert stocks.asked.count("0") == MOST_PAGES


def test_pages_are_read_to_the_last() -> None:
    stocks = Stocks({"0": (SAMSUNG,)})
    stocks.pages = lambda key: {"": "a", "a": "b"}.get(key, "")
    kept_for(100, stocks)
    assert stocks.asked.count("0") == 3


def test_without_an_address_that_is_said_once_and_looked_for(caplog: pytest.LogCaptureFixture) -> None:
    stocks = Stocks()
    stocks.place = None

    async def course(_: Names) -> None:
        await asyncio.sleep(10 * LOOK)
        assert stocks.asked == []
        stocks.place = "http://there"

    kept_for(10 * LOOK, stocks, course)
    assert stocks.asked == list(MAIN)
    assert [record.levelname for record in caplog.records if "REST address" in record.message] == ["WARNING"]


def test_a_defect_ends_the_names_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    stocks = Stocks()
    stocks.pages = lambda _: f"{1 // 0}"
    kept_for(100, stocks)
    assert "ZeroDivisionError" in caplog.text
