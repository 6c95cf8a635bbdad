"""The board beside a hub: its routes, the note by which `jogeon board` finds it, and the links that open it."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from jogeon.errors import InvalidSetting, JogeonError
from jogeon.files import journal_file, read_trusted, state_dir, write_private
from jogeon.masks import show_link
from jogeon.server.callers import is_loopback
from jogeon.web import exchange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

    from jogeon.board.board import Board
    from jogeon.hub.hub import Hub
    from jogeon.server.http import Group

SUFFIX = ".board"
ASKING = 3.0
"""Seconds for which a board is waited for: it is on this machine."""

logger = logging.getLogger("jogeon.board")


class BoardNote(Struct, frozen=True):
    """Where the board of a server is, and what asks it for a link."""

    server: str
    rest: str
    secret: str


class _Given(Struct, frozen=True):
    key: str


def groups(board: Board) -> Sequence[Group]:
    """Return the routes of a board."""
    from jogeon.board.routes import board_groups  # with HTTP, which takes a while to load

    return board_groups(board, _last_alerts)


def _last_alerts(path: Path, since_ns: int, most: int, /) -> list[dict[str, object]]:
    from jogeon.cli.running.alert_list import last_alerts  # with the rules, which few use

    return last_alerts(path, since_ns, most)


@contextlib.asynccontextmanager
async def board_of(hub: Hub, board: Board, server: str) -> AsyncIterator[str]:
    """Have a board follow a hub that is entered; yield the link that opens it."""
    async with board:
        with _noted(BoardNote(server, hub.inside.rest, board.visitors.secret)):
            yield _link(hub.rest, board.visitors.invite())


@contextlib.contextmanager
def _noted(note: BoardNote) -> Iterator[None]:
    """Keep a note while a board is served; without it only the link that was printed opens it."""
    content = msgspec.json.encode(note)
    try:
        path = journal_file(note.server).with_suffix(SUFFIX)
        write_private(path, content)
    except (InvalidSetting, OSError) as error:
        logger.warning("`jogeon board` will not find this board: %s", error)
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if path.read_bytes() == content:  # another hub may have begun
                path.unlink()


# ---------------------------------------------------------------- for `jogeon board`


async def link_to(server: str | None) -> str | None:
    """Return another link to the board of a server, of the one noted last if none is named; None if there is none."""
    for note in _notes(server):
        if (key := await _asked(note)) is not None:
            return _link(note.rest, key)
    return None


def _notes(server: str | None) -> Iterator[BoardNote]:
    try:
        folder = state_dir()
        paths = [journal_file(server).with_suffix(SUFFIX)] if server is not None else _newest(folder)
    except InvalidSetting:
        return
    for path in paths:
        with contextlib.suppress(InvalidSetting, msgspec.MsgspecError):
            content = read_trusted(path)
            note = None if content is None else msgspec.json.decode(content, type=BoardNote)
            if note is not None and is_loopback(urlsplit(note.rest).netloc):
                yield note


def _newest(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    except OSError:
        return []


async def _asked(note: BoardNote) -> str | None:
    """Ask a board for the key of another link; None if it does not give any, as it is no more."""
    url, headers = f"{note.rest}/board/link", {"Authorization": f"Bearer {note.secret}"}
    with contextlib.suppress(JogeonError, msgspec.MsgspecError):
        reply = await exchange("POST", url, headers=headers, timeout=ASKING)
        if reply.status == 200:
            return msgspec.json.decode(reply.body, type=_Given).key
    return None


def _link(rest: str, key: str) -> str:
    return f"{rest}/?key={show_link(key)}"
