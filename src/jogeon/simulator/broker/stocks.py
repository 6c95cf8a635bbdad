"""The simulated broker over REST: names and prices of what its markets trade (ka10099, ka10095)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jogeon.events import exchange_time, korean
from jogeon.server.stock_routes import NO_SUCH_PAGE, NamesPage
from jogeon.simulator.broker.dialect import MILLION
from jogeon.simulator.market.market import PartlyKnown
from jogeon.wire.messages import Refusal
from jogeon.wire.stocks import PricedStock
from jogeon.wire.values import SIGNS, stock_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jogeon.events import Exchange
    from jogeon.server.issued import TokenIssuer
    from jogeon.simulator.broker.quotas import Quotas
    from jogeon.simulator.broker.switches import Switches
    from jogeon.simulator.market.market import Market

TOO_MANY: Final = Refusal("1700", "허용된 API 요청 개수를 초과하였습니다")
NO_SUCH_STOCK: Final = Refusal("1902", "종목 정보가 없습니다. 입력한 종목코드 값을 확인바랍니다")


class SimulatedStocks:
    """Answers from the markets of KRX and NXT.

    `now_ns` tells the time: prices are of today, whatever day the market is at.
    """

    def __init__(
        self,
        markets: Mapping[Exchange, Market],
        tokens: TokenIssuer,
        switches: Switches,
        quotas: Quotas,
        now_ns: Callable[[], int],
    ) -> None:
        self._markets = markets
        self._switches = switches
        self._quotas = quotas
        self._now_ns = now_ns
        self.owner = tokens.owner

    async def names(self, key: str, market: str, next_key: str) -> NamesPage | Refusal:
        """Return a page of what is listed on a market; pages are told apart by where they begin."""
        if self._quotas.too_many_over_rest(key):
            return TOO_MANY
        listed = self._markets["K"].listed(market)
        head, _, number = next_key.rpartition("-")
        if next_key and not (head == market and number.isdecimal() and int(number) in range(1, len(listed))):
            return NO_SUCH_PAGE
        begin = int(number or 0)
        end = begin + self._switches.names_page
        return NamesPage(listed[begin:end], f"{market}-{end:010d}" if end < len(listed) else "")

    async def prices(self, key: str, codes: Sequence[str]) -> Sequence[PricedStock] | Refusal:
        """Return the prices of the stocks that are known; a refusal if none is."""
        if self._quotas.too_many_over_rest(key):
            return TOO_MANY
        most = self._switches.prices_most
        if most and len(codes) > most:
            return NO_SUCH_STOCK
        priced = [each for code in codes if (each := self._priced(code)) is not None]
        return priced or NO_SUCH_STOCK

    def _priced(self, code: str) -> PricedStock | None:
        """Return what is known of a stock, None if nothing is."""
        market = self._markets["N" if code.endswith("_NX") else "K"]
        try:
            prices = market.prices(stock_code(code))
        except KeyError:
            return None
        if isinstance(prices, PartlyKnown):
            return _recorded(code, prices)
        traded = exchange_time(prices.clock, self._now_ns())
        return PricedStock(
            code=code,
            name=prices.name,
            price=prices.price,
            base=prices.base,
            change=prices.change,
            sign=SIGNS[str(prices.sign)],
            rate=prices.rate / 1000,
            volume=prices.volume,
            value=prices.value // MILLION,
            open=prices.open,
            high=prices.high,
            low=prices.low,
            ask=prices.ask,
            bid=prices.bid,
            date="" if traded is None else f"{traded:%Y%m%d}",
            clock=prices.clock,
        )


def _recorded(code: str, known: PartlyKnown) -> PricedStock | None:
    """Return what a recording keeps of a stock, with the moment it was so; None if it has no price."""
    if known.price is None:
        return None
    at = korean(known.at_ns)
    return PricedStock(
        code=code,
        name=known.name,
        price=known.price,
        base=None if known.change is None else known.price - known.change,
        change=known.change,
        rate=known.rate,
        volume=known.volume,
        date=f"{at:%Y%m%d}",
        clock=f"{at:%H%M%S}",
    )
