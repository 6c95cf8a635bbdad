"""A thread for work that may block for long: writing to a pipe nobody reads, or to a terminal stopped by Ctrl+S.

The loop must never wait for that, because it answers the server's PINGs. The threads of asyncio.to_thread would not
do: they are waited for at the end, so one that is blocked for good would keep the command from ending.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds given to the last piece of work at the end."""


class Aside:
    """Does one piece of work after the other in a thread of its own, for one caller."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="jogeon-output", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._work.put(None)
        self._thread.join(PATIENCE)

    async def do(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, or raise what it raises; it is done even if the wait for it is cancelled."""
        done: Future[T] = Future()
        self._work.put(lambda: _settle(done, work))
        return await asyncio.shield(asyncio.wrap_future(done))

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()


def _settle(done: Future[T], work: Callable[[], T]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is raised where the work was asked for
        done.set_exception(error)
