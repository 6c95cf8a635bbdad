"""What one side writes, an independent reader of RFC 6455 reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Close, Frame, Opcode
from websockets.streams import StreamReader

from jogeon.server.frames import close_frame, text_frame


def read(frames: bytes) -> list[Frame]:
    source = StreamReader()
    source.feed_data(frames)
    source.feed_eof()
    found = []
    while source.buffer:
        parsing = Frame.parse(source.read_exact, mask=False, max_size=None)
        with pytest.raises(StopIteration) as done:
            next(parsing)
        found.append(done.value.value)
    return found


@given(st.lists(st.text(max_size=300)), st.integers(0, 40))
def test_texts_come_out_as_they_went_in(texts: list[str], fragment: int) -> None:
    heard: list[bytes] = []
    for frame in read(b"".join(text_frame(text.encode(), fragment) for text in texts)):
        if frame.opcode is Opcode.TEXT:
            heard.append(b"")
        heard[-1] += frame.data
    assert [text.decode() for text in heard] == texts


def test_every_length_has_its_header() -> None:
    for size in (0, 125, 126, 65_535, 65_536):
        assert [len(frame.data) for frame in read(text_frame(b"x" * size))] == [size]


def test_a_fragment_is_never_longer_than_asked() -> None:
    pieces = read(text_frame("조건검색".encode() * 10, 7))
    assert [len(piece.data) for piece in pieces] == [7] * 17 + [1]
    assert [piece.fin for piece in pieces] == [False] * 17 + [True]


def test_a_close_says_code_and_reason() -> None:
    [frame] = read(close_frame(1000, "Bye"))
    assert Close.parse(frame.data) == Close(1000, "Bye")


def test_a_reason_too_long_for_a_control_frame_is_cut_between_characters() -> None:
    [frame] = read(close_frame(1000, "가" * 60))
    assert Close.parse(frame.data) == Close(1000, "가" * 41)
