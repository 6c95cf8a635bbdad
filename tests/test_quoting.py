"""The stocks that somebody named: the latest quote of each, once."""

from jogeon.errors import ConnectionLost
from jogeon.live.pricing import Pricing
from jogeon.live.quoting import Quoting
from jogeon.wire.messages import QuoteValues, TradeRow
from jogeon.wire.stocks import PricedStock

A, B = "00000A", "00000B"


def trade(code: str, price: str) -> TradeRow:
    return TradeRow(code, QuoteValues(price=price))


def test_the_latest_quote_of_each_is_taken_once() -> None:
    pricing, calls = Pricing(), []
    quoting = Quoting(pricing, [A, B, A])
    quoting.on_news = lambda: calls.append(1)
    quoting.begin()
    assert quoting.pop() == []
    pricing.traded([trade(A, "500"), trade(A, "510"), trade(B, "")], 5)
    assert [(quote.code, quote.price) for quote in quoting.pop()] == [(A, 510), (B, None)]
    assert calls
    assert quoting.pop() == []


def test_what_is_known_already_comes_at_once() -> None:
    pricing = Pricing()
    first = Quoting(pricing, [A])
    first.begin()
    assert pricing.ask(0.0) == (A,)
    pricing.answered([PricedStock(A, "가상", price=500)], 0.0, 5)
    second = Quoting(pricing, [A])
    second.begin()
    assert [quote.price for quote in second.pop()] == [500]


def test_an_answer_that_is_older_than_a_trade_is_no_news() -> None:
    pricing = Pricing()
    quoting = Quoting(pricing, [A])
    quoting.begin()
    assert pricing.ask(0.0) == (A,)
    pricing.traded([trade(A, "510")], 5)
    assert [quote.price for quote in quoting.pop()] == [510]
    pricing.answered([PricedStock(A, "가상", price=500)], 0.0, 6)
    assert quoting.pop() == []


def test_at_its_end_nothing_is_followed() -> None:
    pricing, error = Pricing(), ConnectionLost("broken off")
    quoting = Quoting(pricing, [A, B])
    quoting.begin()
    quoting.finish(error)
    assert (quoting.ended, quoting.error) == (True, error)
    quoting.end()
    assert not pricing.wanted
