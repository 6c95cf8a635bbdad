"""Hostile peers against the simulator: what they cost it, and how long a witness waits for its answers meanwhile.

    python bench/hostile.py [--peers 20] [--seconds 10] [--source FOLDER]

Each part starts a simulator of its own on loopback. A witness that has logged in asks for its list again and again; its
round trips are told (median, 99th percentile, longest) with the memory of the simulator, its largest, in MB. After a
flood, a bare loop that is as busy, with a millisecond of work in each turn, echoes at the same pace: what its round
trips take, the machine takes.
--source measures another version of the package. Linux only: memory and descriptors are read from /proc.
"""

import argparse
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from byhand import UPGRADE, masked
from drained import BENCH, cpu_of, line_of, port_of, resident, started
from quantiles import quantile

SERVER = """
import asyncio, resource, sys, time
from jogeon.simulator.market.market import Change, Traded
from jogeon.simulator.simulator import Simulator

async def main():
    descriptors, changes = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    async with Simulator(speed=1) as simulator:
        batch = [Change(str(n % 10), f"조건{n % 10}", f"{n:06d}", "ID"[n % 2], "090000") for n in range(100)]
        for _ in range(changes // 100):
            simulator._truths["K"].add(batch, time.time_ns())
        traded = Traded([number for n in range(100) for number in (n, 10_000 + n, n + 1)], {0: "090000"})
        for _ in range(changes // 100):
            simulator._trades["K"].add(traded, time.time_ns())
        print(simulator.websocket, simulator.rest, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""
BARE = """
import asyncio, sys, time

def work():
    end = time.perf_counter() + 0.001
    while time.perf_counter() < end:
        pass
    asyncio.get_running_loop().call_soon(work)

class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    work()
    await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""
Report = dict[str, Any]


LOGIN = masked(0x81, b'{"trnm":"LOGIN","token":"demo"}')
LIST = masked(0x81, b'{"trnm":"CNSRLST"}')
STOCKS = [f"{number * 37:05d}0" for number in range(1, 101)]
REG = masked(
    0x81,
    json.dumps({"trnm": "REG", "grp_no": "1", "data": [{"item": STOCKS, "type": ["0B"]}], "refresh": "0"}).encode(),
)
"""As many stocks as a connection may register."""
TINY = {"pongs": masked(0x8A, b""), "no JSON": masked(0x81, b"{"), "lists": LIST}


class Served:
    """A running simulator."""

    def __init__(self, source: str, descriptors: int = 1024, changes: int = 0) -> None:
        words = (sys.executable, "-c", SERVER, str(descriptors), str(changes))
        environment = os.environ | ({"PYTHONPATH": source} if source else {})
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(words, env=environment, text=True, **pipes)  # type: ignore[call-overload]
        self.errors = 0
        assert self.process.stdout
        self.port, self.rest = map(port_of, self.process.stdout.readline().split())
        self._listening = threading.Thread(target=self._count)
        self._listening.start()

    def _count(self) -> None:
        for line in self.process.stderr or ():
            self.errors += len(line)

    def megabytes(self, field: str = "VmHWM") -> int:
        """Return the largest memory it took (VmHWM), or what it takes now (VmRSS)."""
        return resident(self.process.pid, field) // 1024

    def connections(self) -> int:
        """Return how many sockets it has open."""
        links = Path(f"/proc/{self.process.pid}/fd").iterdir()
        return sum(link.is_socket() for link in links)

    def seconds(self) -> float:
        """Return how much of a processor it has used."""
        return cpu_of(self.process.pid)

    def open(self) -> socket.socket:
        """Return a connection that is upgraded."""
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        sock.sendall(UPGRADE)
        said = b""
        while b"\r\n\r\n" not in said:
            piece = sock.recv(4096)
            if not piece:
                raise ConnectionError("no upgrade")
            said += piece
        return sock

    def end(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        self._listening.join()

    def asking(self, timeout: float = 10) -> http.client.HTTPConnection:
        """Return a connection over HTTP."""
        return http.client.HTTPConnection("127.0.0.1", self.rest, timeout=timeout)


@contextlib.contextmanager
def served(source: str, **more: int) -> Iterator[Served]:
    """Serve while the block runs."""
    server = Served(source, **more)
    try:
        yield server
    finally:
        server.end()


class Witness:
    """A program that behaves, in a thread of its own, on a connection that is logged in; `ends`: a reply is all in."""

    def __init__(self, server: Served) -> None:
        sock = server.open()
        sock.sendall(LOGIN)
        sock.recv(65536)
        self._begin(sock, b'"data"')

    def _begin(self, sock: socket.socket, ends: bytes) -> None:
        self._sock, self._ends = sock, ends
        self.taken: list[float] = []
        self.failed = ""
        self._going = True
        self._asking = threading.Thread(target=self._ask)
        self._asking.start()

    def _ask(self) -> None:
        try:
            while self._going:
                began = time.perf_counter()
                self._sock.sendall(LIST)
                said = b""
                while self._ends not in said:
                    piece = self._sock.recv(65536)
                    if not piece:
                        raise ConnectionError("closed")
                    said = said[-8:] + piece
                self.taken.append(time.perf_counter() - began)
                time.sleep(0.005)
        except OSError as error:
            self.failed = repr(error)

    def report(self) -> Report:
        """Stop asking; return what was measured."""
        self._going = False
        self._asking.join()
        self._sock.close()
        return self.told()

    def told(self) -> Report:
        """Return what was measured."""
        shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
        told: Report = {name: f"{quantile(self.taken, share) * 1000:.1f} ms" for name, share in shares.items()}
        return {"round trips": len(self.taken), **told} | ({"FAILED": self.failed} if self.failed else {})


class Bare(Witness):
    """The same on a bare loop that works and echoes, in a process of its own: the yardstick."""

    def __init__(self) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen((sys.executable, "-c", BARE), text=True, **pipes)  # type: ignore[call-overload]
        assert self.process.stdout
        port = int(self.process.stdout.readline())
        self._begin(socket.create_connection(("127.0.0.1", port), timeout=10), b"CNSRLST")

    def told(self) -> Report:
        """End it, and return what was measured, named so."""
        self.process.kill()
        self.process.wait()
        return {f"bare {name}": value for name, value in super().told().items()}


# ---------------------------------------------------------------- the parts


def early_frames(args: argparse.Namespace) -> Report:
    """Peers that have not logged in send most of a frame of 16 MB and wait."""
    with served(args.source) as server:
        witness = Witness(server)
        piece = masked(0x81, b"x" * (16 * 2**20 - 1))[:-1000]

        def send(sock: socket.socket) -> None:
            with contextlib.suppress(OSError):
                sock.sendall(piece)

        socks = [server.open() for _ in range(args.peers)]
        threads = [threading.Thread(target=send, args=(sock,)) for sock in socks]
        for thread in threads:
            thread.start()
        time.sleep(min(args.seconds, 8))
        told = witness.report() | {"MB": server.megabytes()}
        for sock in socks:
            sock.close()
        for thread in threads:
            thread.join()
        return told


FLOOD = """
import socket, sys, threading
from byhand import UPGRADE, masked
port, frame = int(sys.argv[1]), bytes.fromhex(sys.argv[2])
def flood(token):
    sock = socket.create_connection(("127.0.0.1", port)); sock.sendall(UPGRADE); sock.recv(4096)
    if token:
        sock.sendall(masked(0x81, b'{"trnm":"LOGIN","token":"%s"}' % token.encode()))
    def drain():
        try:
            while sock.recv(65536): pass
        except OSError: pass
    threading.Thread(target=drain, daemon=True).start()
    try:
        while True: sock.sendall(frame * 2000)
    except OSError: pass
tokens = sys.argv[3].split(",") if sys.argv[3] != "-" else [""] * int(sys.argv[4])
threads = [threading.Thread(target=flood, args=(token,), daemon=True) for token in tokens]
[thread.start() for thread in threads]
print("begun", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def attacking(program: str, *words: object) -> Iterator[None]:
    """Have hostile peers in a process of their own, whose modules are those of the tests."""
    tests = BENCH.parent / "tests"
    with started(sys.executable, "-c", program, *words, stdin=subprocess.PIPE, cwd=tests) as process:
        line_of(process)
        yield


def token_of(server: Served, number: int) -> str:
    """Return a token of an app key of its own."""
    asking = server.asking()
    keys = {"grant_type": "client_credentials", "appkey": f"key {number}", "secretkey": "secret"}
    asking.request("POST", "/oauth2/token", json.dumps(keys), headers={"Connection": "close"})
    return str(json.loads(asking.getresponse().read())["token"])


def flood(frame: bytes, peers: int, args: argparse.Namespace, *, login: bool = False) -> Report:
    """Peers send tiny frames as fast as they are taken."""
    with served(args.source) as server:
        witness = Witness(server)
        tokens = ",".join(token_of(server, number) for number in range(peers)) if login else "-"
        with attacking(FLOOD, server.port, frame.hex(), tokens, peers):
            time.sleep(args.seconds)
            told = witness.report() | {"MB": server.megabytes()}
    bare = Bare()
    time.sleep(args.seconds)
    return told | bare.report() | {"load": f"{os.getloadavg()[0]:.1f}"}


def descriptors(args: argparse.Namespace) -> Report:
    """More connections come than the simulator has descriptors for; afterwards it takes new ones."""
    with served(args.source, descriptors=64) as server:
        witness = Witness(server)
        crowd = []
        end = time.monotonic() + args.seconds
        while time.monotonic() < end:
            sock = socket.socket()
            sock.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                sock.connect(("127.0.0.1", server.port))
            crowd.append(sock)
            if len(crowd) > 400:
                crowd.pop(0).close()
            time.sleep(0.002)
        used = server.seconds()
        told = witness.report() | {"MB": server.megabytes(), "log bytes": server.errors, "processor": f"{used:.1f} s"}
        for sock in crowd:
            sock.close()
        time.sleep(1.5)
        began = time.perf_counter()
        with contextlib.suppress(OSError):
            server.open().close()
            told["recovers in"] = f"{time.perf_counter() - began:.2f} s"
        return told


def half_requests(args: argparse.Namespace) -> Report:
    """Requests over HTTP that are half sent stay as long as they may."""
    with served(args.source) as server:
        witness = Witness(server)
        before = server.connections()
        crowd = [socket.create_connection(("127.0.0.1", server.rest)) for _ in range(300)]
        for sock in crowd:
            with contextlib.suppress(OSError):
                sock.sendall(b"GET /simulator/truth HTTP/1.1\r\nHost: local")
        time.sleep(1)
        at_once = server.connections() - before
        began = time.perf_counter()
        asking = server.asking()
        asking.request("GET", "/simulator/truth?limit=1", headers={"Connection": "close"})
        answered = asking.getresponse().status
        took = time.perf_counter() - began
        time.sleep(12)
        told: Report = {"open after 1 s": at_once, "after 13 s": server.connections() - before}
        told |= {"an honest request": f"{answered} in {took * 1000:.0f} ms"}
        for sock in crowd:
            sock.close()
        return witness.report() | {"MB": server.megabytes()} | told


def long_answer(args: argparse.Namespace, path: str, rows: str) -> Report:
    """All of 1.3 million changes, or trades, is asked for."""
    with served(args.source, changes=1_300_000) as server:
        full = server.megabytes("VmRSS")
        witness = Witness(server)
        time.sleep(0.5)
        asking = server.asking(120)
        began = time.perf_counter()
        asking.request("GET", path, headers={"Connection": "close"})
        text = asking.getresponse().read()
        took = time.perf_counter() - began
        told = witness.report() | {"MB before": full, "MB": server.megabytes(), "answered in": f"{took:.1f} s"}
        answer = json.loads(text)
        return told | {rows: len(answer[rows]), "first": answer["first"]}


def many_requests(args: argparse.Namespace, path: str, changes: int = 0) -> Report:
    """Peers ask the same over HTTP again and again, each on a connection that it keeps."""
    with served(args.source, changes=changes) as server:
        witness = Witness(server)
        going, answered = [True], [0] * args.peers

        def ask(number: int) -> None:
            while going[0]:
                asking = server.asking(60)
                with contextlib.suppress(OSError, http.client.HTTPException):
                    while going[0]:
                        asking.request("GET", path)
                        answer = asking.getresponse()
                        while answer.read(65536) and going[0]:
                            pass
                        answered[number] += 1
                asking.close()

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(args.peers)]
        for thread in threads:
            thread.start()
        time.sleep(args.seconds)
        told = witness.report() | {"MB": server.megabytes(), "answered": sum(answered)}
        going[0] = False
        for thread in threads:
            thread.join()
        return told


GROUPS = """
import json, socket, sys, threading
from byhand import UPGRADE, masked
port, tokens = int(sys.argv[1]), sys.argv[2].split(",")
def attack(token):
    sock = socket.create_connection(("127.0.0.1", port)); sock.sendall(UPGRADE); sock.recv(4096)
    sock.sendall(masked(0x81, b'{"trnm":"LOGIN","token":"%s"}' % token.encode()))
    def drain():
        while sock.recv(65536): pass
    threading.Thread(target=drain, daemon=True).start()
    number = 0
    while True:
        number += 1
        reg = {"trnm": "REG", "grp_no": str(number), "data": [{"item": ["005930"], "type": ["0B"]}], "refresh": "1"}
        sock.sendall(masked(0x81, json.dumps(reg).encode()))
[threading.Thread(target=attack, args=(token,), daemon=True).start() for token in tokens]
print("begun", flush=True)
sys.stdin.read()
"""


def groups(args: argparse.Namespace) -> Report:
    """Peers register one stock in ever more groups."""
    with served(args.source) as server:
        witness = Witness(server)
        tokens = ",".join(token_of(server, number) for number in range(args.peers))
        with attacking(GROUPS, server.port, tokens):
            time.sleep(args.seconds)
            return witness.report() | {"MB": server.megabytes()}


def long_keys(args: argparse.Namespace) -> Report:
    """Tokens are asked for with keys that are as long as a request may be."""
    with served(args.source) as server:
        witness = Witness(server)
        asking = server.asking()
        for number in range(1_500):
            keys = {"grant_type": "client_credentials", "appkey": f"{number:05d}" + "k" * 60_000, "secretkey": "s"}
            asking.request("POST", "/oauth2/token", json.dumps(keys))
            asking.getresponse().read()
        return witness.report() | {"MB": server.megabytes()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--peers", type=int, default=20)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--source", default="", help="the src folder of another version")
    options.add_argument("--only", nargs="+", default=[], metavar="PART")
    args = options.parse_args()
    parts: dict[str, Callable[[argparse.Namespace], Report]] = {"early": early_frames}
    for name, frame in TINY.items():
        parts[f"flood of {name}, 1 peer"] = lambda args, frame=frame: flood(frame, 1, args)  # type: ignore[misc]
        parts[f"flood of {name}, {args.peers} peers"] = lambda args, frame=frame: flood(frame, args.peers, args)  # type: ignore[misc]
    parts[f"flood of lists, {args.peers} peers logged in"] = lambda args: flood(LIST, args.peers, args, login=True)
    parts[f"flood of REG, {args.peers} peers logged in"] = lambda args: flood(REG, args.peers, args, login=True)
    parts |= {"descriptors": descriptors, "half requests": half_requests}
    parts["truth"] = lambda args: long_answer(args, "/simulator/truth", "changes")
    parts["quotes"] = lambda args: long_answer(args, "/simulator/quotes", "trades")
    parts[f"truth, {args.peers} at a time"] = lambda args: many_requests(args, "/simulator/truth", 1_300_000)
    parts[f"requests, {args.peers} at a time"] = lambda args: many_requests(args, "/simulator/truth?limit=0")
    parts |= {"groups": groups, "long keys": long_keys}
    for name, part in parts.items():
        if not args.only or any(name.startswith(each) for each in args.only):
            print(f"{name}:", ", ".join(f"{what} {value}" for what, value in part(args).items()), flush=True)


if __name__ == "__main__":
    main()
