"""Where a hub publishes: the address that a user types, and the names on the server that are made of it. No I/O.

Subjects take neither Korean nor blanks, so the name of a condition stands in them in base32.
"""

import base64
import re
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec import Struct

from jogeon.errors import InvalidAddress
from jogeon.net import without_password

PORT = 4222
REPLICAS = 3
"""How many servers hold a stream: two would stop once one is lost, and more than three cost more."""
_ALIAS = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
ALL = "-"
"""Stands for what concerns no single condition; no letter of base32."""
NAMELESS = "0"
"""Stands for an empty name; no letter of base32 either."""


class Place(Struct, frozen=True):
    """Where the stream of one hub is: the servers of a cluster (host:port), and the alias of the hub there."""

    servers: tuple[str, ...]
    alias: str
    tls: bool = False

    def __str__(self) -> str:
        return f"{'tls' if self.tls else 'nats'}://{','.join(self.servers)}/{self.alias}"

    @property
    def replicas(self) -> int:
        """How many servers hold what is made here: REPLICAS if the address names as many, else one."""
        return REPLICAS if len(self.servers) >= REPLICAS else 1

    @property
    def stream(self) -> str:
        """The name of the stream."""
        return f"jogeon-{self.alias}"

    @property
    def events(self) -> str:
        """Matches the subjects of events."""
        return f"jogeon.{self.alias}.*"

    @property
    def pictures(self) -> str:
        """Matches the subjects of snapshots."""
        return f"jogeon.{self.alias}.*.snap"

    @property
    def ask(self) -> str:
        """Where the hub answers; no subject of the stream."""
        return f"jogeon.{self.alias}.hub.ask"

    @property
    def beat(self) -> str:
        """Where the hub gives a sign of life each second; no subject of the stream."""
        return f"jogeon.{self.alias}.hub.beat"

    @property
    def trades(self) -> str:
        """Where the hub tells trades of stocks, of each the last; no subject of the stream."""
        return f"jogeon.{self.alias}.hub.trades"

    def subject(self, name: str | None, *, shown: bool = False) -> str:
        """Return the subject of a condition by its name, of None for what concerns no single one."""
        return f"jogeon.{self.alias}.{token_of(name)}{'.snap' if shown else ''}"


@lru_cache(maxsize=1_024)
def token_of(name: str | None) -> str:
    """Return what stands for a name in a subject."""
    if name is None:
        return ALL
    return base64.b32encode(name.encode()).decode().rstrip("=") or NAMELESS


def is_nats(server: str) -> bool:
    """Tell whether an address is one of NATS."""
    return server.startswith(("nats://", "tls://"))


def place_of(server: str) -> Place:
    """Return the place that nats://HOST:PORT/ALIAS names (tls:// demands TLS); InvalidAddress."""
    first, *others = places_of(server)
    if others:
        shown = without_password(server)
        raise InvalidAddress(f"{shown!r} names several hubs: one is wanted", value=shown, reason="nats several")
    return first


def places_of(server: str) -> tuple[Place, ...]:
    """Return the places that nats://HOST:PORT/ALIAS,ALIAS… names, each once; InvalidAddress."""
    shown = without_password(server)
    scheme, _, rest = server.partition("://")
    hosts, _, aliases = rest.partition("/")
    if "@" in hosts:
        raise InvalidAddress(f"{shown!r} takes no user and password", value=shown, reason="nats user")
    servers = tuple(_server(host, shown) for host in hosts.split(","))
    named = dict.fromkeys(aliases.split(","))
    if not all(map(_ALIAS.fullmatch, named)):
        raise InvalidAddress(f"{shown!r} names no hub: nats://HOST:4222/ALIAS", value=shown, reason="nats alias")
    return tuple(Place(servers, alias, tls=scheme == "tls") for alias in named)


def _server(host: str, shown: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidAddress(f"{shown!r} is not an address: {error}", value=shown, reason="malformed") from None
    if not name or not host.isprintable() or " " in host:
        raise InvalidAddress(f"{shown!r} names no host", value=shown, reason="malformed")
    return f"[{name}]:{port or PORT}" if ":" in name else f"{name}:{port or PORT}"
