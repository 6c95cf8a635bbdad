"""What the members at a moment cost when they entered and last, from the prices that were kept.

The price at the entry is the one that `entries` finds; of a stock without one, the first that is told as that of a
stock that was in already (`snapshot`). The last price is the last one kept of its stay. Prices are samples, so no
highest and lowest price is told.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from jogeon.events import Condition
from jogeon.journal.entries import PAID
from jogeon.prices import Price

CHUNK = 20_000
"""Events that are looked through at a time for those with which a stay began."""
Stay = tuple[Condition, str]

_SHOWN = """SELECT price, at_ns, source FROM quotes WHERE code = ?1 AND at_ns >= ?2 AND at_ns <= ?3 AND price > 0
    AND source = 'snapshot' ORDER BY at_ns LIMIT 1"""
LAST = """SELECT price, at_ns, change, rate, volume FROM quotes WHERE code = ?1 AND at_ns >= ?2 AND at_ns <= ?3
    AND price > 0 ORDER BY at_ns DESC LIMIT 1"""
"""The last price of a stock that was kept between two moments."""


def prices(
    db: sqlite3.Connection,
    members: Mapping[Condition, Sequence[str]],
    numbers: Mapping[Condition, Sequence[int]],
    last: int,
    at_ns: int,
) -> dict[Stay, Price]:
    """Return the prices of members at a moment, up to which `last` is the last event; of those that have any.

    `numbers` are those under which the journal has each condition.
    """
    codes = {code for listed in members.values() for code in listed if _is_priced(db, code, at_ns)}
    wanted = {(condition, code) for condition, listed in members.items() for code in listed if code in codes}
    found: dict[Stay, Price] = {}
    for stay, since_ns in _starts(db, wanted, numbers, last).items():
        price = _price(db, stay, since_ns, at_ns)
        if price is not None:
            found[stay] = price
    return found


def read_prices(db: sqlite3.Connection, code: str, start_ns: int, end_ns: int) -> Iterable[tuple[int, int]]:
    """Return the prices of a stock that were kept in a span, end excluded, as (when, won), in their order."""
    query = "SELECT at_ns, price FROM quotes WHERE code = ? AND at_ns >= ? AND at_ns < ? AND price > 0 ORDER BY at_ns"
    rows: list[tuple[int, int]] = db.execute(query, (code, start_ns, end_ns)).fetchall()
    return rows


def _is_priced(db: sqlite3.Connection, code: str, at_ns: int) -> bool:
    return (
        db.execute("SELECT 1 FROM quotes WHERE code = ? AND at_ns <= ? LIMIT 1", (code, at_ns)).fetchone() is not None
    )


def _price(db: sqlite3.Connection, stay: Stay, since_ns: int, at_ns: int) -> Price | None:
    condition, code = stay
    now = db.execute(LAST, (code, since_ns, at_ns)).fetchone()
    if now is None:
        return None
    price, price_at_ns, change, rate, volume = now
    entry = db.execute(PAID, (code, since_ns)).fetchone()
    if entry is None or entry[1] > at_ns:
        entry = db.execute(_SHOWN, (code, since_ns, at_ns)).fetchone() or (None, None, None)
    more = {"price": price, "price_at_ns": price_at_ns, "change": change, "rate": rate, "volume": volume}
    return Price(condition, code, None, *entry, **more)


def _starts(
    db: sqlite3.Connection, stays: Iterable[Stay], numbers: Mapping[Condition, Sequence[int]], last: int
) -> dict[Stay, int]:
    """Return when each of these stays began: the stock's last enter, else the first time the condition was shown."""
    wanted = set(stays)
    of = {number: condition for condition, several in numbers.items() for number in several}
    found: dict[Stay, int] = {}
    for first in range(last - CHUNK, -CHUNK, -CHUNK):
        missing = wanted - found.keys()
        if not missing:
            break
        for at_ns, number, code in _enters(db, (first, first + CHUNK), missing):
            if number in of and (stay := (of[number], code)) in missing:
                found.setdefault(stay, at_ns)
    shown = {condition: _first_shown(db, numbers[condition]) for condition, _ in wanted - found.keys()}
    return found | {stay: shown[stay[0]] for stay in wanted - found.keys()}


def _enters(db: sqlite3.Connection, ids: tuple[int, int], stays: Iterable[Stay]) -> Iterable[tuple[int, int, str]]:
    """Return the enters of some stocks between two ids, the latest first."""
    codes = sorted({code for _, code in stays})
    places = ",".join("?" * len(codes))
    query = f"SELECT at_ns, condition, code FROM events WHERE id > ? AND id <= ? AND kind = 0 AND code IN ({places})"  # noqa: S608  # values are bound
    rows: list[tuple[int, int, str]] = db.execute(f"{query} ORDER BY id DESC", (*ids, *codes)).fetchall()
    return rows


def _first_shown(db: sqlite3.Connection, numbers: Sequence[int]) -> int:
    places = ",".join("?" * len(numbers))
    query = f"SELECT at_ns FROM events WHERE kind > 1 AND kind = 2 AND condition IN ({places}) ORDER BY id LIMIT 1"  # noqa: S608  # values are bound
    found = db.execute(query, numbers).fetchone()
    return 0 if found is None else int(found[0])
