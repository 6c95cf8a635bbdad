"""`jogeon replay`: one line with its addresses, an end, and clear words for a file that cannot be replayed."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, time
from pathlib import Path

import click
import pytest

from cli_conversation import Shell
from jogeon.cli.commands.replay import pace
from jogeon.cli.running.replaying import day_and_times, recording_of
from jogeon.cli.texts import Texts
from jogeon.events import KST, Condition, Enter, Event, Snapshot, State
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.store import Store
from jogeon.simulator.recorded.stretch import Stretch

ANY = ("--port", "0", "--rest-port", "0")
NINE_NS = 1_795_305_600_000_000_000  # 2026-11-22T09:00:00+09:00
HOUR_NS = 3_600 * 10**9
RISE = Condition("4", "급등주")


def journal(path: Path, *more: Event) -> None:
    store = Store.open(path)
    events = [Snapshot(NINE_NS, RISE, ("005930",)), Enter(NINE_NS + HOUR_NS, RISE, "000660", "100000"), *more]
    store.write(CommitBuilder(store.head).enter(events))
    store.close()


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


@pytest.mark.parametrize(("lang", "words"), [("ko", "실시간 등록을 기다립니다"), ("en", "waiting for registrations")])
def test_one_line_on_stdout_tells_the_addresses(shell: Shell, lang: str, words: str) -> None:
    journal(Path("day.db"))
    said = shell("replay", "day.db", *ANY, "--duration", "10ms", "--lang", lang)
    assert said.code == 0
    (addresses,) = said.lines
    assert addresses["websocket"].startswith("ws://127.0.0.1:")
    assert addresses["rest"].startswith("http://127.0.0.1:")
    assert words in said.err
    assert "2026-11-22 09:00:00" in said.err
    assert "10:00:00" in said.err


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE mine (id)")
    db.close()


def newer(path: Path) -> None:
    journal(path)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()


@pytest.mark.parametrize(
    ("make", "korean", "english"),
    [
        (lambda _: None, "그런 파일이 없습니다", "no such file"),
        (lambda path: path.write_text("not a journal\n" * 99), "기록 파일이 아닙니다", "not a jogeon journal"),
        (lambda path: path.write_bytes(b""), "기록된 것이 없습니다", "nothing was recorded"),
        (foreign, "건드리지 않았습니다", "left untouched"),
        (newer, "더 새로운 jogeon", "newer jogeon"),
        (lambda path: Store.open(path).close(), "기록된 것이 없습니다", "nothing was recorded"),
    ],
    ids=["missing", "no journal", "an empty file", "foreign", "newer", "empty"],
)
def test_a_file_that_cannot_be_replayed(shell: Shell, make: object, korean: str, english: str) -> None:
    assert callable(make)
    make(Path("day.db"))
    for lang, words in (("ko", korean), ("en", english)):
        said = shell("replay", "day.db", *ANY, "--lang", lang)
        assert said.code == 1
        assert words in said.err
        assert "day.db" in said.err
        assert said.out == ""


@pytest.mark.parametrize(
    "wrong",
    [
        ("--from", "9 o'clock"), ("--until", "25:00"), ("--from", "10:00", "--until", "09:00"), ("--day", "yesterday"),
        ("--speed", "0"), ("--speed", "fast"), ("",), ("--from", "11:00"), ("--day", "2026-11-23"),
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_wrong_options_are_usage_errors(shell: Shell, wrong: tuple[str, ...], lang: str) -> None:
    journal(Path("day.db"))
    said = shell("replay", "day.db", *ANY, *wrong, "--lang", lang)
    assert said.code == 2
    assert said.err
    assert said.out == ""


def test_several_days_have_to_be_told_apart() -> None:
    journal(Path("days.db"), State(NINE_NS + 24 * HOUR_NS, "connected"))
    with pytest.raises(click.BadParameter, match="2026-11-22, 2026-11-23"):
        recording_of(Path("days.db"), Stretch(None, time(9)), Texts("en"))
    recording_of(Path("days.db"), Stretch(date(2026, 11, 22), time(9)), Texts("en")).close()
    recording_of(Path("days.db"), Stretch(), Texts("en")).close()


def test_a_moment_names_the_day() -> None:
    nine = datetime(2026, 11, 22, 9, tzinfo=KST)
    assert day_and_times(None, nine, time(10), Texts("en")) == Stretch(nine.date(), time(9), time(10))
    with pytest.raises(click.BadParameter, match="different days"):
        day_and_times(date(2026, 11, 23), nine, None, Texts("en"))


def test_the_journal_is_named_with_an_option_as_well(shell: Shell) -> None:
    journal(Path("day-2026-11-22.db"))
    for named in (
        ("--journal", "day-2026-11-22.db"),
        ("--journal=day-{date}.db",),
        ("day-{date}.db", "--day", "20261122"),
    ):
        assert shell("replay", *named, *ANY, "--duration", "10ms").code == 0
    said = shell("replay", "day-2026-11-22.db", "--journal", "other.db", *ANY, "--lang", "en")
    assert said.code == 2
    assert "one journal" in said.err


def test_speeds() -> None:
    assert (pace("60"), pace("max"), pace("0.5")) == (60.0, float("inf"), 0.5)
