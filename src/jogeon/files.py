"""The files of this user: where they are, who may read them, and how they are opened, read and written.

Opening never waits. What is written is private from the first byte, and whole or not there at all. A lock keeps other
programs away.
"""

import contextlib
import errno
import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from jogeon.errors import InvalidSetting

if TYPE_CHECKING:
    import logging

    from jogeon.reports import Report

FOLDER = "jogeon"
SMALL = 65_536
"""Bytes of the largest setting, key or token file."""
OLD_JOURNAL = "jogeon.journal.writer"
"""The journal that all servers shared; it is still read."""
SHORT = 8
"""Characters of a hash in a name."""
ENVIRONMENT = "environment"
REPLACE_TRIES = 20
REPLACE_PAUSE = 0.01


def _flags(*names: str) -> int:
    """Return those flags of an open that this system has."""
    return sum(getattr(os, name, 0) for name in names)


_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | _flags("O_NOFOLLOW", "O_BINARY")


class NotAFileError(OSError):
    """A folder, a pipe, a socket or a device lies where a file should be."""


# ------------------------------------------------------------ where they are


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
    import hashlib  # only an address needs it

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


def read_small(path: Path, limit: int = SMALL) -> bytes | None:
    """Return what a file holds, None if there is none for this user: no such file, or its folder is closed to them.

    Never waits and never reads more than `limit` bytes, whatever lies there. InvalidSetting: unreadable, not a file
    (a folder, a pipe, a device), too large.
    """
    found = _opened(path, limit)
    return None if found is None else found[1]


def read_trusted(path: Path, limit: int = SMALL) -> bytes | None:
    """Return what a file that this program keeps holds, None if there is none or if others could have written it.

    It is not a link, it and its folder are this user's, and nobody else can write to them; Windows has access lists
    instead. What is not used is logged.
    """
    try:
        found = _opened(path, limit, follow=False)
        if found is None:
            return None
        folder = path.parent.stat()
    except (InvalidSetting, OSError) as error:
        from jogeon.reports import Report, report_of

        why = report_of(error) if isinstance(error, OSError) else error.why if error.detail else Report("not a file")
        _logger().warning("%s", Report("file not used", place=str(path), why=why))
        return None
    for place, status in ((path.parent, folder), (path, found[0])):
        if (why_not := not_private(status)) is not None:
            from jogeon.reports import Report

            _logger().warning("%s", Report("place not trusted", place=str(path), other=str(place), why=why_not))
            return None
    return found[1]


def _logger() -> "logging.Logger":
    import logging  # no help needs it

    return logging.getLogger("jogeon.places")


def not_private(status: os.stat_result) -> "Report | None":
    """Return why what a file holds may be another's doing, None if it cannot be."""
    from jogeon.reports import Report  # msgspec is not needed where no such file is

    if os.name != "posix":
        return None
    if status.st_uid != os.geteuid():
        return Report("another owner", number=status.st_uid)
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return Report("open to others", code=f"{stat.S_IMODE(status.st_mode):04o}")
    return None


def changeable(path: Path) -> "Report | None":
    """Return why another may change what a file holds, or put another file in its place; None if nobody may. OSError.

    Of a file that is not there yet, only its folder is looked at, if that is there. A folder in which everybody may
    only delete what is theirs, as in /tmp, is as good as a closed one.
    """
    if path.exists() and (why := not_private(path.stat())) is not None:
        return why
    folders = {path.absolute().parent, path.resolve().parent} if os.name == "posix" else set()
    for folder in filter(Path.exists, folders):
        status = folder.stat()
        opened_wide = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not status.st_mode & stat.S_ISVTX
        if opened_wide or status.st_uid not in (0, os.geteuid()):
            from jogeon.reports import Report

            code = f"{stat.S_IMODE(status.st_mode):04o}"
            return Report("folder open to others", place=str(folder), code=code, number=status.st_uid)
    return None


def _opened(path: Path, limit: int, *, follow: bool = True) -> tuple[os.stat_result, bytes] | None:
    """Return the state of a file and what it holds, as `read_small` does."""
    from jogeon.reports import Report, report_of  # msgspec is not needed before a file is read

    try:
        with opened(path, follow=follow) as file:
            status, content = os.fstat(file.fileno()), head_of(file, limit + 1)
    except NotAFileError:
        raise InvalidSetting(file=str(path), reason="not a file") from None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        if _is_closed(path):
            _logger().info("%s cannot be looked for: its folder is closed to this user", path)
            return None
        raise InvalidSetting(file=str(path), reason="unreadable", detail=report_of(error)) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise InvalidSetting(file=str(path), reason="unreadable", detail=report_of(error)) from None
    if len(content) > limit:
        raise InvalidSetting(file=str(path), reason="too large", detail=Report("too large", bytes=limit))
    return status, content


def _is_closed(path: Path) -> bool:
    """Tell whether it cannot even be seen whether a file is there."""
    try:
        path.lstat()
    except OSError:
        return True
    return False


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
    return path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")


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
    opened = open(draft, "wb", opener=lambda name, _: os.open(name, _NEW, 0o600))  # noqa: SIM115  # closed below
    try:
        with opened as file:
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


# ------------------------------------------------------------ be alone


@contextlib.contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold a lock file and yield True, or yield False if somebody else holds it. OSError, NotImplementedError."""
    from filelock import FileLock, Timeout  # only who is to be alone needs it

    private_folder(path.parent)
    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
