"""The log of trades: numbers without holes, at least as many as promised, and of the oldest no more than fit."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jogeon.simulator.market.market import Traded
from jogeon.simulator.serving import trades as module
from jogeon.simulator.serving.trades import TradeLog
from jogeon.simulator.serving.truth import moment

CODES = ("005930", "000660", "0000D0")
NINE_NS = 1_795_305_600_000_000_000  # 2026-11-22T09:00:00+09:00
SECOND_NS = 1_000_000_000


def batch(size: int, second: int) -> Traded:
    """Return trades of which the second half bears another time than the first."""
    rows = [number for place in range(size) for number in (place % len(CODES), 1_000 + place, -1 - place)]
    return Traded(rows, {0: f"09{second:04d}"} | ({size // 2: f"10{second:04d}"} if size > 1 else {}))


def rows_of(traded: Traded, first: int, at_ns: int) -> list[dict[str, object]]:
    """Return the trades as they are to be told."""
    told: list[dict[str, object]] = []
    for place in range(len(traded.rows) // 3):
        index, price, quantity = traded.rows[3 * place : 3 * place + 3]
        clock = traded.clocks[max(begin for begin in traded.clocks if begin <= place)]
        what = {"n": first + place, "code": CODES[index], "price": price, "quantity": quantity}
        told.append({**what, "time": clock, "at": moment(at_ns)})
    return told


@given(st.lists(st.integers(0, 7), max_size=20), st.integers(1, 12), st.integers(1, 6), st.integers(0, 9))
def test_what_is_kept_is_all_of_the_latest(sizes: list[int], kept: int, block: int, limit: int) -> None:
    log, every = TradeLog(CODES, kept=kept, block=block), list[dict[str, object]]()
    for second, size in enumerate(sizes):
        at_ns = NINE_NS + second * SECOND_NS
        traded = batch(size, second)
        every += rows_of(traded, len(every) + 1, at_ns)
        log.add(traded, at_ns)
        assert log.last == len(every)
        assert log.first <= max(1, log.last - kept + 1)
        assert log.last - log.first + 1 < kept + block + max(sizes)
        for after in (0, log.first, log.last - 1, log.last, log.last + 5):
            begin = max(after, log.first - 1)
            assert log.since(after) == every[begin:]
            assert log.since(after, limit) == every[begin : begin + limit]


def test_a_slow_reader_is_told_what_is_left_and_nothing_twice() -> None:
    log = TradeLog(CODES, kept=module.SLICE, block=module.SLICE)
    log.add(batch(2 * module.SLICE, 0), NINE_NS)
    pieces = log.slices(0)
    told = [next(pieces)]
    log.add(batch(2 * module.SLICE, 1), NINE_NS)
    log.add(batch(2 * module.SLICE, 2), NINE_NS)
    numbers = [row["n"] for row in msgspec.json.decode(b"".join([*told, *pieces]))]
    assert numbers[: module.SLICE] == list(range(1, module.SLICE + 1))
    assert numbers == sorted(set(numbers))
