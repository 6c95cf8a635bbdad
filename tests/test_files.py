"""A file is there as a whole or not at all."""

from __future__ import annotations

import io
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest

from jogeon.files import NotAFileError, create_private, draft_of, head_of, opened, whole_file, write_private


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
