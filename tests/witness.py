"""A process that records, seen from outside: what it printed, what it reported as durable, what its file holds."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from jogeon.cli.showing.json_lines import event_line
from jogeon.events import Event, Gap, Snapshot
from jogeon.journal.reading import open_reader, read_conditions, read_rows
from jogeon.journal.schema import COLUMNS, event_of
from judge import Fold

SRC = Path(__file__).parent.parent / "src"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(SRC), "JOGEON_TOKEN": "demo", "PYTHONUNBUFFERED": "1"}
PATIENCE = 30.0
"""Seconds in which anything that is waited for must have come, on a busy machine."""
CHILD = """
import os, sys
from jogeon.cli import main
from jogeon.journal.writer import Journal
succeed = Journal._succeed
def reported(journal, commit):
    succeed(journal, commit)
    os.write({report}, b"%d %d\\n" % commit.last)
Journal._succeed = reported
sys.exit(main())
"""
"""The command, with a report of what is committed."""


class Failed(Exception):
    """A check that failed, in a sentence."""


def until(what: str, reached: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for something that must come."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            raise Failed(f"not within {seconds:g} s: {what}")
        time.sleep(0.005)


# ---------------------------------------------------------------- processes


@contextlib.contextmanager
def simulator(speed: float) -> Iterator[str]:
    """Run a simulator; yields its address."""
    options = ["simulate", "--port=0", "--rest-port=0", f"--speed={speed}"]
    command = [sys.executable, "-m", "jogeon", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENVIRONMENT) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())["websocket"]
        finally:
            process.kill()


class Run:
    """One process that records; `lines` are what it printed, `committed` what it last reported as durable."""

    def __init__(self, path: Path, server: str, command: str = "record") -> None:
        self.path = path
        self.lines: list[bytes] = []
        self.said: list[bytes] = []
        self.committed = (0, 0)
        reading, report = os.pipe()
        options = [command, "--all", f"--journal={path}", f"--server={server}", "--json", "--lang=en"]
        words = [sys.executable, "-c", CHILD.format(report=report), *options]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, stdout=pipe, stderr=pipe, pass_fds=[report], env=ENVIRONMENT)
        os.close(report)
        assert self.process.stdout
        assert self.process.stderr
        self._threads = [
            threading.Thread(target=lambda stream=stream, take=take: [take(line) for line in stream], daemon=True)
            for stream, take in (
                (self.process.stdout, self.lines.append),
                (self.process.stderr, self.said.append),
                (os.fdopen(reading, "rb"), self._report),  # its thread reads it to the end
            )
        ]
        for thread in self._threads:
            thread.start()

    @property
    def wal(self) -> Path:
        """What SQLite keeps beside the journal."""
        return self.path.with_name(f"{self.path.name}-wal")

    def _report(self, line: bytes) -> None:
        if line.endswith(b"\n"):
            epoch, n = line.split()
            self.committed = (int(epoch), int(n))

    def commits(self, more: int) -> None:
        """Wait until so many events more are committed."""
        epoch, n = self.committed
        until(f"{more} more events committed", lambda: self.committed >= (max(epoch, 1), n + more) or self._over())

    def goes_on(self, more: int = 100) -> None:
        """See that the watch goes on, whatever becomes of the journal."""
        before = len(self.lines)
        until("the watch goes on", lambda: len(self.lines) >= before + more or self._over())

    def says(self, text: str, since: int = 0) -> None:
        """Wait until it tells something on standard error."""
        try:
            until(f"told: {text}", lambda: any(text.encode() in line for line in self.said[since:]) or self._over())
        except Failed as failed:
            raise Failed(f"{failed}; told was: {b''.join(self.said[since:]).decode() or 'nothing'}") from None

    def _over(self) -> bool:
        if self.process.poll() is not None:
            raise Failed(f"it ended with {self.process.returncode}: {b' '.join(self.said[-3:]).decode()}")
        return False

    def end(self, number: int) -> int:
        """Send a signal, read what was still said, and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        if any(b"Traceback" in line for line in self.said):
            raise Failed(f"a traceback: {b''.join(self.said[-3:]).decode()}")
        return code


@contextlib.contextmanager
def recording(path: Path, server: str, command: str = "record") -> Iterator[Run]:
    """Record, well under way; the process ends with the context."""
    run = Run(path, server, command)
    try:
        run.commits(100)
        until("its first line", lambda: bool(run.lines))
        yield run
    finally:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()


# ---------------------------------------------------------------- judging a file


class Found(NamedTuple):
    """What is in a file."""

    epochs: dict[int, list[Event]]
    wrong: list[str]


def read(path: Path) -> Found:
    """Read a journal in full; a number is missing if the ids have a hole."""
    with contextlib.closing(open_reader(path)) as db:
        sound = [text for (text,) in db.execute("PRAGMA integrity_check")]
        wrong = [] if sound == ["ok"] else [f"integrity_check: {sound[0]}"]
        conditions = read_conditions(db)
        firsts = dict(db.execute("SELECT first, epoch FROM epochs").fetchall())
        epochs: dict[int, list[Event]] = {epoch: [] for epoch in firsts.values()}
        epoch, expected = 0, 1
        for number, *row in read_rows(db, COLUMNS, 0, 2**62):
            epoch = firsts.get(number, epoch)
            if number != expected:
                wrong.append(f"a hole before id {number}")
            expected = number + 1
            epochs.setdefault(epoch, []).append(event_of(tuple(row), conditions))
    fold = Fold()
    try:
        for events in epochs.values():
            for event in events:
                fold.take(event)
    except AssertionError as error:
        wrong.append(str(error))
    return Found(epochs, [*wrong, *starts(epochs)])


def starts(epochs: dict[int, list[Event]]) -> list[str]:
    """Return which start wrote no gap for a condition that was known."""
    wrong = []
    known: set[str] = set()
    for epoch, events in epochs.items():
        met: set[str] = set()
        for event in events:
            name = event.condition.name if isinstance(event, Gap | Snapshot) else None
            if name is not None and name not in met:
                met.add(name)
                if name in known and not (isinstance(event, Gap) and event.cause == "restart"):
                    wrong.append(f"epoch {epoch} begins {name} without a gap")
        known |= met
    return wrong


def _nameless(line: bytes) -> dict[str, Any]:
    """Return an event without the names of stocks: a journal knows those that were learned after it was printed."""
    fields: dict[str, Any] = json.loads(line)
    return {key: value for key, value in fields.items() if key not in ("name", "names")}


def judge(run: Run, found: Found, *, whole: bool) -> list[str]:
    """Hold a file against what its process reported and printed; `whole` if it had time to end."""
    epoch, n = run.committed
    events = found.epochs.get(epoch, [])
    wrong = list(found.wrong)
    if len(events) < n:
        wrong.append(f"{n} events of epoch {epoch} were reported, {len(events)} are there")
    written = [_nameless(event_line(event)) for event in events]
    printed = [_nameless(line) for line in run.lines if line.endswith(b"\n")]
    same = len(written) if whole else min(len(written), len(printed))
    if written[:same] != printed[: max(same, len(printed) if whole else 0)]:
        place = next((i for i, (a, b) in enumerate(zip(written, printed, strict=False), 1) if a != b), "its end")
        wrong.append(f"what is written and what was printed differ at {place} ({len(written)}, {len(printed)})")
    return wrong
