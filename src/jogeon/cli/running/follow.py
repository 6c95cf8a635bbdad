"""Following a watch to its end: as JSON lines or as a live view, by count, by time, or until Ctrl+C."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct, structs

from jogeon.cli.running.journal_trouble import told_aside, trouble_of
from jogeon.cli.running.naming import tell_nameless
from jogeon.cli.running.pricing import shown_prices, tell_prices
from jogeon.cli.showing.event_line import readable
from jogeon.cli.showing.event_words import is_heard
from jogeon.cli.showing.ink import plain
from jogeon.cli.showing.json_lines import StandardOutput, event_line
from jogeon.cli.showing.output_thread import Output
from jogeon.cli.showing.terminal import is_seen, is_terminal, ring, signs_for
from jogeon.events import Enter, Exchange, Leave

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from typing import Any

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts
    from jogeon.client import Client
    from jogeon.events import Event
    from jogeon.watch import Watch

    Use = Callable[[Sequence[Event]], Awaitable[None]]

BATCH = 500
"""Events written out at a time, when so many wait."""


class Wish(Struct, frozen=True):
    """What to follow, and when to stop; no names mean all conditions."""

    names: tuple[str, ...] = ()
    exchange: Exchange = "K"
    count: int | None = None
    seconds: float | None = None
    journal: str | None = None
    until: float | None = None
    """When the time is over, by the loop's clock; entering the watch counts."""
    after: str | None = None
    """Behind which position of a hub's numbered stream to go on."""
    prices: bool = False
    """Whether prices are wanted among the lines; a person sees them anyway."""
    lines: bool = False
    """Whether readable lines are wanted, whoever reads them."""
    bell: bool = False
    """Whether a stock that enters is heard."""


async def follow(client: Client, wish: Wish, choices: Choices) -> None:
    """Follow until it is enough. Leaving the watch stops the registrations, also after Ctrl+C."""
    if wish.seconds is not None:
        wish = structs.replace(wish, until=asyncio.get_running_loop().time() + wish.seconds)
    tell_nameless(client, choices.texts)
    if not choices.json and is_seen(sys.stdout) and not is_terminal(sys.stdout):
        wish = structs.replace(wish, lines=True)  # no view without a cursor that moves
    lines = wish.lines or choices.json or not is_terminal(sys.stdout)
    prices = wish.prices or not lines
    watch = client.watch(*wish.names, exchange=wish.exchange, journal=wish.journal, prices=prices, after=wish.after)
    if lines:
        with Output(StandardOutput()) as output:
            await _print(watch, wish, choices.texts, output)
    else:
        with Output() as output:
            await _show(client, watch, wish, choices, output)


# ---------------------------------------------------------------- the end of it


async def hand_over(watch: Watch, wish: Wish, use: Use) -> bool:
    """Hand over events; return True when so many stocks entered or left, False when the time is over or the watch."""
    changes = 0
    try:
        async with asyncio.timeout(wish.seconds) as limit:
            if wish.until is not None:
                limit.reschedule(wish.until)
            while True:
                events = await watch.batch(BATCH)
                wanted = len(events) if wish.count is None else enough(events, wish.count - changes)
                await use(events[:wanted])
                changes += count_changes(events[:wanted])
                if changes == wish.count:
                    return True
    except StopAsyncIteration:
        return False
    except TimeoutError:
        if limit.expired():
            return False
        raise


def enough(events: Sequence[Event], changes: int) -> int:
    """Return how many events it takes until so many stocks entered or left; all of them if it takes more."""
    for place, event in enumerate(events, 1):
        changes -= isinstance(event, Enter | Leave)
        if changes == 0:
            return place
    return len(events)


def count_changes(events: Sequence[Event]) -> int:
    """Return how many stocks entered or left."""
    return sum(isinstance(event, Enter | Leave) for event in events)


# ---------------------------------------------------------------- lines


async def _print(watch: Watch, wish: Wish, texts: Texts, output: Output) -> None:
    """Print until it is enough, then what the watch still has to say, as long as its reader lives.

    An interrupted command waits only while its reader takes something.
    """
    rest = False
    lines = _readable_lines(watch, wish, texts) if wish.lines else _json_lines

    async def use(events: Sequence[Event]) -> None:
        if wish.bell and any(map(is_heard, events)):
            ring()
        await output.write(lines(events))

    async def taken() -> None:
        nonlocal rest
        rest = not await hand_over(watch, wish, use)

    try:
        async with watch, told_aside(watch, texts):
            rest = True
            await (first_of(taken(), tell_prices(watch, output)) if wish.prices and not wish.lines else taken())
    except BrokenPipeError:
        rest = False
        raise
    except asyncio.CancelledError:
        output.hurried = True
        raise
    finally:
        if rest:  # a watch that was left still tells its open gaps and its end
            with suppress(TimeoutError):
                await hand_over(watch, Wish(), use)


def _json_lines(events: Sequence[Event]) -> bytes:
    return b"".join(map(event_line, events))


def _readable_lines(watch: Watch, wish: Wish, texts: Texts) -> Callable[[Sequence[Event]], bytes]:
    """Return what makes readable lines of events; a change bears the price that is known at that moment."""
    encoding = sys.stdout.encoding or "utf-8"
    signs = signs_for(encoding)

    def lines(events: Sequence[Event]) -> bytes:
        priced = wish.prices and any(isinstance(event, Enter | Leave) for event in events)
        prices = shown_prices(watch) if priced else None
        made = (f"{plain(readable(event, texts, signs, prices)).rstrip()}\n" for event in events)
        return "".join(made).encode(encoding, "replace")

    return lines


# ---------------------------------------------------------------- the live view


async def _show(client: Client, watch: Watch, wish: Wish, choices: Choices, output: Output) -> None:
    from jogeon.cli.running.viewing import Viewing

    async with watch:
        viewing = Viewing(server_label(choices, client.address), choices, output, bell=wish.bell)

        def look() -> None:
            viewing.story.hear(client.heard)
            viewing.story.look(watch.conditions, watch.members, shown_prices(watch))
            viewing.story.recorded = watch.journal is not None
            viewing.story.trouble = trouble_of(watch, choices.texts)

        try:
            await first_of(hand_over(watch, wish, viewing.use), viewing.run(look))
        except asyncio.CancelledError:
            output.hurried = True
            raise
        finally:  # the view has a screen of its own; what the session was stays on the usual one
            look()
            await viewing.sum_up(None if watch.journal is None else watch.journal.path)


async def first_of(*works: Coroutine[Any, Any, object]) -> None:
    """Run side by side until one of them ends, with its error; the others are cancelled.

    What goes wrong while one of the others ends is raised, too: a journal that could not write the rest, say.
    """
    tasks = [asyncio.create_task(work) for work in works]
    ended: set[asyncio.Task[object]] = set()
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in sorted(tasks, key=lambda task: task not in ended):
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
    for task in ended:
        task.result()


def server_label(choices: Choices, address: str) -> str:
    """Return a server as people know it: its word, or its host and port."""
    if choices.server in ("real", "mock", "demo"):
        return choices.texts(f"server.{choices.server}")
    return urlsplit(address).netloc or address
