"""`jogeon watch`: stocks that enter and leave conditions, live (조건검색 요청 실시간, ka10173)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jogeon.cli import options
from jogeon.cli.command import Command
from jogeon.cli.follow import Wish, follow
from jogeon.cli.running import open_client, run_loop

if TYPE_CHECKING:
    from jogeon.cli.options import Choices
    from jogeon.cli.texts import Texts
    from jogeon.events import Exchange
    from jogeon.supervisor import OnTaken


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [
        options.names(texts, required=False), options.switch(texts, "--all", "everything"),
        options.exchange(texts), options.count(texts), options.length(texts), *options.supervision(texts),
    ]  # fmt: skip
    return Command("watch", texts, params, callback=watch)


@click.pass_obj
def watch(
    choices: Choices, names: tuple[str, ...], exchange: Exchange, count: int | None, duration: float | None,
    *, everything: bool, recheck: float, on_taken: OnTaken,
) -> None:  # fmt: skip
    """Follow these conditions, or all of them."""
    if not names and not everything:
        raise click.BadParameter(choices.texts("bad.no-names"))
    if names and everything:
        raise click.BadParameter(choices.texts("bad.names-and-all"))
    choices.recheck, choices.on_taken = recheck, on_taken
    run_loop(_watch(choices, Wish(names, exchange, count, duration)))


async def _watch(choices: Choices, wish: Wish) -> None:
    async with open_client(choices) as client:
        await follow(client, wish, choices)
