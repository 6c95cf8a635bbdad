"""The whole command line: its commands, and one place where whatever goes wrong becomes a message and an exit code."""

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from jogeon.cli import options
from jogeon.cli.command import help_option, page
from jogeon.cli.failures import EXIT_INTERRUPTED, EXIT_USAGE, Failure, explain, explain_usage
from jogeon.cli.language import language
from jogeon.cli.options import Choices, Misuse
from jogeon.cli.terminal import can_show, clean, prepare_streams
from jogeon.cli.texts import Texts

COMMANDS = ("demo", "list", "search", "watch", "clear", "simulate")
"""Each is a module of this package whose `command(texts)` makes it; imported only when it is used."""


class Jogeon(click.Group):
    """The command itself."""

    def __init__(self, texts: Texts) -> None:
        version = click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version,
            help=texts("option.version"),
        )  # fmt: skip
        params = [*options.shared(texts), version, help_option(texts)]
        super().__init__("jogeon", params=params, add_help_option=False, no_args_is_help=True)
        self.texts = texts

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        made: click.Command = import_module(f"jogeon.cli.{cmd_name}").command(self.texts)
        return made

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole page."""
        formatter.write("\n".join(page(self, ctx, self.texts)))


def _version(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("jogeon")
        except PackageNotFoundError:  # run from its source, not installed
            number = "?"
        click.echo(f"jogeon {number}")
        ctx.exit()


def run(argv: Sequence[str]) -> int:
    """Run a command line and return its exit code; nothing ever leaves this as an exception."""
    prepare_streams()
    texts = Texts(_language(argv))
    choices = Choices(texts)
    logging.getLogger().addHandler(logging.NullHandler())  # else Python itself prints what goes wrong
    try:
        return int(Jogeon(texts).main(list(argv), "jogeon", standalone_mode=False, obj=choices) or 0)
    except (KeyboardInterrupt, click.Abort):
        return EXIT_INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return EXIT_USAGE
    except click.UsageError as error:
        click.echo("\n".join(explain_usage(error, texts)), err=True)
        return EXIT_USAGE
    except Exception as error:  # noqa: BLE001 - the last guard: a user never meets a traceback
        return _tell(explain(error, choices))
