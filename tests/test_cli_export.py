"""`jogeon export`: a file for analysis, by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_conversation import Shell
from jogeon.export import read_csv, read_parquet
from test_cli_history import DAY, journal  # noqa: F401  # a fixture


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


@pytest.mark.parametrize(("name", "read"), [("out.csv", read_csv), ("out.parquet", read_parquet)])
def test_a_journal_becomes_a_file(shell: Shell, journal: str, tmp_path: Path, name: str, read: object) -> None:  # noqa: F811  # the fixture
    out = tmp_path / name
    said = shell("export", "--journal", journal, "-o", str(out), "--lang", "en")
    assert (said.code, said.out) == (0, "")
    assert "(8 rows)" in said.err
    assert [event for _, _, event in read(out)] == [event for block in DAY for event in block]  # type: ignore[operator]  # one of two


def test_a_part_of_it(shell: Shell, journal: str, tmp_path: Path) -> None:  # noqa: F811  # the fixture
    out = tmp_path / "out.csv"
    assert shell("export", "--journal", journal, "-o", str(out), "--kind", "enter").code == 0
    assert [n for _, n, _ in read_csv(out)] == [4]


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


@pytest.mark.parametrize("argv", [("export",), ("export", "-o", "out.xls")])
def test_the_name_says_what_kind_of_file(shell: Shell, argv: tuple[str, ...]) -> None:
    assert shell(*argv).code == 2
