"""`jogeon simulate`: a server that speaks the broker's wire over a synthetic market (시뮬레이터)."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.arguments.simulation import broker_options, market_options, switch_table, switches_from

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts
    from jogeon.simulator.simulator import Simulator


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [*market_options(texts, speed="1"), *broker_options(texts)]
    return Command(
        "simulate", texts, params, uses=options.ANSWERS, least_verbose=1, tables=partial(switch_table, texts),
        callback=simulate,
    )  # fmt: skip


@click.pass_obj
def simulate(choices: Choices, /, conditions: str | None, duration: float | None, **more: Any) -> None:
    """Serve until Ctrl+C, or for a time."""
    from jogeon.account.environment import server_token
    from jogeon.cli.running.conditions_file import rules_from
    from jogeon.cli.running.loop import run_loop
    from jogeon.cli.running.serving import serve
    from jogeon.simulator.simulator import Simulator

    switches = switches_from(more.pop("switch"), more.pop("ping"), choices.texts)
    rules = rules_from(conditions, choices.texts)
    simulator = Simulator(conditions=rules, switches=switches, token=server_token(), **more)
    run_loop(serve(simulator, duration, lambda: _simulate(simulator, choices.texts)))


async def _simulate(simulator: Simulator, texts: Texts) -> None:
    from jogeon.cli.showing.terminal import is_terminal, tell

    if is_terminal(sys.stderr):
        tell(texts("simulate.running"))
    await simulator.run()
