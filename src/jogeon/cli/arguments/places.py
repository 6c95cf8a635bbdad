"""Options that name a file or a folder."""

from __future__ import annotations

from os.path import expanduser, isfile
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from jogeon.cli.texts import Texts


def file(
    texts: Texts, *flags: str, metavar: str = "metavar.file", text: str = "", folder: bool = False
) -> click.Option:
    """Return an option that names a file or a folder; "~" is the home."""

    def place(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        typed = home(value)
        if folder and typed is not None and isfile(typed):  # noqa: PTH113  # a Path raises where a folder is closed
            raise click.BadParameter(texts("bad.folder", value=typed), ctx, param)
        return typed

    text = texts(text or f"option.{flags[-1].lstrip('-')}")
    return click.Option(list(flags), type=PathName(folder=folder), callback=place, metavar=texts(metavar), help=text)


class PathName(click.types.StringParamType):
    """The name of a file or a folder as it was typed: whoever opens it tells what is wrong, in the user's language.

    click's own Path has gettext translate its name whenever one is made, which takes longer than any help page.
    """

    name = "path"

    def __init__(self, *, folder: bool = False) -> None:
        self._folder = folder

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Have the shell offer what there is."""
        del ctx, param
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="dir" if self._folder else "file")]


def home(value: str | None) -> str | None:
    """Expand "~", which a shell leaves alone behind "--journal="."""
    if value is None or not value.startswith("~"):
        return value
    return expanduser(value)  # noqa: PTH111  # a Path raises where nobody knows that home
