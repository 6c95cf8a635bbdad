"""Events of a journal as lines of text, thousands at a time."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from jogeon.events import Event
from jogeon.journal.entries import Entry
from jogeon.journal.parts import LineTexts, Part, Parts, Values
from jogeon.journal.schema import COLUMNS, event_of


class Form(Struct, frozen=True):
    """How lines look.

    `row(epoch, n, event, entry)` makes any of them, with what was paid at an enter. `plain(priced)` is an aggregate in
    SQL that makes those of plain changes, but for the last `end` (`:end`), out of what `Parts.plain` offers, with
    `texts`; `priced` tells whether entries are in it. If the form is `raw`, it does with `Parts.raw`.
    """

    row: Callable[[int, int, Event, Entry | None], str]
    plain: Callable[[bool], str]
    texts: LineTexts
    end: str
    raw: bool = False


class Lines:
    """Makes the lines of one form, of a journal as it is at one moment; `where` is SQL that chooses events."""

    def __init__(self, db: sqlite3.Connection, form: Form, where: str, values: Sequence[Any]) -> None:
        self._db, self._form = db, form
        self._parts = Parts(db, form.texts, where, values)

    def of(self, ids: tuple[int, int]) -> Iterator[tuple[int, bytes]]:
        """Yield (how many, their lines in UTF-8) of the events with ids in (after, last]."""
        return self._parts.of(ids, self._plain, self._one_by_one)

    def _plain(self, values: Values, complete: Callable[[int], bool]) -> tuple[int, bytes] | None:
        lines = self._form.plain(self._parts.entries.any)
        source = self._parts.raw if self._form.raw else self._parts.plain
        query = f"SELECT count(*), CAST({lines} AS BLOB) {source}"
        found, text = self._db.execute(query, values | {"end": self._form.end}).fetchone()
        return (found, text + self._form.end.encode() if found else b"") if complete(found) else None

    def _one_by_one(self, part: Part, values: Values) -> bytes:
        form, made = self._form, []
        query = f"SELECT id, {COLUMNS} FROM events WHERE {self._parts.where} ORDER BY id"  # noqa: S608  # values are bound
        for number, *row in self._db.execute(query, values):
            event = event_of(tuple(row), self._parts.conditions, self._parts.names)
            entry = self._parts.entries.of(event)
            made.append(form.row(part.epoch, number - part.first + 1, event, entry) + form.end)
        return "".join(made).encode()
