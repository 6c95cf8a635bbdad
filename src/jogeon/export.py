"""Events of a journal as files for analysis, in the one shape of an event: CSV, JSON, SQLite, Parquet (extra `duckdb`).

A CSV is for people, too: it begins with the mark by which a spreadsheet knows UTF-8, and runs nothing in it. A text
that begins like a formula, or with a backslash, has a backslash put before it; who reads the file by program takes one
leading backslash away, and nothing is lost.
"""

import csv
import importlib
import io
import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any

import msgspec

from jogeon.errors import MissingExtra
from jogeon.events import Condition, Event
from jogeon.files import whole_file
from jogeon.journal.history import History, Selection
from jogeon.journal.lines import Form
from jogeon.journal.parts import Texts
from jogeon.journal.shape import COLUMNS, row_of

# ---------------------------------------------------------------- CSV

FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a text begins with that a spreadsheet runs as a formula; some take the wide signs, too."""
MARK = "\ufeff"
_PLAIN_CSV = (
    "printf('%d,%d,%s,%s,%s %s,%s %s.%06d,live,,,,,,,,,,%s,%d,,', :epoch, events.id - :first, changes.text,"
    " stocks.text, :day, clocks.text, :day, seconds.text, events.at_ns / 1000 % 1000000, clocks.six, events.at_ns)"
)


def write_csv(history: History, selection: Selection, path: Path) -> int:
    """Write events to a CSV file (UTF-8, moments of Korean time, no formulas); return how many.

    The file gets its name when it is whole; one that was there stays until then. UnknownCondition, JournalError.
    """
    with whole_file(path) as file:
        file.write((MARK + _csv_line(COLUMNS)).encode())
        return _write_lines(history.lines(csv_form(_guarded), selection), file)


def csv_form(cell: Callable[[str], str], plain: str = _PLAIN_CSV) -> Form:
    """Return the lines of a CSV whose texts went through `cell`; `plain` is SQL for those of plain changes."""

    def row(epoch: int, n: int, event: Event) -> str:
        cells = (_cell(cell, column, value) for column, value in row_of(epoch, n, event).items())
        return _csv_line(cells).removesuffix("\r\n")

    def change(event: str, condition: Condition) -> str:
        return _csv_line([event, cell(condition.seq), cell(condition.name)]).removesuffix("\r\n")

    def stock(code: str, name: str | None) -> str:
        return _csv_line([cell(code), "" if name is None else cell(name)]).removesuffix("\r\n")

    return Form(row, plain, Texts(change, stock), "\r\n")


def _csv_line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _cell(cell: Callable[[str], str], column: str, value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return cell(value)
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat(" ", "seconds" if column == "time" else "microseconds")
    return str(value)


def _guarded(text: str) -> str:
    return "\\" + text if text.startswith(("\\", *FORMULA)) else text


def _write_lines(parts: Iterable[tuple[int, str]], file: IO[bytes]) -> int:
    count = 0
    for size, text in parts:
        file.write(text.encode())
        count += size
    return count


# ---------------------------------------------------------------- JSON

_PLAIN_JSON = (
    """printf('{"event":%s,"code":%s,"time":"%sT%s+09:00","at":"%sT%s.%06d+09:00","origin":"live","epoch":%d,"n":%d}',"""
    """ changes.text, stocks.text, :day, clocks.text, :day, seconds.text, events.at_ns / 1000 % 1000000, :epoch,"""
    """ events.id - :first)"""
)


def json_text(value: object) -> str:
    """Return a value as JSON."""
    return msgspec.json.encode(value).decode()


def json_form(encode: Callable[[object], str] = json_text) -> Form:
    """Return the lines of `history events --json`: those of a watch, with names and numbers."""

    def row(epoch: int, n: int, event: Event) -> str:
        return encode(event_record(epoch, n, event))

    def change(event: str, condition: Condition) -> str:
        return f'"{event}","condition":' + encode({"seq": condition.seq, "name": condition.name})

    def stock(code: str, name: str | None) -> str:
        return f'{encode(code)},"name":{encode(name)}'

    return Form(row, _PLAIN_JSON, Texts(change, stock), "\n")


def event_record(epoch: int, n: int, event: Event) -> dict[str, Any]:
    """Return the line of a watch again, with its number in the journal."""
    return {**event.fields(), "epoch": epoch, "n": n}


def write_json(history: History, selection: Selection, path: Path) -> int:
    """Write events to a file of JSON lines; return how many. UnknownCondition, JournalError."""
    with whole_file(path) as file:
        return _write_lines(history.lines(json_form(), selection), file)


# ---------------------------------------------------------------- Parquet

LINE_SIZE = 2**21
"""Bytes of a line that DuckDB takes without being told; it takes memory by it."""
DRAFT = 200
"""Parts of a journal in a draft: DuckDB takes one in while the next one is read."""
_PLAIN_DRAFT = (
    "printf('%d,%d,%s,%s,,,live,,,,,,,,,,%s,%d,,', :epoch, events.id - :first, changes.text, stocks.text, clocks.six,"
    " events.at_ns)"
)
"""Without its moments, which DuckDB makes in no time; every other line has one."""
_AT = "at_ns // 1000 + 32400000000"
_CLOCK = "try_cast(clock AS BIGINT)"
_TIME = f"""({_AT}) // 86400000000 * 86400000000
    + ({_CLOCK} // 10000 * 3600 + {_CLOCK} // 100 % 100 * 60 + {_CLOCK} % 100) * 1000000"""
_MOMENTS = f"""* REPLACE (CASE WHEN "at" IS NULL THEN make_timestamp({_TIME}) ELSE "time" END AS "time",
    coalesce("at", make_timestamp({_AT})) AS "at")"""


def write_parquet(history: History, selection: Selection, path: Path) -> int:
    """Write events to a Parquet file with typed columns; return how many.

    MissingExtra without DuckDB. UnknownCondition, JournalError.
    """
    duckdb = _extra("duckdb")
    with whole_file(path) as file, tempfile.TemporaryDirectory(dir=path.parent) as name:
        folder = Path(name)
        target = folder / "events.parquet"
        with duckdb.connect(str(folder / "events.duckdb")) as db:
            count = _take_in(db, history.lines(csv_form(str, _PLAIN_DRAFT), selection), folder)
            db.execute(f"COPY events TO {_text(target)} (FORMAT parquet, COMPRESSION zstd)")
        with target.open("rb") as made:
            copyfileobj(made, file)
    return count


def _take_in(db: Any, parts: Iterator[tuple[int, str]], folder: Path) -> int:
    """Fill a table of DuckDB with the events, draft after draft; return how many."""
    kinds = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
    db.execute(f"CREATE TABLE events ({kinds})")
    count = 0
    with ThreadPoolExecutor(1) as pool:
        taking: Future[None] | None = None
        for number in itertools.count():
            draft = folder / f"{number}.csv"
            size, longest = _write_draft(itertools.islice(parts, DRAFT), draft)
            if taking is not None:
                taking.result()
            if not size:
                return count
            count += size
            taking = pool.submit(_insert, db, draft, longest)
    return count


def _insert(db: Any, draft: Path, longest: int) -> None:
    kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    db.execute(
        f"INSERT INTO events SELECT {_MOMENTS} FROM read_csv({_text(draft)}, columns = {{{kinds}}}, header = false,"  # noqa: S608  # our own paths
        " auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', new_line = '\\r\\n',"
        f" max_line_size = {longest})"
    )
    draft.unlink()


def _write_draft(parts: Iterable[tuple[int, str]], path: Path) -> tuple[int, int]:
    """Write lines; return how many, and more bytes than the longest has."""
    count, longest = 0, LINE_SIZE
    with path.open("wb") as file:
        for size, text in parts:
            content = text.encode()
            file.write(content)
            count += size
            longest = max(longest, len(content))
    return count, longest


def _text(value: Path) -> str:
    """Return a path as SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def _extra(name: str) -> Any:
    """Return an optional library, or say in one sentence what to install."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtra(name) from None


# ---------------------------------------------------------------- SQLite

SQL_TYPES = {"BIGINT": "INTEGER", "BOOLEAN": "INTEGER"}


def write_sqlite(history: History, selection: Selection, path: Path) -> int:
    """Write events to a SQLite database with one table, `history`; return how many. UnknownCondition, JournalError.

    Moments are text of Korean time, as SQLite's own functions take them.
    """
    kinds = ", ".join(f'"{name}" {SQL_TYPES.get(kind, "TEXT")}' for name, kind in COLUMNS.items())
    with whole_file(path) as file:
        draft = Path(file.name)
        if draft.is_file():
            return history.copy_to(draft, kinds, selection)
        with tempfile.TemporaryDirectory() as folder:  # a pipe or a device
            made = Path(folder) / "events.sqlite"
            count = history.copy_to(made, kinds, selection)
            with made.open("rb") as content:
                copyfileobj(content, file)
    return count


WRITERS: dict[str, Callable[[History, Selection, Path], int]] = {
    ".csv": write_csv,
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), write_json),
    ".parquet": write_parquet,
    **dict.fromkeys((".sqlite", ".sqlite3", ".db"), write_sqlite),
}
"""What writes which kind of file."""
