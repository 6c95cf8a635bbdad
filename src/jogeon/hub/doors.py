"""Where a hub is reached: its two ports, and beside encrypted ones two plain ones that only this machine reaches.

This user's own commands and the board go through the plain ones: they need no name that the certificate bears.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from jogeon.server.certificate import Certificate
from jogeon.server.door import Door
from jogeon.server.http import Group, RestServer
from jogeon.server.peer import Peer
from jogeon.server.server import Server, open_door

LOOK = 0.25
"""Seconds between two looks at files that may change: who is let in, and the certificate."""
INSIDE = "127.0.0.1"


class Addresses(Struct, frozen=True):
    """Where programs go, and where they ask over HTTP."""

    websocket: str
    rest: str


class Doors:
    """The ports of a hub, taken before anybody logs in; InvalidAddress, CannotServe, InvalidSetting.

    `outside` are the addresses that are told; `inside` those for this machine, the same where nothing is encrypted.
    """

    outside: Addresses
    inside: Addresses

    def __init__(
        self, host: str, ports: tuple[int, int], certificate: Certificate | None, opened: AsyncExitStack
    ) -> None:
        self._certificate = certificate
        self._outer = [_door(host, port, opened, anywhere=certificate is not None) for port in ports]
        self._inner = [] if certificate is None else [_door(INSIDE, 0, opened) for _ in ports]

    async def serve(self, server: Server, groups: Sequence[Group], opened: AsyncExitStack) -> None:
        """Begin to accept, until `opened` is closed."""

        async def accept(pair: Sequence[Door], groups: Iterable[Group], tls: ssl.SSLContext | None = None) -> Addresses:
            door, rest_door = pair
            websocket, rest = await server.listen(door, tls), RestServer(groups, rest_door, tls)
            opened.push_async_callback(rest.stop)
            return Addresses(websocket, rest.address)

        opened.push_async_callback(server.stop)
        tls = None if self._certificate is None else self._certificate.context
        told = groups if tls is None else map(_reached_from_anywhere, groups)
        self.outside = self.inside = await accept(self._outer, told, tls)
        if self._inner:
            self.inside = await accept(self._inner, groups)

    def rest_for(self, peer: Peer) -> str:
        """Return the address to ask over HTTP, by the name that a program calls this machine."""
        if not peer.called:
            return self.inside.rest
        try:
            called = urlsplit(f"//{peer.called}").hostname or ""
        except ValueError:
            called = ""
        name = f"[{called}]" if ":" in called else called
        return f"https://{name}:{urlsplit(self.outside.rest).port}" if name else self.outside.rest

    async def look(self, others: Iterable[Callable[[], object]]) -> None:
        """Look at the certificate now and then, and have others look, for ever."""
        looks = [*others, *(() if self._certificate is None else (self._certificate.look,))]
        while True:
            await asyncio.sleep(LOOK)
            for look in looks:
                look()


def _door(host: str, port: int, opened: AsyncExitStack, *, anywhere: bool = False) -> Door:
    door = open_door(host, port, anywhere=anywhere)
    opened.callback(door.close)
    return door


def _reached_from_anywhere(group: Group) -> Group:
    """Return a group for a port that is encrypted: there the certificate proves the name that a Host bears."""
    return replace(group, callers=replace(group.callers, hosts="any"))
