"""Which journal a command means: the one that was named, or the usual one.

The journal that is written is of one server and one key. Whoever reads need not have the keys: the newest of the server
will do, and it is named. {date} in the name of a journal stands for a day, so that each day has a file.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jogeon.account.settings import chosen_server
from jogeon.cli.running.keys import keys_of
from jogeon.cli.showing.terminal import tell
from jogeon.errors import JogeonError, JournalError
from jogeon.events import KST
from jogeon.files import journal_file, journal_files, old_journal, private_folder
from jogeon.journal.evidence import BESIDE
from jogeon.journal.history import History
from jogeon.journal.retention import DATE
from jogeon.reports import report_of

if TYPE_CHECKING:
    from datetime import date

    from jogeon.cli.arguments.choices import Choices


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
        raise JournalError(path, "unwritable", report_of(error)) from error
    old = old_journal()
    if old is not None and not path.exists():
        tell(choices.texts("journal.old", path=old))
    return path


def open_history(choices: Choices, named: str | None, day: date | None = None, output: str | None = None) -> History:
    """Open the journal that is meant, unless the answer would take its place; JournalError."""
    path = journal_read(choices, named, day)
    own = {os.path.realpath(f"{path}{suffix}") for suffix in ("", *BESIDE, "-journal", ".lock")}
    if output is not None and os.path.realpath(output) in own:
        raise click.BadParameter(choices.texts("bad.itself"))
    return History(path)


def journal_read(choices: Choices, named: str | None = None, day: date | None = None) -> Path:
    """Return the journal that was named, else the one of this server and key, else the newest there is of the server.

    Where each day has a file it is that of the day, else the last one there is. Which of several it is gets told.
    It need not exist.
    """
    if named is not None and DATE not in named:
        return Path(named)
    if named is not None:
        path, sure = _of_day(named, day)
    else:
        path, sure = usual_journal(choices, _server(choices))
    if not sure:
        tell(choices.texts("journal.read", path=path))
    return path


def journal_today(named: str) -> Path:
    """Return the file in which a journal is begun now."""
    return Path(named.replace(DATE, f"{datetime.now(KST):%Y-%m-%d}"))


def _of_day(named: str, day: date | None) -> tuple[Path, bool]:
    """Return the file of a day, else the last one, and whether the day was named."""
    if day is not None:
        return Path(named.replace(DATE, f"{day:%Y-%m-%d}")), True
    pattern = re.compile(re.escape(Path(named).name).replace(re.escape(DATE), r"\d{4}-\d{2}-\d{2}"), re.ASCII)
    with suppress(OSError):
        found = [path for path in Path(named).parent.iterdir() if pattern.fullmatch(path.name)]
        if found:
            return max(found), False
    return journal_today(named), True


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
