"""How answers are given, without a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from jogeon.simulator.broker.dialect import Dialect
from jogeon.simulator.broker.faults import Standing
from jogeon.simulator.broker.replies import Replies
from jogeon.simulator.broker.switches import Switches
from jogeon.wire.messages import Clear, Cleared

if TYPE_CHECKING:
    from jogeon.server.peer import Peer


class Given:
    """A peer that notes how it is answered: the text, after how many seconds, how often."""

    def __init__(self) -> None:
        self.answers: list[tuple[bytes | None, float, int]] = []

    def answer(self, request: Clear, answer: Cleared, text: bytes | None, *, after: float, times: int) -> None:
        assert (request, answer) == (Clear("4"), Cleared())
        self.answers.append((text, after, times))


def replies_of(standing: Standing, **switches: Any) -> Replies:
    chosen = Switches(**switches)
    return Replies(standing, chosen, Dialect(chosen))


def given(number: int = 1, standing: Standing | None = None, **switches: Any) -> list[tuple[bytes | None, float, int]]:
    peer = Given()
    replies = replies_of(standing or Standing(), **switches)
    for _ in range(number):
        replies.give(cast("Peer", peer), Clear("4"), Cleared(), b"text")
    return peer.answers


def test_at_once_and_once() -> None:
    assert given(2) == [(b"text", 0.0, 1)] * 2


def test_some_are_lost_and_then_some_come_twice() -> None:
    standing = Standing(lose_reply=1, double_reply=1)
    assert given(3, standing) == [(None, 0.0, 1), (b"text", 0.0, 2), (b"text", 0.0, 1)]
    assert standing == Standing()


@pytest.mark.parametrize(("fault", "switch", "longest"), [(6.0, 0.0, 6.0), (0.0, 3.0, 3.0), (1.0, 3.0, 3.0)])
def test_they_take_from_a_third_of_the_time_to_all_of_it(fault: float, switch: float, longest: float) -> None:
    taken = [after for _, after, _ in given(200, Standing(slow_reply=fault), slow=switch)]
    assert longest / 3 <= min(taken) < longest / 2
    assert longest * 0.9 < max(taken) <= longest


def test_failures_by_fault_come_first_and_by_switch_now_and_then() -> None:
    replies = replies_of(Standing(words=2))
    assert [replies.fails() for _ in range(4)] == [True, True, False, False]
    replies = replies_of(Standing(), words=3)
    assert [replies.fails() for _ in range(6)] == [False, False, True] * 2
