"""`jogeon login`: the app key and the secret key (앱키, 시크릿키) are asked for, checked, and kept."""

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
    return Command("login", texts, [], uses=options.LOGS_IN, callback=login)


@click.pass_obj
def login(choices: Choices) -> None:
    """Ask for keys, request a token with them, and keep them if that works."""
    from jogeon.cli.running.login import login as ask_and_keep

    ask_and_keep(choices)
