"""A hub under siege: what programs that misbehave cost the ones that are served, and a disk that is full for a while.

    python bench/siege.py [--seconds 3] [--rounds 3] [--rate 1000] [--foremost] [--only PART …]

A source (flood.py) feeds a hub at a steady rate; ten plain programs, in one process that only reads (drain.c), tell how
old each push is. These have one core, who misbehaves (tests/besiegers.py) another, if there are two; with --foremost
whatever else the machine does waits for them (as root only). For each kind of hostile peer three stretches take turns,
and what they have is pooled: a quiet one; one in which the peers are at another hub, which serves nobody and stands on
their core, so that what differs is the machine; and one in which they are at the hub, on either port. Told are p99 of
each and how often the quiet one goes into the others, with the hub's memory before, at its most and afterwards.

Programs that never read must be cut, with the reason in the status, and hold no more than their bound. `disk` is
another stage, a simulator and a journal on a small disk of its own (as root only): while that is full for half a minute
a plain program must live on and `jogeon watch` be told; afterwards both must have the truth, and each line of the watch
must be that of /hub/events. Linux only. Exits 1 if anything is wrong.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from below import Consumer, HubProcess, Plain, members_of, number, unlabelled
from besiegers import ACTS, LOGIN, REGISTER, Ports
from byhand import UPGRADE
from drained import BENCH, SLOTS, Counted, build, line_of, port_of, resident, started, tell
from jogeon.simulator.simulator import Simulator
from quantiles import counted_quantile

BESIEGERS = BENCH.parent / "tests" / "besiegers.py"
SERVED = 10
BOUND = 4 * 2**20
CUTTING = 20.0
"""Seconds in which programs that never read are cut."""
WARMING = 45.0
"""Seconds until the hub takes no more memory for what it keeps of the last pushes anyway."""
STARTING = 0.3
"""Seconds until a process that misbehaves is under way."""
CORES = sorted(os.sched_getaffinity(0))
SERVING, BESIEGING = (set(CORES[:1]), set(CORES[1:])) if len(CORES) > 1 else (set(CORES), set(CORES))
LASTING = 30.0
PATIENCE = 60.0


# ---------------------------------------------------------------- what is served


@contextlib.contextmanager
def on(cores: set[int], *, foremost: bool = False) -> Iterator[None]:
    """Start processes on these cores; for `foremost` ones all others wait."""
    before, how = os.sched_getaffinity(0), (os.sched_getscheduler(0), os.sched_getparam(0))
    os.sched_setaffinity(0, cores)
    if foremost:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))
    yield
    if foremost:
        os.sched_setscheduler(0, *how)
    os.sched_setaffinity(0, before)


class Stage:
    """A source, a hub, and the programs whose pushes are timed; of no pushes, if `seconds` is 0."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack, rate: int, seconds: float = 0) -> None:
        folder.mkdir()
        self.ages = Counted(folder / "counted").ages
        """How many pushes were so many microseconds old so far."""
        pushes = int(rate * seconds)
        paced = (BENCH / "flood.py", f"--pushes={pushes}", f"--rate={rate}", "--wait")
        source = stack.enter_context(started(sys.executable, *paced, stdin=subprocess.PIPE))
        url = json.loads(line_of(source))["websocket"]
        words = ("-m", "jogeon", "hub", "--server", url, "--port", 0, "--rest-port", 0, "--recheck", 0, "--journal")
        journal = folder / "hub.journal"
        self.hub = stack.enter_context(started(sys.executable, *words, journal, stderr=subprocess.DEVNULL))
        addresses = json.loads(line_of(self.hub))
        self.rest = addresses["rest"]
        self.ports = Ports(port_of(addresses["websocket"]), port_of(self.rest))
        said = [UPGRADE.hex(), (LOGIN + REGISTER).hex(), b'"data":[{"jmcode"'.hex()]
        drain = stack.enter_context(
            started(folder.parent / "drain", self.ports.wire, SERVED, *said, 1, folder / "counted")
        )
        assert line_of(drain) == b"ready\n"
        tell(source)

    @property
    def memory(self) -> float:
        """MiB that the hub takes."""
        return resident(self.hub.pid) / 1024

    def status(self) -> dict[str, Any]:
        """Return how it goes with the hub."""
        with urlopen(f"{self.rest}/hub/status", timeout=10) as answer:  # noqa: S310  # our own address
            found: dict[str, Any] = json.load(answer)
        return found

    def wait(self, seconds: float, into: "Stretch") -> None:
        """Wait, and add to a stretch what comes meanwhile."""
        before, end = self.ages(), time.monotonic() + seconds
        while time.monotonic() < end:
            into.most = max(into.most, self.memory)
            time.sleep(0.05)
        into.counts = [then + now - first for then, now, first in zip(into.counts, self.ages(), before, strict=True)]


class Stretch:
    """How many pushes were so many microseconds old, and the hub's most memory."""

    def __init__(self) -> None:
        self.counts = [0] * SLOTS
        self.most = 0.0

    @property
    def p99(self) -> float:
        """Milliseconds."""
        assert any(self.counts), "nothing came"
        return counted_quantile(self.counts, 0.99) / 1000


# ---------------------------------------------------------------- who misbehaves


@contextlib.contextmanager
def besieging(part: str, stage: Stage) -> Iterator[None]:
    """Have programs misbehave at a hub."""
    if part == "never reads":
        with deaf(stage, 5):
            yield
        return
    with on(BESIEGING), started(sys.executable, BESIEGERS, part, *stage.ports, stdin=subprocess.PIPE) as process:
        time.sleep(STARTING)
        yield
        process.communicate()


@contextlib.contextmanager
def deaf(stage: Stage, count: int) -> Iterator[None]:
    """Have programs that watch and never read."""
    socks = []
    for _ in range(count):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", stage.ports.wire))
        sock.sendall(UPGRADE)
        sock.recv(1000)
        sock.sendall(LOGIN + REGISTER)
        socks.append(sock)
    yield
    for sock in socks:
        sock.close()


def told(name: str, stretches: list[Stretch], before: float, after: float) -> None:
    """Print a line."""
    quiet, beside, siege = stretches
    print(f"{name:24} p99 {quiet.p99:6.2f} ms,", end=" ")
    print(f"at another hub {beside.p99:6.2f} ({beside.p99 / quiet.p99:.2f} ×),", end=" ")
    print(f"here {siege.p99:6.2f} ({siege.p99 / quiet.p99:.2f} ×);", end=" ")
    print(f"{before:.0f} MiB, most {siege.most:.0f}, after {after:.0f} ({after / before:.2f} ×)", flush=True)


def siege(args: argparse.Namespace, folder: Path) -> list[str]:
    """Let all kinds come in turn; return what is wrong."""
    parts = [name for name in ("never reads", *ACTS) if not args.only or name in args.only]
    wrong: list[str] = []
    if not parts:
        return wrong
    with contextlib.ExitStack() as stack:
        lasting = 60 + WARMING + (3 * args.rounds * (args.seconds + 2) + 12) * len(parts)
        with on(BESIEGING):
            other = Stage(folder / "other", stack, args.rate)
        with on(SERVING, foremost=args.foremost):
            stage = Stage(folder / "served", stack, args.rate, lasting)
        while not any(stage.ages()):
            time.sleep(0.5)
        stage.wait(WARMING, Stretch())
        for name in parts:
            before, stretches = stage.memory, [Stretch() for _ in range(3)]
            rounds, seconds = (1, CUTTING) if name == "never reads" else (args.rounds, args.seconds)
            for _ in range(rounds):
                for stretch, besieged in zip(stretches, (None, other, stage), strict=True):
                    with contextlib.nullcontext() if besieged is None else besieging(name, besieged):
                        stage.wait(seconds, stretch)
                    time.sleep(0.5)
            time.sleep(2)
            told(name, stretches, before, stage.memory)
            if name == "never reads":
                wrong += unread(stage, stretches[-1].most - before)
        if stage.status()["upstream"]["logins"] != 1:
            wrong.append("the session above was lost")
        if stage.hub.poll() is not None:
            wrong.append("the hub ended")
    return wrong


def unread(stage: Stage, taken: float) -> list[str]:
    """Return what is wrong about how five programs were cut that never read; `taken`: MiB for them."""
    reasons = [each["reason"] for each in stage.status()["cut"]]
    wrong = [] if reasons == ["too slow"] * 5 else [f"who never reads: cut for {reasons}"]
    return wrong + ([f"who never reads: {taken:.0f} MiB for five"] if taken > 5 * BOUND / 2**20 else [])


# ---------------------------------------------------------------- a disk that is full


def filled(folder: Path) -> Path:
    """Fill the disk of a folder to the last byte; return what does."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler


async def disk(folder: Path) -> list[str]:
    """Let the disk of the journal be full for a while; return what is wrong."""
    async with Simulator(seed=1, speed=20, rest_port=None) as simulator:
        hub = HubProcess(simulator.websocket, folder / "hub.journal", "--all")
        numbered, plain = Consumer("everything", hub, resumes=True), Plain("plain", hub, "급등주", "신고가 돌파")
        plain.still = True
        await hub.start()
        await numbered.start()
        living = asyncio.create_task(plain.run())
        try:
            wrong = await full(simulator, folder, numbered, plain)
            await numbered.kill()
            written = {number(line): line for line in await hub.events()}
            wrong += [
                f"not in the stream: {line}"
                for line in map(unlabelled, numbered.lines)
                if written.get(number(line)) != line
            ][:3]
        finally:
            living.cancel()
            await hub.kill()
            await numbered.kill()
    return wrong + numbered.wrong + plain.wrong


async def full(simulator: Simulator, folder: Path, numbered: Consumer, plain: Plain) -> list[str]:
    def right(each: Consumer | Plain) -> bool:
        wanted = members_of(simulator)
        return all(each.members.get(name) == wanted[name] for name in each.conditions or wanted)

    async def settled(*who: Consumer | Plain) -> float:
        simulator.fault({"pause_market": True})
        began = time.monotonic()
        while not all(map(right, who)) and time.monotonic() - began < PATIENCE:  # noqa: ASYNC110  # no task tells
            await asyncio.sleep(0.01)
        took = time.monotonic() - began
        wrong.extend(f"{each.name} is wrong after {took:.0f} s" for each in who if not right(each))
        return took

    wrong: list[str] = []
    await settled(numbered, plain)
    simulator.fault({})
    await asyncio.sleep(3)
    lines, filler = len(numbered.lines), filled(folder)
    print(f"the disk is full behind {lines:,} lines;", end=" ", flush=True)
    await asyncio.sleep(LASTING)
    took, late = await settled(plain), not right(numbered)
    stalled = [line for line in numbered.states if line == "journal-stalled"]
    print(f"after {LASTING:g} s a plain program is right within {took:.2f} s, one with numbers has", end=" ")
    print(f"{len(numbered.lines) - lines} more and was told {numbered.states[-1:]}", end="; ", flush=True)
    if not stalled:
        wrong.append(f"nobody was told that the journal stalls: {numbered.states}")
    if not late:
        wrong.append("who gets numbers has all that is on no disk")
    filler.unlink()
    simulator.fault({})
    await asyncio.sleep(2)
    took = await settled(numbered, plain)
    print(
        f"the disk is freed, and all are right {took:.2f} s after the market stops: {len(numbered.lines):,} lines,",
        end=" ",
    )
    print(f"{[state for state in numbered.states if 'journal' in state]}")
    return wrong


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of 32 MiB."""
    place = folder / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", place], check=True)  # noqa: S607
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)  # noqa: S607


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=3)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--rate", type=int, default=1000)
    options.add_argument("--foremost", action="store_true")
    options.add_argument("--only", nargs="+", default=[], metavar="PART")
    args = options.parse_args()
    os.environ["JOGEON_TOKEN"] = "demo"  # noqa: S105  # the simulator's, which everybody knows
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder)
        if not args.only or "disk" in args.only:
            with small_disk(folder) as place:
                wrong += asyncio.run(disk(place))
        wrong += siege(args, folder)
    print(f"load {os.getloadavg()[0]:.1f}, {len(wrong)} wrong")
    for sentence in wrong:
        print(" ", sentence)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
