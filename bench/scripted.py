"""The truth of watches on a scripted broker, in virtual time: seed after seed, each with faults of many kinds.

    python bench/scripted.py [--seeds 1000 | --minutes 60] [--first 0] [--seconds 300] [--recheck SECONDS] [--pause 10]
                             [--each] [FAULT …]

Without names all kinds are played together. `--each` plays them one by one and prints a line for each; with
`--minutes`, seeds are played until that time is over. At the end it is counted what was played: sessions, changes,
events, searches and watches, the broker's doubtful ways, and faults by kind. Exits 1 if anything is wrong, with a
sentence for each of the first.
"""

import argparse
import contextlib
import logging
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from scripted import FAULTS, RECHECK, TOGETHER, World

PROGRESS = 1000
"""Seeds after which a long run says how far it is."""


class Tally:
    """What was played, and what went wrong."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.seeds = 0
        self.bad: dict[int, list[str]] = {}
        self.counts: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.ways: Counter[str] = Counter()

    def add(self, seed: int, world: World, wrong: list[str]) -> None:
        self.seeds += 1
        self.counts.update(world.counts)
        self.faults.update(name for _, name in world.played)
        self.ways.update(f"{way}={value}" for way, value in world.ways.items())
        if wrong:
            self.bad[seed] = wrong
            print(f"    seed {seed}: {len(wrong)} wrong, first: {wrong[0][:300]}", flush=True)

    def report(self) -> None:
        print(f"{self.title}: {len(self.bad)} of {self.seeds} seeds wrong", flush=True)

    def count(self) -> None:
        """Print what was played."""
        for title, counted in (("played", self.counts), ("faults", self.faults), ("ways", self.ways)):
            print(f"{title} ({counted.total():,}):", ", ".join(f"{what} {n:,}" for what, n in sorted(counted.items())))


def play(title: str, seeds: Iterator[int], faults: Sequence[str], args: argparse.Namespace) -> Tally:
    """Play seeds one after another, until they or the time are at an end, or Ctrl+C."""
    tally, end = Tally(title), time.monotonic() + 60 * args.minutes
    with contextlib.suppress(KeyboardInterrupt):
        for seed in seeds:
            if time.monotonic() >= end:
                break
            world = World(seed, faults, args.recheck, args.pause)
            tally.add(seed, world, world.run(args.seconds))
            if tally.seeds % PROGRESS == 0:
                tally.report()
    return tally


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("faults", nargs="*", metavar="FAULT", help="; ".join(FAULTS))
    options.add_argument("--seeds", type=int, default=1000)
    options.add_argument("--minutes", type=float, default=math.inf)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--seconds", type=float, default=300.0, help="of faults, in each seed")
    options.add_argument("--recheck", type=float, default=RECHECK)
    options.add_argument("--pause", type=float, default=10.0, help="seconds between two that watch or search beside")
    options.add_argument("--each", action="store_true")
    args = options.parse_args()
    logging.disable(logging.CRITICAL)
    unknown = set(args.faults) - set(FAULTS)
    if unknown:
        options.error(f"no such fault: {', '.join(sorted(unknown))}")
    faults = args.faults or (sorted(FAULTS) if args.each else TOGETHER)
    began = time.monotonic()
    wrong = False
    for kinds in [[fault] for fault in faults] if args.each else [faults]:
        seeds = count(args.first) if args.minutes < math.inf else range(args.first, args.first + args.seeds)
        tally = play(kinds[0] if args.each else f"{len(kinds)} kinds of fault", iter(seeds), kinds, args)
        tally.report()
        if not args.each:
            tally.count()
        wrong = wrong or bool(tally.bad)
    print(f"{time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
