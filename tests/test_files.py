"""Files of this user: where, for whose eyes, and whole at every moment."""

from __future__ import annotations

import io
import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, cast

import pytest

from jogeon.errors import InvalidSetting
from jogeon.files import (
    NotAFileError,
    changeable,
    config_dir,
    create_private,
    draft_of,
    head_of,
    journal_file,
    journal_files,
    locked,
    old_journal,
    opened,
    read_small,
    read_trusted,
    state_dir,
    whole_file,
    write_private,
)
from jogeon.reports import Report


def write(path: Path | str, content: bytes = b"all of it") -> None:
    with whole_file(str(path)) as file:
        file.write(content)


def test_a_file_gets_its_name_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "종목.csv"
    with whole_file(str(target)) as file:
        file.write(b"all of it")
        assert not target.exists()
    assert target.read_bytes() == b"all of it"
    assert list(tmp_path.iterdir()) == [target]


def test_what_was_there_stays_when_something_goes_wrong(tmp_path: Path) -> None:
    target = tmp_path / "hits.json"
    target.write_bytes(b"of yesterday")
    with suppress(KeyboardInterrupt), whole_file(str(target)) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert target.read_bytes() == b"of yesterday"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"all of it"


def test_a_device_is_written_to_not_replaced() -> None:
    write(os.devnull)
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("place", ["no/such/folder/file", "."])
def test_where_nothing_can_be_written_the_name_that_was_asked_for_is_told(tmp_path: Path, place: str) -> None:
    asked = f"{tmp_path}/{place}"
    with pytest.raises(OSError, match=r"No such file|directory") as caught:
        write(asked)
    assert caught.value.filename == asked


def test_a_protected_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "protected").write_bytes(b"mine")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    with pytest.raises(PermissionError):
        write(tmp_path / "protected")
    assert (tmp_path / "protected").read_bytes() == b"mine"


@pytest.mark.posix
def test_nothing_is_for_others_from_the_first_byte_on(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with whole_file(tmp_path / "hits.csv") as file:
            [draft] = tmp_path.iterdir()
            assert draft.stat().st_mode & 0o777 == 0o600
            file.write(b"all of it")
        create_private(tmp_path / "private")
    finally:
        os.umask(before)
    assert [each.stat().st_mode & 0o777 for each in tmp_path.iterdir()] == [0o600, 0o600]


@pytest.mark.posix
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "hits.csv"
    target.write_bytes(b"of yesterday")
    target.chmod(0o640)
    write(target)
    assert (target.stat().st_mode & 0o777, target.read_bytes()) == (0o640, b"all of it")


@pytest.mark.posix
def test_a_link_that_somebody_planted_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"of somebody else")
    planted = draft_of(tmp_path / "hits.csv")
    planted.symlink_to(victim)
    monkeypatch.setattr("jogeon.files.draft_of", lambda _path: planted)  # as if its name had been guessed
    with pytest.raises(FileExistsError):
        write(tmp_path / "hits.csv")
    with pytest.raises(FileExistsError):
        create_private(planted)
    assert victim.read_bytes() == b"of somebody else"
    assert draft_of(tmp_path / "a") != draft_of(tmp_path / "a")


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
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_was_open_to_all_is_not_any_more(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_reader_sees_the_old_or_the_new_never_a_part(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = {letter * 5_000 for letter in (b"a", b"b", b"c")}
    write_private(path, b"a" * 5_000)
    writers = [threading.Thread(target=write_often, args=(path, each)) for each in contents]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]


def write_often(path: Path, content: bytes) -> None:
    for _ in range(30):
        write_private(path, content)


def test_a_draft_does_not_stay_behind(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError, match="file"):
        write_private(tmp_path / "file", b"x")
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


class Dry(io.BytesIO):
    """A file of the kernel that has nothing to give now, as /proc/kmsg to a second reader."""

    name = "/proc/kmsg"

    def read(self, size: int | None = -1, /) -> bytes:  # the library's signature
        return cast("bytes", None)


def test_a_file_that_has_nothing_to_give_now_is_an_error_like_any_other() -> None:
    with pytest.raises(BlockingIOError) as nothing:
        head_of(Dry(), 10)
    assert nothing.value.filename == "/proc/kmsg"


@pytest.mark.posix
def test_what_is_no_file_is_neither_opened_nor_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "link"):
        with pytest.raises(NotAFileError):
            opened(path)


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
def test_a_file_that_others_may_replace_is_changeable(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o700)
    path = folder / "file"
    assert changeable(path) is None
    assert changeable(folder / "no" / "file") is None
    path.touch(0o644)
    assert changeable(path) is None
    for mode in (0o777, 0o772, 0o770):
        folder.chmod(mode)
        why = changeable(path)
        assert why is not None
        assert (why.kind, why.place, why.code) == ("folder open to others", str(folder), f"{mode:04o}")
        assert changeable(folder / "nothing") == why
    folder.chmod(0o1777)  # as /tmp: everybody may put files there, nobody may touch another's
    assert changeable(path) is None
    path.chmod(0o666)
    assert changeable(path) == Report("open to others", code="0666")


@pytest.mark.posix
def test_a_link_is_as_changeable_as_the_folders_of_both_its_ends(tmp_path: Path) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir(mode=0o700)
    (tmp_path / "there" / "file").touch(0o600)
    link = tmp_path / "here" / "link"
    link.symlink_to(tmp_path / "there" / "file")
    assert changeable(link) is None
    for name in ("here", "there"):
        (tmp_path / name).chmod(0o777)
        why = changeable(link)
        assert why is not None
        assert why.place == str(tmp_path / name)
        (tmp_path / name).chmod(0o700)


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


# ------------------------------------------------------------ be alone


def test_a_lock_has_one_holder_and_is_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "lock"
    for _ in range(2):
        with locked(path) as mine, locked(path) as another:
            assert (mine, another) == (True, False)


@pytest.mark.posix
def test_a_link_in_the_place_of_a_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"of somebody else")
    (tmp_path / "lock").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="lock"), locked(tmp_path / "lock"):
        pass
    assert (tmp_path / "victim").read_bytes() == b"of somebody else"
