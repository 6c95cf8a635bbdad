"""What the page asks the journal: the day so far, the members of a condition over time, the days of a stock.

All of it is read in a thread of its own and may take a while.
"""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from jogeon.board.blindness import Stretch, joined
from jogeon.board.picture import Picture
from jogeon.board.roster import iso
from jogeon.board.series import Point, thinned
from jogeon.events import Enter, Gap, Leave, Snapshot, midnight_ns
from jogeon.journal.following import Numbered
from jogeon.journal.history import EVER, History, Selection
from jogeon.journal.position import Position
from jogeon.journal.reading import open_reader, told
from jogeon.journal.stays import read_prices

MOST_POINTS = 2_000
"""Points of a timeline: more than a screen is wide."""
MOST_STOCK_EVENTS = 500
QUIET_NS = 120_000_000_000
"""How long a price stands; with hundreds of members each one's is asked for again in some 20 seconds."""


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
    return {
        "condition": name,
        "from": iso(from_ns),
        "until": iso(until_ns),
        "points": _bounded(points),
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
    """Return when a stock entered and left which condition, what it cost, and what became of its entries. JournalError.

    `prices` are points as those of a timeline: None stands where the price was not heard of for a while. `gaps` are the
    stretches in which nobody listened to a condition that the stock entered or left.
    """
    span = (from_ns, EVER[1])
    with History(path) as history:
        found = list(history.events(Selection(span, codes=(code,), kinds=("enter", "leave"))))
        outcomes = history.outcomes(Selection(span, codes=(code,)))
        blind = _blind(history, from_ns, {event.condition.name for _, _, event in found})  # type: ignore[union-attr]  # of enters and leaves
    with contextlib.closing(open_reader(path)) as db, told(path):
        prices = _price_points(read_prices(db, code, *span), blind)
    return {
        "events": [event.fields() | {"epoch": epoch, "n": n} for epoch, n, event in found[-MOST_STOCK_EVENTS:]],
        "prices": _bounded(prices),
        "gaps": [{"since": iso(since), "until": iso(until)} for since, until in blind],
        "outcomes": [
            {"condition": {"seq": each.condition.seq, "name": each.condition.name}, "after": each.after,
             "entries": each.entries, "priced": each.priced, "median": each.median}
            for each in outcomes if each.entries
        ],
    }  # fmt: skip


def _blind(history: History, from_ns: int, names: Collection[str]) -> list[Stretch]:
    """Return the stretches in which nobody listened to one of these conditions."""
    stretches: list[Stretch] = []
    for _, _, event in history.events(Selection((from_ns, EVER[1]), tuple(names), kinds=("gap",))) if names else ():
        if isinstance(event, Gap):
            stretches = joined(stretches, (event.since_ns, event.until_ns))
    return sorted(stretches)


def _price_points(prices: Iterable[tuple[int, int]], blind: Sequence[Stretch]) -> list[Point]:
    """Return prices as points; None where a blind stretch begins, and where the price was not heard of for a while."""
    points: list[Point] = []
    before_ns = 0
    for at_ns, price in prices:
        ends = [since_ns for since_ns, until_ns in blind if since_ns < at_ns and before_ns < until_ns]
        if points and (ends or at_ns - before_ns > QUIET_NS):
            points.append((max(before_ns + 1_000_000, *ends, 0) // 1_000_000, None))
        points.append((at_ns // 1_000_000, price))
        before_ns = at_ns
    return points


def _bounded(points: list[Point]) -> list[Point]:
    """Return points as many as a screen can show."""
    if len(points) <= MOST_POINTS:
        return points
    return thinned(points, max(1, (points[-1][0] - points[0][0]) // MOST_POINTS))
