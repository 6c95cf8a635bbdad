"""`jogeon replay`: a recorded day, served over the broker's wire (재생)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.arguments.places import PathName
from jogeon.cli.arguments.selection import span_options
from jogeon.cli.arguments.simulation import broker_options, switches_from
from jogeon.cli.running.loop import run_loop

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

MAX = "max"


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [
        click.Argument(["file"], required=False, type=PathName(), metavar=f"[{texts('metavar.file')}]"),
        options.journal(texts, "option.journal.replay"),
        options.option(texts, "--speed", pace, "bad.pace", texts("metavar.pace"), default="1", offered=(MAX,)),
        *span_options(texts),
        options.switch(texts, "--nights"),
        options.switch(texts, "--exit-at-end"),
        *broker_options(texts),
    ]
    return Command(
        "replay", texts, params, uses=options.READS, least_verbose=1, callback=replay,
    )  # fmt: skip


def pace(text: str) -> float:
    """Return recorded seconds a second; "max" is without a bound."""
    return float("inf") if text.lower() == MAX else options.positive(text)


@click.pass_obj
def replay(choices: Choices, /, file: str | None, journal: str | None, duration: float | None, **more: Any) -> None:
    """Serve a recording until it is over, until Ctrl+C, or for a time."""
    from jogeon.account.environment import server_token
    from jogeon.cli.running.journals import journal_read
    from jogeon.cli.running.replaying import day_and_times, play, recording_of
    from jogeon.cli.running.serving import serve
    from jogeon.simulator.recorded.replay import Replay

    texts, exit_at_end, nights = choices.texts, more.pop("exit_at_end"), more.pop("nights")
    if file is not None and journal is not None:
        raise click.BadParameter(texts("bad.two-journals"))
    switches = switches_from(more.pop("switch"), more.pop("ping"), texts)
    stretch = day_and_times(more.pop("day"), more.pop("from"), more.pop("until"), texts)
    recording = recording_of(journal_read(choices, file or journal, stretch.day), stretch, texts)
    served = Replay(recording, switches=switches, token=server_token(), **more)
    served.nights = nights
    run_loop(serve(served, duration, lambda: play(served, recording, texts, exit_at_end=exit_at_end)))
