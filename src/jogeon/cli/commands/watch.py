"""`jogeon watch`: stocks that enter and leave conditions, live (조건검색 요청 실시간, ka10173)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.running.loop import run_loop, shared_client, waited_client

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.running.follow import Wish
    from jogeon.cli.texts import Texts


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [
        options.names(texts, required=False), options.switch(texts, "--all", "everything"), options.exchange(texts),
        options.count(texts), options.length(texts, "--duration"), options.journal(texts, "option.journal.watch"),
        options.after(texts), options.prices(texts), *options.presence(texts), options.wait(texts),
        *options.supervision(texts),
    ]  # fmt: skip
    return Command("watch", texts, params, callback=watch)


@click.pass_obj
def watch(choices: Choices, /, names: tuple[str, ...], *, everything: bool, **more: Any) -> None:
    """Follow these conditions, or all of them."""
    from jogeon.cli.running.follow import Wish

    options.require_names(names, choices.texts, everything=everything)
    options.require_one_form(choices, lines=more["lines"])
    choices.recheck, choices.on_taken, choices.wait = more["recheck"], more["on_taken"], more["wait"]
    journal = None if more["journal"] is None else _free_journal(more["journal"])
    after = None if more["after"] is None else str(more["after"])
    shown = {key: more[key] for key in ("prices", "lines", "bell")}
    wish = Wish(names, more["exchange"], more["count"], more["duration"], journal, after=after, **shown)
    run_loop(_watch(choices, wish))


def _free_journal(named: str) -> str:
    """Return the journal to write; JournalError if it cannot be written."""
    from jogeon.cli.running.journals import journal_today
    from jogeon.journal.file import require_free

    path = journal_today(named)
    require_free(path)
    return str(path)


async def _watch(choices: Choices, wish: Wish) -> None:
    from jogeon.cli.running.follow import follow

    async with waited_client(choices, shared_client) as client:
        await follow(client, wish, choices)
