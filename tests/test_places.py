"""Files of this user: where, for whose eyes, and whole at every moment."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import NoReturn

import pytest

from jogeon.errors import InvalidSetting
from jogeon.files import write_private
from jogeon.places import (
    config_dir,
    journal_file,
    journal_files,
    old_journal,
    read_small,
    read_trusted,
    state_dir,
)


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


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 10)
    assert read_small(tmp_path / "nothing") is None
    assert read_small(tmp_path / "file" / "below") is None
    assert read_small(tmp_path / "file", limit=10) == b"x" * 10


def test_a_folder_is_no_file_and_a_long_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * 100)
    with pytest.raises(InvalidSetting, match="not a file"):
        read_small(tmp_path)
    with pytest.raises(InvalidSetting, match="too large"):
        read_small(tmp_path / "long", limit=10)
    with pytest.raises(InvalidSetting, match="unreadable"):
        read_small(tmp_path / "null\0")


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
        for place, file in enumerate([*files, journal_file("mock"), state_dir() / "jogeon.journal.writer"]):
            file.touch()
            os.utime(file, (place, place))
        wal = Path(f"{files[0]}-wal")
        wal.touch()  # now: what is written lately is in the WAL
        assert journal_files("real") == [files[0], files[2], files[1]]
        assert old_journal() == state_dir() / "jogeon.journal.writer"
    finally:
        for file in state_dir().glob("*.journal*"):
            file.unlink()


@pytest.mark.posix
def test_nothing_waits_for_what_lies_in_the_place_of_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for name in ("pipe", "link", "loop", "socket"):
            with pytest.raises(InvalidSetting):
                read_small(tmp_path / name)


@pytest.mark.posix
def test_where_others_can_write_nothing_is_trusted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "mine" / "file"
    write_private(path, b"token")
    assert read_trusted(path) == b"token"
    assert caplog.text == ""
    path.chmod(0o666)
    assert read_trusted(path) is None
    assert "others can write to it (mode 0666)" in caplog.text
    path.chmod(0o600)
    path.parent.chmod(0o777)
    assert read_trusted(path) is None
    assert "mode 0777" in caplog.text
    path.parent.chmod(0o700)
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))
    assert read_trusted(path) is None
    assert read_trusted(path.with_name("nothing")) is None
    write_private(path, b"anew")
    assert not path.is_symlink()
    assert read_trusted(path) == b"anew"
    assert path.with_name("elsewhere").read_bytes() == b"token"


@pytest.mark.posix
def test_what_belongs_to_another_user_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write_private(tmp_path / "file", b"token")
    monkeypatch.setattr("os.geteuid", lambda: 54_321)
    assert read_trusted(tmp_path / "file") is None
    assert "its owner is another user" in caplog.text


@pytest.mark.posix
def test_a_folder_that_is_closed_holds_nothing_and_a_file_that_is_closed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "file").write_bytes(b"x")
    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(InvalidSetting, match="Permission denied"):
        read_small(tmp_path / "file")
    monkeypatch.setattr(Path, "stat", refuse)
    assert read_small(tmp_path / "file") is None


@pytest.mark.posix
def test_in_a_folder_that_is_closed_there_is_no_journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Python before 3.14 raises where Path.is_file meets a closed folder."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("os.stat", refuse)
    assert old_journal() is None
    assert journal_files("real") == []


@pytest.mark.parametrize("home", [None, "", "relative/path"])
def test_without_a_home_the_variable_to_set_is_named(monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    def homeless() -> Path:
        if home is None:
            raise RuntimeError("Could not determine home directory.")
        return Path(home)

    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    with pytest.raises(InvalidSetting) as invalid:
        state_dir()
    error = invalid.value
    assert (error.field, error.reason, error.detail) == ("HOME", "no home", "XDG_STATE_HOME")
