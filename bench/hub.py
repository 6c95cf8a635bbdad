"""The truth drill of a hub: many programs below it through random ends, judged against the market and its journal.

    python bench/hub.py [--minutes 30] [--seed 1] [--switch NAME=VALUE...] [--folder DIR]

A hub in a process of its own over a simulator in this one. Below it: `jogeon watch --json` of everything and of some
conditions, killed with -9, stopped for a while and resumed behind their last line; others that begin anew each time;
plain programs of the guide's shape; programs that come and go within the grace period; searches of watched conditions,
many at once. The hub is killed with -9 and started again, its session above is dropped, conditions are renumbered.

At each quiet point every fold must be the truth. At the end the numbers of each consumer must grow, those of everything
must be /hub/events line by line, and no consumer may hold a line that the file has not. Exits 1 if anything is wrong.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import jogeon
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.simulator import Simulator
from naive_client import NaiveClient

if TYPE_CHECKING:
    from collections.abc import Callable

PINNED = ("급등주", "신고가 돌파")
SOME = ("급등주", "거래량 급증", "대량 체결")
RACED = ("갭상승 유지", "상한가 돌파")
RECHECK = 20
GRACE = 0.5
PATIENCE = 100.0
SEARCH_PATIENCE = 5.0
STOPS = (0.3, 1, 2, 3, 5, 8, 13)
FOREVER_NS = 10**18
USUAL = Switches(ping=1.0, ping_deadline=6.0, login_deadline=5.0)

Number = tuple[int, int]
Members = dict[str, set[str]]
LABELS = ("name", "names")
"""A line of the journal may bear a name that the live line lacked."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def started(*words: object, log: Path) -> asyncio.subprocess.Process:
    """Start a `jogeon` command; what it says on stderr goes behind what is in `log`."""
    with log.open("ab") as stderr:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "jogeon", *map(str, words),
            stdout=asyncio.subprocess.PIPE, stderr=stderr, limit=2**24,
        )  # fmt: skip


# ---------------------------------------------------------------- the hub


class HubProcess:
    """`jogeon hub`, on the same ports each time it is started."""

    def __init__(self, upstream: str, journal: Path) -> None:
        self.journal = journal
        self.starts = 0
        self._port, self._rest_port = free_port(), free_port()
        self._upstream = upstream
        self._process: asyncio.subprocess.Process | None = None

    @property
    def websocket(self) -> str:
        return f"ws://127.0.0.1:{self._port}/api/dostk/websocket"

    async def start(self) -> None:
        """Start it, and wait for its address."""
        self.starts += 1
        self._process = await started(
            "hub", *PINNED, "--server", self._upstream, "--port", self._port, "--rest-port", self._rest_port,
            "--journal", self.journal, "--grace", f"{GRACE}s", "--recheck", f"{RECHECK}s",
            log=self.journal.with_name("hub.log"),
        )  # fmt: skip
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), 60)
        assert line, f"the hub ended with {await self._process.wait()}"

    async def kill(self) -> None:
        """End it with -9."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> int:
        """Ask it to end; return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return await asyncio.wait_for(self._process.wait(), 20)

    async def get(self, path: str) -> bytes:
        """Return what it answers over HTTP."""
        async with httpx2.AsyncClient(timeout=30) as http:
            reply = await http.get(f"http://127.0.0.1:{self._rest_port}{path}")
            assert reply.status_code == 200, (reply.status_code, reply.text[:200])
            return reply.content


# ---------------------------------------------------------------- consumers that get numbers


class Consumer:
    """`jogeon watch --json` on the hub; `resumes`: it begins again behind its last line, else anew.

    `members` is what its lines add up to, `lines` those that bear a number.
    """

    def __init__(self, name: str, hub: HubProcess, *conditions: str, resumes: bool) -> None:
        self.name, self.hub, self.conditions, self.resumes = name, hub, conditions, resumes
        self.members: Members = {}
        self.lines: list[dict[str, Any]] = []
        self.wrong: list[str] = []
        self.told: Counter[str] = Counter()
        self.lives = 0
        self.stopped = False
        self._numbered: Members | None = None
        """What the lines up to the last number add up to, if others came since."""
        self._begun: set[str] = set()
        """What has been shown in this life."""
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._kept = hub.journal.with_name(name.replace(", ", "-").replace(" ", "-") + ".jsonl")

    async def start(self) -> None:
        """Start it."""
        self.lives += 1
        with self._kept.open("ab") as kept:
            kept.write(b'{"life":%d,"at":"%s"}\n' % (self.lives, time.strftime("%H:%M:%S").encode()))
        if self._numbered is not None:
            self.members, self._numbered = self._numbered, None
        self._begun = set(self.members) if self.resumes and self.lines else set()
        words: list[object] = ["watch", *(self.conditions or ("--all",)), "--json", "--server", self.hub.websocket]
        words += ["--wait", "forever"]
        if self.resumes and self.lines:
            words += ["--after", await self.position()]
        self._process = await started(*words, log=self._kept.with_suffix(".log"))
        self._reading = asyncio.create_task(self._read(self._process))

    async def position(self) -> str:
        """Return the position of its last line."""
        return "{epoch}:{n}".format(**self.lines[-1])

    async def kill(self) -> None:
        """End it with -9; what it wrote is read to the end, but for half a line."""
        if self._process is None or self._reading is None:
            return
        self.go_on()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading
        self._process = None

    def stop(self) -> None:
        """Let it stand still."""
        if self._process is not None and self._process.returncode is None and not self.stopped:
            self.stopped = True
            self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again."""
        if self.stopped and self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGCONT)
        self.stopped = False

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while (line := await process.stdout.readline()).endswith(b"\n"):
            with self._kept.open("ab") as kept:
                kept.write(line)
            self._take(msgspec.json.decode(line))
        if (code := await process.wait()) != -signal.SIGKILL:
            self.wrong.append(f"{self.name}: ended by itself with {code}")

    def _take(self, line: dict[str, Any]) -> None:
        self.told[line["event"]] += 1
        if line.get("n") is not None:
            if self.lines and number(line) <= number(self.lines[-1]):
                self.wrong.append(f"{self.name}: {number(line)} after {number(self.lines[-1])}")
            self.lines.append(line)
            self._numbered = None
        elif line["event"] in ("snapshot", "enter", "leave") and self._numbered is None:
            self._numbered = {name: set(codes) for name, codes in self.members.items()}
        name = (line["condition"] or {}).get("name") if "condition" in line else None
        match line["event"]:
            case "snapshot":
                self._show(str(name), set(line["codes"]), line)
            case "enter" | "leave":
                self._change(str(name), line)

    def _show(self, name: str, codes: set[str], line: dict[str, Any]) -> None:
        known = self.members.get(name)
        if name in self._begun and known != codes:
            self.wrong.append(f"{self.name}: the fold of {name} jumps at {line.get('at')} {number(line)}")
        self._begun.add(name)
        self.members[name] = codes

    def _change(self, name: str, line: dict[str, Any]) -> None:
        members, code = self.members.setdefault(name, set()), line["code"]
        if (line["event"] == "enter") == (code in members):
            self.wrong.append(f"{self.name}: {line['event']} of {code} in {name} twice, {number(line)}")
        (members.add if line["event"] == "enter" else members.discard)(code)


def number(line: dict[str, Any]) -> Number:
    """Return the number of a line, (0, 0) for one without."""
    return line.get("epoch") or 0, line.get("n") or 0


# ---------------------------------------------------------------- programs that get none


class Plain:
    """A program of the guide's shape, which comes again whenever its connection ends; `members` is its fold."""

    def __init__(self, name: str, hub: HubProcess, *conditions: str) -> None:
        self.name, self.hub, self.conditions = name, hub, conditions
        self.members: Members = {}
        self.wrong: list[str] = []
        self.lives = 0

    async def run(self) -> None:
        """Live for ever."""
        while True:
            with contextlib.suppress(Exception):
                await self._live()
            self.members = {}
            await asyncio.sleep(0.3)

    async def _live(self) -> None:
        async with NaiveClient(self.hub.websocket) as client:
            assert (await client.login())["return_code"] == 0
            seqs = {name: seq for seq, name in (await client.conditions()).items()}
            self.lives += 1
            begun: dict[str, str] = {}
            while len(begun) < len(self.conditions):
                for name in self.conditions:
                    if seqs[name] in begun:
                        continue
                    reply = await client.register(seqs[name])
                    if reply["return_code"] == 0:
                        begun[seqs[name]] = name
                        shown = {row["jmcode"].lstrip("A") for row in reply["data"] or ()}
                        self.members[name] = shown
                    else:
                        await asyncio.sleep(0.5)
            await self._fold(client, begun)

    async def _fold(self, client: NaiveClient, begun: dict[str, str]) -> None:
        """Make the fold anew of all that came, now and then: snapshots and pushes, in their order."""
        while True:
            members: Members = {}
            for frame in client.frames:
                if not isinstance(frame, dict):
                    continue
                if frame.get("trnm") == "CNSRREQ" and frame.get("return_code") == 0:
                    members[begun[frame["seq"].strip()]] = {row["jmcode"].lstrip("A") for row in frame["data"] or ()}
                for row in frame.get("data") or () if frame.get("trnm") == "REAL" else ():
                    values = row["values"]
                    stocks = members[begun[values["841"]]]
                    (stocks.add if values["843"] == "I" else stocks.discard)(values["9001"])
            self.members = members
            if client._reading.done():
                return
            await asyncio.sleep(0.2)


# ---------------------------------------------------------------- the drill


class Drill:
    """One run."""

    def __init__(self, seed: int, simulator: Simulator, folder: Path) -> None:
        self.random = random.Random(seed)
        self.simulator = simulator
        self.hub = HubProcess(simulator.websocket, folder / "hub.journal")
        self.consumers = [
            Consumer("everything", self.hub, resumes=True),
            Consumer("some, resumed", self.hub, *SOME, resumes=True),
            Consumer("one, resumed", self.hub, "신고가 돌파", resumes=True),
            Consumer("some, anew", self.hub, *SOME, resumes=False),
        ]
        self.plain = [Plain("plain", self.hub, *SOME), Plain("plain, pinned", self.hub, *PINNED)]
        self.played: Counter[str] = Counter()
        self.searches: Counter[str] = Counter()
        self.slowest_search = self.slowest = 0.0
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
        while (event := watch._queue.take()) is not None:
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

    def differences(self) -> dict[str, dict[str, int]]:
        truth = self.simulator.truth(FOREVER_NS)
        wanted = {truth["names"][seq]: set(codes) for seq, codes in truth["members"].items()}
        found: dict[str, dict[str, int]] = {}
        everybody: list[Consumer | Plain] = [*self.consumers, *self.plain]
        for each in everybody:
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
        while time.monotonic() < end and not self.wrong:
            self.simulator.fault({})
            for _ in range(self.random.randint(3, 12)):
                await self.play()
                await asyncio.sleep(self.random.uniform(0.1, 2))
            await self.rest()
            rests += 1
            self.wrong += [wrong for each in self.consumers for wrong in each.wrong]
        for task in living:
            task.cancel()
        await asyncio.gather(*living, return_exceptions=True)
        return rests

    # ------------------------------------------------------------ the end

    async def judge(self) -> int:
        """Hold what everybody had against the stream and the file; return how many lines that has."""
        stream = await self.stream()
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
        code = await self.hub.stop()
        if code:
            self.wrong.append(f"the hub ended with {code}")
        written = {number(line): line for line in await self.file()}
        self.wrong += [f"not in the file: {line}" for line in stream if written.get(number(line)) != line][:3]
        return len(written)

    async def stream(self) -> list[dict[str, Any]]:
        """Return all of /hub/events."""
        lines: list[dict[str, Any]] = []
        after = "0:0"
        while True:
            answer = await self.hub.get(f"/hub/events?after={after}")
            more = [msgspec.json.decode(line) for line in answer.splitlines()]
            if not more:
                return lines
            lines += map(unlabelled, more)
            after = "{epoch}:{n}".format(**more[-1])

    async def file(self) -> list[dict[str, Any]]:
        journal = self.hub.journal
        words = ("history", "events", "--json", "--journal", journal)
        process = await started(*words, log=journal.with_name("history.log"))
        assert process.stdout is not None
        lines = (await process.stdout.read()).splitlines()
        await process.wait()
        return [unlabelled(msgspec.json.decode(line)) for line in lines]


def unlabelled(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line without names of stocks and without seqs: each connection keeps those that it was given."""
    condition = line.get("condition")
    named = {} if condition is None else {"condition": condition["name"]}
    return {key: value for key, value in line.items() if key not in LABELS} | named


async def run(args: argparse.Namespace, folder: Path) -> int:
    given = dict(pair.split("=", 1) for pair in args.switch)
    switches = msgspec.convert(msgspec.structs.asdict(USUAL) | given, Switches, strict=False)
    async with Simulator(seed=args.seed, speed=20, rest_port=None, switches=switches) as simulator:
        drill = Drill(args.seed, simulator, folder)
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
    print(f"{logins} logins above, {lines:,} lines in the file, {len(drill.wrong)} wrong")
    for consumer in drill.consumers:
        print(f"  {consumer.name}: {consumer.lives} lives, {len(consumer.lines):,} numbers, {dict(consumer.told)}")
    print(f"  plain programs: {sum(each.lives for each in drill.plain)} lives;", end=" ")
    print(f"searches {dict(drill.searches)}, slowest {drill.slowest_search:.1f} s")
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
