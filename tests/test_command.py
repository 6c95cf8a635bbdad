"""A command of the user's: a real process, JSON on its standard input, never a shell."""

import json
import sys
from pathlib import Path

import pytest

from jogeon.alerts.command import Command
from jogeon.alerts.outbox import Message
from jogeon.alerts.targets import Later, Refused, Sent
from jogeon.alerts.webhook import as_object
from jogeon.reports import Report
from test_outbox import row

KEEP = "import sys; open(sys.argv[1], 'w', encoding='utf-8').write(sys.stdin.buffer.read().decode('utf-8'))"


async def test_it_gets_the_alert_on_its_standard_input(tmp_path: Path) -> None:
    kept = tmp_path / "$(whoami) 알림.json"
    assert await Command((sys.executable, "-c", KEEP, str(kept))).send(Message((row(7),), "가")) == Sent()
    assert json.loads(kept.read_text("utf-8")) == as_object(row(7))


async def test_what_it_shows_on_a_terminal_does_not_steer_that(tmp_path: Path) -> None:
    kept, named = tmp_path / "kept", row(rule="급등\x9b2J\u202e\u3164주")
    assert await Command((sys.executable, "-c", KEEP, str(kept))).send(Message((named,), "가")) == Sent()
    text = kept.read_text("utf-8")
    assert text.removesuffix("\n").isprintable()
    assert "\u3164" not in text
    assert json.loads(text) == as_object(named)


async def test_one_that_does_not_read_is_fine() -> None:
    assert await Command((sys.executable, "-c", "")).send(Message((row(text="가" * 100_000),), "가")) == Sent()


async def test_another_exit_code_is_tried_again() -> None:
    outcome = await Command((sys.executable, "-c", "exit(3)")).send(Message((row(),), "가"))
    assert outcome == Later(Report("exit code", number=3))


@pytest.mark.parametrize("argv", [("no-such-program-of-anybody",), ("a\0b",)])
async def test_one_that_is_not_there(argv: tuple[str, ...]) -> None:
    assert isinstance(await Command(argv).send(Message((row(),), "가")), Refused)


async def test_one_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.alerts.command.PATIENCE", 0.3)
    outcome = await Command((sys.executable, "-c", "import time; time.sleep(60)")).send(Message((row(),), "가"))
    assert isinstance(outcome, Later)
