"""`jogeon export`: the events of a journal as a file for analysis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jogeon.cli.arguments import selection as recorded
from jogeon.cli.arguments.command import Command
from jogeon.cli.showing.destination import tell_saved

if TYPE_CHECKING:
    from jogeon.cli.arguments.options import Choices
    from jogeon.cli.texts import Texts


def command(texts: Texts) -> click.Command:
    """Return the command."""
    to_file = click.Option(
        ["-o", "--output"], type=click.Path(), metavar=texts("metavar.file"), help=texts("option.output")
    )
    params = [recorded.journal_option(texts), *recorded.selection_options(texts), to_file]
    return Command("export", texts, params, connects=False, callback=export)


@click.pass_obj
def export(choices: Choices, /, journal: str | None, output: str | None, **given: Any) -> None:
    """Write the events to a file."""
    from jogeon.export import WRITERS

    suffix = Path(output or "").suffix.lower()
    if output is None or suffix not in WRITERS:
        raise click.BadParameter(choices.texts("bad.export"))
    with recorded.open_history(journal, choices, output) as opened:
        chosen = recorded.selection(opened, recorded.asked_for(given), choices.texts)
        rows = WRITERS[suffix](opened.events(chosen), Path(output))
    tell_saved(choices, output, rows)
