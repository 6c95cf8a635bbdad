"""What may happen to a journal, done to real files of real processes: faults of a disk, foreign hands, `kill -9`.

    python bench/harm.py [--kills 200] [--only WORD …] [--speed 400]

A `jogeon record` or `jogeon watch` of a simulator meets one harm after the other. After each: all that its process
reported as committed is in the file, numbered without a hole, in the words of its JSON lines; the file passes
`integrity_check`; the lines went on meanwhile; what was wrong was told and was over when its cause was; the next start
wrote the gap. Exits 1 if anything of that fails. What needs root on Linux is left out elsewhere, with a sentence.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE.parent / "tests")]

from jogeon.cli.lines import event_line
from jogeon.events import Event, Gap, Snapshot
from jogeon.rows import COLUMNS, event_of
from jogeon.store import open_reader, read_conditions, read_rows
from judge import Fold

ENVIRONMENT = os.environ | {"PYTHONPATH": str(HERE.parent / "src"), "JOGEON_TOKEN": "demo", "PYTHONUNBUFFERED": "1"}
PATIENCE = 30.0
"""Seconds in which anything that is waited for must have come, on a busy machine."""
ROOT = sys.platform == "linux" and os.geteuid() == 0
SIZE = 16 * 2**20
"""Bytes of the small disk."""
CHILD = """
import os, sys
from jogeon.cli import main
from jogeon.journal import Journal
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
        assert self.process.stdout and self.process.stderr
        self._threads = [
            threading.Thread(target=lambda stream=stream, take=take: [take(line) for line in stream], daemon=True)  # type: ignore[misc]  # a lambda's default
            for stream, take in (
                (self.process.stdout, self.lines.append),
                (self.process.stderr, self.said.append),
                (open(reading, "rb"), self._report),  # noqa: SIM115  # its thread reads it to the end
            )
        ]
        for thread in self._threads:
            thread.start()

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


def judge(run: Run, found: Found, *, whole: bool) -> list[str]:
    """Hold a file against what its process reported and printed; `whole` if it had time to end."""
    epoch, n = run.committed
    events = found.epochs.get(epoch, [])
    wrong = list(found.wrong)
    if len(events) < n:
        wrong.append(f"{n} events of epoch {epoch} were reported, {len(events)} are there")
    written = [event_line(event) for event in events]
    printed = [line for line in run.lines if line.endswith(b"\n")]
    same = len(written) if whole else min(len(written), len(printed))
    if written[:same] != printed[: max(same, len(printed) if whole else 0)]:
        place = next((i for i, (a, b) in enumerate(zip(written, printed, strict=False), 1) if a != b), "its end")
        wrong.append(f"what is written and what was printed differ at {place} ({len(written)}, {len(printed)})")
    return wrong


# ---------------------------------------------------------------- one harm


class Place(NamedTuple):
    """Where a harm is done."""

    folder: Path
    server: str
    command: str

    @property
    def path(self) -> Path:
        """The journal."""
        return self.folder / "signals.journal"

    @property
    def wal(self) -> Path:
        """What SQLite keeps beside it."""
        return self.folder / "signals.journal-wal"


Harm = Callable[[Place, Run], "Callable[[], None] | None"]


def met(place: Place, harm: Harm, meaning: str | None, *, again: str = "the journal is written again") -> list[str]:
    """Do a harm to a process that records, end its cause, and judge what is left; then start again.

    `meaning` is in what is told of it; None if the file may be whole again before anybody could notice.
    """
    with recording(place.path, place.server, place.command) as run:
        said = len(run.said)
        undo = harm(place, run)
        if meaning is not None:
            run.says(meaning, said)
        run.goes_on()
        if undo is not None:
            committed = run.committed
            run.goes_on()
            if run.committed > (committed[0], committed[1] + 100):
                raise Failed("it was told that nothing can be written, and it was")
            undo()
            run.says(again, said)
        run.commits(100)
        code = run.end(signal.SIGINT)
        wrong = judge(run, read(place.path), whole=True)
    return [*wrong, *([] if code == 130 else [f"exit code {code}"]), *restarted(place)]


def restarted(place: Place) -> list[str]:
    """Start again: it must go on from the file, behind a gap."""
    before = read(place.path).epochs
    with recording(place.path, place.server) as run:
        run.end(signal.SIGINT)
        found = read(place.path)
        wrong = judge(run, found, whole=True)
    if len(found.epochs) != len(before) + 1 or any(found.epochs[epoch] != before[epoch] for epoch in before):
        wrong.append("the next start did not go on from what was there")
    return wrong


# ---------------------------------------------------------------- the harms


def full(place: Place, run: Run) -> Callable[[], None]:
    """Fill the disk."""
    filler = place.folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler.unlink


def covered(place: Place, run: Run) -> Callable[[], None]:
    """Let a read-only disk take the place of the folder, as a share does that comes back wrong."""
    mount("-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", place.folder)
    return lambda: unmount(place.folder)


def limited(place: Place, run: Run) -> Callable[[], None]:
    """Let every write to a file fail, as a broken disk does."""
    import resource

    before = resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    return lambda: resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, before) and None


def locked(place: Place, run: Run) -> Callable[[], None]:
    """Lock the file as another program does."""
    db = sqlite3.connect(place.path, isolation_level=None, timeout=PATIENCE)
    db.execute("BEGIN EXCLUSIVE")
    return db.close


def deleted(place: Place, run: Run) -> None:
    """Delete the journal."""
    place.path.unlink()


def moved(place: Place, run: Run) -> None:
    """Move the journal elsewhere."""
    place.path.rename(place.folder / "moved.journal")


def truncated(place: Place, run: Run) -> None:
    """Cut the WAL in the middle."""
    os.truncate(place.wal, place.wal.stat().st_size // 2)


def emptied(place: Place, run: Run) -> None:
    """Empty the WAL."""
    os.truncate(place.wal, 0)


def unlinked(place: Place, run: Run) -> None:
    """Delete the WAL."""
    place.wal.unlink()


def garbled(place: Place, run: Run) -> None:
    """Write garbage over the header; a checkpoint writes the page again as soon as the file has grown."""
    with contextlib.closing(sqlite3.connect(place.path, timeout=PATIENCE)) as db:
        db.execute("PRAGMA wal_checkpoint")
    garble(place.path)


def garble(path: Path) -> None:
    """Overwrite the first hundred bytes of a file."""
    with path.open("r+b") as file:
        file.write(random.Random(1).randbytes(100))


def garbled_while_stopped(place: Place) -> list[str]:
    """Find a header that is garbage at the start: the file is kept as it is, and another is begun."""
    with recording(place.path, place.server) as run:
        run.end(signal.SIGINT)
    garble(place.path)
    content = place.path.read_bytes()
    with recording(place.path, place.server, place.command) as run:
        run.end(signal.SIGINT)
        wrong = judge(run, read(place.path), whole=True)
    aside = [each for each in place.folder.glob("*.damaged-*") if each.read_bytes() == content]
    wrong += [] if len(aside) == 1 else ["the damaged file was not kept as it was"]
    wrong += [] if b"set aside" in run.lines[0] else ["it was not told in the first event"]
    return [*wrong, *restarted(place)]


def read_only_at_start(place: Place) -> list[str]:
    """Start on a disk that is mounted read-only, then on the same disk when it is writable again."""
    with recording(place.path, place.server) as run:
        run.end(signal.SIGINT)
    mount("-o", "remount,ro", place.folder)
    try:
        refused = Run(place.path, place.server, place.command)
        code = refused.process.wait(PATIENCE)
        said = b"".join(refused.said).decode()
    finally:
        mount("-o", "remount,rw", place.folder)
    wrong = [] if code == 1 and "Traceback" not in said and said.strip() else [f"exit code {code}: {said}"]
    return [*wrong, *restarted(place)]


def killed(place: Place, times: int) -> list[str]:
    """Kill it at random moments, from its first breath on."""
    chance = random.Random()
    wrong: list[str] = []
    before: dict[int, list[Event]] = {}
    for turn in range(1, times + 1):
        run = Run(place.path, place.server, place.command)
        if chance.random() < 0.8:  # else while it starts
            until("a first commit", lambda run=run: run.committed[1] > 0 or run.process.poll() is not None)  # type: ignore[misc]  # a lambda's default
        time.sleep(chance.uniform(0, 0.5))
        run.end(signal.SIGKILL)
        if not place.path.exists():
            continue
        with contextlib.closing(sqlite3.connect(f"{place.path.as_uri()}?mode=ro", uri=True)) as db:
            if db.execute("PRAGMA user_version").fetchone() == (0,):
                continue  # killed before its tables were made
        found = read(place.path)
        wrong += [f"kill {turn}: {each}" for each in judge(run, found, whole=False)]
        if any(found.epochs.get(epoch) != before[epoch] for epoch in before):
            wrong.append(f"kill {turn}: what was there before is not the same")
        before = found.epochs
    events = sum(map(len, before.values()))
    print(f"    {times} kills, {len(before)} epochs, {events} events", file=sys.stderr)
    return wrong if len(before) > times / 2 else [*wrong, f"only {len(before)} epochs"]


# ---------------------------------------------------------------- all of them


class Case(NamedTuple):
    """A harm in the table."""

    name: str
    check: Callable[[Place], list[str]]
    disk: bool = False
    """Whether it needs a small disk of its own, which only root may have."""


def cases(kills: int) -> list[Case]:
    """Return every harm, in the order of the table."""
    rewritten = "written again in full"

    def of(harm: Harm, meaning: str | None) -> Callable[[Place], list[str]]:
        return lambda place: met(place, harm, meaning)

    return [
        Case("full disk, freed later", of(full, "the disk is full"), disk=True),
        Case("read-only disk at start", read_only_at_start, disk=True),
        Case("read-only disk over the folder", of(covered, "read-only"), disk=True),
        Case("every write fails", of(limited, "the disk reports an error")),
        Case("locked by another program", of(locked, "another program has locked the file")),
        Case("deleted while open", of(deleted, rewritten)),
        Case("moved away", of(moved, rewritten)),
        Case("-wal cut in the middle", of(truncated, rewritten)),
        Case("-wal emptied", of(emptied, rewritten)),
        Case("-wal deleted", of(unlinked, rewritten)),
        Case("header overwritten while running", of(garbled, None)),
        Case("header overwritten while stopped", garbled_while_stopped),
        Case(f"kill -9, {kills} times", lambda place: killed(place, kills)),
    ]


def mount(*words: object) -> None:
    """Call mount."""
    subprocess.run(["mount", *map(str, words)], check=True)


def unmount(folder: Path) -> None:
    """Call umount."""
    subprocess.run(["umount", str(folder)], check=True)


@contextlib.contextmanager
def folder_of(*, disk: bool) -> Iterator[Path]:
    """Make a folder for one harm, on a small disk of its own if it needs that."""
    base = Path(tempfile.mkdtemp(prefix="jogeon-harm-"))
    try:
        if disk:
            mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", base)
        yield base
    finally:
        while disk and os.path.ismount(base):
            unmount(base)
        shutil.rmtree(base, ignore_errors=True)


def outcome(case: Case, server: str, command: str) -> list[str]:
    """Do one harm; return what was wrong."""
    with folder_of(disk=case.disk) as folder:
        try:
            return case.check(Place(folder, server, command))
        except Failed as failed:
            return [str(failed)]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--only", nargs="+", metavar="WORD", help="harms with one of these words in their names")
    options.add_argument("--speed", type=float, default=400, help="of the simulator's market")
    args = options.parse_args()
    if sys.platform == "win32":
        print("needs signals and file descriptors as POSIX has them")
        return 0
    failed = 0
    with simulator(args.speed) as server:
        for number, case in enumerate(cases(args.kills)):
            if args.only and not any(word in case.name for word in args.only):
                continue
            if case.disk and not ROOT:
                print(f"{case.name:36}left out: a disk can be mounted by root on Linux only")
                continue
            began = time.monotonic()
            command = ("record", "watch")[number % 2]
            wrong = outcome(case, server, command)
            failed += bool(wrong)
            print(f"{case.name:36}{command:8}{time.monotonic() - began:6.1f} s  {len(wrong) or 'nothing'} wrong", flush=True)
            for sentence in wrong[:5]:
                print("   ", sentence, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
