"""Where the files of this user are kept, and how a private one is read and written."""

import contextlib
import os
import secrets
import sys
import time
from pathlib import Path

FOLDER = "jogeon"
REPLACE_TRIES = 20
REPLACE_PAUSE = 0.01


def config_dir() -> Path:
    """Return the folder of what the user decides: settings and keys. It need not exist."""
    return _folder("XDG_CONFIG_HOME", ".config", "APPDATA")


def state_dir() -> Path:
    """Return the folder of what the program keeps: tokens and locks. It need not exist."""
    return _folder("XDG_STATE_HOME", ".local/state", "LOCALAPPDATA")


def journal_file() -> Path:
    """Return where a journal is written and read if nobody says otherwise."""
    return state_dir() / "jogeon.journal"


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
