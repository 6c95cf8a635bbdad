"""Serving a simulated broker: its addresses on one line, then its work until the end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jogeon.cli.showing.json_lines import StandardOutput, json_line
from jogeon.cli.showing.output_thread import Output

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jogeon.simulator.serving.service import Service


async def serve(service: Service, duration: float | None, work: Callable[[], Awaitable[None]]) -> None:
    """Print the addresses of a service and do the work, at most for a time."""
    async with service:
        line = json_line({"websocket": service.websocket, "rest": service.rest})
        try:
            with Output(StandardOutput()) as output:
                async with asyncio.timeout(duration) as limit:
                    await _both(output.write(line), work())
        except TimeoutError:
            if not limit.expired():
                raise


async def _both(*works: Awaitable[None]) -> None:
    """Wait for both; an error of one ends the other. A server serves also while nobody reads its addresses."""
    futures = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*futures)
    finally:
        for future in futures:
            future.cancel()
