"""Keys, tokens and settings: found, renewed, shared, kept."""

from typing import Protocol

from msgspec import Struct


class Tokens(Protocol):
    """Where a connection gets its access token from."""

    async def current(self) -> str:
        """Return a token that should be good."""

    async def renew(self, refused: str) -> str | None:
        """Return another token than the refused one, None if there is no way to get one; TokenRefused."""


class FixedToken:
    """A token that was given and cannot be renewed."""

    def __init__(self, token: str) -> None:
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
