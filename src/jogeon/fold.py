"""What the events of a watch add up to: the codes of each condition, and up to when they are known to be right.

It is what a consumer knows who read every event, so it needs no snapshot to be right: a later one equals it. A writer
takes events within a transaction: `settle` keeps them, `undo` forgets those since the last `settle`.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot
from jogeon.members import difference


class Known(Struct):
    """What is known of a condition; `sure` if every event means that it was right then."""

    codes: dict[str, None]
    right_ns: int
    sure: bool = True

    def change(self, event: Enter | Leave) -> None:
        """Add one change of the condition."""
        if type(event) is Enter:
            self.codes[event.code] = None
        else:
            self.codes.pop(event.code, None)
        if self.sure:
            self.right_ns = event.at_ns


class Right(Struct, frozen=True):
    """Up to when the picture of a condition is right; `sure` if it is still."""

    at_ns: int
    sure: bool


class Fold:
    """The fold of events in their order."""

    def __init__(self, known: dict[Condition, Known] | None = None) -> None:
        self.known = {} if known is None else known
        self._before: dict[Condition, Known | None] = {}

    def take(self, event: Event) -> None:
        """Add one event."""
        match event:
            case Enter() | Leave():
                self.touch(event.condition).change(event)
            case Snapshot():
                known = self.touch(event.condition)
                known.codes, known.right_ns, known.sure = dict.fromkeys(event.codes), event.at_ns, True
            case Gap():
                self._gap(event)

    def _gap(self, gap: Gap) -> None:
        """Take note of an open gap; the gap of a condition not seen yet continues its namesake: it was renumbered."""
        if gap.condition not in self.known:
            self._rename(gap.condition)
        if gap.open and gap.condition in self.known:
            known = self.touch(gap.condition)
            known.right_ns, known.sure = gap.since_ns, False

    def _rename(self, condition: Condition) -> None:
        old = namesake(condition, self.known)
        if old is not None:
            self.touch(old)
            self._before.setdefault(condition, None)
            self.known[condition] = self.known.pop(old)

    def change_all(self, rows: Iterable[tuple[int, int, int, str]], conditions: Mapping[int, Condition]) -> None:
        """Add enters and leaves, as rows (at_ns, kind, number of the condition, code), for good unless touched before.

        Almost all events are such; as rows they take a fourth of the time.
        """
        codes: dict[int, dict[str, None]] = {}
        heard_ns: dict[int, int] = {}
        for at_ns, kind, number, code in rows:
            if number not in codes:
                codes[number] = self._at(conditions[number]).codes
            if kind == 0:
                codes[number][code] = None
            else:
                codes[number].pop(code, None)
            heard_ns[number] = at_ns
        for number, at_ns in heard_ns.items():
            known = self.known[conditions[number]]
            if known.sure:
                known.right_ns = at_ns

    def touch(self, condition: Condition) -> Known:
        """Return what is known of a condition, to be changed; `undo` knows what it was."""
        if condition not in self._before:
            known = self.known.get(condition)
            self._before[condition] = None if known is None else _copy(known)
        return self._at(condition)

    def _at(self, condition: Condition) -> Known:
        known = self.known.get(condition)
        if known is None:
            known = self.known[condition] = Known({}, 0, sure=False)
        return known

    def confirm(self, rights: Mapping[Condition, Right]) -> None:
        """Take a pulse: up to when the picture is right, from who hears the server."""
        for condition, right in rights.items():
            if condition in self.known:
                known = self.touch(condition)
                known.right_ns, known.sure = right.at_ns, right.sure

    def find(self, condition: Condition) -> tuple[Condition, Known] | None:
        """Return what is known of a condition, under the seq it has by now."""
        found = condition if condition in self.known else namesake(condition, self.known)
        return None if found is None else (found, self.known[found])

    def owed(self, shown: Snapshot) -> list[Event]:
        """Return what must come before a snapshot so that nothing jumps: a gap and the difference, if it differs."""
        known = self.known.get(shown.condition)
        if known is None or known.codes.keys() == set(shown.codes):
            return []
        gap = Gap(shown.condition, min(known.right_ns, shown.at_ns), shown.at_ns, "lagged", "not all was recorded")
        return [gap, *difference(shown.condition, known.codes, shown.codes, gap.since_ns, gap.until_ns)]

    def copy(self) -> "Fold":
        """Return the fold as it is now, independent of this one."""
        return Fold({condition: _copy(known) for condition, known in self.known.items()})

    def settle(self) -> None:
        """Keep what was taken."""
        self._before.clear()

    def undo(self) -> None:
        """Forget what was taken since the last `settle`."""
        for condition, before in self._before.items():
            if before is None:
                self.known.pop(condition, None)
            else:
                self.known[condition] = before
        self._before.clear()


def _copy(known: Known) -> Known:
    return Known(dict(known.codes), known.right_ns, known.sure)


def namesake(condition: Condition, known: Mapping[Condition, object]) -> Condition | None:
    """Return the one known condition of the same name, None if there are none or several."""
    named = [other for other in known if other.name == condition.name]
    return named[0] if len(named) == 1 else None
