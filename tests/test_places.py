"""Files of this user: where, for whose eyes, and whole at every moment."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from jogeon.places import config_dir, journal_file, journal_files, old_journal, read_private, state_dir, write_private

POSIX = os.name == "posix"


def test_the_folders_are_the_usual_ones(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    assert config_dir() == tmp_path / "config" / "jogeon"
    assert state_dir() == Path.home() / ".local" / "state" / "jogeon"


def test_the_folders_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("APPDATA", str(tmp_path / "roaming"))
    monkeypatch.delenv("LOCALAPPDATA")
    assert config_dir() == tmp_path / "roaming" / "jogeon"
    assert state_dir() == Path.home() / "jogeon"


def test_the_folders_on_a_mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert config_dir() == Path.home() / "Library" / "Application Support" / "jogeon"


def test_a_private_file_is_private_from_its_first_moment(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "file"
    before = os.umask(0)
    try:
        write_private(path, b"one")
        write_private(path, b"two")
    finally:
        os.umask(before)
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]
    if POSIX:
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_was_open_to_all_is_not_any_more(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    if POSIX:
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_reader_sees_the_old_or_the_new_never_a_part(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = {letter * 5_000 for letter in (b"a", b"b", b"c")}
    write_private(path, b"a" * 5_000)
    writers = [threading.Thread(target=write_often, args=(path, each)) for each in contents]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert read_private(path) in contents
    assert list(tmp_path.iterdir()) == [path]


def write_often(path: Path, content: bytes) -> None:
    for _ in range(30):
        write_private(path, content)


def test_a_draft_does_not_stay_behind(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError, match="file"):
        write_private(tmp_path / "file", b"x")
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_what_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert read_private(tmp_path / "nothing") is None
    assert read_private(tmp_path) is None
    (tmp_path / "long").write_bytes(b"x" * 100)
    assert read_private(tmp_path / "long", limit=10) == b"x" * 10


def test_a_journal_is_of_one_server_and_one_key() -> None:
    address = "ws://user:secret@localhost:10000/api?token=secret"
    files = [
        journal_file("real", "0123456789abcdef"),
        journal_file("real", "fedcba9876543210"),
        *map(journal_file, ("mock", "demo", address, "ws://localhost:10000/", "ws://[")),
    ]
    assert len(set(files)) == len(files)
    assert all(file.parent == state_dir() and file.suffix == ".journal" for file in files)
    assert not any("secret" in file.name or "0123456789abcdef" in file.name for file in files)


def test_the_journals_of_a_server_are_found_the_newest_first() -> None:
    assert (journal_files("real"), old_journal()) == ([], None)
    state_dir().mkdir(parents=True, exist_ok=True)
    files = [journal_file("real", key * 16) for key in "abc"]
    try:
        for place, file in enumerate([*files, journal_file("mock"), state_dir() / "jogeon.journal"]):
            file.touch()
            os.utime(file, (place, place))
        wal = Path(f"{files[0]}-wal")
        wal.touch()  # now: what is written lately is in the WAL
        assert journal_files("real") == [files[0], files[2], files[1]]
        assert old_journal() == state_dir() / "jogeon.journal"
    finally:
        for file in state_dir().glob("*.journal*"):
            file.unlink()
