"""Asking for prices: at once for who enters, once a second in all, and what goes wrong costs a delay."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from jogeon.account.stkinfo import Budget
from jogeon.errors import CouldNotConnect, JogeonError, RequestRefused
from jogeon.events import Condition
from jogeon.live.asking import PATIENCE, Asking
from jogeon.live.holding import Holding
from jogeon.live.pricing import ENTRY_PATIENCE, Pricing
from jogeon.wire.stocks import PricedStock
from wire import START_NS, pause, virtual, wall

RISE = Condition("4", "급등주")
BUSY = RequestRefused("ka10095", code="1700", text="허용된 요청 개수를 초과하였습니다")
NO_STOCK = RequestRefused("ka10095", code="1902", text="종목 정보가 없습니다")
Told = tuple[PricedStock, ...] | JogeonError


class Desk:
    """Who is asked, and what it answers; each answer takes a tenth of a second."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, tuple[str, ...]]] = []
        self.error: JogeonError | None = None
        self.silent = False
        self.unknown = ""
        """The stock for which all are refused that are asked for with it."""
        self.budget = Budget()

    async def prices(self, choose: Callable[[], Sequence[str]]) -> Told:
        await self.budget.turn()
        codes = choose()
        self.asked.append((asyncio.get_running_loop().time(), tuple(codes)))
        await asyncio.sleep(3600 if self.silent else 0.1)
        if self.unknown in codes:
            return NO_STOCK
        return self.error or tuple(PricedStock(code, "가상", price=500) for code in codes)


def begun(desk: Desk) -> tuple[Pricing, Asking]:
    pricing = Pricing()
    asking = Asking(pricing, wall)
    asking.ask = desk.prices
    pricing.on_change = asking.wake
    asking.start()
    return pricing, asking


def enters(pricing: Pricing, code: str) -> Holding:
    holding = Holding(RISE, code, first_seen=False)
    pricing.enter(holding)
    return holding


def test_who_enters_is_asked_for_at_once_and_who_follows_a_second_later() -> None:
    async def main() -> None:
        desk = Desk()
        pricing, asking = begun(desk)
        await pause(5.0)
        first = enters(pricing, "00000A")
        await pause(0.2)
        second, third = enters(pricing, "00000B"), enters(pricing, "00000C")
        await pause(2.0)
        asking.stop()
        assert [(round(at, 1), codes) for at, codes in desk.asked] == [
            (5.0, ("00000A",)), (6.0, ("00000B", "00000C"))]  # fmt: skip
        moments = [START_NS + tenths * 100_000_000 for tenths in (51, 61, 61)]
        assert [each.entry_at_ns for each in (first, second, third)] == pytest.approx(moments, abs=1000)
        assert {each.entry_price for each in (first, second, third)} == {500}

    virtual(main())


def test_who_enters_while_a_request_waits_for_its_turn_is_in_it() -> None:
    async def main() -> None:
        desk = Desk()
        pricing, asking = begun(desk)
        await desk.budget.turn()  # somebody else asks
        enters(pricing, "00000A")
        await pause(0.9)
        enters(pricing, "00000B")
        await pause(1.0)
        asking.stop()
        assert [codes for _, codes in desk.asked] == [("00000A", "00000B")]

    virtual(main())


def test_a_refusal_costs_a_delay_and_is_kept_until_all_is_well() -> None:
    async def main() -> None:
        desk = Desk()
        desk.error = BUSY
        pricing, asking = begun(desk)
        holding = enters(pricing, "00000A")
        await pause(1.0)
        assert asking.trouble is BUSY
        desk.error = None
        await pause(3.0)
        assert holding.entry_price == 500
        assert asking.trouble is None
        asking.stop()

    virtual(main())


def test_an_address_that_does_not_answer_is_given_up_and_entries_meanwhile_too() -> None:
    async def main() -> None:
        desk = Desk()
        desk.silent = True
        pricing, asking = begun(desk)
        holding = enters(pricing, "00000A")
        await pause(ENTRY_PATIENCE + 1.5)
        assert (holding.settled, holding.entry_price) == (True, None)
        assert asking.trouble is None
        await pause(PATIENCE)
        assert isinstance(asking.trouble, CouldNotConnect)
        asking.stop()
        await pause(0.0)

    virtual(main())


def test_nobody_is_asked_while_nobody_knows_where() -> None:
    async def main() -> None:
        desk, known = Desk(), [False]
        pricing, asking = begun(desk)
        asking.ready = lambda: known[0]
        holding = enters(pricing, "00000A")
        await pause(3.0)
        assert desk.asked == []
        known[0] = True
        await pause(3.0)
        assert holding.entry_price == 500
        asking.stop()
        asking.stop()
        await pause(60.0)
        assert len(desk.asked) == 1, "stopped"

    virtual(main())


def test_who_alone_is_no_stock_to_the_broker_costs_the_others_no_delay() -> None:
    async def main() -> None:
        desk = Desk()
        desk.unknown = "00000A"
        pricing, asking = begun(desk)
        enters(pricing, "00000A")
        await pause(0.5)
        assert (pricing.turns.pace, asking.trouble) == (1.0, None)
        asking.stop()

    virtual(main())


def test_of_several_that_are_refused_for_one_the_others_get_their_price() -> None:
    async def main() -> None:
        desk = Desk()
        desk.unknown = "00000B"
        pricing, asking = begun(desk)
        holdings = [enters(pricing, f"00000{letter}") for letter in "ABCD"]
        await pause(8.0)
        assert [each.entry_price for each in holdings] == [500, None, 500, 500]
        assert (pricing.turns.pace, asking.trouble) == (1.0, None)
        asking.stop()

    virtual(main())


def test_what_is_under_way_at_the_end_is_given_up() -> None:
    async def main() -> None:
        given_up = asyncio.Event()

        async def waits(choose: Callable[[], Sequence[str]]) -> Told:
            choose()
            try:
                await asyncio.sleep(3600)
            finally:
                given_up.set()
            return ()

        pricing, asking = begun(Desk())
        asking.ask = waits
        enters(pricing, "00000A")
        await pause(1.0)
        assert not given_up.is_set()
        asking.stop()
        async with asyncio.timeout(1.0):
            await given_up.wait()

    virtual(main())
