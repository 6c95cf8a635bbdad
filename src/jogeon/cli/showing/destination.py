"""Where a result goes, and in which form: a table for people, JSON lines or CSV for everything else."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import click

from jogeon.cli.showing.json_lines import Lines
from jogeon.cli.showing.terminal import is_terminal, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jogeon.cli.arguments.choices import Choices

Form = Literal["table", "json", "csv"]


def form_of(choices: Choices, output: str | None, *, as_csv: bool) -> Form:
    """Return the form that was asked for; without a word of it, a table if somebody looks, else JSON lines."""
    if choices.json and as_csv:
        raise click.BadParameter(choices.texts("bad.json-and-csv"))
    to_file = output is not None and output != "-"
    if as_csv or (output is not None and output.lower().endswith(".csv") and not choices.json):
        return "csv"
    return "json" if choices.json or to_file or not is_terminal(sys.stdout) else "table"


@contextmanager
def destination(output: str | None) -> Iterator[Callable[[bytes], object]]:
    """Open where bytes go: a file that appears only when all is in it, or standard output."""
    if output is None or output == "-":
        yield Lines().write
        return
    from jogeon.files import whole_file

    with whole_file(output) as file:
        yield file.write


def tell_saved(choices: Choices, output: str | None, rows: int) -> None:
    """Say on stderr what was saved, if it was a file."""
    if output is not None and output != "-":
        tell(choices.texts("saved.file", path=output, rows=rows))
