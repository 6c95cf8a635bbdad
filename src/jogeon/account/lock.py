"""One program at a time has the session of an app key: found out on this machine before anybody logs in."""

import asyncio
import contextlib
import logging
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
from msgspec import Struct

from jogeon.account.environment import Mode
from jogeon.account.keys import Keys
from jogeon.errors import InvalidSetting, SessionTaken
from jogeon.events import korean
from jogeon.files import locked, read_trusted, state_dir, write_private
from jogeon.masks import unmasked

SECOND_TRY = 0.2
"""Seconds after which a lock is tried again: `holder` takes it for a moment to see whether it is free."""

logger = logging.getLogger("jogeon.lock")
logger.addFilter(unmasked)


class _Holder(Struct):
    """Who has the session, as written beside its lock."""

    program: str
    pid: int
    host: str
    since_ns: int

    def __str__(self) -> str:
        where = "" if self.host == socket.gethostname() else f" on {self.host}"
        return f"{self.program} (pid {self.pid}{where}), since {korean(self.since_ns):%m-%d %H:%M:%S}"


@contextlib.asynccontextmanager
async def session_lock(mode: Mode, keys: Keys) -> AsyncIterator[None]:
    """Hold the session of an app key on this machine; SessionTaken, with its holder, if another program has it.

    The system frees the lock when the process ends, however it ends. Where no lock can be made at all (no home, a file
    system without locks or without room, a link in its place), the session is opened without one.
    """
    with contextlib.ExitStack() as held:
        for attempt in (1, 2):
            if _acquire(mode, keys, held):
                break
            if attempt == 2:
                raise SessionTaken(holder=_holder(mode, keys))
            await asyncio.sleep(SECOND_TRY)
        _tell_holder(mode, keys)
        yield


def holder(mode: Mode, keys: Keys) -> str | None:
    """Return who has the session of an app key on this machine now, None if nobody has."""
    with contextlib.ExitStack() as held:
        if _acquire(mode, keys, held):
            return None
    return _holder(mode, keys)


def holding_pid(mode: Mode, keys: Keys) -> int | None:
    """Return the process that has, or had last, the session of an app key on this machine, as far as that is known."""
    found = _written(mode, keys)
    return None if found is None or found.host != socket.gethostname() else found.pid


def _acquire(mode: Mode, keys: Keys, held: contextlib.ExitStack) -> bool:
    """Tell whether the lock could be taken, which then lasts as long as `held`."""
    try:
        return held.enter_context(locked(_path(mode, keys, "lock")))
    except (OSError, NotImplementedError, InvalidSetting) as error:
        logger.warning("no lock on the session can be made here: %s", error)
        return True


def _tell_holder(mode: Mode, keys: Keys) -> None:
    """Write down who holds the lock, in a file of its own: Windows lets nobody read a locked one."""
    me = _Holder(_program(), os.getpid(), socket.gethostname(), time.time_ns())
    with contextlib.suppress(OSError, InvalidSetting):
        write_private(_path(mode, keys, "json"), msgspec.json.encode(me))


def _holder(mode: Mode, keys: Keys) -> str:
    return str(_written(mode, keys) or "another program")


def _written(mode: Mode, keys: Keys) -> _Holder | None:
    """Return who wrote its name beside the lock last."""
    try:
        return msgspec.json.decode(read_trusted(_path(mode, keys, "json")) or b"", type=_Holder)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _path(mode: Mode, keys: Keys, suffix: str) -> Path:
    return state_dir() / f"session-{mode}-{keys.id}.{suffix}"


def _program() -> str:
    """Return what people call this program, without its arguments: another's may hold secrets."""
    path = Path(sys.argv[0] if sys.argv else "")
    name = path.parent.name if path.name == "__main__.py" else path.stem
    command = sys.argv[1] if name == "jogeon" and len(sys.argv) > 1 and sys.argv[1].isalpha() else ""
    return f"{name or 'python'} {command}".strip()
