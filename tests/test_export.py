"""Events as columns and back: nothing is lost, and no type changes."""

import csv
import datetime as dt
import importlib
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.errors import MissingExtra
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State, Stock
from jogeon.export import COLUMNS, FORMULA, WRITERS, read_csv, read_parquet, to_dataframe, write_csv, write_parquet
from recorded import SECOND, START_NS, events

RISE = Condition("4", "급등주")
# what a wire of JSON can bring but no column of text: the character without width that ends a C string
readable = st.lists(events().filter(lambda event: "\0" not in str(event).replace("\\x00", "\0")), max_size=8)
sensible = readable.map(lambda drawn: [event for event in drawn if abs(moment(event)) < 2**62])


def moment(event: Event) -> int:
    return event.until_ns if isinstance(event, Gap) else event.at_ns


@given(sensible)
def test_a_csv_gives_back_every_event(tmp_path_factory: pytest.TempPathFactory, drawn: list[Event]) -> None:
    path = tmp_path_factory.mktemp("csv") / "events.csv"
    numbered = [(1, n, event) for n, event in enumerate(drawn, start=1)]
    assert write_csv(numbered, path) == len(numbered)
    assert list(read_csv(path)) == numbered


@given(sensible)
def test_no_cell_of_a_csv_is_a_formula(tmp_path_factory: pytest.TempPathFactory, drawn: list[Event]) -> None:
    path = tmp_path_factory.mktemp("csv") / "events.csv"
    names = [f"{sign}1+1" for sign in FORMULA]
    evil: list[Event] = [Enter(START_NS, Condition("0", name), name, "", "live") for name in names]
    numbered = [(1, n, event) for n, event in enumerate([*evil, *drawn], start=1)]
    write_csv(numbered, path)
    assert list(read_csv(path)) == numbered
    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULA) and not cell.removeprefix("-").isdecimal()] == []


WEEK: list[Event] = [
    State(START_NS, "started", None, "\\N \\ \" ' , \n ㅎ"),
    Snapshot(START_NS, RISE, ("005930", "0000D0")),
    Enter(START_NS + 1, RISE, "000660", "090000"),
    Leave(START_NS + 2, RISE, "005930", "", "recovered", START_NS, START_NS + 2),
    Gap(RISE, START_NS, START_NS + 2, "drift", "", open=True),
]


def test_parquet_gives_back_every_event(tmp_path: Path) -> None:
    path = tmp_path / "it's a week.parquet"
    numbered = [(1, n, event) for n, event in enumerate(WEEK, start=1)]
    assert write_parquet(numbered, path) == len(numbered)
    assert list(read_parquet(path)) == numbered


def test_parquet_has_typed_columns(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    write_parquet([(1, 1, WEEK[2])], path)
    with duckdb.connect() as db:
        found = db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        assert {row[0]: row[1] for row in found} == COLUMNS
        rows = db.execute("SELECT code, clock, origin, open FROM read_parquet(?)", [str(path)]).fetchall()
        assert rows == [("000660", "090000", "live", None)]


@pytest.mark.parametrize("name", ["events.csv", "events.parquet"])
def test_where_it_cannot_be_written_the_name_that_was_asked_for_is_told(tmp_path: Path, name: str) -> None:
    path = tmp_path / "nowhere" / name
    with pytest.raises(FileNotFoundError) as missing:
        WRITERS[path.suffix]([], path)
    assert missing.value.filename == str(path)


def test_an_empty_journal_is_an_empty_file(tmp_path: Path) -> None:
    for name, write, read in (("a.csv", write_csv, read_csv), ("a.parquet", write_parquet, read_parquet)):
        assert write([], tmp_path / name) == 0
        assert list(read(tmp_path / name)) == []


def test_a_search_as_a_frame_has_korean_names_and_whole_numbers() -> None:
    stock = Stock("000660", "가상", 75_000, "fall", -100, -0.13, 10, None, 3, 1)
    frame = to_dataframe([stock])
    assert list(frame)[:6] == ["종목코드", "종목명", "현재가", "등락", "전일대비", "등락률"]
    assert frame["종목코드"][0] == "000660"
    assert str(frame["현재가"].dtype) == "Int64"
    assert frame["시가"].isna()[0]
    assert frame["등락률"][0] == -0.13


def test_events_as_a_frame_have_korean_times() -> None:
    frame = to_dataframe(WEEK)
    assert list(frame["구분"]) == ["state", "snapshot", "enter", "leave", "gap"]
    assert frame["종목코드"][2] == "000660"
    assert frame["시각"][2] == dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    assert frame["수신시각"][0].utcoffset() == dt.timedelta(hours=9)
    assert frame["시각"].isna()[3]
    assert len(to_dataframe([])) == 0


def test_a_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(MissingExtra, match=r"pip install 'jogeon\[duckdb\]'"):
        write_parquet([], tmp_path / "a.parquet")
    with pytest.raises(MissingExtra, match=r"pip install 'jogeon\[pandas\]'"):
        to_dataframe([])


def test_moments_are_exact_to_the_nanosecond(tmp_path: Path) -> None:
    exact = Enter(START_NS + 7 * SECOND + 123_456_789, RISE, "005930", "090007")
    write_csv([(1, 1, exact)], tmp_path / "a.csv")
    write_parquet([(1, 1, exact)], tmp_path / "a.parquet")
    assert next(read_csv(tmp_path / "a.csv"))[2] == next(read_parquet(tmp_path / "a.parquet"))[2] == exact
