"""`jogeon list`: the saved conditions (조건식 목록조회, ka10171)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.running.loop import run_loop, shared_client
from jogeon.cli.showing.destination import destination, form_of, tell_saved
from jogeon.cli.showing.json_lines import condition_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.showing.destination import Form
    from jogeon.cli.texts import Texts
    from jogeon.events import Condition


def command(texts: Texts) -> click.Command:
    """Return the command."""
    return Command("list", texts, options.output(texts), callback=list_conditions)


@click.pass_obj
def list_conditions(choices: Choices, output: str | None, *, as_csv: bool) -> None:
    """Show seq and name of every saved condition."""
    form = form_of(choices, output, as_csv=as_csv)
    with destination(output) as write:
        conditions = run_loop(_listed(choices))
        _report(conditions, form, choices.texts, write)
    tell_saved(choices, output, len(conditions))


async def _listed(choices: Choices) -> list[Condition]:
    async with shared_client(choices) as client:
        return await client.conditions()


def _report(conditions: Sequence[Condition], form: Form, texts: Texts, write: Callable[[bytes], object]) -> None:
    match form:
        case "json":
            for condition in conditions:
                write(condition_line(condition))
        case "csv":
            from jogeon.cli.showing.spreadsheet import condition_rows, csv_bytes

            write(csv_bytes(condition_rows(conditions, texts)))
        case "table":
            from jogeon.cli.showing.tables import condition_table, show_table

            show_table(condition_table(conditions, texts) if conditions else texts("list.none"))
