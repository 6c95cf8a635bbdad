"""The truth of a watch on a scripted broker, in virtual time: seed after seed, each with faults of many kinds.

    python bench/scripted.py [--seeds 1000] [--first 0] [--seconds 300] [--recheck SECONDS] [--each] [FAULT …]

Without names all kinds are played together. `--each` plays them one by
one and prints a line for each. Exits 1 if anything is wrong, with a sentence for each of the first.
"""

import argparse
import logging
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from scripted import FAULTS, RECHECK, TOGETHER, World


def play(seeds: Iterable[int], faults: Sequence[str], seconds: float, recheck: float) -> dict[int, list[str]]:
    """Return the seeds that went wrong, with what was wrong."""
    ended = {seed: World(seed, faults, recheck).run(seconds) for seed in seeds}
    return {seed: wrong for seed, wrong in ended.items() if wrong}


def report(title: str, seeds: range, bad: dict[int, list[str]]) -> None:
    print(f"{title}: {len(bad)} of {len(seeds)} seeds wrong", flush=True)
    for seed, wrong in list(bad.items())[:3]:
        print(f"    seed {seed}: {len(wrong)} wrong, first: {wrong[0][:300]}")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("faults", nargs="*", metavar="FAULT", help="; ".join(FAULTS))
    options.add_argument("--seeds", type=int, default=1000)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--seconds", type=float, default=300.0, help="of faults, in each seed")
    options.add_argument("--recheck", type=float, default=RECHECK)
    options.add_argument("--each", action="store_true")
    args = options.parse_args()
    logging.disable(logging.CRITICAL)
    unknown = set(args.faults) - set(FAULTS)
    if unknown:
        options.error(f"no such fault: {', '.join(sorted(unknown))}")
    faults = args.faults or (sorted(FAULTS) if args.each else TOGETHER)
    seeds, began = range(args.first, args.first + args.seeds), time.monotonic()
    wrong = False
    for kinds in [[fault] for fault in faults] if args.each else [faults]:
        bad = play(seeds, kinds, args.seconds, args.recheck)
        report(kinds[0] if args.each else f"{len(kinds)} kinds of fault", seeds, bad)
        wrong = wrong or bool(bad)
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
