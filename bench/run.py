"""All figures of speed and memory, each beside its yardstick of the same run.

    python bench/run.py [--quick] [--rounds N] [--only SECTION …] [--peers DIR]

Rounds take turns between what is measured and its yardsticks, because a machine that does other things drifts; told are
medians, and as `×` the median of the ratios within the rounds. CPU is that of the reading process alone.
--peers DIR: also other people's clients; DIR holds receive.py, which watches with one of them. Each gets an environment
of its own under the temporary directory, where it stays for the next run.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from foreign import environments

HERE = Path(__file__).parent
ENVIRONMENT = os.environ | {"PYTHONPATH": str(HERE.parent / "src")}
Row = dict[str, float]
Case = Callable[[], Row]
LISTENER = "picows + typed decode in its listener"
QUEUED = "the same, a deque and `async for`, no members"
GUIDE = "the guide's program"
SOCKET = "a blocking socket + typed decode"


# ---------------------------------------------------------------- programs


@contextlib.contextmanager
def flood(**options: object) -> Iterator[tuple[dict[str, str], Callable[[], str]]]:
    """Start a server; yields its addresses and a function that reads the next line it prints."""
    arguments = [f"--{name}" if value is True else f"--{name}={value}" for name, value in options.items()]
    with subprocess.Popen([sys.executable, HERE / "flood.py", *arguments], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield json.loads(server.stdout.readline()), server.stdout.readline
        finally:
            server.kill()


def program(*arguments: object, python: str | Path = sys.executable) -> dict[str, Any]:
    """Run a program and return the last line of JSON it prints."""
    words = [str(argument) for argument in (python, *arguments)]
    done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
    if not done.stdout.strip():
        sys.exit(f"{' '.join(words)}\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def flooded(reader: str, pushes: int, conditions: int = 1, members: int = 100) -> Row:
    """Let a reader take a flood."""
    with flood(pushes=pushes, conditions=conditions, members=members) as (addresses, _):
        got = program(HERE / "readers.py", reader, addresses["websocket"], "--events", pushes)
    return {"cpu": got["cpu"] / got["events"] * 1e6, "rate": got["events"] / got["seconds"]}


def paced(reader: str, pushes: int, burst: int) -> Row:
    """Let a reader take a thousand pushes a second."""
    with flood(pushes=pushes, rate=1000, burst=burst) as (addresses, _):
        got = program(HERE / "readers.py", reader, addresses["websocket"], "--events", pushes, "--latency")
    return {name: got[name] for name in ("p50", "p99", "p99.9")}


# ---------------------------------------------------------------- rounds and tables


def rounds(cases: dict[str, Case], count: int) -> dict[str, list[Row]]:
    """Run all cases in turns."""
    found: dict[str, list[Row]] = {name: [] for name in cases}
    for number in range(count):
        for name, case in cases.items():
            if sys.stderr.isatty():
                print(f"{number + 1}/{count} {name:70}", end="\r", file=sys.stderr, flush=True)
            found[name].append(case())
    return found


def table(title: str, found: dict[str, list[Row]], units: dict[str, str], ratios: Sequence[tuple[str, str]]) -> None:
    """Print medians, and how often the column of a yardstick goes into each row's."""
    headings = [*units.values(), *(f"{column} × {yardstick}" for column, yardstick in ratios)]
    print(f"\n### {title}\n\n| | {' | '.join(headings)} |\n{'|---' * (1 + len(headings))}|")
    for name, rows in found.items():
        cells = [short(statistics.median(row[column] for row in rows)) for column in units]
        for column, yardstick in ratios:
            pairs = zip(rows, found[yardstick], strict=True)
            cells.append(f"{statistics.median(row[column] / other[column] for row, other in pairs):.2f}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def short(figure: float) -> str:
    """Return a figure as long as it is worth."""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.2f}"


# ---------------------------------------------------------------- sections


def receive(options: argparse.Namespace) -> None:
    """From the socket to the program, in a flood."""
    pushes = options.pushes
    cases: dict[str, Case] = {
        LISTENER: partial(flooded, "listener", pushes),
        QUEUED: partial(flooded, "queued", pushes),
        GUIDE: partial(flooded, "guide", pushes // 4),
        SOCKET: partial(flooded, "sockets", pushes),
        "jogeon, `async for`": partial(flooded, "loop", pushes),
        "jogeon, `each`": partial(flooded, "callback", pushes),
        "jogeon, `batches`": partial(flooded, "batches", pushes),
        "jogeon.sync": partial(flooded, "blocking", pushes),
        "jogeon, `async for`, ten conditions": partial(flooded, "loop", pushes, 10),
    }
    for peer, python in (environments() if options.peers else {}).items():
        cases[f"{peer} (peer)"] = partial(peers, options.peers / "receive.py", peer, python, pushes // 4)
    units = {"cpu": "µs CPU a push", "rate": "pushes/s"}
    table("Receiving a flood", rounds(cases, options.rounds), units, [("cpu", LISTENER), ("cpu", GUIDE)])


def growth(options: argparse.Namespace) -> None:
    """With conditions and members."""
    sizes = ((1, 100), (10, 10), (10, 100), (100, 10), (100, 100), (1, 500), (1, 1_000), (1, 2_500), (10, 2_000))
    cases: dict[str, Case] = {
        f"conditions {conditions}, members of each {members}": partial(
            flooded, "loop", options.pushes, conditions, members
        )
        for conditions, members in sizes
    }
    units = {"cpu": "µs CPU a push", "rate": "pushes/s"}
    table("How `async for` grows", rounds(cases, options.rounds), units, [("cpu", next(iter(cases)))])


def latency(options: argparse.Namespace) -> None:
    """From the server's send to the program, 1,000 pushes a second."""
    names = {SOCKET: "sockets", LISTENER: "listener", QUEUED: "queued", GUIDE: "guide"}
    names |= {"jogeon, `async for`": "loop", "jogeon, `each`": "callback"}
    for burst in (1, 20):
        cases: dict[str, Case] = {
            name: partial(paced, reader, 1_000 * options.seconds, burst) for name, reader in names.items()
        }
        units = {"p50": "p50 µs", "p99": "p99 µs", "p99.9": "p99.9 µs"}
        title = f"1,000 pushes a second in bursts of {burst}: from the server's send to the program"
        table(title, rounds(cases, options.rounds), units, [("p50", SOCKET), ("p99", SOCKET)])


def start(options: argparse.Namespace) -> None:
    """Of the command."""

    def took(*words: str) -> Row:
        began = time.perf_counter()
        done = subprocess.run([sys.executable, *words], env=ENVIRONMENT, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return {"ms": (time.perf_counter() - began) * 1000}

    cases: dict[str, Case] = {
        "python": partial(took, "-c", "pass"),
        "import jogeon": partial(took, "-c", "import jogeon"),
        "jogeon --help": partial(took, "-m", "jogeon", "--help"),
        "jogeon list --server demo": partial(took, "-m", "jogeon", "list", "--server", "demo"),
    }
    table("Starting", rounds(cases, options.rounds), {"ms": "ms"}, [("ms", "python")])


def memory(options: argparse.Namespace) -> None:
    """Of what is kept, and of what is not read; only Linux tells."""

    def held() -> Row:
        with flood(conditions=10, members=2_000, pushes=0) as (addresses, _):
            got = program(HERE / "holding.py", "members", addresses["websocket"])
        return {"kib": got["read"]}

    plain = "a dict of 20,000 codes"
    cases: dict[str, Case] = {
        plain: lambda: {"kib": program(HERE / "holding.py", "dict", 20_000)["read"]},
        "a watch of 10 conditions of 2,000 members": held,
    }
    table("Memory", rounds(cases, options.rounds), {"kib": "KiB"}, [("kib", plain)])
    for name, consumer in {"an async consumer": "sleeper", "a caller of jogeon.sync": "blocking"}.items():
        with flood(pushes=100_000, pings=100) as (addresses, line):
            got = program(HERE / "holding.py", consumer, addresses["websocket"])
            echoes = sorted(json.loads(line())["echoes"])
        print(
            f"\n100,000 pushes while {name} slept: {len(echoes)} of 100 PINGs were echoed, the slowest after"
            f" {echoes[-1] * 1000:.1f} ms (each behind 1,000 pushes); {got['grown']:,} KiB more;"
            f" then came {', '.join(got['kinds'])}; {got['counts']}"
        )


def simulator(options: argparse.Namespace) -> None:
    """What it can send and evaluate."""
    print("\n### The simulator\n\n| | figure | yardstick | |\n|---|---|---|---|")
    arguments = ["--rounds", str(options.rounds), "--pushes", str(options.pushes)]
    words = [sys.executable, str(HERE / "sending.py"), *arguments]
    done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        row = json.loads(line)
        figure, measured = short(row["figure"]), short(row["measured"])
        print(f"| {row['what']} | {figure} {row['unit']} | {row['yardstick']} | {measured} |")


# ---------------------------------------------------------------- other people's clients


def peers(receiver: Path, peer: str, python: Path, pushes: int) -> Row:
    """Let one of them take a flood; what it costs to start is taken off."""

    def run(events: int) -> dict[str, Any]:
        with flood(pushes=events, rest=True) as (addresses, _):
            words = ["--ws", addresses["websocket"], "--rest", addresses["rest"], "--seq", "0", "--events", events]
            return program(receiver, peer, *words, "--seconds", 60, python=python)

    few, many = run(1_000), run(pushes)
    cpu = (many["cpu"] - few["cpu"]) / (many["events"] - few["events"])
    return {"cpu": cpu * 1e6, "rate": many["events"] / many["seconds"]}


SECTIONS = {each.__name__: each for each in (receive, growth, latency, start, memory, simulator)}


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="less of everything: an impression, no figures")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS))
    parser.add_argument("--peers", type=Path, metavar="DIR")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 9)
    options.pushes = 50_000 if options.quick else 400_000
    options.seconds = 2 if options.quick else 5
    for section in options.only:
        SECTIONS[section](options)


if __name__ == "__main__":
    main()
