"""What a command tells of the journal it writes: that it cannot be written now, that it is again, what befell it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from jogeon.cli.arguments.choices import Choices
from jogeon.cli.running import journal_trouble
from jogeon.cli.running.journal_trouble import told_aside, trouble_of
from jogeon.cli.running.journals import journal_read, journal_written
from jogeon.cli.texts import Texts
from jogeon.connect import connect
from jogeon.errors import JournalError, KeysMissing
from jogeon.files import journal_file, state_dir
from jogeon.reports import Report

if TYPE_CHECKING:
    from jogeon.watch import Watch


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_trouble, "LOOK", 0.0)


class FakeJournal(SimpleNamespace):
    """A journal with the state a test gives it."""

    path = Path("signals.journal")
    trouble: Report | None = None
    notices: tuple[Report, ...] = (Report("other", text="found at the start"),)


def watch(journal: FakeJournal | None) -> Watch:
    return cast("Watch", SimpleNamespace(journal=journal))


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_trouble_is_told_once_and_its_end_too(capsys: pytest.CaptureFixture[str]) -> None:
    journal = FakeJournal()
    async with told_aside(watch(journal), Texts("en")):
        await turns()
        journal.trouble = Report("disk full", text="database or disk is full")
        await turns()
        journal.trouble = None
        await turns()
    said = capsys.readouterr()
    assert said.out == ""
    trouble, again = said.err.splitlines()
    assert "the disk is full" in trouble
    assert again == "the journal is being written again."


async def test_what_befalls_the_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    journal = FakeJournal()
    async with told_aside(watch(journal), Texts("en")):
        await turns()
        journal.notices = (*journal.notices, Report("journal restored"))
        await turns()
    assert capsys.readouterr().err == f"signals.journal: {Report('journal restored')}\n"


async def test_without_a_journal_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    async with told_aside(watch(None), Texts("en")):
        await turns()
    assert capsys.readouterr().err == ""
    assert trouble_of(watch(None), Texts("en")) is None


def test_the_live_view_has_the_same_sentence() -> None:
    journal = FakeJournal(trouble=Report("disk full", text="database or disk is full"))
    assert "디스크가 가득 찼습니다." in (trouble_of(watch(journal), Texts("ko")) or "")


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A place of its own for what the program keeps."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    state_dir().mkdir()
    return state_dir()


def choices(server: str | None = None) -> Choices:
    return Choices(Texts("en"), connect, server=server)


def keyed(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("APP_KEY", key)
    monkeypatch.setenv("APP_SECRET", f"{key}-secret")


def test_each_server_and_key_writes_and_reads_its_own_journal(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = [journal_written(choices("demo"))]
    for key in ("one-key", "another-key"):
        keyed(monkeypatch, key)
        written.append(journal_written(choices()))
    for path in written:
        path.touch()
    assert len(set(written)) == 3
    assert journal_read(choices()) == written[2]
    assert journal_read(choices("demo")) == written[0]
    assert not any("key" in path.name for path in state.iterdir())


def test_the_keys_that_were_found_are_the_ones_to_connect_with(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyed(monkeypatch, "one-key")
    chosen = choices("real")
    path = journal_written(chosen)
    assert chosen.found is not None
    assert path.parent == state
    assert path == journal_file("real", chosen.found.id)


def test_nothing_is_written_without_keys_where_keys_are_needed(state: Path) -> None:
    with pytest.raises(KeysMissing):
        journal_written(choices("real"))
    assert list(state.iterdir()) == []


def test_without_keys_the_newest_of_the_server_is_read_and_named(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [journal_file("real", key * 16) for key in "ab"]
    for place, path in enumerate(reversed(files)):
        path.touch()
        os.utime(path, (place, place))
    assert journal_read(choices()) == files[0]
    assert str(files[0]) in capsys.readouterr().err
    assert journal_read(choices(), "mine.journal") == Path("mine.journal")
    assert capsys.readouterr().err == ""
    assert state == files[0].parent


def test_the_journal_all_servers_shared_stays_readable_and_is_named(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = state / "jogeon.journal.writer"
    old.touch()
    assert journal_read(choices("demo")) == old
    assert str(old) in capsys.readouterr().err
    assert journal_written(choices("demo")) == journal_file("demo")
    assert str(old) in capsys.readouterr().err


@pytest.mark.posix
def test_a_place_that_cannot_be_made_is_a_journal_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(JournalError) as failed:
        journal_written(choices("demo"))
    assert failed.value.reason == "unwritable"
    assert failed.value.path.endswith("jogeon-demo.journal")
