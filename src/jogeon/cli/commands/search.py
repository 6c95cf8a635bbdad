"""`jogeon search`: the stocks that meet conditions now (조건검색 요청 일반, ka10172)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.running.loop import run_loop, shared_client
from jogeon.cli.showing.destination import destination, form_of, tell_saved
from jogeon.cli.showing.json_lines import stock_line
from jogeon.cli.showing.progress import Progress
from jogeon.cli.showing.terminal import visible_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.showing.destination import Form
    from jogeon.cli.texts import Texts
    from jogeon.events import Condition, Exchange, Stock


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [options.names(texts, required=True), options.exchange(texts), *options.output(texts)]
    return Command("search", texts, params, callback=search)


@click.pass_obj
def search(choices: Choices, names: tuple[str, ...], exchange: Exchange, output: str | None, *, as_csv: bool) -> None:
    """Show every stock of these conditions, all pages of them."""
    form = form_of(choices, output, as_csv=as_csv)
    with destination(output) as write:  # opened before anything is asked for, because it may fail
        found = run_loop(_found(choices, names, exchange))
        _report(found, form, choices.texts, write)
    tell_saved(choices, output, sum(len(stocks) for _, stocks in found))


async def _found(choices: Choices, names: Sequence[str], exchange: Exchange) -> list[tuple[Condition, list[Stock]]]:
    async with shared_client(choices) as client:
        wanted = dict.fromkeys([await client.resolve(name) for name in names])
        found = []
        for condition in wanted:
            with Progress() as progress:
                told = partial(_tell, progress, condition, choices.texts)
                found.append((condition, await client.search(condition, exchange=exchange, progress=told)))
        return found


def _tell(progress: Progress, condition: Condition, texts: Texts, rows: int) -> None:
    progress.show(texts("search.progress", condition=visible_name(condition), rows=rows))


def _report(
    found: Sequence[tuple[Condition, Sequence[Stock]]], form: Form, texts: Texts, write: Callable[[bytes], object]
) -> None:
    match form:
        case "json":
            for condition, stocks in found:
                for stock in stocks:
                    write(stock_line(condition, stock))
        case "csv":
            from jogeon.cli.showing.spreadsheet import csv_bytes, stock_rows

            write(csv_bytes(stock_rows(found, texts)))
        case "table":
            from jogeon.cli.showing.tables import show_stocks

            for condition, stocks in found:
                show_stocks(condition, stocks, texts)
