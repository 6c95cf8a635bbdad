"""`jogeon board`: a link that opens the page of a hub that runs here (현황판)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.running.loop import run_loop
from jogeon.cli.showing.json_lines import StandardOutput, json_line
from jogeon.cli.showing.terminal import is_seen, show, tell

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

NO_BOARD = 5
"""The exit code where no board answers: it could not be reached."""


def command(texts: Texts) -> click.Command:
    """Return the command."""
    return Command("board", texts, [], uses=("server", *options.ANSWERS), callback=board)


@click.pass_obj
def board(choices: Choices) -> None:
    """Ask the board for a link, print it, and open it where a person asked."""
    from jogeon.cli.running.board import link_to

    url = run_loop(link_to(choices.server))
    if url is None:
        tell(*choices.texts("board.none").split("\n"))
        raise click.exceptions.Exit(NO_BOARD)
    if choices.json or not is_seen(sys.stdout):
        StandardOutput().write(json_line({"url": url}))
        return
    show(choices.texts("board.link", url=url))
    click.launch(url)
