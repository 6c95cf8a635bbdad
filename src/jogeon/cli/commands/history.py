"""`jogeon history`: what a journal tells afterwards: events, members at a moment, gaps, statistics, outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jogeon.cli.arguments import options, selection
from jogeon.cli.arguments.command import Command
from jogeon.cli.showing.destination import destination, form_of, tell_saved

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

STREAM = {"--after": "after", "--follow": "follow", "--count": "count", "--duration": "duration"}
CHOICE = {"--code": "codes", "--kind": "kind"}
SPAN = {"--from": "from", "--until": "until"}
IDLE = {
    "events": {"--at": "at"},
    "members": SPAN | CHOICE | STREAM,
    "gaps": {"--at": "at"} | CHOICE | STREAM,
    "stats": {"--at": "at"} | CHOICE | STREAM,
    "outcomes": {"--at": "at", "--kind": "kind"} | STREAM,
    "position": {"--at": "at", "--day": "day", "--condition": "names"} | SPAN | CHOICE | STREAM,
}
"""The questions, and the options that each has no use for; an answer that ignores them would look like theirs."""


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [
        options.question(IDLE), options.journal(texts, "option.journal.read"), *selection.selection_options(texts),
        options.moment(texts, "--at"), *options.stream(texts), *options.output(texts),
    ]  # fmt: skip
    return Command("history", texts, params, uses=options.READS, callback=history)


@click.pass_obj
def history(
    choices: Choices, /, what: str, journal: str | None, output: str | None, *, as_csv: bool, **given: Any
) -> None:
    """Answer one question about a journal."""
    from datetime import datetime

    from jogeon.cli.running.answers import answer
    from jogeon.cli.running.answers_after import Ends, answer_after
    from jogeon.cli.running.journals import open_history

    options.require_sense("history", what, IDLE, given, choices.texts)
    if given["duration"] and not given["follow"]:
        raise click.BadParameter(choices.texts("bad.duration-follow"))
    form = form_of(choices, output, as_csv=as_csv)
    asked, when = selection.asked_for(given), given["at"]
    day = when.date() if isinstance(when, datetime) and asked.day is None else asked.journal_day
    with open_history(choices, journal, day, output) as opened, destination(output) as write:
        if given["after"] or given["follow"] or given["count"]:
            ends = Ends(given["after"], given["count"], given["duration"] if given["follow"] else 0.0)
            rows = answer_after(opened, asked, ends, choices, form, write)
        else:
            rows = answer(opened, what, asked, when, choices, form, write)
    tell_saved(choices, output, rows)
