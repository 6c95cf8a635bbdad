"""What a watch with prices keeps up of a market that moves fast: entry prices, slots, ages, refusals.

    python bench/prices.py [--speed X] [--seconds N] [--rate R]

A simulator in a process of its own, some 500 members of a condition. Told are: enters a second; how long after its
enter each entry price was told, and how many of them the market traded within 2 s of `entry_at`; members that were
among the newest 100 for 3 s and had no slot; how old the prices of members without a slot were; what was refused.
Beside it: what reading a trade costs, and what of that is JSON alone.
"""

import argparse
import asyncio
import heapq
import json
import math
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import msgspec

import jogeon
from jogeon.events import Enter, Event, Leave, Snapshot
from jogeon.prices import Price
from jogeon.wire.messages import QuoteRow, TradeRow
from jogeon.wire.quotes import price_of, read_wide
from jogeon.wire.writers import encode_quote
from quantiles import quantile

CONDITION = '[[condition]]\nname = "오름"\nexpression = "등락율 >= {rate}"\n'
NAME = "오름"
LIMIT = 100
SAMPLE = 0.5
HELD = 3.0
"""Seconds from which on one of the newest members must have a slot."""
NEAR = 2.0
"""Seconds between `entry_at` and a trade at that price."""
WARM_UP = 30.0
"""Seconds in which hundreds of members that were in before get their first price."""
NAMES = 20.0
"""Seconds in which the names of all stocks are asked for as well, under one budget; entries then are told apart."""


class Newest:
    """Which members are surely among the newest LIMIT, and since when without a break.

    Of those that entered at the same moment nobody can tell which is newer: they count against each other.
    """

    def __init__(self) -> None:
        self.since: dict[str, float] = {}
        self._entered: dict[str, int] = {}

    def take(self, event: Event, now: float) -> None:
        """Take an event of one condition."""
        match event:
            case Enter(code=code, at_ns=at_ns):
                self._entered[code] = at_ns
                self.since.pop(code, None)
            case Leave(code=code):
                self._entered.pop(code, None)
            case Snapshot(codes=codes):
                self._entered = {code: self._entered.get(code, 0) for code in codes}
            case _:
                return
        best = heapq.nlargest(LIMIT + 1, self._entered.values())
        cut = best[LIMIT] if len(best) > LIMIT else -1
        self.since = {code: self.since.get(code, now) for code, at_ns in self._entered.items() if at_ns > cut}

    def for_long(self, now: float) -> dict[str, float]:
        """Return those that have been so for HELD seconds, and since when."""
        return {code: since for code, since in self.since.items() if now - since >= HELD}


@dataclass
class Seen:
    """What came of one run."""

    entered: dict[str, float] = field(default_factory=dict)
    """Stocks whose entry price was not told yet, and when they entered."""
    enters: int = 0
    took: list[float] = field(default_factory=list)
    early: list[float] = field(default_factory=list)
    """What the entries of the first NAMES seconds took."""
    entries: list[Price] = field(default_factory=list)
    without: int = 0
    newest: Newest = field(default_factory=Newest)
    slotless: int = 0
    looked: int = 0
    ages: list[float] = field(default_factory=list)
    priceless: int = 0
    """Looks at a member that had no price at all yet, so none that could be old."""
    members: list[int] = field(default_factory=list)


async def told(watch: jogeon.Watch, seen: Seen) -> None:
    """Note the enters."""
    async for event in watch:
        seen.newest.take(event, time.monotonic())
        if isinstance(event, Enter):
            seen.enters += 1
            seen.entered[event.code] = event.at_ns / 1e9


async def priced(watch: jogeon.Watch, seen: Seen) -> None:
    """Note how long after its enter each entry price is told."""
    begun = time.monotonic()
    async for price in watch.price_changes():
        if price.entry_source == "snapshot" or price.code not in seen.entered:
            continue
        took = time.time() - seen.entered.pop(price.code)
        (seen.early if time.monotonic() - begun < NAMES else seen.took).append(took)
        if price.entry_price is None:
            seen.without += 1
        else:
            seen.entries.append(price)


async def sampled(watch: jogeon.Watch, rest: str, seen: Seen, seconds: float) -> None:
    """Look at the slots and at the ages, a few times a second."""
    begun = time.monotonic()
    while (now := time.monotonic()) - begun < seconds:
        members = watch.members[NAME]
        seen.members.append(len(members))
        newest = seen.newest.for_long(now)
        registered = set((await asyncio.to_thread(asked, f"{rest}/simulator/quotes?limit=1"))["registered"])
        for code in [code for code, since in newest.items() if seen.newest.since.get(code) == since]:
            seen.looked += 1
            seen.slotless += code not in registered
        if now - begun > WARM_UP:
            now_ns = time.time_ns()
            for code, price in watch.prices[NAME].items():
                member = members.get(code)
                if code not in registered and member is not None and now_ns - member.since_ns > NEAR * 1e9:
                    if price.price_at_ns is None:
                        seen.priceless += 1
                    else:
                        seen.ages.append((now_ns - price.price_at_ns) / 1e9)
        await asyncio.sleep(SAMPLE)


def asked(url: str) -> dict[str, Any]:
    """Return what the simulator says."""
    with urllib.request.urlopen(url, timeout=60) as reply:  # noqa: S310  # an address of this bench
        found: dict[str, Any] = json.load(reply)
        return found


def traded_near(entries: list[Price], trades: list[dict[str, Any]]) -> int:
    """Return how many entry prices are those of a trade near their moment."""
    by_price: dict[tuple[str, int], list[float]] = {}
    for trade in trades:
        at = datetime.fromisoformat(trade["at"]).timestamp()
        by_price.setdefault((trade["code"], trade["price"]), []).append(at)
    near = 0
    for price in entries:
        moments = by_price.get((price.code, price.entry_price or 0), [])
        at = (price.entry_at_ns or 0) / 1e9
        near += any(abs(moment - at) <= NEAR for moment in moments)
    return near


async def run(speed: float, seconds: float, rate: float) -> None:
    """Watch one market, and tell what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        conditions = Path(folder, "conditions.toml")
        conditions.write_text(CONDITION.format(rate=rate), encoding="utf-8")
        ports = ["--port", "0", "--rest-port", "0"]
        command = [sys.executable, "-m", "jogeon", "simulate", "--speed", str(speed), "--conditions", str(conditions)]
        simulator = await asyncio.create_subprocess_exec(*command, *ports, stdout=subprocess.PIPE)
        try:
            assert simulator.stdout is not None
            await watched(json.loads(await simulator.stdout.readline()), seconds)
        finally:
            simulator.terminate()
            await simulator.wait()


async def watched(address: dict[str, str], seconds: float) -> None:
    """Watch at an address."""
    seen = Seen()
    async with jogeon.connect(address["websocket"]) as kiwoom, kiwoom.watch(NAME, prices=True) as watch:
        tasks = [asyncio.create_task(told(watch, seen)), asyncio.create_task(priced(watch, seen))]
        cpu = time.process_time()
        await sampled(watch, address["rest"], seen, seconds)
        cpu = time.process_time() - cpu
        for task in tasks:
            task.cancel()
    quotes = asked(f"{address['rest']}/simulator/quotes")
    near = traded_near(seen.entries, quotes["trades"])
    print(f"members              {min(seen.members)} to {max(seen.members)}, limit {LIMIT}")
    print(f"enters a second      {seen.enters / seconds:.1f}")
    print(f"entry price told     p50 {quantile(seen.took, 0.5):.2f} s, p95 {quantile(seen.took, 0.95):.2f} s")
    print(f"  at most            {max(seen.took, default=math.nan):.2f} s, of {len(seen.took)}")
    early = f"p50 {quantile(seen.early, 0.5):.2f} s, p95 {quantile(seen.early, 0.95):.2f} s"
    print(f"  in the first {NAMES:g} s  {early}, of {len(seen.early)}")
    print(f"  without one        {seen.without} of {len(seen.took) + len(seen.early)}")
    print(f"  traded within {NEAR:g} s  {near} of {len(seen.entries)}")
    print(f"newest without slot  {seen.slotless} of {seen.looked} looks at one that was among them for {HELD:g} s")
    oldest = max(seen.ages, default=math.nan)
    print(f"age beyond the limit p50 {quantile(seen.ages, 0.5):.1f} s, at most {oldest:.1f} s")
    print(f"  without a price    {seen.priceless} of {seen.priceless + len(seen.ages)} looks after {WARM_UP:g} s")
    print(f"refused              {quotes['refused']}")
    print(f"this process         {100 * cpu / seconds:.0f} % of a core, the bench's own looks with it")


class _Bare(msgspec.Struct):
    trnm: str
    data: list[TradeRow]


def decoding() -> None:
    """Tell what reading a trade costs, beside JSON alone."""
    quote = QuoteRow("005930", "101500", 72_000, -500, -0.24, "fall", 72_100, 72_000, -7, 123_456, 8_880, 72_600)
    codes = [(f"{code:06d}", 70_000 + 50 * (code % 400)) for code in range(1000)]
    texts = [encode_quote(msgspec.structs.replace(quote, code=code, price=price)) for code, price in codes]
    decode = msgspec.json.Decoder(_Bare).decode

    def bare() -> None:
        for text in texts:
            decode(text)

    def read() -> None:
        for text in texts:
            for row in getattr(read_wide(text), "quotes", ()):
                price_of(row)

    rates = {}
    for name, work in (("bare", bare), ("read", read)):
        rates[name] = 0.0
        for _ in range(50):
            began = time.perf_counter()
            work()
            rates[name] = max(rates[name], len(texts) / (time.perf_counter() - began))
    part = 100 * rates["read"] / rates["bare"]
    print(f"trades read a second {rates['read']:,.0f} with their price, {part:.0f} % of JSON alone")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speed", type=float, default=6.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=0.6)
    options = parser.parse_args()
    decoding()
    asyncio.run(run(options.speed, options.seconds, options.rate))
