"""A live view while it runs: pictures at a steady pace, keys in between, and the terminal as it was at the end."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from jogeon.cli.showing.event_words import is_heard
from jogeon.cli.showing.ink import Piece, inked
from jogeon.cli.showing.keyboard import Keyboard
from jogeon.cli.showing.live_picture import Story
from jogeon.cli.showing.live_view import Screen
from jogeon.cli.showing.summary import summary
from jogeon.cli.showing.terminal import clean, signs_for
from jogeon.cli.showing.unbuffered import LineWriter
from jogeon.cli.showing.window import Window, size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.showing.output_thread import Output
    from jogeon.events import Event

PACE = 0.25
"""Seconds between two pictures."""
KEYS = 0.05
"""Seconds between two looks at the keys."""


class Viewing:
    """Shows what a watch yields, on the terminal of standard output."""

    def __init__(self, server: str, choices: Choices, output: Output, *, bell: bool = False) -> None:
        self.story = Story(server, time.time_ns())
        self._texts, self._output, self._stream = choices.texts, output, sys.stdout
        self._signs = signs_for(self._stream.encoding or "utf-8")
        self._bell, self._heard = bell, False
        self._made_up = choices.server == "demo"
        self._screen = Screen(self._texts, self._signs, made_up=self._made_up)

    async def use(self, events: Sequence[Event]) -> None:
        """Take events."""
        for event in events:
            self.story.take(event)
            self._heard |= self._bell and is_heard(event)

    async def run(self, look: Callable[[], None]) -> None:
        """Show pictures until a key says that it is enough; `look` brings the story up to date."""
        window = Window(self._stream)
        with Keyboard() as keyboard:
            self._screen = Screen(self._texts, self._signs, keys=keyboard.is_there, made_up=self._made_up)
            try:
                await self._output.do(window.open)
                while True:
                    look()
                    size = size_of(self._stream)
                    lines = self._screen.draw(self.story.picture(time.time_ns()), size.columns, size.lines)
                    await self._output.do(partial(window.show, lines, size, bell=self._heard))
                    self._heard = False
                    if await self._pressed(keyboard):
                        return
            finally:
                with suppress(TimeoutError):
                    await self._output.do(window.close, hurried=True)

    async def _pressed(self, keyboard: Keyboard) -> bool:
        """Wait until the next picture is due, or a key asks for it at once; True if one asks for the end."""
        until = time.monotonic() + PACE
        while time.monotonic() < until:
            if keys := keyboard.pressed():
                for key in keys:
                    self._screen.press(key)
                return "quit" in keys
            await asyncio.sleep(KEYS if keyboard.is_there else PACE)
        return False

    async def sum_up(self, journal: Path | None) -> None:
        """Leave on the terminal what the session was."""
        width = size_of(self._stream).columns
        lines = list(summary(self.story, time.time_ns(), self._texts, self._signs, self._screen.age, width))
        if journal is not None:
            lines.append((Piece(self._texts("live.summary.journal", path=clean(str(journal)))),))
        text = "".join(f"{inked(line)}\n" for line in lines)
        written = text.encode(self._stream.encoding or "utf-8", "replace")
        with suppress(TimeoutError):
            await self._output.do(partial(LineWriter(self._stream).write, written))
