"""What the journal costs and how fast it answers, each number beside the bare limit in the same run.

    python bench/journal.py [--quick] [--events N] [--folder DIR]

1. Durable events per second, beside `executemany` of ready-made rows: as a thread that commits by the same rule, and
   alone, at 200 rows a commit.
2. From the receipt of an event to its being durable at 5,000 a second, and what that does to the reader.
3. `members` at a moment, `stats` and each kind of `export` over N events (ten million, if not told otherwise), and the
   bytes an event takes.

The file lies in DIR, by default where temporary files do; a disk that only pretends to sync measures nothing.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from msgspec.structs import replace

import jogeon
from jogeon.events import Condition, Enter, Event, Leave, Snapshot
from jogeon.export import WRITERS
from jogeon.journal import file as store
from jogeon.journal.commits import Commit, CommitBuilder
from jogeon.journal.fold import Right
from jogeon.journal.history import ALL, History, Selection
from jogeon.journal.inbox import Source
from jogeon.journal.store import Store
from jogeon.journal.writer import Journal
from quantiles import quantile

CONDITIONS = [Condition(str(number), f"조건{number}") for number in range(10)]
STOCKS = 300
START_NS = 1_795_305_600_000_000_000
DAY_NS = 86_400_000_000_000
SESSION_NS = 22_500_000_000_000
"""A day of 6 hours and 15 minutes."""
SLICE, WINDOW = 50, 400
"""Events the reader brings at a time, and how many of them may not be durable yet."""
RATE, BURST = 5_000, 5

_write = Store.write


def changes(count: int, step_ns: int) -> list[Event]:
    """Return live changes that begin with empty conditions, and leave them as a lively day does."""
    chance = random.Random(1)  # a made-up day
    inside: list[set[str]] = [set() for _ in CONDITIONS]
    codes = [f"{number:06d}" for number in range(STOCKS)]
    made: list[Event] = []
    at_ns = START_NS
    for _ in range(count):
        at_ns += step_ns
        place, code = int(chance.random() * len(CONDITIONS)), codes[int(chance.random() * STOCKS)]
        kind = Leave if code in inside[place] else Enter
        inside[place] ^= {code}
        made.append(kind(at_ns, CONDITIONS[place], code, "090000"))
    return made


# ---------------------------------------------------------------- 1 durable events per second


class Bare:
    """The least that can be called a journal: ready-made rows, a queue, and a thread that commits what is queued."""

    def __init__(self, path: Path) -> None:
        self.done = 0
        self.committed = threading.Event()
        self._db = bare_database(path)
        self._queue: deque[tuple[object, ...]] = deque()
        self._work = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def put(self, row: tuple[object, ...]) -> None:
        """Take a row."""
        self._queue.append(row)
        if not self._work.is_set():
            self._work.set()

    def close(self) -> None:
        """Write what is queued and end."""
        self._ending = True
        self._work.set()
        self._thread.join()
        self._db.close()

    def _run(self) -> None:
        while not self._ending or self._queue:
            self._work.wait()
            self._work.clear()
            rows = [self._queue.popleft() for _ in range(len(self._queue))]
            insert(self._db, rows)
            self.done += len(rows)
            self.committed.set()


def bare_database(path: Path) -> sqlite3.Connection:
    """Return a database with one table of the columns a change has."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, at_ns, kind, condition, code TEXT, clock)")
    return db


def insert(db: sqlite3.Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Commit rows."""
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT INTO events (at_ns, kind, condition, code, clock) VALUES (?,?,?,?,?)", rows)
    db.execute("COMMIT")


def ready(events: Sequence[Event]) -> list[tuple[object, ...]]:
    """Return changes as rows of the bare table."""
    return [
        (event.at_ns, int(isinstance(event, Leave)), 1, event.code, 90_000)
        for event in events
        if isinstance(event, Enter | Leave)
    ]


def feed(
    put: Callable[[object], None], items: Sequence[object], done: Callable[[], int], woken: threading.Event
) -> None:
    """Bring items in slices, as a loop's turns do, with at most WINDOW of them not durable yet."""
    brought = 0
    for start in range(0, len(items), SLICE):
        for item in items[start : start + SLICE]:
            put(item)
        brought += SLICE
        while brought - done() > WINDOW:
            woken.wait()
            woken.clear()


def journal_rate(path: Path, events: Sequence[Event], sizes: list[int]) -> float:
    """Return how many events a journal makes durable in a second."""
    woken = threading.Event()

    def write(opened: Store, commit: Commit) -> None:
        _write(opened, commit)
        sizes.append(len(commit.changes))
        woken.set()

    Store.write = write  # type: ignore[method-assign, assignment]  # only to see the commits go by
    journal = Journal.open(path, Source(lambda _: None, dict, lambda _: None))
    begun = time.perf_counter()
    feed(journal.put, events, lambda: journal.committed[1], woken)  # type: ignore[arg-type]  # events are what it takes
    journal.close()
    Store.write = _write  # type: ignore[method-assign]
    return len(events) / (time.perf_counter() - begun)


def bare_rate(path: Path, rows: Sequence[tuple[object, ...]]) -> float:
    """Return how many ready-made rows the bare thread makes durable in a second."""
    bare = Bare(path)
    begun = time.perf_counter()
    feed(bare.put, rows, lambda: bare.done, bare.committed)  # type: ignore[arg-type]  # rows are what it takes
    bare.close()
    return len(rows) / (time.perf_counter() - begun)


def alone_rate(path: Path, rows: Sequence[tuple[object, ...]], size: int) -> float:
    """Return how many ready-made rows one thread alone makes durable in a second, so many a commit."""
    db = bare_database(path)
    begun = time.perf_counter()
    for start in range(0, len(rows), size):
        insert(db, rows[start : start + size])
    seconds = time.perf_counter() - begun
    db.close()
    return len(rows) / seconds


def rates(folder: Path, count: int, rounds: int) -> None:
    """Measure journal and limits in turns."""
    events = changes(count, 200_000)
    rows = ready(events)
    sizes: list[int] = []
    found: dict[str, list[float]] = {"journal": [], "bare": [], "alone": []}
    for number in range(rounds):
        found["journal"].append(journal_rate(folder / f"journal{number}.db", events, sizes))
        found["bare"].append(bare_rate(folder / f"bare{number}.db", rows))
        found["alone"].append(alone_rate(folder / f"alone{number}.db", rows, 200))
    journal, bare, alone = (statistics.median(found[name]) for name in ("journal", "bare", "alone"))
    print(f"durable events per second, medians of {rounds} runs of {count:,}")
    print(f"  journal                              {journal:10,.0f}   {statistics.mean(sizes):.0f} a commit")
    print(f"  executemany, same commit rule        {bare:10,.0f}   the journal is at {journal / bare:.0%} of it")
    print(f"  executemany alone, 200 a commit      {alone:10,.0f}   {journal / alone:.0%}")


# ---------------------------------------------------------------- 2 receipt to durable, and the reader


async def listen(url: str, events: int, journal: Path | None, *, frames: bool) -> list[int]:
    """Return how old each change is when it reaches a loop over the watch, in nanoseconds."""
    ages: list[int] = []
    async with jogeon.connect(url, recheck=0) as kiwoom, kiwoom.watch(journal=journal, frames=frames) as watch:
        async for event in watch:
            if isinstance(event, Enter | Leave):
                ages.append(time.perf_counter_ns() - int(event.clock))
                if len(ages) == events:
                    break
    return ages


def paced(events: int, journal: Path | None = None, *, frames: bool = False) -> tuple[list[int], list[int]]:
    """Watch a server that pushes at RATE; return the ages of the changes at the reader, and when they were durable."""
    durable: list[int] = []

    def write(opened: Store, commit: Commit) -> None:
        _write(opened, commit)
        now = time.time_ns()
        durable.extend(now - row[1] for row in commit.changes)

    flood = [sys.executable, str(Path(__file__).with_name("flood.py")), "--pushes", str(events)]
    server = subprocess.Popen([*flood, "--rate", str(RATE), "--burst", str(BURST)], stdout=subprocess.PIPE)
    assert server.stdout is not None
    url = json.loads(server.stdout.readline())["websocket"]
    Store.write = write  # type: ignore[method-assign, assignment]  # only to see the commits go by
    ages = asyncio.run(listen(url, events, journal, frames=frames))
    Store.write = _write  # type: ignore[method-assign]
    server.wait()
    server.stdout.close()
    return ages, durable


def quantiles(ages: Sequence[int]) -> str:
    """Return p50 and p99 in microseconds; the first ones warm up."""
    p50, p99 = (quantile(ages[len(ages) // 20 :], share) / 1000 for share in (0.5, 0.99))
    return f"p50 {p50:7,.0f} µs   p99 {p99:7,.0f} µs"


def latencies(folder: Path, count: int) -> None:
    """Measure without a journal, with one, and with one that keeps the frames, too."""
    print(f"{RATE:,} events per second in bursts of {BURST}, {count:,} of them")
    for title, journal, frames in (
        ("no journal", None, False),
        ("journal", folder / "plain.db", False),
        ("journal, frames", folder / "frames.db", True),
        ("no journal again", None, False),
    ):
        ages, durable = paced(count, journal, frames=frames)
        print(f"  {title:18} server to reader  {quantiles(ages)}")
        if durable:
            print(f"  {'':18} receipt to durable {quantiles(durable)}")


# ---------------------------------------------------------------- 3 history


def big_journal(path: Path, count: int, days: int) -> None:
    """Write a long journal, without waiting for the disk."""
    store.SYNCHRONOUS = "OFF"
    opened = Store.open(path)
    builder = CommitBuilder(opened.head)
    opened.write(builder.enter([Snapshot(START_NS, condition, ()) for condition in CONDITIONS]))
    builder.settle()
    a_day = count // days
    for day in range(days):
        shift = day * DAY_NS
        events = changes(a_day, SESSION_NS // a_day)
        if day:  # every day begins with what the one before ended with: empty again
            events = [replace(event, at_ns=event.at_ns + shift) for event in events]  # type: ignore[union-attr]  # changes
            opened.write(builder.enter([Snapshot(START_NS + shift, condition, ()) for condition in CONDITIONS]))
        for start in range(0, len(events), 5_000):
            opened.write(builder.enter(events[start : start + 5_000]))
            builder.settle()
            while opened.roll():
                pass
    rights = {condition: Right(events[-1].at_ns, sure=True) for condition in CONDITIONS}  # type: ignore[union-attr]  # changes
    opened.write(builder.enter([], rights))  # as a watch ends
    opened.close()
    store.SYNCHRONOUS = "FULL"


def fetched(path: Path) -> None:
    """Fetch all changes, row by row, and do nothing with them."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        cursor = db.execute("SELECT id, at_ns, kind, condition, code, clock FROM events")
        while cursor.fetchmany(10_000):
            pass


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def history(folder: Path, count: int, days: int = 60) -> None:
    """Measure what a reader asks."""
    path = folder / "big.db"
    big_journal(path, count, days)
    print(f"a journal of {count:,} events over {days} days: {path.stat().st_size / count:.1f} bytes an event")
    print(f"  opened to be written, checked        {timed(lambda: Store.open(path).close()):8.2f} s")
    chance = random.Random(2)  # any moments
    with History(path) as opened:
        moments = [START_NS + chance.randrange(days) * DAY_NS + chance.randrange(SESSION_NS) for _ in range(50)]
        times = sorted(timed(lambda at=moment: opened.members(at)) * 1000 for moment in moments)  # type: ignore[misc]  # a lambda's default
        print(f"  members at a moment, of 50           {times[25]:8.1f} ms   the slowest {times[-1]:.1f} ms")
        day = Selection(span=(START_NS + days // 2 * DAY_NS, START_NS + (days // 2 + 1) * DAY_NS))
        print(f"  statistics of a day                  {timed(lambda: opened.stats(day)):8.2f} s")
        print(f"  statistics of everything             {timed(opened.stats):8.2f} s")
        read = timed(lambda: deque(itertools.islice(opened.events(), 1_000_000), maxlen=0))
        print(f"  reading a million events             {read:8.2f} s")
        bare = timed(lambda: fetched(path))
        print(f"  rows of everything into Python       {bare:8.2f} s   the least that any export by Python takes")
        for suffix in (".csv", ".json", ".parquet", ".sqlite"):
            made = folder / f"events{suffix}"
            seconds = timed(lambda: WRITERS[suffix](opened, ALL, made))  # noqa: B023  # called at once
            more = f"{made.stat().st_size / count:.0f} bytes an event, {seconds / bare:.1f} times the rows"
            print(f"  everything as {suffix[1:]:22} {seconds:8.2f} s   {more}")
            made.unlink()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    share = 20 if options.quick else 1
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        rates(folder, 400_000 // share, 3)
        latencies(folder, 50_000 // share)
        history(folder, options.events // share)


if __name__ == "__main__":
    main()
