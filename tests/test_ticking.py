"""Ticks: made when a dwell is over, where the picture is right so far, and made again only if they were lost."""

import asyncio
import contextlib
from types import SimpleNamespace
from typing import Any, cast

from jogeon.alerts.ticking import Ticker
from jogeon.events import Condition
from jogeon.journal.beside import Tick
from jogeon.journal.fold import Right
from wire import virtual, wall

SECOND = 1_000_000_000
RISE = Condition("4", "급등주")


class Book:
    """A journal and a decider, as a ticker sees them: `lag` is how far the picture is behind."""

    def __init__(self, due: dict[str, int], lag: float = 0.0) -> None:
        self.due, self.lag = due, lag
        self.ticks: list[tuple[float, Tick]] = []
        self.loses = 0

    def rights(self) -> dict[Condition, Right]:
        return {RISE: Right(wall() - int(self.lag * SECOND), sure=True)}

    def tick(self, ticks: list[Tick]) -> None:
        now = asyncio.get_running_loop().time()
        self.ticks += [(round(now, 1), each) for each in ticks]
        self.loses -= 1
        if self.loses < 0:
            self.due = {}

    def waiting(self) -> dict[str, int]:
        return self.due


async def ticked(book: Book, seconds: float) -> list[float]:
    ticker = Ticker(cast("Any", book), wall)
    running = asyncio.create_task(ticker.run(lambda: cast("Any", SimpleNamespace(waiting=book.waiting))))
    await asyncio.sleep(seconds)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    return [at for at, _ in book.ticks]


def test_a_tick_is_made_when_a_dwell_is_over() -> None:
    async def main() -> None:
        book = Book({"급등주": wall() + 30 * SECOND})
        (at,) = await ticked(book, 100)
        assert 30 <= at <= 30.2

    virtual(main())


def test_it_waits_until_the_picture_is_right() -> None:
    async def main() -> None:
        book = Book({"급등주": wall() + 10 * SECOND}, lag=5.0)
        due_ns = book.due["급등주"]
        (at,) = await ticked(book, 100)
        assert 15 <= at <= 15.2
        assert book.ticks[0][1].right_ns >= due_ns

    virtual(main())


def test_a_tick_that_was_lost_is_made_again_and_no_sooner() -> None:
    async def main() -> None:
        book = Book({"급등주": wall() + SECOND})
        book.loses = 1
        first, second = await ticked(book, 100)
        assert 2 <= second - first <= 5

    virtual(main())


def test_nothing_is_ticked_while_nothing_waits() -> None:
    async def main() -> None:
        assert await ticked(Book({}), 100) == []

    virtual(main())


def test_news_are_looked_at_at_once() -> None:
    async def main() -> None:
        book = Book({})
        ticker = Ticker(cast("Any", book), wall)
        running = asyncio.create_task(ticker.run(lambda: cast("Any", SimpleNamespace(waiting=book.waiting))))
        await asyncio.sleep(50)
        book.due = {"급등주": wall() + SECOND}
        ticker.look()
        await asyncio.sleep(3)
        running.cancel()
        assert [at for at, _ in book.ticks] != []

    virtual(main())
