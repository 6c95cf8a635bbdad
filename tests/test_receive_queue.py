"""The receive queue of a peer: a share of its frames a turn, and the texts that fragments make."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from msgspec import Struct
from picows import WSMsgType

from jogeon.server.frames import PROTOCOL_ERROR, TOO_BIG, UNSUPPORTED
from jogeon.server.receive_queue import SHARE, Frame, ReceiveQueue

if TYPE_CHECKING:
    from picows import WSFrame

LIMIT = 8


class Arriving(Struct):
    """A frame as the library hands it over."""

    payload: bytes
    last_in_buffer: bool = False
    msg_type: WSMsgType = WSMsgType.TEXT
    fin: bool = True
    rsv1: bool = False
    rsv2: bool = False
    rsv3: bool = False

    def get_payload_as_bytes(self) -> bytes:
        return self.payload


def arrived(queue: ReceiveQueue, count: int, *, last_in_buffer: bool = False) -> list[Frame | None]:
    frames = [Arriving(b"%d" % number, last_in_buffer) for number in range(count)]
    return [queue.arrived(cast("WSFrame", frame)) for frame in frames]


def frame(payload: bytes = b"", kind: WSMsgType = WSMsgType.TEXT, *, fin: bool = True, reserved: bool = False) -> Frame:
    return Frame(kind, payload, fin, reserved)


def test_what_comes_beyond_the_share_of_a_turn_waits_in_order() -> None:
    queue = ReceiveQueue(LIMIT)
    taken = arrived(queue, 2 * SHARE + 1)
    assert [each is None for each in taken] == [False] * SHARE + [True] * (SHARE + 1)
    assert [each.payload for each in queue.share()] == [b"%d" % number for number in range(SHARE, 2 * SHARE)]
    assert not queue.is_empty
    assert [each.payload for each in queue.share()] == [b"%d" % (2 * SHARE)]
    assert queue.is_empty
    assert None not in arrived(queue, SHARE), "who was read to the end is like any other"


def test_who_sends_little_at_a_time_never_waits() -> None:
    queue = ReceiveQueue(LIMIT)
    assert None not in arrived(queue, 3 * SHARE, last_in_buffer=True)


def test_fragments_make_a_text() -> None:
    queue = ReceiveQueue(LIMIT)
    assert queue.text(frame(b"{", fin=False)) is None
    assert queue.text(frame(b'"a"', WSMsgType.CONTINUATION, fin=False)) is None
    assert queue.text(frame(b"}", WSMsgType.CONTINUATION)) == b'{"a"}'
    assert queue.text(frame(b"{}")) == b"{}"


@pytest.mark.parametrize(
    ("begun", "next_one", "code"),
    [
        (None, frame(b"x" * LIMIT), 0),
        (None, frame(b"x" * (LIMIT + 1)), TOO_BIG),
        (None, frame(reserved=True), PROTOCOL_ERROR),
        (None, frame(kind=WSMsgType.BINARY), UNSUPPORTED),
        (None, frame(kind=WSMsgType.CONTINUATION), PROTOCOL_ERROR),
        (b"x" * 5, frame(b"x" * 3, WSMsgType.CONTINUATION), 0),
        (b"x" * 5, frame(b"x" * 4, WSMsgType.CONTINUATION), TOO_BIG),
        (b"x", frame(b"x"), PROTOCOL_ERROR),
    ],
)
def test_a_bad_frame_has_the_close_code_it_deserves(begun: bytes | None, next_one: Frame, code: int) -> None:
    queue = ReceiveQueue(LIMIT)
    if begun is not None:
        queue.text(frame(begun, fin=False))
    assert queue.refusal(next_one) == code
