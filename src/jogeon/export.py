"""Events as columns for analysis: CSV, Parquet (extra `duckdb`), DataFrames (extra `pandas`); and back, without loss.

A row is an event. Moments stand in it twice: as integers of nanoseconds since 1970 (`*_ns`), which lose nothing, and as
text of +09:00, which people and spreadsheets read. Codes and exchange times (HHMMSS) are text.

A CSV runs nothing in a spreadsheet: a text in it that begins like a formula, or with a backslash, has a backslash put
before it. Whoever reads the file by program takes one leading backslash away (`read_csv` does), and nothing is lost.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec

from jogeon.errors import MissingExtra
from jogeon.events import (
    Anomaly,
    Condition,
    Enter,
    Event,
    Gap,
    Leave,
    Snapshot,
    State,
    Stock,
    details_text,
    korean,
    with_details,
)
from jogeon.files import whole_file
from jogeon.journal.schema import codes_of, codes_text

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    "epoch": "BIGINT",
    "n": "BIGINT",
    "event": "VARCHAR",
    "seq": "VARCHAR",
    "condition": "VARCHAR",
    "code": "VARCHAR",
    "clock": "VARCHAR",
    "at": "VARCHAR",
    "at_ns": "BIGINT",
    "origin": "VARCHAR",
    "since_ns": "BIGINT",
    "until_ns": "BIGINT",
    "word": "VARCHAR",
    "text": "VARCHAR",
    "open": "BOOLEAN",
    "details": "VARCHAR",
}
"""The columns and their types in DuckDB. `word`: cause of a gap, name of a state; `text`: what else there is to say;
`details`: what a state or an anomaly has besides its text, as JSON."""

Numbered = tuple[int, int, Event]
"""(epoch, n, event)"""


def row_of(epoch: int, n: int, event: Event) -> dict[str, Any]:
    """Return an event as a row; what it does not have is None."""
    at_ns = event.until_ns if isinstance(event, Gap) else event.at_ns
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {"epoch": epoch, "n": n, "event": type(event).__name__.lower(), "at_ns": at_ns}
    row["at"] = korean(at_ns).isoformat(timespec="microseconds")
    if event.condition is not None:
        row |= {"seq": event.condition.seq, "condition": event.condition.name}
    return row | _more(event)


def _more(event: Event) -> dict[str, Any]:
    match event:
        case Enter() | Leave():
            return {name: getattr(event, name) for name in ("code", "clock", "origin", "since_ns", "until_ns")}
        case Snapshot():
            return {"text": codes_text(event.codes)}
        case Gap():
            return {"since_ns": event.since_ns, "word": event.cause, "text": event.detail, "open": event.open}
        case State():
            return {"word": event.state, "text": event.cause, "details": details_text(event)}
        case Anomaly():
            return {"code": event.code, "text": event.what, "details": details_text(event)}


def event_of(row: dict[str, Any]) -> Numbered:
    """Return the event of a row that `row_of` made."""
    condition = cast("Condition", None if row["seq"] is None else Condition(row["seq"], row["condition"]))
    at_ns, text = row["at_ns"], row["text"]
    event: Event
    match row["event"]:
        case "enter" | "leave":
            change = Enter if row["event"] == "enter" else Leave
            interval = (row["since_ns"], row["until_ns"])
            event = change(at_ns, condition, row["code"], row["clock"], row["origin"], *interval)
        case "snapshot":
            event = Snapshot(at_ns, condition, codes_of(text))
        case "gap":
            event = Gap(condition, row["since_ns"], at_ns, row["word"], text, open=row["open"])
        case "state":
            event = with_details(State(at_ns, row["word"], condition, text), row["details"])
        case _:
            event = with_details(Anomaly(at_ns, text, condition, row["code"]), row["details"])
    return row["epoch"], row["n"], event


# ---------------------------------------------------------------- CSV


NOTHING = "\\N"
"""What stands in a CSV where there is nothing; an empty cell is an empty text."""
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a text begins with that a spreadsheet runs as a formula; some take the wide signs, too."""


def write_csv(events: Iterable[Numbered], path: Path) -> int:
    """Write events to a CSV file (UTF-8, NOTHING where there is nothing, no formulas); return how many.

    The file gets its name when it is whole; one that was there stays until then.
    """
    count = 0
    with whole_file(path) as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for each in events:
            writer.writerow(_cell(value) for value in row_of(*each).values())
            count += 1
        file.detach()
    return count


def _cell(value: object) -> str:
    match value:
        case None:
            return NOTHING
        case str():
            return "\\" + value if value.startswith(("\\", *FORMULA)) else value
        case bool():
            return "true" if value else "false"
    return str(value)


def read_csv(path: Path) -> Iterator[Numbered]:
    """Yield the events of a CSV file that `write_csv` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            yield event_of({name: _value(cells[name], kind) for name, kind in COLUMNS.items()})


def _value(cell: str, kind: str) -> object:
    if cell == NOTHING:
        return None
    match kind:
        case "BIGINT":
            return int(cell)
        case "BOOLEAN":
            return cell == "true"
    return cell.removeprefix("\\")


# ---------------------------------------------------------------- Parquet


def write_parquet(events: Iterable[Numbered], path: Path) -> int:
    """Write events to a Parquet file with typed columns; return how many. MissingExtra without DuckDB."""
    import shutil
    import tempfile

    duckdb = _extra("duckdb")
    kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    with whole_file(path) as file, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        draft, target = Path(folder) / "events.json", Path(folder) / "events.parquet"
        count = _write_json(events, draft)
        read = f"read_json('{_quoted(draft)}', format = 'newline_delimited', columns = {{{kinds}}})"
        with duckdb.connect() as db:
            copy = f"COPY (SELECT * FROM {read}) TO '{_quoted(target)}'"  # noqa: S608  # our own paths
            db.execute(f"{copy} (FORMAT parquet, COMPRESSION zstd)")
        with target.open("rb") as made:
            shutil.copyfileobj(made, file)
    return count


def _write_json(events: Iterable[Numbered], path: Path) -> int:
    count = 0
    with path.open("wb") as file:
        for each in events:
            file.write(msgspec.json.encode(row_of(*each)) + b"\n")
            count += 1
    return count


def read_parquet(path: Path) -> Iterator[Numbered]:
    """Yield the events of a Parquet file that `write_parquet` wrote; MissingExtra without DuckDB."""
    with _extra("duckdb").connect() as db:
        found = db.execute("SELECT * FROM read_parquet(?)", [str(path)])
        while rows := found.fetchmany(10_000):
            for row in rows:
                yield event_of(dict(zip(COLUMNS, row, strict=True)))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


WRITERS: dict[str, Callable[[Iterable[Numbered], Path], int]] = {".csv": write_csv, ".parquet": write_parquet}
"""What writes which kind of file."""


# ---------------------------------------------------------------- DataFrames


STOCK_NAMES = {
    "code": "종목코드", "name": "종목명", "price": "현재가", "sign": "등락", "change": "전일대비", "rate": "등락률",
    "volume": "거래량", "open": "시가", "high": "고가", "low": "저가",
}  # fmt: skip
EVENT_NAMES = {
    "event": "구분", "condition": "조건식", "code": "종목코드", "time": "시각", "at": "수신시각", "origin": "출처",
    "since": "부터", "until": "까지",
}  # fmt: skip


def to_dataframe(items: Iterable[Stock] | Iterable[Event]) -> "pd.DataFrame":
    """Return stocks of a search or events of a watch as a pandas DataFrame with Korean column names.

    Codes stay text, whole numbers stay whole (Int64), moments are of Korean time. Of no items it is empty and has the
    columns of both. MissingExtra without pandas, TypeError for other items.
    """
    pandas = _extra("pandas")
    listed = list(items)
    kinds = (Stock,) if listed and isinstance(listed[0], Stock) else (Enter, Leave, Snapshot, Gap, State, Anomaly)
    for each in listed:
        if not isinstance(each, kinds):
            raise TypeError(f"a frame is made of stocks or of events, not of {type(each).__name__} {each!r}")
    if not listed:
        both = dict.fromkeys([*EVENT_NAMES.values(), *STOCK_NAMES.values()])
        return cast("pd.DataFrame", pandas.DataFrame(columns=list(both)))
    if not isinstance(listed[0], Stock):
        return _events_frame(pandas, cast("list[Event]", listed))
    columns = {korean_name: [getattr(stock, name) for stock in listed] for name, korean_name in STOCK_NAMES.items()}
    frame: pd.DataFrame = pandas.DataFrame(columns)
    whole = dict.fromkeys(("현재가", "전일대비", "거래량", "시가", "고가", "저가"), "Int64")
    return frame.astype({**whole, "등락률": "float64", "종목코드": "object", "종목명": "object", "등락": "object"})


def _events_frame(pandas: Any, events: list[Event]) -> "pd.DataFrame":
    rows = [_plain(event) for event in events]
    frame: pd.DataFrame = pandas.DataFrame(rows, columns=list(EVENT_NAMES.values()))
    for name in ("시각", "수신시각", "부터", "까지"):
        frame[name] = pandas.to_datetime(frame[name], utc=True).dt.tz_convert("Asia/Seoul")
    return frame.astype(dict.fromkeys(("구분", "조건식", "종목코드", "출처"), "object"))


def _plain(event: Event) -> list[Any]:
    at = event.until if isinstance(event, Gap) else event.at
    condition = None if event.condition is None else event.condition.name
    names = ("code", "time", "origin", "since", "until")
    code, time, origin, since, until = (getattr(event, name, None) for name in names)
    return [type(event).__name__.lower(), condition, code, time, at, origin, since, until]


def _extra(name: str) -> Any:
    """Return an optional library, or say in one sentence what to install."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtra(name) from None
