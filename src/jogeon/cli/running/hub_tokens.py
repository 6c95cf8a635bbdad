"""`jogeon hub token`: lets programs in by keys of their own, lists them, shuts them out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from jogeon.account.consumers import checked_name, consumers, let_in, shut_out
from jogeon.cli.showing.json_lines import StandardOutput, json_line
from jogeon.cli.showing.tables import Column, Table, show_table
from jogeon.cli.showing.terminal import is_seen, show, tell
from jogeon.events import korean

if TYPE_CHECKING:
    from jogeon.account.consumers import May
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts


def token(choices: Choices, words: tuple[str, ...], may: May | None) -> None:
    """Do what the words behind `hub token` say; what makes no sense is refused."""
    texts = choices.texts
    match words:
        case ("add", name):
            _add(choices, _named(name, texts), may or "all")
        case ("list",) if may is None:
            _list(choices)
        case ("revoke", name) if may is None:
            _revoke(choices, _named(name, texts))
        case _ if may is not None and words[:1] != ("add",):
            raise click.BadParameter(texts("bad.idle", option="--may", what=" ".join(("hub token", *words[:1]))))
        case _:
            raise click.BadParameter(texts("bad.token"))


def _named(typed: str, texts: Texts) -> str:
    name = checked_name(typed)
    if name is None:
        raise click.BadParameter(texts("bad.token-name"))
    return name


def _add(choices: Choices, name: str, may: May) -> None:
    """Let a program in, and show its keys: nobody can show them again."""
    try:
        given = let_in(name, may)
    except ValueError as error:
        raise click.BadParameter(choices.texts("bad.token-many", most=error.args[0])) from None
    if given is None:
        raise click.BadParameter(choices.texts("bad.token-twice", name=name))
    if _is_for_programs(choices):
        StandardOutput().write(json_line({"name": name, "appkey": given.appkey, "secretkey": given.secretkey}))
        return
    show(f"appkey     {given.appkey}", f"secretkey  {given.secretkey}")
    tell(*choices.texts("hub.token.given", secretkey=given.secretkey).split("\n"))


def _list(choices: Choices) -> None:
    """Show who is let in; no secret is kept that could be shown."""
    there = consumers()
    if _is_for_programs(choices):
        for each in there:
            since = korean(each.since_ns).isoformat(timespec="microseconds")
            fields = {"name": each.name, "appkey": each.appkey, "may": each.may, "since": since}
            StandardOutput().write(json_line(fields))
        return
    if not there:
        tell(choices.texts("hub.token.none"))
        return
    texts = choices.texts
    heads = (Column(texts("hub.token.name")), Column("appkey"), Column(texts("hub.token.may")),
             Column(texts("hub.token.since"), rank=1))  # fmt: skip
    table = Table(heads)
    for each in there:
        table.add(each.name, each.appkey, texts(f"hub.may.{each.may}"), f"{korean(each.since_ns):%Y-%m-%d %H:%M}")
    show_table(table)


def _revoke(choices: Choices, name: str) -> None:
    """Shut a program out; hubs that run end its connections at once."""
    if not shut_out(name):
        raise click.BadParameter(choices.texts("bad.token-unknown", name=name))
    if _is_for_programs(choices):
        StandardOutput().write(json_line({"name": name, "revoked": True}))
    else:
        show(choices.texts("hub.token.revoked", name=name))


def _is_for_programs(choices: Choices) -> bool:
    return choices.json or not is_seen(sys.stdout)
