"""`jogeon names`: what stocks are called (종목명, ka10099 and ka10095), without a session of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.running.loop import run_loop
from jogeon.cli.showing.destination import form_of
from jogeon.cli.showing.terminal import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.account.names import KnownName
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

    Found = Sequence[tuple[str, KnownName | None]]


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [options.stock_codes(texts, required=False), options.switch(texts, "--refresh")]
    return Command("names", texts, params, callback=names)


@click.pass_obj
def names(choices: Choices, codes: tuple[str, ...], *, refresh: bool) -> None:
    """Show the names of these stocks, or of all that are known; what is not known is asked for."""
    from jogeon.cli.running.naming import found_names

    found = run_loop(found_names(choices, codes, refresh=refresh))
    _show(found, choices)
    unknown = [code for code, known in found if known is None]
    if unknown:
        tell(choices.texts("names.unknown", codes=", ".join(unknown)))


def _show(found: Found, choices: Choices) -> None:
    if form_of(choices, None, as_csv=False) == "json":
        from jogeon.cli.showing.json_lines import StandardOutput
        from jogeon.cli.showing.name_rows import name_line

        lines = StandardOutput()
        for code, known in found:
            lines.write(name_line(code, known))
        return
    from jogeon.cli.showing.name_rows import name_table
    from jogeon.cli.showing.tables import show_table

    show_table(name_table(found, choices.texts) if found else choices.texts("names.none"))
