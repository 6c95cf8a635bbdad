"""Access tokens (접근토큰): asked for when needed (au10001), shared by all programs of this user, given back (au10002).

A token lives about a day, and asking again while it lives gives the same one. It is kept in a private file, so that
any number of programs ask once. The broker's own clock decides about its end: how far this machine's is off is
learned from the Date of each answer.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from jogeon.account.keys import Keys
from jogeon.account.pasted import is_one_word
from jogeon.errors import CouldNotConnect, InvalidAddress, InvalidSetting, TokenRefused
from jogeon.events import KST
from jogeon.files import locked, read_trusted, state_dir, write_private
from jogeon.masks import hide, unmasked
from jogeon.net import is_loopback, wrong_answer
from jogeon.reports import Report
from jogeon.web import exchange
from jogeon.wire.messages import Refusal
from jogeon.wire.readers import refusal_in
from jogeon.wire.values import NO_JSON, parsed, text_of

MARGIN = 300.0
"""Seconds before its end from which a token is not trusted any more."""
RENEWAL_PAUSE = 600.0
"""Seconds in which a refused token is asked for anew once: if a fresh one is refused, its age is not the reason."""
LAST_MOMENT = 253_402_268_400.0
"""The end of the year 9999 in Korea, after which there are no dates."""
HEADERS = {"Content-Type": "application/json;charset=UTF-8"}
TURN_TRIES, TURN_PAUSE = 300, 0.05
"""How long to wait for another program that is asking; after that both ask, and get the same token."""
TOO_MANY_REQUESTS = "429"
NO_SUCH_TOKEN = "8005"  # noqa: S105  # a code of the broker

logger = logging.getLogger("jogeon.tokens")
logger.addFilter(unmasked)


class Issued(Struct, frozen=True):
    """A token with its end in seconds since 1970, and how far the broker's clock is ahead of this machine's."""

    token: str
    expires: float
    skew: float

    def __post_init__(self) -> None:
        hide(self.token)

    def __repr__(self) -> str:
        return f"Issued(… until {self.until:%Y-%m-%d %H:%M:%S})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("until", self.until)]

    @property
    def until(self) -> datetime:
        """When it ends, in Korean time."""
        return datetime.fromtimestamp(self.expires, KST)

    def left(self, now: float) -> float:
        """Return the seconds it is still good for; `now` is this machine's clock."""
        return self.expires - (now + self.skew)


class IssuedTokens:
    """The tokens of an app key at a REST address; implements `Tokens`.

    `rest` is an https:// address (http:// on this machine only), and nothing is sent anywhere else: redirects are not
    followed. InvalidAddress.
    """

    def __init__(
        self,
        keys: Keys,
        rest: str,
        *,
        proxy: str | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._rest = _checked(rest)
        self._name = f"token-{urlsplit(rest).netloc.replace(':', '-')}-{keys.id}.json"
        self._proxy = proxy
        self._clock = clock
        self._monotonic = monotonic
        self._unkept: Issued | None = None
        self._renewed: float | None = None

    def __repr__(self) -> str:
        return f"IssuedTokens({self._rest!r})"

    @property
    def kept(self) -> Issued | None:
        """The token that is kept, good or not; None if there is none."""
        path = self._path()
        content = read_trusted(path) if path else None
        if content is None:
            return self._unkept
        try:
            kept = msgspec.json.decode(content, type=Issued)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        return kept if is_one_word(kept.token) and 0 <= kept.expires < LAST_MOMENT else None

    async def current(self) -> str:
        """Return the kept token, or ask for one if it ends soon. TokenRefused, CouldNotConnect."""
        return (await self.issued()).token

    async def issued(self) -> Issued:
        """Return what `current` returns, with its end."""
        if (kept := self._good()) is not None:
            return kept
        async with self._turn():
            return self._good() or await self._issue()

    async def renew(self, refused: str) -> str | None:
        """Return a token other than the refused one: another program's, or one asked for now, but not in a loop."""
        if (kept := self._good(refused)) is not None:
            return kept.token
        now = self._monotonic()
        if self._renewed is not None and now - self._renewed < RENEWAL_PAUSE:
            return None
        self._renewed = now
        async with self._turn():
            issued = self._good(refused) or await self._issue()
        return None if issued.token == refused else issued.token

    async def revoke(self) -> bool:
        """Give the kept token back (au10002) and forget it; False if there was none. TokenRefused, CouldNotConnect."""
        kept = self.kept
        if kept is None:
            return False
        try:
            await self._ask("/oauth2/revoke", kept)
        except TokenRefused as error:
            if error.code != NO_SUCH_TOKEN:
                raise
        self.forget()
        return True

    def forget(self) -> None:
        """Remove the kept token from this machine. OSError."""
        self._unkept = None
        if path := self._path():
            path.unlink(missing_ok=True)

    def _path(self) -> Path | None:
        """Return where the token is kept, None where there is no place to keep it."""
        try:
            return state_dir() / self._name
        except InvalidSetting:  # no home
            return None

    def _good(self, refused: str = "") -> Issued | None:
        """Return the kept token if it will do."""
        kept = self.kept
        good = kept is not None and kept.token != refused and kept.left(self._clock()) > MARGIN
        return kept if good else None

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait until no other program is asking for this token, though not for ever."""
        with contextlib.ExitStack() as held:
            with contextlib.suppress(OSError, NotImplementedError):
                path = self._path()
                for _ in range(TURN_TRIES if path else 0):
                    if path and held.enter_context(locked(path.with_suffix(".lock"))):
                        break
                    await asyncio.sleep(TURN_PAUSE)
            yield

    # ------------------------------------------------------------ asking

    def _content(self, revoked: Issued | None) -> bytes:
        """Return the body of a request; no variable outside holds a secret that a traceback could show."""
        more = {"grant_type": "client_credentials"} if revoked is None else {"token": revoked.token}
        return msgspec.json.encode({"appkey": self._keys.app_key, "secretkey": self._keys.secret_key} | more)

    async def _issue(self) -> Issued:
        reply, skew = await self._ask("/oauth2/token")
        token, expires = reply.get("token"), _expiry(reply.get("expires_dt"))
        if not isinstance(token, str) or not is_one_word(token):
            raise _unusable(self._rest, Report("no token"))
        if expires is None:
            logger.warning("the end of the token cannot be read: it is used now and not again")
        issued = Issued(token, self._clock() + skew if expires is None else expires, skew)
        logger.info("token good until %s Korean time", f"{issued.until:%Y-%m-%d %H:%M:%S}")
        self._keep(issued)
        return issued

    def _keep(self, issued: Issued) -> None:
        """Keep a token for all programs, else for this one: where others can write, nobody could trust it."""
        self._unkept = issued
        path = self._path()
        if path is None:
            logger.warning("the token cannot be shared with other programs: there is no home")
            return
        try:
            write_private(path, msgspec.json.encode(issued))
        except OSError as error:
            logger.warning("the token cannot be shared with other programs: %s", error.strerror)
            return
        if read_trusted(path) is not None:
            self._unkept = None

    async def _ask(self, path: str, revoked: Issued | None = None) -> tuple[dict[str, Any], float]:
        """Return the answer to a request and the broker's clock less this machine's, in seconds."""
        url = self._rest + path
        answer = await exchange("POST", url, lambda: self._content(revoked), headers=HEADERS, proxy=self._proxy)
        status = answer.status
        try:
            reply = parsed(answer.body)
        except NO_JSON:
            reply = None
        if isinstance(reply, dict):
            refusal = refusal_in(reply.get("return_code"), text_of(reply.get("return_msg")))
            if refusal is not None and refusal.code:
                raise _refused(status, refusal)
        if status == 429:
            raise TokenRefused(code=TOO_MANY_REQUESTS, text="")
        if status != 200 or not isinstance(reply, dict):
            body = answer.body
            for secret in (self._keys.app_key, self._keys.secret_key):
                body = body.replace(secret.encode(), b"\xe2\x80\xa6")
            raise wrong_answer(url, status, body, answer.headers.get("content-type", ""), self._proxy)
        return reply, _skew(answer.headers.get("date", ""), self._clock())


async def clock_skew(rest: str, *, proxy: str | None = None, clock: Callable[[], float] = time.time) -> float | None:
    """Return how many seconds a server's clock is ahead of this machine's, None if it does not tell. CouldNotConnect.

    Nothing secret is sent.
    """
    date = (await exchange("GET", _checked(rest), proxy=proxy)).headers.get("date", "")
    return _skew(date, clock()) if date else None


# ------------------------------------------------------------ what an answer says


def _unusable(url: str, detail: Report) -> CouldNotConnect:
    return CouldNotConnect(address=url, reason="handshake", detail=detail)


def _checked(rest: str) -> str:
    parts = urlsplit(rest)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return rest.rstrip("/")
    raise InvalidAddress(f"{rest!r} would send the keys unencrypted", value=rest, reason="insecure")


def _refused(status: int, refusal: Refusal) -> TokenRefused:
    code = TOO_MANY_REQUESTS if status == 429 and len(refusal.code) < 4 else refusal.code
    return TokenRefused(code=code, text=refusal.text)


def _expiry(text: object) -> float | None:
    """Return `expires_dt`, yyyyMMddHHmmss in Korean time, in seconds since 1970; None if it cannot be read."""
    try:
        return datetime.strptime(str(text), "%Y%m%d%H%M%S").replace(tzinfo=KST).timestamp()
    except (ValueError, OverflowError):
        return None


def _skew(date: str, now: float) -> float:
    """Return how far the clock that gave a Date is ahead; a Date is exact to a second, and less is no difference."""
    try:
        skew = parsedate_to_datetime(date).timestamp() - now
    except (ValueError, OverflowError):
        return 0.0
    return skew if abs(skew) > 2 else 0.0
