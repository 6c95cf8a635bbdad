"""A file is there as a whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from jogeon.files import create_private, draft_of, whole_file


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


@pytest.mark.skipif(os.name != "posix", reason="modes and links as POSIX has them")
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


@pytest.mark.skipif(os.name != "posix", reason="modes and links as POSIX has them")
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "hits.csv"
    target.write_bytes(b"of yesterday")
    target.chmod(0o640)
    write(target)
    assert (target.stat().st_mode & 0o777, target.read_bytes()) == (0o640, b"all of it")


@pytest.mark.skipif(os.name != "posix", reason="modes and links as POSIX has them")
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
