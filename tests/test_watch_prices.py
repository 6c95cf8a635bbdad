"""A watch with prices: entry prices, live prices, what an outage does to them, and that they never cost the watch."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from jogeon.account.stkinfo import Budget
from jogeon.client import Client
from jogeon.errors import ConnectionLost, InvalidSetting, JogeonError, LocalProtocolError, RequestRefused
from jogeon.live.slots import LONGEST_PAUSE
from jogeon.prices import Price, Quote
from jogeon.watch import Watch
from jogeon.wire import writers
from jogeon.wire.stocks import PricedStock
from wire import Broker, Wire, drain, pause, told, virtual

A, B, C = "00000A", "00000B", "00000C"


class Priced(Broker):
    """A broker with prices over REST: `market` holds the price of each stock."""

    def __init__(self, *members: str) -> None:
        super().__init__(members={"급등주": list(members), "신고가 돌파": []})
        self.market: dict[str, int] = {}
        self.asked: list[tuple[str, ...]] = []
        self.error: JogeonError | None = None
        self.budget = Budget()

    def priced(self, **more: Any) -> Client:
        client = self.client(**more)
        client._feed.asking.ready = lambda: True
        return client

    async def prices(self, choose: Callable[[], Sequence[str]]) -> tuple[PricedStock, ...] | JogeonError:
        await self.budget.turn()
        codes = choose()
        self.asked.append(tuple(codes))
        await asyncio.sleep(0.05)
        return self.error or tuple(PricedStock(code, "가상", price=self.market.get(code, 100)) for code in codes)


@contextlib.asynccontextmanager
async def watching(broker: Priced, *names: str) -> Any:
    async with broker.priced() as client:
        client._feed.asking.ask = broker.prices
        async with client.watch(*names or ("급등주",), prices=True) as watch:
            yield watch


def seen(watch: Watch, name: str = "급등주") -> dict[str, tuple[int | None, str | None, int | None]]:
    return {code: (each.entry_price, each.entry_source, each.price) for code, each in watch.prices[name].items()}


async def following(watch: Watch, into: Callable[[Price], object]) -> None:
    async for price in watch.price_changes():
        into(price)


def test_members_have_the_price_of_their_entry_and_the_one_now() -> None:
    async def main() -> None:
        broker = Priced(A)
        async with watching(broker) as watch:
            await pause(1.5)
            assert seen(watch) == {A: (100, "snapshot", 100)}
            broker.market[B] = 200
            broker.enter("급등주", B)
            assert seen(watch)[B] == (None, None, None)
            await pause(1.2)
            broker.trade(B, 210, volume=7, rate=5.0)
            price = watch.prices["급등주"][B]
            assert (price.entry_price, price.entry_source, price.price, price.volume) == (200, "quote", 210, 7)
            assert price.return_ == pytest.approx(5.0)
            assert (price.high, price.low) == (210, 200)
            assert [event[0] for event in told(drain(watch))] == ["Snapshot", "Enter"]
        assert broker.wire.quoted == {}

    virtual(main())


def test_changes_are_told_as_they_come_and_end_with_the_watch() -> None:
    async def main() -> None:
        broker, changes = Priced(), list[Price]()
        async with watching(broker) as watch:
            reader = asyncio.create_task(following(watch, changes.append))
            broker.enter("급등주", A)
            broker.leave("급등주", A)
            broker.enter("급등주", B)
            await pause(0.2)
            assert [(each.code, each.entry_price) for each in changes] == [(A, 100), (B, 100)]
            await pause(1.0)
            for price in (101, 102, 103):
                broker.trade(B, price)
            await pause(0.1)
            broker.trade(B, 104)
            await pause(0.5)
            assert [each.price for each in changes] == [100, 100, 103]
            await pause(0.6)
            assert [each.price for each in changes] == [100, 100, 103, 104]
        await asyncio.wait_for(reader, 1)

    virtual(main())


def test_a_watch_without_prices_costs_nothing_and_says_so() -> None:
    async def main() -> None:
        broker = Priced(A)
        async with broker.priced() as client, client.watch("급등주") as watch:
            await pause(5.0)
            assert broker.requests("REG") == []
            assert client._feed._running._connection is not None
            assert not client._feed._running._connection.session.quotes
            with pytest.raises(LocalProtocolError, match="prices=True"):
                _ = watch.prices

    virtual(main())


def test_an_outage_makes_prices_stale_and_what_was_registered_is_again() -> None:
    async def main() -> None:
        broker = Priced(A)
        async with watching(broker) as watch:
            await pause(1.2)
            broker.trade(A, 110)
            broker.error = RequestRefused("ka10095", code="1700", text="초과")
            broker.wire.drop()
            broker.refuse_connections = 3
            await pause(0.5)
            stale = watch.prices["급등주"][A]
            assert stale.price == 110
            assert stale.stale_since is not None
            broker.members["급등주"].append(B)
            await pause(60)
            assert set(broker.wire.quoted) == {A, B}
            assert watch.prices["급등주"][A].stale_since is not None, "nothing came of it yet"
            broker.trade(A, 120)
            broker.trade(B, 50)
            fresh = watch.prices["급등주"][A]
            assert (fresh.price, fresh.stale_since, fresh.entry_price) == (120, None, 100)
            assert seen(watch)[B][:2] in ((50, "trade"), (None, None))

    virtual(main())


REFUSED = [
    writers.encode_refusal("REG", 5, "허용된 요청 개수를 초과하였습니다[1700:허용된 요청 개수를 초과하였습니다]"),
    writers.encode_refusal("REG", 105110, "요청이 너무 많습니다"),
    writers.encode_refusal("REG", 105115, "실시간 등록 허용 개수(1)를 초과하였습니다"),
    writers.encode_refusal("REG", 105111, "잘못된 형식"),
    b"<html>maintenance</html>",
    b"",
]


@pytest.mark.parametrize("answer", REFUSED)
def test_whatever_a_reg_is_answered_the_watch_goes_on(answer: bytes) -> None:
    class Refusing(Priced):
        refusing = True

        def on_reg(self, wire: Wire, message: dict[str, Any]) -> None:
            if not self.refusing:
                super().on_reg(wire, message)
            elif answer:
                wire.push(answer)

    async def main() -> None:
        broker = Refusing(A, C)
        async with watching(broker) as watch:
            broker.enter("급등주", B)
            await pause(30)
            assert list(watch.members["급등주"]) == [A, C, B]
            assert seen(watch)[B] == (100, "quote", 100)
            assert len(broker.wires) == 1
            broker.refusing = False
            await pause(2 * LONGEST_PAUSE)
            assert set(broker.wire.quoted) == ({B} if b"105115" in answer else {A, B, C})
            assert [event[0] for event in told(drain(watch)) if event[0] != "Gap"][:2] == ["Snapshot", "Enter"]

    virtual(main())


def test_without_rest_the_first_trade_is_the_price_of_the_entry() -> None:
    async def main() -> None:
        broker = Priced()
        async with broker.client() as client, client.watch("급등주", prices=True) as watch:
            broker.enter("급등주", A)
            await pause(0.1)
            broker.trade(A, 500)
            assert seen(watch) == {A: (500, "trade", 500)}
            broker.enter("급등주", B)
            broker.wires[0].quoted.clear()
            await pause(12)
            assert seen(watch)[B] == (None, None, None)
            assert watch._ledger is not None
            assert [each.settled for each in watch._ledger._members[watch.conditions[0]].values()] == [True, True]

    virtual(main())


def test_members_beyond_the_limit_are_asked_for_in_turn() -> None:
    async def main() -> None:
        codes = [f"{number:06d}" for number in range(400)]
        broker = Priced(*codes)
        broker.price_limit = 60
        async with watching(broker) as watch:
            await pause(30)
            assert broker.wire.quoted.keys() == set(codes[-60:])
            assert len(broker.requests("REG")) == 2, "one was refused, and told the limit"
            now_ns = watch._feed.wall()
            ages = [now_ns - each.price_at_ns for code, each in watch.prices["급등주"].items() if code in codes[:-60]]
            assert max(ages) <= 10 * 10**9
            assert all(len(asked) <= 50 for asked in broker.asked)

    virtual(main())


# ---------------------------------------------------------------- quotes of stocks that are named


def test_quotes_of_named_stocks_begin_with_what_is_known_and_follow_the_trades() -> None:
    async def main() -> None:
        broker, quotes = Priced(), list[Quote]()

        async def read(client: Client) -> None:
            async for quote in client.quotes(A, f"A{B}", A):
                quotes.append(quote)

        async with broker.priced() as client:
            client._feed.asking.ask = broker.prices
            reader = asyncio.create_task(read(client))
            await pause(0.5)
            assert [(quote.code, quote.source) for quote in quotes] == [(A, "quote"), (B, "quote")]
            assert set(broker.wire.quoted) == {A, B}
            broker.trade(A, 7, strength=98.5)
            await pause()
            assert (quotes[-1].code, quotes[-1].price, quotes[-1].strength) == (A, 7, 98.5)
            broker.wire.drop()
            await pause(5)
            assert set(broker.wire.quoted) == {A, B}
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reader
            await pause(2)
            assert broker.wire.quoted == {}

    virtual(main())


@pytest.mark.parametrize("taken", [True, False])
def test_quotes_end_with_the_client(taken: bool) -> None:
    async def main() -> None:
        broker = Priced()
        client = broker.client()

        async def read() -> list[Quote]:
            return [quote async for quote in client.quotes(A)]

        async with client:
            reader = asyncio.create_task(read())
            await pause()
            if taken:
                broker.wire.push(writers.encode_system("R10001"))
                broker.wire.close(1000)
                await pause(1)
        if taken:
            with pytest.raises(JogeonError):
                await reader
        else:
            assert await reader == []

    virtual(main())


@pytest.mark.parametrize("codes", [("",), ("삼성전자",), ("1",), ("005930;",), ("005930", "가")])
def test_what_is_no_code_is_refused_where_it_is_given(codes: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSetting, match="005930"):
        Broker().client().quotes(*codes)


@pytest.mark.parametrize("codes", [(), (None,), (5930,), (["005930"],)])
def test_what_names_no_stock_is_a_type_error(codes: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match=r"005930|5930|code"):
        Broker().client().quotes(*codes)


def test_quotes_of_a_client_that_has_ended_raise_why() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as client:
            broker.refuse_logins = True
            client._feed._running.ended = ConnectionLost("broken off")
            with pytest.raises(ConnectionLost):
                await anext(client.quotes(A))
            client._feed._running.ended = None

    virtual(main())


def test_names_wait_while_an_entry_of_the_same_client_waits_for_its_price() -> None:
    async def main() -> None:
        client = Priced().client()
        async with client:
            ask = client._feed.asking.ask
            assert isinstance(ask, partial)
            budget = ask.func.__self__.budget  # type: ignore[attr-defined]  # a method of the stocks
            assert not budget.hurry()
            client._feed.pricing.turns.entered(A)
            assert budget.hurry()

    virtual(main())
