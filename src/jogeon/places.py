"""Where the files of this user are kept, and how a private one is read and written."""

import contextlib
import hashlib
import os
import re
import secrets
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

FOLDER = "jogeon"
REPLACE_TRIES = 20
REPLACE_PAUSE = 0.01


def config_dir() -> Path:
    """Return the folder of what the user decides: settings and keys. It need not exist."""
    return _folder("XDG_CONFIG_HOME", ".config", "APPDATA")


def state_dir() -> Path:
    """Return the folder of what the program keeps: tokens and locks. It need not exist."""
    return _folder("XDG_STATE_HOME", ".local/state", "LOCALAPPDATA")


OLD_JOURNAL = "jogeon.journal"
"""The journal that all servers shared; it is still read."""
SHORT = 8
"""Characters of a hash in a name."""


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
    return path if path.is_file() else None


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


def _folder(xdg: str, usual: str, on_windows: str) -> Path:
    if sys.platform == "win32":
        return _named(on_windows) or Path.home() / FOLDER
    if sys.platform == "darwin":
        usual = "Library/Application Support"
    return _named(xdg) or Path.home() / usual / FOLDER


def _named(variable: str) -> Path | None:
    """Return our folder in the one an environment variable names; a relative path is ignored, as XDG demands."""
    folder = Path(os.environ.get(variable, ""))
    return folder / FOLDER if folder.is_absolute() else None


def private_folder(folder: Path) -> Path:
    """Make a folder that only this user can enter, unless it is there; return it. OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def write_private(path: Path, content: bytes) -> None:
    """Replace a file by one that only this user can read (0600), at once for every reader. OSError.

    On Windows 0600 means nothing: there the folder, which lies in the user's profile, hands down its access list.
    """
    private_folder(path.parent)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123  # a Path cannot open a descriptor
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave an empty file under the old name
        _replace(draft, path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _replace(draft: Path, path: Path) -> None:
    """Move a file over another; on Windows that is refused while somebody reads the other."""
    for _ in range(REPLACE_TRIES):
        try:
            draft.replace(path)
        except PermissionError:
            if sys.platform != "win32":
                raise
            time.sleep(REPLACE_PAUSE)
        else:
            return
    draft.replace(path)


def read_private(path: Path, limit: int = 65_536) -> bytes | None:
    """Return the first `limit` bytes of a file, None if there is none or it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError:
        return None
