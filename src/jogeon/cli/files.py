"""Files that are there as a whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def whole_file(path: str) -> Iterator[IO[bytes]]:
    """Open a file that gets its name only when everything is in it; until then what was there before stays.

    It is written beside its place and renamed. A device or a pipe is written to as it is. Raises OSError with the
    name that was asked for.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            with target.open("wb") as file:  # a folder refuses this
                yield file
            return
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        with _beside(target) as file:
            yield file
    except OSError as error:
        error.filename, error.filename2 = path, None
        raise


@contextmanager
def _beside(target: Path) -> Iterator[IO[bytes]]:
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
