"""Keys, tokens and settings: found, renewed, shared, kept."""

from typing import Protocol

from msgspec import Struct

from jogeon.errors import LoginRefused


class Tokens(Protocol):
    """Where a connection gets its access token from."""

    async def current(self) -> str:
        """Return a token that should be good."""

    async def renew(self, refused: str) -> str:
        """Return another token than the refused one; LoginRefused or TokenRefused if there is none."""


class FixedToken:
    """A token that was given and cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __repr__(self) -> str:
        return "FixedToken(…)"

    async def current(self) -> str:
        """Return the token."""
        return self._token

    async def renew(self, refused: str) -> str:
        """Refuse: there is no other."""
        del refused
        raise LoginRefused(code="", text="the given token was refused and there are no keys to issue another")


class Endpoint(Struct, frozen=True):
    """A server to log in to: `name` is what people call it ("real", "mock", "demo" or the address)."""

    name: str
    websocket: str
    tokens: Tokens
    proxy: str | None = None
