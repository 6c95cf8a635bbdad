"""The truth of a watch on the simulated broker, in virtual time, over the ways in which its switches can stand.

    python bench/switches.py [--runs 5000 | --minutes 30] [--first 0] [--depth 4] [--of SWITCH,SWITCH,…]

All combinations are too many to be played, so each run draws a value for every switch, and at the end it is counted
how many combinations of any two, three, … `--depth` values of different switches met in a run, of how many there are.
`--of` names a few switches instead and plays every single combination of theirs, the others drawn. Exits 1 if anything
is wrong, with a sentence for each and the switches that do not stand as usual; a run can be played again by its number.
"""

import argparse
import contextlib
import itertools
import logging
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from switched import VALUES, World

PROGRESS = 5000
"""Runs after which a long drill says how far it is."""

Switched = dict[str, object]


def drawn(number: int) -> Switched:
    """Return what a run's switches are set to."""
    draw = Random(f"switches {number}")
    return {name: draw.choice(values) for name, values in VALUES.items()}


def every(names: Sequence[str]) -> Iterator[Switched]:
    """Yield every combination of the values of some switches."""
    for values in itertools.product(*(VALUES[name] for name in names)):
        yield dict(zip(names, values, strict=True))


class Tally:
    """What was played: which runs had which value of which switch, one bit a run; and what went wrong."""

    def __init__(self) -> None:
        self.runs = 0
        self.wrong = 0
        self.counts: Counter[str] = Counter()
        self._had: dict[str, list[int]] = {name: [0] * len(values) for name, values in VALUES.items()}

    def add(self, number: int, switched: Switched, world: World, wrong: list[str]) -> None:
        """Count a run."""
        for name, values in VALUES.items():
            self._had[name][values.index(switched[name])] |= 1 << self.runs
        self.runs += 1
        self.counts.update(logins=world.broker.logins, events=len(world.told), searches=world.searches)
        self.counts.update(changes=sum(len(kept) - 1 for kept in world.truth.values()))
        self.counts.update(world.scenes)
        if wrong:
            self.wrong += 1
            print(f"run {number}: {len(wrong)} wrong: {'; '.join(wrong[:3])[:400]}", flush=True)
            print("  ", {name: value for name, value in switched.items() if value != VALUES[name][0]}, flush=True)

    def met(self, depth: int) -> tuple[int, int]:
        """Return how many combinations of so many values of different switches met in a run, and how many there are."""

        def count(begin: int, left: int, runs: int) -> int:
            if not left:
                return 1
            return sum(
                count(place + 1, left - 1, both)
                for place in range(begin, len(switches) - left + 1)
                for had in switches[place]
                if (both := runs & had)
            )

        switches = list(self._had.values())
        sizes = [len(values) for values in VALUES.values()]
        there_are = [1] + [0] * depth
        for size in sizes:
            for place in range(depth, 0, -1):
                there_are[place] += there_are[place - 1] * size
        return count(0, depth, (1 << self.runs) - 1), there_are[depth]

    def report(self, depth: int) -> None:
        """Print what was played."""
        product, values = math.prod(map(len, VALUES.values())), sum(map(len, VALUES.values()))
        print(f"{len(VALUES)} switches with {values} values, {product:.1e} combinations")
        print(f"{self.runs:,} runs, {self.wrong} wrong;", ", ".join(f"{what} {n:,}" for what, n in self.counts.items()))
        for size in range(2, depth + 1):
            met, there_are = self.met(size)
            print(f"any {size} values: {met:,} of {there_are:,} combinations met ({met / there_are:.4%})", flush=True)


def play(args: argparse.Namespace) -> Tally:
    """Make the runs, until they or the time are over, or Ctrl+C."""
    tally, end = Tally(), time.monotonic() + 60 * args.minutes
    chosen: Iterator[Switched] = every(args.of.split(",")) if args.of else itertools.repeat({})
    last = math.inf if args.of or args.minutes < math.inf else args.first + args.runs
    with contextlib.suppress(KeyboardInterrupt):
        for number, few in zip(itertools.count(args.first), chosen, strict=False):
            if number >= last or time.monotonic() >= end:
                break
            switched = drawn(number) | few
            world = World(number, switched)
            tally.add(number, switched, world, world.run())
            if tally.runs % PROGRESS == 0:
                print(f"{tally.runs} runs, {tally.wrong} wrong", flush=True)
    return tally


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=5000)
    options.add_argument("--minutes", type=float, default=math.inf)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--depth", type=int, default=4)
    options.add_argument("--of", default="", metavar="SWITCH,…", help=", ".join(VALUES))
    args = options.parse_args()
    if unknown := set(filter(None, args.of.split(","))) - set(VALUES):
        options.error(f"no such switch: {', '.join(sorted(unknown))}")
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    tally = play(args)
    tally.report(args.depth)
    print(f"{time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
