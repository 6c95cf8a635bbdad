"""Files that are private from their first byte, and files that are there as a whole or not at all."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def create_private(path: Path) -> None:
    """Make an empty file that only this user can read (0600); FileExistsError if anything is there, a link too."""
    os.close(os.open(path, _NEW, 0o600))
    if os.name == "posix":  # the name must outlive a loss of power as well
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def draft_of(path: Path) -> Path:
    """Return a name beside a file for what will become it; nobody can guess it and put a link there."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")


@contextlib.contextmanager
def whole_file(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file that gets its name only when everything is in it; until then what was there before stays.

    It is written beside its place, for this user only, and renamed; one that replaces a file gets its mode. A device or
    a pipe is written to as it is. Raises OSError with the name that was asked for.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            with target.open("wb") as file:  # a folder refuses this
                yield file
            return
        if mode is not None and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        with _beside(target, mode) as file:
            yield file
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _beside(target: Path, mode: int | None) -> Iterator[IO[bytes]]:
    draft = draft_of(target)
    descriptor = os.open(draft, _NEW, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  # a Path cannot open a descriptor
            yield file
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), stat.S_IMODE(mode))
        draft.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
