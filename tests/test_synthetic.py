"""The market: its changes add up to its memberships, however time is sliced, and the default conditions are alive."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.simulator.market.companies import nxt_codes
from jogeon.simulator.market.expressions import FIELDS, ConditionRule, ExpressionError
from jogeon.simulator.market.hours import NXT, TradingHours
from jogeon.simulator.market.krx import daily_limits, rate
from jogeon.simulator.market.market import TRADE
from jogeon.simulator.market.synthetic import DEFAULT_CONDITIONS, SyntheticMarket

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jogeon.simulator.market.market import Change

DAY = 390 * 60
SHORT_DAY = 40
SHORT = TradingHours(stretches=((9 * 3600, 9 * 3600 + SHORT_DAY),), paces=((9 * 3600, 1.0),))
SURGING, LARGE, EMPTY, FLAPPING = "4", "2", "3", "6"


class Fold:
    """What someone who hears every change believes; a change that is impossible fails."""

    def __init__(self, market: SyntheticMarket) -> None:
        self.members = {condition.seq: dict.fromkeys(market.members(condition.seq)) for condition in market.conditions}

    def take(self, changes: Iterable[Change]) -> None:
        for change in changes:
            members = self.members[change.seq]
            assert (change.code in members) is (change.kind == "D"), change
            if change.kind == "I":
                members[change.code] = None
            else:
                del members[change.code]
            assert self.members[SURGING], change

    def agrees(self, market: SyntheticMarket) -> bool:
        return all(list(members) == market.members(seq) for seq, members in self.members.items())


@pytest.mark.parametrize("seed", [1, 2026])
def test_a_whole_day_and_the_next_opening(seed: int) -> None:
    market = SyntheticMarket(seed)
    fold = Fold(market)
    moved = Counter[str]()
    last_move = longest_rest = 0
    smallest = len(fold.members[LARGE])
    minutes = [0] * (DAY // 60 + 1)
    flaps = [0] * (DAY // 600 + 1)
    for second in range(1, DAY + 60):
        clock = market.clock
        changes = market.advance(1)
        fold.take(changes)
        moved.update(change.seq for change in changes)
        if any(change.seq == SURGING for change in changes):
            longest_rest = max(longest_rest, second - last_move)
            last_move = second
        smallest = min(smallest, len(fold.members[LARGE]))
        minutes[second // 60] += len(changes)
        flaps[second // 600] += sum(change.seq == FLAPPING for change in changes)
        assert {change.time for change in changes} <= {clock, market.clock}
    assert fold.agrees(market)
    assert market.now.isoformat() == "2026-03-03T09:00:59+09:00"
    assert longest_rest < 20
    assert moved[SURGING] > DAY / 5
    assert smallest > 100
    assert minutes[0] >= 5 * sum(minutes[180:240]) / 60
    assert 0.7 < sum(minutes[: DAY // 60]) / DAY < 1.4
    assert all(count >= 60 for count in flaps[: DAY // 600])
    assert moved[EMPTY] == 0
    assert moved[FLAPPING] > DAY / 5
    assert {condition.seq for condition in market.conditions} - set(moved) == {EMPTY}


@pytest.mark.parametrize("seed", range(20))
def test_it_opens_with_members_and_moves_at_once(seed: int) -> None:
    market = SyntheticMarket(seed)
    assert market.clock == "090000"
    assert market.members(SURGING)
    assert len(market.members(LARGE)) > 100
    assert market.members(EMPTY) == []
    for _ in range(6):
        assert any(change.seq == SURGING for change in market.advance(20))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_flapping_condition_is_entered_and_left_within_a_second(seed: int) -> None:
    market = SyntheticMarket(seed)
    entered: dict[str, float] = {}
    stays = []
    for tick in range(600):
        for change in market.advance(0.1):
            if change.seq == FLAPPING and change.kind == "I":
                entered[change.code] = tick
            elif change.seq == FLAPPING:
                stays.append(tick - entered.pop(change.code))
    assert len(stays) > 5
    assert sum(stay < 10 for stay in stays) >= len(stays) - 1  # two blocks in a row make one longer stay


def test_nxt_opens_at_eight_and_goes_on_until_eight() -> None:
    market = SyntheticMarket(1, hours=NXT, only=nxt_codes())
    krx = {condition.seq: set(SyntheticMarket(1).members(condition.seq)) for condition in market.conditions}
    assert market.clock == "080000"
    hours = Counter[str]()
    for _ in range(NXT.seconds // 300):
        changes = market.advance(300)
        hours.update(change.time[:2] for change in changes if change.seq == SURGING)
        assert {change.code for change in changes} <= nxt_codes()
    assert set(hours) == {f"{hour:02d}" for hour in range(8, 20)}
    assert hours["09"] > 2 * hours["18"]
    assert set(market.members(SURGING)) != krx[SURGING]


def test_the_default_conditions_are_what_the_design_promises() -> None:
    assert [condition.seq for condition in DEFAULT_CONDITIONS] == [str(seq) for seq in range(len(DEFAULT_CONDITIONS))]
    assert len({condition.name for condition in DEFAULT_CONDITIONS}) == len(DEFAULT_CONDITIONS) >= 8
    names = {condition.seq: condition.name for condition in SyntheticMarket().conditions}
    assert names[SURGING] == "급등주"
    assert "신고가 돌파" in names.values()


@cache
def ticks_of(seed: int) -> list[list[Change]]:
    market = SyntheticMarket(seed)
    return [market.advance(0.1) for _ in range(4 * SHORT_DAY)]


@given(st.lists(st.integers(0, 1_500), max_size=10))
def test_the_slicing_of_time_does_not_matter(milliseconds: list[int]) -> None:
    market = SyntheticMarket(5)
    changes = [change for each in milliseconds for change in market.advance(each / 1_000)]
    assert changes == [change for tick in ticks_of(5)[: sum(milliseconds) // 100] for change in tick]


def test_the_slicing_of_time_does_not_matter_over_days() -> None:
    whole, sliced = SyntheticMarket(5, hours=SHORT), SyntheticMarket(5, hours=SHORT)
    assert whole.advance(2.5 * SHORT_DAY) == [change for _ in range(50) for change in sliced.advance(SHORT_DAY / 20)]
    assert whole.now == sliced.now


def test_thirds_of_a_second_add_up() -> None:
    market = SyntheticMarket()
    for _ in range(3_000):
        market.advance(1 / 300)
    market.advance(1e-6)  # what a third loses in nanoseconds
    assert market.clock == "090010"


@pytest.mark.parametrize("seconds", [-0.1, float("nan"), float("inf")])
def test_time_goes_forward_only(seconds: float) -> None:
    with pytest.raises(ValueError, match="cannot advance"):
        SyntheticMarket().advance(seconds)


def test_a_seed_is_a_market() -> None:
    assert SyntheticMarket(3).advance(60) == SyntheticMarket(3).advance(60) != SyntheticMarket(4).advance(60)


def test_another_process_sees_the_same_market() -> None:
    program = "from jogeon.simulator.market.synthetic import SyntheticMarket; print(SyntheticMarket(3).advance(60))"
    answer = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program], capture_output=True, check=True, encoding="utf-8"
    )
    assert answer.stdout.strip() == repr(SyntheticMarket(3).advance(60))


def test_days_follow_one_another_without_a_night() -> None:
    market = SyntheticMarket(2, hours=SHORT)
    fold = Fold(market)
    fold.take(market.advance(SHORT_DAY - 0.1))
    closes = {code: market.prices(code).price for code in fold.members[LARGE]}
    opening = market.advance(0.1)
    assert market.now.isoformat() == "2026-03-03T09:00:00+09:00"
    assert len(opening) > 100
    assert {change.time for change in opening} == {"090000"}
    assert [change.kind for change in opening] == sorted((change.kind for change in opening), reverse=True)
    fold.take(opening)
    assert fold.agrees(market)
    for code, close in closes.items():
        row = market.prices(code)
        assert row.price - row.change == close
        assert row.open == row.high == row.low == row.price
    fold.take(market.advance(3 * SHORT_DAY))
    assert fold.agrees(market)
    assert market.now.isoformat() == "2026-03-06T09:00:00+09:00"


def test_rows_hold_together() -> None:
    market = SyntheticMarket(1)
    market.advance(1_200)
    signs = Counter[int]()
    for code in market._stocks:
        row = market.prices(code)
        close = row.price - row.change
        assert row.code == code
        assert row.name.startswith("가상")
        assert row.low <= min(row.open, row.price) <= max(row.open, row.price) <= row.high
        assert row.rate == rate(close, row.price)
        assert (row.sign in {1, 2}, row.sign == 3, row.sign in {4, 5}) == (
            row.change > 0,
            row.change == 0,
            row.change < 0,
        )
        assert (row.sign == 1) is (row.price == daily_limits(close).upper)
        assert (row.sign == 4) is (row.price == daily_limits(close).lower)
        signs[row.sign] += 1
    assert {1, 2, 3, 5} <= set(signs)  # 1 is at its upper limit from the opening on


def test_what_is_unknown_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        SyntheticMarket().members("99")
    with pytest.raises(KeyError):
        SyntheticMarket().prices("999999")


def own(*expressions: str) -> list[ConditionRule]:
    return [ConditionRule(seq=str(seq), name=f"내 조건 {seq}", expression=text) for seq, text in enumerate(expressions)]


def test_own_conditions_mean_what_the_rows_show() -> None:
    market = SyntheticMarket(1, own("등락율 >= 1 and 현재가 > 시가", "누적거래량 >= 100_000 or 저가 < 3_000"))
    market.advance(30)
    rows = {code: market.prices(code) for code in market._stocks}
    first = {code for code, row in rows.items() if row.rate >= 1_000 and row.price > row.open}
    second = {code for code, row in rows.items() if row.volume >= 100_000 or row.low < 3_000}
    assert (set(market.members("0")), set(market.members("1"))) == (first, second)


def test_every_field_carries_its_own_value() -> None:
    market = SyntheticMarket(1)
    market.advance(60)
    stock = next(stock for stock in market._tape.stocks if stock.last and stock.change)
    values = (
        stock.price, stock.change, stock.rate / 1_000, stock.volume, stock.open, stock.high, stock.low,
        stock.previous_close, stock.previous_volume, stock.value, stock.last, stock.upper, stock.lower,
    )  # fmt: skip
    twin = SyntheticMarket(1, own(*(f"{name} == {value}" for name, value in zip(FIELDS, values, strict=True))))
    twin.advance(60)
    assert all(stock.code in twin.members(condition.seq) for condition in twin.conditions)


def test_the_same_market_whatever_is_asked_of_it() -> None:
    plain, asked = SyntheticMarket(1), SyntheticMarket(1, own("체결량 >= 20_000"))
    asked.renumber(9)
    flaps = [(change.code, change.kind, change.time) for change in plain.advance(60) if change.seq == FLAPPING]
    assert flaps == [(change.code, change.kind, change.time) for change in asked.advance(60)]


def test_wrong_conditions_are_refused() -> None:
    with pytest.raises(ExpressionError):
        SyntheticMarket(1, own("등락율"))
    with pytest.raises(ValueError, match="same seq"):
        SyntheticMarket(1, own("현재가 > 1") * 2)


def test_a_market_without_conditions_just_trades() -> None:
    market = SyntheticMarket(1, [])
    assert market.advance(10) == []
    assert market.conditions == []


@given(st.integers(), st.integers(2, 12))
def test_a_renumbering_moves_every_seq_and_no_member(seed: int, count: int) -> None:
    market = renumbered_market(count)
    before = {condition.name: (condition.seq, market.members(condition.seq)) for condition in market.conditions}
    market.renumber(seed)
    after = {condition.name: (condition.seq, market.members(condition.seq)) for condition in market.conditions}
    assert {seq for seq, _ in after.values()} == {seq for seq, _ in before.values()}
    assert all(after[name][0] != seq and after[name][1] == members for name, (seq, members) in before.items())


@cache
def renumbered_market(count: int) -> SyntheticMarket:
    return SyntheticMarket(1, own(*(f"등락율 >= {level}" for level in range(count))))


def test_changes_after_a_renumbering_carry_the_seqs_of_now() -> None:
    plain, renumbered = SyntheticMarket(1), SyntheticMarket(1)
    renumbered.renumber(4)
    seqs = {condition.name: condition.seq for condition in renumbered.conditions}
    expected = [(seqs[change.name], change.name, change.code, change.kind) for change in plain.advance(60)]
    assert [(each.seq, each.name, each.code, each.kind) for each in renumbered.advance(60)] == expected
    assert [int(condition.seq) for condition in renumbered.conditions] == list(range(len(seqs)))


def test_a_single_condition_keeps_its_seq() -> None:
    market = SyntheticMarket(1, own("현재가 > 1"))
    market.renumber(1)
    assert [condition.seq for condition in market.conditions] == ["0"]


# ---------------------------------------------------------------- trades


def trades(market: SyntheticMarket) -> list[tuple[str, int, int, str]]:
    """Return what the last `advance` traded: code, price, quantity, time."""
    rows, clocks = market.traded.rows, market.traded.clocks
    found, clock = [], ""
    for number in range(len(rows) // TRADE):
        clock = clocks.get(number, clock)
        index, price, quantity = rows[number * TRADE : number * TRADE + TRADE]
        found.append((market.codes[index], price, quantity, clock))
    return found


def test_trades_are_a_function_of_the_seed_and_market_time() -> None:
    whole, sliced = SyntheticMarket(1), SyntheticMarket(1)
    opening = trades(whole)
    assert opening == trades(sliced)
    assert [code for code, *_ in opening] == whole.codes
    assert {clock for *_, clock in opening} == {"090000"}
    whole.advance(90)
    parts = []
    for _ in range(225):
        sliced.advance(0.4)
        parts += trades(sliced)
    assert trades(whole) == parts
    assert {clock for *_, clock in parts} >= {"090000", "090001", "090100", "090129"}


def test_trades_make_the_price_volume_high_and_low_that_a_search_shows() -> None:
    market = SyntheticMarket(1)
    told = trades(market)
    market.advance(300)
    told += trades(market)
    of_code: dict[str, list[tuple[int, int]]] = {code: [] for code in market.codes}
    for code, price, quantity, _ in told:
        of_code[code].append((price, abs(quantity)))
    for code, mine in of_code.items():
        now = market.prices(code)
        prices = [price for price, _ in mine]
        assert (now.open, now.high, now.low, now.price) == (prices[0], max(prices), min(prices), prices[-1])
        assert now.volume == sum(quantity for _, quantity in mine)
        assert now.value == sum(price * quantity for price, quantity in mine)


def test_the_opening_auction_of_each_day_is_a_trade_of_every_stock() -> None:
    market = SyntheticMarket(1, hours=SHORT)
    market.advance(SHORT_DAY - 0.1)
    market.advance(0.1)
    assert market.clock == "090000"
    assert [(code, price) for code, price, *_ in trades(market)] == [
        (code, market.prices(code).open) for code in market.codes
    ]
    assert all(quantity for _, _, quantity, _ in trades(market))


def test_of_who_is_followed_each_trade_is_told_and_nothing_else_changes() -> None:
    market, alone = SyntheticMarket(1), SyntheticMarket(1)
    followed = market.codes[:200]
    for code in [*followed, "nobody"]:
        market.follow(code, on=True)
    assert market.advance(60) == alone.advance(60)
    told = [(each.code, each.price, each.quantity, each.clock) for each in market.quotes]
    assert told == [trade for trade in trades(market) if trade[0] in followed]
    assert len(told) > 100
    assert alone.quotes == []
    market.follow(followed[0], on=False)
    market.advance(600)
    assert {each.code for each in market.quotes} == {code for code, *_ in trades(market)} & set(followed[1:])
