"""The truth drill: a watch through random faults of the simulator and of a network, judged against the market's truth.

    python bench/drill.py [--minutes 60] [--seed 1] [--only NAME...] [--switches] [--switch NAME=VALUE...] [--prices]

The watch runs in a process of its own (watching.py), so that it can be stopped as a laptop is. The market runs all the
while. Now and then every fault ends and the market pauses: at such a quiet point the members must be the truth. At the
end every event and every change of truth is judged (tests/judge.py). Exits 1 if anything is wrong, with a sentence for
each. With --switches, the broker's doubtful ways are drawn by the seed, too. With --prices the members' prices are kept
up as well, and at a quiet point those who deserve a slot must have it, and no others.
"""

import argparse
import asyncio
import logging
import os
import pickle
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from below import FOREVER_NS, members_of
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.simulator import Simulator
from judge import Fold, judge, judge_stops
from proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable

    import jogeon

WATCHED = ("급등주", "신고가 돌파", "거래량 급증", "갭상승 유지", "대량 체결", "상한가 돌파")
RECHECK = 20.0
PATIENCE = 150.0
"""Seconds in which everything must be right again: the longest pauses of a refused login, a recheck, and its grace."""
STOPS = (1, 2, 3, 5, 8, 13, 30, 60, 90)
"""Seconds for which the watching process does not run; the broker gives a session up after six."""
PASSING = ("1700", "1999", "8003", "8005", "8010", "maintenance")
DRAWN: dict[str, tuple[object, ...]] = {
    "unlisted": ("silent", "900004", "allowed"), "unknown_seq": ("900004", "silent"), "second": ("900003", "silent"),
    "before_login": ("100013", "silent"), "seqs": ("now", "listed"), "side_by_side": (True,), "outliving": (True,),
    "slow": (3.0, 6.0), "words": (5, 20), "list_rows": ("objects",), "list_order": ("number",),
    "list_name": ("CNSRLT",), "padded_names": (True,), "padded_seq": ("always", "never"), "zero_padded": ("taken",),
    "empty_snapshot": ("unnamed", "list"), "one_row": ("object",), "prefixes": ("never", "always"),
    "error_seq": ("field", "nowhere"), "login_code": (3,), "sor_yn": (False,), "with_907": (False,),
    "with_9081": (True,), "mixed": (True,), "clear_words": (True,), "notice": (True,), "fragment": (7,),
    "bare_ping": (True,), "rfc_pong": (True,), "list_pause": (1.0,), "list_code": ("1700",), "max_rate": (5,),
}  # fmt: skip
"""What --switches draws from. Left out is what a watch cannot live with (`offered`), what concerns searches only, and
`bound`: pushes of another condition under a registered seq are nobody's fault and nobody can tell."""


class Drill:
    """One run."""

    def __init__(self, seed: int, simulator: Simulator, proxy: Proxy, only: list[str]) -> None:
        self.random = random.Random(seed)
        self.simulator = simulator
        self.proxy = proxy
        self.only = only
        self.prices = False
        """Whether prices are kept up as well."""
        self.slots: tuple[set[str], set[str]] = (set(), set())
        """The stocks that deserve a slot, and those that the watch takes for registered."""
        self.fold = Fold()
        self.members: dict[str, set[str]] = {}
        self.told: list[jogeon.Event] = []
        self.played: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.slowest = 0.0
        self.stops: list[tuple[int, int]] = []
        self.watching: asyncio.subprocess.Process
        self._stopped_ns = 0
        self._going_on: asyncio.TimerHandle | None = None

    async def start(self, url: str) -> None:
        """Start the watching process and wait until all conditions are registered."""
        program = str(Path(__file__).with_name("watching.py"))
        words = (sys.executable, program, url, str(RECHECK), *(["--prices"] if self.prices else []), *WATCHED)
        self.watching = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
        end = time.monotonic() + 60
        while not self.registered():
            if time.monotonic() > end:
                raise TimeoutError("the watch did not begin")
            await asyncio.sleep(0.1)

    async def read(self) -> None:
        """Take in what the watching process reports; returns when it ends."""
        assert self.watching.stdout
        while True:
            try:
                size = int.from_bytes(await self.watching.stdout.readexactly(4), "big")
            except asyncio.IncompleteReadError:
                return
            self.take(pickle.loads(await self.watching.stdout.readexactly(size)))  # noqa: S301  # our own child's

    def take(self, note: tuple[Any, ...]) -> None:
        match note:
            case ("event", event):
                self.told.append(event)
                self.fold.take(event)
            case ("members", members):
                self.members = {name: set(codes) for name, codes in members.items()}
            case ("slots", wanted, registered):
                self.slots = (set(wanted), set(registered))
            case ("recheck", name, since_ns, until_ns):
                self.fold.rechecks[name].append((since_ns, until_ns))
            case ("failed", why):
                self.wrong.append(f"the watching process ended: {why}")

    # ------------------------------------------------------------ stops

    def stop(self) -> None:
        """Stop the watching process for a while, as Ctrl+Z or a closed lid does."""
        if self._going_on is None:
            self.watching.send_signal(signal.SIGSTOP)
            self._stopped_ns = time.time_ns()
            seconds = self.random.choice(STOPS)
            self._going_on = asyncio.get_running_loop().call_later(seconds, self.go_on)

    def go_on(self) -> None:
        """Let it run again."""
        if self._going_on is not None:
            self._going_on.cancel()
            self._going_on = None
            self.stops.append((self._stopped_ns, time.time_ns()))
            self.watching.send_signal(signal.SIGCONT)

    # ------------------------------------------------------------ faults

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
            "process stop": self.stop,
        }
        broker: dict[str, dict[str, object]] = {
            "drop": {"drop": True},
            "close": {"close": [draw.choice([1000, 1001, 1011]), "Bye"]},
            "refuse_login": {"refuse_login": "8005"},
            "refused at return": {"refuse_login": draw.choice(PASSING), "drop": True},
            "reject_for": {"reject_for": draw.uniform(0.5, 4)},
            "freeze": {"freeze": draw.uniform(0.5, 8)},
            "mute": {"mute": draw.choice("014")},
            "no_ping": {"no_ping": True},
            "duplicate": {"duplicate": True},
            "garble": {"garble": draw.randint(1, 5)},
            "garble_push": {"garble_push": draw.randint(1, 5)},
            "push_before_reply": {"push_before_reply": draw.randint(1, 4)},
            "slow_reply": {"slow_reply": draw.choice([3.0, 6.0])},
            "lose_request": {"lose_request": draw.randint(1, 3)},
            "lose_reply": {"lose_reply": draw.randint(1, 3)},
            "double_reply": {"double_reply": draw.randint(1, 5)},
            "words": {"words": draw.randint(1, 3)},
            "system": {"system": draw.choice(["R10002", "R10004", "N00001"])},
            "renumber": {"renumber": True, "drop": True},
            "renumber live": {"renumber": True},
            "end of faults": {},
        }
        names = [name for name in (*network, *broker) if not self.only or name in self.only]
        name = draw.choice(names)
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
        name = self.simulator.truth(FOREVER_NS)["names"][seq]
        self.fold.mute[name].append((now_ns, now_ns + FOREVER_NS))

    def unmuted(self) -> None:
        """End the excuse one recheck and its grace from now."""
        end_ns = time.time_ns() + int((RECHECK + 15) * 1e9)
        for stretches in self.fold.mute.values():
            stretches[:] = [(since, min(until, end_ns)) for since, until in stretches]

    # ------------------------------------------------------------ quiet points

    async def rest(self) -> None:
        """End every fault, stop the market, and wait until the members are the truth."""
        self.go_on()
        self.proxy.calm()
        self.simulator.fault({})
        self.simulator.fault({"pause_market": True})
        began = time.monotonic()
        while not self.right():
            if time.monotonic() - began > PATIENCE:
                self.wrong.append(f"after {PATIENCE:g} s of quiet: {self.differences()}{self.slots_differ()}")
                break
            await asyncio.sleep(0.05)
        self.slowest = max(self.slowest, time.monotonic() - began)
        await asyncio.sleep(0.5)  # what is right by chance may still be on its way
        self.unmuted()

    def slots_differ(self) -> str:
        """Return how many slots are not as they should be."""
        wanted, registered = self.slots
        there = self.slots_there()
        return "" if self.slotted() else f", slots: {len(wanted ^ registered)} here, {len(wanted ^ there)} there"

    def right(self) -> bool:
        return self.registered() and not self.differences() and (not self.prices or self.slotted())

    def slotted(self) -> bool:
        """Tell whether who deserves a slot has one, here and at the broker."""
        wanted, registered = self.slots
        return wanted == registered == self.slots_there()

    def slots_there(self) -> set[str]:
        """Return the stocks that the broker has registered."""
        return set(self.simulator.quotes(limit=1)["registered"])

    def registered(self) -> bool:
        """Tell whether the broker has real time of all that is watched."""
        return {name for _, name in self.simulator._broker.registered()} >= set(WATCHED)

    def differences(self) -> dict[str, int]:
        wanted = members_of(self.simulator)
        return {
            name: len(wanted[name] ^ self.members.get(name, set()))
            for name in WATCHED
            if not wanted[name] == self.members.get(name) == self.fold.members.get(name)
        }

    # ------------------------------------------------------------ the end

    def judged(self, changes: list[dict[str, Any]]) -> list[str]:
        """Return all that is wrong."""
        return self.wrong + judge(self.fold, changes) + judge_stops(self.fold, changes, self.stops)

    async def run(self, seconds: float) -> tuple[int, dict[str, Any]]:
        """Play and rest for so long; return the number of quiet points, and the truth at the last one."""
        reading = asyncio.create_task(self.read())
        end = time.monotonic() + seconds
        rests, truth = 0, self.simulator.truth()
        while time.monotonic() < end and not reading.done():
            for _ in range(self.random.randint(3, 15)):
                self.play()
                await asyncio.sleep(self.random.uniform(0.1, 3))
            await self.rest()
            rests += 1
            truth = self.simulator.truth()
            self.simulator.fault({})
        reading.cancel()
        [failed] = await asyncio.gather(reading, return_exceptions=True)
        if isinstance(failed, Exception):
            self.wrong.append(f"what was told cannot be: {failed!r}")
        return rests, truth


async def run(args: argparse.Namespace) -> int:
    switches = switches_of(args)
    rest_port = 0 if args.prices else None
    async with Simulator(seed=args.seed, speed=20, rest_port=rest_port, switches=switches) as simulator:
        address = urlsplit(simulator.websocket)
        async with Proxy(address.hostname or "", address.port or 0) as proxy:
            drill = Drill(args.seed, simulator, proxy, args.only)
            drill.prices = args.prices
            try:
                await drill.start(f"ws://127.0.0.1:{proxy.port}{address.path}")
                rests, truth = await drill.run(args.minutes * 60)
                refused = simulator.quotes(limit=1)["refused"]
            finally:
                drill.go_on()
                if drill.watching.returncode is None:
                    drill.watching.kill()
                await drill.watching.wait()
    wrong = drill.judged(truth["changes"])
    live = sum(map(len, drill.fold.live.values()))
    gaps = sum(map(len, drill.fold.gaps.values()))
    print(f"{args.minutes:g} minutes, seed {args.seed}: {sum(drill.played.values())} faults,", end=" ")
    print(f"{rests} quiet points,", end=" ")
    print(f"slowest to be right {drill.slowest:.1f} s, {len(truth['changes'])} changes, {live} live events,", end=" ")
    print(f"{gaps} gaps, {len(drill.stops)} stops, {truth['logins']} logins, {len(wrong)} wrong")
    print(dict(drill.played.most_common()))
    drawn = {name: value for name, value in msgspec.structs.asdict(switches).items() if value != getattr(USUAL, name)}
    print("switches:", drawn)
    if args.prices:
        print("refused:", {code: count for code, count in refused.items() if count})
    for sentence in wrong[:20]:
        print(" ", sentence)
    if wrong and args.save:
        args.save.write_bytes(pickle.dumps((drill.told, truth["changes"], dict(drill.fold.mute), drill.stops)))
        print("all that was told and all that was true:", args.save)
    return 1 if wrong else 0


USUAL = Switches(ping=1.0, ping_deadline=6.0, login_deadline=5.0)


def switches_of(args: argparse.Namespace) -> Switches:
    """Return the switches of a run: the usual ones, those drawn by the seed, and those given."""
    drawn: dict[str, object] = {}
    if args.switches:
        draw = random.Random(f"switches of {args.seed}")
        drawn = {name: draw.choice(values) for name, values in DRAWN.items() if draw.random() < 0.3}
    given = dict(pair.split("=", 1) for pair in args.switch)
    usual = msgspec.structs.asdict(USUAL)
    return msgspec.convert(usual | drawn | given, Switches, strict=False)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", nargs="+", default=[], metavar="NAME", help="play only these faults")
    options.add_argument("--switches", action="store_true", help="draw the broker's switches by the seed")
    options.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help="set a switch")
    options.add_argument("--prices", action="store_true", help="keep up the members' prices as well")
    options.add_argument("--save", type=Path, help="where to put everything if something is wrong (a pickle)")
    options.add_argument("--log", action="store_true")
    args = options.parse_args()
    logging.basicConfig(level=logging.INFO if args.log else logging.CRITICAL, format="%(asctime)s %(name)s %(message)s")
    os.environ["JOGEON_TOKEN"] = "demo"  # noqa: S105  # the simulator's, which everybody knows
    return asyncio.run(run(args))


if __name__ == "__main__":
    sys.exit(main())
