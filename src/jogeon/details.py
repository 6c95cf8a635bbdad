"""What a State or an Anomaly has besides its text, as data: in its line, and in a journal."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Struct

from jogeon.reports import Report

_Reported = TypeVar("_Reported", bound=Struct)


class Counts(Struct, frozen=True, gc=False, omit_defaults=True):
    """How many events of each kind."""

    anomaly: int = 0
    enter: int = 0
    gap: int = 0
    leave: int = 0
    snapshot: int = 0
    state: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{count} {kind}" for kind, count in msgspec.structs.asdict(self).items() if count)


class Details(Struct, frozen=True, omit_defaults=True):
    """What a State or an Anomaly has besides its text."""

    pause: float | None = None
    error: Report | None = None
    active: int | None = None
    of: int | None = None
    notices: tuple[Report, ...] = ()
    counts: Counts | None = None


DEEPEST = 8
"""Reports behind each other in details that are read; ours have three."""
_details_decoder = msgspec.json.Decoder(Details)


def check_depth(reports: Iterable[Report | None]) -> None:
    """Refuse reports that were read and have more than DEEPEST behind them; ValueError."""
    if any(report is not None and report.depth > DEEPEST for report in reports):
        raise ValueError("details that are nested too deeply")


def details_of(event: Struct) -> Details:
    """Return what an event has besides its text."""
    return Details(**{name: getattr(event, name) for name in Details.__struct_fields__ if hasattr(event, name)})


def details_text(event: Struct) -> str | None:
    """Return what an event has besides its text as JSON, None if it has nothing."""
    details = details_of(event)
    return None if details == Details() else msgspec.json.encode(details).decode()


def with_details(event: _Reported, text: object) -> _Reported:
    """Return an event with what `details_text` said of it; ValueError if that cannot be read."""
    if not isinstance(text, str):
        return event
    try:
        details = _details_decoder.decode(text)
    except RecursionError:
        raise ValueError("details that are nested too deeply") from None
    check_depth((details.error, *details.notices))
    held = {name: getattr(details, name) for name in Details.__struct_fields__ if hasattr(event, name)}
    return msgspec.structs.replace(event, **held)
