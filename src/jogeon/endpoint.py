"""An address with its tokens: where a connection goes, what it logs in with, and where HTTP is beside it."""

import contextlib
from typing import Any, Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from jogeon.errors import InvalidAddress
from jogeon.masks import hide
from jogeon.net import is_loopback, without_password

KIWOOM = "kiwoom.com"
OF_KIWOOM = ("real", "mock")
LOCALHOST = ("127.0.0.1", "::1")


class Tokens(Protocol):
    """Where a connection gets its access token from."""

    async def current(self) -> str:
        """Return a token that should be good. TokenRefused, CouldNotConnect."""

    async def renew(self, refused: str) -> str | None:
        """Return a token other than the refused one, None if there is no other. TokenRefused, CouldNotConnect."""


class FixedToken:
    """A token that was given and cannot be renewed."""

    def __init__(self, token: str) -> None:
        hide(token)
        self._token = token

    def __repr__(self) -> str:
        return "FixedToken(…)"

    async def current(self) -> str:
        """Return the token."""
        return self._token

    async def renew(self, refused: str) -> None:
        """Return None: there is no other token."""


class Endpoint(Struct, frozen=True):
    """A server to log in to: `name` is what people call it ("real", "mock", "demo" or the address).

    `rest` is where it serves HTTP, if that is known before the login; `else_rest` is for a server that does not say.
    """

    name: str
    websocket: str
    tokens: Tokens
    proxy: str | None = None
    rest: str | None = None
    else_rest: str | None = None

    def __repr__(self) -> str:
        through = f", proxy={without_password(self.proxy)!r}" if self.proxy else ""
        return f"Endpoint({self.name!r}, {self.websocket!r}{through})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("name", self.name), ("websocket", self.websocket)]

    @property
    def extended(self) -> bool:
        """Whether the login may ask for more than Kiwoom knows: never at a server of Kiwoom, however it was named."""
        return self.name not in OF_KIWOOM and not is_kiwoom(self.websocket)

    def rest_after(self, said: str | None) -> str | None:
        """Return where the server serves HTTP, after what it said of that at the login; None if nobody knows."""
        return self.rest or rest_said(self.websocket, said) or self.else_rest


def is_kiwoom(url: str) -> bool:
    """Tell whether an address leads to a host of Kiwoom; a name that looks up as one is one."""
    host = host_of(url)
    return host == KIWOOM or host.endswith(f".{KIWOOM}")


def host_of(url: str) -> str:
    """Return the host of an address as a look-up sees it: in small letters, composed, without a dot at its end."""
    host = urlsplit(url).hostname or ""
    with contextlib.suppress(UnicodeError):
        host = host.encode("idna").decode()
    return host.rstrip(".").lower()


def checked_rest(rest: str, *, insecure: bool = False) -> str:
    """Return a REST address that a user gave; InvalidAddress for what is none, or would show the token on the way."""
    shown = without_password(rest)
    try:
        parts = urlsplit(rest)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.query or parts.fragment or not rest.isprintable() or " " in rest:
        raise InvalidAddress(f"{shown!r} is no REST address", value=shown, reason="rest")
    if parts.scheme == "http" and not is_loopback(parts.hostname or "") and not insecure:
        raise InvalidAddress(f"{rest!r} would send the token unencrypted", value=rest, reason="rest insecure")
    return rest.rstrip("/")


def rest_said(websocket: str, said: str | None) -> str | None:
    """Return the REST address that a server named at the login, None for one that must not have the token.

    It must be on the host of the websocket, and not less protected than that.
    """
    try:
        there, host, own = urlsplit(said or ""), host_of(said or ""), host_of(websocket)
        port = there.port
    except ValueError:
        return None
    same = host != "" and (host == own or (own == "localhost" and host in LOCALHOST))
    plain = there.scheme == "http" and (websocket.startswith("ws:") or is_loopback(host))
    bare = "@" not in there.netloc and not there.query and not there.fragment and port != 0
    return said.rstrip("/") if said and same and bare and (plain or there.scheme == "https") else None
