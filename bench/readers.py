"""Readers of the flood, the package's own and its yardsticks; each runs in a process of its own.

    python bench/readers.py READER ws://… --events N [--latency]
    python bench/readers.py drain ws://… --programs N [--seq S]

Prints one line of JSON: events, seconds from the first to the last, CPU seconds in between; with --latency, p50, p99
and p99.9 in microseconds from the server's send to the reader's own code.
"""

import argparse
import asyncio
import base64
import json
import os
import selectors
import socket
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any, NoReturn
from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.json import Decoder

RECEIVE_BUFFER = 64 * 1024  # as the package has it, so that all read with the same


class Values(Struct, gc=False):
    """What a program needs of a push."""

    seq: str = field(name="841")
    code: str = field(name="9001")
    kind: str = field(name="843")
    clock: str = field(name="20")


class Row(Struct, gc=False):
    """A row of a REAL frame."""

    values: Values
    type: str


class Real(Struct, gc=False):
    """A REAL frame."""

    trnm: str
    data: list[Row]


class Meter:
    """Counts events, or measures how old they are; ends the process after the last one."""

    def __init__(self, events: int, *, latency: bool) -> None:
        self.left = self.events = events
        self.latency = latency
        self.ages: list[int] = []
        self.started = self.cpu = 0.0

    def taker(self, clock: Callable[[Any], str]) -> Callable[[object], None]:
        """Return what is called for each change, and is all the user code there is; `clock` finds its field 20."""

        def age(change: object) -> None:
            self.ages.append(time.perf_counter_ns() - int(clock(change)))
            self.count(change)

        return age if self.latency else self.count

    def count(self, change: object) -> None:
        """Count a change; the first one starts the clock, the last one stops it."""
        del change
        if self.left == self.events:
            self.started, self.cpu = time.perf_counter(), time.process_time()
        self.left -= 1
        if not self.left:
            self.finish()

    def finish(self) -> NoReturn:
        """Print what was measured and end at once, whatever else is running."""
        result: dict[str, float] = {
            "events": self.events,
            "seconds": time.perf_counter() - self.started,
            "cpu": time.process_time() - self.cpu,
        }
        if self.latency:
            ages = sorted(self.ages[len(self.ages) // 20 :])  # the first ones warm up
            places = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
            result |= {name: ages[min(int(len(ages) * share), len(ages) - 1)] / 1000 for name, share in places.items()}
        print(json.dumps(result), flush=True)
        os._exit(0)


# ---------------------------------------------------------------- the package

ANY = 10**12
"""A flood is faster than any reader: with its usual bounds a reader in another thread would be told that it lags."""


def clock_of(event: Any) -> str:
    """Return field 20 of a change."""
    clock: str = event.clock
    return clock


async def loop(url: str, meter: Meter) -> None:
    """`async for event in watch`."""
    import jogeon

    take = meter.taker(clock_of)
    async with jogeon.connect(url, recheck=0) as kiwoom, kiwoom.watch() as watch:
        async for event in watch:
            if isinstance(event, jogeon.Enter | jogeon.Leave):
                take(event)
                break
        async for event in watch:  # from here on changes only
            take(event)


async def callback(url: str, meter: Meter) -> None:
    """`watch.each(handler)`."""
    import jogeon

    take = meter.taker(clock_of)
    async with jogeon.connect(url, recheck=0) as kiwoom, kiwoom.watch() as watch:
        async for event in watch:
            if isinstance(event, jogeon.Enter | jogeon.Leave):
                take(event)
                break
        await watch.each(take)


async def batches(url: str, meter: Meter) -> None:
    """`async for events in watch.batches()`."""
    import jogeon

    take = meter.taker(clock_of)
    async with jogeon.connect(url, recheck=0) as kiwoom, kiwoom.watch() as watch:
        reading = watch.batches()
        async for events in reading:
            changes = [event for event in events if isinstance(event, jogeon.Enter | jogeon.Leave)]
            for change in changes:
                take(change)
            if changes:
                break
        async for events in reading:  # from here on changes only
            for event in events:
                take(event)


def blocking(url: str, meter: Meter) -> None:
    """`for event in watch` of jogeon.sync."""
    import jogeon
    import jogeon.sync

    take = meter.taker(clock_of)
    with jogeon.sync.connect(url, recheck=0) as kiwoom, kiwoom.watch(max_events=ANY, max_bytes=ANY) as watch:
        for event in watch:
            if isinstance(event, jogeon.Enter | jogeon.Leave):
                take(event)
                break
        for event in watch:
            take(event)


# ---------------------------------------------------------------- the yardsticks


LOGIN = {"trnm": "LOGIN", "token": "demo"}
LIST = {"trnm": "CNSRLST"}


def register(seq: str) -> dict[str, str]:
    """Return the request for real time of a condition."""
    return {"trnm": "CNSRREQ", "seq": seq, "search_type": "1", "stex_tp": "K"}


async def _listen(url: str, take: Callable[[Row], object]) -> None:
    """Picows with the typed decode in its listener."""
    from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

    decode = Decoder(Real).decode
    text = WSMsgType.TEXT

    class Listener(WSListener):
        def on_ws_connected(self, transport: WSTransport) -> None:
            self.transport = transport
            self.waiting = [register("0"), LIST]
            sock = transport.underlying_transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            transport.send(text, json.dumps(LOGIN).encode())

        def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
            if frame.msg_type is not text:
                return
            if self.waiting:
                transport.send(text, json.dumps(self.waiting.pop()).encode())
                return
            try:
                real = decode(frame.get_payload_as_bytes())
            except ValueError:
                return  # the snapshot
            for row in real.data:
                if row.type == "02":
                    take(row)

    transport, _ = await ws_connect(Listener, url, enable_auto_ping=False)
    await transport.wait_disconnected()


def row_clock(row: Row) -> str:
    """Return field 20 of a row."""
    return str(row.values.clock)


async def listener(url: str, meter: Meter) -> None:
    """Picows with the typed decode in its listener, and nothing else."""
    await _listen(url, meter.taker(row_clock))


async def queued(url: str, meter: Meter) -> None:
    """The same behind a deque and `async for`: no members, no bound, nobody told of anything."""
    rows: deque[Row] = deque()
    woken: list[asyncio.Future[None]] = []

    def put(row: Row) -> None:
        rows.append(row)
        if woken:
            woken.pop().set_result(None)

    async def stream() -> AsyncIterator[Row]:
        while True:
            if not rows:
                woken.append(asyncio.get_running_loop().create_future())
                await woken[0]
            yield rows.popleft()

    take = meter.taker(row_clock)
    listening = asyncio.create_task(_listen(url, put))
    async for row in stream():
        take(row)
    await listening


async def guide(url: str, meter: Meter) -> None:
    """The broker's own sample, as a loop: websockets and json."""
    import websockets

    take = meter.taker(lambda row: str(row["values"]["20"]))
    async with websockets.connect(url, ping_interval=None, max_size=None) as connection:
        await connection.send(json.dumps(LOGIN))
        async for text in connection:
            message = json.loads(text)
            match message.get("trnm"):
                case "LOGIN":
                    await connection.send(json.dumps(LIST))
                case "CNSRLST":
                    await connection.send(json.dumps(register("0")))
                case "REAL":
                    for row in message["data"]:
                        if row["type"] == "02":
                            take(row)


class Raw:
    """A blocking client, as small as one can be."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.sock = socket.create_connection((str(address.hostname), int(address.port or 0)))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        head = f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self.sock.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.sock.recv(4096)
        self.buffer = self.buffer.partition(b"\r\n\r\n")[2]

    def send(self, message: dict[str, str]) -> None:
        """Send a text, masked with zeros."""
        payload = json.dumps(message).encode()
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
        self.sock.sendall(b"\x81" + size + bytes(4) + payload)

    def texts(self) -> list[bytes]:
        """Return the payloads of all whole frames that came; waits for at least some bytes."""
        found: list[bytes] = []
        buffer, at, end = self.buffer, 0, len(self.buffer)
        while at + 2 <= end:
            size, head = buffer[at + 1], 2
            if size == 126:
                size, head = int.from_bytes(buffer[at + 2 : at + 4], "big"), 4
            elif size == 127:
                size, head = int.from_bytes(buffer[at + 2 : at + 10], "big"), 10
            if at + head + size > end:
                break
            found.append(buffer[at + head : at + head + size])
            at += head + size
        self.buffer = buffer[at:] + (b"" if found else self.sock.recv(65536))
        return found

    def watch(self, seq: str = "0") -> None:
        """Log in and register a condition."""
        for message in (LOGIN, LIST, register(seq)):
            self.send(message)
            while not self.texts():
                pass


def sockets(url: str, meter: Meter) -> None:
    """A blocking socket, frames cut by hand, typed decode."""
    take = meter.taker(row_clock)
    decode = Decoder(Real).decode
    raw = Raw(url)
    raw.watch()
    while True:
        for text in raw.texts():
            for row in decode(text).data:
                if row.type == "02":
                    take(row)


def drain(url: str, programs: int, seq: str) -> None:
    """So many programs that watch, and read without looking."""
    selector = selectors.DefaultSelector()
    for _ in range(programs):
        raw = Raw(url)
        raw.watch(seq)
        selector.register(raw.sock, selectors.EVENT_READ, raw.sock)
    print("watching", flush=True)
    while selector.get_map():
        for key, _ in selector.select():
            if not key.data.recv(2**18):
                selector.unregister(key.fileobj)


READERS = {each.__name__: each for each in (loop, callback, batches, blocking, listener, queued, guide, sockets)}


def main() -> None:
    """Run one reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader", choices=[*READERS, "drain"])
    parser.add_argument("url")
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--latency", action="store_true")
    parser.add_argument("--programs", type=int, default=1)
    parser.add_argument("--seq", default="0")
    options = parser.parse_args()
    if options.reader == "drain":
        drain(options.url, options.programs, options.seq)
        return
    running = READERS[options.reader](options.url, Meter(options.events, latency=options.latency))
    if running is not None:
        asyncio.run(running)
    sys.exit(1)  # the meter ends a reader that got all


if __name__ == "__main__":
    main()
