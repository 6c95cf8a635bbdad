"""The programs that a hub lets in by keys of their own (허브 토큰): a private file of this user that holds no secret.

A secret key is random, shown once, and kept as its hash; whoever reads the file cannot log in with what it says. All
hubs of this user share the file, and notice at once when it changes.
"""

import hashlib
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from jogeon.errors import InvalidSetting
from jogeon.files import changeable, locked, read_small, state_dir, write_private
from jogeon.wire.values import NO_JSON

May = Literal["watch", "search", "all"]
"""What a program may ask for, beside the list: real time, searches, or both."""
PREFIX = "hub-"
"""What the app key of a consumer begins with: no app key of the broker does."""
MOST = 1_000
"""Consumers at a time."""
LONGEST_NAME = 64
LIMIT = 2**20
"""Bytes of the file."""
TURN_TRIES, TURN_PAUSE = 100, 0.05
"""How long to wait for another command that changes the file."""


class Consumer(Struct, frozen=True):
    """A program with keys of its own; `hashed` is the SHA-256 of its secret key."""

    name: str
    appkey: str
    hashed: str
    may: May
    since_ns: int


class IssuedKeys(Struct, frozen=True):
    """The keys of a consumer, told once. The secret key logs in by itself as well, as a token that does not end."""

    appkey: str
    secretkey: str

    def __repr__(self) -> str:
        return f"IssuedKeys({self.appkey!r}, …)"


def hashed(secret: str) -> str:
    """Return what is kept of a secret key: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def is_consumers(appkey: str) -> bool:
    """Tell whether an app key is, or was, that of a consumer."""
    return appkey.startswith(PREFIX)


def checked_name(name: str) -> str | None:
    """Return a name as it is kept, None for one that cannot be shown in a line."""
    composed = unicodedata.normalize("NFC", name).strip()
    return composed if 0 < len(composed) <= LONGEST_NAME and composed.isprintable() else None


def consumers() -> tuple[Consumer, ...]:
    """Return who is let in. InvalidSetting for a file that is damaged, or that others could have written."""
    path = _file()
    content = read_small(path, LIMIT)
    if content is None:
        return ()
    if (why := changeable(path)) is not None:
        raise InvalidSetting(file=str(path), reason="not private", detail=why)
    try:
        return msgspec.json.decode(content, type=tuple[Consumer, ...])
    except NO_JSON:
        raise InvalidSetting(file=str(path), reason="spoilt") from None


def let_in(name: str, may: May) -> IssuedKeys | None:
    """Let a program in; return its keys, None if another has that name. InvalidSetting, OSError; ValueError: too many.

    This is the only time that its secret key is there to be told.
    """
    given = IssuedKeys(PREFIX + secrets.token_hex(12), secrets.token_urlsafe(32))
    with _alone():
        there = consumers()
        if any(each.name == name for each in there):
            return None
        if len(there) >= MOST:
            raise ValueError(MOST)
        _write((*there, Consumer(name, given.appkey, hashed(given.secretkey), may, time.time_ns())))
    return given


def shut_out(name: str) -> bool:
    """Let a program in no more; return whether it was. InvalidSetting, OSError."""
    with _alone():
        there = consumers()
        left = tuple(each for each in there if each.name != name)
        if len(left) < len(there):
            _write(left)
        return len(left) < len(there)


class Roll:
    """Who is let in, read again whenever the file changes; `read` and `stamp` stand for the file."""

    def __init__(
        self, read: Callable[[], tuple[Consumer, ...]] = consumers, stamp: Callable[[], object] | None = None
    ) -> None:
        self._read = read
        self._stamp = _stamp if stamp is None else stamp
        self._seen: object = self

    def changed(self) -> tuple[Consumer, ...] | None:
        """Return who is let in, None if that is as it was at the last call. InvalidSetting, told once for each change.

        Asking costs one look at the file's entry.
        """
        now = self._stamp()
        if now == self._seen:
            return None
        self._seen = now
        return self._read()


# ------------------------------------------------------------ the file


def _file() -> Path:
    return state_dir() / "consumers.json"


def _stamp() -> object:
    """Return what changes with the file, None where there is none."""
    with suppress(OSError, InvalidSetting):
        found = _file().stat()
        return found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode
    return None


def _write(there: tuple[Consumer, ...]) -> None:
    write_private(_file(), msgspec.json.encode(there))


@contextmanager
def _alone() -> Iterator[None]:
    """Change the file while nobody else does."""
    lock = _file().with_suffix(".lock")
    for _ in range(TURN_TRIES):
        with locked(lock) as mine:
            if mine:
                yield
                return
        time.sleep(TURN_PAUSE)
    raise TimeoutError(f"{lock} is held by another program")
