"""An address with its tokens: where a connection goes, and what it logs in with."""

from typing import Any, Protocol

from msgspec import Struct

from jogeon.masks import hide
from jogeon.net import without_password


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
    """A server to log in to: `name` is what people call it ("real", "mock", "demo" or the address)."""

    name: str
    websocket: str
    tokens: Tokens
    proxy: str | None = None

    def __repr__(self) -> str:
        through = f", proxy={without_password(self.proxy)!r}" if self.proxy else ""
        return f"Endpoint({self.name!r}, {self.websocket!r}{through})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("name", self.name), ("websocket", self.websocket)]
