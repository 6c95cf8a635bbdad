"""A stay of a stock in a condition: which price is that of its entry, and the highest and lowest since."""

import pytest

from jogeon.events import Condition
from jogeon.live.holding import FIRST_SEEN, TRADED, Holding
from jogeon.wire.messages import QuoteValues, TradeRow
from jogeon.wire.stocks import PricedStock

RISE = Condition("4", "급등주")
CODE = "005930"


def held(*, first_seen: bool = False, number: int = 5) -> Holding:
    holding = Holding(RISE, CODE, first_seen=first_seen)
    holding.number = number
    return holding


def asked(price: int | None, high: int | None = None, low: int | None = None) -> PricedStock:
    return PricedStock(CODE, "삼성전자", price=price, high=high, low=low)


def trade(price: str) -> TradeRow:
    return TradeRow(CODE, QuoteValues(price=price, high="900", low="100"))


def entry(holding: Holding) -> tuple[object, ...]:
    return (holding.entry_price, holding.entry_at_ns, holding.entry_source)


def test_the_first_answer_to_a_question_after_the_entry_is_its_price() -> None:
    holding = held(number=5)
    holding.priced(asked(500), 500, 100, 4)
    assert not holding.settled, "asked for before it entered"
    holding.priced(asked(None), None, 150, 6)
    assert not holding.settled, "no price"
    holding.priced(asked(510), 510, 200, 6)
    holding.priced(asked(520), 520, 300, 7)
    assert entry(holding) == (510, 200, "quote")
    assert (holding.low, holding.high) == (510, 520)


def test_a_trade_is_newer_than_every_question() -> None:
    holding = held()
    holding.priced(trade("+500"), 500, 100, TRADED)
    assert entry(holding) == (500, 100, "trade")


def test_an_answer_to_a_question_from_before_the_entry_is_no_price_of_the_stay() -> None:
    holding = held(number=5)
    holding.priced(trade("+500"), 500, 100, TRADED)
    holding.priced(asked(700, high=800, low=90), 700, 200, 4)
    assert (holding.low, holding.price, holding.price_at_ns, holding.high) == (500, 500, 100, 500)
    holding.priced(asked(510, high=900, low=100), 510, 300, 6)
    assert (holding.low, holding.high) == (500, 510), "high and low of the day are what they were at the entry"


@pytest.mark.parametrize("number", [1, 9])
def test_of_a_stock_that_was_in_before_any_price_will_do_and_says_so(number: int) -> None:
    holding = held(first_seen=True, number=number)
    holding.priced(asked(500), 500, 100, 5)
    assert entry(holding) == (500, 100, "snapshot")


def test_an_entry_that_is_given_up_stays_without_a_price() -> None:
    holding = held()
    noted: list[Holding] = []
    holding.on_priced = noted.append
    holding.give_up()
    holding.priced(asked(500), 500, 100, 6)
    assert entry(holding) == (None, None, None)
    assert (holding.low, holding.high, noted) == (500, 500, [holding, holding])


def test_a_high_of_the_day_that_was_not_there_at_entry_is_one_since_entry() -> None:
    holding = held()
    holding.priced(asked(500, 600, 400), 500, 100, 6)
    holding.priced(asked(510, 600, 400), 510, 200, 7)
    assert (holding.low, holding.high) == (500, 510)
    holding.priced(asked(505, 650, 390), 505, 300, 8)
    assert (holding.low, holding.high) == (390, 650), "traded between two questions"


def test_the_high_of_another_day_is_one_since_entry_too() -> None:
    holding = held()
    holding.priced(asked(500, 600, 400), 500, 100, 6)
    holding.priced(asked(510, 540, 505), 510, 200, 7)
    assert (holding.low, holding.high) == (500, 540)


def test_newest_entries_rank_before_who_was_in_at_first() -> None:
    assert held(number=2).rank > held(number=1).rank > held(first_seen=True, number=FIRST_SEEN - 1).rank
    assert held(first_seen=True, number=9).rank > held(first_seen=True, number=8).rank
