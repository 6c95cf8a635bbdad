"""What is known of the stocks on the page: their names and what they cost. No I/O."""

from collections.abc import Collection, Iterable
from typing import Any

from jogeon.prices import Price

SPARE = 1_000
"""Stocks that are kept beyond twice those that are shown."""


class Stocks:
    """Stocks by code, as JSON shows them."""

    def __init__(self) -> None:
        self._stocks: dict[str, dict[str, Any]] = {}

    def learn(self, code: str, name: str | None, price: Price | None = None) -> bool:
        """Take the name of a stock and what it costs, as far as they are known; tell whether that is news."""
        stock = self.get(code)
        told = {"name": name or stock["name"]}
        if price is not None:
            fields = price.fields()
            told |= {each: fields[each] for each in ("price", "price_at", "change", "rate", "volume", "stale_since")}
            told["sign"] = price.sign
        if code in self._stocks and told.items() <= stock.items():
            return False
        self._stocks[code] = stock | told
        return True

    def get(self, code: str) -> dict[str, Any]:
        """Return what is known of a stock."""
        return self._stocks.get(code, {"name": None})

    def of(self, codes: Iterable[str]) -> dict[str, Any]:
        """Return what is known of stocks."""
        return {code: self.get(code) for code in codes}

    @property
    def nameless(self) -> list[str]:
        """The stocks whose names are not known."""
        return [code for code, stock in self._stocks.items() if stock["name"] is None]

    def knows(self, code: str) -> bool:
        """Tell whether a stock was ever shown."""
        return code in self._stocks

    def keep(self, shown: Collection[str]) -> None:
        """Forget stocks that are shown nowhere, if there are many."""
        if len(self._stocks) > SPARE + 2 * len(shown):
            self._stocks = {code: stock for code, stock in self._stocks.items() if code in shown}
