"""`jogeon replay`: a recorded day, served over the broker's wire (재생)."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import click

from jogeon.account.environment import server_token
from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.commands.simulate import broker_options, serve, switches_from
from jogeon.cli.running.journals import journal_read
from jogeon.cli.running.loop import run_loop
from jogeon.cli.showing.terminal import tell

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.cli.arguments.options import Choices
    from jogeon.cli.texts import Texts
    from jogeon.simulator.recorded.replay import Replay
    from jogeon.simulator.recorded.stretch import RecordedStretch

MAX = "max"


def command(texts: Texts) -> click.Command:
    """Return the command."""
    clock = texts("metavar.clock")
    params = [
        click.Argument(["file"], required=False, metavar=texts("metavar.file")),
        options.option(texts, "--speed", pace, "bad.pace", texts("metavar.pace"), default="1"),
        options.option(texts, "--day", date.fromisoformat, "bad.day", texts("metavar.day")),
        options.option(texts, "--from", clock_time, "bad.clock", clock),
        options.option(texts, "--until", clock_time, "bad.clock", clock),
        options.switch(texts, "--nights"),
        options.switch(texts, "--exit-at-end"),
        *broker_options(texts),
    ]
    return Command("replay", texts, params, least_verbose=1, connects=False, callback=replay)


def pace(text: str) -> float:
    """Return recorded seconds a second; "max" is without a bound."""
    return float("inf") if text.lower() == MAX else options.positive(text)


def clock_time(text: str) -> time:
    """Return a time of the day from HH:MM or HH:MM:SS."""
    form = "%H:%M:%S" if text.count(":") == 2 else "%H:%M"
    return datetime.strptime(text, form).time()  # noqa: DTZ007  # a time of the day has no zone


@click.pass_obj
def replay(choices: Choices, /, file: str | None, duration: float | None, **more: Any) -> None:
    """Serve a recording until it is over, until Ctrl+C, or for a time."""
    from jogeon.simulator.recorded.replay import Replay

    texts, exit_at_end, nights = choices.texts, more.pop("exit_at_end"), more.pop("nights")
    switches = switches_from(more.pop("switch"), more.pop("ping"), texts)
    recording = recording_of(journal_read(choices, file), more.pop("day"), more.pop("from"), more.pop("until"), texts)
    served = Replay(recording, switches=switches, token=server_token(), **more)
    served.nights = nights
    run_loop(serve(served, duration, lambda: _replay(served, recording, texts, exit_at_end=exit_at_end)))


async def _replay(served: Replay, recording: RecordedStretch, texts: Texts, *, exit_at_end: bool) -> None:
    start, end = (f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (recording.start, recording.end))
    tell(texts("replay.waiting", start=start, end=end, count=len(recording.opening), address=served.websocket))
    await served.run()
    tell(texts("replay.over" if exit_at_end else "replay.stays"))
    if not exit_at_end:
        await asyncio.Event().wait()


def recording_of(file: Path, day: date | None, start: time | None, end: time | None, texts: Texts) -> RecordedStretch:
    """Return a part of a journal; a part that is not there is a usage error that says what is."""
    from jogeon.simulator.recorded.stretch import NoSuchStretch, RecordedStretch, Stretch

    if start is not None and end is not None and start >= end:
        raise click.BadParameter(texts("bad.from-until"))
    try:
        return RecordedStretch(file, Stretch(day, start, end))
    except NoSuchStretch as error:
        days = ", ".join(map(str, error.days))
        raise click.BadParameter(texts(f"bad.stretch.{error.reason}", days=days)) from None
