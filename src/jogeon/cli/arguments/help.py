"""The help of a command: its usage, what it does, its options in sections, examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jogeon.cli.texts.width import columns, padded, terminal_width, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jogeon.cli.texts import Texts

WIDEST = 100
LEFT = 26
"""Columns for the names of options; a longer one gets a line of its own."""
NARROW, NARROW_LEFT = 60, 12
"""On a terminal of fewer columns, the columns for the names."""
SECTIONS = {
    "what": "everything names exchange codes kind day from since until at login prices",
    "market": "seed speed conditions nights exit_at_end",
    "ends": "count duration",
    "journal": "journal frames keep copy",
    "serves": "host port rest_port tls_cert tls_key may grace ping switch",
    "server": "server keys insecure rest recheck on_taken",
    "answer": "json as_csv output",
    "more": "",
}
"""The sections of the help, in their order, and the options in each; what is in none of them is in the last one."""
PLACE = {name: section for section, names in SECTIONS.items() for name in names.split()}


def page(command: click.Command, ctx: click.Context, texts: Texts) -> Iterator[str]:
    """Yield the lines of the help of a command."""
    width = min(terminal_width(), WIDEST) - 1
    yield from _hanging(usage(command, ctx, texts), width, "  ")
    yield ""
    yield from wrapped(texts(f"help.{command.name}.help"), width)
    if isinstance(command, click.Group):
        yield from _section(
            texts("help.commands"), [(name, texts(f"help.{name}.short")) for name in command.list_commands(ctx)], width
        )
    for section in SECTIONS:
        params = [param for param in _options(command) if _place(param, command) == section]
        yield from _section(texts(f"help.{section}"), [_row(param, texts) for param in params], width)
    for title, rows in getattr(command, "tables", list)():
        yield from _section(title, rows, width)
    yield ""
    yield texts("help.examples") + ":"
    for line in texts(f"help.{command.name}.examples").splitlines():
        yield f"  {line}"


def _options(command: click.Command) -> Iterator[click.Option]:
    return (param for param in command.params if isinstance(param, click.Option) and not param.hidden)


def _place(param: click.Option, command: click.Command) -> str:
    """Return the section of an option; where there is no beginning, --until says when the command ends."""
    if param.name == "until" and not any(each.name == "from" for each in command.params):
        return "ends"
    return PLACE.get(param.name or "", "more")


def _row(param: click.Option, texts: Texts) -> tuple[str, str]:
    """Return the names of an option with its value, and what it does, with its default."""
    flags = ", ".join(sorted(param.opts, key=len))
    value = "" if param.is_flag or param.count else f" {param.metavar}"
    text = param.help or ""
    if isinstance(param.default, str | int | float) and not isinstance(param.default, bool) and not param.count:
        text += f" {texts('help.default', value=param.default)}"
    return flags + value, text


def _section(title: str, rows: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    lines = list(table(rows, width))
    if lines:
        yield from ("", f"{title}:", *lines)


def usage(command: click.Command, ctx: click.Context, texts: Texts) -> str:
    """Return the line that tells how a command is used."""
    pieces = [texts(f"help.{piece}") if texts.has(f"help.{piece}") else piece
              for piece in command.collect_usage_pieces(ctx)]  # fmt: skip
    return " ".join([f"{texts('help.usage')}:", ctx.command_path, *pieces])


def table(rows: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """Yield lines of two columns, aligned as a terminal shows them."""
    size = LEFT if width >= NARROW else NARROW_LEFT
    for left, right in rows:
        lines = list(wrapped(right, max(20, width - size - 2)))
        if columns(left) > size - 2 or not lines:
            yield f"  {left}"
        else:
            yield f"  {padded(left, size)}{lines.pop(0)}"
        for line in lines:
            yield " " * (size + 2) + line


def _hanging(text: str, width: int, indent: str) -> Iterator[str]:
    """Yield the lines of a text, all but the first one indented."""
    first, *rest = wrapped(text, width - len(indent))
    yield first
    yield from (indent + line for line in rest)
