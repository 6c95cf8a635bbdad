"""The prices of a watch: who is in, and what its consumer is told, each state once and the latest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.events import Condition, Enter, Gap, Leave, Snapshot
from jogeon.live.ledger import MOST_NEWS, PACE, SECOND_NS, Ledger
from jogeon.live.pricing import ENTRY_PATIENCE, Pricing
from jogeon.wire.messages import QuoteValues, TradeRow

if TYPE_CHECKING:
    from jogeon.prices import Price

RISE, HIGH = Condition("0", "급등주"), Condition("4", "신고가 돌파")
A, B, C = "00000A", "00000B", "00000C"


class Table:
    """A ledger that follows, and what it is told."""

    def __init__(self) -> None:
        self.pricing = Pricing()
        self.ledger = Ledger(self.pricing)
        self.calls = 0
        self.ledger.on_news = self.called

    def called(self) -> None:
        self.calls += 1

    def trades(self, code: str, price: int, at_ns: int = 5) -> None:
        self.pricing.traded([TradeRow(code, QuoteValues(price=str(price)))], at_ns)

    def takes(self, now: float) -> list[tuple[str, int | None, str | None, int | None]]:
        return [short(price) for price in self.ledger.pop(now)]


def short(price: Price) -> tuple[str, int | None, str | None, int | None]:
    return (price.code, price.entry_price, price.entry_source, price.price)


def test_an_entry_is_told_with_its_price_and_never_before_it() -> None:
    table = Table()
    table.ledger.put(Enter(1, RISE, A))
    assert (table.takes(0.0), table.ledger.next_due()) == ([], None)
    assert [short(price) for price in table.ledger.prices(RISE).values()] == [(A, None, None, None)]
    table.trades(A, 500)
    assert table.takes(0.0) == [(A, 500, "trade", 500)]
    assert table.takes(9.0) == []


def test_one_member_is_told_once_a_second_and_the_latest_wins() -> None:
    table = Table()
    table.ledger.put_all([Enter(1, RISE, A), Enter(1, RISE, B)])
    table.trades(A, 500)
    assert table.takes(0.0) == [(A, 500, "trade", 500)]
    table.trades(A, 510)
    table.trades(A, 520)
    table.trades(B, 7)
    assert table.takes(0.5) == [(B, 7, "trade", 7)]
    assert table.ledger.next_due() == PACE
    assert table.takes(PACE) == [(A, 500, "trade", 520)]
    assert table.ledger.next_due() is None


def test_each_condition_has_prices_of_its_own() -> None:
    table = Table()
    table.ledger.put(Enter(1, RISE, A))
    table.trades(A, 500)
    table.ledger.put(Enter(2, HIGH, A))
    table.trades(A, 510)
    told = {(price.condition, price.entry_price, price.price) for price in table.ledger.pop(0.0)}
    assert told == {(RISE, 500, 510), (HIGH, 510, 510)}


def test_its_reader_is_called_once_for_news_that_wait() -> None:
    table = Table()
    table.ledger.put(Enter(1, RISE, A))
    for price in (500, 510, 520):
        table.trades(A, price)
    assert table.calls == 1


def test_who_left_is_told_its_entry_and_then_no_more() -> None:
    table = Table()
    table.ledger.put_all([Enter(1, RISE, A), Enter(1, RISE, B), Leave(2, RISE, A)])
    assert list(table.ledger.prices(RISE)) == [B]
    table.trades(A, 500)
    table.trades(B, 7)
    assert table.takes(0.0) == [(A, 500, "trade", 500), (B, 7, "trade", 7)]
    table.trades(A, 510)
    table.trades(B, 8)
    table.ledger.put(Leave(3, RISE, B))
    assert table.takes(5.0) == []


def test_an_entry_whose_price_came_too_late_is_told_without() -> None:
    table = Table()
    table.ledger.put(Enter(1, RISE, A))
    table.pricing.tick(0.0, 0)
    table.pricing.tick(ENTRY_PATIENCE, 0)
    assert table.takes(0.0) == [(A, None, None, None)]
    table.trades(A, 500)
    assert table.takes(5.0) == [(A, None, None, 500)]


def test_a_second_stay_has_another_entry() -> None:
    table = Table()
    for price in (500, 600):
        table.ledger.put(Enter(1, RISE, A))
        table.trades(A, price)
        table.ledger.put(Leave(2, RISE, A))
    assert table.takes(0.0) == [(A, 500, "trade", 500)]
    assert table.takes(PACE) == [(A, 600, "trade", 600)]


def test_a_snapshot_shows_who_was_in_before_and_who_has_left() -> None:
    table = Table()
    table.ledger.put_block([Snapshot(1, RISE, (A, B))])
    table.ledger.put_block([
        Gap(RISE, 2, 5, "connection lost"), Enter(5, RISE, C, origin="recovered", since_ns=2, until_ns=5),
        Snapshot(5, RISE, (B, C)),
    ])  # fmt: skip
    for code in (A, B, C):
        table.trades(code, 500)
    assert table.takes(0.0) == [(B, 500, "snapshot", 500), (C, 500, "trade", 500)]


def test_a_condition_under_another_seq_goes_on() -> None:
    table, moved = Table(), Condition("7", "급등주")
    table.ledger.put(Enter(1, RISE, A))
    table.trades(A, 500)
    assert len(table.ledger.pop(0.0)) == 1
    table.ledger.renumbered(RISE, moved)
    table.trades(A, 510)
    assert table.takes(0.5) == [], "told half a second ago"
    [price] = table.ledger.pop(1.0)
    assert (price.condition, price.entry_price) == (moved, 500)
    assert list(table.ledger.prices(moved)) == [A]
    table.ledger.put(Leave(1, moved, A))
    assert table.ledger.prices(moved) == {}


def test_at_its_end_nothing_is_followed() -> None:
    table = Table()
    table.ledger.put_all([Enter(1, RISE, A), Enter(1, HIGH, B)])
    for code in (A, B):
        table.trades(code, 500)
    table.ledger.end()
    assert len(table.ledger.pop(0.0)) == 2, "entries are told"
    assert not table.pricing.wanted


def test_what_was_told_long_ago_is_forgotten() -> None:
    table = Table()
    for number in range(3000):
        code = f"{number:06d}"
        table.ledger.put(Enter(1, RISE, code))
        table.trades(code, 5)
        table.ledger.pop(float(number))
        table.ledger.put(Leave(1, RISE, code))
    assert len(table.ledger._told) <= 1001


def test_news_that_nobody_reads_take_no_more_room_than_there_is() -> None:
    table = Table()
    for number in range(MOST_NEWS + 100):
        code = f"{number:06d}"
        table.ledger.put(Enter(1, RISE, code))
        table.trades(code, 5)
        table.ledger.put(Leave(1, RISE, code))
    table.pricing.tick(0.0, 0)
    assert len(table.ledger._news) == MOST_NEWS
    assert table.ledger._kept == {}


def test_what_is_kept_is_each_entry_and_one_quote_a_second() -> None:
    table, kept = Table(), list[tuple[str, int | None, str | None]]()
    table.ledger.keep = lambda quote, entry: kept.append((quote.code, quote.price, entry))
    table.ledger.put_block([Snapshot(1, RISE, (A,))])
    table.trades(A, 500, 7 * SECOND_NS)
    table.trades(A, 510, 7 * SECOND_NS + 5)
    table.ledger.put(Enter(1, HIGH, A))
    table.trades(A, 520, 7 * SECOND_NS + 6)
    table.trades(A, 530, 8 * SECOND_NS)
    table.trades(A, 540, 8 * SECOND_NS + 1)
    assert kept == [(A, 500, "snapshot"), (A, 520, "trade"), (A, 530, None)]


def test_an_entry_without_a_price_is_not_kept_as_one() -> None:
    table, kept = Table(), list[tuple[int | None, str | None]]()
    table.ledger.keep = lambda quote, entry: kept.append((quote.price, entry))
    table.ledger.put(Enter(1, RISE, A))
    table.pricing.tick(0.0, 0)
    table.pricing.tick(ENTRY_PATIENCE, 0)
    table.trades(A, 500)
    assert kept == [(500, None)]
