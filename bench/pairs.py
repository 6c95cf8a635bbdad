"""The pairs drill: a watch with prices against the simulator, such that any two values of its switches meet in a run.

    python bench/pairs.py [--seed 1] [--seconds 6] [--first N] [--last N]

In each run conditions are watched while the market moves, connections drop once, and a condition is searched. Then the
market pauses: soon the members must be the truth, and each price that is shown must be one that was traded. Exits 1 if
anything is wrong, with the switches of that run; it can be run again alone by its number.
"""

import argparse
import asyncio
import itertools
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec

import jogeon
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.simulator import Simulator

WATCHED = ("급등주", "신고가 돌파", "거래량 급증", "대량 체결", "상한가 돌파")
PATIENCE = 150.0
"""Seconds in which everything must be right again: some answers do not come, and what is asked again waits longer."""
TRIES = 50
VALUES: dict[str, tuple[object, ...]] = {
    "unlisted": ("silent", "900004", "allowed"), "unknown_seq": ("900004", "silent"), "second": ("900003", "silent"),
    "before_login": ("100013", "silent"), "seqs": ("now", "listed"), "side_by_side": (False, True),
    "outliving": (False, True), "beside": ("answered", "system"), "venues": ("KNA", "K"), "slow": (0.0, 1.0),
    "words": (0, 7), "empty_list": ("list", "null"), "list_rows": ("arrays", "objects"),
    "list_order": ("text", "number"), "list_name": ("CNSRLST", "CNSRLT"), "padded_names": (False, True),
    "padded_seq": ("searches", "always", "never"), "zero_padded": ("refused", "taken"),
    "empty_snapshot": ("null", "unnamed", "list"), "one_row": ("list", "object"), "search_rows": ("quotes", "codes"),
    "rates": ("thousandths", "percent"), "prefixes": ("snapshots", "never", "always"), "venue_suffix": (False, True),
    "error_seq": ("text", "field", "nowhere"), "login_code": (None, 3), "sor_yn": (True, False),
    "with_20": (True, False), "with_907": (True, False), "with_9081": (False, True), "mixed": (False, True),
    "clear_words": (False, True), "notice": (False, True), "page_size": (100, 7), "fragment": (0, 7),
    "bare_ping": (False, True), "rfc_pong": (False, True), "list_pause": (0.0, 1.0), "list_code": ("105110", "1700"),
    "max_rate": (0, 5), "names_page": (1_000, 150), "rest_rate": (0, 1), "prices_most": (0, 50),
    "price_limit": (100, 30, 200), "group_limit": (0, 60), "reg_pause": (0.0, 1.0),
    "search_of_registered": ("keeps", "ends", "900003"), "ping": (10.0, 1.0),
}  # fmt: skip
"""What the runs are made of. Left out is what no watch can live with (`offered`), limits of which it would be right to
complain (`max_hits`), and `bound`: nobody can tell whose such a push is."""

Pair = tuple[tuple[str, object], tuple[str, object]]
Run = dict[str, object]


def runs(seed: int) -> Iterator[Run]:
    """Yield few runs in which every pair of values occurs: each is the best of some that a missing pair begins."""
    draw = random.Random(seed)
    missing = {pair for one, other in itertools.combinations(VALUES, 2) for pair in _pairs(one, other)}
    while missing:
        begin = min(missing, key=repr)
        tries = [{name: draw.choice(values) for name, values in VALUES.items()} | dict(begin) for _ in range(TRIES)]
        best = max(tries, key=lambda run: len(missing & _met(run)))
        missing -= _met(best)
        yield best


def _pairs(one: str, other: str) -> set[Pair]:
    return {((one, value), (other, another)) for value in VALUES[one] for another in VALUES[other]}


def _met(run: Run) -> set[Pair]:
    return set(itertools.combinations(run.items(), 2))


async def drill(run: Run, seconds: float, seed: int) -> list[str]:
    """Return what is wrong after a run."""
    async with (
        Simulator(seed=seed, speed=20, switches=msgspec.convert(run, Switches)) as simulator,
        jogeon.connect(simulator.websocket, recheck=5.0) as kiwoom,
        kiwoom.watch(*WATCHED, prices=True) as watch,
    ):
        reading = asyncio.create_task(watch.each(lambda _: None))
        await asyncio.sleep(seconds / 2)
        simulator.fault({"drop": True})
        searched = await _searched(kiwoom)
        await asyncio.sleep(seconds / 2)
        simulator.fault({"pause_market": True})
        wrong = [searched] if searched else []
        if not await _soon(lambda: not _differences(simulator, watch)):
            wrong += _differences(simulator, watch)
        wrong += await _wrong_prices(simulator, watch)
        reading.cancel()
        await asyncio.wait([reading])
        return wrong


async def _searched(kiwoom: jogeon.Client) -> str:
    """Search a condition that is watched; return what is wrong with that: a refusal is an answer."""
    try:
        async with asyncio.timeout(PATIENCE):
            stocks = await kiwoom.search("급등주")
    except jogeon.JogeonError:
        return ""
    except TimeoutError:
        return "a search was not answered"
    return "" if stocks else "a search of what is never empty found nothing"


async def _soon(reached: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not reached() and time.monotonic() < end:  # noqa: ASYNC110  # nobody tells when it is so
        await asyncio.sleep(0.1)
    return reached()


def _differences(simulator: Simulator, watch: jogeon.Watch) -> list[str]:
    truth: dict[str, Any] = simulator.truth(limit=0)
    wanted = {name: set(truth["members"][seq]) for seq, name in truth["names"].items() if name in WATCHED}
    found = {str(name): set(members) for name, members in watch.members.items()}
    return [f"{name}: {codes ^ found.get(name, set())} differ" for name, codes in wanted.items()
            if codes != found.get(name)]  # fmt: skip


async def _wrong_prices(simulator: Simulator, watch: jogeon.Watch) -> list[str]:
    """Return prices that nobody traded; and whether there is none at all."""
    traded = {(each["code"], each["price"]) for each in simulator.quotes()["trades"]}
    shown = [(code, price.price) for prices in watch.prices.values() for code, price in prices.items()]
    told = [f"{code} never cost {price}" for code, price in shown if price is not None and (code, price) not in traded]
    return told if any(price is not None for _, price in shown) else ["no price at all"]


async def main(args: argparse.Namespace) -> int:
    """Make the runs; return how many went wrong."""
    failed = 0
    chosen = list(enumerate(runs(args.seed), 1))[args.first - 1 : args.last]
    for number, run in chosen:
        began = time.monotonic()
        wrong = await _told(drill(run, args.seconds, number))
        failed += bool(wrong)
        print(f"run {number}: {'; '.join(wrong) or 'right'} ({time.monotonic() - began:.0f} s)", flush=True)
        if wrong:
            print("  ", {name: value for name, value in run.items() if value != VALUES[name][0]}, flush=True)
    print(f"{len(chosen)} runs, {failed} wrong")
    return failed


async def _told(work: Awaitable[list[str]]) -> list[str]:
    try:
        return await work
    except Exception as error:  # noqa: BLE001  # it is what the drill is after
        return [f"{type(error).__name__}: {error}"]


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seconds", type=float, default=6.0)
    options.add_argument("--first", type=int, default=1)
    options.add_argument("--last", type=int, default=None)
    sys.exit(bool(asyncio.run(main(options.parse_args()))))
