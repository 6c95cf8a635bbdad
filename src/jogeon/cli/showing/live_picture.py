"""What the live view shows, without how: the connection, the members of each condition, the last events. No I/O."""

from __future__ import annotations

from collections import deque
from datetime import date, datetime  # msgspec reads the types of a Struct
from typing import TYPE_CHECKING

from msgspec import Struct

from jogeon.cli.showing.terminal import visible_name
from jogeon.events import Condition, Event, Gap, Member, Snapshot, State, StateName, korean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEPT = 200
"""Events kept for the view; more than any terminal is high."""
CONNECTION = {"connecting", "connected", "reconnecting", "taken", "ended"}
"""States that tell whether there is a connection."""
UNTOLD = {"started", "registered", "connecting"}
"""States that say nothing the view does not show anyway."""


class Row(Struct, frozen=True):
    """A condition and its members, the latest first."""

    label: str
    members: tuple[Member, ...]


class Picture(Struct, frozen=True):
    """One moment of the view; nothing in it changes, so another thread may draw it."""

    server: str
    state: StateName
    now_ns: int
    heard: datetime | None
    gaps: int
    rows: tuple[Row, ...]
    events: tuple[Event, ...]
    """The latest first."""


class Story:
    """What the events told so far."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.state: StateName = "connected"  # a watch begins on a connection
        self.heard: datetime | None = None
        """When the server's last frame came, a PING too."""
        self._events: deque[Event] = deque(maxlen=KEPT)
        self._gaps: set[tuple[date, int]] = set()
        self._rows: tuple[Row, ...] = ()

    def take(self, event: Event) -> None:
        """Take an event in the order in which the watch gave it."""
        match event:
            case State(state=state, condition=None) if state in CONNECTION:
                self.state = state
            case Gap():
                # One outage blinds many conditions: it is counted once, by the moment it began.
                self._gaps.add((event.until.date(), event.since_ns))
        if not isinstance(event, Snapshot) and not (isinstance(event, State) and event.state in UNTOLD):
            self._events.appendleft(event)

    def look(self, conditions: Sequence[Condition], members: Mapping[Condition | str, Mapping[str, Member]]) -> None:
        """Take who is in which condition, as a Watch tells; what was seen stays when it has ended."""
        if conditions:
            self._rows = tuple(_row(condition, members) for condition in conditions)

    def picture(self, now_ns: int) -> Picture:
        """Return the view of this moment."""
        today = korean(now_ns).date()
        gaps = sum(day == today for day, _ in self._gaps)
        return Picture(self.server, self.state, now_ns, self.heard, gaps, self._rows, tuple(self._events))


def _row(condition: Condition, members: Mapping[Condition | str, Mapping[str, Member]]) -> Row:
    named = members.get(condition.name)
    label = visible_name(condition) if named is not None else f"{condition.name} [{condition.seq}]"
    inside = named if named is not None else members.get(condition, {})
    return Row(label, tuple(sorted(inside.values(), key=lambda member: (-member.since_ns, member.code))))
