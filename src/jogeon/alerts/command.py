"""A command of the user's: started without a shell, with the alert as JSON on its standard input."""

import asyncio
import contextlib

from msgspec import Struct

from jogeon.alerts.outbox import Message
from jogeon.alerts.targets import Later, Outcome, Refused, Sent
from jogeon.alerts.webhook import as_json
from jogeon.reports import Report, report_of

PATIENCE = 30.0
"""Seconds after which a command that does not end is ended."""


class Command(Struct):
    """A program with its arguments; exit code 0 means that it took the alert."""

    argv: tuple[str, ...]
    digests: bool = False
    spacing: float = 0.0

    async def send(self, message: Message) -> Outcome:
        """Run it once for one alert."""
        given = as_json(message.rows[0]) + b"\n"
        nowhere = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *self.argv, stdin=asyncio.subprocess.PIPE, stdout=nowhere, stderr=nowhere
            )
        except (OSError, ValueError) as error:
            return Refused(report_of(error))
        try:
            async with asyncio.timeout(PATIENCE):
                await process.communicate(given)
        except TimeoutError:
            return Later(Report("no end", seconds=PATIENCE))
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return Sent() if process.returncode == 0 else Later(Report("exit code", number=process.returncode or 0))
