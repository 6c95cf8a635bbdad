"""The numbered stream of a hub as frames of its wire, both roles; an extension of this package, which no broker has.

A live change is a REAL frame as the broker's, with its place in the stream on top: `epoch`, `n`, `prev` (the n of the
same condition's event before it in this epoch, 0 for the first) and `at` (nanoseconds since 1970). Everything else
comes as LINES: the fields of its event, where Gap, recovered changes and Snapshot of one blind stretch stand together.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from jogeon.details import check_depth
from jogeon.errors import RemoteProtocolError
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.reports import Report
from jogeon.wire.messages import MOST_CODES, PushRow
from jogeon.wire.values import LONGEST_VALUE, NO_JSON

_TOLD = (Snapshot, Enter, Leave, Gap, State, Anomaly)
EVENTS_BY_NAME: dict[str, type[Event]] = {kind.__name__.lower(): kind for kind in _TOLD}


class Line(Struct, frozen=True, gc=False):
    """One event of the stream; `prev` as in the frame. What bears no number is not a line of the journal."""

    event: Event
    prev: int = 0


class _Change(Struct, frozen=True, gc=False):
    """A REAL frame of one live change."""

    trnm: Literal["REAL"]
    data: Annotated[list[PushRow], Meta(min_length=1, max_length=1)]
    epoch: int
    n: int
    prev: int
    at: int
    stock: Annotated[str, Meta(max_length=200)] | None = None


class _Lines(Struct, frozen=True):
    trnm: Literal["LINES"]
    lines: list[dict[str, Any]]


_change = msgspec.json.Decoder(_Change)
_lines = msgspec.json.Decoder(_Lines)
_HEAD = b'{"trnm":"LINES"'


def encode_change(label: str, event: Enter | Leave, number: tuple[int, int], prev: int) -> bytes:
    """Return the frame of a live change, under the label that its receiver knows its condition by."""
    kind = "I" if type(event) is Enter else "D"
    epoch, n = number
    name = "" if event.name is None else f',"stock":{msgspec.json.encode(event.name).decode()}'
    return (
        f'{{"trnm":"REAL","epoch":{epoch},"n":{n},"prev":{prev},"at":{event.at_ns}{name},"data":[{{"values":{{"841":'
        f'"{label}","9001":"{event.code}","843":"{kind}","20":"{event.clock}","907":"2"}},"type":"02","name":"조건검색",'
        f'"item":"{event.code}"}}]}}'
    ).encode()


def encode_lines(lines: Iterable[tuple[str, Event, tuple[int, int] | None, int]]) -> bytes:
    """Return the frame of other events, each with its label ("" for that of none), its number and its prev."""
    return msgspec.json.encode({"trnm": "LINES", "lines": [_row(*line) for line in lines]})


def _row(label: str, event: Event, number: tuple[int, int] | None, prev: int) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(event)
    if event.condition is not None:
        fields["condition"] = {"seq": label, "name": event.condition.name}
    return {"event": type(event).__name__.lower(), **fields, "number": number, "prev": prev}


def read_lines(payload: bytes) -> Sequence[Line] | None:
    """Return the lines of a frame, None for any other frame; RemoteProtocolError if they cannot be read.

    The conditions bear the receiver's labels; a live change has no name of its condition.
    """
    if payload[: len(_HEAD)] != _HEAD:
        try:
            return (_line(_change.decode(payload)),)
        except NO_JSON:
            return None
    try:
        return [_read(dict(row)) for row in _lines.decode(payload).lines]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, TypeError, LookupError) as error:
        what = Report("unreadable frame", bytes=len(payload), text=type(error).__name__)
        raise RemoteProtocolError(what) from None


def _line(frame: _Change) -> Line:
    values = frame.data[0].values
    kind = Enter if values.kind == "I" else Leave
    condition, number = Condition(values.seq.strip(), ""), (frame.epoch, frame.n)
    event = kind(frame.at, condition, values.code, values.clock or "", name=frame.stock, number=number)
    return Line(event, frame.prev)


def _read(row: dict[str, Any]) -> Line:
    kind, prev = EVENTS_BY_NAME[row.pop("event")], int(row.pop("prev"))
    event = msgspec.convert(row, kind)
    if isinstance(event, Snapshot) and len(event.codes) > MOST_CODES:
        raise ValueError("more stocks than there are")
    if isinstance(event, Enter | Leave) and not 0 < len(event.code) <= LONGEST_VALUE:
        raise ValueError("no code")
    check_depth((getattr(event, "error", None), *getattr(event, "notices", ())))
    return Line(event, prev)
