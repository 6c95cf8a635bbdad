"""What the reader of a queue waits for: it can go on within the call that brings it something.

A task that waits for a plain future goes on at the loop's next turn, after another look at the sockets. That look costs
more than all the rest of the way of an event.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Any


class Waiter(asyncio.Future[None]):
    """A future that one task waits for; `go_on` runs it at once where no other task runs."""

    def __init__(self, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self._calls: list[tuple[Callable[[asyncio.Future[None]], object], Context]] = []

    def add_done_callback(self, fn: Callable[[Any], object], /, *, context: Context | None = None) -> None:
        """Note what is called when it is done (a task does this when it begins to wait)."""
        super().add_done_callback(fn, context=context)
        if context is not None:
            self._calls.append((fn, context))

    def go_on(self) -> None:
        """Let the task that waits go on, now if that is possible."""
        if self.done():
            return
        calls = self._calls
        if len(calls) != 1 or asyncio.current_task(self.get_loop()) is not None:
            self.set_result(None)
            return
        ((call, context),) = calls
        self.remove_done_callback(call)
        self.set_result(None)
        context.run(call, self)

    def forget(self) -> None:
        """Hold on to no task any more: it is not waited for."""
        self._calls.clear()
