"""What tells one kind of durable file from all others: its mark, its tables, its older versions."""

import contextlib
import functools
import re
import sqlite3
from collections.abc import Mapping

from msgspec import Struct


class Format(Struct, frozen=True):
    """A kind of file.

    `application` is SQLite's application_id, four letters of its own. `schema` is the SQL that makes version 1, and
    `migrations[n]` the SQL that leads from version n to n + 1: an old file and one just made so have the same tables,
    word for word. `layouts` are the pages behind the first, T for a table and I for an index, as files are found to
    have them whose header is lost.
    """

    application: int
    schema: str
    migrations: Mapping[int, str]
    layouts: tuple[str, ...] = ()

    @property
    def version(self) -> int:
        """The version that this package writes: SQLite's user_version."""
        return 1 + len(self.migrations)

    @property
    def mark(self) -> bytes:
        """The application_id as it lies in the header."""
        return self.application.to_bytes(4, "big")

    @property
    def stamp(self) -> str:
        """The SQL that marks a file as one of the version that is written."""
        return f"PRAGMA application_id = {self.application}; PRAGMA user_version = {self.version};"

    def sql(self, version: int) -> str:
        """Return the SQL that makes an empty file of a version."""
        return "\n".join([self.schema, *(self.migrations[step] for step in range(1, version))])

    def steps(self, version: int) -> str:
        """Return the SQL that leads from a version to the one that is written."""
        return "\n".join(self.migrations[step] for step in range(version, self.version))

    def objects(self, version: int) -> dict[str, tuple[str, str | None]]:
        """Return kind and SQL of each table, index and view of a version, by their names."""
        return _objects(self.sql(version))

    @property
    def rows(self) -> re.Pattern[bytes]:
        """Rows of the schema as they lie on the disk; no text has them, the number of a page between is binary."""
        return _rows(tuple(self.sql(version) for version in range(1, self.version + 1)))


@functools.cache
def _objects(sql: str) -> dict[str, tuple[str, str | None]]:
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.executescript(sql)
        return {name: (kind, text) for kind, name, text in db.execute("SELECT type, name, sql FROM sqlite_schema")}


@functools.cache
def _rows(versions: tuple[str, ...]) -> re.Pattern[bytes]:
    found = {
        b"table%b%b.{1,3}%b" % (name.encode(), name.encode(), re.escape((text or "").encode()))
        for sql in versions
        for name, (kind, text) in _objects(sql).items()
        if kind == "table"
    }
    return re.compile(b"|".join(sorted(found)), re.DOTALL)
