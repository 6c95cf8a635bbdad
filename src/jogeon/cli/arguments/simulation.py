"""What may be typed of a simulated market and its broker: options and switches."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import click

from jogeon import times
from jogeon.cli.arguments import options, places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jogeon.cli.texts import Texts
    from jogeon.simulator.broker.switches import Switches

WEBSOCKET_PORT, REST_PORT = "10000", "10001"


def market_options(texts: Texts, *, speed: str) -> list[click.Parameter]:
    """Return the options that make a market."""
    return [
        options.option(texts, "--seed", options.whole, "bad.integer", "N", default="1"),
        options.option(texts, "--speed", options.not_negative, "bad.not-negative", "X", default=speed),
        places.file(texts, "--conditions"),
    ]


def broker_options(texts: Texts) -> list[click.Parameter]:
    """Return the options of a simulated broker, whatever its market."""
    return [
        options.length(texts, "--ping"),
        click.Option(
            ["--switch"], multiple=True, metavar="NAME=VALUE", help=texts("option.switch"),
            shell_complete=lambda _ctx, _param, typed: options.beginning_with(typed, _assignments()),
        ),
        click.Option(["--host"], default="127.0.0.1", metavar="HOST", help=texts("option.host")),
        options.option(texts, "--port", options.port, "bad.port", "PORT", default=WEBSOCKET_PORT),
        options.option(texts, "--rest-port", options.port, "bad.port", "PORT", default=REST_PORT),
        options.length(texts, "--duration"),
    ]  # fmt: skip


# ---------------------------------------------------------------- switches


def switches_from(given: Sequence[str], ping: float | None, texts: Texts) -> Switches:
    """Return what NAME=VALUE say of the simulator; the names and their values are those of its Switches."""
    import msgspec

    from jogeon.simulator.broker.switches import Switches

    values: dict[str, object] = {} if ping is None else {"ping": ping}
    for each in given:
        name, _, value = each.partition("=")
        name = name.replace("-", "_")
        if name not in Switches.__struct_fields__:
            known = ", ".join(Switches.__struct_fields__)
            raise click.BadParameter(texts("bad.choice", value=name, choices=known))
        if name == "ping" and ping is not None:
            raise click.BadParameter(texts("bad.ping-twice"))
        values[name] = _switched(name, value, texts)
    return msgspec.convert(values, Switches, strict=False)


def _switched(name: str, value: str, texts: Texts) -> object:
    """Return the value of a switch; a usage error says which it can have."""
    import msgspec

    from jogeon.errors import InvalidAddress
    from jogeon.simulator.broker.switches import Switches

    kind = get_type_hints(Switches)[name]
    meant: object = value
    if kind is float:
        with suppress(ValueError):  # another number is out of range, what is none is refused below
            meant = times.pause(value)
    try:
        msgspec.convert({name: meant}, Switches, strict=False)
    except InvalidAddress:
        default = getattr(Switches(), name)
        raise click.BadParameter(texts("bad.switch.range", name=name, value=value, default=default)) from None
    except msgspec.ValidationError:
        raise click.BadParameter(texts("bad.switch", name=name, value=value, wanted=_wanted(kind, texts))) from None
    return meant


def _wanted(kind: Any, texts: Texts) -> str:
    """Return what values of a type are called."""
    if get_origin(kind) is Literal:
        return texts("wanted.one of", choices=", ".join(get_args(kind)))
    return texts(f"wanted.{_plain(kind).__name__}")


def _plain(kind: Any) -> type:
    return next(each for each in (bool, int, float) if kind is each or each in get_args(kind))


def switch_table(texts: Texts) -> Iterable[tuple[str, Iterable[tuple[str, str]]]]:
    """Return a section of the help: every switch with its default, and the values it can have."""
    from jogeon.simulator.broker.switches import Switches

    usual, kinds = Switches(), get_type_hints(Switches)
    rows = [
        (f"{name}={_written(getattr(usual, name))}", _values(kinds[name], texts)) for name in Switches.__struct_fields__
    ]
    return [(texts("help.switches"), rows)]


def _values(kind: Any, texts: Texts) -> str:
    """Return the values that a type has; a number with a fraction is a length of time."""
    if get_origin(kind) is Literal:
        return "|".join(get_args(kind))
    return {bool: "true|false", int: "N", float: texts("metavar.length")}[_plain(kind)]


def _written(value: object) -> str:
    """Return a value as --switch takes it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
    return str(value)


def _assignments() -> list[str]:
    from jogeon.simulator.broker.switches import Switches

    return [f"{name}=" for name in Switches.__struct_fields__]
