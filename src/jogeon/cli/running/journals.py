"""Which journal a command means if none is named; and how one fares while it is written.

The journal that is written is of one server and one key. Whoever reads need not have the keys: the newest of the server
will do, and it is named.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jogeon.account.settings import chosen_server
from jogeon.cli.running.keys import keys_of
from jogeon.cli.showing.terminal import tell
from jogeon.errors import JogeonError, JournalError
from jogeon.files import journal_file, journal_files, old_journal, private_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from jogeon.cli.arguments.options import Choices
    from jogeon.cli.texts import Texts
    from jogeon.journal.writer import Journal
    from jogeon.watch import Watch

LOOK = 0.5
"""Seconds between looks at a journal."""


def journal_written(choices: Choices) -> Path:
    """Return the journal of the server and the key that are used, its folder made for this user alone.

    KeysMissing, InvalidSetting, JournalError. The keys that were found are the ones to connect with.
    """
    match server := _server(choices):
        case "real" | "mock":
            choices.found = keys_of(server, choices)
            path = journal_file(server, choices.found.id)
        case _:
            path = journal_file(server)
    try:
        private_folder(path.parent)
    except OSError as error:
        raise JournalError(path, "unwritable", str(error)) from error
    old = old_journal()
    if old is not None and not path.exists():
        tell(choices.texts("journal.old", path=old))
    return path


def journal_read(choices: Choices, named: str | Path | None = None) -> Path:
    """Return the journal that was named, else the one of this server and key, else the newest there is of the server.

    Which of several it is gets told. It need not exist.
    """
    if named is not None:
        return Path(named)
    path, sure = usual_journal(choices, _server(choices))
    if not sure:
        tell(choices.texts("journal.read", path=path))
    return path


def usual_journal(choices: Choices, server: str) -> tuple[Path, bool]:
    """Return the journal of a server that is read if none is named, and whether it could be no other one."""
    found = journal_files(server)
    if len(found) > 1:
        own = journal_file(server, _key_at_hand(server, choices))
        return (own, True) if own in found else (found[0], False)
    if found:
        return found[0], server not in ("real", "mock")
    old = old_journal()
    return (journal_file(server), True) if old is None else (old, False)


def _server(choices: Choices) -> str:
    return choices.server or chosen_server()[0]


def _key_at_hand(server: str, choices: Choices) -> str:
    """Return the id of the key of a server, empty if it cannot be found without asking anybody."""
    from jogeon.account.keys import find_keys  # several journals of one server are rare

    match server:
        case "real" | "mock":
            with suppress(JogeonError):
                return find_keys(server, choices.keys).id
    return ""


def trouble_of(watch: Watch, texts: Texts) -> str | None:
    """Return the sentence that a journal cannot be written now, None if all is well or nothing is recorded."""
    journal = watch.journal
    if journal is None or journal.trouble is None:
        return None
    return texts("journal.trouble", why=journal.trouble)


@asynccontextmanager
async def told_aside(watch: Watch, texts: Texts) -> AsyncIterator[None]:
    """Tell on standard error, within this context, what becomes of the journal of a watch that was entered."""
    if watch.journal is None:
        yield
        return
    telling = asyncio.create_task(_tell(watch, watch.journal, texts), name="jogeon journal told")
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _tell(watch: Watch, journal: Journal, texts: Texts) -> None:
    told, noticed = None, len(journal.notices)  # the first event of the watch tells what was found at the start
    while True:
        trouble, notices = trouble_of(watch, texts), journal.notices
        for notice in notices[noticed:]:
            tell(f"{journal.path}: {notice}")
        if trouble is not None and trouble != told:
            tell(trouble)
        elif trouble is None and told is not None:
            tell(texts("journal.again"))
        told, noticed = trouble, len(notices)
        await asyncio.sleep(LOOK)
