"""Streams are written whole, in pieces that end with a line, and past every buffer."""

from __future__ import annotations

import errno
import fcntl
import io
import os
import sys
import threading
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.cli.showing import unbuffered as streams
from jogeon.cli.showing.unbuffered import PIECE, LineWriter, pieces, unbuffered

LINES = b'{"seq":"4"}\n{"seq":"1"}\n'


def test_a_line_is_written_whole_through_a_narrow_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    class Narrow(io.RawIOBase):
        taken: bytes = b""
        turn = 0

        def write(self, rest: memoryview) -> int | None:  # type: ignore[override]  # only what LineWriter hands over
            self.turn += 1
            if self.turn % 2:
                return None  # full, and does not block
            self.taken += bytes(rest[:7])
            return len(rest[:7])

    narrow = Narrow()
    monkeypatch.setattr(streams, "unbuffered", lambda _stream: narrow)
    monkeypatch.setattr(streams, "FULL_PIPE_PAUSE", 0)
    LineWriter(None).write(LINES)
    assert narrow.taken == LINES


@pytest.mark.parametrize("said", [errno.EPIPE, errno.EINVAL])
def test_a_reader_who_has_gone_is_a_broken_pipe_on_every_system(monkeypatch: pytest.MonkeyPatch, said: int) -> None:
    class Gone(io.RawIOBase):
        def write(self, _rest: object) -> int:
            raise OSError(said, "gone")

    monkeypatch.setattr(streams, "unbuffered", lambda _stream: Gone())
    with pytest.raises(BrokenPipeError):
        LineWriter(None).write(b"{}\n")


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.RawIOBase):
        def write(self, _rest: object) -> int:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(streams, "unbuffered", lambda _stream: Full())
    with pytest.raises(OSError, match="full"):
        LineWriter(None).write(b"{}\n")


@given(st.lists(st.integers(0, 2 * PIECE), max_size=6))
def test_pieces_are_whole_lines_as_many_as_a_pipe_takes_at_once(lengths: list[int]) -> None:
    text = b"".join(b"x" * length + b"\n" for length in lengths)
    cut = [bytes(piece) for piece in pieces(text)]
    assert b"".join(cut) == text
    assert all(piece.endswith(b"\n") for piece in cut)
    assert all(len(piece) <= PIECE or piece.count(b"\n") == 1 for piece in cut)


def test_a_text_without_a_line_end_is_written_too() -> None:
    assert [bytes(piece) for piece in pieces(b"x" * 2 * PIECE)] == [b"x" * 2 * PIECE]


def test_what_a_full_pipe_holds_are_whole_lines() -> None:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIECE)
    with os.fdopen(reading, "rb", 0) as reader, os.fdopen(writing, "w") as writer:
        stream = LineWriter(writer)
        blocked = threading.Thread(target=stream.write, args=((b"x" * 999 + b"\n") * 9,))
        blocked.start()
        assert reader.read(PIECE) == (b"x" * 999 + b"\n") * 4
        rest = 5_000
        while rest:
            rest -= len(reader.read(PIECE))
        blocked.join()
        assert stream.taken == 9_000


def test_nothing_stays_in_pythons_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    buffered = io.TextIOWrapper(io.BufferedWriter(cast("Any", _Raw(raw))), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", buffered)
    sys.stdout.write("편입")
    assert isinstance(unbuffered(sys.stdout), _Raw)
    assert raw.getvalue() == "편입".encode()


class _Raw(io.RawIOBase):
    def __init__(self, kept: io.BytesIO) -> None:
        self.kept = kept

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # bytes are all it gets here
        return self.kept.write(data)
