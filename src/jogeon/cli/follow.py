"""Following a watch to its end: as JSON lines or as a live view, by count, by time, or until Ctrl+C."""

from __future__ import annotations

import asyncio
import sys
import time
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from jogeon.cli.aside import Aside
from jogeon.cli.lines import Lines, event_line
from jogeon.cli.terminal import is_terminal, signs_for
from jogeon.events import Enter, Leave

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from rich.console import Console

    from jogeon.cli.live import Screen
    from jogeon.cli.options import Choices
    from jogeon.cli.picture import Picture, Story
    from jogeon.client import Client, Watch
    from jogeon.events import Event, Exchange

PACE = 0.25
"""Seconds between two pictures of the live view."""


class Wish(Struct, frozen=True):
    """What to follow, and when to stop; no names mean all conditions."""

    names: tuple[str, ...] = ()
    exchange: Exchange = "K"
    count: int | None = None
    seconds: float | None = None


async def follow(client: Client, wish: Wish, choices: Choices) -> None:
    """Follow until it is enough; leaving the watch stops the registrations, also after Ctrl+C."""
    with Aside() as aside:
        async with client.watch(*wish.names, exchange=wish.exchange) as watch:
            if choices.json or not is_terminal(sys.stdout):
                await take(watch, wish, partial(_print, Lines(), aside))
            else:
                await _show(watch, wish, choices, server_label(choices, client.address), aside)


async def take(watch: Watch, wish: Wish, use: Callable[[Event], Awaitable[None]]) -> None:
    """Hand over events until so many stocks entered or left, or the time is over."""
    changes = 0
    try:
        async with asyncio.timeout(wish.seconds) as limit:
            async for event in watch:
                await use(event)
                changes += isinstance(event, Enter | Leave)
                if changes == wish.count:
                    return
    except TimeoutError:
        if not limit.expired():
            raise


async def _print(lines: Lines, aside: Aside, event: Event) -> None:
    await aside.do(partial(lines.write, event_line(event)))


# ---------------------------------------------------------------- the live view


async def _show(watch: Watch, wish: Wish, choices: Choices, server: str, aside: Aside) -> None:
    from jogeon.cli.live import Screen
    from jogeon.cli.picture import Picture, Story
    from jogeon.cli.tables import console

    texts, target = choices.texts, console()
    story = Story(server)
    screen = Screen(texts, signs_for(sys.stdout), texts("live.footer.demo" if choices.made_up else "live.footer"))

    async def tell(event: Event) -> None:
        story.take(event)

    try:
        await first_of(take(watch, wish, tell), _draw(watch, story, screen, target, aside))
    finally:
        # The view has a screen of its own; what it showed last stays on the usual one.
        target.print(screen.draw(picture_of(watch, story), target.width, target.height))


async def _draw(watch: Watch, story: Story, screen: Screen, target: Console, aside: Aside) -> None:
    from rich.live import Live

    with Live(console=target, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False) as live:
        while True:
            shown = screen.draw(picture_of(watch, story), target.width, target.height)
            await aside.do(partial(live.update, shown, refresh=True))
            await asyncio.sleep(PACE)


def picture_of(watch: Watch, story: Story) -> Picture:
    """Return what is to be seen now."""
    return story.picture(watch.conditions, watch.members, time.time_ns())


async def first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Run side by side until one of them ends, with its result; the others are cancelled."""
    tasks = [asyncio.create_task(work, name=work.__qualname__) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def server_label(choices: Choices, address: str) -> str:
    """Return a server as people know it: its word, or its host and port."""
    if choices.server in ("real", "mock", "demo"):
        return choices.texts(f"server.{choices.server}")
    return urlsplit(address).netloc or address
