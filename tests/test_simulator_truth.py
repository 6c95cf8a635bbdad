"""The log of what happened."""

from __future__ import annotations

import json
from itertools import islice

import pytest

from jogeon.simulator.market.market import Change
from jogeon.simulator.serving.truth import SLICE, Truth

ENTER = Change("4", "급등주", "005930", "I", "090001")
LEAVE = Change("4", "급등주", "005930", "D", "090002")


def test_changes_are_numbered_from_one_and_stamped() -> None:
    truth = Truth()
    assert truth.since(0) == []
    truth.add([ENTER], 1_795_323_600_123_456_789)
    truth.add([LEAVE, ENTER], 1_795_323_601_000_000_000)
    first, *rest = truth.since(0)
    assert first == {
        "n": 1, "seq": "4", "name": "급등주", "code": "005930", "kind": "I", "time": "090001",
        "at": "2026-11-22T14:00:00.123456+09:00",
    }  # fmt: skip
    assert [(each["n"], each["kind"], each["at"]) for each in rest] == [
        (2, "D", "2026-11-22T14:00:01.000000+09:00"),
        (3, "I", "2026-11-22T14:00:01.000000+09:00"),
    ]


def test_only_what_came_after() -> None:
    truth = Truth()
    truth.add([ENTER, LEAVE], 0)
    assert [each["n"] for each in truth.since(1)] == [2]
    assert truth.since(2) == truth.since(10**18) == []
    assert len(truth) == 2


def log(number: int, kept: int = 10, spare: int = 4) -> Truth:
    """Return a small ring into which so many changes went, each a second after the other."""
    truth = Truth(kept, spare)
    for n in range(number):
        truth.add([Change("4", "급등주", f"{n:06d}", "I", f"{n:06d}")], n * 10**9)
    return truth


def test_what_is_read_on_a_terminal_does_not_steer_it() -> None:
    truth = Truth()
    truth.add([Change("4", "급등\x9b2J\u202e주", "005930", "I", "090001")], 0)
    text = b"".join(truth.slices(0)).decode()
    assert text.isprintable()
    assert json.loads(text) == truth.since(0)


@pytest.mark.parametrize("number", [0, 1, 9, 10, 11, 13, 14, 15, 28, 100])
def test_the_oldest_are_forgotten(number: int) -> None:
    truth = log(number)
    kept = list(range(max(1, number - 9), number + 1))
    assert [each["n"] for each in truth.since(0)] == kept
    assert [each["code"] for each in truth.since(0)] == [f"{n - 1:06d}" for n in kept]
    assert (truth.first, truth.last, len(truth)) == (max(1, number - 9), number, len(kept))


@pytest.mark.parametrize(
    ("since", "limit", "numbers"), [(0, 3, [6, 7, 8]), (7, 2, [8, 9]), (14, 5, [15]), (9, 0, []), (15, 1, [])]
)
def test_the_first_so_many_after_a_number(since: int, limit: int, numbers: list[int]) -> None:
    assert [each["n"] for each in log(15).since(since, limit)] == numbers


@pytest.mark.parametrize(
    ("number", "since", "limit"), [(0, 0, None), (3, 0, None), (3, 3, None), (2_000, 0, None), (2_000, 500, 600)]
)
def test_pieces_are_the_same_in_json(number: int, since: int, limit: int | None) -> None:
    truth = log(number, kept=5_000)
    assert json.loads(b"".join(truth.slices(since, limit))) == truth.since(since, limit)


def test_what_comes_between_two_pieces_is_not_in_them() -> None:
    truth = log(1_200, kept=5_000)
    pieces = truth.slices(0)
    begun = b"".join(islice(pieces, 1))
    truth.add([ENTER], 0)
    assert [each["n"] for each in json.loads(begun + b"".join(pieces))] == list(range(1, 1_201))


def test_what_is_forgotten_between_two_pieces_is_left_out() -> None:
    truth = log(1_000, kept=1_000, spare=10)
    pieces = truth.slices(0)
    begun = b"".join(islice(pieces, 1))
    truth.add([ENTER] * 610, 0)
    numbers = [each["n"] for each in json.loads(begun + b"".join(pieces))]
    assert numbers == [*range(1, SLICE + 1), *range(601, 1_001)]


def test_a_change_takes_little_room() -> None:
    truth = log(50_000, kept=100_000)
    rows = truth._rows.itemsize * len(truth._rows) + truth._at_ns.itemsize * len(truth._at_ns)
    assert rows == 20 * 50_000
