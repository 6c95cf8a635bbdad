"""`jogeon logout`: the token is revoked (au10002), the kept keys are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts


def command(texts: Texts) -> click.Command:
    """Return the command."""
    return Command("logout", texts, [options.switch(texts, "--yes")], uses=options.LOGS_IN, callback=logout)


@click.pass_obj
def logout(choices: Choices, *, yes: bool) -> None:
    """Give back what login got, after a question."""
    from jogeon.cli.running.logout import logout as ask_and_delete

    ask_and_delete(choices, yes=yes)
