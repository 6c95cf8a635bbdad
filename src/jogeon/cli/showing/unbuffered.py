"""Standard output and standard error as bytes, past Python's buffers: what is written is written whole, and at once.

Nothing stays behind in a buffer that Python would try to empty when it ends, while a pipe that nobody reads blocks it.
"""

from __future__ import annotations

import errno
import os
import time
from io import FileIO, RawIOBase, UnsupportedOperation
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

FULL_PIPE_PAUSE = 0.01
PIECE = 4096
"""Bytes written at a time: POSIX says that a pipe takes so many as a whole or not yet (PIPE_BUF on Linux)."""


class LineWriter:
    """Writes whole lines to a stream. `taken` grows with everything that a reader took, or a pipe for it."""

    def __init__(self, stream: TextIO | None) -> None:
        self.taken = 0
        self._file = unbuffered(stream)

    def write(self, text: bytes) -> None:
        """Write everything; raise BrokenPipeError when nobody reads any more.

        A program that is ended while it waits here leaves whole lines behind, unless one is longer than a PIECE.
        """
        try:
            for piece in pieces(text):
                self._write(piece)
        except OSError as error:
            if error.errno == errno.EINVAL:  # what Windows says
                raise BrokenPipeError(errno.EPIPE, "nobody reads") from None
            raise

    def _write(self, piece: memoryview) -> None:
        while piece:
            written = self._file.write(piece)
            if written is None:  # a pipe that does not block, and is full
                time.sleep(FULL_PIPE_PAUSE)
            else:
                self.taken += written
                piece = piece[written:]


def pieces(text: bytes) -> Iterator[memoryview]:
    """Yield a text in pieces of as many whole lines as fit; a longer line is a piece of its own."""
    start, view = 0, memoryview(text)
    while start < len(text):
        end = len(text)
        if end - start > PIECE:
            end = text.rfind(b"\n", start, start + PIECE) + 1 or text.find(b"\n", start) + 1 or end
        yield view[start:end]
        start = end


def unbuffered(stream: TextIO | None) -> RawIOBase | BinaryIO:
    """Return the bytes below a text stream; OSError if it is closed."""
    if stream is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), "stdout")
    stream.flush()
    raw = getattr(stream.buffer, "raw", None)
    if isinstance(raw, RawIOBase):  # on Windows a console has one that shows UTF-8, whatever its code page
        return raw
    try:
        return FileIO(stream.fileno(), "wb", closefd=False)
    except UnsupportedOperation:  # a stream in memory
        return stream.buffer
