"""How fast a hub's stream on NATS is, beside bare nats-py on the same server in the same run.

    python bench/jetstream_speed.py [rate] [latency] [hubs] [readers] [--rounds 3] [--seconds 10]

- rate: events published a second, one to a message as in the worst case, and eight that are committed together; nats-py
  publishes the same bytes without a fence (`publish_async`).
- latency: from the broker's send to the loop of a reader in another process, at 1,000 a second; of nats-py from its
  publish to the callback of an ordered consumer, at the same time. Where TMPDIR is in memory the journal's disk costs
  nothing. `--beside kept`: of bare nats-py behind a bare SQLite commit as well, which shows what the disk takes.
- hubs: one reader of one hub and of ten, each over an account with ten conditions, all together with 1,000 changes a
  second: CPU of the reader for each event, and whether all it adds up to is right.
- readers: 1, 10 and 100 of one hub with ten conditions, each a process, at 50 changes a second: CPU of the NATS server,
  the hub and a reader at rest and for each event, their memory, how many readers add up to something wrong, and how
  many saw each change once.

A ratio is that of the medians of the rounds; where they are not measured at the same time, both take turns.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from statistics import median
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import nats
from nats.js.api import StreamConfig
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server

import jogeon
from drained import cpu_of, resident, tell
from jogeon.events import Condition, Enter, Leave, Snapshot
from jogeon.journal.position import Position
from jogeon.nats.address import Place, place_of
from jogeon.nats.opening import opened
from jogeon.nats.outgoing import WINDOW, Outgoing
from jogeon.nats.parcels import parcel
from jogeon.nats.streams import stream_of, stream_read
from jogeon.testing import Broker
from jogeon.wire.writers import encode_push
from natsd import Natsd, natsd

EVENTS = 20_000
RATE = 1_000
CROWD = 50
"""Changes a second for one reader or a hundred: each comes alone, and wakes everybody, which is the dearest way."""
TOGETHER = 10
"""Processes that begin at the same time."""
START = 60.0
"""Seconds for a hub to publish for the first time."""
END = 2.0
"""Seconds without a change after which no more are awaited."""
CODES = [f"{number:06}" for number in range(500)]
NAME = "급등주"
CONDITIONS = [f"조건식 {number}" for number in range(10)]


# ------------------------------------------------------------ how many a second


async def ours_a_second(there: Natsd, together: int) -> float:
    """Return events a second that go out behind the fence, `together` in a commit of one condition."""
    conditions = [Condition(str(place), name) for place, name in enumerate(CONDITIONS)]
    async with opened(place := there.place(f"rate{together}")) as client:
        stream = await stream_of(client, place)
        out = Outgoing(client, await stream.last())
        await out.open()
        began, before = time.perf_counter(), Position(1, 0, "j")
        for n in range(0, EVENTS, together):
            condition = conditions[n // together % len(conditions)]
            batch = [(1, n + each + 1, Enter(time.time_ns(), condition, CODES[each])) for each in range(together)]
            for message in parcel(place, batch, before):
                await out.put(message)
            before = Position(1, n + together, "j")
        await out.all_in()
        return EVENTS / (time.perf_counter() - began)


async def bare_a_second(there: Natsd) -> float:
    """Return messages a second of bare nats-py, each of the size of one event of ours."""
    place = there.place("x")
    event = Enter(time.time_ns(), Condition("4", "급등주"), "005930")
    payload = parcel(place, [(1, 1, event)], Position(1, 0, "j"))[0].payload
    client = await nats.connect(f"nats://127.0.0.1:{there.port}")
    js = client.jetstream(publish_async_max_pending=WINDOW)
    await js.add_stream(StreamConfig(name="bare", subjects=["bare.*"]))
    began = time.perf_counter()
    for _ in range(EVENTS):
        await js.publish_async("bare.x", payload)
    await js.publish_async_completed()
    took = time.perf_counter() - began
    await client.close()
    return EVENTS / took


async def rate(folder: Path, rounds: int) -> dict[str, Any]:
    """Compare rates."""
    found: dict[str, list[float]] = {"nats-py": [], "one": [], "eight": []}
    async with natsd(folder) as there:
        for _ in range(rounds):
            found["nats-py"].append(await bare_a_second(there))
            found["one"].append(await ours_a_second(there, 1))
            found["eight"].append(await ours_a_second(there, 8))
    bare, one, eight = (median(each) for each in found.values())
    return {
        "nats-py, messages a second": round(bare), "one event to a message, a second": round(one),
        "eight in a commit, a second": round(eight), "ratios": [round(one / bare, 2), round(eight / bare, 2)],
    }  # fmt: skip


# ------------------------------------------------------------ how late


async def paced(seconds: float, rate_: int) -> AsyncIterator[int]:
    """Yield how many are due by now, as often as there are some."""
    began, done = time.perf_counter(), 0
    while done < seconds * rate_:
        due = int((time.perf_counter() - began) * rate_)
        if due > done:
            yield due - done
            done = due
        await asyncio.sleep(0.0005)


class Plain(WSListener):
    """A broker of one condition, in this loop: a push is written to its socket when it is sent, by no other thread."""

    def __init__(self) -> None:
        self.url = ""
        self._transport: WSTransport

    async def __aenter__(self) -> Self:
        self._server = await ws_create_server(lambda _: self, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/api/dostk/websocket"
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Keep the one connection."""
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Answer a request."""
        if frame.msg_type is WSMsgType.TEXT:
            asked = json.loads(frame.get_payload_as_bytes())
            rows = {"CNSRLST": [["0", NAME]], "CNSRREQ": []}.get(asked["trnm"])
            answer = {
                "trnm": asked["trnm"],
                "return_code": 0,
                "return_msg": "",
                "seq": asked.get("seq", ""),
                "data": rows,
            }
            transport.send(WSMsgType.TEXT, json.dumps(answer))

    def enter(self, _name: str, code: str) -> None:
        """Push an enter."""
        self._transport.send(WSMsgType.TEXT, encode_push("0", code, "I", "090000"))

    def leave(self, _name: str, code: str) -> None:
        """Push a leave."""
        self._transport.send(WSMsgType.TEXT, encode_push("0", code, "D", "090000"))


class Moves:
    """Lets stocks enter and leave a condition in turn, and knows when."""

    def __init__(self, broker: Broker | Plain, names: list[str]) -> None:
        self.sent: list[int] = []
        self.members: dict[str, set[str]] = {name: set() for name in names}
        self._broker, self._names, self._n = broker, names, 0

    def move(self) -> None:
        """Send one push."""
        name = self._names[self._n % len(self._names)]
        code, inside = CODES[self._n // len(self._names) % len(CODES)], self.members[name]
        self._n += 1
        self.sent.append(time.monotonic_ns())
        if code in inside:
            inside.discard(code)
            self._broker.leave(name, code)
        else:
            inside.add(code)
            self._broker.enter(name, code)


def started(*words: str) -> subprocess.Popen[bytes]:
    """Start this program in another part."""
    return subprocess.Popen([sys.executable, __file__, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


async def line_of(process: subprocess.Popen[bytes]) -> Any:
    """Return the next line of a process."""
    assert process.stdout is not None
    line = await asyncio.to_thread(process.stdout.readline)
    return json.loads(line)


async def published(place: Place) -> None:
    """Wait until there is something that a reader can begin with."""
    async with asyncio.timeout(START), opened(place) as client:
        while (stream := await stream_read(client, place)) is None or await stream.picture() is None:  # noqa: ASYNC110  # a server is asked
            await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def hub(broker: Broker | Plain, address: str, journal: Path) -> AsyncIterator[tuple[str, int]]:
    """Run a hub over a broker, in a process of its own; yield its own address and its pid once it publishes."""
    words = ["hub", "--all", "--server", broker.url, "--nats", address, "--journal", str(journal)]
    command = [sys.executable, "-m", "jogeon", *words, "--port", "0", "--rest-port", "0"]
    process = await asyncio.to_thread(lambda: subprocess.Popen(command, stdout=subprocess.PIPE))
    try:
        websocket = (await line_of(process))["websocket"]
        await published(place_of(address))
        yield str(websocket), process.pid
    finally:
        process.kill()
        process.wait()


async def both_late(there: Natsd, folder: Path, seconds: float, beside: Sequence[str]) -> dict[str, list[int]]:
    """Return nanoseconds from the broker's send to a reader's loop, and of bare nats-py at the same time.

    That is from its publish to the callback of an ordered consumer. `beside` these, if wanted: `hub`, a reader on the
    hub itself, which has no NATS; `kept`, bare nats-py behind a bare commit, which has no hub. Whatever else the
    machine does, it does to all.
    """
    url = f"nats://127.0.0.1:{there.port}"
    client = await nats.connect(url)
    js = client.jetstream()
    await js.add_stream(StreamConfig(name="late", subjects=["late.*"]))
    await js.add_stream(StreamConfig(name="kept", subjects=["kept.*"]))
    async with (
        Plain() as broker,
        hub(broker, there.address(f"late{folder.name}"), folder / "late") as (websocket, _),
        Lines() as lines,
        keeper(f"{url} {lines.port} {folder / 'kept'}", wanted="kept" in beside),
    ):
        wanted = {
            "ours": ("--reader", there.address(f"late{folder.name}")), "bare": ("--bare", f"{url} late"),
            "hub": ("--reader", websocket), "kept": ("--bare", f"{url} kept"),
        }  # fmt: skip
        readers = {name: started(*wanted[name]) for name in ("ours", "bare", *beside)}
        for process in readers.values():
            await line_of(process)
        moves, sent = Moves(broker, [NAME]), defaultdict[str, list[int]](list)
        async for due in paced(seconds, RATE):
            for _ in range(due):
                moves.move()
                sent["kept"].append(time.monotonic_ns())
                lines.send(199 * b"x")
                sent["bare"].append(time.monotonic_ns())
                await js.publish_async("late.x", 200 * b"x")
        await js.publish_async_completed()
        await client.close()
        return {name: late(sent.get(name, moves.sent), each) for name, each in readers.items()}


class Lines:
    """Sends lines to whoever is connected, each at once."""

    def __init__(self) -> None:
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(lambda _, writer: self._writers.append(writer), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        for writer in self._writers:
            writer.close()
        self._server.close()

    def send(self, line: bytes) -> None:
        """Send a line."""
        for writer in self._writers:
            writer.write(line + b"\n")


@contextlib.asynccontextmanager
async def keeper(words: str, *, wanted: bool) -> AsyncIterator[None]:
    """Have a process commit lines and publish them, if it is wanted."""
    process = started("--keeper", words) if wanted else None
    try:
        if process is not None:
            await line_of(process)
        yield
    finally:
        if process is not None:
            process.kill()
            process.wait()


def late(sent: list[int], process: subprocess.Popen[bytes]) -> list[int]:
    """Return what a reader says, compared with when that was sent."""
    told, _ = process.communicate(b"%d\n" % len(sent))
    came = json.loads(told)
    assert len(came) == len(sent), f"{len(came)} came of {len(sent)}"
    return [there - here for here, there in zip(sent, came, strict=True)]


async def latency(folder: Path, rounds: int, seconds: float, beside: Sequence[str]) -> dict[str, Any]:
    """Compare latencies."""
    found = defaultdict[str, list[float]](list)
    async with natsd(folder) as there:
        for round_ in range(rounds):
            for name, values in (await both_late(there, folder / str(round_), seconds, beside)).items():
                values.sort()
                found[f"{name} 50"].append(values[len(values) // 2] / 1e6)
                found[f"{name} 99"].append(values[len(values) * 99 // 100] / 1e6)
    ms = {name: round(median(each), 2) for name, each in found.items()}
    ratios = {
        name: [round(ms[f"ours {each}"] / ms[f"{name} {each}"], 2) for each in ("50", "99")]
        for name in ("bare", *beside)
    }
    return {"ms": ms, "each round, ms": {name: [round(each, 2) for each in every] for name, every in found.items()},
            "ratios": ratios}  # fmt: skip


# ------------------------------------------------------------ the other processes


async def until_told() -> str:
    """Wait for a line."""
    return await asyncio.to_thread(sys.stdin.readline)


async def until_all(came: list[int]) -> None:
    """Wait until as many came as the next line says, or no more do."""
    count, before = int(await until_told()), -1
    while before < len(came) < count:
        before = len(came)
        await asyncio.sleep(END)


async def reader(address: str) -> None:
    """Note when each change comes to the loop."""
    came: list[int] = []
    async with jogeon.connect(address) as client, client.watch() as watch:

        async def read() -> None:
            async for event in watch:
                if isinstance(event, Enter | Leave):
                    came.append(time.monotonic_ns())
                elif isinstance(event, Snapshot):
                    print("{}", flush=True)  # whatever moves now comes as a change

        reading = asyncio.create_task(read())
        await until_all(came)
        reading.cancel()
    print(json.dumps(came), flush=True)


async def bare(words: str) -> None:
    """The same with nats-py alone: its address, and a stream."""
    came: list[int] = []
    address, stream = words.split()
    client = await nats.connect(address)

    async def take(_: object) -> None:
        came.append(time.monotonic_ns())

    js = client.jetstream()
    last = (await js.stream_info(stream)).state.last_seq
    await js.subscribe(
        f"{stream}.x", cb=take, ordered_consumer=True,
        config=nats.js.api.ConsumerConfig(
            deliver_policy=nats.js.api.DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=last + 1
        ),
    )  # fmt: skip
    print("{}", flush=True)
    await until_all(came)
    print(json.dumps(came), flush=True)
    os._exit(0)  # nats-py has nothing to lose


async def keeper_of(words: str) -> None:
    """Commit each line that comes as durably as a journal does, then publish it with nats-py alone."""
    address, port, file = words.split()
    loop, came, durable = asyncio.get_running_loop(), SimpleQueue[list[bytes]](), asyncio.Queue[list[bytes]]()

    def write() -> None:
        db = sqlite3.connect(file, isolation_level=None)
        db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE kept (line BLOB)")
        while True:
            lines = came.get()
            while not came.empty():
                lines += came.get()
            db.execute(f"INSERT INTO kept VALUES {','.join(['(?)'] * len(lines))}", lines)  # noqa: S608  # marks
            loop.call_soon_threadsafe(durable.put_nowait, lines)

    async def publish() -> None:
        while True:
            for line in await durable.get():
                await js.publish_async("kept.x", line)

    client = await nats.connect(address)
    js = client.jetstream()
    threading.Thread(target=write, daemon=True).start()
    publishing = asyncio.create_task(publish())
    reading, _ = await asyncio.open_connection("127.0.0.1", int(port))
    print("{}", flush=True)
    rest = b""
    while data := await reading.read(2**16):
        *lines, rest = (rest + data).split(b"\n")
        if lines:
            came.put(lines)
    publishing.cancel()


async def follower(address: str) -> None:
    """Follow all hubs of an address; tell what an event cost, and what they add up to."""
    async with jogeon.connect(address) as client, client.watch() as watch:
        print("{}", flush=True)
        counts: Counter[str] = Counter()

        async def read() -> None:
            async for event in watch:
                counts[type(event).__name__] += 1

        reading = asyncio.create_task(read())
        await until_told()  # all is warm
        before, began = counts.total(), time.process_time()
        await until_told()
        cost = (time.process_time() - began) / max(1, counts.total() - before)
        members = {name: sorted(codes) for name, codes in watch.members.items()}
        reading.cancel()
        told = {"µs": cost * 1e6, "events": counts.total() - before, "seen": counts, "members": members}
        print(json.dumps(told), flush=True)
    os._exit(0)


# ------------------------------------------------------------ one hub, and ten


async def followed(there: Natsd, folder: Path, count: int, seconds: float) -> dict[str, Any]:
    """Follow so many hubs with one reader."""
    async with contextlib.AsyncExitStack() as stack:
        aliases = [f"hubs{count}-{each}" for each in range(count)]
        moves: dict[str, Moves] = {}
        for alias in aliases:
            broker = await stack.enter_async_context(Broker({name: [] for name in CONDITIONS}))
            moves[alias] = Moves(broker, CONDITIONS)
            await stack.enter_async_context(hub(broker, there.address(alias), folder / alias))
        process = started("--follower", there.address(",".join(aliases)))
        await line_of(process)
        for part in range(2):
            async for due in paced(2.0 if part == 0 else seconds, RATE // count):
                for each in moves.values():
                    for _ in range(due):
                        each.move()
            if part == 0:
                tell(process)
        await asyncio.sleep(3.0)
        said = json.loads((await asyncio.to_thread(process.communicate, b"\n"))[0])
        prefix = {alias: f"{alias}/" if count > 1 else "" for alias in aliases}
        truth = {prefix[alias] + name: sorted(codes) for alias, each in moves.items()
                 for name, codes in each.members.items()}  # fmt: skip
        return {"µs": said["µs"], "events": said["events"], "right": said["members"] == truth, "seen": said["seen"]}


async def hubs(folder: Path, rounds: int, seconds: float) -> dict[str, Any]:
    """Compare one hub and ten."""
    found: dict[int, list[dict[str, Any]]] = {1: [], 10: []}
    async with natsd(folder) as there:
        for round_ in range(rounds):
            for count, each in found.items():
                each.append(await followed(there, folder / str(round_), count, seconds))
    cost = {count: median(each["µs"] for each in every) for count, every in found.items()}
    return {
        "µs an event": {count: round(each, 1) for count, each in cost.items()},
        "each round": {count: [round(each["µs"], 1) for each in every] for count, every in found.items()},
        "events": {count: every[-1]["events"] for count, every in found.items()},
        "seen": {count: every[-1]["seen"] for count, every in found.items()},
        "ratio": round(cost[10] / cost[1], 2),
        "right": all(each["right"] for every in found.values() for each in every),
    }


# ------------------------------------------------------------ one reader, and a hundred


def changes_of(told: dict[str, Any]) -> int:
    """Return how many changes a follower has seen, since nobody was in any condition."""
    return sum(told["seen"].get(kind, 0) for kind in ("Enter", "Leave"))


class Cost:
    """CPU seconds of processes since it was made, by name."""

    def __init__(self, pids: dict[str, list[int]]) -> None:
        self.seconds = 0.0
        """How long it was spent in."""
        self._pids = pids
        self._began = time.monotonic()
        self._before = {name: cpu_of(*each) for name, each in pids.items()}

    def spent(self) -> dict[str, float]:
        """Return the mean of the processes of a name, in seconds for each second."""
        self.seconds = time.monotonic() - self._began
        return {
            name: (cpu_of(*each) - self._before[name]) / len(each) / self.seconds for name, each in self._pids.items()
        }


async def crowd(there: Natsd, folder: Path, count: int, seconds: float) -> dict[str, Any]:
    """Follow one hub with so many readers."""
    alias = f"crowd{count}"
    async with (
        Broker({name: [] for name in CONDITIONS}) as broker,
        hub(broker, there.address(alias), folder / alias) as (_, hub_pid),
    ):
        processes: list[subprocess.Popen[bytes]] = []
        for start in range(0, count, TOGETHER):
            begun = [started("--follower", there.address(alias)) for _ in range(min(TOGETHER, count - start))]
            processes += begun
            for process in begun:
                await line_of(process)
        pids = {"server": [there.pid], "hub": [hub_pid], "reader": [process.pid for process in processes]}
        await asyncio.sleep(END)
        rest = Cost(pids)
        await asyncio.sleep(seconds)
        idle = rest.spent()
        moves = Moves(broker, CONDITIONS)
        for process in processes:
            tell(process)
        await asyncio.sleep(END)  # each has counted what came before
        busy = Cost(pids)
        async for due in paced(seconds, CROWD):
            for _ in range(due):
                moves.move()
        await asyncio.sleep(END)
        spent = busy.spent()
        each = {name: (spent[name] - idle[name]) * busy.seconds / len(moves.sent) for name in pids}
        memory = {name: round(sum(map(resident, some)) * 1024 / 1e6 / len(some), 1) for name, some in pids.items()}
        said = [json.loads((await asyncio.to_thread(process.communicate, b"\n"))[0]) for process in processes]
        truth = {name: sorted(codes) for name, codes in moves.members.items()}
        return {
            "at rest, % of a core": {name: round(100 * share, 2) for name, share in idle.items()},
            "µs an event": {name: round(1e6 * cost, 1) for name, cost in each.items()},
            "MB": memory,
            "wrong": sum(one["members"] != truth for one in said),
            "saw each change once": sum(changes_of(one) == len(moves.sent) for one in said),
        }


async def readers(folder: Path, rounds: int, seconds: float) -> dict[str, Any]:
    """Compare one reader of a hub and many."""
    found: dict[int, list[dict[str, Any]]] = {1: [], 10: [], 100: []}
    async with natsd(folder) as there:
        for round_ in range(rounds):
            for count, each in found.items():
                each.append(await crowd(there, folder / str(round_), count, seconds))
    return {str(count): every if len(every) > 1 else every[0] for count, every in found.items()}


def main() -> None:
    """Measure, or be one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["rate", "latency", "hubs", "readers"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--beside", nargs="*", choices=["hub", "kept"], default=[], help="latency: of these as well")
    parts = {"reader": reader, "bare": bare, "follower": follower, "keeper": keeper_of}
    for name in parts:
        parser.add_argument(f"--{name}", help=argparse.SUPPRESS)
    given = parser.parse_args()
    for name, part in parts.items():
        if words := getattr(given, name):
            asyncio.run(part(words))
            return
    for what in given.what:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for each in range(given.rounds):
                (folder / str(each)).mkdir()
            match what:
                case "rate":
                    told = asyncio.run(rate(folder, given.rounds))
                case "latency":
                    told = asyncio.run(latency(folder, given.rounds, given.seconds, given.beside))
                case "readers":
                    told = asyncio.run(readers(folder, given.rounds, given.seconds))
                case _:
                    told = asyncio.run(hubs(folder, given.rounds, given.seconds))
        load = [round(each, 1) for each in os.getloadavg()]
        print(json.dumps({what: told, "load": load}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
