"""Names and prices over REST, against a server that answers as servers do at worst; and the budget they share."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import pytest

from jogeon.account.stkinfo import (
    LATER,
    LONGEST_PAUSE,
    PAUSE,
    SHARED,
    SOON,
    URGENT,
    Budget,
    Page,
    Rank,
    StockInfo,
    is_busy,
)
from jogeon.account.stkinfo import (
    NAMES as MARKET_NAMES,
)
from jogeon.endpoint import FixedToken
from jogeon.errors import CouldNotConnect, JogeonError, LocalProtocolError, RemoteProtocolError, RequestRefused
from jogeon.wire.stocks import ListedStock, PricedStock, encode_names, encode_prices, encode_refusal
from phone import Phone, answer, phone
from wire import virtual

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMSUNG = ListedStock("005930", "삼성전자", "0", 70_000)
HYNIX = ListedStock("000660", "SK하이닉스", "0", 180_000)
PRICED = PricedStock("005930", "삼성전자", 72_000, 71_500)
NAMES = encode_names([SAMSUNG])
BUSY = encode_refusal("1700", "허용된 요청 개수를 초과하였습니다")
STALE = encode_refusal("8005", "Token이 유효하지 않습니다", 3)
PAGE = "<html><title>서비스 점검</title><body>점검 중입니다</body></html>".encode()


class TwoTokens(FixedToken):
    """A token that was refused, and the one after it."""

    async def renew(self, refused: str) -> str | None:  # type: ignore[override]
        return None if refused == "second" else "second"


def stocks_of(there: Phone, tokens: FixedToken | None = None) -> StockInfo:
    made = StockInfo(lambda: there.url, tokens or FixedToken("first"))
    made.budget.pause = 0.0
    return made


async def test_names_are_asked_for_as_the_guide_shows() -> None:
    async with phone(answer(200, NAMES)) as there:
        assert await stocks_of(there).names("0") == Page((SAMSUNG,))
    (heard,) = there.heard
    assert (heard.path, heard.body) == ("/api/dostk/stkinfo", {"mrkt_tp": "0"})
    wanted = {"api-id": "ka10099", "authorization": "Bearer first", "content-type": "application/json;charset=UTF-8"}
    assert wanted.items() <= heard.headers.items()


async def test_prices_are_asked_for_as_the_guide_shows() -> None:
    async with phone(answer(200, encode_prices([PRICED]))) as there:
        priced = await stocks_of(there).prices(["005930", "999999"])
    assert isinstance(priced, tuple)
    assert [(stock.code, stock.name, stock.price) for stock in priced] == [("005930", "삼성전자", 72_000)]
    (heard,) = there.heard
    assert (heard.headers["api-id"], heard.body) == ("ka10095", {"stk_cd": "005930|999999"})


async def test_the_next_page_is_asked_for_by_the_headers_of_the_one_before() -> None:
    first = answer(200, NAMES, "cont-yn: Y", "next-key: 0007")
    async with phone(first, answer(200, encode_names([HYNIX]), "cont-yn: N", "next-key: 0008")) as there:
        stocks = stocks_of(there)
        assert await stocks.names("0") == Page((SAMSUNG,), "0007")
        assert await stocks.names("0", "0007") == Page((HYNIX,))
    asked = [(heard.headers["cont-yn"], heard.headers["next-key"]) for heard in there.heard]
    assert asked == [("N", ""), ("Y", "0007")]


@pytest.mark.parametrize(
    ("given", "error", "code"),
    [
        (answer(429, BUSY), RequestRefused, "1700"),
        (answer(429, encode_refusal("", "slow down")), RequestRefused, "429"),
        (answer(429, b"<html>slow down"), RequestRefused, "429"),
        (answer(200, BUSY), RequestRefused, "1700"),
        (answer(200, {"return_code": 1903, "return_msg": "no"}), RequestRefused, "1903"),
        (answer(500, {"return_code": 1999, "return_msg": "no"}), RequestRefused, "1999"),
        (answer(200, PAGE, "Content-Type: text/html"), CouldNotConnect, ""),
        (answer(403, PAGE), CouldNotConnect, ""),
        (answer(500, NAMES), CouldNotConnect, ""),
        (answer(302, b"", "Location: http://127.0.0.1:1/"), CouldNotConnect, ""),
        (answer(200, b""), CouldNotConnect, ""),
        (answer(200, b'{"return_code":0,"list":7}'), RemoteProtocolError, ""),
        (answer(200, b'{"return_code":0,"list":['), RemoteProtocolError, ""),
        (None, CouldNotConnect, ""),
        (b"no HTTP at all\r\n\r\n", CouldNotConnect, ""),
    ],
)
async def test_what_goes_wrong_is_returned_by_its_kind(
    given: bytes | None, error: type[JogeonError], code: str
) -> None:
    async with phone(given) as there:
        answered = await stocks_of(there).names("0")
    assert type(answered) is error
    assert answered.code == code
    assert is_busy(answered) is (code in {"1700", "429"})


async def test_codes_are_chosen_once_when_the_request_can_be_sent_and_none_are_not_asked_for() -> None:
    wanted = [["005930"], ["000660"]]
    async with phone(answer(200, STALE), answer(200, encode_prices([PRICED]))) as there:
        stocks = stocks_of(there, TwoTokens("first"))
        assert isinstance(await stocks.prices(lambda: wanted.pop(0)), tuple)
        assert await stocks.prices(list) == ()
    assert [heard.body for heard in there.heard] == [{"stk_cd": "005930"}] * 2
    assert wanted == [["000660"]]


async def test_nobody_is_asked_while_no_address_is_known() -> None:
    stocks = StockInfo(lambda: None, FixedToken("first"))
    assert stocks.address is None
    assert isinstance(await stocks.prices(["005930"]), LocalProtocolError)


async def test_silence_is_an_error_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.web.REPLY_TIMEOUT", 0.2)
    async with phone(30.0) as there:
        assert isinstance(await stocks_of(there).names("0"), CouldNotConnect)


async def test_a_stale_token_is_renewed_once() -> None:
    async with phone(answer(200, STALE), answer(200, NAMES)) as there:
        assert await stocks_of(there, TwoTokens("first")).names("0") == Page((SAMSUNG,))
    assert [heard.headers["authorization"] for heard in there.heard] == ["Bearer first", "Bearer second"]
    async with phone(answer(200, STALE), answer(200, STALE)) as there:
        answered = await stocks_of(there, TwoTokens("first")).names("0")
    assert isinstance(answered, RequestRefused)
    assert (answered.code, len(there.heard)) == ("8005", 2)


@pytest.mark.parametrize("headers", [("cont-yn: Y", "next-key: \xe9"), ("cont-yn: Y",), ("next-key: 0007",)])
async def test_a_page_without_a_key_that_can_be_sent_back_is_the_last(headers: tuple[str, ...]) -> None:
    async with phone(answer(200, NAMES, *headers)) as there:
        assert await stocks_of(there).names("0") == Page((SAMSUNG,))


# ---------------------------------------------------------------- the budget


def turns(budget: Budget, ranks: Sequence[Rank], seconds: float = 60) -> list[tuple[float, Rank]]:
    """Return when who had a turn, of so many that ask at once."""
    had: list[tuple[float, Rank]] = []

    async def one(rank: Rank) -> None:
        await budget.turn(rank)
        had.append((asyncio.get_running_loop().time(), rank))

    async def main() -> None:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for rank in ranks:
                group.create_task(one(rank))

    virtual(main())
    return had


def test_the_first_has_its_turn_at_once_and_the_others_one_a_second_by_rank() -> None:
    assert turns(Budget(), [LATER, LATER, SOON, URGENT]) == [(0, LATER), (1, URGENT), (2, SOON), (3, LATER)]


def at_once(hurry: bool) -> list[tuple[float, str]]:  # a test's parameter
    """Return who had a turn when, of prices that are asked for all the time, and the names of four markets."""
    had: list[tuple[float, str]] = []

    async def main() -> None:
        budget = Budget()
        budget.hurry = lambda: hurry

        async def ask(what: str, rank: Rank, times: int) -> None:
            for _ in range(times):
                await budget.turn(rank)
                had.append((asyncio.get_running_loop().time(), what))
                await asyncio.sleep(0.05)

        async with asyncio.TaskGroup() as group:
            group.create_task(ask("price", URGENT, 80))
            group.create_task(ask("names", MARKET_NAMES, 4))

    virtual(main())
    return had


@pytest.mark.parametrize(("hurry", "least", "last"), [(False, 5, 21), (True, 20, 84)])
def test_names_of_whole_markets_take_few_turns_and_fewer_while_entries_wait_for_their_price(
    hurry: bool,  # a test's parameter
    least: int,
    last: float,
) -> None:
    had = at_once(hurry)
    places = [place for place, (_, what) in enumerate(had) if what == "names"]
    assert min(later - place for place, later in itertools.pairwise(places)) >= least
    assert had[places[-1]][0] <= last


def test_in_a_hub_entries_go_first_and_other_prices_take_turns_with_what_programs_ask_for() -> None:
    assert [rank for _, rank in turns(Budget(), [SOON, SOON, SHARED])] == [SOON, SOON, SHARED]
    budget = Budget()
    budget.hurry = lambda: True
    assert [rank for _, rank in turns(budget, [SOON, SOON, SHARED])] == [SOON, SHARED, SOON]


def test_nobody_waits_for_ever_behind_those_who_are_urgent() -> None:
    async def main() -> None:
        budget = Budget()
        late = asyncio.create_task(budget.turn(LATER))
        await asyncio.sleep(0)  # the first has its turn
        waiting = asyncio.create_task(budget.turn(LATER))
        for _ in range(10):
            await budget.turn(URGENT)
        assert late.done()
        assert waiting.done()

    virtual(main())


def test_after_a_refusal_for_the_rate_turns_come_slower_and_then_as_before() -> None:
    budget = Budget()
    for _ in range(9):
        budget.refused()
    assert budget.pause == LONGEST_PAUSE
    for _ in range(30):
        budget.granted()
    assert budget.pause == PAUSE


def test_whoever_does_not_wait_any_more_costs_no_turn() -> None:
    async def main() -> None:
        budget = Budget()
        await budget.turn()
        gone = asyncio.create_task(budget.turn(URGENT))
        stays = asyncio.create_task(budget.turn())
        await asyncio.sleep(0)
        gone.cancel()
        await stays
        assert asyncio.get_running_loop().time() == PAUSE

    virtual(main())


def test_a_refusal_puts_the_next_turn_off() -> None:
    async def main() -> None:
        budget = Budget()
        await budget.turn()
        budget.refused()
        await budget.turn()
        assert asyncio.get_running_loop().time() == PAUSE + 2 * PAUSE

    virtual(main())
