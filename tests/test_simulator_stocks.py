"""Names and prices of the simulated broker: of all that is listed, as the searches beside them show."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from jogeon.events import korean
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.market.companies import companies, nxt_codes
from jogeon.simulator.simulator import Simulator
from jogeon.wire.messages import Refusal
from jogeon.wire.stocks import ListedStock, PricedStock, decode_names, decode_prices
from naive_client import NaiveClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATH = "/api/dostk/stkinfo"
MARKETS = ("0", "10", "8", "60", "3")


@contextlib.asynccontextmanager
async def asking(**switches: Any) -> AsyncIterator[tuple[Simulator, httpx2.AsyncClient]]:
    """Give a market that stands still, and an HTTP client with its token."""
    async with Simulator(speed=0, switches=Switches(**switches)) as simulator:
        headers = {"authorization": "Bearer demo"}
        async with httpx2.AsyncClient(base_url=simulator.rest, headers=headers) as http:
            yield simulator, http


async def names(http: httpx2.AsyncClient, market: str) -> list[ListedStock]:
    """Return all pages of a market."""
    found: list[ListedStock] = []
    headers = {"api-id": "ka10099"}
    while True:
        answer = await http.post(PATH, json={"mrkt_tp": market}, headers=headers)
        page = decode_names(answer.content)
        assert isinstance(page, tuple)
        found += page
        if answer.headers["cont-yn"] != "Y":
            return found
        headers |= {"cont-yn": "Y", "next-key": answer.headers["next-key"]}


async def prices(http: httpx2.AsyncClient, *codes: str) -> dict[str, PricedStock]:
    answer = await http.post(PATH, json={"stk_cd": "|".join(codes)}, headers={"api-id": "ka10095"})
    priced = decode_prices(answer.content)
    assert isinstance(priced, tuple)
    return {each.code: each for each in priced}


async def refusal(http: httpx2.AsyncClient, api: str, body: dict[str, str], **headers: str) -> tuple[int, str]:
    """Return the status and the code of what must be refused."""
    answer = await http.post(PATH, json=body, headers={"api-id": api} | headers)
    refused = decode_prices(answer.content)
    assert isinstance(refused, Refusal)
    return answer.status_code, refused.code


@pytest.mark.parametrize("rows", [7, 1_000, 5_000])
async def test_every_market_lists_all_its_stocks_once_in_pages(rows: int) -> None:
    async with asking(names_page=rows) as (_, http):
        for market in MARKETS if rows > 7 else ("60",):
            listed = await names(http, market)
            expected = [(each.code, each.name, market) for each in companies() if each.market == market]
            assert [(each.code, each.name, each.market) for each in listed] == expected
            assert all(each.last_price for each in listed)
        assert await names(http, "50") == []


async def test_prices_are_those_of_a_search() -> None:
    async with asking() as (simulator, http), NaiveClient(simulator.websocket) as client:
        await client.login()
        await client.conditions()
        for seconds in (0, 100):
            simulator.advance(seconds)
            rows = {row["9001"][1:]: row for row in (await client.search("4"))["data"]}
            priced = await prices(http, *rows)
            assert priced.keys() == rows.keys()
            for code, stock in priced.items():
                row = rows[code]
                wanted = (row["302"], *(int(row[field]) for field in ("10", "11", "13", "16", "17", "18")))
                found = (stock.name, stock.price, stock.change, stock.volume, stock.open, stock.high, stock.low)
                assert found == wanted
                assert stock.rate == int(row["12"]) / 1000
                assert stock.price is not None
                assert stock.base == stock.price - int(row["11"])
                assert "090000" <= stock.clock <= "090140"
                assert (
                    abs(int(stock.date) - int(f"{korean(time.time_ns()):%Y%m%d}")) <= 8_870
                )  # a day, over a year's end


async def test_all_kinds_of_codes_have_prices() -> None:
    async with asking() as (_, http):
        some = [next(each for each in companies() if each.market == market) for market in MARKETS]
        some += [next(each for each in companies() if each.code.endswith(last)) for last in "57K"]
        priced = await prices(http, *(each.code for each in some))
        assert {each.code: each.name for each in priced.values()} == {each.code: each.name for each in some}


async def test_the_venue_of_a_code_is_its_suffix() -> None:
    async with asking() as (simulator, http):
        simulator.advance(300)
        codes = sorted(nxt_codes())[:40]
        krx, whole, nxt = [await prices(http, *(code + venue for code in codes)) for venue in ("", "_AL", "_NX")]
        assert krx == whole
        assert krx.keys() == nxt.keys()
        assert krx != nxt
        for code in codes:
            assert nxt[code].price == simulator._nxt.prices(code).price


async def test_what_nobody_lists_has_no_price() -> None:
    async with asking() as (_, http):
        known = companies()[0].code
        assert (await prices(http, "999999", known, "?")).keys() == {known}
        assert await refusal(http, "ka10095", {"stk_cd": "999999|999998"}) == (200, "1902")


async def test_requests_may_be_limited_in_rate_and_size() -> None:
    async with asking(rest_rate=2, prices_most=2) as (_, http):
        known = companies()[0].code
        assert await prices(http, known, known)
        assert await refusal(http, "ka10095", {"stk_cd": "|".join([known] * 3)}) == (200, "1902")
        assert await refusal(http, "ka10099", {"mrkt_tp": "0"}) == (429, "1700")
        assert await refusal(http, "ka10095", {"stk_cd": known}) == (429, "1700")
    async with asking() as (_, http):
        for _ in range(20):
            assert await prices(http, *[known] * 60)


@pytest.mark.parametrize("key", ["x", "10-0000000001", "0-0000099999", "0--1", "0-0000000000"])
async def test_a_page_that_is_not_there_is_refused(key: str) -> None:
    async with asking() as (_, http):
        headers = {"cont-yn": "Y", "next-key": key}
        assert await refusal(http, "ka10099", {"mrkt_tp": "0"}, **headers) == (200, "1517")


async def test_faults_of_names_and_prices() -> None:
    async with asking() as (simulator, http):
        body = {"stk_cd": companies()[0].code}
        simulator.fault({"refuse_rest": "1700"})
        assert await refusal(http, "ka10095", body) == (429, "1700")
        simulator.fault({"refuse_rest": "8005"})
        assert await refusal(http, "ka10095", body) == (200, "8005")
        simulator.fault({"refuse_rest": "html403"})
        assert (await http.post(PATH, json=body)).status_code == 403
        simulator.fault({"refuse_rest": None, "slow_rest": 0.2})
        began = time.monotonic()
        assert await prices(http, body["stk_cd"])
        assert time.monotonic() - began >= 0.2
        simulator.fault({})
        assert await prices(http, body["stk_cd"])


async def test_a_program_that_asks_at_its_login_is_told_where_names_and_prices_are() -> None:
    async with Simulator(speed=0) as simulator, NaiveClient(simulator.websocket, None) as client:
        told = await client.ask(trnm="LOGIN", token="demo", jogeon=1)  # type: ignore[arg-type]
        assert told == {"trnm": "LOGIN", "return_code": 0, "return_msg": "", "sor_yn": "Y", "rest": simulator.rest}
    async with Simulator(speed=0) as simulator, NaiveClient(simulator.websocket) as client:
        assert "rest" not in await client.login()
    async with Simulator(speed=0, rest_port=None) as simulator, NaiveClient(simulator.websocket, None) as client:
        assert "rest" not in await client.ask(trnm="LOGIN", token="demo", jogeon=1)  # type: ignore[arg-type]
