"""The hub as a command: its session, its journal, its addresses on one line, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from jogeon.account.consumers import Roll
from jogeon.account.hubs import HubNote, noted
from jogeon.account.lock import session_name
from jogeon.account.names import Names, names_file
from jogeon.account.settings import chosen_price_limit, chosen_server
from jogeon.board.board import Board
from jogeon.cli.running.board import board_of, groups
from jogeon.cli.running.follow import first_of
from jogeon.cli.running.journals import journal_written
from jogeon.cli.running.keys import keys_of
from jogeon.cli.showing.json_lines import StandardOutput, json_line
from jogeon.cli.showing.output_thread import Output
from jogeon.cli.showing.terminal import tell
from jogeon.connect import endpoint, policy_for
from jogeon.errors import SessionTaken
from jogeon.hub.hub import Hub, HubSettings
from jogeon.hub.tokens import HubTokens
from jogeon.live.listing import resolve
from jogeon.net import is_loopback

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from jogeon.account.keys import Keys
    from jogeon.alerts.alerting import Alerting
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.running.alert_plan import AlertPlan
    from jogeon.cli.texts import Texts
    from jogeon.live.connection import Connection
    from jogeon.live.receiving import Receiver
    from jogeon.nats.lease import Leasing


def settings_of(
    choices: Choices, names: tuple[str, ...], journal: str | None, *, everything: bool, given: dict[str, Any]
) -> HubSettings:
    """Return what a hub is told; KeysMissing, InvalidSetting, JournalError."""
    if choices.server is None:
        choices.server, _ = chosen_server()
    match choices.server:
        case "real" | "mock" as mode if choices.found is None:
            choices.found = keys_of(mode, choices)
    return HubSettings(
        server=choices.server,
        journal=journal_written(choices) if journal is None else Path(journal),
        names=names,
        everything=everything,
        host=given["host"],
        port=given["port"],
        rest_port=given["rest_port"],
        grace=given["grace"],
        quotes=given["prices"],
        keep=given["keep"],
        tls=None if given["tls_cert"] is None else (Path(given["tls_cert"]), Path(given["tls_key"])),
    )


async def serve_hub(
    settings: HubSettings, choices: Choices, duration: float | None, alerts: AlertPlan | None = None
) -> None:
    """Serve until the session ends, until SIGTERM, or for a time; raises what ended the session.

    What the rules of `alerts` name is followed as well.
    """
    server = settings.server
    where = endpoint(server, keys=choices.found, insecure=choices.insecure)
    limit = chosen_price_limit()
    policy = policy_for(server, recheck=choices.recheck, on_taken=choices.on_taken, price_limit=limit)
    lease: Leasing | None = None

    async def dial(url: str, receiver: Receiver, *, proxy: str | None = None) -> Connection:
        """Log in over nobody who took over while this program stood still."""
        if lease is not None:
            await lease.confirmed()
        return await policy.dial(url, receiver, proxy=proxy)

    board = Board(lambda: hub, policy.wall)
    names = Names(names_file(server))
    tokens = HubTokens(time.time, choices.found, Roll(), closed=not is_loopback(settings.host))
    hub = Hub(where, replace(policy, dial=dial), tokens, settings, names, more=lambda: groups(board))
    with told_to_end() as ending:
        async with (
            leased(choices, settings) as lease,
            hub,
            _alerting(hub, alerts, choices.texts) as board.alarms,
            published(hub, lease, choices),
            board_of(hub, board, server) as link,
        ):
            session = _session(server, choices.found)
            inside = hub.inside
            note = HubNote(server, inside.websocket, inside.rest, os.getpid(), time.time_ns(), session, tokens.own)
            line = json_line({"websocket": hub.websocket, "rest": hub.rest, "board": link})
            with noted(note), _heap_left_alone(), Output(StandardOutput()) as output:
                telling = asyncio.create_task(output.write(line))  # it serves also while nobody reads its addresses
                try:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(duration):
                            await first_of(hub.run(), ending.wait(), *(() if lease is None else (lease.run(),)))
                finally:
                    telling.cancel()
                    await asyncio.gather(telling, return_exceptions=True)


@contextlib.contextmanager
def _heap_left_alone() -> Iterator[None]:
    """Spare the garbage collector what is there already: while it looks through all of that, nobody is served."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextlib.asynccontextmanager
async def _alerting(hub: Hub, plan: AlertPlan | None, texts: Texts) -> AsyncIterator[Alerting | None]:
    """Send alerts of what a hub records, if they are wanted."""
    if plan is None:
        yield None
        return
    from jogeon.cli.running.alert_plan import alerts_of, named_in

    await plan.begin(hub.feed.conditions)
    for _, name in named_in(plan.plan.rules):
        hub.pin(resolve(name, hub.feed.listing), "K")
    async with alerts_of(hub, plan, texts) as alerting:
        yield alerting


def _session(server: str, keys: Keys | None) -> str:
    """Return the name of the session that is held on this machine, "" if there are no keys of it."""
    match server:
        case "real" | "mock" as mode if keys is not None:
            return session_name(mode, keys)
    return ""


@contextlib.asynccontextmanager
async def leased(choices: Choices, settings: HubSettings) -> AsyncIterator[Leasing | None]:
    """Have the lease of whoever publishes, if this hub is to; one that stands by begins once it has it."""
    if choices.nats is None:
        yield None
        return
    from jogeon.cli.running.published import Complaints, owner_of
    from jogeon.cli.running.standby import stood_by
    from jogeon.nats.address import place_of
    from jogeon.nats.lease import Leasing

    owner = owner_of(settings.journal)
    leasing = Leasing(place_of(choices.nats), owner, patient=choices.standby)
    leasing.on_other = lambda: tell(choices.texts("hub.lease.other", server=choices.nats or ""))
    async with leasing as lease:
        if choices.standby:
            lease.on_trouble = Complaints(choices, "hub.standby.refused")
            await stood_by(lease, choices, settings)
        try:
            yield lease
        except SessionTaken as taken:
            if not taken.lease:
                await lease.leave_mark(f"[{taken.code}] {taken.text}" if taken.code else str(taken))
            raise


@contextlib.asynccontextmanager
async def published(hub: Hub, lease: Leasing | None, choices: Choices) -> AsyncIterator[None]:
    """Publish what the hub commits on NATS as well, if it is to."""
    if choices.nats is None or lease is None:
        yield
        return
    from jogeon.cli.running.published import Complaints, HubSource
    from jogeon.nats.address import place_of
    from jogeon.nats.publisher import Publisher

    with contextlib.closing(HubSource(hub)) as source:
        publisher = Publisher(place_of(choices.nats), source, source, lease)
        publisher.on_trouble = Complaints(choices, "hub.nats.trouble")
        hub.beside["nats"] = publisher.status
        async with publisher:
            yield


@contextlib.contextmanager
def told_to_end() -> Iterator[asyncio.Event]:
    """Yield what is set when the system asks this program to end (SIGTERM): a service that was stopped did well."""
    loop, ending = asyncio.get_running_loop(), asyncio.Event()

    def end(_signal: int, _frame: object) -> None:
        loop.call_soon_threadsafe(ending.set)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield ending
    finally:
        signal.signal(signal.SIGTERM, before)
