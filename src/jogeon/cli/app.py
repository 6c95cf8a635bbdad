"""The whole command line: its commands, and one place where whatever goes wrong becomes a message and an exit code."""

import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from importlib import import_module
from typing import Any

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.choices import Choices, Connect
from jogeon.cli.arguments.command import HelpAsked, help_option
from jogeon.cli.arguments.help import page
from jogeon.cli.showing.error_thread import notices
from jogeon.cli.showing.failures import INTERRUPTED, USAGE, exit_code, explain, explain_usage, similar
from jogeon.cli.showing.terminal import can_show, hush, is_terminal, prepare_streams, show, tell
from jogeon.cli.texts import Texts
from jogeon.cli.texts.language import Lang, asked_for, config_in, spoken_here
from jogeon.cli.texts.width import terminal_width
from jogeon.connect import connect as connect_to
from jogeon.errors import InvalidSetting
from jogeon.masks import masked
from jogeon.version import VERSION

COMMANDS = (
    "demo", "list", "search", "watch", "quotes", "names", "record", "alerts", "history", "export", "replay", "clear",
    "login", "logout", "doctor", "simulate", "hub", "board",
)  # fmt: skip
"""Each is a module of this package whose `command(texts)` makes it; imported only when it is used."""
COMPLETE = "_JOGEON_COMPLETE"
"""The variable by which a shell asks what may come next; see the README."""


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
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        made: click.Command = import_module(f"jogeon.cli.commands.{cmd_name}").command(self.texts)
        return made

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is named first, or say which were close."""
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            near = similar(args[0], COMMANDS)
            hint = [self.texts("usage.did-you-mean", names=", ".join(near))] if near else []
            raise click.BadParameter("\n".join([self.texts("usage.no-such-command", name=args[0]), *hint]), ctx)
        return super().resolve_command(ctx, args)

    def tables(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return what the help explains once for all commands."""
        kinds = ("length", "moment", "day")
        rows = [(self.texts(f"metavar.{kind}"), self.texts(f"help.{kind}")) for kind in kinds]
        return [(self.texts("help.times"), rows)]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole page."""
        formatter.write("\n".join(page(self, ctx, self.texts)))


def _version(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
    if value:
        show(f"jogeon {VERSION}")
        ctx.exit()


def run(argv: Sequence[str], connect: Connect | None = None) -> int:
    """Run a command line and return its exit code; nothing ever leaves this as an exception.

    `connect` makes the client, `jogeon.connect` if none is given.
    """
    from jogeon.account.environment import config_file

    with config_file(config_in(argv)):
        return _told(argv, connect)


def _told(argv: Sequence[str], connect: Connect | None) -> int:
    """Run a command line while notices are written."""
    prepare_streams()
    texts = Texts(_language(argv))
    choices = Choices(texts, connect or connect_to, tuple(argv))
    choices.around = partial(_around, choices)
    if asked := os.environ.get(COMPLETE):
        from click.shell_completion import shell_complete  # a shell needs it, people do not

        return shell_complete(Jogeon(texts), {"obj": choices}, "jogeon", COMPLETE, asked)
    with notices.opened(lambda count: texts("notices.lost", count=count)):
        try:
            return _run(choices)
        except KeyboardInterrupt:
            hush()  # a reader that stands still would keep what is left from being written, and Python from ending
            if is_terminal(sys.stderr):
                tell("")  # after the ^C that the terminal shows
            return INTERRUPTED


def _around(choices: Choices, least_verbose: int, *, checks_settings: bool) -> AbstractContextManager[None]:
    """Return what a command runs in."""
    from jogeon.cli.running.surroundings import surroundings  # brings the settings, which no help needs

    return surroundings(choices, least_verbose, checks_settings=checks_settings)


def _run(choices: Choices) -> int:
    try:
        return _invoke(Jogeon(choices.texts), choices)
    except BrokenPipeError:  # whoever read our output has seen enough
        hush()
        return 0
    except click.UsageError as error:
        is_help = isinstance(error, click.exceptions.NoArgsIsHelpError)
        tell(*(error.message if is_help else explain_usage(error, choices.texts, choices.argv)).split("\n"))
        return USAGE
    except Exception as error:  # noqa: BLE001  # the last guard: nobody should have to read a traceback
        if os.environ.get("JOGEON_DEBUG"):
            import traceback

            tell(*masked(traceback.format_exc().rstrip()).split("\n"))
        width = terminal_width() if is_terminal(sys.stderr) else None
        tell(*explain(error, choices, width).split("\n"))
        return exit_code(error)


def _invoke(group: click.Group, choices: Choices) -> int:
    """Do what click's own `main` does, which has words and exit codes of its own for Ctrl+C and closed pipes."""
    try:
        with group.make_context("jogeon", list(choices.argv), obj=choices) as context:
            group.invoke(context)
    except HelpAsked as asked:
        show(*asked.lines)
        return 0
    except click.exceptions.Exit as done:
        return done.exit_code
    return 0


def _language(argv: Sequence[str]) -> Lang:
    """Return the language to speak; Korean as a mere default only where it can be shown."""
    if asked := asked_for(argv):
        return asked
    from jogeon.account.environment import has_settings, language

    with suppress(InvalidSetting):  # told when the setting is needed; until then there is no language to tell it in
        if lang := language():
            return lang
        if has_settings():
            from jogeon.account.settings import chosen_language  # what reads TOML loads more than any help needs

            if lang := chosen_language():
                return lang
    return "ko" if spoken_here(os.environ) == "ko" and can_show("가", getattr(sys.stderr, "encoding", "")) else "en"
