"""`jogeon export`: the events of a journal as a file for analysis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jogeon.cli.arguments import options, selection
from jogeon.cli.arguments.command import Command
from jogeon.cli.showing.destination import tell_saved

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

USES = tuple(name for name in options.READS if name != "json")


def command(texts: Texts) -> click.Command:
    """Return the command."""
    to_file = options.file(texts, "-o", "--output", text="option.output.export")
    params = [options.journal(texts, "option.journal.read"), *selection.selection_options(texts), to_file]
    return Command("export", texts, params, uses=USES, callback=export)


@click.pass_obj
def export(choices: Choices, /, journal: str | None, output: str | None, **given: Any) -> None:
    """Write the events to a file."""
    from jogeon.cli.running import stretch
    from jogeon.cli.running.journals import open_history
    from jogeon.export import WRITERS

    suffix = Path(output or "").suffix.lower()
    if output is None or suffix not in WRITERS:
        example = str(Path(output).with_suffix(".csv")) if output and suffix else f"{output or 'journal'}.csv"
        raise click.BadParameter(choices.texts("bad.export", example=example))
    asked = selection.asked_for(given)
    with open_history(choices, journal, asked.journal_day, output) as opened:
        rows = WRITERS[suffix](opened, stretch.selection(opened, asked, choices.texts), Path(output))
    tell_saved(choices, output, rows)
