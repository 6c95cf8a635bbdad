"""From a command to the loop it runs in: the client that was chosen, signals, and the log."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from jogeon.account.settings import chosen_server
from jogeon.cli.running.keys import chosen_mode, keys_of, kiwoom_mode_says
from jogeon.cli.showing.error_thread import notices
from jogeon.cli.showing.terminal import is_terminal, tell
from jogeon.events import korean
from jogeon.masks import unmasked

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from contextlib import AbstractAsyncContextManager
    from types import FrameType

    from jogeon.cli.arguments.options import Choices
    from jogeon.client import Client

T = TypeVar("T")

STOPPING = ("SIGTERM", "SIGHUP", "SIGBREAK")
"""Signals that end a command as Ctrl+C does, where the system has them."""
SILENT = logging.CRITICAL + 1
LEVELS = ((SILENT, SILENT), (logging.WARNING, logging.INFO), (logging.DEBUG, logging.DEBUG))
"""What is logged of libraries and of this package: without -v, with -v, with -vv."""


def open_client(choices: Choices) -> AbstractAsyncContextManager[Client]:
    """Return a client of the server that was chosen here, else in the settings."""
    if choices.server is None:
        choices.server, source = chosen_server()
        if source.startswith("KIWOOM_MODE") and is_terminal(sys.stderr):
            tell(kiwoom_mode_says(source, choices.texts(f"server.{choices.server}"), choices.texts))
    keys = choices.found
    if keys is None and choices.keys is not None:
        keys = keys_of(chosen_mode(choices), choices)
    return choices.connect(
        choices.server, keys=keys, insecure=choices.insecure, recheck=choices.recheck, on_taken=choices.on_taken
    )


def run_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run until it is done. Ctrl+C and the signals that mean the same cancel it, so that it can end what it began.

    Raises KeyboardInterrupt for each of them.
    """
    try:
        with notices.aside(), asyncio.Runner() as runner:
            return runner.run(_stoppable(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _stoppable(work: Coroutine[Any, Any, T]) -> T:
    """Let signals cancel this task; asyncio does so for Ctrl+C alone, and Windows has no add_signal_handler."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if task is not None:
            task.cancel()
        loop.call_soon_threadsafe(lambda: None)  # wakes a loop that sleeps

    numbers = [getattr(signal, name) for name in STOPPING if hasattr(signal, name)]
    ours = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in ours:
        signal.signal(number, stop)
    try:
        return await work
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


class _Telling(logging.Handler):
    """Hands lines of log to whoever writes to stderr: a logger that is used by the reader of the wire must not wait."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            tell(*self.format(record).split("\n"))
        except Exception:  # noqa: BLE001  # logging's own rule: a line that cannot be made harms nobody
            self.handleError(record)


class _KoreanTime(logging.Formatter):
    """Lines of log in Korean time."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  # logging's name
        del datefmt
        return f"{korean(int(record.created * 1e9)):%H:%M:%S.%f}"


@contextmanager
def logged(verbose: int) -> Iterator[None]:
    """Log to stderr while a command runs; without -v nothing, because every failure is told once, by a message."""
    handler = _Telling()
    handler.addFilter(unmasked)
    handler.setFormatter(_KoreanTime("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    loggers = (logging.getLogger(), logging.getLogger("jogeon"))
    before = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger, level in zip(loggers, LEVELS[min(verbose, len(LEVELS) - 1)], strict=True):
        logger.setLevel(level)
    try:
        yield
    finally:
        loggers[0].removeHandler(handler)
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
