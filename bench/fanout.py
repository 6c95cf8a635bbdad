"""From one session to many programs: the hub beside a bare loop of socket.send and beside nats-server, in one run.

    python bench/fanout.py [--consumers 10 100 1000] [--rounds 3] [--deliveries 4000000]

The same source (flood.py) feeds three forms in turns: `bare` reads what comes and sends it to each socket in a loop, so
that its pieces are those that a read brings and the rest is the kernel's share; `nats` publishes each push with nats-py
to a nats-server; `hub` is `jogeon hub` with its journal. All consumers are in one process that reads and does not look
(drain.c, which wants a C compiler), so that who sends is measured.

Told are medians of the rounds, and in brackets the median of the ratios to the bare loop within the rounds. Deliveries
a second in a flood, where a read brings hundreds of pushes and what a form does for each of them counts most; and in
bursts of 20, two of which are under way at a time, so that all forms have the same pieces, with the CPU of a delivery.
At so many pushes a second, how busy a form is, and p50 and p99 from the source's send to the consumer's read. The
memory that a consumer costs. Linux only.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from byhand import UPGRADE, masked
from drained import BENCH, Counted, build, cpu_of, line_of, port_of, resident, started, tell
from jogeon.wire.writers import encode_push
from natsd import PROGRAM, free_port
from quantiles import counted_quantile

LOGIN = masked(0x81, b'{"trnm":"LOGIN","token":"demo"}')
REGISTER = masked(0x81, b'{"trnm":"CNSRREQ","seq":"0","search_type":"1","stex_tp":"K"}')
SUBSCRIBE = b'CONNECT {"verbose":false}\r\nSUB pushes 1\r\nPING\r\n'
PUSH = 4 + len(encode_push("0", "000000", "I", "152028"))
"""Bytes of a push with its frame, as the source sends it in a flood; else it has 14 more."""
HEAD = {"bare": 0, "nats": len(f"MSG pushes 1 {PUSH}\r\n\r\n"), "hub": 0}
"""What a form puts around it."""
SEND_BUFFER, READ = 128 * 1024, 64 * 1024
"""As the hub has them: of the kernel, for each consumer, and of one read from the source."""
Row = dict[str, float]
FORMS = ("bare", "nats", "hub")
BURST = 20
"""Pushes that the source sends in one piece."""


# ---------------------------------------------------------------- the three forms


def bare(url: str, consumers: int) -> None:
    """Read from the source, and send what came to each of so many sockets (run in a process of its own)."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    print(listening.getsockname()[1], flush=True)
    peers = [listening.accept()[0] for _ in range(consumers)]
    for peer in peers:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as asyncio has it
    source = registered(url)
    while piece := source.recv(READ):
        for peer in peers:
            peer.sendall(piece)


def nats(url: str, port: int) -> None:
    """Publish each push that comes from the source (run in a process of its own)."""
    asyncio.run(_nats(url, port))


async def _nats(url: str, port: int) -> None:
    import nats as library

    there = await library.connect(f"nats://127.0.0.1:{port}", pending_size=64 * 2**20)
    source = registered(url)
    source.setblocking(False)  # noqa: FBT003  # the library's signature
    loop, left = asyncio.get_running_loop(), b""
    while piece := await loop.sock_recv(source, READ):
        left += piece
        at = 0
        while len(left) - at >= 4:
            size = 4 + int.from_bytes(left[at + 2 : at + 4], "big")  # each push has a head of four bytes
            if len(left) - at < size:
                break
            await there.publish("pushes", left[at : at + size])
            at += size
        left = left[at:]


def registered(url: str) -> socket.socket:
    """Log in at the source and register its condition."""
    source = socket.create_connection(("127.0.0.1", port_of(url)))
    source.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ)
    source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for said in (UPGRADE, LOGIN, masked(0x81, b'{"trnm":"CNSRLST"}'), REGISTER):
        source.sendall(said)
        source.recv(READ)
    return source


@contextlib.contextmanager
def serving(form: str, url: str, consumers: int, folder: Path) -> Iterator[tuple[int, list[int]]]:
    """Start a form; yields its port and the pids of its processes, first of the one that sends."""
    if form == "bare":
        with started(sys.executable, __file__, "bare", url, consumers) as process:
            yield int(line_of(process)), [process.pid]
    elif form == "nats":
        port = free_port()
        with started(PROGRAM, "-a", "127.0.0.1", "-p", port, stderr=subprocess.DEVNULL) as server:
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.02)
            with started(sys.executable, __file__, "nats", url, port) as publisher:
                yield port, [server.pid, publisher.pid]
    else:
        words = (
            "hub",
            "--server",
            url,
            "--port",
            0,
            "--rest-port",
            0,
            "--journal",
            folder / f"{time.monotonic_ns()}.journal",
        )
        with started(sys.executable, "-m", "jogeon", *words, stderr=subprocess.DEVNULL) as process:
            yield port_of(json.loads(line_of(process))["websocket"]), [process.pid]


SAID = {
    "bare": (b"", b"", b""),
    "nats": (b"", SUBSCRIBE, b"PONG"),
    "hub": (UPGRADE, LOGIN + REGISTER, b'"data":[{"jmcode"'),
}
"""What a consumer says at once, what behind the first answer, and what it then awaits."""


def run(form: str, consumers: int, pushes: int, folder: Path, *, rate: int = 0, burst: int = 0) -> Row:
    """Let so many pushes go to so many consumers, in a flood, in bursts each behind the other, or at a rate."""
    counted = Counted(folder / "counted")
    size = PUSH + HEAD[form] + (14 if rate else 0)
    options = [f"--pushes={pushes}", "--wait", *([f"--rate={rate}"] if rate else [])]
    if burst:
        options += [f"--burst={burst}", f"--behind={folder / 'counted'}", f"--size={size * consumers}"]
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(started(sys.executable, BENCH / "flood.py", *options, stdin=subprocess.PIPE))
        url = json.loads(line_of(source))["websocket"]
        port, senders = stack.enter_context(serving(form, url, consumers, folder))
        before = resident(senders[0])
        said = [each.hex() for each in SAID[form]]
        drain = stack.enter_context(
            started(folder / "drain", port, consumers, *said, 1 if rate else 0, folder / "counted")
        )
        assert line_of(drain) == b"ready\n"
        time.sleep(0.3)
        memory, wanted = (resident(senders[0]) - before) / consumers, pushes * consumers * size
        tell(source)
        while not counted.bytes:
            time.sleep(0.0005)
        began, used = time.perf_counter(), cpu_of(*senders)
        while counted.bytes < wanted:
            if counted.ended or time.perf_counter() - began > 120:
                print(f"{form}, {consumers} consumers: {counted.ended} ended, {counted.bytes / wanted:.0%} came")
                break
            time.sleep(0.001)
        took, used = time.perf_counter() - began, cpu_of(*senders) - used
        if not rate:
            done = counted.bytes / size
            return {"rate": done / took, "cpu": used / done * 1e6, "memory": memory}
        ages = counted.ages()
        busy = used / took
    return {"busy": busy, "p50": counted_quantile(ages, 0.5), "p99": counted_quantile(ages, 0.99)}


# ---------------------------------------------------------------- rounds


COLUMNS = (
    ("flood", "a flood, deliveries/s", "{:,.0f}"),
    ("burst", f"bursts of {BURST}, deliveries/s", "{:,.0f}"),
    ("cpu", "µs CPU each", "{:.2f}"),
    ("busy", "paced: busy", "{:.0%}"),
    ("p50", "p50 µs", "{:,.0f}"),
    ("p99", "p99 µs", "{:,.0f}"),
    ("memory", "KiB a consumer", "{:.1f}"),
)
COMPARED = ("flood", "burst", "cpu", "p50", "p99")


def measured(consumers: int, args: argparse.Namespace, folder: Path) -> None:
    """Print the table of so many consumers."""
    rate, pushes = min(args.rate, args.most // consumers), args.deliveries // consumers // BURST * BURST
    found: dict[str, list[Row]] = {form: [] for form in args.forms}
    for _ in range(args.rounds):
        for form in args.forms:
            flood, bursts = run(form, consumers, 5 * pushes, folder), run(form, consumers, pushes, folder, burst=BURST)
            row = {"flood": flood["rate"], "burst": bursts["rate"], "cpu": bursts["cpu"], "memory": flood["memory"]}
            found[form].append(row | run(form, consumers, int(rate * args.seconds), folder, rate=rate))
    print(f"\n{consumers} consumers; paced at {rate:,} pushes/s; load {os.getloadavg()[0]:.1f}\n")
    print(f"| | {' | '.join(heading for _, heading, _ in COLUMNS)} |\n{'|---' * (1 + len(COLUMNS))}|")
    for form, rows in found.items():
        print(f"| {form} | {' | '.join(cells(rows, found[args.forms[0]]))} |", flush=True)


def cells(rows: Sequence[Row], yardstick: Sequence[Row]) -> Iterator[str]:
    """Yield the medians of a form, and beside some of them how often that of the yardstick goes into them."""
    for name, _, shown in COLUMNS:
        cell = shown.format(statistics.median(row[name] for row in rows))
        ratio = statistics.median(row[name] / other[name] for row, other in zip(rows, yardstick, strict=True))
        yield f"{cell} ({ratio:.2f} ×)" if name in COMPARED else cell


def main() -> None:
    """Measure, or be one of the forms."""
    forms: dict[str, Callable[[str, int], None]] = {"bare": bare, "nats": nats}
    if len(sys.argv) == 4 and sys.argv[1] in forms:
        forms[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
        return
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--consumers", type=int, nargs="+", default=[10, 100, 1000])
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--deliveries", type=int, default=4_000_000)
    options.add_argument("--rate", type=int, default=1000, help="pushes a second")
    options.add_argument("--most", type=int, default=200_000, help="deliveries a second of the latency, at most")
    options.add_argument("--seconds", type=float, default=4)
    options.add_argument("--forms", nargs="+", choices=FORMS, default=FORMS)
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder)
        for consumers in args.consumers:
            measured(consumers, args, folder)


if __name__ == "__main__":
    main()
