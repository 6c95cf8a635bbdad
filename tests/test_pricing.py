"""The book of prices: who is told what, who deserves a slot, whose entry is given up, and what is stale."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jogeon.errors import ConnectionLost
from jogeon.events import Condition
from jogeon.live.holding import Holding, PriceRow
from jogeon.live.pricing import ENTRY_PATIENCE, MOST_PENDING, Pricing
from jogeon.live.turns import OLD
from jogeon.wire.messages import Acknowledged, QuoteValues, RegisterQuotes, RemoveQuotes, TradeRow
from jogeon.wire.stocks import PricedStock

RISE, HIGH = Condition("0", "급등주"), Condition("4", "신고가 돌파")
A, B, C = "00000A", "00000B", "00000C"
LOST = ConnectionLost("broken off")
SECOND_NS = 1_000_000_000


class Ear:
    """Somebody who named a stock."""

    def __init__(self) -> None:
        self.heard: list[int | None] = []

    def priced(self, row: PriceRow, price: int | None, at_ns: int, asked: int) -> None:
        del row, at_ns, asked
        self.heard.append(price)


def trade(code: str, price: int) -> TradeRow:
    return TradeRow(code, QuoteValues(price=f"+{price}", volume="7"))


def stock(code: str, price: int) -> PricedStock:
    return PricedStock(code, f"회사 {code}", price=price, volume=5)


def entered(pricing: Pricing, code: str, condition: Condition = RISE, *, first_seen: bool = False) -> Holding:
    holding = Holding(condition, code, first_seen=first_seen)
    pricing.enter(holding)
    return holding


def connected(pricing: Pricing, now: float = 0.0) -> None:
    """Connect, and register what there is."""
    pricing.slots.connected()
    register(pricing, now)


def register(pricing: Pricing, now: float) -> None:
    request = pricing.slots.next_request(now, 0, ())
    if request is not None:
        pricing.slots.answered(request, Acknowledged(), now, 0)


# ---------------------------------------------------------------- who deserves a slot


def test_what_was_named_goes_first_then_the_newest_entries_then_who_was_in_at_first() -> None:
    pricing = Pricing()
    for code in ("1", "2"):
        entered(pricing, code, first_seen=True)
    for code in ("3", "4"):
        entered(pricing, code)
    pricing.wish("5", Ear())
    pricing.wish("1", Ear())
    entered(pricing, "6", HIGH, first_seen=True)
    assert list(pricing.ranking(9)) == ["5", "1", "4", "3", "6", "2"]
    assert list(pricing.ranking(3)) == ["5", "1", "4"]


def test_a_member_ranks_by_the_newest_entry_that_lasts() -> None:
    pricing = Pricing()
    entered(pricing, A)
    entered(pricing, B)
    again = entered(pricing, A, HIGH)
    assert list(pricing.ranking(9)) == [A, B]
    pricing.leave(again)
    assert list(pricing.ranking(9)) == [B, A]


# ---------------------------------------------------------------- prices and who follows


def test_a_stock_that_nobody_follows_is_forgotten() -> None:
    pricing, ear = Pricing(), Ear()
    pricing.traded([trade(A, 500)], 1)
    assert pricing.quote(A) is None
    pricing.wish(A, ear)
    assert pricing.wanted
    pricing.traded([trade(A, 500), trade(B, 1)], 2)
    quote = pricing.quote(A)
    assert quote is not None
    assert (quote.price, quote.at_ns, quote.volume, quote.source, quote.name) == (500, 2, 7, "trade", None)
    assert ear.heard == [500]
    pricing.unwish(A, ear)
    assert (pricing.wanted, pricing.quote(A), list(pricing.ranking(9))) == (False, None, [])


def test_a_wish_of_two_lasts_until_both_have_taken_it_back() -> None:
    pricing, one, two = Pricing(), Ear(), Ear()
    pricing.wish(A, one)
    pricing.wish(A, two)
    pricing.unwish(A, one)
    assert list(pricing.ranking(9)) == [A]
    pricing.traded([trade(A, 500)], 1)
    assert (one.heard, two.heard) == ([], [500])


def test_the_name_is_the_one_that_is_known_else_the_answers_own() -> None:
    pricing = Pricing({B: "나"}.get)
    for code in (A, B):
        pricing.wish(code, Ear())
    assert pricing.ask(0.0) == (A, B)
    pricing.answered([stock(A, 500), stock(B, 600)], 0.0, 9)
    quotes = [pricing.quote(code) for code in (A, B)]
    assert [quote and (quote.name, quote.price, quote.source) for quote in quotes] == [
        ("회사 00000A", 500, "quote"), ("나", 600, "quote")]  # fmt: skip


def test_who_named_a_stock_that_the_broker_does_not_know_is_told_once() -> None:
    pricing, ear = Pricing(), Ear()
    pricing.wish(A, ear)
    pricing.wish(B, ear)
    pricing.follow(C, ear)
    for now in (0.0, 100.0):
        pricing.tick(now, 0)
        pricing.ask(now)
        pricing.answered([stock(A, 70)], now, 5)
    assert ear.heard == [70, None, 70]
    assert pricing.quote(B) is not None
    assert pricing.quote(C) is None


def test_a_trade_that_came_while_the_answer_was_on_its_way_is_newer() -> None:
    pricing = Pricing()
    pricing.wish(A, Ear())
    assert pricing.ask(0.0) == (A,)
    pricing.traded([trade(A, 510)], 5)
    pricing.answered([stock(A, 500)], 0.0, 6)
    quote = pricing.quote(A)
    assert quote is not None
    assert (quote.price, quote.at_ns) == (510, 5)


# ---------------------------------------------------------------- entries


def test_an_entry_gets_the_price_that_was_asked_for_after_it() -> None:
    pricing = Pricing()
    first = entered(pricing, A)
    assert pricing.ask(0.0) == (A,)
    second = entered(pricing, A, HIGH)
    pricing.answered([stock(A, 500)], 0.0, 7)
    assert (first.entry_price, second.entry_price) == (500, None)
    assert pricing.ask(1.0) == (A,)
    pricing.answered([stock(A, 510)], 0.0, 8)
    assert (second.entry_price, second.entry_at_ns) == (510, 8)
    price = pricing.price(first)
    assert (price.entry_price, price.price, price.price_at_ns) == (500, 510, 8)
    assert price.return_ == pytest.approx(2.0)


def test_an_entry_that_was_traded_need_not_be_asked_for() -> None:
    pricing = Pricing()
    for code in (A, B, C):
        entered(pricing, code)
    pricing.traded([trade(A, 500), TradeRow(B, QuoteValues(volume="7"))], 1)
    assert pricing.ask(0.0) == (B, C)


def test_an_entry_without_a_price_is_given_up_after_a_while_also_if_the_stock_left() -> None:
    pricing = Pricing()
    stays, leaves = entered(pricing, A), entered(pricing, B)
    pricing.leave(leaves)
    pricing.tick(100.0, 0)
    pricing.tick(100.0 + ENTRY_PATIENCE - 0.1, 0)
    assert not stays.settled
    pricing.tick(100.0 + ENTRY_PATIENCE, 0)
    assert (stays.settled, leaves.settled, stays.entry_price) == (True, True, None)
    pricing.traded([trade(B, 5)], 1)
    assert pricing.quote(B) is None, "nobody follows it"


def test_of_a_flood_of_entries_the_first_go_without_a_price() -> None:
    """Whoever stays is followed all the same."""
    pricing = Pricing()
    first, second, *others = (entered(pricing, A) for _ in range(MOST_PENDING))
    pricing.leave(first)
    assert not first.settled
    entered(pricing, B)
    entered(pricing, B)
    assert (first.settled, second.settled, others[0].settled, second.entry_price) == (True, True, False, None)
    pricing.traded([trade(A, 500)], 3)
    assert (first.price, second.price, others[0].entry_price) == (None, 500, 500)


def test_many_short_stays_of_one_stock_are_given_up_in_no_time() -> None:
    """Nothing is served while that goes on: a look through all of them for each would take minutes."""
    pricing = Pricing()
    for _ in range(MOST_PENDING):
        pricing.leave(entered(pricing, A))
    pricing.tick(0.0, 0)
    began = time.process_time()
    pricing.tick(ENTRY_PATIENCE, 0)
    assert time.process_time() - began < 0.5
    assert not pricing.wanted


def test_who_was_in_at_first_waits_as_long_as_it_takes_and_takes_what_is_known() -> None:
    pricing = Pricing()
    waits = entered(pricing, A, first_seen=True)
    pricing.tick(0.0, 0)
    pricing.tick(10 * ENTRY_PATIENCE, 0)
    assert not waits.settled
    pricing.traded([trade(A, 500)], 3)
    other = entered(pricing, A, HIGH, first_seen=True)
    assert [(each.entry_price, each.entry_at_ns, each.entry_source) for each in (waits, other)] == [
        (500, 3, "snapshot"), (500, 3, "snapshot")]  # fmt: skip
    assert entered(pricing, A, Condition("9", "새 조건")).entry_price is None


def test_a_stock_that_left_is_told_its_entry_price_and_followed_no_longer() -> None:
    pricing = Pricing()
    holding = entered(pricing, A)
    pricing.leave(holding)
    assert list(pricing.ranking(9)) == []
    assert pricing.ask(0.0) == (A,)
    pricing.answered([stock(A, 500)], 0.0, 7)
    assert holding.entry_price == 500
    pricing.tick(1.0, 0)
    assert pricing.quote(A) is None


# ---------------------------------------------------------------- slots and turns


def test_members_without_a_slot_are_asked_for_in_turn() -> None:
    pricing = Pricing(limit=1)
    for code in (A, B, C):
        entered(pricing, code, first_seen=True)
    connected(pricing)
    assert pricing.slots.registered == {C}
    pricing.tick(0.0, 0)
    assert pricing.ask(0.0) == (A, B, C)
    pricing.answered([stock(code, 5) for code in (A, B, C)], 0.0, 1)
    pricing.tick(10.0, 0)
    assert pricing.ask(10.0) == (A, B)


# ---------------------------------------------------------------- a lost connection


def test_a_stock_with_a_slot_takes_turns_too_while_it_is_not_traded() -> None:
    pricing = Pricing(limit=1)
    connected(pricing)
    entered(pricing, A)
    register(pricing, 0.0)
    assert pricing.slots.registered == {A}
    pricing.ask(0.0)
    pricing.answered([stock(A, 70)], 0.0, 0)
    asked = []
    for second in range(1, 30):
        pricing.tick(float(second), second * 10**9)
        asked += [second] * bool(pricing.ask(float(second)))
    assert asked[0] == 20


def test_a_stock_with_a_slot_that_the_answer_left_out_is_asked_for_again() -> None:
    pricing = Pricing()
    connected(pricing)
    entered(pricing, A, first_seen=True)
    register(pricing, 0.0)
    assert pricing.slots.registered == {A}
    pricing.tick(0.0, 0)
    assert pricing.ask(0.0) == (A,)
    pricing.answered([], 0.0, 0)
    asked = []
    for second in range(1, 12):
        pricing.tick(float(second), second * 10**9)
        if pricing.ask(float(second)):
            asked.append(second)
            pricing.answered([stock(A, 70)], float(second), second * 10**9)
    assert asked == [5]


@pytest.mark.parametrize("since", [0, 60], ids=["never", "no more"])
def test_a_stock_that_the_broker_does_not_know_does_not_keep_the_prices_of_the_others_old(since: int) -> None:
    """It refuses all that are asked for together with such a stock, and does not say which one that is."""
    pricing = Pricing(limit=0)
    codes = [f"{number:06d}" for number in range(120)]
    unknown = {codes[1], codes[60], codes[119]}
    for code in codes:
        entered(pricing, code, first_seen=True)
    priced: dict[str, list[int]] = {code: [] for code in codes}
    for second in range(180):
        pricing.tick(float(second), second * 10**9)
        asked = pricing.ask(float(second))
        if second < since or unknown.isdisjoint(asked):
            pricing.answered([stock(code, 500) for code in asked], float(second), second * 10**9)
            for code in asked:
                priced[code].append(second)
        else:
            pricing.refused(float(second), second * 10**9)
    assert all(known[-1] >= 174 for code, known in priced.items() if code not in unknown)


def test_who_named_a_stock_that_is_refused_alone_is_told_that_it_is_unknown() -> None:
    pricing, ear = Pricing(), Ear()
    pricing.wish(A, ear)
    assert pricing.ask(0.0) == (A,)
    pricing.refused(0.0, 0)
    assert ear.heard == [None]
    quote = pricing.quote(A)
    assert quote is not None
    assert quote.price is None


def test_what_was_pushed_is_stale_from_the_loss_on_until_another_price_comes() -> None:
    pricing = Pricing()
    pricing.wish(A, Ear())
    pricing.wish(B, Ear())
    connected(pricing)
    pricing.traded([trade(A, 500), trade(B, 600)], 10)
    pricing.slots.lost(20, LOST, "")
    connected(pricing, 5.0)
    assert pricing.slots.registered == {A, B}
    pricing.slots.lost(30, LOST, "")
    connected(pricing, 9.0)
    pricing.traded([trade(B, 610)], 40)
    quotes = [pricing.quote(code) for code in (A, B)]
    assert [quote and quote.stale_since_ns for quote in quotes] == [20, None]
    assert pricing.ask(9.0) == (A,), "not only the next trade ends it"
    pricing.answered([stock(A, 505)], 0.0, 50)
    quote = pricing.quote(A)
    assert quote is not None
    assert (quote.price, quote.stale_since_ns) == (505, None)


# ---------------------------------------------------------------- all together

CODES = [f"00000{letter}" for letter in "ABCDEFGH"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["enter", "leave", "trade", "ask", "answer", "register", "drop", "tick"]),
        st.sampled_from(CODES),
        st.integers(0, 1),
        st.floats(0.01, 4.0),
    ),
    max_size=60,
)


class Machine:
    """A pricing beside the market that it hears of; each step is a method."""

    def __init__(self) -> None:
        self.pricing, self.now = Pricing(limit=3), 0.0
        self.market = dict.fromkeys(CODES, 100)
        self.traded: dict[str, list[tuple[int, int]]] = {code: [(0, 100)] for code in CODES}
        """When each stock was traded, and at what price: each trade is one won higher."""
        self.stays: dict[tuple[Condition, str], tuple[Holding, float]] = {}
        self.every: list[tuple[Holding, int]] = []
        self.on_the_way: list[PricedStock] = []
        connected(self.pricing)

    @property
    def at_ns(self) -> int:
        return int(self.now * 1e9)

    def enter(self, condition: Condition, code: str) -> None:
        if (condition, code) not in self.stays:
            holding = entered(self.pricing, code, condition)
            self.stays[condition, code] = (holding, self.now)
            self.every.append((holding, self.at_ns))

    def leave(self, condition: Condition, code: str) -> None:
        if (condition, code) in self.stays:
            self.pricing.leave(self.stays.pop((condition, code))[0])

    def trade(self, _: Condition, code: str) -> None:
        self.market[code] += 1
        self.traded[code].append((self.at_ns, self.market[code]))
        if code in self.pricing.slots.registered:
            self.pricing.traded([trade(code, self.market[code])], self.at_ns)

    def ask(self, _: Condition, __: str) -> None:
        if not self.on_the_way:
            self.on_the_way = [stock(code, self.market[code]) for code in self.pricing.ask(self.now)]

    def answer(self, _: Condition, __: str) -> None:
        if self.on_the_way:
            self.pricing.answered(self.on_the_way, self.now, self.at_ns)
            self.on_the_way = []

    def register(self, _: Condition, __: str) -> None:
        register(self.pricing, self.now)

    def drop(self, _: Condition, __: str) -> None:
        self.pricing.slots.lost(self.at_ns, LOST, "")
        connected(self.pricing, self.now)

    def tick(self, _: Condition, __: str) -> None:
        """Let time pass, as each step does."""

    def check(self, holding: Holding, entered_ns: int) -> None:
        """Hold an entry price against the market: it was so after the entry, and is not of later than it says."""
        if holding.entry_price is None or holding.entry_at_ns is None:
            return
        traded = self.traded[holding.code]
        replaced = next((at for at, price in traded if price > holding.entry_price), holding.entry_at_ns)
        assert entered_ns <= min(replaced, holding.entry_at_ns)
        assert next(at for at, price in traded if price == holding.entry_price) <= holding.entry_at_ns


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_an_entry_price_is_one_that_was_so_after_the_entry(steps: list[tuple[str, str, int, float]]) -> None:
    machine = Machine()
    for step, code, which, seconds in steps:
        machine.now += seconds
        getattr(machine, step)((RISE, HIGH)[which], code)
        machine.pricing.tick(machine.now, 0)
    for holding, entered_ns in machine.every:
        machine.check(holding, entered_ns)
    for holding, at in machine.stays.values():
        assert holding.settled or machine.now - at < ENTRY_PATIENCE + 4.0
    assert set(machine.pricing.ranking(99)) == {code for _, code in machine.stays}


def test_a_storm_is_served_by_few_requests_of_many_stocks() -> None:
    """Forty entries a second, each leaves after twenty: a REG and a REMOVE a second will do."""
    pricing, now, sent = Pricing(limit=100), 0.0, {"REG": 0, "REMOVE": 0}
    stays: list[tuple[float, Holding]] = []
    pricing.slots.connected()
    server: set[str] = set()
    for tenth in range(600):
        now = tenth / 10
        stays += [(now, entered(pricing, f"{tenth:04d}{number:02d}")) for number in range(4)]
        while stays and now - stays[0][0] > 20:
            pricing.leave(stays.pop(0)[1])
        request = pricing.slots.next_request(now, 0, ())
        if request is not None:
            sent[request.trnm] += 1
            if isinstance(request, RemoveQuotes):
                server -= set(request.codes)
            elif isinstance(request, RegisterQuotes):
                server |= set(request.codes)
            assert len(server) <= 100
            pricing.slots.answered(request, Acknowledged(), now, 0)
        newest = [holding.code for at, holding in stays[-100:] if now - at >= 2.0]
        assert set(newest) <= server or tenth < 30
    assert max(sent.values()) <= 61


def test_a_price_of_a_connection_that_is_gone_is_nobodys_entry_price() -> None:
    pricing = Pricing()
    entered(pricing, A, first_seen=True)
    pricing.traded([trade(A, 500)], 3)
    pricing.lost(9)
    later = entered(pricing, A, HIGH, first_seen=True)
    assert not later.settled
    pricing.traded([trade(A, 600)], 12)
    assert (later.entry_price, later.entry_at_ns) == (600, 12)


def test_a_clock_that_was_set_back_keeps_no_stock_from_its_turn() -> None:
    pricing = Pricing()
    entered(pricing, A)
    pricing.traded([trade(A, 500)], 100 * SECOND_NS)
    pricing.tick(0.0, 50 * SECOND_NS)
    assert pricing.ask(OLD) == (A,)
