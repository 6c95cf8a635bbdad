"""What a quote and a price say of themselves, as a user and as a pipe reads them."""

from datetime import datetime

import msgspec
import pytest

from jogeon.events import KST, Condition
from jogeon.prices import Price, Quote

AT = 1_795_305_600_123_456_000  # 2026-11-22T09:00:00.123456+09:00, a Sunday
RISE = Condition("4", "급등주")


def test_a_quote_is_a_line() -> None:
    quote = Quote(
        "005930", AT, "삼성전자", price=72_000, change=-500, rate=-0.69, volume=7, clock="090000", high=72_100
    )
    assert quote.fields() == {
        "event": "quote", "code": "005930", "name": "삼성전자", "time": "2026-11-22T09:00:00+09:00",
        "at": "2026-11-22T09:00:00.123456+09:00", "price": 72_000, "change": -500, "rate": -0.69, "ask": None,
        "bid": None, "quantity": None, "volume": 7, "value": None, "open": None, "high": 72_100, "low": None,
        "strength": None, "source": "trade", "stale_since": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("clock", "date", "time"),
    [
        ("153000", "20261120", datetime(2026, 11, 20, 15, 30, tzinfo=KST)),
        ("153000", "", datetime(2026, 11, 22, 15, 30, tzinfo=KST)),
        ("153000", "20269999", datetime(2026, 11, 22, 15, 30, tzinfo=KST)),
        ("", "20261120", None),
        ("998877", "20261120", None),
    ],
)
def test_the_last_trade_was_on_the_day_that_the_broker_names(clock: str, date: str, time: datetime | None) -> None:
    assert Quote("005930", AT, clock=clock, date=date).time == time


def test_a_price_is_a_line() -> None:
    price = Price(
        RISE, "005930", None, 50_000, AT, "quote", 51_000, AT + 10**9, 1_000, 2.0, 123, 52_000, 49_900, AT + 5 * 10**9
    )
    assert price.fields() == {
        "event": "price", "condition": {"seq": "4", "name": "급등주"}, "code": "005930", "name": None,
        "entry_price": 50_000, "entry_at": "2026-11-22T09:00:00.123456+09:00", "entry_source": "quote",
        "price": 51_000, "price_at": "2026-11-22T09:00:01.123456+09:00", "change": 1_000, "rate": 2.0, "volume": 123,
        "return": 2.0, "high": 52_000, "low": 49_900, "stale_since": "2026-11-22T09:00:05.123456+09:00",
    }  # fmt: skip
    assert (price.entry_at, price.price_at) < (price.price_at, price.stale_since)


@pytest.mark.parametrize("unknown", [{"entry_price": None}, {"price": None}, {"entry_price": 0}])
def test_there_is_no_return_without_both_prices(unknown: dict[str, int | None]) -> None:
    assert msgspec.structs.replace(Price(RISE, "005930", entry_price=100, price=90), **unknown).return_ is None
    assert Price(RISE, "005930", entry_price=100, price=90).return_ == pytest.approx(-10)
