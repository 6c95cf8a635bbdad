"""`jogeon clear`: stop the registration of conditions (조건검색 실시간 해제, ka10174)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.running.loop import run_loop, shared_client
from jogeon.cli.showing.json_lines import StandardOutput, condition_line
from jogeon.cli.showing.terminal import is_seen, show, tell, visible_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts
    from jogeon.events import Condition


def command(texts: Texts) -> click.Command:
    """Return the command."""
    return Command("clear", texts, [options.names(texts, required=True)], callback=clear)


@click.pass_obj
def clear(choices: Choices, names: tuple[str, ...]) -> None:
    """Ask the server to stop these registrations, and say what that does not reach."""
    for_people = is_seen(sys.stdout) and not choices.json
    for condition in run_loop(_cleared(choices, names)):
        if for_people:
            show(choices.texts("clear.done", condition=visible_name(condition)))
        else:
            StandardOutput().write(condition_line(condition))
    tell(choices.texts("clear.limit"))


async def _cleared(choices: Choices, names: Sequence[str]) -> list[Condition]:
    async with shared_client(choices) as client:
        wanted = list(dict.fromkeys([await client.resolve(name) for name in names]))
        for condition in wanted:
            await client.clear(condition)
        return wanted
