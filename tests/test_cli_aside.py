"""Work that blocks is done aside: the loop goes on, and the command can end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from jogeon.cli import aside
from jogeon.cli.aside import Aside


async def test_work_is_done_in_order_in_another_thread() -> None:
    done: list[int] = []
    with Aside() as other:
        await other.do(lambda: done.append(1))
        assert await other.do(threading.get_ident) != threading.get_ident()
        await other.do(lambda: done.append(2))
    assert done == [1, 2]


async def test_an_error_comes_out_where_the_work_was_asked_for() -> None:
    def fail() -> None:
        raise BrokenPipeError

    with Aside() as other:
        with pytest.raises(BrokenPipeError):
            await other.do(fail)
        assert await other.do(lambda: "and on") == "and on"


async def test_work_that_blocks_stops_nobody_else_and_is_finished_after_a_cancellation() -> None:
    free, done = threading.Event(), threading.Event()

    def blocked() -> None:
        free.wait()
        done.set()

    with Aside() as other:
        waiting = asyncio.create_task(other.do(blocked))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        free.set()
    assert done.is_set()


async def test_work_that_never_ends_does_not_keep_the_command_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "PATIENCE", 0.01)
    free = threading.Event()
    with Aside() as other:
        waiting = asyncio.create_task(other.do(free.wait))
        await asyncio.sleep(0)
    waiting.cancel()
    assert not free.is_set()
    free.set()
