"""The truth drill: a watch through random faults of the simulator and of a network, judged against the market's truth.

    python bench/drill.py [--minutes 60] [--seed 1]

The market runs all the while. Now and then every fault ends and the market pauses: at such a quiet point the members
must be the truth. At the end every event and every change of truth is judged (tests/judge.py). Exits 1 if anything is
wrong, with a sentence for each.
"""

import argparse
import asyncio
import logging
import pickle
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import jogeon
from jogeon.messages import Answer, Clear, Register, Request
from jogeon.simulator.simulator import Simulator
from jogeon.simulator.switches import Switches
from jogeon.subscriptions import Subscriptions
from judge import Fold, judge
from proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable

WATCHED = ("급등주", "신고가 돌파", "거래량 급증", "갭상승 유지", "대량 체결", "상한가 돌파")
RECHECK = 20.0
FOREVER_NS = 10**18
PATIENCE = 150.0
"""Seconds in which everything must be right again: the longest pauses of a refused login, a recheck, and its grace."""


class Drill:
    """One run."""

    def __init__(self, seed: int, simulator: Simulator, proxy: Proxy, watch: jogeon.Watch) -> None:
        self.random = random.Random(seed)
        self.simulator = simulator
        self.proxy = proxy
        self.watch = watch
        self.fold = Fold()
        self.told: list[jogeon.Event] = []
        self.played: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.slowest = 0.0
        self.note_rechecks(watch._subscriptions)

    async def read(self) -> None:
        async for event in self.watch:
            self.told.append(event)
            self.fold.take(event)

    def note_rechecks(self, subscriptions: Subscriptions) -> None:
        """Note from when to when a recheck left a condition unregistered; what stays of it is judged all the same."""
        cleared: dict[str, int] = {}
        next_request, answered = subscriptions.next_request, subscriptions.answered

        def asked(now: float, at_ns: int) -> Request | None:
            request = next_request(now, at_ns)
            if isinstance(request, Clear):
                cleared[request.seq] = at_ns
            return request

        def heard(request: Request, answer: Answer, now: float, at_ns: int) -> None:
            following = subscriptions._by_seq.get(request.seq) if isinstance(request, Register) else None
            if following is not None and isinstance(request, Register) and request.seq in cleared:
                name = following.condition.name
                self.fold.rechecks[name].append((cleared.pop(request.seq), at_ns))
            answered(request, answer, now, at_ns)

        subscriptions.next_request, subscriptions.answered = asked, heard  # type: ignore[method-assign]

    def play(self) -> None:
        """Play one random fault."""
        draw = self.random
        network: dict[str, Callable[[], None]] = {
            "latency": lambda: setattr(self.proxy, "latency", draw.uniform(0.001, 0.3)),
            "slice": lambda: setattr(self.proxy, "slice", draw.choice([1, 7, 100])),
            "rate": lambda: setattr(self.proxy, "rate", draw.choice([5_000, 50_000])),
            "stall": lambda: setattr(self.proxy, "stalled", True),
            "half-open": lambda: setattr(self.proxy, "half_open", True),
            "refuse": lambda: setattr(self.proxy, "refusing", True),
            "accept-then-close": lambda: setattr(self.proxy, "closing", True),
            "network drop": self.proxy.drop,
            "reset mid-frame": lambda: self.proxy.cut_mid_frame(draw.randint(1, 3000)),
            "calm": self.proxy.calm,
        }
        broker: dict[str, dict[str, object]] = {
            "drop": {"drop": True},
            "close": {"close": [draw.choice([1000, 1001, 1011]), "Bye"]},
            "refuse_login": {"refuse_login": "8005"},
            "reject_for": {"reject_for": draw.uniform(0.5, 4)},
            "freeze": {"freeze": draw.uniform(0.5, 8)},
            "mute": {"mute": draw.choice("014")},
            "no_ping": {"no_ping": True},
            "duplicate": {"duplicate": True},
            "garble": {"garble": draw.randint(1, 5)},
            "garble_push": {"garble_push": draw.randint(1, 5)},
            "push_before_reply": {"push_before_reply": draw.randint(1, 4)},
            "renumber": {"mute": None, "renumber": True, "drop": True},  # a mute seq would become another condition's
            "end of faults": {},
        }
        name = draw.choice([*network, *broker])
        self.played[name] += 1
        if name == "mute":
            self.muted(str(broker["mute"]["mute"]))
        if name in network:
            network[name]()
        else:
            self.simulator.fault(broker[name])

    def muted(self, seq: str) -> None:
        """Excuse what a mute condition does not tell, up to the recheck that follows the end of the fault."""
        now_ns = time.time_ns()
        name = self.simulator.truth(10**9)["names"][seq]
        self.fold.mute[name].append((now_ns, now_ns + FOREVER_NS))

    def unmuted(self) -> None:
        """End the excuse one recheck and its grace from now."""
        end_ns = time.time_ns() + int((RECHECK + 15) * 1e9)
        for stretches in self.fold.mute.values():
            stretches[:] = [(since, min(until, end_ns)) for since, until in stretches]

    async def rest(self) -> None:
        """End every fault, stop the market, and wait until the members are the truth."""
        self.proxy.calm()
        self.simulator.fault({})
        self.simulator.fault({"pause_market": True})
        began = time.monotonic()
        while not self.right():
            if time.monotonic() - began > PATIENCE:
                self.wrong.append(f"after {PATIENCE:g} s of quiet: {self.differences()}")
                break
            await asyncio.sleep(0.05)
        self.slowest = max(self.slowest, time.monotonic() - began)
        await asyncio.sleep(0.5)  # what is right by chance may still be on its way
        self.unmuted()

    def right(self) -> bool:
        return not self.differences() and all(f.membership.live for f in self.watch._followed)

    def differences(self) -> dict[str, int]:
        truth = self.simulator.truth(10**9)
        wanted = {truth["names"][seq]: set(codes) for seq, codes in truth["members"].items()}
        told = {str(name): set(members) for name, members in self.watch.members.items()}
        return {name: len(wanted[name] ^ told.get(name, set())) for name in WATCHED if wanted[name] != told.get(name)}


async def run(minutes: float, seed: int, save: Path | None) -> int:
    switches = Switches(ping=1.0, ping_deadline=6.0, login_deadline=5.0)
    async with Simulator(seed=seed, speed=20, rest_port=None, switches=switches) as simulator:
        address = urlsplit(simulator.websocket)
        async with Proxy(address.hostname or "", address.port or 0) as proxy:
            url = f"ws://127.0.0.1:{proxy.port}{address.path}"
            async with jogeon.connect(url, recheck=RECHECK) as kiwoom, kiwoom.watch(*WATCHED) as watch:
                drill = Drill(seed, simulator, proxy, watch)
                reading = asyncio.create_task(drill.read())
                end = time.monotonic() + minutes * 60
                rests = 0
                while time.monotonic() < end and not reading.done():
                    for _ in range(drill.random.randint(3, 15)):
                        drill.play()
                        await asyncio.sleep(drill.random.uniform(0.1, 3))
                    await drill.rest()
                    rests += 1
                    truth = simulator.truth()
                    simulator.fault({})
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
                if not reading.cancelled() and reading.exception():
                    drill.wrong.append(f"the reader failed: {reading.exception()!r}")
    wrong = drill.wrong + judge(drill.fold, truth["changes"])
    live = sum(map(len, drill.fold.live.values()))
    gaps = sum(map(len, drill.fold.gaps.values()))
    print(f"{minutes:g} minutes, seed {seed}: {sum(drill.played.values())} faults, {rests} quiet points,", end=" ")
    print(f"slowest to be right {drill.slowest:.1f} s, {len(truth['changes'])} changes, {live} live events,", end=" ")
    print(f"{gaps} gaps, {truth['logins']} logins, {len(wrong)} wrong")
    print(dict(drill.played.most_common()))
    for sentence in wrong[:20]:
        print(" ", sentence)
    if wrong and save:
        save.write_bytes(pickle.dumps((drill.told, truth["changes"], dict(drill.fold.mute))))
        print("all that was told and all that was true:", save)
    return 1 if wrong else 0


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--save", type=Path, help="where to put everything if something is wrong (a pickle)")
    options.add_argument("--log", action="store_true")
    args = options.parse_args()
    logging.basicConfig(level=logging.INFO if args.log else logging.CRITICAL, format="%(asctime)s %(name)s %(message)s")
    return asyncio.run(run(args.minutes, args.seed, args.save))


if __name__ == "__main__":
    sys.exit(main())
