"""What a client keeps in memory, and what a consumer that sleeps through a flood costs and is told.

    python bench/holding.py members ws://… | sleeper ws://… | blocking ws://… | dict N

Each prints one line of JSON; bench/run.py starts the server. Memory is that of the whole process (VmRSS), in KiB.
"""

import asyncio
import gc
import json
import sys
import time
from datetime import datetime
from pathlib import Path

import jogeon
import jogeon.sync

QUIET = 1.0
"""Seconds without a frame after which a flood is over."""


def resident() -> int:
    """Return what this process has in memory, in KiB."""
    gc.collect()
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def tell(**figures: object) -> None:
    """Print what was measured."""
    print(json.dumps(figures, ensure_ascii=False), flush=True)


async def members(url: str) -> None:
    """A watch of ten conditions that nobody has read yet, and after it was read."""
    async with jogeon.connect(url, recheck=0) as kiwoom:
        await kiwoom.conditions()
        before = resident()
        async with kiwoom.watch() as watch:
            unread = resident() - before
            async for event in watch:
                if isinstance(event, jogeon.State) and event.cause.startswith("10 of"):
                    break
            read = resident() - before
            count = sum(len(codes) for codes in watch.members.values())
            tell(members=count, unread=unread, read=read, client=before)


def plain(count: int) -> None:
    """A dict of as many codes, each with a moment: what no client can do without."""
    before = resident()
    kept = {f"{number:06d}": time.time_ns() for number in range(count)}
    tell(members=len(kept), read=resident() - before)


def over(heard: datetime | None) -> bool:
    """Tell whether the flood is over."""
    return heard is not None and time.time() - heard.timestamp() > QUIET


async def sleeper(url: str) -> None:
    """A consumer that sleeps until the flood is over."""
    async with jogeon.connect(url, recheck=0) as kiwoom, kiwoom.watch() as watch:
        await anext(watch)
        await anext(watch)
        before = most = resident()
        while not over(kiwoom.heard):
            await asyncio.sleep(0.05)
            most = max(most, resident())
        told = [await anext(watch)]
        while not isinstance(told[-1], jogeon.Anomaly):
            told.append(await anext(watch))
        report(told, before, most)


def blocking(url: str) -> None:
    """A caller of jogeon.sync that sleeps, as scripts do."""
    with jogeon.sync.connect(url, recheck=0) as kiwoom, kiwoom.watch() as watch:
        next(watch)
        next(watch)
        before = most = resident()
        while not over(kiwoom.heard):
            time.sleep(0.05)
            most = max(most, resident())
        told = [next(watch)]
        while not isinstance(told[-1], jogeon.Anomaly):
            told.append(next(watch))
        report(told, before, most)


def report(told: list[jogeon.Event], before: int, most: int) -> None:
    """Tell what came after the sleep."""
    last = told[-1]
    kinds = list(dict.fromkeys(type(event).__name__ for event in told))
    gaps = [event.cause for event in told if isinstance(event, jogeon.Gap)]
    assert isinstance(last, jogeon.Anomaly)
    tell(grown=most - before, kinds=kinds, gaps=gaps, counts=last.what)


def main() -> None:
    """Run one measurement."""
    what, argument = sys.argv[1:]
    match what:
        case "dict":
            plain(int(argument))
        case "members":
            asyncio.run(members(argument))
        case "sleeper":
            asyncio.run(sleeper(argument))
        case "blocking":
            blocking(argument)


if __name__ == "__main__":
    main()
