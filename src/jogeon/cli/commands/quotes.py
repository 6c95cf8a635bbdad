"""`jogeon quotes`: the prices of stocks, as they are traded (시세, 0B and ka10095)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.running.loop import open_client, run_loop
from jogeon.cli.showing.terminal import is_seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts
    from jogeon.live.policy import OnTaken


def command(texts: Texts) -> click.Command:
    """Return the command."""
    count = options.option(texts, "--count", options.at_least_one, "bad.count", "N", text="option.count.quotes")
    params = [options.stock_codes(texts), count, options.length(texts, "--duration"), *options.supervision(texts)[1:]]
    return Command("quotes", texts, params, callback=quotes)


@click.pass_obj
def quotes(
    choices: Choices, codes: tuple[str, ...], count: int | None, duration: float | None, on_taken: OnTaken
) -> None:
    """Show the quotes of these stocks as they come."""
    choices.on_taken = on_taken
    run_loop(_follow(choices, codes, count, duration))


async def _follow(choices: Choices, codes: Sequence[str], count: int | None, seconds: float | None) -> None:
    from jogeon.cli.running.pricing import tell_quotes
    from jogeon.cli.showing.quote_lines import line_of

    line = line_of(choices.texts, readable=not choices.json and is_seen(sys.stdout))
    async with open_client(choices) as client:
        await tell_quotes(client.quotes(*codes), line, count, seconds, choices.texts)
