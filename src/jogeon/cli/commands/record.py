"""`jogeon record`: a watch whose journal matters, not its view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jogeon.cli.arguments import options, places
from jogeon.cli.arguments.command import Command
from jogeon.cli.running.loop import run_loop
from jogeon.cli.showing.terminal import tell

if TYPE_CHECKING:
    from datetime import datetime, time

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [
        options.names(texts, required=False), options.switch(texts, "--all", "everything"), options.exchange(texts),
        options.moment(texts, "--until"), options.length(texts, "--duration"), options.journal(texts),
        options.switch(texts, "--frames"), options.prices(texts, "option.prices.record"),
        options.switch(texts, "--alerts"), options.length(texts, "--keep"),
        places.file(texts, "--copy", metavar="metavar.folder", folder=True), options.wait(texts),
        *options.supervision(texts),
    ]  # fmt: skip
    return Command("record", texts, params, callback=record)


@click.pass_obj
def record(
    choices: Choices, /, names: tuple[str, ...], until: time | datetime | None, duration: float | None, *,
    everything: bool, **more: Any,
) -> None:  # fmt: skip
    """Keep what these conditions do, until told to stop."""
    from datetime import datetime, timedelta

    from jogeon.cli.running.recorder import Recorder, next_time
    from jogeon.events import KST

    options.require_names(names, choices.texts, everything=everything)
    keep = options.require_days(more["keep"], choices.texts)
    choices.recheck, choices.on_taken, choices.wait = more["recheck"], more["on_taken"], more["wait"]
    now = datetime.now(KST)
    ends = [] if duration is None else [now + timedelta(seconds=duration)]
    if isinstance(until, datetime):
        if until <= now:
            raise click.BadParameter(choices.texts("bad.past"))
        ends.append(until)
    elif until is not None:
        ends.append(end := next_time(until, now))
        if end.date() > now.date():
            tell(choices.texts("record.tomorrow", until=f"{until:%H:%M:%S}", end=f"{end:%Y-%m-%d %H:%M:%S}"))
    recorder = Recorder(choices, names, more["exchange"], more["journal"], frames=more["frames"])
    recorder.keep, recorder.copies, recorder.prices = keep, more["copy"], more["prices"]
    if more["alerts"]:
        from jogeon.cli.running.alert_plan import AlertPlan

        recorder.alerts = AlertPlan(choices, priced=more["prices"])
    run_loop(recorder.run(min(ends, default=None)))
