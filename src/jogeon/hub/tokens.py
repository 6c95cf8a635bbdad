"""The tokens of the programs below: whom the hub lets in, and what each may ask for."""

import logging
import secrets
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from jogeon.account.consumers import Consumer, May, Roll, hashed, is_consumers
from jogeon.account.keys import Keys
from jogeon.errors import InvalidSetting, TokenRefused
from jogeon.masks import hide
from jogeon.server.issued import DEMO, TokenIssuer, same


class Program(Struct, frozen=True):
    """Whose a token is: the name to show, what it may ask for, and the app key if it is a consumer with its own."""

    name: str
    may: May = "all"
    appkey: str = ""


logger = logging.getLogger("jogeon.hub")

OWN: Final = Program("this user")


class HubTokens:
    """Issues tokens and tells whose one is; `clock` tells seconds since 1970.

    `closed`, as above a session with `keys`: only that pair gets a token, and the consumers of `roll` by keys of their
    own; another user of this machine does not share the session for nothing. Else the session is a simulator's: every
    pair gets one as well, and "demo" is one. `own` is a token for this user's own programs, who find it in a private
    file. InvalidSetting for a roll that cannot be used.
    """

    def __init__(
        self, clock: Callable[[], float], keys: Keys | None = None, roll: Roll | None = None, *, closed: bool = False
    ) -> None:
        self.closed = closed or keys is not None
        self._roll = roll
        self._keys = keys
        self._issued = TokenIssuer(clock)
        self._lent = TokenIssuer(clock)
        """Those of consumers; strangers cannot crowd them out."""
        self._consumers: dict[str, Consumer] = {}
        self._let(() if roll is None else roll.changed() or ())
        self.own = secrets.token_urlsafe(48)
        hide(self.own)

    def look(self) -> set[str]:
        """Let in who is on the roll now; return the app keys of those who are not any more."""
        try:
            consumers = None if self._roll is None else self._roll.changed()
        except (InvalidSetting, OSError) as error:
            logger.warning("who was let in before stays: %s", error)
            return set()
        return set() if consumers is None else self._let(consumers)

    def _let(self, consumers: tuple[Consumer, ...]) -> set[str]:
        """Let these consumers in, and only these; return the app keys that are let in no more."""
        before, self._consumers = self._consumers, {each.appkey: each for each in consumers}
        gone = {key for key, each in before.items() if self._consumers.get(key) != each}
        for key in gone:
            self._lent.forget(key)
        return gone

    def issue(self, appkey: str, secretkey: str) -> tuple[str, str]:
        """Return a token and when it expires; TokenRefused for a pair that is not let in."""
        if is_consumers(appkey):
            consumer = self._consumers.get(appkey)
            if consumer is None or not same(consumer.hashed, hashed(secretkey)):
                raise _refused()
            return self._lent.issue(appkey, secretkey)
        if self.closed and not self._is_own_pair(appkey, secretkey):
            raise _refused()
        return self._issued.issue(appkey, secretkey)

    def _is_own_pair(self, appkey: str, secretkey: str) -> bool:
        keys = self._keys
        return keys is not None and same(appkey, keys.app_key) and same(secretkey, keys.secret_key)

    def revoke(self, appkey: str, token: str) -> None:
        """End the validity of a token; TokenRefused if it is not this app key's."""
        (self._lent if is_consumers(appkey) else self._issued).revoke(appkey, token)

    def program(self, token: str) -> Program | None:
        """Return whose a token is, None if it is not valid. No key of the broker is told."""
        if same(token, self.own):
            return OWN
        if (consumer := self._consumer(token)) is not None:
            return Program(consumer.name, consumer.may, consumer.appkey)
        if (key := self._issued.key(token)) is not None:
            return Program("app key" if self.closed else f"app key {key}")
        return Program("the fixed token") if not self.closed and same(token, DEMO) else None

    def _consumer(self, token: str) -> Consumer | None:
        """Return whose token it is, or whose secret key."""
        key, hashed_token = self._lent.key(token), hashed(token)
        found = [each for each in self._consumers.values() if same(each.hashed, hashed_token) or each.appkey == key]
        return found[0] if found else None

    def owner(self, token: str) -> str | None:
        """Return the name of whose a token is, None if it is not valid."""
        program = self.program(token)
        return None if program is None else program.name


def _refused() -> TokenRefused:
    return TokenRefused(code="8001", text="App Key와 Secret Key 검증에 실패했습니다")
