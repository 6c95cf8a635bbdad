"""A hub under siege: what programs that misbehave cost the ones that are served, and a disk that is full for a while.

    python bench/siege.py [--seconds 6] [--rate 1000] [--only PART …]

A source (flood.py) feeds a hub at a steady rate; ten plain programs, in one process that only reads (drain.c), tell how
old each push is. After a quiet stretch each kind of hostile peer comes for a while, on either port, and goes; told are
p99 during it and how often that of the quiet stretch before it goes into it, with the hub's memory before, at its most
and afterwards.

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
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from below import Consumer, HubProcess, Plain, members_of, number, unlabelled
from byhand import UPGRADE, masked
from drained import BENCH, Counted, build, line_of, quantile, resident, started
from jogeon.simulator.simulator import Simulator

SERVED = 10
BOUND = 4 * 2**20
PAUSE = 0.005
"""Seconds between two acts of a hostile peer, so that it does not simply take the processor away."""
LASTING = 30.0
PATIENCE = 60.0
LOGIN = masked(0x81, b'{"trnm":"LOGIN","token":"demo"}')
REGISTER = masked(0x81, b'{"trnm":"CNSRREQ","seq":"0","search_type":"1","stex_tp":"K"}')
LIST = masked(0x81, b'{"trnm":"CNSRLST"}')
HUGE = bytes([0x81, 0xFF]) + (2**24).to_bytes(8, "big") + bytes(4) + b"x" * 200_000


# ---------------------------------------------------------------- what is served


class Stage:
    """A source, a hub, and the programs whose pushes are timed."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack, rate: int, seconds: float) -> None:
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
        self.port, self.rest_port = (
            int(each.split(":")[2].split("/")[0]) for each in (addresses["websocket"], self.rest)
        )
        said = [UPGRADE.hex(), (LOGIN + REGISTER).hex(), b'"data":[{"jmcode"'.hex()]
        drain = stack.enter_context(started(folder / "drain", self.port, SERVED, *said, 1, folder / "counted"))
        assert line_of(drain) == b"ready\n"
        assert source.stdin is not None
        source.stdin.write(b"go\n")
        source.stdin.flush()

    @property
    def memory(self) -> float:
        """MiB that the hub takes."""
        return resident(self.hub) / 1024

    def status(self) -> dict[str, Any]:
        """Return how it goes with the hub."""
        with urlopen(f"{self.rest}/hub/status", timeout=10) as answer:  # noqa: S310  # our own address
            found: dict[str, Any] = json.load(answer)
        return found

    def p99(self, seconds: float) -> tuple[float, float]:
        """Return in milliseconds the 99th percentile of the next seconds, and the hub's most memory in them."""
        before, end, most = self.ages(), time.monotonic() + seconds, 0.0
        while time.monotonic() < end:
            most = max(most, self.memory)
            time.sleep(0.05)
        counts = [now - then for now, then in zip(self.ages(), before, strict=True)]
        assert any(counts), f"nothing came: {self.status()}"
        return quantile(counts, 0.99) / 1000, most


# ---------------------------------------------------------------- who misbehaves


def opened(port: int, *, upgrade: bool = True) -> socket.socket:
    """Return a connection, upgraded or bare."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=5)
    if upgrade:
        sock.sendall(UPGRADE)
        sock.recv(4096)
    return sock


def sent(*ports: int, said: bytes, upgrade: bool = True, wait: float = 0.02) -> None:
    """Connect to each port, say something, hear a little, and go."""
    for port in ports:
        with contextlib.suppress(OSError), opened(port, upgrade=upgrade) as sock:
            sock.sendall(said)
            sock.settimeout(wait)
            sock.recv(4096)


def flooded(port: int, frame: bytes, login: bytes = b"") -> None:
    """Send frames as fast as they are taken for half a second."""
    with contextlib.suppress(OSError), opened(port) as sock:
        sock.sendall(login)
        sock.settimeout(0.2)
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            sock.sendall(frame * 50)
            sock.recv(65536)


def crowd(*ports: int) -> None:
    """Open a thousand connections that say nothing, within five seconds."""
    socks = []
    for place in range(250):  # one of four such threads
        with contextlib.suppress(OSError):
            sock = socket.socket()
            sock.settimeout(0.05)
            socks.append(sock)
            sock.connect(("127.0.0.1", ports[place % len(ports)]))
        time.sleep(0.02)
    for sock in socks:
        sock.close()


GARBAGE = os.urandom(4096)
BROWSER = UPGRADE.removesuffix(b"\r\n") + b"Origin: https://example.org\r\n\r\n"
HALF = b"POST /oauth2/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10"
WRONG = masked(0x81, b'{"trnm":"LOGIN","token":"no such token"}')
ACTS: dict[str, Callable[[Stage], None]] = {
    "garbage": lambda stage: sent(stage.port, stage.rest_port, said=GARBAGE, upgrade=False),
    "garbage in frames": lambda stage: sent(stage.port, said=masked(0x81, GARBAGE)),
    "huge frames": lambda stage: sent(stage.port, said=HUGE),
    "huge frames, logged in": lambda stage: sent(stage.port, said=LOGIN + HUGE),
    "tiny frames": lambda stage: flooded(stage.port, masked(0x8A, b"")),
    "tiny frames, logged in": lambda stage: flooded(stage.port, masked(0x81, b"{"), LOGIN),
    "lists, logged in": lambda stage: flooded(stage.port, LIST, LOGIN),
    "slow handshakes": lambda stage: sent(stage.port, said=UPGRADE[:40], upgrade=False, wait=0.5),
    "half-sent HTTP": lambda stage: sent(stage.rest_port, said=HALF, upgrade=False, wait=0.5),
    "wrong tokens": lambda stage: sent(stage.port, said=WRONG),
    "a browser": lambda stage: sent(stage.port, said=BROWSER, upgrade=False),
    "a thousand connects": lambda stage: crowd(stage.port, stage.rest_port),
}


def besieged(act: Callable[[Stage], None], stage: Stage, seconds: float) -> tuple[float, float]:
    """Let four threads do something again and again; return p99 and the most memory meanwhile."""
    going = threading.Event()
    going.set()

    def run() -> None:
        while going.is_set():
            act(stage)
            time.sleep(PAUSE)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    found = stage.p99(seconds)
    going.clear()
    for thread in threads:
        thread.join()
    return found


@contextlib.contextmanager
def deaf(stage: Stage, count: int) -> Iterator[None]:
    """Have programs that watch and never read."""
    socks = []
    for _ in range(count):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", stage.port))
        sock.sendall(UPGRADE)
        sock.recv(1000)
        sock.sendall(LOGIN + REGISTER)
        socks.append(sock)
    yield
    for sock in socks:
        sock.close()


def told(name: str, quiet: float, before: float, found: tuple[float, float], after: float) -> None:
    """Print a line."""
    p99, most = found
    print(f"{name:24} p99 {quiet:6.2f} ms, then {p99:6.2f} ({p99 / quiet:.2f} ×);", end=" ")
    print(f"{before:.0f} MiB, most {most:.0f}, after {after:.0f} ({after / before:.2f} ×)", flush=True)


def siege(args: argparse.Namespace, folder: Path) -> list[str]:
    """Let all kinds come in turn; return what is wrong."""
    parts = [name for name in ("never reads", *ACTS) if not args.only or name in args.only]
    wrong: list[str] = []
    if not parts:
        return wrong
    with contextlib.ExitStack() as stack:
        stage = Stage(folder, stack, args.rate, 60 + (3 * args.seconds + 12) * len(parts))
        while not any(stage.ages()):  # the source makes all its pushes first
            time.sleep(0.5)
        stage.p99(3)
        for name in parts:
            quiet, _ = stage.p99(args.seconds)
            before = stage.memory
            if name == "never reads":
                with deaf(stage, 5):
                    found = stage.p99(30)
                reasons = [each["reason"] for each in stage.status()["cut"]]
                wrong += [] if reasons == ["too slow"] * 5 else [f"who never reads: cut for {reasons}"]
                if found[1] - before > 5 * BOUND / 2**20:
                    wrong.append(f"who never reads: {found[1] - before:.0f} MiB for five")
            else:
                found = besieged(ACTS[name], stage, args.seconds)
            time.sleep(2)
            after = stage.memory
            told(name, quiet, before, found, after)
        if stage.status()["upstream"]["logins"] != 1:
            wrong.append("the session above was lost")
        if stage.hub.poll() is not None:
            wrong.append("the hub ended")
    return wrong


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
    if not late or not stalled:
        wrong.append(f"nobody was told that the journal stalls: {numbered.states}")
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
    options.add_argument("--seconds", type=float, default=6)
    options.add_argument("--rate", type=int, default=1000)
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
