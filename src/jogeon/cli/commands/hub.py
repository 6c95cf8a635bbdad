"""`jogeon hub`: owns the one session with the broker and serves many programs over the same wire (허브)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jogeon import times
from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command
from jogeon.cli.running.loop import run_loop

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

WEBSOCKET_PORT, REST_PORT = "10010", "10011"


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [
        options.names(texts, required=False), options.switch(texts, "--all", "everything"),
        options.length(texts, "--duration"), options.journal(texts), options.length(texts, "--keep"),
        click.Option(["--host"], default="127.0.0.1", metavar="HOST", help=texts("option.host")),
        options.option(texts, "--port", options.port, "bad.port", "PORT", default=WEBSOCKET_PORT),
        options.option(texts, "--rest-port", options.port, "bad.port", "PORT", default=REST_PORT),
        options.option(texts, "--grace", times.pause, "bad.length", texts("metavar.length"), default="30s"),
        options.prices(texts, "option.prices.record"), options.switch(texts, "--alerts"),
        click.Option(["--nats"], metavar="nats://HOST:4222/ALIAS", help=texts("option.nats")),
        options.switch(texts, "--standby", "standby"),
        click.Option(["--rest"], metavar=texts("metavar.url"), help=texts("option.rest.hub")),
        *options.supervision(texts),
    ]  # fmt: skip
    return Command("hub", texts, params, callback=hub)


@click.pass_obj
def hub(choices: Choices, /, names: tuple[str, ...], journal: str | None, *, everything: bool, **more: Any) -> None:
    """Serve until told to stop."""
    from jogeon.cli.running.hub import serve_hub, settings_of

    if names == ("status",):
        from jogeon.cli.running.hub_status import status

        status(choices, more["rest"])
        return
    if names[:1] == ("unit",):
        from jogeon.cli.showing.terminal import show
        from jogeon.cli.showing.unit import unit

        place = choices.argv.index("unit")
        show(*unit((*choices.argv[:place], *choices.argv[place + 1 :])).splitlines())
        return
    if more["rest"] is not None:
        raise click.BadParameter(choices.texts("bad.idle", option="--rest", what="hub"))
    if names and everything:
        raise click.BadParameter(choices.texts("bad.names-and-all"))
    more["keep"] = options.require_days(more["keep"], choices.texts)
    if journal is not None and "{date}" in journal:
        raise click.BadParameter(choices.texts("bad.hub-date"))
    choices.recheck, choices.on_taken, choices.nats = more["recheck"], more["on_taken"], more["nats"]
    choices.standby = more["standby"]
    if choices.standby and choices.nats is None:
        raise click.BadParameter(choices.texts("bad.standby"))
    if choices.nats is not None:
        _require_nats(choices.nats)
    settings = settings_of(choices, names, journal, everything=everything, given=more)
    alerts = None
    if more["alerts"]:
        from jogeon.cli.running.alert_plan import AlertPlan

        alerts = AlertPlan(choices, priced=more["prices"])
    run_loop(serve_hub(settings, choices, more["duration"], alerts))


def _require_nats(server: str) -> None:
    """Refuse an address that cannot be published at, before anything is begun; InvalidAddress, MissingExtra."""
    from jogeon.nats.address import place_of
    from jogeon.nats.opening import require_library

    place_of(server)
    require_library()
