"""`jogeon history position` and `history events --after`: the numbered stream of a journal for other programs."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from cli_conversation import Shell
from jogeon.events import Condition, Enter, Leave, Snapshot, State
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.store import Store
from recorded import SECOND, START_NS, write

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.events import Event

RISE, HIGH = Condition("4", "급등주"), Condition("1", "신고가 돌파")


@pytest.fixture(autouse=True)
def _many_checkpoints(monkeypatch: pytest.MonkeyPatch, spared_disk: None) -> None:
    monkeypatch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 2)


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def flips(count: int, start_ns: int = START_NS, condition: Condition = RISE) -> list[list[Event]]:
    return [[(Leave if n % 2 else Enter)(start_ns + n * SECOND, condition, "005930")] for n in range(count)]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Two epochs: four events, then six."""
    path = tmp_path / "day.journal"
    write(path, [State(START_NS, "started")], [Snapshot(START_NS, RISE, ())], *flips(2))
    write(path, *flips(4), [Snapshot(START_NS, HIGH, ())], *flips(1, condition=HIGH))
    return path


def identity(shell: Shell, journal: Path) -> str:
    [line] = shell("history", "position", "--journal", str(journal), "--json").lines
    assert (line["epoch"], line["n"], line["first"]) == (2, 6, "1:1")
    return str(line["journal"])


def after(shell: Shell, journal: Path, *argv: str) -> list[str]:
    lines = shell("history", "events", "--journal", str(journal), "--json", *argv).lines
    return [f"{line['epoch']}:{line['n']}" for line in lines]


def test_the_position_of_a_journal(shell: Shell, journal: Path) -> None:
    assert len(bytes.fromhex(identity(shell, journal))) == 8
    said = shell("history", "position", "--journal", str(journal), "--csv")
    assert said.out.splitlines()[1].endswith(",2,6,1:1")


def test_what_comes_behind_a_position(shell: Shell, journal: Path) -> None:
    every = [f"1:{n}" for n in range(1, 5)] + [f"2:{n}" for n in range(1, 7)]
    assert after(shell, journal, "--after", "0:0") == every
    assert after(shell, journal, "--after", "1:3") == every[3:]
    assert after(shell, journal, "--after", f"{identity(shell, journal)}:2:5") == ["2:6"]
    assert after(shell, journal, "--after", "2:6") == []
    assert after(shell, journal, "--after", "1:2", "--count", "3") == every[2:5]
    assert after(shell, journal, "--count", "2") == every[:2]


def test_events_behind_a_position_can_be_chosen(shell: Shell, journal: Path) -> None:
    assert after(shell, journal, "--after", "0:0", "--condition", "신고가 돌파") == ["2:5", "2:6"]
    assert after(shell, journal, "--after", "1:2", "--condition", "4", "--kind", "enter") == ["1:3", "2:1", "2:3"]
    assert after(shell, journal, "--after", "1:2", "--code", "005930", "--count", "2") == ["1:3", "1:4"]
    unknown = shell("history", "events", "--journal", str(journal), "--after", "0:0", "--condition", "없음")
    assert unknown.code == 4


@pytest.mark.parametrize("place", ["2:7", "3:1", "0011001100110011:2:5"])
def test_a_position_that_the_journal_never_had_is_refused(shell: Shell, journal: Path, place: str) -> None:
    for lang, words in (("ko", "이 위치에서 이어 읽을 수 없습니다"), ("en", "cannot be read on from")):
        said = shell("history", "events", "--journal", str(journal), "--after", place, "--lang", lang)
        assert (said.code, said.out) == (4, "")
        assert words in said.err


def test_what_was_deleted_is_told_first(shell: Shell, journal: Path) -> None:
    write(journal, *flips(3, START_NS + 100 * SECOND))
    opened = Store.open(journal)
    while opened.prune(START_NS + 50 * SECOND):
        pass
    opened.close()
    first, second, *_ = shell("history", "events", "--journal", str(journal), "--json", "--after", "1:2").lines
    assert first == {"event": "pruned", "after": "1:2", "next": f"{second['epoch']}:{second['n']}"}
    [position] = shell("history", "position", "--journal", str(journal), "--json").lines
    assert position["first"] == first["next"]
    said = shell("history", "events", "--journal", str(journal), "--csv", "--after", "1:2", "--lang", "en")
    assert "deleted" in said.err


@pytest.mark.parametrize(
    "argv",
    [
        ("events", "--after", "yesterday"),
        ("events", "--after", "1:1", "--duration", "3s"),
        ("stats", "--after", "1:1"),
        ("position", "--day", "2026-11-22"),
        ("gaps", "--follow"),
    ],
)
def test_what_makes_no_sense_is_refused(shell: Shell, journal: Path, argv: tuple[str, ...]) -> None:
    assert shell("history", *argv, "--journal", str(journal)).code == 2


def test_a_position_is_shown_to_people(shell: Shell, journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.cli.showing.destination.is_seen", lambda _: True)
    said = shell("history", "position", "--journal", str(journal), "--lang", "ko")
    assert said.out.endswith(":2:6 (처음: 1:1)\n")
    lines = shell("history", "events", "--journal", str(journal), "--after", "2:4", "--follow", "--count", "1").out
    assert "신고가 돌파" in lines


def test_an_old_journal_has_no_identity(shell: Shell, tmp_path: Path) -> None:
    from test_migration import OLD

    [line] = shell("history", "position", "--journal", str(OLD), "--json").lines
    assert line == {"journal": None, "epoch": 2, "n": 72, "first": "1:1"}


class Following:
    """`history events --follow` in a process of its own."""

    def __init__(self, journal: Path, *argv: str) -> None:
        command = [sys.executable, "-m", "jogeon", "history", "events", "--journal", str(journal), "--json", "--follow"]
        self._process = subprocess.Popen([*command, *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def line(self) -> str:
        assert self._process.stdout is not None
        line = json.loads(self._process.stdout.readline())
        return f"{line['epoch']}:{line['n']}"

    def has_line(self) -> bool:
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], 0.2)[0])

    def end(self) -> tuple[int, str]:
        _, told = self._process.communicate(timeout=20)
        return self._process.returncode, told


def test_what_is_committed_is_told_at_once_also_by_the_next_writer(journal: Path) -> None:
    following = Following(journal, "--after", "2:5", "--count", "6")
    assert following.line() == "2:6"
    for epoch in (3, 4):
        opened = Store.open(journal)
        builder = CommitBuilder(opened.head)
        for n, block in enumerate(flips(2), start=1):
            begun = time.monotonic()
            opened.write(builder.enter(block))
            builder.settle()
            assert following.line() == f"{epoch}:{n}"
            assert time.monotonic() - begun < 1
        opened.close()
    write(journal, *flips(1))
    assert following.line() == "5:1"
    assert following.end() == (0, "")


def test_without_a_position_it_begins_at_the_end(journal: Path) -> None:
    following = Following(journal, "--count", "1")
    epoch = 2
    while not following.has_line():  # whichever is the first after it began, and none of what was there
        epoch += 1
        write(journal, *flips(1))
    assert following.line() in {f"{each}:1" for each in range(3, epoch + 1)}
    assert following.end() == (0, "")


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_deleted_or_replaced_ends_it(journal: Path, tmp_path: Path, replaced: bool) -> None:
    following = Following(journal, "--after", "2:5", "--lang", "en")
    assert following.line() == "2:6"
    if replaced:
        write(tmp_path / "other", *flips(20))
        (tmp_path / "other").replace(journal)
    else:
        journal.unlink()
    code, told = following.end()
    assert code == 4
    assert ("another journal" if replaced else "deleted or moved") in told
