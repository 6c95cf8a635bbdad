"""What a peer sends: its frames, read a share at a time, and the texts they make.

A peer that sends many frames at once must not block the loop for the others. Frames beyond its SHARE wait here, and its
socket is not read meanwhile.
"""

from collections import deque

from msgspec import Struct
from picows import WSFrame, WSMsgType

from jogeon.server.frames import PROTOCOL_ERROR, TOO_BIG, UNSUPPORTED

SHARE = 8
"""Frames of one peer that are read in a turn of the loop: some 0.2 ms of work even for texts that are no JSON, so that
a few peers that flood at once do not keep the others waiting. A program that behaves sends one or two."""


class Frame(Struct, frozen=True):
    """A frame as it came, whose bytes outlive the read that brought it."""

    kind: WSMsgType
    payload: bytes
    fin: bool
    reserved: bool


class ReceiveQueue:
    """The frames of one peer that wait for their turn, and the fragments of an unfinished text.

    `limit`: bytes of a text, however many frames it comes in.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._begun: bytearray | None = None
        self._waiting: deque[Frame] = deque()
        self._this_turn = 0

    @property
    def is_empty(self) -> bool:
        """Whether no frame waits."""
        return not self._waiting

    def arrived(self, frame: WSFrame) -> Frame | None:
        """Return a frame that may be read at once; None if it has to wait because there were many in this turn."""
        reserved = frame.rsv1 or frame.rsv2 or frame.rsv3
        taken = Frame(frame.msg_type, frame.get_payload_as_bytes(), frame.fin, reserved)
        self._this_turn += 1
        if self._this_turn > SHARE:
            self._waiting.append(taken)
            return None
        if frame.last_in_buffer:
            self._this_turn = 0
        return taken

    def share(self) -> list[Frame]:
        """Take out the frames to read in this turn; with the last of them the peer is like any other again."""
        share = [self._waiting.popleft() for _ in range(min(SHARE, len(self._waiting)))]
        if not self._waiting:
            self._this_turn = 0
        return share

    def refusal(self, frame: Frame) -> int:
        """Return the close code that a data frame deserves, 0 if it is a good one."""
        if frame.reserved or (frame.kind is WSMsgType.CONTINUATION) is (self._begun is None):
            return PROTOCOL_ERROR
        if frame.kind is WSMsgType.BINARY:
            return UNSUPPORTED
        return TOO_BIG if len(self._begun or b"") + len(frame.payload) > self._limit else 0

    def text(self, frame: Frame) -> bytes | None:
        """Return the text that a good data frame completes, None if it goes on."""
        if frame.fin and self._begun is None:
            return frame.payload
        text = (self._begun or bytearray()) + frame.payload
        self._begun = None if frame.fin else text
        return bytes(text) if frame.fin else None
