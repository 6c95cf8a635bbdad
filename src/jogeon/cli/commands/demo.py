"""`jogeon demo`: a simulator and a live view of all its conditions, in one process and without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.arguments.simulation import market_options
from jogeon.cli.running.loop import run_loop
from jogeon.connect import DEMO_SPEED

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts


def command(texts: Texts) -> click.Command:
    """Return the command."""
    market = market_options(texts, speed=f"{DEMO_SPEED:g}")
    params = [
        *market, options.count(texts), options.length(texts, "--duration"),
        options.option(texts, "--port", options.port, "bad.port", "PORT", default="0"),
        options.option(texts, "--rest-port", options.port, "bad.port", "PORT", default="0"),
        *options.presence(texts),
    ]  # fmt: skip
    return Command("demo", texts, params, uses=options.ANSWERS, callback=demo)


@click.pass_obj
def demo(
    choices: Choices, /, conditions: str | None, count: int | None, duration: float | None, port: int,
    rest_port: int, *, lines: bool, bell: bool, **market: Any,
) -> None:  # fmt: skip
    """Show what a market does, until Ctrl+C or for a time."""
    from jogeon.cli.running.conditions_file import rules_from
    from jogeon.cli.running.demo import show_demo
    from jogeon.cli.running.follow import Wish
    from jogeon.simulator.simulator import Simulator

    options.require_one_form(choices, lines=lines)
    choices.server = "demo"
    simulator = Simulator(conditions=rules_from(conditions, choices.texts), **market)
    wish = Wish(count=count, seconds=duration, lines=lines, bell=bell)
    run_loop(show_demo(simulator, wish, choices, port, rest_port))
