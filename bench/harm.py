"""What may happen to a journal, done to real files of real processes: faults of a disk, foreign hands, `kill -9`.

    python bench/harm.py [--kills 200] [--only WORD …] [--speed 400]

A `jogeon record` or `jogeon watch` of a simulator meets one harm after the other. After each: all that its process
reported as committed is in the file, numbered without a hole, in the words of its JSON lines; the file passes
`integrity_check`; the lines went on meanwhile; what was wrong was told and was over when its cause was; the next start
wrote the gap. Exits 1 if anything of that fails. What needs root on Linux is left out elsewhere, with a sentence.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from witness import PATIENCE, Failed, Run, judge, read, recording, simulator

if TYPE_CHECKING:
    from jogeon.events import Event

ROOT = sys.platform == "linux" and os.geteuid() == 0
SIZE = 16 * 2**20
"""Bytes of the small disk."""


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


Harm = Callable[[Run], "Callable[[], None] | None"]


AGAIN = "the journal is being written again"


def met(place: Place, harm: Harm, meaning: str | None, *, again: str = AGAIN) -> list[str]:
    """Do a harm to a process that records, end its cause, and judge what is left; then start again.

    `meaning` is in what is told of it; None if the file may be whole again before anybody could notice.
    """
    with recording(place.path, place.server, place.command) as run:
        said = len(run.said)
        undo = harm(run)
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


def full(run: Run) -> Callable[[], None]:
    """Fill the disk."""
    filler = run.path.parent / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler.unlink


def covered(run: Run) -> Callable[[], None]:
    """Let a read-only disk take the place of the folder, as a share does that comes back wrong."""
    mount("-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", run.path.parent)
    return lambda: unmount(run.path.parent)


def limited(run: Run) -> Callable[[], None]:
    """Let every write to a file fail, as a broken disk does."""
    import resource

    before = resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    return lambda: resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, before) and None


def locked(run: Run) -> Callable[[], None]:
    """Lock the file as another program does."""
    db = sqlite3.connect(run.path, isolation_level=None, timeout=PATIENCE)
    db.execute("BEGIN EXCLUSIVE")
    return db.close


def deleted(run: Run) -> None:
    """Delete the journal."""
    run.path.unlink()


def moved(run: Run) -> None:
    """Move the journal elsewhere."""
    run.path.rename(run.path.parent / "moved.journal")


def truncated(run: Run) -> None:
    """Cut the WAL in the middle."""
    os.truncate(run.wal, run.wal.stat().st_size // 2)


def emptied(run: Run) -> None:
    """Empty the WAL."""
    os.truncate(run.wal, 0)


def unlinked(run: Run) -> None:
    """Delete the WAL."""
    run.wal.unlink()


def garbled(run: Run) -> None:
    """Write garbage over the header; a checkpoint writes the page again as soon as the file has grown."""
    with contextlib.closing(sqlite3.connect(run.path, timeout=PATIENCE)) as db:
        db.execute("PRAGMA wal_checkpoint")
    garble(run.path)


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
            run.commits(1)
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
    subprocess.run(["/bin/mount", *map(str, words)], check=True)


def unmount(folder: Path) -> None:
    """Call umount."""
    subprocess.run(["/bin/umount", str(folder)], check=True)


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
            took = time.monotonic() - began
            print(f"{case.name:36}{command:8}{took:6.1f} s  {len(wrong) or 'nothing'} wrong", flush=True)
            for sentence in wrong[:5]:
                print("   ", sentence, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
