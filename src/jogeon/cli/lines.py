"""Standard output as bytes: JSON lines in UTF-8 whatever the console speaks, each written out at once."""

from __future__ import annotations

import errno
import os
import sys
import time
from io import FileIO, UnsupportedOperation
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from jogeon.events import event_fields
from jogeon.masks import masked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import RawIOBase
    from typing import TextIO

    from jogeon.events import Condition, Event, Stock

FULL_PIPE_PAUSE = 0.01


def json_line(fields: Mapping[str, object]) -> bytes:
    """Return an object as one line; control characters that JSON allows are escaped, for a terminal obeys them."""
    text = masked(msgspec.json.encode(fields).decode())
    if not text.isprintable():
        text = "".join(f"\\u{ord(c):04x}" if "\x7f" <= c <= "\x9f" or c in "\u2028\u2029" else c for c in text)
    return text.encode() + b"\n"


def event_line(event: Event) -> bytes:
    """Return the line of an event."""
    return json_line(event_fields(event))


def condition_line(condition: Condition) -> bytes:
    """Return the line of a condition."""
    return json_line({"seq": condition.seq, "name": condition.name})


def stock_line(condition: Condition, stock: Stock) -> bytes:
    """Return the line of a row of a search."""
    return json_line({"condition": {"seq": condition.seq, "name": condition.name}, **msgspec.structs.asdict(stock)})


class Lines:
    """Writes whole lines to standard output, past its buffer."""

    def __init__(self) -> None:
        self._file = unbuffered(sys.stdout)

    def write(self, line: bytes) -> None:
        """Write everything of a line; raise BrokenPipeError when nobody reads any more."""
        rest = memoryview(line)
        try:
            while rest:
                written = self._file.write(rest)
                if written is None:  # a pipe that does not block, and is full
                    time.sleep(FULL_PIPE_PAUSE)
                else:
                    rest = rest[written:]
        except OSError as error:
            if error.errno == errno.EINVAL:  # what Windows says
                raise BrokenPipeError(errno.EPIPE, "nobody reads") from None
            raise


def unbuffered(stream: TextIO | None) -> RawIOBase | BinaryIO:
    """Return the bytes below a text stream; OSError if it is closed."""
    if stream is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), "stdout")
    stream.flush()
    try:
        return FileIO(stream.fileno(), "wb", closefd=False)
    except UnsupportedOperation:  # a stream in memory
        return stream.buffer
