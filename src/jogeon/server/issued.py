"""Access tokens (접근토큰) for the programs below."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from jogeon.errors import TokenRefused
from jogeon.events import korean

if TYPE_CHECKING:
    from collections.abc import Callable

DEMO: Final = "demo"
LIFETIME: Final = 24 * 3600
MOST: Final = 1_000
"""Keys remembered at a time; the oldest goes first."""


class _Issued(Struct, frozen=True):
    text: str
    until: float


class TokenIssuer:
    """Issues tokens for any keys, and tells whose a token is. `clock` tells seconds since 1970.

    With `only`, that token is the only one there is; else "demo" works beside the issued ones.
    """

    def __init__(self, clock: Callable[[], float], only: str | None = None) -> None:
        self._clock = clock
        self._only = only
        self._issued: dict[str, _Issued] = {}

    def issue(self, appkey: str, secretkey: str) -> tuple[str, str]:
        """Return the token of an app key and when it expires, the same while it is valid.

        TokenRefused where there is only one token.
        """
        del secretkey  # any will do
        if self._only is not None:
            raise TokenRefused(code="8001", text="이 시뮬레이터는 정해진 토큰 하나만 받습니다")
        issued = self._issued.get(appkey)
        if issued is None or issued.until <= self._clock():
            issued = _Issued(secrets.token_urlsafe(48), self._clock() + LIFETIME)
            self._issued.pop(appkey, None)
            self._issued[appkey] = issued
            if len(self._issued) > MOST:
                del self._issued[next(iter(self._issued))]
        return issued.text, f"{korean(int(issued.until * 10**9)):%Y%m%d%H%M%S}"

    def revoke(self, appkey: str, token: str) -> None:
        """Forget a token; TokenRefused if it is not this app key's. Sessions that live on it go on."""
        issued = self._issued.get(appkey)
        if issued is None or not same(issued.text, token):
            raise TokenRefused(code="8005", text="Token이 유효하지 않습니다")
        del self._issued[appkey]

    def forget(self, appkey: str) -> None:
        """Forget the token of an app key, if it has one."""
        self._issued.pop(appkey, None)

    def key(self, token: str) -> str | None:
        """Return the app key that a token was issued for, None if it is not valid."""
        now = self._clock()
        return next((key for key, each in self._issued.items() if same(each.text, token) and each.until > now), None)

    def owner(self, token: str) -> str | None:
        """Return the key a token stands for, None if it is not valid."""
        if same(token, DEMO if self._only is None else self._only):
            return "the fixed token"
        key = self.key(token)
        return None if key is None else f"app key {key}"


def same(one: str, other: str) -> bool:
    """Tell whether two secrets are the same, in a time that does not tell where they differ."""
    return secrets.compare_digest(one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass"))
