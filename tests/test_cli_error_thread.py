"""Notices on standard error: in order, never waited for by a loop, and counted where a stalled reader missed them."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from jogeon.cli.showing import error_thread as module
from jogeon.cli.showing.error_thread import ROOM, Notices

if TYPE_CHECKING:
    from collections.abc import Iterator


class Pipe:
    """A standard error that a test reads, or not."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self.reader, self.writer = os.fdopen(reading, "rb", 0), os.fdopen(writing, "w", encoding="utf-8")

    def read_until(self, end: bytes) -> str:
        text = b""
        while not text.endswith(end):
            text += self.reader.read(65_536)
        return text.decode()


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.reader.close()
    made.writer.close()


def lost(count: int) -> str:
    return f"({count} lost)"


def test_closed_it_writes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = io.StringIO()
    monkeypatch.setattr(sys, "stderr", memory)
    Notices().put("a notice\n")
    assert memory.getvalue() == "a notice\n"
    monkeypatch.setattr(sys, "stderr", None)
    Notices().put("nobody hears it")


def test_what_was_put_outside_of_a_loop_is_written_when_that_returns(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", pipe.writer)
    notices = Notices()
    with notices.opened(lost):
        notices.put("알림\n")
        os.set_blocking(pipe.reader.fileno(), False)
        assert pipe.reader.read() == "알림\n".encode()


async def test_nobody_waits_while_a_loop_runs_and_what_was_missed_is_counted(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", pipe.writer)
    notices = Notices()
    with notices.opened(lost):
        with notices.aside():
            for number in range(20_000):  # far more than the pipe takes
                notices.put(f"notice {number:05}\n")
            await asyncio.sleep(0)
            reading = asyncio.create_task(asyncio.to_thread(pipe.read_until, b"notice 19999\n"))
        lines = (await reading).splitlines()
    missed = 0
    expected = 0
    for line in lines:
        if line.endswith("lost)"):
            missed += int(line.strip("(lost) "))
            expected += int(line.strip("(lost) "))
        else:
            assert line == f"notice {expected:05}"
            expected += 1
    assert missed > 0
    assert expected == 20_000


def test_a_pipe_that_takes_nothing_keeps_no_command_from_ending(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", pipe.writer)
    monkeypatch.setattr(module, "PATIENCE", 0.02)
    notices = Notices()
    with notices.opened(lost):
        for _ in range(20):
            notices.put("x" * ROOM + "\n")
    pipe.reader.close()  # which frees the thread


def test_a_reader_who_has_gone_harms_nobody(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", pipe.writer)
    pipe.reader.close()
    notices = Notices()
    with notices.opened(lost):
        notices.put("nobody hears it\n")


def test_without_a_standard_error_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    notices = Notices()
    with notices.opened(lost), notices.aside():
        notices.put("nobody hears it\n")
