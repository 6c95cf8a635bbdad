"""What the tool tells of itself: no connection, the session taken, keys refused, the journal, a condition gone.

No I/O, no clock: states and moments in, notes out. What is said of a note is said elsewhere.
"""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from jogeon.alerts.closings import is_open_day
from jogeon.alerts.settings import Own
from jogeon.events import State, korean
from jogeon.reports import Report

Kind = Literal["disconnected", "connected", "taken", "refused", "ended", "stalled", "resumed", "gone", "daily"]
REFUSALS = ("token refused", "login refused")
STALL_NS = 2_000_000_000
"""How long a disk must refuse before that is told."""
PAUSE_NS = 3600 * 1_000_000_000
"""How long the journal's trouble is told no second time."""


class Note(Struct, frozen=True):
    """What is told: `name` is a condition, `seconds` how long it lasts, `report` why."""

    kind: Kind
    at_ns: int
    name: str = ""
    seconds: float = 0.0
    report: Report | None = None


class Self:
    """Watches the tool for those who are not looking."""

    def __init__(self, own: Own, now_ns: int) -> None:
        self._own = own
        self._lost_ns: int | None = None
        self._told_lost = self._told_refused = False
        self._stalled_ns: int | None = None
        self._told_stalled_ns: int | None = None
        self._stall_open = False
        self._daily = self._next_daily(now_ns)

    @property
    def connected(self) -> bool:
        """Whether nothing speaks against a connection that lives."""
        return self._lost_ns is None

    def take(self, state: State) -> list[Note]:
        """Take a state of the watch."""
        match state.state:
            case "connected":
                return self._connected(state.at_ns)
            case "connecting" | "reconnecting":
                self._lost_ns = self._lost_ns or state.at_ns
                return self._refused(state)
            case "taken" if self._own.taken:
                return [Note("taken", state.at_ns)]
            case "condition-gone" if self._own.gone and state.condition is not None:
                return [Note("gone", state.at_ns, state.condition.name)]
            case "ended" if state.error is not None and state.error.kind not in ("taken", "taken by"):
                return [Note("ended", state.at_ns, report=state.error)]
        return []

    def _connected(self, at_ns: int) -> list[Note]:
        lost_ns, self._lost_ns = self._lost_ns, None
        told = self._told_lost or self._told_refused
        self._told_lost = self._told_refused = False
        return [Note("connected", at_ns, seconds=(at_ns - (lost_ns or at_ns)) / 1e9)] if told else []

    def _refused(self, state: State) -> list[Note]:
        error = state.error
        if not self._own.refused or self._told_refused or error is None or error.kind not in REFUSALS:
            return []
        self._told_refused = True
        return [Note("refused", state.at_ns, report=error)]

    def look(self, now_ns: int, trouble: Report | None = None) -> list[Note]:
        """Look at the clock and at the journal, whose `trouble` is None if it is written."""
        return [*self._disconnected(now_ns), *self._journal(now_ns, trouble), *self._day(now_ns)]

    def _disconnected(self, now_ns: int) -> list[Note]:
        patience = self._own.disconnected
        if patience is None or self._told_lost or self._lost_ns is None or now_ns - self._lost_ns < patience:
            return []
        self._told_lost = True
        return [Note("disconnected", now_ns, seconds=(now_ns - self._lost_ns) / 1e9)]

    def _journal(self, now_ns: int, trouble: Report | None) -> list[Note]:
        if not self._own.stalled:
            return []
        if trouble is None:
            self._stalled_ns = None
            ended, self._stall_open = self._stall_open, False
            return [Note("resumed", now_ns)] if ended else []
        self._stalled_ns = self._stalled_ns or now_ns
        told_ns = self._told_stalled_ns
        if now_ns - self._stalled_ns < STALL_NS or (told_ns is not None and now_ns - told_ns < PAUSE_NS):
            return []
        self._told_stalled_ns, self._stall_open = now_ns, True
        return [Note("stalled", now_ns, report=trouble)]

    def _day(self, now_ns: int) -> list[Note]:
        if self._daily is None or now_ns < self._daily:
            return []
        self._daily = self._next_daily(now_ns)
        return [Note("daily", now_ns)]

    def _next_daily(self, now_ns: int) -> int | None:
        """Return when the next summary is due: at its time of the next open day."""
        if self._own.daily is None:
            return None
        moment = datetime.combine(korean(now_ns).date(), self._own.daily, korean(now_ns).tzinfo)
        while moment <= korean(now_ns) or not is_open_day(moment.date()):
            moment += timedelta(days=1)
        return round(moment.timestamp() * 1_000_000_000)
