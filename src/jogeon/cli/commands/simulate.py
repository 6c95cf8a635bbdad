"""`jogeon simulate`: a server that speaks the broker's wire over a synthetic market (시뮬레이터)."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import click
import msgspec

from jogeon.account.environment import server_token
from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.running.loop import run_loop
from jogeon.cli.showing.json_lines import Lines, json_line
from jogeon.cli.showing.output_thread import Output
from jogeon.cli.showing.terminal import is_terminal, tell
from jogeon.cli.showing.translate import said
from jogeon.errors import InvalidAddress

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from jogeon.cli.arguments.options import Choices
    from jogeon.cli.texts import Texts
    from jogeon.simulator.broker.switches import Switches
    from jogeon.simulator.market.expressions import ConditionRule
    from jogeon.simulator.serving.service import Service
    from jogeon.simulator.simulator import Simulator

WEBSOCKET_PORT, REST_PORT = "10000", "10001"


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [*market_options(texts, speed="1"), *broker_options(texts)]
    return Command("simulate", texts, params, least_verbose=1, connects=False, callback=simulate)


def broker_options(texts: Texts) -> list[click.Parameter]:
    """Return the options of a simulated broker, whatever its market."""
    return [
        options.option(texts, "--ping", options.positive, "bad.positive", texts("metavar.seconds")),
        click.Option(["--switch"], multiple=True, metavar="NAME=VALUE", help=texts("option.switch")),
        click.Option(["--host"], default="127.0.0.1", metavar="HOST", help=texts("option.host")),
        options.option(texts, "--port", options.port, "bad.port", "PORT", default=WEBSOCKET_PORT),
        options.option(texts, "--rest-port", options.port, "bad.port", "PORT", default=REST_PORT),
        options.length(texts),
    ]


def market_options(texts: Texts, *, speed: str) -> list[click.Parameter]:
    """Return the options that make a market."""
    return [
        options.option(texts, "--seed", options.whole, "bad.integer", "N", default="1"),
        options.option(texts, "--speed", options.not_negative, "bad.not-negative", "X", default=speed),
        click.Option(["--conditions"], metavar=texts("metavar.file"), help=texts("option.conditions")),
    ]


@click.pass_obj
def simulate(choices: Choices, /, conditions: str | None, duration: float | None, **more: Any) -> None:
    """Serve until Ctrl+C, or for a time."""
    from jogeon.simulator.simulator import Simulator

    switches = switches_from(more.pop("switch"), more.pop("ping"), choices.texts)
    rules = rules_from(conditions, choices.texts)
    simulator = Simulator(conditions=rules, switches=switches, token=server_token(), **more)
    run_loop(serve(simulator, duration, lambda: _simulate(simulator, choices.texts)))


async def _simulate(simulator: Simulator, texts: Texts) -> None:
    if is_terminal(sys.stderr):
        tell(texts("simulate.running"))
    await simulator.run()


async def serve(service: Service, duration: float | None, work: Callable[[], Awaitable[None]]) -> None:
    """Tell the addresses of a broker and do the work, at most for a time."""
    async with service:
        line = json_line({"websocket": service.websocket, "rest": service.rest})
        try:
            with Output(Lines()) as output:
                async with asyncio.timeout(duration) as limit:
                    await _both(output.write(line), work())
        except TimeoutError:
            if not limit.expired():
                raise


async def _both(*works: Awaitable[None]) -> None:
    """Wait for both; an error of one ends the other. A server serves also while nobody reads its addresses."""
    futures = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*futures)
    finally:
        for future in futures:
            future.cancel()


def rules_from(path: str | None, texts: Texts) -> Sequence[ConditionRule] | None:
    """Return the conditions of a file, None for the simulator's own; a wrong file is a usage error that says where."""
    if path is None:
        return None
    from jogeon.simulator.market.expressions import ExpressionError, load_conditions

    try:
        return load_conditions(Path(path))
    except ExpressionError as error:
        reason = texts(f"expression.{error.reason}") + (f" ({error.detail})" if error.detail else "")
        told = texts("bad.expression", name=error.name, column=error.column, reason=reason)
        raise click.BadParameter(f"{told}\n  {error.expression}") from None
    except ValueError as error:
        where, _, why = str(error).partition(": ")
        raise click.BadParameter(texts("bad.conditions", detail=f"{where}: {said(why, texts)}")) from None


def switches_from(given: Sequence[str], ping: float | None, texts: Texts) -> Switches:
    """Return what NAME=VALUE say of the simulator; the names and their values are those of its Switches."""
    from jogeon.simulator.broker.switches import Switches

    values: dict[str, object] = {} if ping is None else {"ping": ping}
    for each in given:
        name, _, value = each.partition("=")
        name = name.replace("-", "_")
        if name not in Switches.__struct_fields__:
            known = ", ".join(Switches.__struct_fields__)
            raise click.BadParameter(texts("bad.choice", value=name, choices=known))
        _check_switch(name, value, texts)
        values[name] = value
    return msgspec.convert(values, Switches, strict=False)


def _check_switch(name: str, value: str, texts: Texts) -> None:
    """Refuse a value that a switch cannot have, and say what it can."""
    from jogeon.simulator.broker.switches import Switches

    try:
        msgspec.convert({name: value}, Switches, strict=False)
    except msgspec.ValidationError:
        wanted = _wanted(get_type_hints(Switches)[name], texts)
        raise click.BadParameter(texts("bad.switch", name=name, value=value, wanted=wanted)) from None
    except InvalidAddress:
        default = getattr(Switches(), name)
        raise click.BadParameter(texts("bad.switch.range", name=name, value=value, default=default)) from None


def _wanted(kind: Any, texts: Texts) -> str:
    """Return what values of a type are called."""
    if get_origin(kind) is Literal:
        return texts("wanted.one of", choices=", ".join(get_args(kind)))
    for name, each in {"bool": bool, "int": int, "float": float}.items():
        if kind is each or each in get_args(kind):
            return texts(f"wanted.{name}")
    raise AssertionError(kind)
