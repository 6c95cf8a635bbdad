"""A call that is made once for however many ask for it, with a loop in the test's hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jogeon.live.throttle import Throttle

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


class Loop:
    """A loop that keeps what it is to call, with the moment at which that is due."""

    def __init__(self) -> None:
        self.now = 100.0
        self.due: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, moment: float, call: Callable[[], None]) -> None:
        self.due.append((moment, call))

    def next(self) -> float:
        self.now, call = self.due.pop()
        call()
        return self.now


def test_the_first_is_made_at_once_and_the_others_together_later() -> None:
    loop = Loop()
    made: list[float] = []
    throttle = Throttle(cast("asyncio.AbstractEventLoop", loop), lambda: made.append(loop.now), 0.5)
    throttle()
    throttle()
    assert made == []
    assert loop.next() == 100.0
    loop.now = 100.25
    throttle()
    throttle()
    assert made == [100.0]
    assert (loop.next(), loop.due) == (100.5, [])
    loop.now = 102.0
    throttle()
    assert (loop.next(), made) == (102.0, [100.0, 100.5, 102.0])


def test_what_it_calls_may_ask_for_the_next_call() -> None:
    loop = Loop()

    def again() -> None:
        throttle()

    throttle = Throttle(cast("asyncio.AbstractEventLoop", loop), again, 0.5)
    throttle()
    assert [loop.next() for _ in range(3)] == [100.0, 100.5, 101.0]
