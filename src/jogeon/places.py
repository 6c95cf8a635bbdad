"""Where the files of this user are kept, and how a small one is read, trusted or not."""

import contextlib
import hashlib
import logging
import os
import re
import stat
import sys
from pathlib import Path
from urllib.parse import urlsplit

from jogeon.errors import InvalidSetting
from jogeon.files import NotAFileError, head_of, opened

FOLDER = "jogeon"
SMALL = 65_536
"""Bytes of the largest setting, key or token file."""
OLD_JOURNAL = "jogeon.journal.writer"
"""The journal that all servers shared; it is still read."""
SHORT = 8
"""Characters of a hash in a name."""
ENVIRONMENT = "environment"

logger = logging.getLogger("jogeon.places")


def config_dir() -> Path:
    """Return the folder of what the user decides: settings and keys. It need not exist. InvalidSetting: no home."""
    return config_home() / FOLDER


def state_dir() -> Path:
    """Return the folder of what the program keeps: tokens and locks. It need not exist. InvalidSetting: no home."""
    return _base("XDG_STATE_HOME", ".local/state", "LOCALAPPDATA") / FOLDER


def config_home() -> Path:
    """Return the folder in which each program has a folder for its settings. InvalidSetting: no home."""
    return _base("XDG_CONFIG_HOME", ".config", "APPDATA")


def journal_file(server: str, key_id: str = "") -> Path:
    """Return where the journal of a server is kept if nobody says otherwise, and of a key where it has keys.

    `key_id` is `Keys.id`, which does not tell the key; an address becomes its host and port and a hash of all of it.
    """
    return state_dir() / f"{_journal_of(server)}{'-' if key_id else ''}{key_id[:SHORT]}.journal"


def journal_files(server: str) -> list[Path]:
    """Return the journals of a server, of whichever key, the one written last first."""
    pattern = re.compile(re.escape(_journal_of(server)) + rf"(-[0-9a-f]{{{SHORT}}})?\.journal", re.ASCII)
    try:
        found = [path for path in state_dir().iterdir() if pattern.fullmatch(path.name)]
        return sorted(found, key=_written, reverse=True)
    except OSError:
        return []


def old_journal() -> Path | None:
    """Return the journal that all servers shared, None if there is none."""
    path = state_dir() / OLD_JOURNAL
    return path if os.path.isfile(path) else None  # noqa: PTH113  # a Path raises where its folder is closed


def _journal_of(server: str) -> str:
    if server in ("real", "mock", "demo"):
        return f"jogeon-{server}"
    try:
        netloc = urlsplit(server).netloc
    except ValueError:  # no address; whoever connects says so
        netloc = ""
    place = re.sub(r"[^a-z0-9.]+", "-", netloc.rpartition("@")[2].lower()).strip("-.")
    return f"jogeon-{place[:60]}-{hashlib.sha256(server.encode()).hexdigest()[:SHORT]}"


def _written(path: Path) -> int:
    """Return when something was written to a journal last; what is recent is in its WAL."""
    return max(each.stat().st_mtime_ns for each in (path, path.with_name(f"{path.name}-wal")) if each.exists())


def _base(xdg: str, usual: str, on_windows: str) -> Path:
    if sys.platform == "win32":
        return named_folder(on_windows) or home(on_windows)
    if sys.platform == "darwin":
        usual = "Library/Application Support"
    return named_folder(xdg) or home(xdg) / usual


def named_folder(variable: str) -> Path | None:
    """Return the folder that an environment variable names; a relative path is ignored, as XDG demands."""
    folder = Path(os.environ.get(variable, ""))
    return folder if folder.is_absolute() else None


def expanded(path: str) -> Path:
    """Return a path with the home in place of a ~ before it, which stays where nobody knows that home."""
    with contextlib.suppress(RuntimeError):
        return Path(path).expanduser()
    return Path(path)


def home(instead: str) -> Path:
    """Return the user's home; InvalidSetting where there is none, with the variable to set `instead`."""
    with contextlib.suppress(RuntimeError):  # a user id without an entry, and no variable
        if (folder := Path.home()).is_absolute():
            return folder
    name = "USERPROFILE" if sys.platform == "win32" else "HOME"
    raise InvalidSetting(file=ENVIRONMENT, field=name, reason="no home", detail=instead)


# ------------------------------------------------------------ read


def read_small(path: Path, limit: int = SMALL) -> bytes | None:
    """Return what a file holds, None if there is none for this user: no such file, or its folder is closed to them.

    Never waits and never reads more than `limit` bytes, whatever lies there. InvalidSetting: unreadable, not a file
    (a folder, a pipe, a device), too large.
    """
    found = _opened(path, limit)
    return None if found is None else found[1]


def read_trusted(path: Path, limit: int = SMALL) -> bytes | None:
    """Return what a file that this program keeps holds, None if there is none or if others could have written it.

    It is no link, it and its folder are this user's, and nobody else can write to them; Windows has access lists
    instead. What is not used is logged.
    """
    try:
        found = _opened(path, limit, follow=False)
        if found is None:
            return None
        folder = path.parent.stat()
    except (InvalidSetting, OSError) as error:
        logger.warning("%s is not used: %s", path, getattr(error, "reason", None) or error)
        return None
    for place, status in ((path.parent, folder), (path, found[0])):
        if why := not_private(status):
            logger.warning("%s is not used: %s: %s", path, place, why)
            return None
    return found[1]


def not_private(status: os.stat_result) -> str:
    """Return why what a file holds may be another's doing, "" if it cannot be."""
    if os.name != "posix":
        return ""
    if status.st_uid != os.geteuid():
        return f"its owner is another user ({status.st_uid})"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"others can write to it (mode {stat.S_IMODE(status.st_mode):04o})"
    return ""


def _opened(path: Path, limit: int, *, follow: bool = True) -> tuple[os.stat_result, bytes] | None:
    """Return the state of a file and what it holds, as `read_small` does."""
    try:
        with opened(path, follow=follow) as file:
            status, content = os.fstat(file.fileno()), head_of(file, limit + 1)
    except NotAFileError:
        raise InvalidSetting(file=str(path), reason="not a file") from None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        if _is_closed(path):
            logger.info("%s cannot be looked for: its folder is closed to this user", path)
            return None
        raise InvalidSetting(file=str(path), reason="unreadable", detail=error.strerror or "") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        detail = getattr(error, "strerror", None) or str(error)
        raise InvalidSetting(file=str(path), reason="unreadable", detail=detail) from None
    if len(content) > limit:
        raise InvalidSetting(file=str(path), reason="too large", detail=f"more than {limit} bytes")
    return status, content


def _is_closed(path: Path) -> bool:
    """Tell whether it cannot even be seen whether a file is there."""
    try:
        path.lstat()
    except OSError:
        return True
    return False
