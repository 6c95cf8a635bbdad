"""What tells one kind of durable file from another, and what its older versions become."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from jogeon.errors import JournalError
from jogeon.journal.file import DurableFile
from jogeon.journal.format import Format

ONE = Format(0x54455354, "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);\n", {})
TWO = Format(ONE.application, ONE.schema, {1: "ALTER TABLE notes ADD COLUMN at_ns INTEGER;\n"})
OTHER = Format(0x4F544852, ONE.schema, {})


def count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM notes").fetchone()[0])


def test_the_version_is_one_more_than_its_migrations() -> None:
    assert (ONE.version, TWO.version) == (1, 2)
    assert TWO.objects(1) == ONE.objects(1) != TWO.objects(2)


def test_an_old_file_and_one_just_made_have_the_same_tables(tmp_path: Path) -> None:
    with closing(DurableFile.open(tmp_path / "old", ONE, count)) as file, file.transaction() as db:
        db.execute("INSERT INTO notes VALUES (1, 'kept')")
    for name, notes in (("old", 1), ("new", 0)):
        with closing(DurableFile.open(tmp_path / name, TWO, count)) as file:
            assert (file.content, bool(file.notices)) == (notes, name == "old")
            made = file.db.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
            assert {name: (kind, sql) for kind, name, sql in made} == TWO.objects(2)


def test_a_file_of_another_format_is_refused_and_left_alone(tmp_path: Path) -> None:
    DurableFile.open(tmp_path / "notes", ONE, count).close()
    before = (tmp_path / "notes").read_bytes()
    with pytest.raises(JournalError) as caught:
        DurableFile.open(tmp_path / "notes", OTHER, count)
    assert caught.value.reason == "foreign"
    assert (tmp_path / "notes").read_bytes() == before


def test_a_row_of_its_schema_shows_a_file_whose_header_is_lost(tmp_path: Path) -> None:
    DurableFile.open(tmp_path / "notes", TWO, count).close()
    content = (tmp_path / "notes").read_bytes()
    assert TWO.rows.search(content)
    assert not TWO.rows.search(str(TWO.objects(2)).encode())
