"""Events of a journal as lines of text, thousands at a time."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain, islice
from typing import Any

from msgspec import Struct

from jogeon.events import Event
from jogeon.journal.entries import Entry
from jogeon.journal.parts import Part, Parts, Texts, Values
from jogeon.journal.schema import COLUMNS, event_of
from jogeon.journal.twins import shared

PIECE = 8
"""Parts that one thread makes at a time."""
Made = tuple[int, bytes]
"""How many events, and their lines in UTF-8."""


class Form(Struct, frozen=True):
    """How lines look.

    `row(epoch, n, event, entry)` makes any of them, with what was paid at an enter. `plain(priced)` is an aggregate in
    SQL that makes those of plain changes, but for the last `end` (`:end`), out of what `Parts.plain` offers, with
    `texts`; `priced` tells whether entries are in it. If the form is `raw`, it does with `Parts.raw`.
    """

    row: Callable[[int, int, Event, Entry | None], str]
    plain: Callable[[bool], str]
    texts: Texts
    end: str
    raw: bool = False


class Lines:
    """Makes the lines of one form, of a journal as it is at one moment; `where` is SQL that chooses events.

    With several connections to it as many threads share the work.
    """

    def __init__(
        self, dbs: Sequence[sqlite3.Connection], form: Form, where: str, values: Sequence[Any]
    ) -> None:
        self._makers = [_Maker(db, form, where, values) for db in dbs]

    def of(self, ids: tuple[int, int]) -> Iterator[Made]:
        """Yield (how many, their lines in UTF-8) of the events with ids in (after, last]."""
        for maker in self._makers:
            maker.parts.prepare(ids)
        parts = self._makers[0].parts.cut(ids)
        if len(self._makers) == 1:
            for part in parts:
                yield from self._makers[0].made(part)
        else:
            pieces = iter(lambda: list(islice(parts, PIECE)), [])
            with closing(shared([maker.all_made for maker in self._makers], pieces)) as made:
                yield from chain.from_iterable(made)


class _Maker:
    """Makes lines through one connection, for one thread at a time."""

    def __init__(self, db: sqlite3.Connection, form: Form, where: str, values: Sequence[Any]) -> None:
        self._db, self._form = db, form
        self.parts = Parts(db, form.texts, where, values)

    def made(self, part: Part) -> Iterator[Made]:
        """Yield the lines of a part."""
        return self.parts.made(part, self._plain, self._one_by_one)

    def all_made(self, parts: Iterable[Part]) -> list[Made]:
        """Return the lines of several parts."""
        return list(chain.from_iterable(map(self.made, parts)))

    def _plain(self, values: Values, count: int) -> bytes | None:
        lines = self._form.plain(self.parts.entries.any)
        source = self.parts.raw if self._form.raw else self.parts.plain
        query = f"SELECT count(*), CAST({lines} AS BLOB) {source}"
        found, text = self._db.execute(query, values | {"end": self._form.end}).fetchone()
        return bytes(text + self._form.end.encode()) if found == count else None

    def _one_by_one(self, part: Part, values: Values) -> bytes:
        form, made = self._form, []
        query = f"SELECT id, {COLUMNS} FROM events WHERE {self.parts.where} ORDER BY id"  # noqa: S608  # values are bound
        for number, *row in self._db.execute(query, values):
            event = event_of(tuple(row), self.parts.conditions, self.parts.names)
            entry = self.parts.entries.of(event)
            made.append(form.row(part.epoch, number - part.first + 1, event, entry) + form.end)
        return "".join(made).encode()
