"""A decider as it would be had it seen a whole journal: after a restart, for other rules, and for a dry run.

It is read from the last place from which on everything is told that rules still wait for; cool-downs and caps come from
the alerts that the journal holds.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from jogeon.alerts.deciding import Alert, Decider, LastQuote
from jogeon.alerts.outbox import AlertRow
from jogeon.alerts.rules import Rule
from jogeon.journal.beside import Tick
from jogeon.journal.following import read_epochs
from jogeon.journal.reading import one_moment, open_reader, read_identity, read_last, read_oldest, told
from jogeon.journal.steps import (
    Numbered,
    PastQuote,
    Posted,
    Step,
    read_cursor,
    read_end_ns,
    read_members,
    read_place_before,
    read_posts,
    read_present,
    read_steps,
)

CURSOR = "alerts"
"""The durable cursor of those who decide: what stands behind it has not been decided."""
DAY_NS = 86_400_000_000_000
SPARE_NS = 60_000_000_000
"""How much further back than needed is read: moments of one second stand in no strict order."""


class Rebuilt(NamedTuple):
    """A decider, what it decided that was not decided before, what waits to be sent, and the first id of each epoch."""

    decider: Decider
    alerts: list[Alert]
    waiting: list[AlertRow]
    firsts: dict[int, int]


def rebuilt(path: Path, rules: Sequence[Rule], last: int, begun_behind: int | None) -> Rebuilt:
    """Return a decider that has seen a journal up to an event; JournalError. Called in a thread.

    Where no cursor stands, nothing up to the event `begun_behind` is news; with None nothing is, cursor or not.
    """
    with contextlib.closing(open_reader(path)) as db, told(path), one_moment(db):
        decider = Decider(rules, read_identity(db))
        cursor = _cursor(db, last, begun_behind)
        posts = list(read_posts(db, read_end_ns(db, cursor) - _memory_ns(rules)))  # days may lie behind the cursor
        rows = [row_of(each) for each in posts]
        horizon_ns = max((max(rule.dwell, rule.within or 0) for rule in rules), default=0) + SPARE_NS
        place = read_place_before(db, cursor, horizon_ns)
        _begin(decider, db, place)
        steps = read_steps(db, place, last, priced=_priced(rules))
        news = _through(decider, steps, cursor, ticks=begun_behind is None)
        for row in rows:
            decider.remember(row.id, row.rule, row.condition, row.code, row.due_ns)
        alerts = [alert for step in news for alert in taken(decider, step)]
        waiting = [row for row, each in zip(rows, posts, strict=True) if each.state == "waiting"]
        return Rebuilt(decider, alerts, waiting, {each.number: each.first for each in read_epochs(db)})


def _memory_ns(rules: Sequence[Rule]) -> int:
    """Return for how long what was decided has a say: in a cool-down, in the cap of a day."""
    return max((rule.cooldown for rule in rules), default=0) + DAY_NS


def _cursor(db: sqlite3.Connection, last: int, begun_behind: int | None) -> int:
    """Return the id of the event up to which nothing is news."""
    if begun_behind is None:
        return last
    found = read_cursor(db, CURSOR)
    return begun_behind if found is None else min(found, last)


def _through(decider: Decider, steps: Iterator[Step], cursor: int, *, ticks: bool) -> Iterator[Step]:
    """Let a decider see what was decided before, up to an event or with the ticks behind it; return the rest."""
    for step in steps:
        if isinstance(step, Numbered) and step.id > cursor:
            steps = chain([step], steps)
            break
        taken(decider, step)
        if isinstance(step, Numbered) and step.id == cursor and not ticks:
            break
    decider.forget()
    return steps


def dry_run(path: Path, rules: Sequence[Rule]) -> Iterator[Alert]:
    """Yield what rules make of a whole journal, in the order in which it is decided; JournalError."""
    with contextlib.closing(open_reader(path)) as db, told(path):
        decider = Decider(rules, read_identity(db))
        last = read_last(db)
        place = read_oldest(db)
        _begin(decider, db, place)
        for step in read_steps(db, place, last, priced=_priced(rules)):
            yield from taken(decider, step)


def present(path: Path) -> list[Tick]:
    """Return up to when the picture of each condition is right at the end of a journal; JournalError."""
    with contextlib.closing(open_reader(path)) as db, told(path), one_moment(db):
        return read_present(db)


def taken(decider: Decider, step: Step) -> list[Alert]:
    """Return what a decider makes of the next step of the stream."""
    match step:
        case Numbered(position=position, event=event):
            return decider.take(position.short, event)
        case PastQuote(code=code, price=price, rate=rate, at_ns=at_ns):
            return decider.quote(code, LastQuote(price, rate, at_ns))
    return decider.tick({step.condition.name: step.right_ns})


def row_of(post: Posted) -> AlertRow:
    """Return an alert for a target as it was put into the journal, with its attempts."""
    return msgspec.structs.replace(msgspec.json.decode(post.content, type=AlertRow), tries=post.tries)


def _begin(decider: Decider, db: sqlite3.Connection, place: int) -> None:
    for condition, (codes, right_ns) in read_members(db, place).items():
        decider.begin(condition.name, dict.fromkeys(codes), right_ns)


def _priced(rules: Sequence[Rule]) -> bool:
    return any(rule.price or rule.rate or "{현재가}" in rule.text or "{price}" in rule.text for rule in rules)
