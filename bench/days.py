"""Random days with faults: recorded, replayed, recorded again, and compared.

    python bench/days.py [--days 300] [--seed 1]

A day is drawn as the property test of the replay draws one, only longer: changes, lost connections, restarts of the
program, renumberings, unreadable frames. The second journal must tell the same changes in the same order: equal in
kind, name, code, HHMMSS and origin, behind at least the gaps of the first. Exits 1 if a day differs.
"""

import argparse
import asyncio
import logging
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from jogeon.journal import file as store
from recorded import found
from test_replay import CODES, NAMES, Recorder, changes, gaps, record_again
from wire import virtual

MOVES = ["flip"] * 24 + ["drop", "drop", "restart", "renumber", "garble", "wait"]
Story = list[tuple[str, str, str, set[str]]]


def story(chance: Random) -> Story:
    """Draw what happens on one day."""

    def act() -> tuple[str, str, str, set[str]]:
        meanwhile = set(chance.sample(CODES, chance.randrange(len(CODES) + 1)))
        return chance.choice(MOVES), chance.choice(sorted(NAMES.values())), chance.choice(CODES), meanwhile

    return [act() for _ in range(chance.randint(20, 300))]


def compare(folder: Path, chance: Random, counts: Counter[str]) -> str | None:
    """Live one day twice; return what differs."""
    source, target = folder / "day.db", folder / "again.db"
    names = sorted(NAMES.values())
    chance.shuffle(names)
    acts = story(chance)
    virtual(Recorder(source, names).live(acts))
    asyncio.run(record_again(source, target, *names))
    then, now = found(source), found(target)
    first, second = changes(then), changes(now)
    counts.update(days=1, changes=len(first), events=len(then), gaps=gaps(then).total())
    counts.update(f"{kind} played" for kind, *_ in acts if kind not in ("flip", "wait"))
    if first != second:
        at = next((n for n, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), "the end")
        return f"{len(first)} changes, {len(second)} the second time; they differ at {at}"
    missing = gaps(then) - gaps(now)
    return f"gaps were not told the second time: {dict(missing)}" if missing else None


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--days", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    args = options.parse_args()
    store.SYNCHRONOUS = "OFF"  # no power is cut here
    os.fsync = lambda _: None  # type: ignore[assignment]  # the same
    logging.disable()  # every fault would be logged
    counts: Counter[str] = Counter()
    different = 0
    for day in range(args.days):
        with tempfile.TemporaryDirectory(prefix="jogeon-days-") as folder:
            wrong = compare(Path(folder), Random(f"{args.seed}/{day}"), counts)
        if wrong is not None:
            different += 1
            print(f"seed {args.seed}, day {day}: {wrong}", flush=True)
    told = ", ".join(f"{count} {what}" for what, count in counts.items())
    print(f"{told}; {different} days differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
