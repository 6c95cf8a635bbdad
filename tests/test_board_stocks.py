"""What the board knows of stocks."""

from __future__ import annotations

from cli_conversation import NOON_NS, SURGE
from jogeon.board.stocks import SPARE, Stocks
from jogeon.prices import Price


def test_only_what_is_news_is_news() -> None:
    stocks = Stocks()
    assert stocks.learn("005930", None)
    assert not stocks.learn("005930", None)
    assert stocks.learn("005930", "가상전자")
    price = Price(SURGE, "005930", None, price=1_000, price_at_ns=NOON_NS, sign="limit-up")
    assert stocks.learn("005930", None, price)
    assert not stocks.learn("005930", None, price)
    assert stocks.get("005930")["name"] == "가상전자"
    assert stocks.get("005930")["sign"] == "limit-up"


def test_stocks_that_are_shown_nowhere_are_forgotten_once_there_are_many() -> None:
    stocks = Stocks()
    for number in range(SPARE + 3):
        stocks.learn(f"{number:06}", None)
    stocks.keep({"000000", "000001"})
    assert stocks.knows("000002")
    stocks.keep({"000000"})
    assert stocks.knows("000000")
    assert not stocks.knows("000002")
