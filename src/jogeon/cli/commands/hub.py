"""`jogeon hub`: owns the one session with the broker and serves many programs over the same wire (허브)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jogeon import times
from jogeon.cli.arguments import options, places
from jogeon.cli.arguments.command import Command
from jogeon.cli.running.loop import run_loop

if TYPE_CHECKING:
    from jogeon.account.consumers import May
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

WEBSOCKET_PORT, REST_PORT = "10010", "10011"
ANSWERS = ("status", "token", "unit")
"""What a hub is asked in place of the names of conditions."""
MAY: dict[str, May] = {"watch": "watch", "search": "search", "all": "all"}


def command(texts: Texts) -> click.Command:
    """Return the command."""
    params = [
        options.names(texts, required=False, offered=ANSWERS), options.switch(texts, "--all", "everything"),
        options.length(texts, "--duration"), options.journal(texts), options.length(texts, "--keep"),
        click.Option(["--host"], default="127.0.0.1", metavar="HOST", help=texts("option.host.hub")),
        places.file(texts, "--tls-cert"), places.file(texts, "--tls-key"),
        options.option(texts, "--port", options.port, "bad.port", "PORT", default=WEBSOCKET_PORT),
        options.option(texts, "--rest-port", options.port, "bad.port", "PORT", default=REST_PORT),
        options.option(texts, "--grace", times.pause, "bad.length", texts("metavar.length"), default="30s"),
        options.prices(texts, "option.prices.record"), options.switch(texts, "--alerts"),
        click.Option(["--nats"], metavar="nats://HOST:4222/ALIAS", help=texts("option.nats")),
        options.switch(texts, "--standby", "standby"),
        click.Option(["--rest"], metavar=texts("metavar.url"), help=texts("option.rest.hub")),
        options.choice(texts, "--may", MAY),
        *options.supervision(texts),
    ]  # fmt: skip
    return Command("hub", texts, params, callback=hub)


@click.pass_context
def hub(ctx: click.Context, /, names: tuple[str, ...], journal: str | None, *, everything: bool, **more: Any) -> None:
    """Answer a question about hubs, or serve until told to stop."""
    choices: Choices = ctx.obj
    match names:
        case ("status",):
            options.require_only(ctx, ("rest", "insecure"), "hub status")
            from jogeon.cli.running.hub_status import status

            status(choices, more["rest"])
        case ("token", *words):
            options.require_only(ctx, ("may",), "hub token")
            from jogeon.cli.running.hub_tokens import token

            token(choices, tuple(words), more["may"])
        case ("unit", *_):
            from jogeon.cli.showing.terminal import show
            from jogeon.cli.showing.unit import unit

            place = choices.argv.index("unit")
            show(*unit((*choices.argv[:place], *choices.argv[place + 1 :])).splitlines())
        case _:
            _serve(choices, names, journal, everything=everything, **more)


def _serve(choices: Choices, names: tuple[str, ...], journal: str | None, *, everything: bool, **more: Any) -> None:
    from jogeon.cli.running.hub import serve_hub, settings_of

    for flag, idle in (("--rest", more["rest"]), ("--may", more["may"])):
        if idle is not None:
            raise click.BadParameter(choices.texts("bad.idle", option=flag, what="hub"))
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
    _require_protection(more, choices.texts)
    settings = settings_of(choices, names, journal, everything=everything, given=more)
    alerts = None
    if more["alerts"]:
        from jogeon.cli.running.alert_plan import AlertPlan

        alerts = AlertPlan(choices, priced=more["prices"])
    run_loop(serve_hub(settings, choices, more["duration"], alerts))


def _require_protection(given: dict[str, Any], texts: Texts) -> None:
    """Refuse half a certificate, and an address beyond this machine without a certificate and without tokens."""
    from jogeon.account.consumers import consumers
    from jogeon.net import is_loopback

    if (given["tls_cert"] is None) != (given["tls_key"] is None):
        raise click.BadParameter(texts("bad.tls-half"))
    if is_loopback(given["host"]):
        return
    missing = [text for lacks, text in (
        (given["tls_cert"] is None, "bad.host.tls"), (not consumers(), "bad.host.token"),
    ) if lacks]  # fmt: skip
    if missing:
        raise click.BadParameter("\n".join([texts("bad.host", host=given["host"]), *map(texts, missing)]))


def _require_nats(server: str) -> None:
    """Refuse an address that cannot be published at, before anything is begun; InvalidAddress, MissingExtra."""
    from jogeon.nats.address import place_of
    from jogeon.nats.opening import require_library

    place_of(server)
    require_library()
