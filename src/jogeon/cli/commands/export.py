"""`jogeon export`: the events of a journal as a file for analysis, or the raw frames in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jogeon.cli.arguments import options, places, selection
from jogeon.cli.arguments.command import Command
from jogeon.cli.showing.destination import tell_saved

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

USES = tuple(name for name in options.READS if name != "json")


OF_EVENTS = {"--condition": "names", "--code": "codes", "--kind": "kind"}
"""What chooses events; a raw frame is none yet."""


def command(texts: Texts) -> click.Command:
    """Return the command."""
    to_file = places.file(texts, "-o", "--output", text="option.output.export")
    frames = options.switch(texts, "--frames", text="option.frames.export")
    params = [options.journal(texts, "option.journal.read"), *selection.selection_options(texts), frames, to_file]
    return Command("export", texts, params, uses=USES, callback=export)


@click.pass_obj
def export(choices: Choices, /, journal: str | None, output: str | None, *, frames: bool, **given: Any) -> None:
    """Write the events, or the raw frames, to a file."""
    from jogeon.cli.running import stretch
    from jogeon.cli.running.journals import open_history
    from jogeon.export import JSON_LINES, WRITERS, write_frames

    if frames:
        options.refuse_idle(OF_EVENTS, given, "export --frames", choices.texts)
    path = _file(output, JSON_LINES if frames else tuple(WRITERS), choices.texts)
    asked = selection.asked_for(given)
    with open_history(choices, journal, asked.journal_day, output) as opened:
        chosen = stretch.selection(opened, asked, choices.texts)
        rows = write_frames(opened, chosen.span, path) if frames else WRITERS[path.suffix.lower()](opened, chosen, path)
    tell_saved(choices, str(path), rows)


def _file(output: str | None, endings: tuple[str, ...], texts: Texts) -> Path:
    """Return the file that was named, if it is of a kind that can be written."""
    suffix = Path(output or "").suffix.lower()
    if output is not None and suffix in endings:
        return Path(output)
    first = endings[0]
    example = str(Path(output).with_suffix(first)) if output and suffix else f"{output or 'journal'}{first}"
    raise click.BadParameter(texts(f"bad.export{first}", example=example))
