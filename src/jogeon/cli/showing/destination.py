"""Where a result goes, and in which form: a table for people, JSON lines or CSV for everything else."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

import click

from jogeon.cli.showing.json_lines import StandardOutput
from jogeon.cli.showing.terminal import is_seen, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jogeon.cli.arguments.choices import Choices

Form = Literal["table", "json", "csv"]
ENDINGS: dict[str, Form] = {".csv": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json"}
"""What a file holds by its name; one without an ending holds what was asked for."""
FOREIGN = (".xlsx", ".xls", ".ods", ".txt", ".tsv", ".parquet", ".sqlite", ".sqlite3", ".db", ".pdf", ".html")
"""Endings of other files; anything else behind a dot may be a part of the name."""


def form_of(choices: Choices, output: str | None, *, as_csv: bool) -> Form:
    """Return the form that was asked for; without a word of it, a table if somebody looks, else JSON lines."""
    if choices.json and as_csv:
        raise click.BadParameter(choices.texts("bad.json-and-csv"))
    wanted: Form | None = "json" if choices.json else "csv" if as_csv else None
    if output is not None and output != "-":
        return _form_of_file(choices, output, wanted)
    return wanted or ("table" if is_seen(sys.stdout) else "json")


def _form_of_file(choices: Choices, output: str, wanted: Form | None) -> Form:
    """Return the form that was asked for, else the one that the name of a file says; other kinds are refused."""
    ending = PurePath(output).suffix.lower()
    named = ENDINGS.get(ending)
    if ending and named is None:
        stem = PurePath(output).with_suffix("") if ending in FOREIGN else output
        raise click.BadParameter(choices.texts("bad.ending", ending=ending, csv=f"{stem}.csv", json=f"{stem}.json"))
    return wanted or named or "json"


@contextmanager
def destination(output: str | None) -> Iterator[Callable[[bytes], object]]:
    """Open where bytes go: a file that appears only when all is in it, or standard output."""
    if output is None or output == "-":
        yield StandardOutput().write
        return
    from jogeon.files import whole_file

    with whole_file(output) as file:
        yield file.write


def tell_saved(choices: Choices, output: str | None, rows: int) -> None:
    """Say on stderr what was saved, if it was a file."""
    if output is not None and output != "-":
        tell(choices.texts("saved.file", path=output, rows=rows))
