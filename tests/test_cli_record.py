"""`jogeon record` against the simulator: what is kept, and when it ends."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time as clock
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

import jogeon
from cli_conversation import Shell
from jogeon.cli.arguments.choices import Choices
from jogeon.cli.running import recorder as recorder_module
from jogeon.cli.running.follow import first_of
from jogeon.cli.running.recorder import Recorder, next_time
from jogeon.cli.texts import Texts
from jogeon.events import KST, Enter, Event, Gap, Leave, Snapshot, State, korean
from jogeon.journal.history import History
from jogeon.simulator.simulator import Simulator
from jogeon.testing import Broker

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path


def record(*argv: str, server: str = "demo") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jogeon", "record", "--server", server, "--lang", "en", *argv]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30, encoding="utf-8")


def test_a_second_run_goes_on_behind_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "signals.journal"
    for _ in range(2):
        done = record("--all", "--journal", str(path), "--duration", "1s")
        assert (done.returncode, done.stdout) == (0, "")
        assert str(path) in done.stderr
    with History(path) as history:
        events = [event for _, _, event in history.events()]
    gaps = [event for event in events if isinstance(event, Gap)]
    assert {gap.cause for gap in gaps} == {"restart"}
    assert len(gaps) == len({event.condition for event in events if isinstance(event, Snapshot)})


def test_each_day_has_a_file(tmp_path: Path) -> None:
    done = record("급등주", "--journal", str(tmp_path / "signals-{date}.journal"), "--duration", "500ms", "--json")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].startswith('{"event":"state","state":"started"')
    names = {path.name for path in tmp_path.iterdir() if path.suffix == ".journal"}
    assert names == {f"signals-{datetime.now(KST):%Y-%m-%d}.journal"}


class Midnight:
    """A recording whose clock stands shortly before midnight until it is moved on."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], server: str = "demo") -> None:
        choices = Choices(Texts("en"), jogeon.connect, server=server, json=True)
        self.recorder = Recorder(choices, ("급등주",), "K", str(folder / "{date}.journal"), frames=False)
        self.recorder.clock = lambda: self.now
        self.now = datetime(2026, 11, 22, 23, 59, 59, tzinfo=KST)
        self._capsys = capsys
        self._said = ""

    async def said(self, text: str) -> None:
        """Wait until it was said."""
        while text not in self._said:
            await asyncio.sleep(0.01)
            self._said += self._capsys.readouterr().err

    async def run(self, what_it_says: str, longer: float = 0.0) -> None:
        """Record over midnight until this is said, too, and some seconds longer."""
        running = asyncio.create_task(self.recorder.run(None))
        await self.said("2026-11-22.journal")
        await asyncio.sleep(0.3)  # some stocks come and go
        self.now += timedelta(seconds=2)
        await self.said(what_it_says)
        await asyncio.sleep(longer)
        running.cancel()
        await asyncio.wait({running})


def recorded(path: Path) -> list[Event]:
    with History(path) as history:
        return [event for _, _, event in history.events()]


async def test_the_next_day_begins_with_what_the_day_before_ended_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recorder_module, "LOOK", 0.05)
    await Midnight(tmp_path, capsys).run("recording: " + str(tmp_path / "2026-11-23.journal"))
    before, after = (recorded(tmp_path / f"2026-11-{day}.journal") for day in (22, 23))
    assert isinstance(before[-1], State)
    assert before[-1].state == "ended"
    first = next(event for event in after if isinstance(event, Snapshot))
    members = set[str]()
    for event in before:
        match event:
            case Snapshot(codes=codes):
                members = set(codes)
            case Enter(code=code) if event.at_ns <= first.at_ns:
                members.add(code)
            case Leave(code=code) if event.at_ns <= first.at_ns:
                members.discard(code)
    assert members == set(first.codes)
    assert not [event for event in (*before, *after) if isinstance(event, Gap)]


async def test_what_comes_while_one_day_gives_way_to_the_next_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def slow(*works: Coroutine[Any, Any, object]) -> None:
        await first_of(*works)
        await asyncio.sleep(0.5)  # as on a busy machine; stocks come and go

    monkeypatch.setattr(recorder_module, "LOOK", 0.05)
    monkeypatch.setattr(recorder_module, "first_of", slow)
    async with Simulator(speed=400, rest_port=None) as market:
        midnight = Midnight(tmp_path, capsys, market.websocket)
        await midnight.run("recording: " + str(tmp_path / "2026-11-23.journal"), longer=1.0)
    before, after = (recorded(tmp_path / f"2026-11-{day}.journal") for day in (22, 23))
    changes = [[event for event in day if isinstance(event, Enter | Leave)] for day in (before, after)]
    assert all(changes)
    assert max(event.at_ns for event in changes[0]) <= min(event.at_ns for event in changes[1])


async def test_a_day_whose_file_cannot_be_begun_goes_on_in_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recorder_module, "LOOK", 0.05)
    (tmp_path / "2026-11-23.journal").mkdir()
    await Midnight(tmp_path, capsys).run("2026-11-23.journal")
    last = recorded(tmp_path / "2026-11-22.journal")[-1]
    assert isinstance(last, State)
    assert last.state == "ended"


def test_copies_go_into_a_folder_and_over_no_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    said = Shell(capfd)("record", "--all", "--copy", str(tmp_path / "notes.txt"), "--lang", "en")
    assert said.code == 2
    assert "is a file; name a folder" in said.err


def test_a_copy_of_the_day_and_the_days_to_keep(tmp_path: Path) -> None:
    (tmp_path / "signals-2020-01-01.journal").touch()
    name, copies = str(tmp_path / "signals-{date}.journal"), tmp_path / "copies"
    argv = ["record", "급등주", "--server", "demo", "--journal", name, "--keep", "90d", "--copy", str(copies)]
    with subprocess.Popen([sys.executable, "-m", "jogeon", *argv], stderr=subprocess.DEVNULL) as recording:
        while not list(copies.glob("*.journal")):
            assert recording.poll() is None
            clock.sleep(0.02)
        recording.terminate()
    assert not (tmp_path / "signals-2020-01-01.journal").exists()
    assert len(list(copies.iterdir())) == 1


def test_a_file_that_is_no_journal_is_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n" * 1000)
    for named in (path, tmp_path / "{date}.txt"):
        named.with_name(f"{datetime.now(KST):%Y-%m-%d}.txt").write_text("my notes\n" * 1000)
        before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
        done = record("급등주", "--journal", str(named), "--duration", "1s")
        assert done.returncode == 1
        assert "left untouched" in done.stderr
        assert "recorded" not in done.stderr  # nobody logged in for it
        assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    "argv",
    [(), ("급등주", "--all"), ("급등주", "--until", "25:00"), ("급등주", "--until", "x"), ("급등주", "--keep", "0d")],
)
def test_misuse_is_told(argv: tuple[str, ...]) -> None:
    done = record(*argv)
    assert done.returncode == 2
    assert "jogeon record" in done.stderr


def test_until_is_today_or_tomorrow() -> None:
    noon = datetime(2026, 11, 22, 12, 0, 30, tzinfo=KST)
    assert next_time(time(15, 40), noon) == datetime(2026, 11, 22, 15, 40, tzinfo=KST)
    assert next_time(time(9, 0), noon) == datetime(2026, 11, 23, 9, 0, tzinfo=KST)


def test_the_end_says_how_many_entered_and_how_many_left(tmp_path: Path) -> None:
    with Broker({"급등주": ["000010"]}) as broker, ThreadPoolExecutor() as beside:
        options = ("급등주", "--journal", str(tmp_path / "x.journal"), "--duration", "3s")
        recording = beside.submit(record, *options, server=broker.url)
        broker.registered("급등주").wait()
        for code in ("000020", "000030", "000040"):
            broker.enter("급등주", code)
        broker.leave("급등주", "000010")
        assert "recorded: 3 enters, 1 leave, 0 gaps" in recording.result().stderr


TIMED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ")


def test_what_it_tells_has_its_time(tmp_path: Path) -> None:
    done = record("--all", "--journal", str(tmp_path / "a.journal"), "--duration", "500ms")
    first, *_, last = told = done.stderr.splitlines()
    assert "recording: " in first
    assert "recorded: " in last
    assert all(map(TIMED.match, told))


def test_an_until_that_has_passed_means_tomorrow_and_is_said(tmp_path: Path) -> None:
    past = datetime.now(KST) - timedelta(minutes=1)
    argv = ["--until", f"{past:%H:%M:%S}", "--duration", "300ms", "--journal", str(tmp_path / "a.journal")]
    done = record("급등주", *argv)
    assert done.returncode == 0
    assert f"{past:%H:%M:%S} has passed: recording until {past + timedelta(days=1):%Y-%m-%d %H:%M:%S}" in done.stderr


def test_what_ends_by_an_error_is_not_told_as_done(tmp_path: Path) -> None:
    async def session() -> str:
        async with Broker({"급등주": ["005930"]}) as broker:
            argv = ["급등주", "--server", broker.url, "--lang", "en", "--journal", str(tmp_path / "a.journal")]
            recording = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "jogeon", "record", *argv, stderr=subprocess.PIPE
            )
            assert recording.stderr is not None
            first = await recording.stderr.readline()
            broker.system("R10001", "동일한 App key로 접속이 되었습니다.")
            rest = await recording.stderr.read()
            assert await recording.wait() == 6
            return (first + rest).decode()

    told = asyncio.run(session())
    assert "recorded:" not in told
    assert "cut short" in told


def test_of_two_ends_the_earlier_one_counts(tmp_path: Path) -> None:
    later = datetime.now(KST) + timedelta(hours=1)
    ends = ("--duration", "500ms", "--until", f"{later:%H:%M:%S}")
    assert record("급등주", "--journal", str(tmp_path / "x.journal"), *ends).returncode == 0


def test_the_next_midnight_is_never_that_of_now() -> None:
    midnight = datetime(2026, 11, 22, tzinfo=KST)
    assert next_time(time(), midnight) == datetime(2026, 11, 23, tzinfo=KST)


async def test_what_a_reader_has_still_to_read_is_kept_for_twice_as_long(tmp_path: Path) -> None:
    class Journal:
        path = tmp_path / "x.journal"
        kept: asyncio.Queue[tuple[int, int]] = asyncio.Queue()

        def prune(self, before_ns: int, held_ns: int) -> None:
            self.kept.put_nowait((before_ns, held_ns))

    choices = Choices(Texts("en"), jogeon.connect, server="demo")
    recorder = Recorder(choices, (), "K", str(Journal.path), frames=False)
    recorder.clock = lambda: datetime(2026, 11, 22, 12, tzinfo=KST)
    recorder.keep = timedelta(days=3)
    watch = cast("jogeon.Watch", SimpleNamespace(journal=Journal()))
    keeping = asyncio.create_task(recorder._keep_house(watch))
    kept = [korean(moment_ns) for moment_ns in await Journal.kept.get()]
    keeping.cancel()
    await asyncio.wait({keeping})
    assert kept == [datetime(2026, 11, 19, 12, tzinfo=KST), datetime(2026, 11, 16, 12, tzinfo=KST)]
