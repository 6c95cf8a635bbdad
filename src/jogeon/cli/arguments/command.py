"""A command of jogeon: its shared options, and its help in the language of the user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from jogeon.cli.arguments import options
from jogeon.cli.arguments.choices import Choices
from jogeon.cli.arguments.help import page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jogeon.cli.texts import Texts

    Tables = Callable[[], Iterable[tuple[str, Iterable[tuple[str, str]]]]]


class Command(click.Command):
    """A command whose help and options are found in the texts by its name.

    `uses`: the shared options it has a use for; one of its own by the same name replaces it · `tables`: what its
    help shows behind its options.
    """

    def __init__(
        self,
        name: str,
        texts: Texts,
        params: Sequence[click.Parameter],
        *,
        uses: tuple[str, ...] = options.CONNECTS,
        least_verbose: int = 0,
        checks_settings: bool = True,
        tables: Tables = tuple,
        **more: Any,
    ) -> None:
        own = {param.name for param in params}
        shared = [each for each in options.shared(texts, uses) if each.name not in own]
        every = [*params, *shared, help_option(texts)]
        super().__init__(name, params=every, add_help_option=False, **more)
        self.texts, self.uses, self.least_verbose = texts, uses, least_verbose
        self.checks_settings, self.tables = checks_settings, tables

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
        """Run it, in what the Choices have around every command."""
        for param in self.params:
            if ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE:
                options.refuse_blank(ctx, param, ctx.params.get(param.name or ""))
        options.refuse_unused(ctx, self.uses)
        with ctx.ensure_object(Choices).around(self.least_verbose, checks_settings=self.checks_settings):
            return super().invoke(ctx)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole page; click's own words exist in English only, and it counts Hangul as narrow."""
        formatter.write("\n".join(page(self, ctx, self.texts)))


def help_option(texts: Texts) -> click.Option:
    """Return --help."""
    return click.Option(
        ["-h", "--help"], is_flag=True, is_eager=True, expose_value=False, callback=_help, help=texts("option.help")
    )


class HelpAsked(click.exceptions.Exit):
    """Help was asked for: these lines of it, and nothing else."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__(0)
        self.lines = lines


def _help(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
    if value:
        raise HelpAsked(list(page(ctx.command, ctx, ctx.ensure_object(Choices).texts)))
