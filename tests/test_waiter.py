"""What the reader of a queue waits for: it goes on within the call that brings it something."""

import asyncio
import gc
from contextvars import ContextVar

import pytest

from jogeon.live.waiter import Waiter

NAME = ContextVar("NAME", default="nobody")


async def waits(waiter: Waiter, told: list[str]) -> None:
    await waiter
    told.append(NAME.get())


async def started(waiter: Waiter, told: list[str]) -> asyncio.Task[None]:
    """Return a task that waits by now."""
    task = asyncio.create_task(waits(waiter, told))
    await asyncio.sleep(0)
    return task


async def test_outside_of_any_task_it_goes_on_at_once_and_in_its_own_context() -> None:
    loop, told = asyncio.get_running_loop(), list[str]()
    waiter = Waiter(loop=loop)
    NAME.set("reader")
    task = await started(waiter, told)
    NAME.set("writer")

    def bring() -> None:
        waiter.go_on()
        told.append("brought")
        waiter.go_on()

    loop.call_soon(bring)
    await task
    assert told == ["reader", "brought"]


async def test_within_a_task_it_goes_on_at_the_next_turn() -> None:
    told = list[str]()
    waiter = Waiter(loop=asyncio.get_running_loop())
    task = await started(waiter, told)
    waiter.go_on()
    assert told == []
    await task
    assert told == ["nobody"]


async def test_who_does_not_wait_yet_does_not_have_to() -> None:
    loop = asyncio.get_running_loop()
    waiter = Waiter(loop=loop)
    loop.call_soon(waiter.go_on)
    await asyncio.sleep(0)
    await waiter


async def test_a_wait_that_was_cancelled_stays_so() -> None:
    loop, told = asyncio.get_running_loop(), list[str]()
    waiter = Waiter(loop=loop)
    task = await started(waiter, told)
    task.cancel()
    loop.call_soon(waiter.go_on)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told == []


async def test_a_wait_with_an_end_goes_on_as_well() -> None:
    loop, told = asyncio.get_running_loop(), list[str]()
    waiter = Waiter(loop=loop)
    task = asyncio.create_task(asyncio.wait_for(waits(waiter, told), 5))
    await asyncio.sleep(0.01)
    loop.call_soon(waiter.go_on)
    await task
    assert told == ["nobody"]


async def test_what_goes_wrong_in_the_reader_is_the_readers() -> None:
    loop = asyncio.get_running_loop()
    waiter, after = Waiter(loop=loop), list[str]()

    async def fails() -> None:
        await waiter
        raise ValueError("the user's own")

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)

    def bring() -> None:
        waiter.go_on()
        after.append("goes on")

    loop.call_soon(bring)
    with pytest.raises(ValueError, match="own"):
        await task
    assert after == ["goes on"]


async def test_nothing_is_held_once_it_is_forgotten() -> None:
    waiter = Waiter(loop=asyncio.get_running_loop())
    task = await started(waiter, [])
    task.cancel()
    await asyncio.wait({task})
    waiter.forget()
    gc.disable()
    try:
        assert waiter not in gc.get_referents(*waiter._calls)
        assert waiter._calls == []
    finally:
        gc.enable()
