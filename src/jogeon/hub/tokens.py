"""The tokens of the programs below: whom the hub lets in."""

import secrets
from collections.abc import Callable

from jogeon.account.keys import Keys
from jogeon.errors import TokenRefused
from jogeon.masks import hide
from jogeon.server.issued import DEMO, Tokens, same


class HubTokens:
    """Issues tokens and tells whose one is; `clock` tells seconds since 1970.

    Above a session with `keys` only that pair gets a token: another user of this machine does not share the session
    for nothing. Without any, the session is a simulator's: every pair gets one, and "demo" is one. `own` is a token for
    this user's own programs, who find it in a private file.
    """

    def __init__(self, clock: Callable[[], float], keys: Keys | None = None) -> None:
        self._keys = keys
        self._issued = Tokens(clock)
        self.own = secrets.token_urlsafe(48)
        hide(self.own)

    def issue(self, appkey: str, secretkey: str) -> tuple[str, str]:
        """Return a token and when it expires; TokenRefused for a pair that is not let in."""
        if self._keys is not None and not (same(appkey, self._keys.app_key) and same(secretkey, self._keys.secret_key)):
            raise TokenRefused(code="8001", text="App Key와 Secret Key 검증에 실패했습니다")
        return self._issued.issue(appkey, secretkey)

    def revoke(self, appkey: str, token: str) -> None:
        """End the validity of a token; TokenRefused if it is not this app key's."""
        self._issued.revoke(appkey, token)

    def owner(self, token: str) -> str | None:
        """Return whose a token is, None if it is not valid. No key is told."""
        if same(token, self.own):
            return "this user"
        if self._keys is not None and same(token, DEMO):
            return None
        owner = self._issued.owner(token)
        return owner if owner is None or self._keys is None else "app key"
