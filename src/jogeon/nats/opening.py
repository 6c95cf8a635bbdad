"""A connection to a server of NATS, used once: whoever needs another makes another. Extra `nats`.

What nats-py would do by itself is left out on purpose: reconnecting, because a publish that was waiting would go out
then, and a consumer may stay silent for seconds; its log, because the one who asked is told.
"""

import asyncio
import contextlib
import os
import ssl
from typing import TYPE_CHECKING, Any

from jogeon.errors import CouldNotConnect, InvalidSetting, JogeonError, LoginRefused, MissingExtra
from jogeon.files import ENVIRONMENT
from jogeon.masks import hide
from jogeon.nats.address import Place
from jogeon.net import could_not_connect, tls_context
from jogeon.reports import Kind, Report

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from nats.aio.client import Client

PATIENCE = 5.0
"""Seconds for an answer of the server."""
CONNECT = 5
"""Seconds for a connection to a server."""
AGAIN = 0.5
"""Seconds before a task that goes on is cancelled once more."""
CLOSE = 1.0
"""Seconds that the end of a connection may take."""
FENCED = 10071
"""What the server says where another message came in between: wrong last sequence."""


@contextlib.asynccontextmanager
async def opened(place: Place, on_closed: "Callable[[], object]" = lambda: None) -> "AsyncIterator[Client]":
    """Hold a connection while entered; MissingExtra, CouldNotConnect, LoginRefused, InvalidSetting.

    `on_closed` is called at its end: what waits for an answer then waits in vain, and nats-py does not say so.

    Credentials come from the environment: JOGEON_NATS_CREDS names a file, else JOGEON_NATS_TOKEN, else JOGEON_NATS_USER
    and JOGEON_NATS_PASSWORD.
    """
    client = _client(place)
    told: list[Exception] = []

    async def on_error(error: Exception) -> None:
        told.append(error)

    async def closed() -> None:
        on_closed()

    try:
        await client.connect(
            [f"{'tls' if place.tls else 'nats'}://{server}" for server in place.servers],
            error_cb=on_error,
            closed_cb=closed,
            allow_reconnect=False,
            connect_timeout=CONNECT,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            name="jogeon",
            **credentials(),
        )
    except Exception as error:
        await _closed(client)
        raise connect_error(place, [error, *told]) from error
    try:
        yield client
    finally:
        await _closed(client)


def _client(place: Place) -> "Client":
    """Return a client of a place; where that is to be encrypted, it says nothing to a server that does not encrypt."""
    try:
        from nats.aio.client import Client
    except ImportError:
        raise MissingExtra("nats") from None

    class Ours(Client):
        """One that verifies certificates as everything here does."""

        @property
        def ssl_context(self) -> ssl.SSLContext:
            return tls_context("wss://")

        async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:  # noqa: FBT001, FBT002  # as there
            if place.tls and initial_connection and not info.get("tls_required"):
                raise _unusable(place, "no TLS", "no TLS")  # nats-py would go on in the clear
            await super()._process_info(info, initial_connection)

    return Ours()


def require_library() -> None:
    """Raise MissingExtra where nats-py is not installed."""
    _client(Place((), ""))


async def stopped(*tasks: "asyncio.Task[Any]", patience: float = 0.0) -> None:
    """Cancel tasks until they have ended: before Python 3.12 a cancellation that meets an answer of NATS is lost.

    They have so many seconds to end by themselves. Whoever is cancelled meanwhile waits for them all the same: none is
    left running behind it.
    """
    left = set(tasks)
    cancelled: asyncio.CancelledError | None = None
    while left:
        for task in left if not patience else ():
            task.cancel()
        try:
            await asyncio.wait(left, timeout=patience or AGAIN)
            patience = 0.0
        except asyncio.CancelledError as error:
            cancelled = error
        left = {task for task in left if not task.done()}
    if cancelled is not None:
        raise cancelled


async def _closed(client: "Client") -> None:
    """Close a connection to its end; one whose handshake failed never ends by itself."""

    async def closing() -> None:
        with contextlib.suppress(Exception):  # it is of no use any more, whatever it says
            await client.close()

    await stopped(asyncio.create_task(closing()), patience=CLOSE)


def credentials() -> dict[str, Any]:
    """Return what the environment has to log in with; InvalidSetting for a file that is not there."""
    said = {name: os.environ.get(f"JOGEON_NATS_{name}", "") for name in ("CREDS", "TOKEN", "USER", "PASSWORD")}
    for name in ("TOKEN", "PASSWORD"):
        if said[name]:
            hide(said[name])
    if said["CREDS"]:
        if not os.path.isfile(said["CREDS"]):  # noqa: PTH113  # a path that the library opens by its name
            raise InvalidSetting(file=ENVIRONMENT, field="JOGEON_NATS_CREDS", reason="missing")
        return {"user_credentials": said["CREDS"]}
    if said["TOKEN"]:
        return {"token": said["TOKEN"]}
    return {"user": said["USER"], "password": said["PASSWORD"]} if said["USER"] else {}


def connect_error(place: Place, errors: list[Exception]) -> JogeonError:
    """Return why there is no connection: what the server said, else what the way there said."""
    if (ours := next((each for each in errors if isinstance(each, JogeonError)), None)) is not None:
        return ours
    texts = [str(each) for each in errors]
    refused = next((text for text in texts if "authorization" in text.lower() or "authentication" in text.lower()), "")
    if refused:
        return LoginRefused(code="", text=refused.removeprefix("nats: ").strip("'"), nats=True)
    system = next((each for each in errors if isinstance(each, OSError)), None)
    if isinstance(system, TimeoutError):
        return _unusable(place, "timeout", "no answer", seconds=CONNECT)
    if system is not None:
        return could_not_connect(str(place), system)
    if os.environ.get("JOGEON_NATS_CREDS") and not any(_is_of_nats(each) for each in errors):
        return _unusable(place, "credentials", "bad credentials file", text=texts[0])
    return _unusable(place, "network", "NATS", text=texts[0].removeprefix("nats: ") or type(errors[0]).__name__)


def _is_of_nats(error: Exception) -> bool:
    from nats.errors import Error

    return isinstance(error, Error | TimeoutError)


def _unusable(place: Place, reason: str, kind: Kind, **fields: Any) -> CouldNotConnect:
    return CouldNotConnect(address=str(place), reason=reason, detail=Report(kind, **fields))


def nothing_there(place: Place) -> CouldNotConnect:
    """Return that no hub publishes at a place."""
    return _unusable(place, "silent", "no publisher", name=place.alias)


def no_picture(place: Place) -> CouldNotConnect:
    """Return that a hub is there whose stream holds nothing that a reader could begin with."""
    return _unusable(place, "no picture", "no picture", name=place.stream)


def other_stream(place: Place) -> CouldNotConnect:
    """Return that a stream of the name is none of a hub's."""
    return _unusable(place, "other stream", "other stream", name=place.stream)


def is_failure(error: BaseException) -> bool:
    """Tell whether an error is one of NATS, the network or this package, no defect."""
    from nats.errors import Error

    return isinstance(error, Error | OSError | JogeonError)


def trouble_of(place: Place, error: BaseException) -> JogeonError:
    """Return what went wrong with a connection that there was, as an error of this package."""
    if isinstance(error, JogeonError):
        return error
    if type(error).__name__ in ("NoStreamResponseError", "NoRespondersError", "ServiceUnavailableError"):
        return _unusable(place, "jetstream", "no JetStream")
    if (refused := _refused(error)) is not None:
        return _unusable(place, "refused by NATS", "NATS refuses", text=refused)
    return _unusable(place, "network", "NATS", text=str(error).removeprefix("nats: ") or type(error).__name__)


def _refused(error: BaseException) -> str | None:
    """Return in the server's own words what it refuses, None for any other error."""
    from nats.errors import MaxPayloadError
    from nats.js.errors import APIError

    if isinstance(error, APIError):
        return error.description or type(error).__name__
    return str(error).removeprefix("nats: ") if isinstance(error, MaxPayloadError) else None
