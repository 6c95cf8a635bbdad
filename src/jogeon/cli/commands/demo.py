"""`jogeon demo`: a simulator and a live view of all its conditions, in one process and without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.arguments.simulation import market_options
from jogeon.cli.running.loop import run_loop
from jogeon.connect import DEMO_SPEED, connect

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.running.follow import Wish
    from jogeon.cli.texts import Texts
    from jogeon.simulator.simulator import Simulator


def command(texts: Texts) -> click.Command:
    """Return the command."""
    market = market_options(texts, speed=f"{DEMO_SPEED:g}")
    params = [*market, options.count(texts), options.length(texts, "--duration")]
    return Command("demo", texts, params, uses=options.ANSWERS, callback=demo)


@click.pass_obj
def demo(choices: Choices, /, conditions: str | None, count: int | None, duration: float | None, **market: Any) -> None:
    """Show what a market does, until Ctrl+C or for a time."""
    from jogeon.cli.running.conditions_file import rules_from
    from jogeon.cli.running.follow import Wish
    from jogeon.simulator.simulator import Simulator

    choices.server = "demo"
    simulator = Simulator(conditions=rules_from(conditions, choices.texts), **market)
    run_loop(_demo(simulator, Wish(count=count, seconds=duration), choices))


async def _demo(simulator: Simulator, wish: Wish, choices: Choices) -> None:
    from jogeon.cli.running.demo import demo_board
    from jogeon.cli.running.follow import follow

    async with simulator, demo_board(simulator, choices.texts), connect(simulator.websocket) as client:
        await follow(client, wish, choices)
