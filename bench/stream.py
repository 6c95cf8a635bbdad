"""The numbered stream of a journal under kill -9, and how late it is.

    python bench/stream.py [--kills 20] [--numbers 500] [--rate 1000] [--events 5000] [--rounds 3]
                           [--folder DIR] [--seed N]

1. A writer and a follower (`jogeon history events --follow`), each killed at random: the follower's lines put together
   must be those of the file.
2. A writer that is killed while it hands its commits over: nobody may hold a number that the file lacks.
3. A file that is deleted or replaced under its follower: exit code 4, and no line of another file.
4. A watch that records, with a follower and without in turns: from the moment of a change to its commit and to its line
   in another process, and from the server to the watch's own loop, which a follower must not move.

Exits 1 if anything is wrong.
"""

import argparse
import asyncio
import os
import random
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import msgspec

import jogeon
from jogeon.events import Condition, Enter, Event, Leave, Snapshot, State
from jogeon.journal.commits import Commit, CommitBuilder
from jogeon.journal.history import History
from jogeon.journal.inbox import Source
from jogeon.journal.store import Store
from jogeon.journal.writer import Journal
from quantiles import quantile

CONDITIONS = [Condition(str(number), f"조건{number}") for number in range(3)]
PAUSE = 0.0005
REFUSED = 4
PATIENCE = 60.0
"""Seconds for a follower to read the rest."""


def source() -> Source:
    """Return what a journal asks its reader for: nothing but the time."""
    return Source(lambda _: None, dict, lambda _: None)


def flips() -> Iterator[Event]:
    """Yield the events of a day that never ends."""
    yield State(time.time_ns(), "started")
    for condition in CONDITIONS:
        yield Snapshot(time.time_ns(), condition, ())
    kinds, number = (Enter, Leave), 0
    while True:
        code = f"{number // 6 % 300:06d}"
        yield kinds[number % 2](time.time_ns(), CONDITIONS[number // 2 % 3], code, "090000")
        number += 1


def forked(work: Callable[[], object]) -> int:
    """Return the id of a process that does some work until it is killed."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(1)


def write_for_ever(path: Path, taken: Callable[[str | None, Commit], object] | None = None) -> None:
    """Record, a little at a time."""
    journal = Journal.open(path, source())
    if taken is not None:
        journal.follow(taken)
    for event in flips():
        journal.put(event)
        time.sleep(PAUSE)


def kill(child: int) -> None:
    """Kill a process of ours, and wait for it."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


# ---------------------------------------------------------------- 1 writer and follower


class Follower:
    """`jogeon history events --follow`, begun again behind its last whole line each time that it is killed."""

    def __init__(self, path: Path, out: Path) -> None:
        self.lines: list[bytes] = []
        self._path, self._out = path, out
        self.begin()

    def begin(self) -> None:
        """Begin behind the last line there is."""
        last = msgspec.json.decode(self.lines[-1]) if self.lines else {"epoch": 0, "n": 0}
        argv = ["history", "events", "--after", f"{last['epoch']}:{last['n']}", "--follow", "--json"]
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jogeon", *argv, "--journal", str(self._path)],
                stdout=out,
                stderr=subprocess.PIPE,
            )

    def end(self) -> None:
        """Kill it, and keep the whole lines that it wrote."""
        self.process.kill()
        self.process.communicate()
        self.lines += self._written()

    def has(self, count: int) -> bool:
        """Tell whether it has written so many lines, those of its earlier lives too."""
        return len(self.lines) + len(self._written()) >= count

    def _written(self) -> list[bytes]:
        return [line for line in self._out.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def drill(folder: Path, kills: int, chance: random.Random) -> bool:
    """Kill writer and follower in turns; tell whether the follower has the stream of the file."""
    path = folder / "drill.journal"
    writer = forked(lambda: write_for_ever(path))
    while not path.exists() or not path.stat().st_size:
        time.sleep(0.01)
    started = time.monotonic()
    events_of(path)
    life = 1.5 * (time.monotonic() - started)  # long enough for most to have begun, however busy the machine is
    follower = Follower(path, folder / "lines")
    left = {"writer": kills, "follower": kills}
    while any(left.values()):
        time.sleep(chance.uniform(0, life))
        victim = chance.choice([name for name, count in left.items() if count])
        left[victim] -= 1
        if victim == "writer":
            kill(writer)
            time.sleep(chance.uniform(0, 0.2))
            writer = forked(lambda: write_for_ever(path))
        else:
            follower.end()
            time.sleep(chance.uniform(0, 0.2))
            follower.begin()
    time.sleep(1.0)
    kill(writer)
    follower.end()
    follower.begin()  # what the disk has of a commit in which the writer was killed is seen by who opens the file next
    whole, given_up = events_of(path), time.monotonic() + PATIENCE
    while not follower.has(len(whole)) and time.monotonic() < given_up:
        time.sleep(0.1)
    time.sleep(1.0)  # in which a line too many would come
    follower.end()
    epochs = len({msgspec.json.decode(line)["epoch"] for line in whole})
    same = follower.lines == whole
    print(f"writer and follower killed {kills} times each: {len(whole):,} lines over {epochs} epochs, "
          f"{'the same' if same else f'NOT THE SAME ({len(follower.lines):,})'}")  # fmt: skip
    if not same:
        place = next(
            (n for n, (a, b) in enumerate(zip(follower.lines, whole, strict=False)) if a != b), len(follower.lines)
        )
        print(f"  line {place + 1}: {follower.lines[place : place + 1]} where the file has {whole[place : place + 1]}")
    return same


def events_of(path: Path) -> list[bytes]:
    """Return the lines of a file as `history events` prints them."""
    argv = ["history", "events", "--json", "--journal", str(path)]
    return subprocess.run([sys.executable, "-m", "jogeon", *argv], capture_output=True, check=True).stdout.splitlines(
        keepends=True
    )


# ---------------------------------------------------------------- 2 numbers


def numbers(folder: Path, kills: int, chance: random.Random) -> bool:
    """Kill a writer that hands its commits over; tell whether the file has every number that was handed over."""
    path = folder / "numbers.journal"
    wrong = held = 0
    for _ in range(kills):
        reading, writing = os.pipe()

        def told(_: str | None, commit: Commit, writing: int = writing) -> None:
            os.write(writing, b"%d %d\n" % commit.last)

        writer = forked(lambda told=told: write_for_ever(path, told))  # type: ignore[misc]  # a lambda's default
        os.close(writing)
        with os.fdopen(reading, "rb") as lines:
            first = lines.readline()
            time.sleep(chance.uniform(0, 0.05))
            kill(writer)
            epoch, n = (int(each) for each in [first, *lines.readlines()][-1].split())
        with History(path) as history:
            last = history.position()
        held += n
        wrong += (last.epoch, last.n) < (epoch, n)
    print(f"writer killed {kills} times: {held:,} numbers handed over, {wrong} times one that the file lacks")
    return not wrong


# ---------------------------------------------------------------- 3 deleted and replaced


def small(path: Path, condition: Condition = CONDITIONS[0]) -> None:
    """Write a small journal."""
    store = Store.open(path)
    store.write(CommitBuilder(store.head).enter([Snapshot(time.time_ns(), condition, ())]))
    store.close()


def other_files(folder: Path) -> bool:
    """Delete or replace a file under its follower; tell whether that was refused with exit code 4."""
    right = True
    for name in ("deleted", "replaced", "replaced by a text"):
        path = folder / "victim.journal"
        small(path)
        follower = Follower(path, folder / "victim.lines")
        while not (folder / "victim.lines").stat().st_size:
            time.sleep(0.02)
        if name == "replaced":
            small(folder / "another")
            (folder / "another").replace(path)
        elif name == "deleted":
            path.unlink()
        else:
            (folder / "text").write_text("not a journal\n" * 1_000)
            (folder / "text").replace(path)
        with suppress(subprocess.TimeoutExpired):
            follower.process.wait(30)
        code = follower.process.poll()
        follower.end()
        print(f"the file {name} under its follower: exit code {code}, {len(follower.lines)} line")
        right &= code == REFUSED and len(follower.lines) == 1
        for each in folder.glob("victim.journal*"):
            each.unlink()
    return right


# ---------------------------------------------------------------- 4 latency


class Ages(NamedTuple):
    """How old the changes of a run were, in nanoseconds, at each who took them."""

    commit: list[int]
    """From their receipt, at a consumer in the process of the writer."""
    watch: list[int]
    """From the server's send, at the loop over the watch."""
    lines: list[int]
    """From their receipt, as lines of a follower in another process."""


class Listening:
    """A follower of a file, with a process of its own that tells how old each line of a change was."""

    def __init__(self, path: Path, count: int) -> None:
        argv = ["history", "events", "--after", "0:0", "--follow", "--json", "--journal", str(path)]
        self._follower = subprocess.Popen([sys.executable, "-m", "jogeon", *argv], stdout=subprocess.PIPE)
        reading, writing = os.pipe()
        self._reader = forked(lambda: self._read(count, writing))
        os.close(writing)
        self._told = reading

    def _read(self, count: int, writing: int) -> None:
        """Tell of the first line, and at last the ages."""
        lines = self._follower.stdout
        ages: list[int] = []
        assert lines is not None
        lines.readline()
        os.write(writing, b"listening\n")
        while len(ages) < count:
            line, now = lines.readline(), time.time_ns()
            found = msgspec.json.decode(line)
            if found["event"] in ("enter", "leave"):
                ages.append(now - int(datetime.fromisoformat(found["at"]).timestamp() * 1_000_000) * 1_000)
        with os.fdopen(writing, "wb") as told:
            told.write(msgspec.json.encode(ages) + b"\n")

    def hear(self) -> bytes:
        """Return the next line of the reader; TimeoutError if it does not come."""
        line, given_up = b"", time.monotonic() + PATIENCE
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self._told], [], [], max(0.0, given_up - time.monotonic()))
            piece = os.read(self._told, 1 << 16) if ready else b""
            if not piece:
                raise TimeoutError("the follower does not follow")
            line += piece
        return line

    def end(self) -> None:
        """End both."""
        self._follower.kill()
        self._follower.communicate()
        kill(self._reader)
        os.close(self._told)


async def watched(url: str, path: Path, count: int) -> tuple[list[int], list[int]]:
    """Watch and record so many changes; return how old they were when they were durable, and in the loop."""
    commits: list[int] = []
    ages: list[int] = []

    def taken(_: str | None, commit: Commit) -> None:
        now = time.time_ns()
        commits.extend(now - row[1] for row in commit.changes)

    async with jogeon.connect(url, recheck=0) as kiwoom, kiwoom.watch(journal=path) as watch:
        assert watch.journal is not None
        watch.journal.follow(taken)
        async for event in watch:
            if isinstance(event, Enter | Leave):
                ages.append(time.perf_counter_ns() - int(event.clock))
                if len(ages) == count:
                    break
    return commits, ages


def recorded(path: Path, count: int, rate: int, *, followed: bool) -> Ages:
    """Record what a server pushes at a rate, followed or not; TimeoutError if the follower does not follow."""
    small(path, CONDITIONS[1])  # the follower's first line; the server has no such condition, so nothing recovers in it
    listening = Listening(path, count) if followed else None
    try:
        if listening is not None:
            listening.hear()
        flood = [sys.executable, str(Path(__file__).with_name("flood.py")), "--pushes", str(count)]
        with subprocess.Popen([*flood, "--rate", str(rate)], stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            url = msgspec.json.decode(server.stdout.readline())["websocket"]
            commits, ages = asyncio.run(watched(url, path, count))
        return Ages(commits, ages, msgspec.json.decode(listening.hear()) if listening is not None else [])
    finally:
        if listening is not None:
            listening.end()


def latency(folder: Path, count: int, rate: int, rounds: int) -> bool:
    """Record at a rate with a follower and without, in turns; tell whether all that was recorded was followed."""
    alone: list[Ages] = []
    beside: list[Ages] = []
    try:
        for number in range(rounds):
            alone.append(recorded(folder / f"alone{number}.journal", count, rate, followed=False))
            beside.append(recorded(folder / f"beside{number}.journal", count, rate, followed=True))
    except TimeoutError as error:
        print(f"latency: {error} within {PATIENCE:g} s")
        return False
    ratios = [quantile(two.watch, 0.99) / quantile(one.watch, 0.99) for one, two in zip(alone, beside, strict=True)]
    load = os.getloadavg()[0]
    print(f"{rate:,} changes a second, {rounds} times {count:,} without and with a follower in turns, load {load:.1f}")
    print(f"  from the event to its commit              {quantiles([run.commit for run in beside])}")
    print(f"  from the event to a line of the follower  {quantiles([run.lines for run in beside])}")
    print(f"  from the server to the watch, alone       {quantiles([run.watch for run in alone])}")
    print(f"  from the server to the watch, followed    {quantiles([run.watch for run in beside])}")
    print(f"  p99 of the watch, followed × alone        {statistics.median(ratios):.2f} ({min(ratios):.2f} to "
          f"{max(ratios):.2f})")  # fmt: skip
    return True


def quantiles(runs: Sequence[Sequence[int]]) -> str:
    """Return the medians over the runs of p50 and p99, in milliseconds."""
    p50, p99 = (statistics.median(quantile(ages, share) for ages in runs) / 1e6 for share in (0.5, 0.99))
    return f"p50 {p50:8.2f} ms   p99 {p99:8.2f} ms"


def main() -> None:
    """Drill and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--numbers", type=int, default=500)
    parser.add_argument("--rate", type=int, default=1_000)
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        right = [
            drill(folder, options.kills, chance), numbers(folder, options.numbers, chance), other_files(folder)
        ]  # fmt: skip
        right.append(latency(folder, options.events, options.rate, options.rounds))
    sys.exit(0 if all(right) else 1)


if __name__ == "__main__":
    main()
