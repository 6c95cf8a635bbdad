"""`jogeon hub status`: asks a hub how it goes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click
import msgspec

from jogeon.account.environment import server_token
from jogeon.account.hubs import notes
from jogeon.cli.running.loop import run_loop
from jogeon.cli.showing.json_lines import StandardOutput, json_line
from jogeon.cli.showing.terminal import is_seen
from jogeon.endpoint import checked_rest
from jogeon.errors import CouldNotConnect, LoginRefused, RemoteProtocolError
from jogeon.reports import Report
from jogeon.web import exchange
from jogeon.wire.values import NO_JSON

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

LIMIT = 4 * 2**20


def status(choices: Choices, rest: str | None) -> None:
    """Show how a hub goes: the one at an address, else the one that was started last."""
    import sys

    choices.server = rest
    told = run_loop(_asked(choices, rest))
    if choices.json or not is_seen(sys.stdout):
        StandardOutput().write(json_line(told))
    else:
        from jogeon.cli.showing.hub_table import show_status

        try:
            show_status(told, choices.texts)
        except (LookupError, TypeError, AttributeError):
            raise RemoteProtocolError(Report("no hub status")) from None


async def _asked(choices: Choices, rest: str | None) -> dict[str, Any]:
    """Return what a hub tells of itself; CouldNotConnect, RemoteProtocolError, InvalidAddress."""
    found = [note.rest for note in notes()] if rest is None else [checked_rest(rest, insecure=choices.insecure)]
    if not found:
        raise click.BadParameter(choices.texts("hub.none"))
    for address in found[:-1]:
        with suppress(CouldNotConnect):
            return await status_of(address)
    return await status_of(found[-1])


async def status_of(address: str) -> dict[str, Any]:
    """Return what the hub at a REST address tells of itself; CouldNotConnect, RemoteProtocolError, LoginRefused.

    A hub of this user is told the token of its note, another one JOGEON_TOKEN.
    """
    token = next((note.token for note in notes() if note.rest == address and note.token), None) or server_token()
    headers = None if token is None else {"Authorization": f"Bearer {token}"}
    reply = await exchange("GET", f"{address}/hub/status", headers=headers, limit=LIMIT)
    if reply.status == 401:
        raise LoginRefused(code="8005", text=f"{address}: HTTP 401")
    try:
        told = msgspec.json.decode(reply.body)
    except NO_JSON:
        told = None
    if reply.status != 200 or not isinstance(told, dict) or "upstream" not in told:
        raise RemoteProtocolError(Report("no hub", name=address, number=reply.status))
    return told


def in_a_line(told: dict[str, Any], texts: Texts) -> tuple[str, bool]:
    """Return how a hub goes in one line, and whether all is well; RemoteProtocolError if it is not told by a hub."""
    try:
        journal, state = told["journal"], told["upstream"]["state"]
        position = "-" if journal["n"] is None else f"{journal['epoch']}:{journal['n']}"
        trouble = journal["trouble"]
        counts = {name: len(told[name]) for name in ("conditions", "consumers")}
        says = texts("found.hub", state=texts(f"state.{state}"), position=position, **counts)
    except (LookupError, TypeError):
        raise RemoteProtocolError(Report("no hub status")) from None
    return (says, state == "connected") if trouble is None else (texts("found.hub-trouble", says=says), False)
