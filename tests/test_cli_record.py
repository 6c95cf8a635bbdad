"""`jogeon record` against the simulator: what is kept, and when it ends."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, time
from typing import TYPE_CHECKING

import pytest

from jogeon.cli.record import next_time
from jogeon.events import KST, Gap, Snapshot
from jogeon.history import History

if TYPE_CHECKING:
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


def test_a_copy_of_the_day_and_the_days_to_keep(tmp_path: Path) -> None:
    (tmp_path / "signals-2020-01-01.journal").touch()
    name, copies = str(tmp_path / "signals-{date}.journal"), str(tmp_path / "copies")
    done = record("급등주", "--journal", name, "--duration", "1s", "--keep", "90d", "--copy", copies)
    assert done.returncode == 0
    assert not (tmp_path / "signals-2020-01-01.journal").exists()
    assert len(list((tmp_path / "copies").iterdir())) == 1


def test_a_file_that_is_no_journal_is_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n" * 1000)
    done = record("급등주", "--journal", str(path), "--duration", "1s")
    kept = [each for each in tmp_path.iterdir() if each.read_bytes().startswith(b"my notes")]
    assert kept
    assert "Traceback" not in done.stderr


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
