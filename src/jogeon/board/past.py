"""What the page asks the journal: the day so far, the members of a condition over time, the days of a stock.

All of it is read in a thread of its own and may take a while.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jogeon.board.picture import Picture
from jogeon.board.series import Point, thinned
from jogeon.board.topic import iso
from jogeon.events import Enter, Gap, Leave, Snapshot, midnight_ns
from jogeon.journal.following import Numbered
from jogeon.journal.history import EVER, History, Selection
from jogeon.journal.position import Position

MOST_POINTS = 2_000
"""Points of a timeline: more than a screen is wide."""
MOST_STOCK_EVENTS = 500


def picture_of(path: Path, now_ns: int) -> Picture:
    """Return the picture that the journal gives of a day so far; JournalError."""
    begun_ns = midnight_ns(now_ns)
    with History(path) as history:
        end = history.position()
        picture = Picture(Position(0, 0, end.journal))
        for known in history.members(begun_ns - 1):
            picture.show(known.condition, known.codes, known.names)
        picture.take(history.events(Selection((begun_ns, EVER[1]))))
        picture.position = max(picture.position, end, key=lambda each: (each.epoch, each.n))
    picture.changes()
    return picture


def timeline(path: Path, name: str, from_ns: int, until_ns: int) -> dict[str, Any]:
    """Return how many members a condition had over time, with the gaps in between. UnknownCondition, JournalError."""
    with History(path) as history:
        history.require([name])
        before = history.members(from_ns - 1, [name])
        count = len(before[0].codes) if before and before[0].blind_since_ns is None else None
        points, gaps = _points(history.events(Selection((from_ns, until_ns), (name,))), count, from_ns)
    span_ms = max(1, (until_ns - from_ns) // 1_000_000 // MOST_POINTS)
    return {
        "condition": name,
        "from": iso(from_ns),
        "until": iso(until_ns),
        "points": thinned(points, span_ms) if len(points) > MOST_POINTS else points,
        "gaps": gaps,
    }


def _points(events: Iterator[Numbered], count: int | None, from_ns: int) -> tuple[list[Point], list[dict[str, Any]]]:
    """Return the members after each change, None where nobody listened, and the gaps."""
    found: list[Point] = [] if count is None else [(from_ns // 1_000_000, count)]
    gaps: list[dict[str, Any]] = []
    now = count or 0
    for _, _, event in events:
        match event:
            case Enter():
                now += 1
            case Leave():
                now -= 1
            case Snapshot():
                now = len(event.codes)
            case Gap():
                gaps.append(event.fields())
                found.append((event.since_ns // 1_000_000, None))
                continue
            case _:
                continue
        if not isinstance(event, Enter | Leave) or event.origin == "live":
            found.append((event.at_ns // 1_000_000, now))
    return found, gaps


def stock_days(path: Path, code: str, from_ns: int) -> dict[str, Any]:
    """Return when a stock entered and left which condition, and what became of its entries. JournalError."""
    selection = Selection((from_ns, EVER[1]), codes=(code,), kinds=("enter", "leave"))
    with History(path) as history:
        events = [event.fields() | {"epoch": epoch, "n": n} for epoch, n, event in history.events(selection)]
        outcomes = history.outcomes(Selection((from_ns, EVER[1]), codes=(code,)))
    told = [
        {"condition": {"seq": each.condition.seq, "name": each.condition.name}, "after": each.after,
         "entries": each.entries, "priced": each.priced, "median": each.median}
        for each in outcomes if each.entries
    ]  # fmt: skip
    return {"events": events[-MOST_STOCK_EVENTS:], "outcomes": told}
