"""Events as files and back: nothing is lost, no type changes, and every kind of file has the same columns."""

import csv
import datetime as dt
import importlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import duckdb
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exported import read_any, read_columns, read_json
from jogeon import export
from jogeon.errors import JournalError, MissingExtra
from jogeon.events import Anomaly, Cause, Condition, Enter, Event, Gap, Leave, Snapshot, State, StateName
from jogeon.export import EXPORTED, WRITERS
from jogeon.journal import lines, parts
from jogeon.journal.commits import Commit, CommitBuilder
from jogeon.journal.history import ALL, EVER, History, Selection
from jogeon.journal.shape import COLUMNS
from jogeon.journal.store import Store
from jogeon.visible import is_formula
from recorded import SECOND, START_NS, events

RISE, MADE = Condition("4", "급등주"), Condition("7", '신고가, "돌파"')
pytestmark = pytest.mark.usefixtures("spared_disk")
FLAT = (".csv", ".parquet", ".sqlite")


def moments(event: Event) -> list[int | None]:
    if isinstance(event, Gap):
        return [event.since_ns, event.until_ns]
    return [event.at_ns, getattr(event, "since_ns", None), getattr(event, "until_ns", None)]


def is_sensible(event: Event) -> bool:
    """Whether columns of text and of dates can hold it: years of four digits, and no character that ends a C string."""
    empty = (isinstance(event, Anomaly) and event.code == "") or event.condition == Condition("", "")
    usual = all(moment is None or 0 <= moment < 2**62 for moment in moments(event))
    return usual and not empty and "\0" not in str(event).replace("\\x00", "\0")


sensible = st.lists(events().filter(is_sensible), max_size=8)


def record(path: Path, told: list[Event], names: dict[str, str] | None = None) -> None:
    opened = Store.open(path)
    builder = CommitBuilder(opened.head)
    opened.write(Commit(names=[(code, 0, name) for code, name in (names or {}).items()]))
    rows = [event for event in told if not isinstance(event, Snapshot)]  # a snapshot would be put right
    opened.write(builder.enter(rows))
    builder.settle()
    opened.close()


def exported(journal: Path, suffix: str, selection: Selection = ALL) -> Path:
    path = journal.with_name(f"out{suffix}")
    with History(journal) as history:
        count = WRITERS[suffix](history, selection, path)
    assert count == len(list(read_json(path) if suffix == ".json" else read_columns(path)))
    return path


def held(journal: Path, selection: Selection = ALL) -> list[tuple[int, int, Event]]:
    with History(journal) as history:
        return list(history.events(selection))


@given(sensible)
def test_every_file_gives_back_every_event(tmp_path_factory: pytest.TempPathFactory, drawn: list[Event]) -> None:
    journal = tmp_path_factory.mktemp("export") / "journal"
    record(journal, drawn)
    for suffix in FLAT:
        assert read_any(exported(journal, suffix)) == held(journal), suffix


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    signs = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "﹦", " =", "\xa0=", "\x00=", "\u200b=", "급등;-", '; "=')
    evil: list[Event] = [Enter(START_NS, Condition("0", f"{sign}1+1"), f"{sign}1+1", f"{sign}1") for sign in signs]
    record(tmp_path / "journal", evil)
    path = exported(tmp_path / "journal", ".csv")
    assert [event for _, _, event in read_any(path)] == evil
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert [cell for cell in cells if is_formula(cell)] == []
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file, delimiter=";") for cell in row]
    assert [cell for cell in cells if is_formula(cell)] == [], "where a spreadsheet splits at semicolons"


WEEK: list[Event] = [
    State(START_NS, "started", None, "\\N \\ \" ' , \n ㅎ"),
    Enter(START_NS + 123_456_789, RISE, "005930", "090000"),
    Enter(START_NS + 1, MADE, "0000D0", "235959"),
    Leave(START_NS + 2, RISE, "005930", "", "recovered", START_NS, START_NS + 2),
    Gap(RISE, START_NS, START_NS + 2, "drift", "", open=True),
    Gap(RISE, START_NS, START_NS + 2, "not watched", "내용"),
    Anomaly(START_NS + 3, "leave of a non-member", RISE, "000660"),
]
NAMES = {"005930": "삼성전자", "000660": '"하이닉스", 주'}


def plain(count: int) -> list[Event]:
    return [
        (Leave if n % 2 else Enter)(
            START_NS + n * 777_777_777, (RISE, MADE)[n % 2], f"00{n % 7:04d}", f"0900{n % 60:02d}"
        )
        for n in range(count)
    ]


def test_every_kind_of_file_has_the_same_columns(tmp_path: Path) -> None:
    record(tmp_path / "journal", WEEK, NAMES)
    found = {suffix: list(read_columns(exported(tmp_path / "journal", suffix))) for suffix in FLAT}
    for csv_row, parquet_row, sqlite_row in zip(*found.values(), strict=True):
        assert set(csv_row) == set(parquet_row) == set(sqlite_row) == set(EXPORTED)
        for name in EXPORTED:
            told = parquet_row[name]
            if isinstance(told, dt.datetime):
                told = told.isoformat(" ", "seconds" if name == "time" else "microseconds")
            assert (csv_row[name] or None) == (told or None), name
            assert (sqlite_row[name] or None) == (told or None), name
    rows = found[".csv"]
    assert (rows[1]["name"], rows[1]["time"], rows[1]["at"], rows[1]["clock"]) == (
        "삼성전자", "2026-11-22 09:00:00", "2026-11-22 09:00:00.123456", "090000",
    )  # fmt: skip
    assert rows[2]["time"] == "2026-11-21 23:59:59"  # the day that is nearest
    assert (rows[5]["cause"], rows[5]["open"], rows[4]["open"]) == ("not watched", False, True)


def test_any_codes_of_a_snapshot_go_through_in_the_same_cell(tmp_path: Path) -> None:
    odd = [(), ("005930", "0000D0"), ("a b",), ("",), ("[",), ("\r",), ("\u3000", "1"), ('"',), ("\\",)]
    shown = [Snapshot(START_NS, Condition(str(n), f"조건{n}"), codes) for n, codes in enumerate(odd)]
    store = Store.open(tmp_path / "journal")
    store.write(CommitBuilder(store.head).enter(shown))
    store.close()
    cells = set()
    for suffix in FLAT:
        path = exported(tmp_path / "journal", suffix)
        assert [event for _, _, event in read_any(path)] == shown, suffix
        cells.add(tuple(row["codes"] or "" for row in read_columns(path)))
    assert len(cells) == 1


def test_the_view_in_a_journal_has_them_too(tmp_path: Path) -> None:
    record(tmp_path / "journal", WEEK, NAMES)
    copy = [{name: row[name] for name in COLUMNS} for row in read_columns(exported(tmp_path / "journal", ".sqlite"))]
    assert list(read_columns(tmp_path / "journal")) == copy


def test_json_is_the_lines_of_the_journal(tmp_path: Path) -> None:
    record(tmp_path / "journal", WEEK, NAMES)
    found = read_json(exported(tmp_path / "journal", ".json"))
    assert found == [
        msgspec.to_builtins({**event.fields(), "epoch": epoch, "n": n})
        for epoch, n, event in held(tmp_path / "journal")
    ]
    assert found[1]["name"] == "삼성전자"


@pytest.mark.parametrize("suffix", [*FLAT, ".json"])
@pytest.mark.parametrize("selection", [ALL, Selection((START_NS + SECOND, START_NS + 60 * SECOND), codes=("000003",))])
def test_the_quick_way_writes_what_the_slow_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, selection: Selection
) -> None:
    for name, size in (("PART", 20), ("SMALL", 4)):
        monkeypatch.setattr(parts, name, size)
    told = plain(100) + WEEK + plain(50) + [Enter(START_NS, RISE, "=1+1", "090000"), *WEEK] + plain(33)
    record(tmp_path / "journal", told, NAMES | {"000003": '=가상, "3"'})
    path = exported(tmp_path / "journal", suffix, selection)
    slow = path.read_bytes()
    listed = [] if suffix == ".json" else list(read_columns(path))
    monkeypatch.setattr(parts, "WORTH", 0)
    rows: list[Any] = []
    one_by_one = lines.Lines._one_by_one
    monkeypatch.setattr(lines.Lines, "_one_by_one", lambda *given: rows.append(given[1]) or one_by_one(*given))  # type: ignore[func-returns-value]  # on purpose
    quick = exported(tmp_path / "journal", suffix, selection)
    if suffix == ".json":
        assert read_json(quick) == [msgspec.json.decode(line) for line in slow.split(b"\n")[:-1]]
    elif suffix == ".csv":
        assert quick.read_bytes() == slow
    else:
        assert list(read_columns(quick)) == listed
        assert read_any(quick) == held(tmp_path / "journal", selection)
    if suffix != ".sqlite":
        assert sum(part.last - part.after for part in rows) < len(told) / 2


def test_names_change_where_they_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Store.open(tmp_path / "journal")
    opened.write(Commit(names=[("000001", START_NS, "옛 이름"), ("000001", START_NS + 20 * SECOND, "새 이름")]))
    opened.write(CommitBuilder(opened.head).enter(plain(100)))
    opened.close()
    told = [row["name"] for row in read_columns(exported(tmp_path / "journal", ".csv")) if row["code"] == "000001"]
    assert set(told[:4]) == {"옛 이름"}
    assert set(told[4:]) == {"새 이름"}
    monkeypatch.setattr(parts, "WORTH", 0)
    again = [row["name"] for row in read_columns(exported(tmp_path / "journal", ".csv")) if row["code"] == "000001"]
    assert told == again


def test_every_cause_and_every_state_goes_through(tmp_path: Path) -> None:
    told: list[Event] = [Gap(RISE, START_NS, START_NS + 1, cause) for cause in get_args(Cause)]
    told += [State(START_NS + 2, state, None, "") for state in get_args(StateName)]
    record(tmp_path / "journal", told)
    for suffix in FLAT:
        assert [event for _, _, event in read_any(exported(tmp_path / "journal", suffix))] == told
    rows = read_json(exported(tmp_path / "journal", ".json"))
    assert [row.get("cause") for row in rows[: len(get_args(Cause))]] == list(get_args(Cause))
    assert [row.get("state") for row in rows[len(get_args(Cause)) :]] == list(get_args(StateName))


def test_parquet_has_typed_columns(tmp_path: Path) -> None:
    folder = tmp_path / "it's a week"
    folder.mkdir()
    record(folder / "journal", WEEK)
    path = exported(folder / "journal", ".parquet")
    with duckdb.connect() as db:
        found = db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        assert {row[0]: row[1] for row in found} == EXPORTED
        rows = db.execute("SELECT code, clock, origin, open FROM read_parquet(?)", [str(path)]).fetchall()
        assert rows[1] == ("005930", "090000", "live", None)


def test_parquet_takes_lines_of_any_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path / "journal", [State(START_NS, "started", None, "ㅎ" * 1_000), *WEEK, *plain(50)], NAMES)
    usual = list(read_columns(exported(tmp_path / "journal", ".parquet")))
    monkeypatch.setattr(parts, "WORTH", 0)
    monkeypatch.setattr(export, "LINE_SIZE", 200)
    assert list(read_columns(exported(tmp_path / "journal", ".parquet"))) == usual


def test_a_spreadsheet_knows_a_csv_as_utf_8(tmp_path: Path) -> None:
    record(tmp_path / "journal", WEEK)
    assert exported(tmp_path / "journal", ".csv").read_bytes().startswith(b"\xef\xbb\xbfepoch,n,event,")


def test_sqlite_reads_the_moments(tmp_path: Path) -> None:
    record(tmp_path / "journal", WEEK)
    with closing(sqlite3.connect(exported(tmp_path / "journal", ".sqlite"))) as db:
        query = "SELECT strftime('%H:%M:%f', time), strftime('%H:%M:%f', at), julianday(since) FROM history WHERE n = 2"
        assert db.execute(query).fetchone() == ("09:00:00.000", "09:00:00.123", None)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", ".sqlite"])
def test_where_it_cannot_be_written_the_name_that_was_asked_for_is_told(tmp_path: Path, suffix: str) -> None:
    record(tmp_path / "journal", WEEK)
    path = tmp_path / "nowhere" / f"events{suffix}"
    with History(tmp_path / "journal") as history, pytest.raises(FileNotFoundError) as missing:
        WRITERS[suffix](history, ALL, path)
    assert missing.value.filename == str(path)


def test_nothing_chosen_is_an_empty_file(tmp_path: Path) -> None:
    record(tmp_path / "journal", WEEK)
    for suffix in FLAT:
        assert read_any(exported(tmp_path / "journal", suffix, Selection((0, 1)))) == []


def test_a_journal_of_version_1_is_written_as_it_is(tmp_path: Path) -> None:
    journal = tmp_path / "old"
    journal.write_bytes((Path(__file__).parent / "data" / "version-1.db").read_bytes())
    for suffix in FLAT:
        assert read_any(exported(journal, suffix)) == held(journal)


def test_a_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    record(tmp_path / "journal", WEEK)
    monkeypatch.setattr(importlib, "import_module", missing)
    with History(tmp_path / "journal") as history, pytest.raises(MissingExtra, match=r"pip install 'jogeon\[duckdb\]'"):
        WRITERS[".parquet"](history, ALL, tmp_path / "a.parquet")


FRAMES = [
    (START_NS, b'{"trnm":"REAL","data":[]}'),
    (START_NS + SECOND, "not JSON: 급등주\n".encode()),
    (START_NS + 2 * SECOND + 1_234, b"\xff not UTF-8"),
]


def with_frames(path: Path, frames: list[tuple[int, bytes]]) -> Path:
    opened = Store.open(path)
    opened.write(Commit(frames=frames))
    opened.close()
    return path


def test_raw_frames_come_back_as_they_came_each_with_its_time(tmp_path: Path) -> None:
    with History(with_frames(tmp_path / "journal", FRAMES)) as history:
        assert list(history.frames()) == FRAMES
        assert export.write_frames(history, EVER, tmp_path / "out.jsonl") == 3
        assert export.write_frames(history, (START_NS + 1, START_NS + SECOND + 1), tmp_path / "part.json") == 1
    lines = read_json(tmp_path / "out.jsonl")
    assert lines == [
        {"at": "2026-11-22T09:00:00.000000+09:00", "at_ns": START_NS, "frame": '{"trnm":"REAL","data":[]}'},
        {"at": "2026-11-22T09:00:01.000000+09:00", "at_ns": START_NS + SECOND, "frame": "not JSON: 급등주\n"},
        {"at": "2026-11-22T09:00:02.000001+09:00", "at_ns": FRAMES[2][0], "base64": "/yBub3QgVVRGLTg="},
    ]
    assert read_json(tmp_path / "part.json") == lines[1:2]


def test_more_frames_than_a_read_takes_at_a_time_come_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.reading.CHUNK", 3)
    for count in (2, 3, 4, 6, 7):
        frames = [(START_NS + n, b"%d" % n) for n in range(count)]
        with History(with_frames(tmp_path / f"journal-{count}", frames)) as history:
            assert list(history.frames()) == frames
            assert list(history.frames((START_NS + 1, START_NS + count))) == frames[1:]


def test_a_journal_without_raw_frames_says_so_and_makes_no_file(tmp_path: Path) -> None:
    record(tmp_path / "journal", WEEK)
    with History(tmp_path / "journal") as history, pytest.raises(JournalError, match="no raw frames") as caught:
        export.write_frames(history, EVER, tmp_path / "out.json")
    assert caught.value.reason == "no frames"
    assert not (tmp_path / "out.json").exists()


def test_a_frame_that_is_none_is_damage(tmp_path: Path) -> None:
    path = with_frames(tmp_path / "journal", FRAMES)
    for row in ((START_NS, "a text"), (1.5, b"{}")):
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE frames SET at_ns = ?, payload = ? WHERE id = 2", row)
        with History(path) as history, pytest.raises(JournalError) as caught:
            list(history.frames())
        assert caught.value.reason == "damaged"


def test_parquet_has_no_empty_texts(tmp_path: Path) -> None:
    record(tmp_path / "journal", [*WEEK, *plain(9)], NAMES)
    path = exported(tmp_path / "journal", ".parquet")
    with duckdb.connect() as db:
        for name, kind in EXPORTED.items():
            if kind == "VARCHAR":
                query = f"SELECT count(*) FROM read_parquet(?) WHERE \"{name}\" = ''"  # noqa: S608  # our own columns
                assert db.execute(query, [str(path)]).fetchone() == (0,), name
