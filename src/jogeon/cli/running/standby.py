"""A hub that stands by: it waits for the lease, knows whether it could log in, and serves its status meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from typing import TYPE_CHECKING

from jogeon.account.hubs import HubNote, noted
from jogeon.cli.showing.failures import rows
from jogeon.cli.showing.terminal import tell
from jogeon.connect import endpoint
from jogeon.errors import JogeonError, SessionTaken
from jogeon.events import korean
from jogeon.nats.address import place_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from jogeon.cli.arguments.choices import Choices
    from jogeon.endpoint import Tokens
    from jogeon.hub.hub import HubSettings
    from jogeon.nats.lease import Leasing

DAY = 86_400.0
AGAIN = 600.0
"""Seconds before a token is asked for again where the last answer was no."""


class Standby:
    """What is known while it waits; `status()` has the fields of a hub's."""

    def __init__(self, lease: Leasing, choices: Choices, settings: HubSettings) -> None:
        self._lease = lease
        self._choices = choices
        self._settings = settings
        self._login: dict[str, object] = {"ok": None, "code": None, "text": None, "at": None}
        lease.on_barred = self._barred

    def status(self) -> dict[str, object]:
        """Return how it goes, as `jogeon hub status` prints it."""
        lease = self._lease
        trouble = None if lease.trouble is None else str(lease.trouble)
        return {
            "upstream": {"server": self._settings.server, "state": "standby", "heard": None, "logins": 0},
            "journal": {"id": None, "epoch": None, "n": None, "trouble": None},
            "conditions": [],
            "consumers": [],
            "cut": [],
            "nats": {
                "state": "standby", "behind": None, "stream": place_of(self._choices.nats or "").stream,
                "lease": lease.holder, "trouble": trouble,
            },
            "standby": {"takes_over": lease.barred is None, "taken": lease.barred, "login": self._login},
        }  # fmt: skip

    def _barred(self, words: str) -> None:
        tell(self._choices.texts("hub.standby.barred", words=words))

    async def check(self) -> None:
        """Find out at once and daily whether this machine could log in; say so if it could not."""
        while True:
            pause = DAY
            try:
                asked = await self._asked()
                self._note(asked, None)
            except SessionTaken:  # another hub of this machine: its token is this one's
                self._note(None, None)
            except JogeonError as error:
                self._note(False, error)  # noqa: FBT003  # the answer itself
                tell(self._choices.texts("hub.standby.refused", why=next(rows(error, self._choices)).says))
                pause = AGAIN
            await asyncio.sleep(pause)

    async def _asked(self) -> bool | None:
        """Ask for a token; None where there is none to ask for."""
        choices = self._choices
        async with endpoint(self._settings.server, keys=choices.found, insecure=choices.insecure) as there:
            return await _issued(there.tokens)

    def _note(self, ok: bool | None, error: JogeonError | None) -> None:  # noqa: FBT001  # an answer
        code, text = (None, None) if error is None else (error.code or None, error.text or str(error))
        at = korean(time.time_ns()).isoformat(timespec="seconds")
        self._login = {"ok": ok, "code": code, "text": text, "at": at}


async def _issued(tokens: Tokens) -> bool | None:
    """Ask a broker for a token, also where one is kept: only the answer tells whether it knows this machine."""
    from jogeon.account.tokens import IssuedTokens

    if not isinstance(tokens, IssuedTokens):
        return None
    kept = tokens.kept
    await (tokens.current() if kept is None else tokens.renew(kept.token))
    return True


async def stood_by(lease: Leasing, choices: Choices, settings: HubSettings) -> None:
    """Wait for the lease; raises CannotServe where the hub could not be reached later."""
    standby = Standby(lease, choices, settings)
    tell(choices.texts("hub.standby.begun", server=choices.nats or ""))
    async with _served(standby, settings):
        checking = asyncio.create_task(standby.check(), name="standby login")
        try:
            await lease.wait()
        finally:
            checking.cancel()
            await asyncio.gather(checking, return_exceptions=True)
    tell(choices.texts("hub.standby.over"))


@contextlib.asynccontextmanager
async def _served(standby: Standby, settings: HubSettings) -> AsyncIterator[None]:
    """Serve the status where the hub will."""
    from starlette.routing import Route

    from jogeon.server.http import Group, RestServer, json_response
    from jogeon.server.server import open_door

    async def status(request: Request) -> Response:
        del request
        return json_response(standby.status())

    server = RestServer([Group([Route("/hub/status", status)])], open_door(settings.host, settings.rest_port))
    try:
        with noted(HubNote(settings.server, "", server.address, os.getpid(), time.time_ns())):
            yield
    finally:
        await server.stop()
