"""The door (문) of a server: a listening socket that few can stand in and that no crowd can jam.

A connection that has not yet made its request waits in the door. When too many wait, the oldest is ended; `admit`
removes one that has made its request. When the machine has no file descriptor left, a spare one is given up to accept
and close the newcomer at once: left in the backlog, it would wake the loop again and again.
"""

import contextlib
import errno
import logging
import os
import socket
import time
from typing import Any, ClassVar, Final

WAITING: Final = 64
"""Connections that may wait in a door."""
SHARE: Final = 8
"""Connections that are accepted in a turn of the loop, about a millisecond of work: a crowd must not keep it busy."""
BACKLOG: Final = 100
"""Connections that may wait in the kernel until they are accepted."""
QUIET: Final = 60.0
"""Seconds between two lines that say there is no descriptor left; all doors of a program share them."""
NO_ROOM: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

logger = logging.getLogger("jogeon.server")


class Door(socket.socket):
    """A listening socket that bounds how many accepted connections wait.

    It is a plain one where asyncio does not call its `accept` (IOCP on Windows).
    """

    _logged_at: ClassVar[float] = -QUIET

    def __init__(self, fileno: int) -> None:
        super().__init__(fileno=fileno)
        self._waiting: dict[int, socket.socket] = {}
        self._spare = _spare()

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept a connection; BlockingIOError where there is none, or no room for one."""
        try:
            there, address = super().accept()
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            self._turn_away(error)
            raise BlockingIOError(errno.EAGAIN, "no room for a connection") from None
        self._waiting.pop(there.fileno(), None)  # an earlier connection had this number
        self._waiting[there.fileno()] = there
        if len(self._waiting) > WAITING:
            self._make_room()
        return there, address

    def listen(self, backlog: int = BACKLOG) -> None:
        """Listen; asyncio takes one number for what may wait and for what it accepts in a turn, which is smaller."""
        super().listen(max(backlog, BACKLOG))

    def admit(self, number: int) -> None:
        """Remove a connection, by its descriptor, from those that wait."""
        self._waiting.pop(number, None)

    def close(self) -> None:
        """Stop listening."""
        if self._spare >= 0:
            os.close(self._spare)
            self._spare = -1
        super().close()

    def _make_room(self) -> None:
        """Forget connections that are closed; if too many still wait, end the oldest."""
        for number in [number for number, there in self._waiting.items() if there.fileno() != number]:
            del self._waiting[number]
        if len(self._waiting) > WAITING:
            self._end_oldest()

    def _end_oldest(self) -> None:
        for number in list(self._waiting)[:1]:
            with contextlib.suppress(OSError):  # it may be gone already
                self._waiting.pop(number).shutdown(socket.SHUT_RDWR)

    def _turn_away(self, error: OSError) -> None:
        """Refuse a connection for want of a descriptor."""
        if time.monotonic() - Door._logged_at >= QUIET:
            Door._logged_at = time.monotonic()
            logger.critical("no connection can be accepted: %s", error.strerror)
        self._end_oldest()
        if self._spare >= 0:
            os.close(self._spare)
            with contextlib.suppress(OSError):
                super().accept()[0].close()
        self._spare = _spare()


def host_and_port(address: tuple[Any, ...]) -> str:
    """Return the address of a socket as a URL has it."""
    host, port, *_ = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _spare() -> int:
    """Return a descriptor to give up in need, -1 if there is none."""
    try:
        return os.open(os.devnull, os.O_RDONLY)
    except OSError:
        return -1
