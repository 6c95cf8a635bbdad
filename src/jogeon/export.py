"""Events of a journal as files for analysis, in the one shape of an event: CSV, JSON, SQLite, Parquet (extra `duckdb`).

A CSV is for people, too: it begins with the mark by which a spreadsheet knows UTF-8, and runs nothing in it. A text
that begins like a formula, or with a backslash, has a backslash put before it, and so has a piece of it behind a ";".
Who reads the file by program takes one backslash away at the beginning and behind each ";", and nothing is lost.
"""

import contextlib
import csv
import importlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any

import msgspec

from jogeon.errors import MissingExtra
from jogeon.events import Condition, Event, korean
from jogeon.files import whole_file
from jogeon.journal.ahead import ahead
from jogeon.journal.entries import Entry
from jogeon.journal.history import History, Selection
from jogeon.journal.lines import Form
from jogeon.journal.parts import LineTexts
from jogeon.journal.shape import COLUMNS, ENTRY, moment_of, row_of
from jogeon.journal.stats import Span
from jogeon.visible import as_cells

# ---------------------------------------------------------------- CSV

MARK = "\ufeff"
END = "\r\n"
_PLAIN_CSV = """group_concat(printf(
    :epoch || ',%d,%s,%s,' || :day || ' %s,' || :day || ' %s.%06d,live,,,,,,,,,,%s,%d,,,<place>',
    events.id - :first, changes.text, stocks.text, clocks.text, seconds.text, events.at_ns / 1000 % 1000000, clocks.six,
    events.at_ns<entry>), :end)"""
_ENTRY_CSV = """CASE WHEN entries.paid IS NULL THEN ',,' ELSE printf('%d,%s.%06d,%s', entries.paid,
    datetime(entries.paid_ns / 1000000000 + 32400, 'unixepoch'), entries.paid_ns / 1000 % 1000000, entries.told) END"""
EXPORTED = COLUMNS | ENTRY
"""The columns of an export, and their types."""


def write_csv(history: History, selection: Selection, path: Path) -> int:
    """Write events to a CSV file (UTF-8, moments of Korean time, no formulas); return how many.

    The file gets its name when it is whole; one that was there stays until then. UnknownCondition, JournalError.
    """
    with whole_file(path) as file:
        file.write((MARK + _csv_line(EXPORTED) + END).encode())
        return _write_lines(history.lines(csv_form(_guarded), selection), file)


def csv_form(cell: Callable[[str], str]) -> Form:
    """Return the lines of a CSV whose texts went through `cell`."""

    def row(epoch: int, n: int, event: Event, entry: Entry | None) -> str:
        values = row_of(epoch, n, event) | _entry_row(entry)
        return _csv_line(["" if value is None else _cell(cell, column, value) for column, value in values.items()])

    def change(event: str, condition: Condition) -> str:
        return _csv_line([event, cell(condition.seq), cell(condition.name)])

    def stock(code: str, name: str | None) -> str:
        return _csv_line([cell(code), "" if name is None else cell(name)])

    def plain_line(priced: bool) -> str:  # noqa: FBT001  # as a Form calls it
        place, entry = ("%s", f", {_ENTRY_CSV}") if priced else (",,", "")
        return _PLAIN_CSV.replace("<place>", place).replace("<entry>", entry)

    return Form(row, plain_line, LineTexts(change, stock), END)


def _entry_row(entry: Entry | None) -> dict[str, Any]:
    """Return what was paid at an entry as columns."""
    if entry is None:
        return dict.fromkeys(ENTRY)
    return dict(zip(ENTRY, (entry.price, moment_of(entry.at_ns), entry.source), strict=True))


class _Echo:
    """A file that hands back what is written to it, and so does a csv.writer on it."""

    def write(self, text: str) -> str:
        """Return it."""
        return text


def _csv_line(cells: Iterable[str]) -> str:
    """Return a line of cells, without its end."""
    line: str = _write(cells)
    return line.removesuffix(END)


_write: Callable[[Iterable[str]], Any] = csv.writer(_Echo(), lineterminator=END).writerow


def _cell(cell: Callable[[str], str], column: str, value: object) -> str:
    match value:
        case str():
            return cell(value)
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat(" ", "seconds" if column == "time" else "microseconds")
    return str(value)


@lru_cache(maxsize=4096)  # the same words and stocks come again and again
def _guarded(text: str) -> str:
    return as_cells(text, lambda piece, runs: "\\" + piece if runs or piece.startswith("\\") else piece)


def _write_lines(parts: Iterable[tuple[int, bytes]], file: IO[bytes]) -> int:
    """Write lines while the next ones are made; return how many events."""

    def write(made: tuple[int, bytes]) -> int:
        file.write(made[1])
        return made[0]

    with contextlib.closing(ahead(write, parts)) as written:
        return sum(written)


# ---------------------------------------------------------------- JSON

_PLAIN_JSON = """group_concat(printf('{"event":%s,"code":%s,"time":"' || :day || 'T%s+09:00","at":"' || :day
    || 'T%s.%06d+09:00","origin":"live","epoch":' || :epoch || ',"n":%d<place>}',
    changes.text, stocks.text, clocks.text, seconds.text, events.at_ns / 1000 % 1000000, events.id - :first<entry>),
    :end)"""
_ENTRY_JSON = """CASE WHEN entries.paid IS NULL THEN ''
    ELSE printf(',"entry_price":%d,"entry_at":"%s.%06d+09:00","entry_source":"%s"', entries.paid,
        strftime('%Y-%m-%dT%H:%M:%S', entries.paid_ns / 1000000000 + 32400, 'unixepoch'),
        entries.paid_ns / 1000 % 1000000, entries.told) END"""


def json_text(value: object) -> str:
    """Return a value as JSON."""
    return msgspec.json.encode(value).decode()


def json_form(encode: Callable[[object], str] = json_text, *, entries: bool = False) -> Form:
    """Return the lines of `history events --json`: those of a watch, with names and numbers.

    With `entries` an enter bears what was paid at it, if a price was kept.
    """

    def row(epoch: int, n: int, event: Event, entry: Entry | None) -> str:
        paid = _entry_row(entry) if entries and entry is not None else {}
        more = {name: _micro(value) if isinstance(value, datetime) else value for name, value in paid.items()}
        return encode(event_record(epoch, n, event) | more)

    def change(event: str, condition: Condition) -> str:
        return f'"{event}","condition":' + encode({"seq": condition.seq, "name": condition.name})

    def stock(code: str, name: str | None) -> str:
        return f'{encode(code)},"name":{encode(name)}'

    def plain_line(priced: bool) -> str:  # noqa: FBT001  # as a Form calls it
        place, entry = ("%s", f", {_ENTRY_JSON}") if priced and entries else ("", "")
        return _PLAIN_JSON.replace("<place>", place).replace("<entry>", entry)

    return Form(row, plain_line, LineTexts(change, stock), "\n")


def _micro(moment: datetime) -> str:
    return f"{moment.isoformat(timespec='microseconds')}+09:00"


def event_record(epoch: int, n: int, event: Event) -> dict[str, Any]:
    """Return the line of a watch again, with its number in the journal."""
    return {**event.fields(), "epoch": epoch, "n": n}


def write_json(history: History, selection: Selection, path: Path) -> int:
    """Write events to a file of JSON lines; return how many. UnknownCondition, JournalError."""
    with whole_file(path) as file:
        return _write_lines(history.lines(json_form(entries=True), selection), file)


JSON_LINES = (".json", ".jsonl", ".ndjson")


def write_frames(history: History, span: Span, path: Path) -> int:
    """Write the raw frames of a span to a file of JSON lines; return how many. JournalError, also if there are none.

    A line has when a frame was received, as Korean time and in nanoseconds, and its text as it came, secrets masked;
    the bytes of one that is not UTF-8 stand in base64.
    """
    count = 0
    with whole_file(path) as file:
        for at_ns, payload in history.frames(span):
            file.write(msgspec.json.encode(_frame_record(at_ns, payload)) + b"\n")
            count += 1
    return count


def _frame_record(at_ns: int, payload: bytes) -> dict[str, object]:
    at = {"at": korean(at_ns).isoformat(timespec="microseconds"), "at_ns": at_ns}
    try:
        return {**at, "frame": payload.decode()}
    except UnicodeDecodeError:
        return {**at, "base64": payload}


# ---------------------------------------------------------------- Parquet

LINE_SIZE = 2**21
"""Bytes of a line that DuckDB takes without being told; it takes memory by it."""
_RAW = """printf('{"epoch":%d,"n":[%s],"at_ns":[%s],"change":[%s],"stock":[%s],"clock":[%s]%s}', :epoch,
    group_concat(events.id - :first), group_concat(events.at_ns),
    group_concat(events.condition * 2 + events.kind), group_concat(stocks.text), group_concat(events.clock), {entry})"""
_ENTRY_RAW = """printf(',"paid":[%s],"paid_ns":[%s],"told":[%s]', group_concat(coalesce(entries.paid, 'null')),
    group_concat(coalesce(entries.paid_ns, 'null')), group_concat(coalesce('"' || entries.told || '"', 'null')))"""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # in Korea
_MICROSECOND = timedelta(microseconds=1)
_SECONDS = "(clock // 10000 * 3600 + clock // 100 % 100 * 60 + clock % 100)"
_TIME = f"""(at_ns + 75599999999999 - {_SECONDS} * 1000000000) // 86400000000000 * 86400000000 + {_SECONDS} * 1000000"""
"""Of the day that brings it nearest, in microseconds of Korean time."""
_RAW_COLUMNS = {
    **dict.fromkeys(("n", "at_ns", "change", "stock", "clock", "paid", "paid_ns"), "BIGINT[]"),
    "told": "VARCHAR[]",
}
_OF_PLAIN = {
    "n": "n",
    "event": "CASE change % 2 WHEN 0 THEN 'enter' WHEN 1 THEN 'leave' END",
    "seq": "getvariable('seqs')[change // 2]",
    "condition": "getvariable('conditions')[change // 2]",
    "code": "getvariable('codes')[stock]",
    "name": "getvariable('names')[stock]",
    "time": f"make_timestamp({_TIME})",
    "at": "make_timestamp(at_ns // 1000 + 32400000000)",
    "origin": "CASE WHEN n IS NOT NULL THEN 'live' END",
    "clock": "((clock + 1000000)::VARCHAR)[2:]",
    "at_ns": "at_ns",
    "entry_price": "paid",
    "entry_at": "make_timestamp(paid_ns // 1000 + 32400000000)",
    "entry_source": "told",
}
"""What DuckDB makes of a plain change; all of it is NULL for another event, which has each column in `more`."""


class _Draft:
    """Events as DuckDB reads them: lines of JSON, of each part of plain changes one with lists, and one of any other.

    Conditions and stocks stand in them as places in the lists here, which begin at 1.
    """

    def __init__(self) -> None:
        self.conditions: list[Condition] = []
        self.stocks: list[tuple[str, str | None]] = []
        self.form = Form(self._row, self._plain, LineTexts(self._change, self._stock), "\n", raw=True)

    def variables(self) -> dict[str, list[str | None]]:
        """Return the lists by their names in _OF_PLAIN; an empty text is none."""
        return {
            "seqs": [condition.seq or None for condition in self.conditions],
            "conditions": [condition.name or None for condition in self.conditions],
            "codes": [code or None for code, _ in self.stocks],
            "names": [name or None for _, name in self.stocks],
        }

    def _change(self, event: str, condition: Condition) -> str:
        if event == "enter":
            self.conditions.append(condition)
        return ""

    def _stock(self, code: str, name: str | None) -> str:
        self.stocks.append((code, name))
        return str(len(self.stocks))

    @staticmethod
    def _plain(priced: bool) -> str:  # noqa: FBT001  # as a Form calls it
        return _RAW.replace("{entry}", _ENTRY_RAW if priced else "''")

    @staticmethod
    def _row(epoch: int, n: int, event: Event, entry: Entry | None) -> str:
        values = row_of(epoch, n, event) | _entry_row(entry)
        return json_text(
            {"epoch": epoch, "more": [{name: _drafted(value) for name, value in values.items() if value is not None}]}
        )


def _drafted(value: Any) -> Any:
    """Return a value for the draft: a moment in microseconds, and nothing for an empty text."""
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MICROSECOND
    return None if value == "" else value


def write_parquet(history: History, selection: Selection, path: Path) -> int:
    """Write events to a Parquet file with typed columns; return how many.

    MissingExtra without DuckDB. UnknownCondition, JournalError.
    """
    duckdb = _extra("duckdb")
    with whole_file(path) as file, tempfile.TemporaryDirectory(dir=path.parent) as name:
        lines, target, draft = Path(name) / "events.json", Path(name) / "events.parquet", _Draft()
        count, longest = _write_draft(history.lines(draft.form, selection), lines)
        with duckdb.connect() as db:
            for variable, values in draft.variables().items():
                db.execute(f"SET VARIABLE {variable} = CAST($1 AS VARCHAR[])", [values])
            db.execute(f"COPY ({_events_in(lines, longest)}) TO {_text(target)} (FORMAT parquet, COMPRESSION zstd)")
        with target.open("rb") as made:
            copyfileobj(made, file)
    return count


def _write_draft(parts: Iterable[tuple[int, bytes]], path: Path) -> tuple[int, int]:
    """Write lines; return how many events, and more bytes than the longest has."""
    longest = LINE_SIZE

    def measured() -> Iterator[tuple[int, bytes]]:
        nonlocal longest
        for size, lines in parts:
            longest = max(longest, len(lines))
            yield size, lines

    with path.open("wb") as file:
        return _write_lines(measured(), file), longest


def _events_in(draft: Path, longest: int) -> str:
    """Return the events of a draft as SQL of DuckDB."""
    drafted = {name: "BIGINT" if kind == "TIMESTAMP" else kind for name, kind in EXPORTED.items()}
    more = ", ".join(f'"{name}" {kind}' for name, kind in drafted.items())
    columns = {"epoch": "BIGINT", **_RAW_COLUMNS, "more": f"STRUCT({more})[]"}
    kinds = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    unnested = ", ".join(f"unnest({name}) AS {name}" for name in columns if name != "epoch")
    chosen = ", ".join(f'{_chosen(name, kind)} AS "{name}"' for name, kind in EXPORTED.items())
    source = (
        f"read_json({_text(draft)}, columns = {{{kinds}}}, format = 'newline_delimited',"
        f" maximum_object_size = {longest})"
    )
    return f"SELECT {chosen} FROM (SELECT epoch, {unnested} FROM {source})"  # noqa: S608  # our own path


def _chosen(name: str, kind: str) -> str:
    """Return what makes a column, as SQL of DuckDB."""
    if name == "epoch":
        return name
    other = f'make_timestamp(more."{name}")' if kind == "TIMESTAMP" else f'more."{name}"'
    return f"coalesce({_OF_PLAIN[name]}, {other})" if name in _OF_PLAIN else other


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
    kinds = ", ".join(f'"{name}" {SQL_TYPES.get(kind, "TEXT")}' for name, kind in EXPORTED.items())
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
    **dict.fromkeys(JSON_LINES, write_json),
    ".parquet": write_parquet,
    **dict.fromkeys((".sqlite", ".sqlite3", ".db"), write_sqlite),
}
"""What writes which kind of file."""
