"""Programs with keys of their own: what the file keeps, who may read it, and when it is read again."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from conftest import homeless
from jogeon.account.consumers import (
    MOST,
    Consumer,
    Roll,
    checked_name,
    consumers,
    hashed,
    is_consumers,
    let_in,
    shut_out,
)
from jogeon.errors import InvalidSetting
from jogeon.files import state_dir

if TYPE_CHECKING:
    from pathlib import Path


def path() -> Path:
    return state_dir() / "consumers.json"


def test_a_secret_key_is_told_once_and_kept_as_its_hash() -> None:
    given = let_in("차트", "watch")
    assert given is not None
    (kept,) = consumers()
    assert (kept.name, kept.appkey, kept.may) == ("차트", given.appkey, "watch")
    assert kept.hashed == hashed(given.secretkey)
    assert is_consumers(given.appkey)
    content = path().read_text()
    assert given.secretkey not in content
    assert given.secretkey not in repr(given) + repr(kept)
    if os.name == "posix":
        assert stat.S_IMODE(path().stat().st_mode) == 0o600


def test_a_name_is_given_once_and_is_free_again_when_it_is_revoked() -> None:
    first = let_in("one", "all")
    assert let_in("one", "all") is None
    assert shut_out("one")
    assert not shut_out("one")
    second = let_in("one", "all")
    assert first is not None
    assert second is not None
    assert first.appkey != second.appkey
    assert [each.appkey for each in consumers()] == [second.appkey]


def test_two_that_are_added_at_once_are_both_there() -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: let_in(str(n), "all"), range(8)))
    assert sorted(each.name for each in consumers()) == [str(n) for n in range(8)]


def test_there_is_an_end_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.account.consumers.MOST", 1)
    let_in("one", "all")
    with pytest.raises(ValueError, match="1"):
        let_in("two", "all")
    assert MOST == 1_000


@pytest.mark.parametrize(
    ("typed", "name"),
    [("차트", "차트"), (" a ", "a"), ("각", "각"), ("", None), ("x" * 65, None), ("a\nb", None), ("\x1b[1m", None)],
)
def test_a_name_can_be_shown_in_a_line(typed: str, name: str | None) -> None:
    assert checked_name(typed) == name


@pytest.mark.posix
def test_a_file_that_others_could_have_written_lets_nobody_in() -> None:
    let_in("one", "all")
    path().chmod(0o622)
    with pytest.raises(InvalidSetting, match="not private"):
        consumers()
    with pytest.raises(InvalidSetting, match="not private"):
        let_in("two", "all")  # which would have made it private again, with what others wrote in it


@pytest.mark.parametrize("content", [b"", b"{", b"[{}]", b"\xff", b"[" * 100_000])
def test_a_damaged_file_is_said_and_stays(content: bytes) -> None:
    let_in("one", "all")
    path().write_bytes(content)
    with pytest.raises(InvalidSetting, match="spoilt"):
        let_in("two", "all")
    assert path().read_bytes() == content


def test_without_a_home_nobody_can_be_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    homeless(monkeypatch)
    assert Roll(lambda: ()).changed() == ()
    with pytest.raises(InvalidSetting, match="no home"):
        let_in("one", "all")


def test_a_roll_is_read_again_when_the_file_changed() -> None:
    roll = Roll()
    assert roll.changed() == ()
    assert roll.changed() is None
    let_in("one", "all")
    assert [each.name for each in roll.changed() or ()] == ["one"]
    assert roll.changed() is None
    shut_out("one")
    assert roll.changed() == ()


def test_a_roll_that_cannot_be_read_is_told_once() -> None:
    def read() -> tuple[Consumer, ...]:
        raise InvalidSetting(file="f", reason="spoilt")

    roll = Roll(read, lambda: "same")
    with pytest.raises(InvalidSetting):
        roll.changed()
    assert roll.changed() is None
