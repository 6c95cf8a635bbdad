"""What is known of the names of stocks: learned in passing, looked up when an event is made, kept for a day."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from jogeon.account.names import DAY, LONGEST_NAME, KnownName, Names, names_file
from jogeon.wire.messages import MOST_CODES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest import MonkeyPatch  # noqa: PT013  # a type

SAMSUNG, HYNIX = ("005930", "삼성전자", "0"), ("000660", "SK하이닉스", "0")


class Clock:
    """Unix time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1_795_305_600.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "there.names"


def saved(path: Path, clock: Clock, *learned: tuple[str, str, str]) -> Names:
    names = Names(path, clock)
    names.learn(learned)
    asyncio.run(names.save())
    return names


def loaded(path: Path, clock: Clock) -> Names:
    names = Names(path, clock)
    asyncio.run(names.load())
    return names


def test_a_code_has_the_name_that_was_learned_last() -> None:
    names = Names()
    names.learn([SAMSUNG, ("005930", "삼성", "")])
    assert names.of("005930") == "삼성"
    known = names.get("005930")
    assert known is not None
    assert (known.name, known.market) == ("삼성", "0"), "a source that says no market takes none away"


def test_a_code_that_is_not_known_is_noted_once_and_reported_when_its_name_comes() -> None:
    names = Names()
    missed: list[int] = []
    named: list[Mapping[str, str]] = []
    names.on_miss(lambda: missed.append(1))
    names.on_named = named.append
    assert [names.of("005930"), names.of("005930"), names.of("000660")] == [None, None, None]
    assert (len(missed), names.missed) == (2, ["005930", "000660"])
    names.learn([SAMSUNG, ("035420", "NAVER", "0")])
    assert named == [{"005930": "삼성전자"}]
    assert names.missed == ["000660"]
    assert names.get("035720") is None
    assert names.missed == ["000660"], "looking without asking notes nothing"


def test_what_a_peer_sends_without_end_stays_bounded() -> None:
    names = Names()
    names.learn((f"{number:06d}", "이름" * 1000, "0") for number in range(MOST_CODES + 5))
    assert len(names) == MOST_CODES
    assert len(names.of("000000") or "") == LONGEST_NAME
    for number in range(2 * MOST_CODES):
        names.of(f"X{number}")
    assert len(names.missed) == MOST_CODES


def test_an_empty_name_is_none() -> None:
    names = Names()
    names.learn([("005930", "", "0")])
    assert names.of("005930") is None


# ---------------------------------------------------------------- the file


def test_names_are_kept_for_a_day(path: Path) -> None:
    clock = Clock()
    before = Names(path, clock)
    before.learn([SAMSUNG])
    before.complete("0")
    before.rest = "http://127.0.0.1:1"
    asyncio.run(before.save())
    clock.now += DAY - 1
    names = loaded(path, clock)
    assert (names.of("005930"), names.is_fresh("0"), names.rest) == ("삼성전자", True, "http://127.0.0.1:1")
    clock.now += 2
    names = loaded(path, clock)
    assert (names.of("005930"), names.is_fresh("0")) == (None, False)


def test_the_age_of_a_name_is_that_of_its_learning_and_not_of_its_loading(path: Path) -> None:
    clock = Clock()
    saved(path, clock, SAMSUNG)
    clock.now += DAY / 2
    again = loaded(path, clock)
    again.learn([HYNIX])
    asyncio.run(again.save())
    clock.now += DAY / 2 + 1
    names = loaded(path, clock)
    assert (names.of("005930"), names.of("000660")) == (None, "SK하이닉스")


def test_two_programs_add_to_one_file(path: Path) -> None:
    clock = Clock()
    one, other = Names(path, clock), Names(path, clock)
    one.learn([SAMSUNG])
    other.learn([HYNIX])
    asyncio.run(one.save())
    asyncio.run(other.save())
    assert dict(loaded(path, clock)) == {
        "000660": KnownName("SK하이닉스", "0", clock.now),
        "005930": KnownName("삼성전자", "0", clock.now),
    }


def test_what_was_learned_before_the_file_was_read_counts(path: Path) -> None:
    clock = Clock()
    saved(path, clock, SAMSUNG)
    names = Names(path, clock)
    assert names.of("005930") is None
    named: list[object] = []
    names.on_named = named.append
    names.learn([HYNIX])
    asyncio.run(names.load())
    assert [names.of(code) for code in ("005930", "000660")] == ["삼성전자", "SK하이닉스"]
    assert named == [{"005930": "삼성전자"}]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"names":{"005930":["x"]}}', b"[" * 10_000])
def test_a_file_that_is_none_is_not_used_and_is_replaced(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)
    path.chmod(0o600)
    assert len(loaded(path, Clock())) == 0
    saved(path, Clock(), SAMSUNG)
    assert len(loaded(path, Clock())) == 1


def test_a_clock_that_was_set_back_makes_no_name_fresh_for_ever(path: Path) -> None:
    clock = Clock()
    saved(path, clock, SAMSUNG)
    clock.now -= 10 * DAY
    assert len(loaded(path, clock)) == 0


def test_the_file_is_private(path: Path) -> None:
    saved(path, Clock(), SAMSUNG)
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_disk_that_refuses_costs_the_file_only(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    saved(tmp_path / "state" / "there.names", Clock(), SAMSUNG)


def test_each_server_has_a_file_of_its_own_and_the_demo_none(monkeypatch: MonkeyPatch) -> None:
    servers = ["real", "mock", "ws://127.0.0.1:1", "ws://127.0.0.1:2"]
    assert len({names_file(server) for server in servers}) == len(servers)
    assert names_file("demo") is None
    for variable in ("XDG_STATE_HOME", "HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("jogeon.files.home", _homeless)
    assert names_file("real") is None


def _homeless(instead: str) -> Path:
    from jogeon.errors import InvalidSetting

    raise InvalidSetting(file="environment", field="HOME", reason="no home", detail=instead)
