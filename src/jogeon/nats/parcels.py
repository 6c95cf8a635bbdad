"""What is committed as messages of a stream, and the way back. No I/O, no clock.

A parcel is what was committed together: one message for each condition, more where one would be longer than MESSAGE.
A picture is a parcel too: the members of each condition at one position, so that a late reader takes the last one and
what follows. The first line of a message says what it belongs to; the rest are lines of the hub's wire.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from jogeon.errors import RemoteProtocolError
from jogeon.events import Condition, Event, Gap, Number, Snapshot
from jogeon.journal.following import Numbered
from jogeon.journal.position import Position
from jogeon.nats.address import Place
from jogeon.reports import Report
from jogeon.wire.lines import Line, encode_lines, read_lines
from jogeon.wire.values import NO_JSON

MESSAGE = 64 * 1024
"""Bytes of a message at most."""
HEAD = 512
"""Bytes of a message that are reserved for its first line."""
MOST_PARTS = 10_000
"""Messages of a parcel; more are none of ours."""
LONGEST_HELD = 10_000
"""Events that wait for the end of a block; more go out without it."""

_Count = Annotated[int, Meta(ge=0, lt=10**18)]
_Number = tuple[_Count, _Count]


class ParcelHead(Struct, frozen=True, omit_defaults=True):
    """The first line of a message.

    `to` is the last event of its parcel, `before` where that begins; of a picture, `to` is where it is so. It is `part`
    of `parts`; `more`: the next one goes on with the same lines. `picture`: it shows members. `earlier` is the sequence
    at which the picture before it began, 0 for none.
    """

    journal: Annotated[str, Meta(max_length=64)]
    to: _Number
    before: _Number = (0, 0)
    part: Annotated[int, Meta(ge=1, le=MOST_PARTS)] = 1
    parts: Annotated[int, Meta(ge=1, le=MOST_PARTS)] = 1
    more: bool = False
    picture: bool = False
    earlier: _Count = 0

    @property
    def ends(self) -> bool:
        """Whether its parcel is whole with it."""
        return self.part == self.parts

    @property
    def at(self) -> Position:
        """Where its parcel ends."""
        return Position(*self.to, self.journal)


class Message(Struct, frozen=True):
    """What is published: a subject and its bytes."""

    subject: str
    payload: bytes


class PictureAt(Struct, frozen=True):
    """Who is in each condition that is known, at one position; `conditions` are all that are listed."""

    position: Position
    conditions: tuple[Condition, ...]
    shown: tuple[Snapshot, ...]


class Parcel(Struct, frozen=True):
    """What came together, with its last head: lines in their order, or a picture."""

    head: ParcelHead
    lines: Sequence[Line] = ()
    picture: PictureAt | None = None


_head = msgspec.json.Decoder(ParcelHead)
_rows = msgspec.json.Decoder(list[tuple[str, str]])


# ------------------------------------------------------------ to the stream


def whole(batch: Sequence[Numbered]) -> int:
    """Return how many of these events may go out: a block whose snapshot is still to come waits for it."""
    begun: dict[Condition, int] = {}
    for place, (_, _, event) in enumerate(batch):
        if isinstance(event, Gap) and not event.open:
            begun.setdefault(event.condition, place)
        elif isinstance(event, Snapshot):
            begun.pop(event.condition, None)
    first = min(begun.values(), default=len(batch))
    return first if len(batch) - first < LONGEST_HELD else len(batch)


def parcel(place: Place, batch: Sequence[Numbered], before: Position) -> list[Message]:
    """Return the messages of events that are committed together, behind a position."""
    rows: dict[str | None, list[tuple[str, Event, Number | None, int]]] = {}
    for epoch, n, event in batch:
        condition = event.condition
        name, label = (None, "") if condition is None else (condition.name, condition.seq)
        rows.setdefault(name, []).append((label, event, (epoch, n), 0))
    head = ParcelHead(before.journal or "", to=batch[-1][:2], before=(before.epoch, before.n))
    return _messages(head, [(place.subject(name), encode_lines(lines)) for name, lines in rows.items()])


def picture_messages(place: Place, picture: PictureAt, earlier: int) -> list[Message]:
    """Return the messages of a picture; `earlier` is the sequence at which the one before it began."""
    at = picture.position
    head = ParcelHead(at.journal or "", to=(at.epoch, at.n), picture=True, earlier=earlier)
    listed = msgspec.json.encode([(each.seq, each.name) for each in picture.conditions])
    bodies = [(place.subject(None, shown=True), listed)]
    for shown in picture.shown:
        lines = encode_lines([(shown.condition.seq, shown, None, 0)])
        bodies.append((place.subject(shown.condition.name, shown=True), lines))
    return _messages(head, bodies)


def _messages(head: ParcelHead, bodies: Iterable[tuple[str, bytes]]) -> list[Message]:
    """Return bodies as messages that know how many they are."""
    size = MESSAGE - HEAD
    pieces = [
        (subject, body[start : start + size], start + size < len(body))
        for subject, body in bodies
        for start in range(0, len(body), size)
    ]
    return [
        Message(
            subject,
            msgspec.json.encode(
                msgspec.structs.replace(head, part=place, parts=len(pieces), more=more)
            ) + b"\n" + piece,
        )
        for place, (subject, piece, more) in enumerate(pieces, 1)
    ]  # fmt: skip


# ------------------------------------------------------------ from the stream


def read_head(payload: bytes) -> tuple[ParcelHead, bytes]:
    """Return the first line of a message and the rest; RemoteProtocolError for a message that is none of ours."""
    first, _, rest = payload.partition(b"\n")
    try:
        head = _head.decode(first)
    except NO_JSON as error:
        raise _unreadable(payload, error) from None
    if head.part > head.parts:
        raise _unreadable(payload, ValueError())
    return head, rest


class Unpacking:
    """Puts the messages of a stream together again; a parcel that broke off is forgotten when another begins."""

    def __init__(self) -> None:
        self._parts: list[tuple[ParcelHead, bytes]] = []

    def take(self, payload: bytes) -> Parcel | None:
        """Take the next message; return the parcel that is whole with it. RemoteProtocolError: it is none of ours."""
        head, rest = read_head(payload)
        if head.part == 1:
            self._parts = []
        elif len(self._parts) != head.part - 1 or not _same(self._parts[-1][0], head):
            self._parts = []  # its beginning is missing: whoever published it begins anew
            return None
        self._parts.append((head, rest))
        if not head.ends:
            return None
        parts, self._parts = self._parts, []
        bodies = _joined(parts)
        return _picture(head, bodies) if head.picture else Parcel(head, _lines(bodies))


def _same(one: ParcelHead, other: ParcelHead) -> bool:
    return (one.journal, one.to, one.before, one.parts, one.picture) == (
        other.journal, other.to, other.before, other.parts, other.picture,
    )  # fmt: skip


def _joined(parts: Sequence[tuple[ParcelHead, bytes]]) -> list[bytes]:
    bodies: list[bytes] = []
    begun = b""
    for head, rest in parts:
        begun += rest
        if not head.more:
            bodies.append(begun)
            begun = b""
    return bodies


def _lines(bodies: Sequence[bytes]) -> Sequence[Line]:
    """Return the lines of all conditions in the order of their numbers."""
    if len(bodies) == 1:
        return _read(bodies[0])
    lines = [line for body in bodies for line in _read(body)]
    lines.sort(key=lambda line: line.event.number or (0, 0))
    return lines


def _read(body: bytes) -> Sequence[Line]:
    lines = read_lines(body)
    if lines is None or any(line.event.number is None for line in lines):
        raise _unreadable(body, ValueError())
    return lines


def _picture(head: ParcelHead, bodies: Sequence[bytes]) -> Parcel:
    try:
        listed = tuple(Condition(*row) for row in _rows.decode(bodies[0]))
    except NO_JSON as error:
        raise _unreadable(bodies[0], error) from None
    shown = [line.event for body in bodies[1:] for line in read_lines(body) or ()]
    snapshots = tuple(each for each in shown if isinstance(each, Snapshot))
    return Parcel(head, picture=PictureAt(head.at, listed, snapshots))


def _unreadable(payload: bytes, error: Exception) -> RemoteProtocolError:
    return RemoteProtocolError(Report("unreadable frame", bytes=len(payload), text=type(error).__name__))
