"""An event in words: its sign, its kind, the stock, and the rest of what it reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jogeon.cli.showing.terminal import visible_name
from jogeon.cli.showing.translate import cause_of, oddity_of
from jogeon.cli.texts.width import columns
from jogeon.events import Anomaly, Enter, Event, Gap, Leave, State

if TYPE_CHECKING:
    from jogeon.cli.showing.terminal import Signs
    from jogeon.cli.texts import Texts

RISE, FALL = "red", "blue"
"""Korean colours: red is up, blue is down."""


class EventColumns(NamedTuple):
    """An event as the columns of its line."""

    sign: str
    word: str
    code: str
    rest: str
    colour: str


def tell_event(event: Event, texts: Texts, signs: Signs) -> EventColumns:
    """Return the columns of an event's line."""
    name = visible_name(event.condition) if event.condition else ""
    match event:
        case Enter():
            return EventColumns(signs.enter, texts("event.enter"), event.code, name + _origin(event, texts), RISE)
        case Leave():
            return EventColumns(signs.leave, texts("event.leave"), event.code, name + _origin(event, texts), FALL)
        case Gap():
            return EventColumns("!", texts("event.gap"), "", f"{name}: {_blind(event, texts)}", "yellow")
        case State():
            why = cause_of(event, texts)
            rest = texts(f"state.{event.state}") + (f" ({why})" if why else "")
            return EventColumns("*", texts("event.state"), "", f"{name}: {rest}" if name else rest, "dim")
        case Anomaly():
            what = oddity_of(event, texts)
            rest = f"{name}: {what}" if name else what
            return EventColumns("?", texts("event.anomaly"), event.code or "", rest, "magenta")
    return EventColumns("", "", "", name, "")


def word_width(texts: Texts) -> int:
    """Return the columns of sign and word, whatever the event."""
    return 2 + max(columns(texts(f"event.{kind}")) for kind in ("enter", "leave", "gap", "state", "anomaly"))


def _origin(change: Enter | Leave, texts: Texts) -> str:
    return f" ({texts('event.recovered')})" if change.origin == "recovered" else ""


def _blind(gap: Gap, texts: Texts) -> str:
    until = texts("event.open") if gap.open else f"{gap.until:%H:%M:%S}"
    return f"{texts(f'cause.{gap.cause}')} {gap.since:%H:%M:%S} ~ {until}"


def is_heard(event: Event) -> bool:
    """Tell whether a bell rings for an event: a stock enters now."""
    return isinstance(event, Enter) and event.origin == "live"
