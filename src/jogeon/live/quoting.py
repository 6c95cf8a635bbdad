"""The quotes of stocks that somebody named: the latest of each that he was not handed yet. No I/O, no clock."""

from collections.abc import Callable, Iterable

from jogeon.errors import JogeonError
from jogeon.live.holding import PriceRow
from jogeon.live.pricing import Pricing
from jogeon.prices import Quote
from jogeon.wire.messages import TradeRow


class Quoting:
    """Follows stocks; `on_news` is called when there is something to take."""

    def __init__(self, pricing: Pricing, codes: Iterable[str]) -> None:
        self._pricing = pricing
        self._codes = tuple(dict.fromkeys(codes))
        self._news: dict[str, None] = {}
        self.on_news: Callable[[], object] = lambda: None
        self.ended = False
        self.error: JogeonError | None = None

    def begin(self) -> None:
        """Follow; what is known already is news."""
        for code in self._codes:
            self._pricing.wish(code, self)
            if self._pricing.quote(code) is not None:
                self._note(code)

    def finish(self, error: JogeonError | None) -> None:
        """Note the end of the session."""
        self.ended, self.error = True, error
        self.on_news()

    def end(self) -> None:
        """Follow no more."""
        for code in self._codes:
            self._pricing.unwish(code, self)

    def priced(self, row: PriceRow, price: int | None, at_ns: int, asked: int) -> None:
        """Note that there is another quote, also one without a price."""
        del price, at_ns, asked
        self._note(row.item if isinstance(row, TradeRow) else row.code)

    def _note(self, code: str) -> None:
        self._news[code] = None
        self.on_news()

    def pop(self) -> list[Quote]:
        """Return the latest quote of each stock that has one not yet taken."""
        codes, self._news = self._news, {}
        quotes = (self._pricing.quote(code) for code in codes)
        return [quote for quote in quotes if quote is not None]
