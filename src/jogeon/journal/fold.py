"""What the events of a watch add up to: the codes of each condition, and up to when they are known to be right.

It is what a consumer knows who read every event, so it needs no snapshot to be right: a later one equals it. A writer
takes events within a transaction: `settle` keeps them, `undo` forgets those since the last `settle`.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot
from jogeon.gaps import Blind, ended


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


class _Noted(dict[str, None]):
    """The codes that entered a condition whose earlier ones are to be found, with those that left it."""

    def __init__(self) -> None:
        super().__init__()
        self.left: set[str] = set()

    def pop(self, code: str, default: None = None) -> None:  # type: ignore[override]  # codes have no values
        """Note that a code left."""
        self.left.add(code)
        super().pop(code, default)


class Right(Struct, frozen=True):
    """Up to when the picture of a condition is right; `sure` if it is still."""

    at_ns: int
    sure: bool


class Fold:
    """The fold of events in their order."""

    def __init__(self, known: dict[Condition, Known] | None = None) -> None:
        self.known = {} if known is None else known
        self._before: dict[Condition, Known | None] = {}
        self._origins: dict[Condition, list[Condition]] = {}
        """Which of several namesakes a condition may go on with that came with a gap: its snapshot tells."""

    def take(self, event: Event) -> None:
        """Add one event."""
        match event:
            case Enter() | Leave():
                self.touch(event.condition).change(event)
            case Snapshot():
                self._inherit(event)
                known = self.touch(event.condition)
                known.codes, known.right_ns, known.sure = dict.fromkeys(event.codes), event.at_ns, True
            case Gap():
                self._gap(event)

    def _gap(self, gap: Gap) -> None:
        """Take note of an open gap; the gap of a condition not seen yet continues its namesake: it was renumbered.

        Of several namesakes, while a name was doubled, it continues the one from which what follows leads to its
        snapshot.
        """
        if gap.condition not in self.known:
            self._rename(gap.condition)
        if gap.condition not in self.known and not gap.open:
            self._origins[gap.condition] = namesakes(gap.condition, self.known)
            if self._origins[gap.condition]:
                self.touch(gap.condition).codes = _Noted()
        if gap.open and gap.condition in self.known:
            known = self.touch(gap.condition)
            known.right_ns, known.sure = gap.since_ns, False

    def _rename(self, condition: Condition) -> None:
        old = namesake(condition, self.known)
        if old is not None:
            self.touch(old)
            self._before.setdefault(condition, None)
            self.known[condition] = self.known.pop(old)

    def _inherit(self, shown: Snapshot) -> None:
        """Let a condition that came with a gap take the place of the namesake it continues."""
        origins = [each for each in self._origins.pop(shown.condition, ()) if each in self.known]
        codes = self.known[shown.condition].codes if origins else {}
        if isinstance(codes, _Noted):
            before = codes.left | (set(shown.codes) - codes.keys())
            for origin in [each for each in origins if self.known[each].codes.keys() == before][:1]:
                self.touch(origin)
                del self.known[origin]

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
        """Take a watermark: up to when the picture is right, from who hears the server."""
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
        if self._origins.get(shown.condition):
            return []  # it was told on from a namesake
        if known is None or known.codes.keys() == set(shown.codes):
            return []
        return ended(Blind(known.right_ns, "lagged", "not all was recorded"), known.codes, shown)[:-1]

    def copy(self) -> "Fold":
        """Return the fold as it is now, independent of this one."""
        return Fold({condition: _copy(known) for condition, known in self.known.items()})

    def settle(self) -> None:
        """Keep what was taken."""
        self._before.clear()
        self._origins.clear()

    def undo(self) -> None:
        """Forget what was taken since the last `settle`."""
        for condition, before in self._before.items():
            if before is None:
                self.known.pop(condition, None)
            else:
                self.known[condition] = before
        self._before.clear()
        self._origins.clear()


def _copy(known: Known) -> Known:
    return Known(dict(known.codes), known.right_ns, known.sure)


def namesakes(condition: Condition, known: Iterable[Condition]) -> list[Condition]:
    """Return the other known conditions of the same name."""
    return [other for other in known if other.name == condition.name and other != condition]


def namesake(condition: Condition, known: Mapping[Condition, object]) -> Condition | None:
    """Return the one known condition of the same name, None if there are none or several."""
    named = [other for other in known if other.name == condition.name]
    return named[0] if len(named) == 1 else None
