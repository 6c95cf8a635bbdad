"""How many pushes a second a replay at `max` sends into a jogeon watch, each in a process of its own.

    python bench/replay.py [--events N] [--conditions C] [--codes M] [--journal]

Writes a made-up day into a journal, starts `jogeon replay FILE --speed max`, and watches it.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import jogeon
from jogeon.events import Condition, Enter, Event, Leave, Snapshot
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.store import Store

START_NS = 1_795_305_600_000_000_000  # 2026-11-22T09:00:00+09:00
COMMIT = 10_000


def day(conditions: int, codes: int) -> Iterator[Event]:
    """Yield a day without an end: every stock enters every condition, then leaves it, and so on."""
    saved = [Condition(str(seq), f"조건{seq}") for seq in range(conditions)]
    yield from (Snapshot(START_NS, condition, ()) for condition in saved)
    at_ns = START_NS
    while True:
        for kind in (Enter, Leave):
            for code in range(codes):
                for condition in saved:
                    at_ns += 1_000_000
                    yield kind(at_ns, condition, f"{code:06d}", "090000")


def write(path: Path, events: Iterator[Event]) -> None:
    store = Store.open(path)
    builder = CommitBuilder(store.head)
    while batch := list(islice(events, COMMIT)):
        store.write(builder.enter(batch))
    store.close()


async def watch(websocket: str, wanted: int, journal: Path | None) -> None:
    told = begun = 0
    first = last = 0.0
    async with jogeon.connect(websocket) as kiwoom, kiwoom.watch(journal=journal, frames=False) as watching:
        while told < wanted:
            for event in await watching.batch(10_000):
                if isinstance(event, Enter | Leave):
                    told += 1
                elif isinstance(event, jogeon.Gap):
                    raise SystemExit(f"the watch did not keep up: {event}")
            if told and not first:
                first, begun = time.perf_counter(), told
            last = time.perf_counter()
    into = "a watch with a journal" if journal else "a watch"
    print(f"{told:,} pushes into {into}: {(told - begun) / (last - first):,.0f}/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--conditions", type=int, default=10)
    parser.add_argument("--codes", type=int, default=100)
    parser.add_argument("--journal", action="store_true", help="record it again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "day.db")
        write(path, islice(day(options.conditions, options.codes), options.events + options.conditions))
        command = ["replay", str(path), "--speed", "max", "--port", "0", "--rest-port", "0", "--exit-at-end"]
        with subprocess.Popen([sys.executable, "-m", "jogeon", *command], stdout=subprocess.PIPE) as served:
            assert served.stdout is not None
            addresses = json.loads(served.stdout.readline())
            again = Path(folder, "again.db") if options.journal else None
            before = time.process_time()
            asyncio.run(watch(addresses["websocket"], options.events, again))
            watched = time.process_time() - before
            served.terminate()
        spent = os.times()
        replayed = spent.children_user + spent.children_system
        each = [seconds / options.events * 1e6 for seconds in (replayed, watched)]
        print(f"CPU a push, µs: replay {each[0]:.1f}, watch {each[1]:.1f}")


if __name__ == "__main__":
    main()
