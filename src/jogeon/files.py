"""How files are opened, read and written: never waited for, private from the first byte, whole or not there at all."""

import contextlib
import errno
import os
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

REPLACE_TRIES = 20
REPLACE_PAUSE = 0.01


def _flags(*names: str) -> int:
    """Return those flags of an open that this system has."""
    return sum(getattr(os, name, 0) for name in names)


_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | _flags("O_NOFOLLOW", "O_BINARY")


class NotAFileError(OSError):
    """A folder, a pipe, a socket or a device lies where a file should be."""


# ------------------------------------------------------------ read


def opened(path: Path, *, follow: bool = True) -> IO[bytes]:
    """Open a file for reading, whatever lies there: nothing is waited for. NotAFileError, OSError."""
    if not stat.S_ISREG(path.stat(follow_symlinks=follow).st_mode):  # a device may act when it is only opened
        raise NotAFileError(errno.EINVAL, "not a file", str(path))
    flags = os.O_RDONLY | _flags("O_NONBLOCK", "O_NOCTTY", "O_BINARY") | (0 if follow else _flags("O_NOFOLLOW"))
    file = open(os.open(path, flags), "rb")  # noqa: PTH123, SIM115  # a Path opens without flags; the caller closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotAFileError(errno.EINVAL, "not a file", str(path))
    return file


def head_of(file: IO[bytes], size: int) -> bytes:
    """Return the first bytes of a file; OSError if it has none to give now, as some of the kernel's own have not."""
    content: bytes | None = file.read(size)
    if content is None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), file.name)
    return content


# ------------------------------------------------------------ write


def private_folder(folder: Path) -> Path:
    """Make a folder that only this user can enter, unless it is there; return it. OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def create_private(path: Path) -> None:
    """Make an empty file that only this user can read (0600); FileExistsError if anything is there, a link too."""
    os.close(os.open(path, _NEW, 0o600))
    if os.name == "posix":  # the name must outlive a loss of power as well
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_private(path: Path, content: bytes) -> None:
    """Replace a file by one that only this user can read (0600), at once for every reader. OSError.

    A link that lies there is replaced, never followed. On Windows 0600 means nothing: there the folder, which lies in
    the user's profile, hands down its access list.
    """
    private_folder(path.parent)
    with _becoming(path) as file:
        file.write(content)


def draft_of(path: Path) -> Path:
    """Return a name beside a file for what will become it; nobody can guess it and put a link there."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")


@contextlib.contextmanager
def whole_file(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file that gets its name only when everything is in it; until then what was there before stays.

    It is written beside its place, for this user only, and renamed; one that replaces a file gets its mode. A device or
    a pipe is written to as it is. Raises OSError with the name that was asked for, whatever failed meanwhile.
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
        with _becoming(target) as file:
            yield file
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), stat.S_IMODE(mode))
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _becoming(path: Path) -> Iterator[IO[bytes]]:
    """Open a private draft, which takes the place of a file when all is in it and on the disk."""
    draft = draft_of(path)
    descriptor = os.open(draft, _NEW, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  # a Path cannot open a descriptor
            yield file
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave an empty file under the old name
        _replace(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


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
