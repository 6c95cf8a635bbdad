"""`jogeon export`: a file for analysis, by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_conversation import Shell
from exported import read_any, read_json
from jogeon.journal.commits import Commit
from jogeon.journal.store import Store
from recorded import SECOND, START_NS
from test_cli_history import DAY, journal  # noqa: F401  # a fixture


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.sqlite", "OUT.CSV"])
def test_a_journal_becomes_a_file(shell: Shell, journal: str, tmp_path: Path, name: str) -> None:  # noqa: F811  # the fixture
    out = tmp_path / name
    said = shell("export", "--journal", journal, "-o", str(out), "--lang", "en")
    assert (said.code, said.out) == (0, "")
    assert "(8 rows)" in said.err
    assert [event for _, _, event in read_any(out.rename(out.with_name(name.lower())))] == [
        event for block in DAY for event in block
    ]


@pytest.mark.parametrize("name", ["out.json", "out.jsonl", "out.ndjson"])
def test_json_is_what_history_tells(shell: Shell, journal: str, tmp_path: Path, name: str) -> None:  # noqa: F811  # same
    assert shell("export", "--journal", journal, "-o", str(tmp_path / name)).code == 0
    assert read_json(tmp_path / name) == shell("history", "events", "--journal", journal).lines


def test_a_part_of_it(shell: Shell, journal: str, tmp_path: Path) -> None:  # noqa: F811  # the fixture
    out = tmp_path / "out.csv"
    assert shell("export", "--journal", journal, "-o", str(out), "--kind", "enter").code == 0
    assert [n for _, n, _ in read_any(out)] == [4]


def test_the_journal_itself_is_not_written_over(shell: Shell, journal: str, tmp_path: Path) -> None:  # noqa: F811  # same
    for argv in (("export", "--journal", "day.csv"), ("history", "events", "--journal", "day.csv")):
        path = tmp_path / "day.csv"
        path.write_bytes(Path(journal).read_bytes())
        before = path.read_bytes()
        assert shell(*argv[:-1], str(path), "-o", str(path)).code == 2
        assert path.read_bytes() == before
    for suffix in ("-wal", "-shm", ".lock"):  # in the WAL is what was recorded last
        beside = Path(f"{journal}{suffix}")
        before = beside.read_bytes() if beside.exists() else b""
        assert shell("history", "events", "--journal", journal, "-o", str(beside)).code == 2
        assert (beside.read_bytes() if beside.exists() else b"") == before


def test_raw_frames_are_written_where_they_were_recorded(shell: Shell, journal: str, tmp_path: Path) -> None:  # noqa: F811  # same
    out = tmp_path / "frames.jsonl"
    asked = ("export", "--frames", "--journal", journal, "-o", str(out), "--lang", "en")
    said = shell(*asked)
    assert said.code == 1
    assert "holds no raw frames" in said.err
    assert "record --all --frames" in said.err
    assert not out.exists()
    opened = Store.open(Path(journal))
    opened.write(Commit(frames=[(START_NS + n * SECOND, b'{"trnm":"REAL"}') for n in range(3)]))
    opened.close()
    assert "(3 rows)" in shell(*asked).err
    assert "(2 rows)" in shell(*asked, "--from", "09:00:01").err
    assert [line["frame"] for line in read_json(out)] == ['{"trnm":"REAL"}'] * 2


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("-o", "frames.csv"), "-o frames.json"),
        ((), "-o journal.json"),
        (("-o", "frames.json", "--kind", "enter"), "takes no --kind"),
        (("-o", "frames.json", "--condition", "4"), "takes no --condition"),
    ],
)
def test_raw_frames_are_neither_a_table_nor_chosen_like_events(shell: Shell, argv: tuple[str, ...], words: str) -> None:
    said = shell("export", "--frames", *argv, "--lang", "en")
    assert said.code == 2
    assert words in said.err


@pytest.mark.parametrize("argv", [("export",), ("export", "-o", "out.xls")])
def test_the_name_says_what_kind_of_file(shell: Shell, argv: tuple[str, ...]) -> None:
    said = shell(*argv, "--lang", "en")
    assert said.code == 2
    assert ("-o out.csv" if "-o" in argv else "-o journal.csv") in said.err


@pytest.mark.parametrize(
    ("argv", "instead"),
    [
        (("history", "events", "-o", "x.xlsx"), "-o x.csv"),
        (("history", "events", "-o", "x.XLSX", "--csv"), "-o x.csv"),
        (("history", "stats", "-o", "2026.11.22"), "-o 2026.11.22.csv"),
        (("search", "급등주", "-o", "a/x.xls"), "-o a/x.csv"),
        (("list", "-o", "x.parquet", "--json"), "-o x.json"),
    ],
)
def test_a_file_that_would_not_be_what_its_name_says_is_refused(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...], instead: str
) -> None:
    monkeypatch.chdir(tmp_path)
    said = shell(*argv, "--lang", "en")
    assert said.code == 2
    assert instead in said.err.replace("\\", "/")
    assert list(tmp_path.iterdir()) == []
