"""Who is in a condition now: the fold of snapshots and pushes, and the difference after a blind stretch.

One Membership follows one condition. It turns what a connection delivers into the events a user sees, so that their
sum is always its `codes`:

* Before the first snapshot pushes are kept, not told. The snapshot absorbs those it already shows; of the rest the
  last one per stock follows it as live.
* A blind stretch begins with `blind`. Its end is a snapshot, told as one block: Gap, recovered changes, Snapshot.
* A recheck compares a fresh snapshot with the fold while pushes go on; see `rechecked`.
* A push that cannot be changes nothing. It proves that something was missed, unless it may be a repeat or what a fresh
  snapshot shows already; see `on_doubt`.
"""

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from jogeon.events import (
    Anomaly,
    Cause,
    Condition,
    Enter,
    Event,
    Leave,
    Member,
    NameOf,
    Snapshot,
    nameless,
    names_among,
)
from jogeon.gaps import Blind, ended, left_open
from jogeon.live.setback import SetBack
from jogeon.reports import Report
from jogeon.wire.messages import MOST_CODES

DRIFT_GRACE_NS = 3_000_000_000
"""A stock pushed this close to a recheck may differ from its snapshot without anything being wrong."""
TOO_MANY = Report("too many stocks")


class Suspects(Struct, frozen=True):
    """What a recheck showed, and the stocks that differed from the fold when it came, with their last push (or 0)."""

    shown: Snapshot
    differing: dict[str, int]


class Marks:
    """What of a Membership is known by its moment: the times of the wall clock that decide what is told."""

    def __init__(self) -> None:
        self.blindness: Blind | None = None
        self.right_ns = 0
        """When `codes` was last known to be right."""
        self.begun_ns = 0
        """When the snapshot was asked for that came first, or ended a blind stretch: the picture is no older."""
        self.asked_ns = 0
        """When the last snapshot was asked for: what it shows is no older."""
        self._kept: dict[str, tuple[str, str, int]] | None = {}
        self._touched: dict[str, int] = {}
        self._shown: Snapshot | None = None
        """What the server showed last."""
        self._suspects: Suspects | None = None

    def set_back(self, back: SetBack) -> None:
        """Note that the wall clock was set back: what may be wrong, and what is excused, is so by the time of now."""
        self.blindness = back.blind(self.blindness)
        self.right_ns, self.begun_ns = back.moved(self.right_ns), back.moved(self.begun_ns)
        self.asked_ns = back.moved(self.asked_ns)
        self._touched = back.all(self._touched)
        if self._kept is not None:
            self._kept = {code: (kind, clock, back.moved(at)) for code, (kind, clock, at) in self._kept.items()}
        if self._shown is not None:
            self._shown = replace(self._shown, at_ns=back.moved(self._shown.at_ns))
        if self._suspects is not None:
            shown, differing = self._suspects.shown, self._suspects.differing
            self._suspects = Suspects(replace(shown, at_ns=back.moved(shown.at_ns)), back.all(differing))


class Membership(Marks):
    """The members of one condition, and the events that keep them equal to what was received.

    `name_of` is asked for the name of each stock when an event is made.
    """

    def __init__(self, condition: Condition, name_of: NameOf = nameless) -> None:
        super().__init__()
        self.condition = condition
        self._name_of = name_of
        self.known = False
        """Whether a first snapshot was seen."""
        self.codes: dict[str, Snapshot | Enter] = {}
        self._unsure = False
        self._newer: dict[str, bool] = {}
        """Whether a stock is in after a push that was told, and that the snapshot to come may be older than."""
        self._left: dict[str, str] = {}
        """The exchange's time of the last leave of each stock, to know its repeat."""
        self._odd: dict[str, tuple[str, str]] = {}
        """Kind and time of the last push of each stock that changed nothing, to know its repeat."""
        self.on_doubt: Callable[[Blind], None] = lambda _: None
        """Gets what an impossible push says about the picture."""

    @property
    def live(self) -> bool:
        """Whether what `codes` says is what was received up to now."""
        return self.known and self.blindness is None

    def members(self) -> dict[str, Member]:
        """Return a copy of who is in now."""
        return {code: _member(code, source, self._name_of(code)) for code, source in self.codes.items()}

    def now(self, at_ns: int) -> Snapshot:
        """Return the fold as a Snapshot of this moment, for a consumer that joins or resumes."""
        return self._told(at_ns, tuple(self.codes))

    def _told(self, at_ns: int, codes: tuple[str, ...]) -> Snapshot:
        return Snapshot(at_ns, self.condition, codes, names_among(codes, self._name_of))

    def keep_no_more(self) -> None:
        """Await no snapshot that pushes are kept for."""
        self._kept = None

    # ------------------------------------------------------------ pushes

    def push(self, kind: str, code: str, clock: str, at_ns: int) -> Enter | Leave | Anomaly | None:
        """Return the event one push of type "02" makes; None while pushes are kept for the snapshot to come."""
        if self._kept is not None:
            return self._keep(kind, code, clock, at_ns)
        codes, touched = self.codes, self._touched
        touched[code] = at_ns
        if kind == "D" and codes.pop(code, None) is not None:
            self._left[code] = clock
            return Leave(at_ns, self.condition, code, clock, "live", None, None, self._name_of(code))
        if len(touched) > MOST_CODES:
            self._forget(at_ns)
        if kind != "I" or code in codes or not code or code.isspace():
            return self._impossible(kind, code, clock, at_ns)
        if len(codes) >= MOST_CODES:
            return Anomaly(at_ns, condition=self.condition, code=code, error=TOO_MANY)
        name = self._name_of(code)
        entered = codes[code] = Enter(at_ns, self.condition, code, clock, "live", None, None, name)
        return entered

    def _impossible(self, kind: str, code: str, clock: str, at_ns: int) -> Anomaly:
        """Return the Anomaly that a push is which cannot be, and note what it says about the picture."""
        if kind not in ("I", "D") or not code.strip():
            self.on_doubt(Blind(self.right_ns, "unreadable frame", ""))
        elif not self._is_harmless(kind, code, clock, at_ns):
            self.on_doubt(Blind(self.right_ns, "drift", "", proven=True))
        if len(self._odd) < MOST_CODES:
            self._odd[code] = (kind, clock)
        error = _what_is_wrong(kind, code)
        return Anomaly(at_ns, condition=self.condition, code=code, error=error, name=self._name_of(code))

    def _is_harmless(self, kind: str, code: str, clock: str, at_ns: int) -> bool:
        """Tell whether an impossible push proves nothing: a repeat, or what a fresh snapshot shows already."""
        last = self.codes.get(code)
        known = (last.clock if isinstance(last, Enter) else None) if kind == "I" else self._left.get(code)
        if not clock or clock == known or self._odd.get(code) == (kind, clock):
            return True
        shown = self._shown
        if shown is None or at_ns - shown.at_ns > DRIFT_GRACE_NS:
            return False
        return (kind == "I") == (code in shown.codes)

    def _keep(self, kind: str, code: str, clock: str, at_ns: int) -> Anomaly | None:
        """Keep a push for the snapshot to come, in the order of the last push of each stock."""
        kept = self._kept or {}
        kept.pop(code, None)
        if len(kept) >= MOST_CODES:
            return Anomaly(at_ns, condition=self.condition, code=code, error=TOO_MANY)
        kept[code] = (kind, clock, at_ns)
        self._kept = kept
        return None

    def _forget(self, at_ns: int) -> None:
        """Forget pushes that excuse nothing any more; all, if they are too many to be of a market."""
        self._touched = {code: when for code, when in self._touched.items() if at_ns - when <= DRIFT_GRACE_NS}
        if len(self._touched) > MOST_CODES // 2:
            self._touched.clear()
        for remembered in (self._left, self._odd):
            if len(remembered) >= MOST_CODES:
                remembered.clear()

    # ------------------------------------------------------------ snapshots

    def snapshot(self, codes: tuple[str, ...], at_ns: int) -> list[Event]:
        """Return the block that a snapshot makes: the first one alone, a later one behind the gap that it ends.

        Not for a condition that is live: what a fresh snapshot says about that one is the business of `rechecked`.
        """
        self._shown = Snapshot(at_ns, self.condition, codes)
        codes = self._as_pushed(codes)
        shown = self._told(at_ns, codes)
        block: list[Event] = [shown]
        if self.blindness is not None:
            block = ended(self.blindness, self.codes, shown, self._name_of)
        kept, self._kept = self._kept or {}, None
        self._settle(shown, block)
        self.known, self.blindness = True, None
        self.begun_ns = min(self.asked_ns or at_ns, at_ns)
        return [*block, *self._catch_up(kept)]

    def _as_pushed(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Return the stocks of a late snapshot as they are after the pushes that were told since it was asked for."""
        newer, self._newer = self._newer, {}
        stay = [code for code in codes if newer.get(code, True)]
        return (*stay, *(code for code, is_in in newer.items() if is_in and code not in codes))

    def _settle(self, shown: Snapshot, block: Iterable[Event] = ()) -> None:
        before = self.codes
        entered = {event.code: event for event in block if isinstance(event, Enter)}
        self.codes = {code: before.get(code, entered.get(code, shown)) for code in shown.codes}
        self.right_ns = shown.at_ns
        self._suspects, self._unsure = None, False
        self._forget(shown.at_ns)

    def _catch_up(self, kept: dict[str, tuple[str, str, int]]) -> list[Event]:
        """Tell the kept pushes that the snapshot does not show yet; remember the others, to know their repeats."""
        self._odd.update((code, (kind, clock)) for code, (kind, clock, _) in kept.items())
        told = [
            self.push(kind, code, clock, at_ns)
            for code, (kind, clock, at_ns) in kept.items()
            if kind not in ("I", "D") or (kind == "I") != (code in self.codes)
        ]
        return [event for event in told if event is not None]

    # ------------------------------------------------------------ blindness

    def blind(self, since_ns: int, cause: Cause, detail: str = "", *, expecting: bool = False) -> None:
        """Begin a blind stretch; one that has begun already goes on with its first cause, and its earliest start.

        `expecting`: the snapshot that was asked for may come yet; what was pushed since then is newer than it.
        """
        kept = (self._kept or {}) if expecting else {}
        self._newer = self._told_since_asked() if expecting and self._kept is None else {}
        begun = self.blindness
        if begun is not None:
            self.blindness = Blind(min(begun.since_ns, since_ns), begun.cause, begun.detail)
        elif self.known:
            self.blindness = Blind(self._wrong_since(since_ns), cause, detail)
        self._kept = kept
        self._suspects = None

    def _told_since_asked(self) -> dict[str, bool]:
        return {code: code in self.codes for code, at_ns in self._touched.items() if at_ns >= self.asked_ns}

    def _wrong_since(self, since_ns: int) -> int:
        """Return since when the picture may be wrong: once a recheck differed, since it was last known to be right."""
        return min(since_ns, self.right_ns) if self._suspects is not None or self._unsure else since_ns

    def asked(self, at_ns: int) -> None:
        """Note that a snapshot was asked for: only pushes from now on can be newer than it."""
        self.asked_ns = at_ns
        if not self.live:
            self._kept, self._newer = {}, {}

    def end(self, at_ns: int, doubt: Blind | None = None) -> list[Event]:
        """Return the open gap of a watch that ends while blind, or in `doubt`; nothing otherwise."""
        if self._unsure and doubt is None:
            doubt = Blind(self.right_ns, "drift", "")
        if self.live and doubt is not None:
            doubt = Blind(self._wrong_since(doubt.since_ns), doubt.cause, doubt.detail)
        blind = doubt if self.live else self.blindness
        return [] if blind is None else [left_open(blind, self.condition, at_ns)]

    # ------------------------------------------------------------ recheck

    def rechecked(self, codes: tuple[str, ...], at_ns: int) -> bool:
        """Compare a recheck's snapshot with the fold; False if `resolve` is to be called DRIFT_GRACE_NS later."""
        shown = self._shown = Snapshot(at_ns, self.condition, codes)
        differing = self.codes.keys() ^ codes
        if not differing:
            self._settle(shown)
            return True
        self._suspects = Suspects(shown, {code: self._touched.get(code, 0) for code in differing})
        return False

    def showed(self, codes: Iterable[str]) -> bool:
        """Tell whether these are the stocks that the server showed last."""
        return self._shown is not None and set(codes) == set(self._shown.codes)

    def judge(self, at_ns: int, doubt: Blind | None = None) -> tuple[list[Event], bool]:
        """Judge a recheck that differed: the block to tell, and whether a recheck must follow soon.

        `doubt` is since when the picture may be wrong and why; without it, since it was last known to be right.

        A stock pushed since shortly before the snapshot was asked for (DRIFT_GRACE_NS) is no proof of anything missed,
        however long the answer took: it stays as pushed, and another recheck will tell. Any other difference was
        missed. What was equal when the snapshot came and was pushed later is no difference.
        """
        if self._suspects is None:
            return [], False
        shown, touched = self._suspects.shown, self._suspects.differing
        asked_ns = min(self.asked_ns or shown.at_ns, shown.at_ns)
        differing = touched.keys() & (self.codes.keys() ^ shown.codes)
        excused = {
            code
            for code in differing
            if touched[code] >= asked_ns - DRIFT_GRACE_NS or self._touched.get(code, 0) != touched[code]
        }
        missed = differing - excused
        known_wrong = doubt if doubt is not None and not self._unsure else Blind(self.right_ns, "drift", "")
        self._suspects, self._unsure = None, bool(excused)
        if not missed:
            proven = doubt is not None and doubt.proven
            return self.missed(known_wrong, at_ns) if proven else [], self._unsure
        after = [code for code in self.codes if code not in missed] + [code for code in shown.codes if code in missed]
        now = self._told(at_ns, tuple(after))
        block = ended(known_wrong, self.codes, now, self._name_of)
        right_ns = self.right_ns if excused else shown.at_ns  # an excused stock may have been wrong since before
        self._settle(now, block)
        self.right_ns, self._unsure = right_ns, bool(excused)
        return block, self._unsure

    def missed(self, blind: Blind, at_ns: int) -> list[Event]:
        """Return the block of a blind stretch after which nothing differs: what came in it went in it, too."""
        return ended(blind, self.codes, self.now(at_ns))


def _what_is_wrong(kind: str, code: str) -> Report:
    if not code.strip():
        return Report("push without code")
    match kind:
        case "I":
            return Report("enter of a member")
        case "D":
            return Report("leave of a non-member")
    return Report("push of unknown kind", text=kind[:10])


def _member(code: str, source: Snapshot | Enter, name: str | None) -> Member:
    """Return a member with the name that is known by now, else the one that came with its event."""
    if isinstance(source, Snapshot):
        return Member(code, source.at_ns, "snapshot", name or source.names.get(code))
    return Member(code, source.at_ns, source.origin, name or source.name)
