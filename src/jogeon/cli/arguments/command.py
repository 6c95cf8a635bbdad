"""A command of jogeon: its shared options, and its help in the language of the user."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click
from click.core import ParameterSource

from jogeon.cli.arguments import options
from jogeon.cli.arguments.options import Choices
from jogeon.cli.showing.terminal import columns, wrapped
from jogeon.cli.texts import Texts

WIDEST = 100
LEFT = 26
"""Columns for the names of options; a longer one gets a line of its own."""


class Command(click.Command):
    """A command whose help and options are found in the texts by its name."""

    def __init__(
        self,
        name: str,
        texts: Texts,
        params: Sequence[click.Parameter],
        *,
        least_verbose: int = 0,
        connects: bool = True,
        **more: Any,
    ) -> None:
        every = [*params, *options.shared(texts, connects=connects), help_option(texts)]
        super().__init__(name, params=every, add_help_option=False, **more)
        self.texts, self.least_verbose = texts, least_verbose

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what was typed; a word too many is named, and an error of an option knows its command."""
        ctx.allow_extra_args = True
        try:
            super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if ctx.args and not ctx.resilient_parsing:
            raise click.BadParameter(self.texts("usage.extra", names=" ".join(ctx.args)), ctx)
        return ctx.args

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, with as much log as was asked for."""
        from jogeon.cli.running.keys import check_settings, noticed
        from jogeon.cli.running.loop import logged  # brings the event loop, which no help needs

        for param in self.params:
            if ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE:
                options.refuse_blank(ctx, param, ctx.params.get(param.name or ""))
        if self.name != "doctor":  # which reports them
            check_settings()
        with noticed(ctx.ensure_object(Choices)), logged(max(self.least_verbose, ctx.ensure_object(Choices).verbose)):
            return super().invoke(ctx)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole page; click's own words exist in English only, and it counts Hangul as narrow."""
        formatter.write("\n".join(page(self, ctx, self.texts)))


def help_option(texts: Texts) -> click.Option:
    """Return --help."""
    return click.Option(
        ["-h", "--help"], is_flag=True, is_eager=True, expose_value=False, callback=_help, help=texts("option.help")
    )


def _help(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
    if value:
        click.echo(ctx.get_help())
        ctx.exit()


def page(command: click.Command, ctx: click.Context, texts: Texts) -> Iterator[str]:
    """Yield the lines of the help of a command."""
    width = min(shutil.get_terminal_size().columns, WIDEST) - 1
    yield usage(command, ctx, texts)
    yield ""
    yield from wrapped(texts(f"help.{command.name}.help"), width)
    if isinstance(command, click.Group):
        yield ""
        yield texts("help.commands") + ":"
        yield from table(((name, texts(f"help.{name}.short")) for name in command.list_commands(ctx)), width)
    yield ""
    yield texts("help.options") + ":"
    records = (param.get_help_record(ctx) for param in command.params if isinstance(param, click.Option))
    yield from table((record for record in records if record), width)
    yield ""
    yield texts("help.examples") + ":"
    for line in texts(f"help.{command.name}.examples").splitlines():
        yield f"  {line}"


def usage(command: click.Command, ctx: click.Context, texts: Texts) -> str:
    """Return the line that tells how a command is used."""
    pieces = [texts(f"help.{piece}") if texts.has(f"help.{piece}") else piece
              for piece in command.collect_usage_pieces(ctx)]  # fmt: skip
    return " ".join([f"{texts('help.usage')}:", ctx.command_path, *pieces])


def table(rows: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """Yield lines of two columns, aligned as a terminal shows them."""
    for left, right in rows:
        lines = list(wrapped(right, max(20, width - LEFT - 2)))
        if columns(left) > LEFT - 2:
            yield f"  {left}"
        else:
            yield f"  {left}{' ' * (LEFT - columns(left))}{lines.pop(0)}"
        for line in lines:
            yield " " * (LEFT + 2) + line
