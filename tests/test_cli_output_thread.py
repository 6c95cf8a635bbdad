"""What blocks is written in a thread: the loop goes on, and the command can end."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, cast

import pytest

from jogeon.cli.showing import output_thread as output
from jogeon.cli.showing.output_thread import Output

if TYPE_CHECKING:
    from jogeon.cli.showing.json_lines import StandardOutput


async def test_work_is_done_in_order_in_another_thread() -> None:
    done: list[int] = []
    with Output() as other:
        await other.do(lambda: done.append(1))
        assert await other.do(threading.get_ident) != threading.get_ident()
        await other.do(lambda: done.append(2))
    assert done == [1, 2]


async def test_an_error_comes_out_where_the_work_was_asked_for() -> None:
    def fail() -> None:
        raise BrokenPipeError

    with Output() as other:
        with pytest.raises(BrokenPipeError):
            await other.do(fail)
        assert await other.do(lambda: "and on") == "and on"


async def test_work_that_blocks_stops_nobody_else_and_is_finished_after_a_cancellation() -> None:
    free, done = threading.Event(), threading.Event()

    def blocked() -> None:
        free.wait()
        done.set()

    with Output() as other:
        waiting = asyncio.create_task(other.do(blocked))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        free.set()
    assert done.is_set()


async def test_work_that_never_ends_does_not_keep_the_command_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "PATIENCE", 0.01)
    free = threading.Event()
    with Output() as other:
        waiting = asyncio.create_task(other.do(free.wait))
        await asyncio.sleep(0)
    waiting.cancel()
    assert not free.is_set()
    free.set()


async def test_an_interrupted_command_waits_for_its_reader_only_while_that_takes_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(output, "PATIENCE", 0.05)
    turn, free = threading.Semaphore(0), threading.Event()

    class Slow:
        """Takes a little each time, and then nothing more."""

        taken = 0

        def write(self, text: bytes) -> None:
            for _ in text:
                turn.acquire(timeout=0.01)
                self.taken += 1
            free.wait()

    lines = cast("StandardOutput", Slow())
    with Output(lines) as other:
        writing = asyncio.create_task(other.write(b"x" * 20))
        await asyncio.sleep(0.06)
        assert not writing.done()  # whoever is not interrupted waits
        other.hurried = True
        with pytest.raises(TimeoutError):
            await writing
        assert lines.taken == 20
        free.set()
