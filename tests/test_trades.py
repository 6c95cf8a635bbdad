"""The log of trades: numbered, bounded, written in pieces."""

from __future__ import annotations

import json
from itertools import islice

from jogeon.simulator.market.market import Traded
from jogeon.simulator.serving.trades import SLICE, TradeLog

CODES = ["005930", "0000D0"]
NOON_NS = 1_795_323_600_123_456_789


def rows(count: int, first: int = 0) -> list[int]:
    return [number for each in range(first, first + count) for number in (each % 2, 1_000 + each, each or -5)]


def test_trades_are_numbered_from_one_with_their_times() -> None:
    log = TradeLog(CODES)
    assert (log.first, log.last, log.since(0)) == (1, 0, [])
    log.add(Traded(rows(3), {0: "090000", 2: "090001"}), NOON_NS)
    log.add(Traded([], {0: "090002"}), NOON_NS)
    log.add(Traded(rows(1), {0: "090003"}), NOON_NS + 10**9)
    first, *rest = log.since(0)
    assert first == {
        "n": 1, "code": "005930", "price": 1_000, "quantity": -5, "time": "090000",
        "at": "2026-11-22T14:00:00.123456+09:00",
    }  # fmt: skip
    assert [(each["n"], each["code"], each["time"], each["at"][17:19]) for each in rest] == [
        (2, "0000D0", "090000", "00"), (3, "005930", "090001", "00"), (4, "005930", "090003", "01"),
    ]  # fmt: skip


def test_a_second_without_a_trade_leaves_nothing() -> None:
    log = TradeLog(CODES)
    log.add(Traded(rows(2), {0: "090000", 1: "090002", 2: "090003"}), 0)
    log.add(Traded(rows(1), {0: "090003"}), 0)
    assert [each["time"] for each in log.since(0)] == ["090000", "090002", "090003"]


def test_a_part_of_them() -> None:
    log = TradeLog(CODES)
    log.add(Traded(rows(10), {0: "090000"}), 0)
    assert [each["n"] for each in log.since(4, 3)] == [5, 6, 7]
    assert [each["n"] for each in log.since(8)] == [9, 10]
    assert log.since(10) == log.since(10**18) == log.since(0, 0) == []


def test_the_oldest_are_forgotten_in_blocks_and_at_least_as_many_as_promised_stay() -> None:
    log = TradeLog(CODES, kept=100, block=30)
    for begin in range(0, 1_000, 7):
        log.add(Traded(rows(7, begin), {0: f"{begin:06d}", 3: f"{begin + 3:06d}"}), begin)
        assert log.last == begin + 7
        assert log.first == 1 or 100 <= log.last - log.first + 1 < 100 + 30 + 7
    found = log.since(0)
    assert [each["n"] for each in found] == list(range(log.first, log.last + 1))
    assert all(each["price"] == 999 + each["n"] for each in found)
    assert all(0 <= each["n"] - 1 - int(each["time"]) < 4 for each in found)
    assert [each["n"] for each in log.since(log.first + 40, 3)] == [log.first + 41, log.first + 42, log.first + 43]


def test_pieces_are_one_list_in_order_though_more_comes_between_them() -> None:
    log = TradeLog(CODES, kept=5 * SLICE, block=SLICE)
    log.add(Traded(rows(3 * SLICE), {0: "090000"}), 0)
    pieces = log.slices(0)
    text = next(pieces)
    log.add(Traded(rows(SLICE), {0: "090001"}), 0)
    text += b"".join(pieces)
    assert [each["n"] for each in json.loads(text)] == list(range(1, 3 * SLICE + 1))
    assert b"".join(log.slices(log.last)) == b"[]"


def test_what_is_forgotten_while_it_is_written_is_left_out() -> None:
    log = TradeLog(CODES, kept=2 * SLICE, block=SLICE)
    log.add(Traded(rows(SLICE), {0: "090000"}), 0)
    log.add(Traded(rows(SLICE), {0: "090000"}), 0)
    pieces = log.slices(0)
    text = b"".join(islice(pieces, 1))
    for _ in range(2):
        log.add(Traded(rows(SLICE), {0: "090001"}), 0)
    text += b"".join(pieces)
    numbers = [each["n"] for each in json.loads(text)]
    assert numbers == sorted(set(numbers))
    assert numbers[:SLICE] == list(range(1, SLICE + 1))
    assert all(number >= log.first for number in numbers[SLICE:])


def test_a_million_trades_are_a_few_megabytes() -> None:
    log = TradeLog(CODES)
    some = Traded(rows(10_000), {0: "090000"})
    for _ in range(130):
        log.add(some, 0)
    assert 1_000_000 <= log.last - log.first + 1 <= 1_100_000
    assert sum(block.rows.buffer_info()[1] * block.rows.itemsize for block in log._blocks) < 16 * 2**20
