"""The one shape of an event in columns, wherever a table of events is made. No I/O, clock or thread.

The columns bear the names of the fields of its JSON line. Moments are of Korean time, that of a gap is its end; they
stand there to the nanosecond, too (`at_ns`, `since_ns`, `until_ns`). `clock` is the exchange's own HHMMSS, as it came.
"""

from datetime import datetime, timedelta
from typing import Any

from jogeon.details import details_text
from jogeon.events import Anomaly, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.journal.schema import codes_text

COLUMNS = {
    "epoch": "BIGINT",
    "n": "BIGINT",
    "event": "VARCHAR",
    "seq": "VARCHAR",
    "condition": "VARCHAR",
    "code": "VARCHAR",
    "name": "VARCHAR",
    "time": "TIMESTAMP",
    "at": "TIMESTAMP",
    "origin": "VARCHAR",
    "since": "TIMESTAMP",
    "until": "TIMESTAMP",
    "cause": "VARCHAR",
    "detail": "VARCHAR",
    "state": "VARCHAR",
    "what": "VARCHAR",
    "open": "BOOLEAN",
    "codes": "VARCHAR",
    "details": "VARCHAR",
    "clock": "VARCHAR",
    "at_ns": "BIGINT",
    "since_ns": "BIGINT",
    "until_ns": "BIGINT",
}
"""The columns and their types. `codes` of a snapshot stand between blanks; `details` is what a state or an anomaly has
besides its text, as JSON."""

ENTRY = {"entry_price": "BIGINT", "entry_at": "TIMESTAMP", "entry_source": "VARCHAR"}
"""The columns behind them where events are exported: what was paid at a live enter, if a price was kept."""

_EPOCH = datetime(1970, 1, 1, 9)  # noqa: DTZ001  # in Korea


def row_of(epoch: int, n: int, event: Event) -> dict[str, Any]:
    """Return an event as a row, moments as datetimes of Korean time; what it does not have is None."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    at_ns = event.until_ns if isinstance(event, Gap) else event.at_ns
    row |= {"epoch": epoch, "n": n, "event": type(event).__name__.lower(), "at_ns": at_ns}
    if event.condition is not None:
        row |= {"seq": event.condition.seq, "condition": event.condition.name}
    row |= _more(event)
    moments = {each: row[f"{each}_ns"] for each in ("at", "since", "until")}
    return row | {each: None if ns is None else moment_of(ns) for each, ns in moments.items()}


def moment_of(ns: int) -> datetime:
    """Return nanoseconds since 1970 as a datetime of Korean time, without its zone."""
    return _EPOCH + timedelta(microseconds=ns // 1000)


def _more(event: Event) -> dict[str, Any]:
    match event:
        case Enter() | Leave():
            time = None if event.time is None else event.time.replace(tzinfo=None)
            names = ("code", "name", "clock", "origin", "since_ns", "until_ns")
            return {"time": time, **{name: getattr(event, name) for name in names}}
        case Snapshot():
            return {"codes": codes_cell(event.codes)}
        case Gap():
            told = {"cause": event.cause, "detail": event.detail, "open": event.open}
            return {"since_ns": event.since_ns, "until_ns": event.until_ns, **told}
        case State():
            return {"state": event.state, "cause": event.cause, "details": details_text(event)}
        case Anomaly():
            return {"code": event.code, "name": event.name, "what": event.what, "details": details_text(event)}


def codes_cell(codes: tuple[str, ...]) -> str:
    """Return codes as one text, a blank between each two; as a JSON list where that could not be told apart again.

    The SQL of `schema.HISTORY` makes the same text.
    """
    text = codes_text(codes)
    return text if any(mark in text for mark in _ODD) else " ".join(codes)


_ODD = (" ", "\\", '"[', '[""', ',""')
"""What the JSON of codes has where one holds a blank, a quote, a backslash or a control character, begins like a list
or is empty."""
