"""What every command runs in: settings that make sense, what was gone round to find keys, and the log."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jogeon.cli.running.keys import check_settings, noticed
from jogeon.cli.showing.terminal import tell
from jogeon.events import korean
from jogeon.masks import unmasked
from jogeon.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jogeon.cli.arguments.choices import Choices

SILENT = logging.CRITICAL + 1
LEVELS = ((SILENT, logging.CRITICAL), (logging.WARNING, logging.INFO), (logging.DEBUG, logging.DEBUG))
"""What is logged of libraries and of this package: without -v, with -v, with -vv."""


@contextmanager
def surroundings(choices: Choices, least_verbose: int, *, checks_settings: bool) -> Iterator[None]:
    """Have a command run in a log, after a look at the settings; InvalidSetting."""
    if checks_settings:
        check_settings()
    with noticed(choices), logged(max(least_verbose, choices.verbose)):
        yield


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

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """Return one line, whatever a peer said: only the errors behind it have more."""
        return one_line(super().formatMessage(record))


@contextmanager
def logged(verbose: int) -> Iterator[None]:
    """Log to stderr while a command runs; without -v only what no message tells, as every other failure is by one."""
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
