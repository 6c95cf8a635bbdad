"""Who was in which condition at a moment, and since when nobody had listened then, whatever each was called later."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from jogeon.events import Condition
from jogeon.journal.fold import Known
from jogeon.journal.reading import read_end, read_fold, read_names, read_origin
from jogeon.journal.stays import prices
from jogeon.prices import Price

UNHEARD_NS = 30_000_000_000
"""How long after its last sign of life a journal may still be listening: a PING comes every 10 to 20 s."""


class MembersAt(Struct, frozen=True):
    """The members of a condition at one moment, as recorded; `blind_since_ns` if nobody listened at that moment.

    `names` are those of the codes for which one was recorded, `prices` what those cost of which prices were kept.
    """

    condition: Condition
    codes: tuple[str, ...]
    at_ns: int
    blind_since_ns: int | None
    names: Mapping[str, str] = {}
    prices: Mapping[str, Price] = {}


def members_at(
    db: sqlite3.Connection, at_ns: int, known: Mapping[int, Condition], chosen: Collection[Condition] | None
) -> list[MembersAt]:
    """Return the members of the chosen conditions (None: of all) at a moment; see `History.members`."""
    names = {condition.name for condition in chosen or ()}
    last = _last(db, at_ns)
    fold = read_fold(db, known, last, [number for number, condition in known.items() if condition.name in names])
    shown = {c: each for c, each in fold.known.items() if chosen is None or c in chosen}
    gaps, present = _next_gaps(db, fold.known, set(shown), known, last)
    final, stocks = read_end(db, known).known, read_names(db)
    members = {condition: tuple(each.codes) for condition, each in shown.items()}
    priced = prices(db, members, _numbered(fold.known, known), last, at_ns)

    def found(condition: Condition, codes: tuple[str, ...]) -> MembersAt:
        names = stocks.of(codes, at_ns)
        blind_ns = _blind_since(at_ns, gaps.get(condition), final.get(present[condition]))
        cost = {code: price for code in codes if (price := priced.get((condition, code)))}
        named = {code: replace(price, name=names.get(code)) for code, price in cost.items()}
        return MembersAt(condition, codes, at_ns, blind_ns, names, named)

    return [found(condition, codes) for condition, codes in members.items()]


def called_at_the_end(db: sqlite3.Connection, known: Mapping[int, Condition]) -> dict[Condition, Condition]:
    """Return what each condition is called at the end: its seq may have moved."""
    oldest = db.execute("SELECT min(id) FROM marks").fetchone()[0]
    first = db.execute("SELECT min(id) FROM events").fetchone()[0]
    last = 0 if oldest is None or (first is not None and first <= oldest) else oldest
    names = {condition: {condition} for condition in read_fold(db, known, last).known}
    for condition, _, old in _jumps(db, set(names), known, last):
        before = {old} | names.pop(old, set()) if old else set()
        names[condition] = {condition} | names.get(condition, set()) | before
    return {each: now for now, called in names.items() for each in called}


def _last(db: sqlite3.Connection, at_ns: int) -> int:
    """Return the id of the last event that was received by a moment, 0 if none was."""
    tail = db.execute("SELECT max(id) FROM marks").fetchone()[0] or 0
    upper = tail
    found = db.execute("SELECT max(id) FROM events WHERE id > ? AND at_ns <= ?", (tail, at_ns)).fetchone()[0]
    while found is None and upper:
        upper = db.execute("SELECT max(id) FROM marks WHERE id <= ? AND min_ns <= ?", (upper, at_ns)).fetchone()[0]
        lower = db.execute("SELECT max(id) FROM marks WHERE id < ?", (upper,)).fetchone()[0] or 0
        query = "SELECT max(id) FROM events WHERE id > ? AND id <= ? AND at_ns <= ?"
        found = db.execute(query, (lower, upper, at_ns)).fetchone()[0]
        upper = lower
    if found is None:  # what it was may be deleted, but not the checkpoint after it
        found = db.execute("SELECT max(id) FROM marks WHERE max_ns <= ?", (at_ns,)).fetchone()[0]
    return found or 0


def _next_gaps(
    db: sqlite3.Connection,
    members: Collection[Condition],
    asked: Collection[Condition],
    known: Mapping[int, Condition],
    last: int,
) -> tuple[dict[Condition, int], dict[Condition, Condition]]:
    """Return the start of the first gap after an event for each condition that has one, and what each is now.

    A gap may bear another seq than the condition had then, and a condition may be back under the old one later.
    """
    present = {condition: condition for condition in members}
    gaps: dict[Condition, int] = {}
    for condition, since_ns, old in _jumps(db, members, known, last):
        for before in [each for each, now in present.items() if now == (old or condition)]:
            present[before] = condition
            if since_ns is not None:
                gaps.setdefault(before, since_ns)
        if all(each in gaps for each in asked):
            break
    return gaps, present


def _jumps(
    db: sqlite3.Connection, members: Collection[Condition], known: Mapping[int, Condition], last: int
) -> Iterator[tuple[Condition, int | None, Condition | None]]:
    """Yield (condition, start of the gap, what it was called before if that is another) of what follows an event.

    A snapshot of a condition that begins has no gap.
    """
    now = set(members)
    query = "SELECT id, kind, condition, since_ns FROM events WHERE kind > 1 AND kind IN (2, 3) AND id > ? ORDER BY id"
    for number, kind, numbered, since_ns in db.execute(query, (last,)):
        condition = known[numbered]
        old = read_origin(db, known, number, numbered) if kind == 3 and condition not in now else None
        now.discard(old or condition)
        if kind == 3:
            yield condition, since_ns, old
        if kind == 2 or old is not None:
            now.add(condition)


def _numbered(known: Collection[Condition], conditions: Mapping[int, Condition]) -> dict[Condition, list[int]]:
    """Return under which numbers each condition stands: its own, and those of namesakes that are no more."""
    numbers: dict[Condition, list[int]] = {condition: [] for condition in known}
    for condition, several in numbers.items():
        several += [n for n, c in conditions.items() if c == condition or (c.name == condition.name and c not in known)]
    return numbers


def _blind_since(at_ns: int, next_gap_ns: int | None, now: Known | None) -> int | None:
    """Return since when nobody had listened at a moment, None if somebody did, by the next gap, else by the end."""
    if next_gap_ns is not None:
        return next_gap_ns if next_gap_ns < at_ns else None
    right_ns, sure = (0, False) if now is None else (now.right_ns, now.sure)
    return right_ns if right_ns < at_ns - (UNHEARD_NS if sure else 0) else None
