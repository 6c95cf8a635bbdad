"""The frames of one peer: how many are read in a turn, and the texts they make."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from hypothesis import given
from hypothesis import strategies as st
from picows import WSMsgType

from jogeon.server.frames import PROTOCOL_ERROR, TOO_BIG, UNSUPPORTED
from jogeon.server.inbox import SHARE, Frame, Inbox

if TYPE_CHECKING:
    from picows import WSFrame

LIMIT = 100


class Arriving(NamedTuple):
    """As much of a frame of picows as is asked for."""

    payload: bytes
    last_in_buffer: bool = False
    msg_type: WSMsgType = WSMsgType.TEXT
    fin: bool = True
    rsv1: bool = False
    rsv2: bool = False
    rsv3: bool = False

    def get_payload_as_bytes(self) -> bytes:
        return self.payload


def arriving(payload: bytes, **more: Any) -> WSFrame:
    return cast("WSFrame", Arriving(payload, **more))


def frame(payload: bytes, kind: WSMsgType = WSMsgType.TEXT, *, fin: bool = True, reserved: bool = False) -> Frame:
    return Frame(kind, payload, fin, reserved)


@given(st.lists(st.integers(1, 3 * SHARE), min_size=1, max_size=4))
def test_every_frame_is_read_once_in_order_and_a_share_in_a_turn(reads: list[int]) -> None:
    inbox, read, sent = Inbox(LIMIT), [], 0
    for count in reads:
        at_once = []
        for place in range(count):
            taken = inbox.arrived(arriving(b"%d" % sent, last_in_buffer=place == count - 1))
            at_once += [] if taken is None else [taken]
            sent += 1
        assert len(at_once) == min(count, SHARE)
        read += at_once
        while not inbox.is_empty:  # the socket is left alone until all is read
            share = inbox.share()
            assert 0 < len(share) <= SHARE
            read += share
    assert [int(each.payload) for each in read] == list(range(sent))


def test_frames_of_many_reads_are_many_only_together_in_one() -> None:
    inbox = Inbox(LIMIT)
    for _ in range(3 * SHARE):
        assert inbox.arrived(arriving(b"x", last_in_buffer=True)) is not None


@given(st.binary(max_size=LIMIT), st.lists(st.integers(0, LIMIT), max_size=5))
def test_fragments_make_the_text_they_were_cut_from(text: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[begin:end] for begin, end in itertools.pairwise(places)]
    inbox, made = Inbox(LIMIT), []
    for _ in range(2):  # a second text begins afresh
        for number, piece in enumerate(pieces):
            kind = WSMsgType.CONTINUATION if number else WSMsgType.TEXT
            each = frame(piece, kind, fin=number == len(pieces) - 1)
            assert not inbox.refusal(each)
            made.append(inbox.text(each))
    assert [each for each in made if each is not None] == [text, text]


def test_what_deserves_a_close() -> None:
    inbox = Inbox(LIMIT)
    assert inbox.refusal(frame(b"", reserved=True)) == PROTOCOL_ERROR
    assert inbox.refusal(frame(b"", WSMsgType.CONTINUATION)) == PROTOCOL_ERROR
    assert inbox.refusal(frame(b"", WSMsgType.BINARY)) == UNSUPPORTED
    assert inbox.refusal(frame(b"x" * LIMIT)) == 0
    assert inbox.refusal(frame(b"x" * (LIMIT + 1))) == TOO_BIG
    assert inbox.text(frame(b"x" * LIMIT, fin=False)) is None
    assert inbox.refusal(frame(b"x")) == PROTOCOL_ERROR
    assert inbox.refusal(frame(b"x", WSMsgType.CONTINUATION)) == TOO_BIG
