"""Replaying a recording: which part of a journal, and what is said of it while it runs."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import click

from jogeon.cli.showing.terminal import tell
from jogeon.events import KST
from jogeon.simulator.recorded.stretch import NoSuchStretch, RecordedStretch, Stretch

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.cli.texts import Texts
    from jogeon.simulator.recorded.replay import Replay


async def play(served: Replay, recording: RecordedStretch, texts: Texts, *, exit_at_end: bool) -> None:
    """Replay to the end, and then wait, unless it is to end there."""
    start, end = (f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (recording.start, recording.end))
    tell(texts("replay.waiting", start=start, end=end, count=len(recording.opening), address=served.websocket))
    await served.run()
    tell(texts("replay.over" if exit_at_end else "replay.stays"))
    if not exit_at_end:
        await asyncio.Event().wait()


def day_and_times(
    day: date | None, start: time | datetime | None, end: time | datetime | None, texts: Texts
) -> Stretch:
    """Return a part of one day; a moment that names another day is a usage error."""
    named = {each.astimezone(KST).date() for each in (start, end) if isinstance(each, datetime)}
    named |= {day} if day is not None else set()
    if len(named) > 1:
        raise click.BadParameter(texts("bad.one-day"))
    first, last = (each.astimezone(KST).time() if isinstance(each, datetime) else each for each in (start, end))
    if first is not None and last is not None and first >= last:
        raise click.BadParameter(texts("bad.from-until"))
    return Stretch(next(iter(named), None), first, last)


def recording_of(file: Path, stretch: Stretch, texts: Texts) -> RecordedStretch:
    """Return a part of a journal; a part that is not there is a usage error that says what is."""
    try:
        return RecordedStretch(file, stretch)
    except NoSuchStretch as error:
        days = ", ".join(map(str, error.days))
        raise click.BadParameter(texts(f"bad.stretch.{error.reason}", days=days)) from None
