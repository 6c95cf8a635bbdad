"""Events read back from rows and files in the one shape: what shows that nothing is lost on the way."""

from __future__ import annotations

import csv
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import msgspec

from jogeon.details import with_details
from jogeon.events import Anomaly, Condition, Enter, Gap, Leave, Snapshot, State
from jogeon.export import EXPORTED
from jogeon.journal.schema import codes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jogeon.events import Event


def event_of(row: Mapping[str, Any]) -> tuple[int, int, Event]:
    """Return the event of a row that was made of it; of the moments only the exact ones are read."""
    seq, name = row["seq"], row["condition"]
    condition = cast("Condition", None if seq is name is None else Condition(seq or "", name or ""))
    at_ns, since_ns, until_ns = (row[name] for name in ("at_ns", "since_ns", "until_ns"))
    event: Event
    match row["event"]:
        case "enter" | "leave":
            change = Enter if row["event"] == "enter" else Leave
            told = (row["clock"] or "", row["origin"], since_ns, until_ns, row["name"])
            event = change(at_ns, condition, row["code"] or "", *told)
        case "snapshot":
            event = Snapshot(at_ns, condition, _codes_in(row["codes"] or ""))
        case "gap":
            event = Gap(condition, since_ns, until_ns, row["cause"], row["detail"] or "", open=bool(row["open"]))
        case "state":
            event = with_details(State(at_ns, row["state"], condition, row["cause"] or ""), row["details"])
        case _:
            event = with_details(Anomaly(at_ns, row["what"] or "", condition, row["code"]), row["details"])
    return row["epoch"], row["n"], event


def _codes_in(cell: str) -> tuple[str, ...]:
    if not cell:
        return ()
    return codes_of(cell) if cell.startswith("[") else tuple(cell.split(" "))


def read_any(path: Path) -> list[tuple[int, int, Event]]:
    """Return the events of a file of columns, by its ending."""
    return [event_of(row) for row in read_columns(path)]


def read_columns(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file of columns, by its ending."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            for cells in csv.DictReader(file):
                yield {name: _value(cells[name], kind) for name, kind in EXPORTED.items()}
        return
    if path.suffix == ".parquet":
        import duckdb

        with duckdb.connect() as db:
            rows = db.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    else:
        with closing(sqlite3.connect(path)) as other:
            rows = other.execute("SELECT * FROM history").fetchall()
    for row in rows:
        yield dict(zip(EXPORTED, row, strict=False))  # the view in a journal has no prices


def read_json(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file of JSON lines."""
    return [msgspec.json.decode(line) for line in path.read_bytes().split(b"\n")[:-1]]


def _value(cell: str, kind: str) -> object:
    if not cell:
        return None
    match kind:
        case "BIGINT":
            return int(cell)
        case "BOOLEAN":
            return cell == "true"
    return re.sub(r"(^|;)\\", r"\1", cell)
