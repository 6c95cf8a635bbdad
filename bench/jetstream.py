"""A hub's stream on NATS and its standby under faults, between real processes.

    python bench/jetstream.py [--minutes 30] [--readers 3] [--seed N]

A simulator, a nats-server, two hubs of which one stands by, and the readers (`jogeon watch --json`) are processes; each
reaches NATS over a link of its own. A deck of faults is dealt until it is empty, and again until the time is over: NATS
killed, restarted, emptied or stopped, the leader killed, or stopped for 60 s while the standby takes over, another
program that takes the session, readers killed or stopped, links cut. After each the market stands still, and

- what each reader adds up to is the simulator's truth, one hub leads, and the other stands by;
- where a reader saw no gap it saw each change of the market once, in order; nowhere does a number come twice or late,
  does a stock enter twice, or a snapshot jump;
- the broker saw no login that the fault does not explain, and two sessions at a time only for moments.

Exits 1 if anything is wrong.
"""

import argparse
import asyncio
import contextlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from naive_client import NaiveClient
from natsd import PROGRAM, free_port
from proxy import Proxy

PATIENCE = 90.0
"""Seconds in which everything must be right again once the market stands still."""
PAUSED = 60.0
"""Seconds for which a leader is stopped."""
LOOK = 0.25
"""Seconds between two looks at the logins."""
KICK = 3.0
"""Seconds for which both hubs may have a connection to the broker: it waits 2 s for one that does not close."""
DECK = {
    "NATS killed": 20, "NATS restarted": 20, "NATS emptied": 20, "NATS stopped": 6, "leader killed": 10,
    "leader paused": 3, "session taken": 3, "reader killed": 20, "reader paused": 6, "link of a reader cut": 8,
    "link of the leader cut": 6, "leader cut off": 3,
}  # fmt: skip
TAKEOVERS = {"leader killed", "leader paused", "leader cut off"}
"""Faults that the standby answers."""


def got(url: str, body: object = None) -> Any:
    """Return what a server answers."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as answer:  # noqa: S310  # ours
        return json.load(answer)


class Machines:
    """The processes of the drill, and the links between them and NATS."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        names = ("nats", "sim", "sim rest", "a", "a rest", "b", "b rest")
        self.ports = {name: free_port() for name in names}
        self.links = {name: Proxy("127.0.0.1", self.ports["nats"]) for name in ("a", "b", "readers")}
        self.upstreams = {name: Proxy("127.0.0.1", self.ports["sim"]) for name in ("a", "b")}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.leader = "a"

    @property
    def standby(self) -> str:
        """The name of the hub that stands by."""
        return "b" if self.leader == "a" else "a"

    @staticmethod
    def websocket(port: int) -> str:
        """Return where the simulator is by one of its ports."""
        return f"ws://127.0.0.1:{port}/api/dostk/websocket"

    def address(self, link: str) -> str:
        """Return where NATS is over a link."""
        return f"nats://127.0.0.1:{self.links[link].port}/drill"

    def start(self, name: str, *more: str) -> None:
        """Start one."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen([*self._command(name), *more], stdout=log, stderr=log)

    def _command(self, name: str) -> list[str]:
        ports = {each: str(port) for each, port in self.ports.items()}
        jogeon_ = [sys.executable, "-m", "jogeon"]
        match name:
            case "nats":
                return [PROGRAM, "-a", "127.0.0.1", "-p", ports["nats"], "-js", "-sd", str(self.folder / "js")]
            case "sim":
                return [*jogeon_, "simulate", "--port", ports["sim"], "--rest-port", ports["sim rest"], "--speed", "20"]
        where = ["--port", ports[name], "--rest-port", ports[f"{name} rest"]]
        upstream = self.websocket(self.upstreams[name].port)
        journal = ["--journal", str(self.folder / f"{name}.journal")]
        return [*jogeon_, "hub", "--all", "--server", upstream, *where, *journal, "--nats", self.address(name)]

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """End one; return its exit code."""
        process = self.running.pop(name)
        process.send_signal(number)
        return process.wait()

    def signal(self, name: str, number: int) -> None:
        """Send one a signal."""
        self.running[name].send_signal(number)

    def end(self) -> None:
        """Kill all."""
        for name in list(self.running):
            self.kill(name)

    def truth(self, since: int = 10**12) -> dict[str, Any]:
        """Return what the simulator knows."""
        found = got(f"http://127.0.0.1:{self.ports['sim rest']}/simulator/truth?since={since}")
        assert isinstance(found, dict)
        return found

    def pause(self, *, paused: bool) -> None:
        """Let the market stand still, or go on."""
        got(f"http://127.0.0.1:{self.ports['sim rest']}/simulator/faults", {"pause_market": paused})

    def status(self, name: str) -> dict[str, Any]:
        """Return how it goes with a hub."""
        found = got(f"http://127.0.0.1:{self.ports[f'{name} rest']}/hub/status")
        assert isinstance(found, dict)
        return found


class Reader:
    """A process that watches, what its lines add up to, and what is wrong with them."""

    def __init__(self, number: int, address: str, folder: Path, wrong: list[str]) -> None:
        self.number = number
        self.fold: dict[str, set[str]] = {}
        self.counts: Counter[str] = Counter()
        self.changes: Counter[tuple[str, str, str]] = Counter()
        """What came since the last quiet point: name, code, event."""
        self.blind: set[str] = set()
        """Conditions that had a gap, or a first snapshot, since then."""
        self._address = address
        self._log = folder / f"reader {number}.log"
        self._wrong = wrong
        self._last = (0, 0)
        self._process: asyncio.subprocess.Process | None = None
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            command = ["watch", "--all", "--server", self._address, "--json", "--wait", "forever"]
            with self._log.open("ab") as log:
                self._process = process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "jogeon", *command, stdout=subprocess.PIPE, stderr=log, limit=2**24
                )
            self.fold, self._last = {}, (0, 0)
            assert process.stdout is not None
            async for line in process.stdout:
                if line.endswith(b"\n"):  # the last one of a process that was killed may not be whole
                    self._take(json.loads(line))
            self.counts[f"exit {await process.wait()}"] += 1
            await asyncio.sleep(0.2)

    def signal(self, number: int) -> None:
        """Send the process a signal."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    def quiet(self) -> None:
        """Begin anew to count what comes."""
        self.changes.clear()
        self.blind.clear()

    def _fail(self, what: str) -> None:
        self._wrong.append(f"reader {self.number}: {what}")

    def _take(self, line: dict[str, Any]) -> None:
        self.counts[line["event"]] += 1
        name = line["condition"]["name"] if line.get("condition") else ""
        if line["event"] == "gap":
            self.counts[f"gap: {line['cause']}"] += 1
            self.blind.add(name)
            if "n" not in line:  # its own gap: another journal may go on behind it
                self._last = (0, 0)
        if "n" in line:
            number = (line["epoch"], line["n"])
            if number <= self._last:
                self._fail(f"{number} came behind {self._last}")
            self._last = number
        self._change(line, name)

    def _change(self, line: dict[str, Any], name: str) -> None:
        match line["event"]:
            case "enter" | "leave" as event:
                code, known = line["code"], self.fold[name]
                if (code in known) is (event == "enter"):
                    self._fail(f"{event} of {code} in {name}, which changes nothing")
                (known.add if event == "enter" else known.discard)(code)
                self.changes[name, code, event] += 1
            case "snapshot":
                if name not in self.fold:
                    self.blind.add(name)
                elif self.fold[name] != set(line["codes"]):
                    self._fail(f"the snapshot of {name} jumps")
                self.fold[name] = set(line["codes"])

    async def end(self) -> None:
        """Stop reading; raises what went wrong."""
        self._task.cancel()
        self.signal(signal.SIGKILL)
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


class Sessions:
    """Looks at the broker: for how long two sessions were there, and how often somebody logged in."""

    def __init__(self, machines: Machines) -> None:
        self.longest = 0.0
        self.logins = 0
        self._machines = machines
        self._since: float | None = None
        self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        looked = 0.0
        while True:
            await asyncio.sleep(0.05)
            now = time.monotonic()
            if all(each.connections for each in self._machines.upstreams.values()):
                self._since = self._since or now
                self.longest = max(self.longest, now - self._since)
            else:
                self._since = None
            if now - looked >= LOOK:
                looked = now
                with contextlib.suppress(OSError):
                    self.logins = (await asyncio.to_thread(self._machines.truth))["logins"]

    async def logged_in(self, before: int) -> float:
        """Wait until somebody has logged in; return when that was."""
        while self.logins <= before:  # noqa: ASYNC110  # `_look` counts them, whoever waits
            await asyncio.sleep(0.05)
        return time.monotonic()

    async def end(self) -> None:
        """Look no more."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


async def _there(look: Callable[[], object] | None) -> None:
    """Wait until a process answers."""
    await asyncio.sleep(1.0)
    while look is not None:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(look)
            return
        await asyncio.sleep(0.2)


class Drill:
    """The machines, the readers, and what was found."""

    def __init__(self, folder: Path, count: int, chance: random.Random) -> None:
        self.machines = Machines(folder)
        self.wrong: list[str] = []
        self.done: Counter[str] = Counter()
        self.slowest: dict[str, float] = {}
        self.takeovers: list[float] = []
        self.compared = 0
        self._folder, self._count, self._chance = folder, count, chance
        self._seen = 0
        self.readers: list[Reader] = []
        self.sessions: Sessions

    async def run(self, minutes: float) -> None:
        """Deal the deck until it is empty and the time is over, or something is wrong."""
        machines = self.machines
        async with contextlib.AsyncExitStack() as links:
            for link in (*machines.links.values(), *machines.upstreams.values()):
                await links.enter_async_context(link)
            try:
                for name, look in (("nats", None), ("sim", machines.truth), ("a", lambda: machines.status("a"))):
                    machines.start(name)
                    await _there(look)
                machines.start("b", "--standby")
                self.sessions = Sessions(machines)
                address, folder = machines.address("readers"), self._folder
                self.readers = [Reader(each, address, folder, self.wrong) for each in range(self._count)]
                await self._quiet("the start", 0)
                until = time.monotonic() + 60 * minutes
                while time.monotonic() < until and not self.wrong:
                    await self._deal()
            finally:
                for reader in self.readers:
                    await reader.end()
                machines.end()
                await self.sessions.end()

    async def _deal(self) -> None:
        deck = [which for which, count in DECK.items() for _ in range(count)]
        self._chance.shuffle(deck)
        for which in deck:
            if self.wrong:
                return
            await asyncio.sleep(self._chance.uniform(0.5, 2.5))
            logins = self.sessions.logins
            print(f"{time.strftime('%H:%M:%S')} {which}", flush=True)
            await self._fault(which, self._chance.uniform(0.1, 3.0), logins)
            self.done[which] += 1
            await asyncio.sleep(self._chance.uniform(0.0, 1.5))
            explained = {"session taken": 2}.get(which, 1 if which in TAKEOVERS else 0)
            await self._quiet(which, logins + explained)

    # ------------------------------------------------------------ harm

    async def _fault(self, which: str, pause: float, logins: int) -> None:
        machines, reader = self.machines, self._chance.choice(self.readers)
        match which:
            case "NATS killed" | "NATS emptied" | "NATS restarted":
                machines.kill("nats", signal.SIGTERM if which == "NATS restarted" else signal.SIGKILL)
                if which == "NATS emptied":
                    shutil.rmtree(machines.folder / "js", ignore_errors=True)
                await asyncio.sleep(pause)
                machines.start("nats")
            case "NATS stopped":
                machines.signal("nats", signal.SIGSTOP)
                await asyncio.sleep(2 * pause)
                machines.signal("nats", signal.SIGCONT)
            case "leader killed" | "leader paused" | "leader cut off":
                await self._end_leader(which, logins)
            case "session taken":
                await self._steal()
            case "reader killed":
                reader.signal(signal.SIGKILL)
            case "reader paused":
                reader.signal(signal.SIGSTOP)
                await asyncio.sleep(2 * pause)
                reader.signal(signal.SIGCONT)
            case "link of a reader cut" | "link of the leader cut":
                link = machines.links["readers" if which == "link of a reader cut" else machines.leader]
                link.half_open = True
                await asyncio.sleep(pause)
                link.calm()

    async def _end_leader(self, which: str, logins: int) -> None:
        """Let the standby take over, and the leader stand by once it has noticed."""
        machines, leader = self.machines, self.machines.leader
        match which:
            case "leader killed":
                machines.kill(leader)
                await self._taken_over(logins)
            case "leader paused":
                machines.signal(leader, signal.SIGSTOP)
                began = time.monotonic()
                await self._taken_over(logins)
                await asyncio.sleep(max(0.0, began + PAUSED - time.monotonic()))
                machines.signal(leader, signal.SIGCONT)
                await self._ended(leader)
            case "leader cut off":
                machines.links[leader].half_open = True
                await self._taken_over(logins)
                await self._ended(leader)
                machines.links[leader].calm()
        machines.start(leader, "--standby")

    async def _taken_over(self, logins: int) -> None:
        """Wait until the standby has logged in; it leads from now on."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                self.takeovers.append(await self.sessions.logged_in(logins) - began)
        except TimeoutError:
            self.wrong.append("nobody took over")
            return
        self.machines.leader = self.machines.standby

    async def _ended(self, name: str) -> None:
        """Wait until a hub that was driven out has ended."""
        process = self.machines.running.pop(name)
        try:
            code = await asyncio.wait_for(asyncio.to_thread(process.wait), PATIENCE)
        except TimeoutError:
            process.kill()
            self.wrong.append("a leader without its session goes on")
            return
        if code != 6:
            self.wrong.append(f"a leader that was driven out exits with {code}")

    async def _steal(self) -> None:
        """Take the session as another program would: nobody is to take it back until a hub is started."""
        machines = self.machines
        async with NaiveClient(machines.websocket(machines.ports["sim"])) as thief:
            await thief.login()
            await self._ended(machines.leader)
            await asyncio.sleep(15.0)
            said = await asyncio.to_thread(machines.status, machines.standby)
            if said.get("standby", {}).get("takes_over") is not False:
                self.wrong.append(f"the standby does not know of the mark: {said}")
        machines.start(machines.leader)

    # ------------------------------------------------------------ what is right

    async def _quiet(self, which: str, logins: int) -> None:
        """Let the market stand still, and look at everything."""
        await asyncio.to_thread(self.machines.pause, paused=True)
        began = time.monotonic()
        if what := await self._settled():
            self.wrong.append(f"after {which}: {what}")
        self.slowest[which] = max(self.slowest.get(which, 0.0), round(time.monotonic() - began, 1))
        said = await asyncio.to_thread(self.machines.truth, self._seen)
        if which != "the start":
            self._compare(said["changes"])
            if said["logins"] != logins:
                self.wrong.append(f"after {which}: {said['logins']} logins where {logins} are explained")
        if self.sessions.longest > KICK:
            self.wrong.append(f"two sessions for {self.sessions.longest:.1f} s")
        self._seen = said["changes"][-1]["n"] if said["changes"] else self._seen
        for reader in self.readers:
            reader.quiet()
        await asyncio.to_thread(self.machines.pause, paused=False)

    def _compare(self, changes: list[dict[str, Any]]) -> None:
        """Compare what came with what there was, of conditions that had no gap."""
        kinds = {"I": "enter", "D": "leave"}
        there = Counter((each["name"], each["code"], kinds[each["kind"]]) for each in changes)
        for reader in self.readers:
            mine, all_ = ({key: n for key, n in each.items() if key[0] not in reader.blind}
                          for each in (reader.changes, there))  # fmt: skip
            self.compared += len(all_)
            if mine != all_:
                lost = {key: n - mine.get(key, 0) for key, n in all_.items() if mine.get(key, 0) != n}
                self.wrong.append(f"reader {reader.number}: not once each: {str(lost or mine)[:500]}")

    async def _settled(self) -> str:
        """Wait until all is as in the market, which stands still; return what is not."""
        until, what, machines = time.monotonic() + PATIENCE, "", self.machines
        while time.monotonic() < until and not self.wrong:
            await asyncio.sleep(0.25)
            try:
                truth = await asyncio.to_thread(machines.truth)
                leads = await asyncio.to_thread(machines.status, machines.leader)
                stands = await asyncio.to_thread(machines.status, machines.standby)
            except OSError as error:
                what = f"no answer: {error}"
                continue
            members = {truth["names"][seq]: set(codes) for seq, codes in truth["members"].items()}
            off = [reader.number for reader in self.readers if reader.fold != members]
            nats, lease = leads["nats"], stands["nats"]["lease"]
            if not off and nats["behind"] == 0 and nats["lease"] == "me" and "standby" in stands and lease == "other":
                return ""
            what = f"readers {off} differ, {nats}, the other: {stands['nats']} {stands.get('standby')}"
        return what


def main() -> int:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--readers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--logs", type=Path, default=None, help="where to leave the folder of the drill")
    given = parser.parse_args()
    seed = random.randrange(2**32) if given.seed is None else given.seed
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        drill = Drill(Path(folder), given.readers, random.Random(seed))
        began = time.monotonic()
        try:
            asyncio.run(drill.run(given.minutes))
        finally:
            if given.logs is not None:
                shutil.copytree(folder, given.logs, dirs_exist_ok=True)
        counts = sum((reader.counts for reader in drill.readers), Counter[str]())
    took = sorted(drill.takeovers)
    told = {
        "minutes": round((time.monotonic() - began) / 60, 1), "faults": drill.done, "seen": counts,
        "compared": drill.compared, "slowest, s": drill.slowest,
        "takeover, s": {"min": took[:1], "median": took[len(took) // 2 :][:1], "max": took[-1:]},
        "two sessions, s": round(drill.sessions.longest, 2), "wrong": drill.wrong,
    }  # fmt: skip
    print(json.dumps(told, ensure_ascii=False, indent=1))
    return 1 if drill.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
