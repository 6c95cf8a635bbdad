"""A session that is only looked at: what it asks for, and that it leaves nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jogeon.cli.running.probe import Probe
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.testing import Broker
from jogeon.wire.stocks import PricedStock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.account.stkinfo import StockInfo


class Stocks:
    """Knows a price of every stock."""

    async def prices(self, codes: Sequence[str]) -> tuple[PricedStock, ...]:
        return tuple(PricedStock(code, "가상", price=500) for code in codes)


async def test_a_price_is_asked_for_and_its_registration_given_back() -> None:
    with Broker({"급등주": ["005930"]}) as broker:
        probe = Probe(Endpoint("scripted", broker.url, FixedToken("demo")))
        probe._stocks = cast("StockInfo", Stocks())
        await probe.start()
        assert await probe.price("005930") == 500
        asked = [(each.trnm, each.body["data"]) for each in broker.asked("REG") + broker.asked("REMOVE")]
        rows = [{"item": ["005930"], "type": ["0B"]}]
        assert asked == [("REG", rows), ("REMOVE", rows)]
        await probe.stop()
