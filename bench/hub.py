"""The truth drill of a hub: many programs below it through random ends, judged against the market and its journal.

    python bench/hub.py [--minutes 30] [--seed 1] [--switch NAME=VALUE...] [--folder DIR]

A hub in a process of its own over a simulator in this one. Below it: `jogeon watch --json` of everything and of some
conditions, killed with -9, stopped for a while and resumed behind their last line; others that begin anew each time;
plain programs of the guide's shape, which list, search and register again on the same connection; programs that come
and go within the grace period; searches of watched conditions, many at once, while the broker goes on with their real
time, ends it, or refuses them. The hub is killed with -9 and started again, its session above is dropped, conditions
are renumbered.

At each quiet point every fold must be the truth. At the end the numbers of each consumer must grow, those of everything
must be /hub/events line by line, and no consumer may hold a line that the file has not. SIGTERM must end the hub in
time, with its last word in the file. Exits 1 if anything is wrong.
"""

import argparse
import asyncio
import contextlib
import itertools
import logging
import os
import random
import sys
import tempfile
import time
from asyncio import CancelledError
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import jogeon
from below import FOREVER_NS, Consumer, HubProcess, Members, Number, Plain, members_of, number, started, unlabelled
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.simulator import Simulator

PINNED = ("급등주", "신고가 돌파")
SOME = ("급등주", "거래량 급증", "대량 체결")
RACED = ("갭상승 유지", "상한가 돌파")
RECHECK = 20
GRACE = 0.5
PATIENCE = 300.0
"""Seconds until every fold must be the truth; a machine that does other things takes minutes."""
ENDING = 10.0
"""Seconds in which SIGTERM must end the hub."""
STOPS = (0.3, 1, 2, 3, 5, 8, 13)
USUAL = Switches(ping=1.0, ping_deadline=6.0, login_deadline=5.0)
SEARCHED = ("keeps", "ends", "900003")
"""What becomes of the real time of a condition that is searched, in turns."""


# ---------------------------------------------------------------- the drill


class Drill:
    """One run."""

    def __init__(self, seed: int, simulator: Simulator, folder: Path, searched: Sequence[str]) -> None:
        self.searched = searched
        self.random = random.Random(seed)
        self.simulator = simulator
        words = (*PINNED, "--grace", f"{GRACE}s", "--recheck", f"{RECHECK}s")
        self.hub = HubProcess(simulator.websocket, folder / "hub.journal", *words)
        self.consumers = [
            Consumer("everything", self.hub, resumes=True),
            Consumer("some, resumed", self.hub, *SOME, resumes=True),
            Consumer("one, resumed", self.hub, "신고가 돌파", resumes=True),
            Consumer("some, anew", self.hub, *SOME, resumes=False),
        ]
        self.plain = [Plain("plain", self.hub, *SOME), Plain("plain, pinned", self.hub, *PINNED)]
        self.played: Counter[str] = Counter()
        self.searches: Counter[str] = Counter()
        self.slowest_search = self.slowest = self.ended = 0.0
        self.wrong: list[str] = []
        self.racing: set[asyncio.Task[None]] = set()
        self.shown: Number = (0, 0)
        """Up to where everything had been shown to everybody: a first snapshot comes without what led to it."""

    # ------------------------------------------------------------ what happens

    async def play(self) -> None:
        """Play one random fault."""
        draw = self.random
        consumer = draw.choice(self.consumers)
        acts: dict[str, tuple[int, Callable[[], Any]]] = {
            "consumer killed": (5, lambda: self.kill(consumer)),
            "consumer stopped": (3, lambda: self.stop(consumer)),
            "hub killed": (1, self.kill_hub),
            "consumer away, hub killed": (1, lambda: self.leave_long(consumer)),
            "session dropped": (1, lambda: self.simulator.fault({"drop": True})),
            "session closed": (1, lambda: self.simulator.fault({"close": [1000, "Bye"]})),
            "login refused": (1, lambda: self.simulator.fault({"refuse_login": "1700", "drop": True})),
            "frozen": (1, lambda: self.simulator.fault({"freeze": draw.uniform(0.5, 3)})),
            "renumbered": (2, lambda: self.simulator.fault({"renumber": True})),
            "pushes lost": (1, lambda: self.simulator.fault({"garble_push": draw.randint(1, 3)})),
            "pushes doubled": (1, lambda: self.simulator.fault({"duplicate": True})),
            "faults ended": (1, lambda: self.simulator.fault({})),
            "races": (3, lambda: self.begin(self.race())),
            "searches": (3, lambda: self.begin(self.search_at_once())),
        }
        [name] = draw.choices(list(acts), [weight for weight, _ in acts.values()])
        self.played[name] += 1
        doing = acts[name][1]()
        if asyncio.iscoroutine(doing):
            await doing

    async def kill(self, consumer: Consumer) -> None:
        await consumer.kill()
        await asyncio.sleep(self.random.choice([0, 0.2, 1, 3]))
        await consumer.start()

    async def leave_long(self, consumer: Consumer) -> None:
        """Let a consumer come again when what it lacks stands in the file alone, and is more than is read at once."""
        await consumer.kill()
        await asyncio.sleep(self.random.choice([20, 40]))
        await self.kill_hub()
        await consumer.start()

    def stop(self, consumer: Consumer) -> None:
        consumer.stop()
        asyncio.get_running_loop().call_later(self.random.choice(STOPS), consumer.go_on)

    async def kill_hub(self) -> None:
        await self.hub.kill()
        await asyncio.sleep(self.random.choice([0, 0.2, 2]))
        self.simulator.fault({})  # a hub that cannot log in ends
        await self.hub.start()

    def begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.racing.add(task)
        task.add_done_callback(self.racing.discard)

    def client(self) -> contextlib.AbstractAsyncContextManager[jogeon.Client]:
        return jogeon.connect(self.hub.websocket)

    async def race(self) -> None:
        """Come and go about the end of the grace period."""
        for _ in range(self.random.randint(2, 6)):
            name = self.random.choice(RACED)
            with contextlib.suppress(jogeon.JogeonError):
                async with asyncio.timeout(30), self.client() as client, client.watch(name) as watch:
                    await asyncio.sleep(self.random.choice([0, 0.1, 0.4]))
                    self.fold(watch)
            await asyncio.sleep(max(0.0, self.random.gauss(GRACE, 0.02)))

    def fold(self, watch: jogeon.Watch) -> None:
        """Fold what waits; it must not jump."""
        members: Members = {}
        while (event := watch._queue.pop()) is not None:
            match event:
                case jogeon.Snapshot(condition=condition, codes=codes):
                    if members.setdefault(condition.name, set(codes)) != set(codes):
                        self.wrong.append(f"the fold of a guest jumps at {event}")
                case jogeon.Enter(condition=condition, code=code):
                    members[condition.name].add(code)
                case jogeon.Leave(condition=condition, code=code):
                    members[condition.name].discard(code)

    async def search_at_once(self) -> None:
        """Search watched conditions, several at once."""
        name = self.random.choice(SOME)
        await asyncio.gather(*(self.search(name) for _ in range(self.random.choice([1, 3, 10]))))

    async def search(self, name: str) -> None:
        try:
            async with self.client() as client:
                began = time.monotonic()
                await client.search(name)
                self.slowest_search = max(self.slowest_search, time.monotonic() - began)
                self.searches["answered"] += 1
        except jogeon.JogeonError as error:
            self.searches[type(error).__name__] += 1

    # ------------------------------------------------------------ quiet points

    async def rest(self) -> None:
        """End all faults, stop the market, and wait until every fold is the truth."""
        for each in self.plain:
            each.still = True
        for consumer in self.consumers:
            consumer.go_on()
        await asyncio.gather(*self.racing, return_exceptions=True)
        self.simulator.fault({})
        self.simulator.fault({"pause_market": True})
        began = time.monotonic()
        while differ := self.differences():
            if time.monotonic() - began > PATIENCE:
                self.wrong.append(f"after {PATIENCE:g} s of quiet: {differ}")
                break
            await asyncio.sleep(0.05)
        self.slowest = max(self.slowest, time.monotonic() - began)
        await asyncio.sleep(0.5)
        if (late := self.differences()) and not differ:
            self.wrong.append(f"right, and then wrong: {late}")
        for each in self.plain:
            each.still = False

    @property
    def everybody(self) -> list[Consumer | Plain]:
        return [*self.consumers, *self.plain]

    def differences(self) -> dict[str, dict[str, int]]:
        wanted = members_of(self.simulator)
        found: dict[str, dict[str, int]] = {}
        for each in self.everybody:
            names = each.conditions or tuple(wanted)
            differ = {name: len(wanted[name] ^ each.members[name]) if name in each.members else -1 for name in names}
            if any(differ.values()):
                found[each.name] = {name: count for name, count in differ.items() if count}
        return found

    async def run(self, seconds: float) -> int:
        """Play and rest for so long; return the number of quiet points."""
        await self.hub.start()
        for consumer in self.consumers:
            await consumer.start()
        living = [asyncio.create_task(each.run()) for each in self.plain]
        end, rests = time.monotonic() + seconds, 0
        await self.rest()
        self.shown = number(self.consumers[0].lines[-1])
        for searched in itertools.cycle(self.searched):
            if time.monotonic() > end or self.wrong:
                break
            broker = self.simulator._broker
            broker._switches = msgspec.structs.replace(broker._switches, search_of_registered=searched)
            self.simulator.fault({})
            for _ in range(self.random.randint(3, 12)):
                await self.play()
                await asyncio.sleep(self.random.uniform(0.1, 2))
            await self.rest()
            rests += 1
            self.wrong += [wrong for each in self.everybody for wrong in each.wrong]
        for task in living:
            task.cancel()
        ends = await asyncio.gather(*living, return_exceptions=True)
        self.wrong += [f"a plain program ended with {end!r}" for end in ends if not isinstance(end, CancelledError)]
        return rests

    # ------------------------------------------------------------ the end

    async def judge(self) -> int:
        """Hold what everybody had against the stream and the file; return how many lines that has."""
        stream = await self.hub.events()
        for consumer in self.consumers:
            await consumer.kill()
            held = [unlabelled(line) for line in consumer.lines]
            lines = {number(line): line for line in stream}
            self.wrong += [f"{consumer.name}: {line}" for line in held if lines.get(number(line)) != line][:3]
            if not consumer.conditions:
                same = [line for line in stream if self.shown < number(line) <= number(held[-1])]
                missing = {number(line) for line in same} - {number(line) for line in held}
                if missing:
                    self.wrong.append(f"{consumer.name}: {len(missing)} lines missing, first {min(missing)}")
        await self.end()
        kept = await self.file()
        if kept[-1].get("state") != "ended":
            self.wrong.append(f"the last word of the file is {kept[-1]}")
        written = {number(line): line for line in kept}
        self.wrong += [f"not in the file: {line}" for line in stream if written.get(number(line)) != line][:3]
        return len(written)

    async def end(self) -> None:
        """End the hub by SIGTERM."""
        began = time.monotonic()
        code = await self.hub.stop()
        self.ended = time.monotonic() - began
        if code or self.ended > ENDING:
            self.wrong.append(f"SIGTERM ended the hub with {code} after {self.ended:.1f} s")

    async def file(self) -> list[dict[str, Any]]:
        journal = self.hub.journal
        words = ("history", "events", "--json", "--journal", journal)
        process = await started(*words, log=journal.with_name("history.log"))
        assert process.stdout is not None
        lines = (await process.stdout.read()).splitlines()
        await process.wait()
        return [unlabelled(msgspec.json.decode(line)) for line in lines]


async def run(args: argparse.Namespace, folder: Path) -> int:
    given = dict(pair.split("=", 1) for pair in args.switch)
    switches = msgspec.convert(msgspec.structs.asdict(USUAL) | given, Switches, strict=False)
    async with Simulator(seed=args.seed, speed=20, rest_port=None, switches=switches) as simulator:
        searched = (given["search_of_registered"],) if "search_of_registered" in given else SEARCHED
        drill = Drill(args.seed, simulator, folder, searched)
        began = time.monotonic()
        try:
            rests = await drill.run(args.minutes * 60)
            lines = await drill.judge()
        finally:
            await drill.hub.kill()
            for consumer in drill.consumers:
                await consumer.kill()
        logins = simulator.truth(FOREVER_NS)["logins"]
    minutes = (time.monotonic() - began) / 60
    print(f"{minutes:.1f} minutes, seed {args.seed}: {drill.played.total()} faults, {rests} quiet points,", end=" ")
    print(f"slowest to be right {drill.slowest:.1f} s, hub started {drill.hub.starts} times,", end=" ")
    print(f"{logins} logins above, {lines:,} lines in the file, ended in {drill.ended:.1f} s, {len(drill.wrong)} wrong")
    for consumer in drill.consumers:
        print(f"  {consumer.name}: {consumer.lives} lives, {len(consumer.lines):,} numbers, {dict(consumer.told)}")
    for each in drill.plain:
        print(f"  {each.name}: {dict(each.did)}, slowest search {each.slowest_search:.1f} s")
    print(f"  searches by guests: {dict(drill.searches)}, slowest {drill.slowest_search:.1f} s")
    print(dict(drill.played.most_common()), "switches:", given)
    for sentence in drill.wrong[:20]:
        print(" ", sentence)
    return 1 if drill.wrong else 0


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help="set a switch")
    options.add_argument("--folder", type=Path, help="where the journal goes, and stays")
    args = options.parse_args()
    logging.basicConfig(level=logging.CRITICAL)
    os.environ["JOGEON_TOKEN"] = "demo"  # noqa: S105  # the simulator's, which everybody knows
    with contextlib.ExitStack() as stack:
        folder = args.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        return asyncio.run(run(args, folder))


if __name__ == "__main__":
    sys.exit(main())
