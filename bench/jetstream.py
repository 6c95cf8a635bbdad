"""A hub's stream on NATS under faults, between real processes.

    python bench/jetstream.py [--minutes 5] [--readers 3] [--seed N]

A simulator, a hub that publishes and a nats-server are processes; the readers are clients in this one. At random NATS
is killed, killed and emptied, or stopped for a while, the hub is killed with -9, a reader begins anew. After each fault
the market is paused: what each reader adds up must be the simulator's truth. On the way no number comes twice or out of
order, and no snapshot jumps. Exits 1 if anything is wrong.
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
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import jogeon
from jogeon.events import Enter, Event, Gap, Leave, Snapshot
from natsd import PROGRAM, free_port

PATIENCE = 60.0
"""Seconds in which everything must be right again once the market stands still."""
FAULTS = ("nats killed", "nats emptied", "nats stopped", "hub killed", "reader anew")


def got(url: str, body: object = None) -> Any:
    """Return what a server answers."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as answer:  # noqa: S310  # ours
        return json.load(answer)


class Machines:
    """The processes of the drill."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in ("nats", "sim", "sim rest", "hub", "hub rest")}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def address(self) -> str:
        """Where readers read."""
        return f"nats://127.0.0.1:{self.ports['nats']}/drill"

    def start(self, name: str) -> None:
        """Start one."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(self._command(name), stdout=log, stderr=log)

    def _command(self, name: str) -> list[str]:
        ports = {each: str(port) for each, port in self.ports.items()}
        jogeon_ = [sys.executable, "-m", "jogeon"]
        match name:
            case "nats":
                return [PROGRAM, "-a", "127.0.0.1", "-p", ports["nats"], "-js", "-sd", str(self.folder / "js")]
            case "sim":
                return [*jogeon_, "simulate", "--port", ports["sim"], "--rest-port", ports["sim rest"], "--speed", "20"]
        upstream = f"ws://127.0.0.1:{ports['sim']}/api/dostk/websocket"
        where = ["--port", ports["hub"], "--rest-port", ports["hub rest"], "--journal", str(self.folder / "j.journal")]
        return [*jogeon_, "hub", "--all", "--server", upstream, *where, "--nats", self.address]

    def kill(self, name: str) -> None:
        """Kill one with -9."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def signal(self, name: str, number: int) -> None:
        """Send one a signal."""
        self.running[name].send_signal(number)

    def end(self) -> None:
        """Kill all."""
        for name in list(self.running):
            self.kill(name)

    def truth(self) -> dict[str, set[str]]:
        """Return the market's own members, by name."""
        said = got(f"http://127.0.0.1:{self.ports['sim rest']}/simulator/truth?since=999999999999")
        return {said["names"][seq]: set(codes) for seq, codes in said["members"].items()}

    def pause(self, *, paused: bool) -> None:
        """Let the market stand still, or go on."""
        got(f"http://127.0.0.1:{self.ports['sim rest']}/simulator/faults", {"pause_market": paused})

    def published(self) -> dict[str, Any]:
        """Return how it goes with the publisher."""
        found = got(f"http://127.0.0.1:{self.ports['hub rest']}/hub/status")["nats"]
        assert isinstance(found, dict)
        return found


class Reader:
    """One client with its own fold, and what is wrong with it."""

    def __init__(self, address: str, wrong: list[str]) -> None:
        self.fold: dict[str, set[str]] = {}
        self.counts: Counter[str] = Counter()
        self._address = address
        self._wrong = wrong
        self._last = (0, 0)
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while True:
            with contextlib.suppress(jogeon.CouldNotConnect, jogeon.ConnectionLost, jogeon.RequestTimeout):
                async with jogeon.connect(self._address) as client, client.watch() as watch:
                    self._last, self.fold = (0, 0), {}
                    async for event in watch:
                        self._take(event)
            await asyncio.sleep(0.5)

    def _take(self, event: Event) -> None:
        self.counts[type(event).__name__] += 1
        if event.number is not None:
            if event.number <= self._last:
                self._wrong.append(f"{event.number} came behind {self._last}")
            self._last = event.number
        name = "" if event.condition is None else event.condition.name
        match event:
            case Enter(code=code):
                self.fold[name].add(code)
            case Leave(code=code):
                self.fold[name].discard(code)
            case Snapshot(codes=codes):
                if self.fold.get(name, set(codes)) != set(codes):
                    self._wrong.append(f"the snapshot of {name} jumps")
                self.fold[name] = set(codes)
            case Gap(cause=cause):
                self.counts[cause] += 1

    async def end(self) -> None:
        """Stop reading; raises what went wrong."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


async def settled(machines: Machines, readers: list[Reader]) -> str:
    """Wait until all is as in the market, which stands still; return what is not."""
    until = time.monotonic() + PATIENCE
    what = ""
    while time.monotonic() < until:
        await asyncio.sleep(0.25)
        try:
            truth = await asyncio.to_thread(machines.truth)
            said = await asyncio.to_thread(machines.published)
        except OSError as error:
            what = f"no answer: {error}"
            continue
        off = [place for place, reader in enumerate(readers) if reader.fold != truth]
        if not off and said["behind"] == 0:
            return ""
        what = f"readers {off} differ, {said}"
    return what


async def fault(which: str, machines: Machines, readers: list[Reader], chance: random.Random, wrong: list[str]) -> None:
    """Do one harm, and mend what does not mend itself."""
    pause = chance.uniform(0.1, 3.0)
    match which:
        case "nats killed" | "nats emptied":
            machines.kill("nats")
            if which == "nats emptied":
                shutil.rmtree(machines.folder / "js", ignore_errors=True)
            await asyncio.sleep(pause)
            machines.start("nats")
        case "nats stopped":
            machines.signal("nats", signal.SIGSTOP)
            await asyncio.sleep(2 * pause)
            machines.signal("nats", signal.SIGCONT)
        case "hub killed":
            machines.kill("hub")
            await asyncio.sleep(pause)
            machines.start("hub")
        case "reader anew":
            place = chance.randrange(len(readers))
            await readers[place].end()
            readers[place] = Reader(machines.address, wrong)


async def drill(folder: Path, minutes: float, count: int, chance: random.Random) -> bool:
    """Run it; tell whether all was right."""
    machines, done, counts = Machines(folder), Counter[str](), Counter[str]()
    wrong: list[str] = []
    readers: list[Reader] = []
    try:
        for name in ("nats", "sim", "hub"):
            machines.start(name)
            await asyncio.sleep(2.0)
        readers = [Reader(machines.address, wrong) for _ in range(count)]
        until = time.monotonic() + 60 * minutes
        while time.monotonic() < until and not wrong:
            await asyncio.sleep(chance.uniform(1.0, 4.0))
            which = chance.choice(FAULTS)
            done[which] += 1
            await fault(which, machines, readers, chance, wrong)
            await asyncio.sleep(chance.uniform(0.0, 2.0))
            await asyncio.to_thread(machines.pause, paused=True)
            began = time.monotonic()
            if what := await settled(machines, readers):
                wrong.append(f"after {which}: {what}")
            counts[f"slowest after {which}, s"] = max(
                counts[f"slowest after {which}, s"], round(time.monotonic() - began)
            )
            await asyncio.to_thread(machines.pause, paused=False)
    finally:
        for reader in readers:
            await reader.end()
            counts += reader.counts
        machines.end()
    print(json.dumps({"faults": done, "seen": counts, "wrong": wrong}, ensure_ascii=False, indent=1))
    return not wrong


def main() -> int:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--readers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = random.randrange(2**32) if given.seed is None else given.seed
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(drill(Path(folder), given.minutes, given.readers, random.Random(seed))) else 1


if __name__ == "__main__":
    sys.exit(main())
