"""What was paid at entries: of each live enter the price that was kept as an entry's price soon after it."""

import sqlite3

from msgspec import Struct

from jogeon.events import Enter, Event

ENTRY_NS = 10_000_000_000
"""How long after an entry its price may come."""


def first_price(columns: str, code: str, at_ns: str) -> str:
    """Return SQL for columns of the row (`kept`) of `quotes` with the price of an entry; no row if it has none."""
    return f"""SELECT {columns} FROM quotes AS kept WHERE kept.code = {code} AND kept.at_ns BETWEEN {at_ns}
        AND {at_ns} + {ENTRY_NS} AND kept.source IN ('quote', 'trade') AND kept.price > 0
        ORDER BY kept.at_ns LIMIT 1"""  # noqa: S608  # names of our own


PAID = first_price("kept.price, kept.at_ns, kept.source", "?1", "?2")
"""What was paid for a stock that entered at a moment."""
VIEW = """CREATE TEMP VIEW IF NOT EXISTS entry_prices AS
    SELECT code AS coded, at_ns AS paid_ns, price AS paid, source AS told FROM quotes"""
"""The quotes under names that can stand beside those of events."""
JOIN = f"""LEFT JOIN entry_prices AS entries ON {{live}} AND entries.coded = {{code}}
    AND entries.paid_ns = ({first_price("kept.at_ns", "{code}", "{at_ns}")})"""
"""Joins `entries.paid`, `.paid_ns` and `.told` to events; all NULL without a price, and for all but a live enter."""


class Entry(Struct, frozen=True):
    """What a stock cost when it entered, in won, at which moment, and whether a quote or a trade told it."""

    price: int
    at_ns: int
    source: str


class Entries:
    """Knows the entry prices of a journal as it is at one moment."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.any = db.execute("SELECT 1 FROM quotes LIMIT 1").fetchone() is not None
        """Whether prices were kept at all."""
        self._db = db
        if self.any:
            db.execute(VIEW)

    def of(self, event: Event) -> Entry | None:
        """Return what was paid at an event, None unless it is a live enter of which a price was kept."""
        if not (self.any and isinstance(event, Enter) and event.origin == "live"):
            return None
        found = self._db.execute(PAID, (event.code, event.at_ns)).fetchone()
        return None if found is None else Entry(*found)
