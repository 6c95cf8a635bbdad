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
from jogeon.account.hubs import HubNote, notes
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

    Where that is a hub, the error names its address: `hub_at` tells how to go through it.

    The system frees the lock when the process ends, however it ends. Where no lock can be made at all (no home, a file
    system without locks or without room, a link in its place), the session is opened without one.
    """
    session = session_name(mode, keys)
    with contextlib.ExitStack() as held:
        for attempt in (1, 2):
            if _acquire(session, held):
                break
            if attempt == 2:
                raise _taken(session)
            await asyncio.sleep(SECOND_TRY)
        _tell_holder(session)
        yield


def who_has(mode: Mode, keys: Keys) -> SessionTaken | None:
    """Return what tells who has the session of an app key on this machine now, None if nobody has."""
    session = session_name(mode, keys)
    return None if _is_free(session) else _taken(session)


def hub_at(websocket: str) -> HubNote | None:
    """Return the hub at an address, if it holds a session on this machine now; a note may outlive a killed hub."""
    found = (note for note in notes() if note.websocket == websocket and note.session)
    return next((note for note in found if not _is_free(note.session) and _pid(note.session) == note.pid), None)


def session_name(mode: Mode, keys: Keys) -> str:
    """Return what a session is called in the names of files; it does not tell the key."""
    return f"{mode}-{keys.id}"


def _is_free(session: str) -> bool:
    with contextlib.ExitStack() as held:
        return _acquire(session, held)


def _acquire(session: str, held: contextlib.ExitStack) -> bool:
    """Tell whether the lock could be taken, which then lasts as long as `held`."""
    try:
        return held.enter_context(locked(_path(session, "lock")))
    except (OSError, NotImplementedError, InvalidSetting) as error:
        logger.warning("no lock on the session can be made here: %s", error)
        return True


def _tell_holder(session: str) -> None:
    """Write down who holds the lock, in a file of its own: Windows lets nobody read a locked one."""
    me = _Holder(_program(), os.getpid(), socket.gethostname(), time.time_ns())
    with contextlib.suppress(OSError, InvalidSetting):
        write_private(_path(session, "json"), msgspec.json.encode(me))


def _taken(session: str) -> SessionTaken:
    holder = _holder(session)
    if holder is None:
        return SessionTaken()
    mine = (note for note in notes() if note.session == session and note.pid == holder.pid)
    return SessionTaken(holder=str(holder), hub=next((note.websocket for note in mine), ""))


def _pid(session: str) -> int | None:
    holder = _holder(session)
    return None if holder is None else holder.pid


def _holder(session: str) -> _Holder | None:
    try:
        return msgspec.json.decode(read_trusted(_path(session, "json")) or b"", type=_Holder)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _path(session: str, suffix: str) -> Path:
    return state_dir() / f"session-{session}.{suffix}"


def _program() -> str:
    """Return what people call this program, without its arguments: another's may hold secrets."""
    path = Path(sys.argv[0] if sys.argv else "")
    name = path.parent.name if path.name == "__main__.py" else path.stem
    command = sys.argv[1] if name == "jogeon" and len(sys.argv) > 1 and sys.argv[1].isalpha() else ""
    return f"{name or 'python'} {command}".strip()
