"""Where the hubs of this machine are: each leaves a private note in the state folder for as long as it runs.

The note holds a token of that hub: whoever may read it is the user who has the keys.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from jogeon.errors import InvalidSetting
from jogeon.files import read_trusted, state_dir, write_private

if TYPE_CHECKING:
    from pathlib import Path

PATTERN = "hub-*.json"


class HubNote(Struct, frozen=True):
    """A hub: the server it holds the session of, its addresses, its process, since when it runs.

    `session` names the lock it holds, "" for none (a simulator has no keys); `token` is for programs of the same user.
    """

    server: str
    websocket: str
    rest: str
    pid: int
    since_ns: int
    session: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return f"HubNote({self.server!r}, {self.websocket!r}, pid {self.pid})"


@contextlib.contextmanager
def noted(note: HubNote) -> Iterator[None]:
    """Leave a note while this lasts; where there is no place for it, nobody finds the hub without its address."""
    path: Path | None = None
    with contextlib.suppress(OSError, InvalidSetting):
        path = state_dir() / f"hub-{os.getpid()}.json"
        write_private(path, msgspec.json.encode(note))
    try:
        yield
    finally:
        if path is not None:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def notes() -> list[HubNote]:
    """Return the notes there are, the newest first; one of a hub that was killed may be among them."""
    found: list[HubNote] = []
    with contextlib.suppress(OSError, InvalidSetting):
        for path in state_dir().glob(PATTERN):
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, InvalidSetting, OSError):
                found.append(msgspec.json.decode(read_trusted(path) or b"", type=HubNote))
    return sorted(found, key=lambda note: note.since_ns, reverse=True)
