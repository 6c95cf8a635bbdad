"""From what a user types ("real", "mock", "demo", ws://…, wss://…) to a Client; roles are imported when used."""

import contextlib
import ipaddress
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from jogeon.client import Client
from jogeon.credentials import Endpoint, FixedToken
from jogeon.errors import InvalidAddress, KeysMissing
from jogeon.supervisor import OnTaken, Settings

DEMO_SPEED = 5.0
"""Market seconds in a second of the demo: lively, and still readable."""
PACE = 5
"""Requests a second to a broker: the limit of its older interface, and none is written for this one."""
LOCAL_PACE = 50
"""Requests a second to a server on this machine."""


def connect(
    server: str = "real",
    *,
    token: str | None = None,
    proxy: str | None = None,
    insecure: bool = False,
    recheck: float = 600.0,
    on_taken: OnTaken = "stop",
) -> Client:
    """Return a Client for a server; `async with` it to connect.

    `server`: "real", "mock" (모의투자), "demo" (a simulator in this process), or a ws:// or wss:// address; ws:// is
    taken on this machine only unless `insecure`. `token` is for ws:// and wss://, "demo" by default on this machine.
    `recheck`: seconds between rechecks of a condition, 0 = never. `on_taken`: what to do when another program takes the
    session of the key: "stop", "retry" after long pauses, or "takeover", once. Raises InvalidAddress, KeysMissing.
    """
    if server == "demo":
        return Client(_demo(), name="demo", settings=Settings(recheck=recheck, pace=LOCAL_PACE))
    if server in ("real", "mock"):
        raise KeysMissing(server)
    endpoint = _endpoint(server, token, proxy, insecure=insecure)
    pace = LOCAL_PACE if is_loopback(urlsplit(server).hostname or "") else PACE
    settings = Settings(recheck=recheck, pace=pace, on_taken=on_taken)
    return Client(contextlib.nullcontext(endpoint), name=server, settings=settings)


def _endpoint(server: str, token: str | None, proxy: str | None, *, insecure: bool) -> Endpoint:
    try:
        parts = urlsplit(server)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidAddress(f"{server!r} is no address: {error}", value=server, reason="malformed") from None
    if parts.scheme not in ("ws", "wss") or not host:
        raise InvalidAddress(f"{server!r} is no server", value=server, reason="unknown")
    if parts.scheme == "ws" and not is_loopback(host) and not insecure:
        raise InvalidAddress(f"{server!r} would send the token unencrypted", value=server, reason="insecure")
    if token is None:
        if not is_loopback(host):
            raise InvalidAddress(f"{server!r} needs a token", value=server, reason="token")
        token = "demo"  # noqa: S105  # the simulator's own fixed token, no secret
    return Endpoint(name=server, websocket=server, tokens=FixedToken(token), proxy=proxy)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextlib.asynccontextmanager
async def _demo() -> AsyncIterator[Endpoint]:
    from jogeon.simulator.simulator import Simulator

    async with Simulator(speed=DEMO_SPEED, rest_port=None) as simulator:
        yield Endpoint(name="demo", websocket=simulator.websocket, tokens=FixedToken("demo"))
