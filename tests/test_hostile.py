"""Whatever a peer sends, it is read, called unknown, or ends its connection with a cause that says why; nothing else.

Against a client here; what servers are sent over sockets stands in test_server.py. The bounds of memory are in
megabytes of the whole process, measured in one of its own.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import nullcontext
from typing import Any

import pytest
import websockets
from hypothesis import example, given
from hypothesis import strategies as st
from targets import TARGETS

from jogeon.client import Client
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.events import Anomaly, Condition, Enter, Event, State
from jogeon.live.ending import FRAME_LIMIT
from jogeon.live.policy import Policy
from jogeon.server.frames import close_frame, text_frame
from jogeon.watch import Watch
from jogeon.wire import messages, readers, writers
from naive_client import NaiveClient
from texts import list_text, snapshot_text

CONDITIONS = (Condition("0", "급등주"), Condition("4", "신고가 돌파"))
CLIENT_MEGABYTES = 192
SERVER_MEGABYTES = 96


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@given(data=st.binary(max_size=300) | st.lists(st.integers(0, 31), max_size=200).map(bytes))
@example(data=2 * b"\0\1\0")  # a peer goes, and then the one that came in its place
def test_what_is_fuzzed_holds(target: Callable[[bytes], object], data: bytes) -> None:
    target(data)


# ---------------------------------------------------------------- a server that means harm


class Rogue:
    """A server by the book, until a watch is registered on its first connection: then it sends what it was given."""

    def __init__(self, *harm: bytes) -> None:
        self.connections = 0
        self.harm = harm
        self.members = self.becomes = ["005930"]
        self.gone = asyncio.Event()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve; yields the address."""
        async with await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=2**20) as server:
            yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/dostk/websocket"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self._upgrade(reader, writer)
            while True:
                await self._answer(await self._text(reader), writer)
        self.gone.set()
        writer.close()

    async def _upgrade(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = (line.split(b":", 1) for line in head.split(b"\r\n") if b":" in line)
        key = {name.lower(): value.strip() for name, value in lines}[b"sec-websocket-key"]
        digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest()
        accept = base64.b64encode(digest)
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )

    async def _text(self, reader: asyncio.StreamReader) -> dict[str, str]:
        while True:
            first, second = await reader.readexactly(2)
            size = second & 127 if second & 127 < 126 else int.from_bytes(await reader.readexactly(2), "big")
            mask = await reader.readexactly(4)
            payload = bytes(byte ^ mask[place % 4] for place, byte in enumerate(await reader.readexactly(size)))
            if first & 15 == 1:
                text: dict[str, str] = json.loads(payload)
                return text

    async def _answer(self, message: dict[str, str], writer: asyncio.StreamWriter) -> None:
        match message:
            case {"trnm": "LOGIN"}:
                answers = [writers.encode_login_accepted()]
            case {"trnm": "CNSRLST"}:
                answers = [list_text(CONDITIONS)]
            case {"trnm": "CNSRREQ", "seq": seq}:
                pushed = writers.encode_push(seq, "000660", "I", "090000")
                answers = [snapshot_text(seq, self.members), pushed]
            case {"trnm": "CNSRCLR", "seq": seq}:
                answers = [writers.encode_cleared(seq)]
            case _:
                answers = []
        writer.write(b"".join(text_frame(text) for text in answers))
        if message["trnm"] == "CNSRREQ" and self.connections == 1:
            self.members = self.becomes
            for harm in self.harm:
                writer.write(harm)
                await writer.drain()
            self.harm = ()


def frame(first: int, payload: bytes, *, size: int | None = None) -> bytes:
    """Return a frame with any first byte, and with any size it claims to have."""
    claimed = len(payload) if size is None else size
    if claimed < 126:
        return bytes((first, claimed)) + payload
    if claimed < 2**16:
        return bytes((first, 126)) + claimed.to_bytes(2, "big") + payload
    return bytes((first, 127)) + claimed.to_bytes(8, "big") + payload


def client_of(url: str) -> Client:
    """Return a client that comes back at once."""
    policy = Policy(recheck=0.0, pace=1000, uniform=lambda low, high: 0.0 * (low + high))
    return Client(nullcontext(Endpoint("rogue", url, FixedToken("demo"))), name="rogue", policy=policy)


async def against(rogue: Rogue, talk: Callable[[Client, Watch], Coroutine[Any, Any, None]]) -> None:
    """Have a client watch a rogue server; fail if anything gets into the loop that is not the client's own."""
    stray: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: stray.append(context))
    async with rogue.serving() as url:
        async with client_of(url) as kiwoom, kiwoom.watch("급등주") as watch:
            async with asyncio.timeout(45):
                await talk(kiwoom, watch)
                assert await kiwoom.conditions() == list(CONDITIONS)
        rogue.gone.clear()
    assert stray == []


async def until(watch: Watch, found: Callable[[Event], bool]) -> Event:
    """Read up to an event."""
    async for event in watch:
        if found(event):
            return event
    raise AssertionError("the watch ended")


TOO_LONG = b"x" * 2**20
LOST = {
    "10 MB in one frame": (frame(0x81, b"x" * 10 * 2**20), "more than"),
    "a frame that claims to be endless": (frame(0x81, b"x", size=2**62), "more than"),
    "fragments without end": (frame(0x01, TOO_LONG) + frame(0x00, TOO_LONG) * 5, "more than"),
    "a negative size": (frame(0x81, b"x", size=2**63 + 5), ""),
    "a masked frame": (b"\x81\x81\0\0\0\0{", ""),
    "a reserved opcode": (frame(0x83, b"{}"), ""),
    "a close in pieces": (frame(0x08, b""), ""),
    "a close of one byte": (frame(0x88, b"x"), ""),
    "a close with a code that must not be sent": (close_frame(1005), ""),
    "a close with bad UTF-8": (frame(0x88, b"\x03\xe8\xff\xff"), ""),
    "a close with a code of its own": (close_frame(4321, "넷"), "4321 넷"),
    "a close with a code of a library": (close_frame(3000), "3000"),
    "a close without a code": (frame(0x88, b""), ""),
    "a ping too long": (frame(0x89, b"x" * 126), ""),
    "no WebSocket at all": (b"HTTP/1.1 500 Oops\r\n\r\n" * 3, ""),
}


@pytest.mark.parametrize(("harm", "cause"), LOST.values(), ids=LOST)
async def test_what_breaks_the_frames_ends_the_connection_and_the_client_comes_back(harm: bytes, cause: str) -> None:
    async def talk(kiwoom: Client, watch: Watch) -> None:
        del kiwoom
        told = await until(watch, lambda event: isinstance(event, State) and event.state == "reconnecting")
        assert isinstance(told, State)
        assert "connection lost: " in told.cause
        assert cause in told.cause
        await until(watch, lambda event: isinstance(event, State) and event.state == "registered")
        assert list(watch.members["급등주"]) == ["005930", "000660"]

    rogue = Rogue(harm)
    await against(rogue, talk)
    assert rogue.connections == 2


DEEP = 100_000
UNREADABLE = {
    "bad UTF-8": b'{"trnm":"\xff"}',
    "a surrogate": b'{"trnm":"\xed\xa0\x80"}',
    "random bytes": bytes(range(256)),
    "nothing": b"",
    "two documents": b'{"trnm":"PING"}{"trnm":"PING"}',
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "half a document": b'{"trnm":"REAL","data":[{"values":{"841":"0",',
    "NaN": b'{"trnm":"REAL","data":NaN}',
    "a push of another shape": b'{"trnm":"REAL","data":{"values":{}}}',
    "a push with a number for a code": b'{"trnm":"REAL","data":[{"type":"02","values":{"841":"0","9001":5}}]}',
    "a push with a code without end": writers.encode_push("0", "x" * 2**20, "I", "090000"),
    "4 MB of lists": b'{"trnm":"REAL","data":[' + b"[]," * (FRAME_LIMIT // 3 - 20) + b"[]]}",
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_is_told_and_the_connection_goes_on(text: bytes) -> None:
    async def talk(kiwoom: Client, watch: Watch) -> None:
        del kiwoom
        told = await until(watch, lambda event: isinstance(event, Anomaly))
        assert isinstance(told, Anomaly)
        assert told.what.startswith("unreadable frame")
        assert len(told.what) < 200

    rogue = Rogue(text_frame(text))
    await against(rogue, talk)
    assert rogue.connections == 1


HUGE = b"9" * 4_000
IGNORED = {
    "an unknown trnm": b'{"trnm":"NEWS","data":[1,2,3]}',
    "an unknown field": writers.encode_push("0", "000660", "D", "090000").replace(b'"9001"', b'"x":{"y":[]},"9001"'),
    "a list": b"[1,2,3]",
    "a number": b"17",
    "a huge number": b'{"trnm":"CNSRREQ","return_code":%s}' % HUGE,
    "an infinite number": b'{"trnm":"CNSRREQ","return_code":1e999}',
    "null": b"null",
    "a trnm that is a number": b'{"trnm":17}',
    "a trnm without end": b'{"trnm":"%s"}' % TOO_LONG,
    "a reply to nothing": snapshot_text("0", ["999999"]),
    "a reply to a condition nobody knows": snapshot_text("77", ["999999"]),
    "a second reply to the login": writers.encode_login_accepted(),
    "a refusal of nothing": writers.encode_refusal("CNSRREQ", 900003, "이미(seq=0)"),
    "a refusal with a deep code": b'{"trnm":"CNSRREQ","return_code":' + b"[" * 900 + b"]" * 900 + b"}",
    "a notice that is no end": writers.encode_system("N1", "공지" * 1000),
    "a notice of another shape": b'{"trnm":"SYSTEM","code":[],"message":{}}',
    "an empty push": b'{"trnm":"REAL","data":[]}',
    "a push of quotes": b'{"trnm":"REAL","data":[{"type":"0B","item":"005930","values":{"10":"+75000"}}]}',
    "a PING with more in it": b'{"trnm":"PING","x":[[[[]]]]}',
}


@pytest.mark.parametrize("text", IGNORED.values(), ids=IGNORED)
async def test_what_is_unknown_changes_nothing(text: bytes) -> None:
    async def talk(kiwoom: Client, watch: Watch) -> None:
        del kiwoom
        await until(watch, lambda event: isinstance(event, Enter))

    rogue = Rogue(text_frame(text), text_frame(writers.encode_push("0", "035720", "I", "090001")))
    await against(rogue, talk)
    assert rogue.connections == 1


@pytest.mark.parametrize(
    "data",
    [
        b'{"0":"x"}',
        b'[["0"]]',
        b'[["0","%s"]]' % TOO_LONG,
        b'[%s["9","x"]]' % (b'["0","a"],' * messages.MOST_CONDITIONS),
    ],
)
def test_a_list_of_another_shape_is_none(data: bytes) -> None:
    reply = readers.decode(b'{"trnm":"CNSRLST","return_code":0,"data":%s}' % data)
    assert isinstance(reply, messages.Reply)
    assert isinstance(readers.answer(messages.ListConditions(), reply), messages.Malformed)


MORE_THAN_THERE_ARE = b",".join([b'{"jmcode":"A1"}'] * (messages.MOST_CODES + 1))


@pytest.mark.parametrize(
    "rows", [b'{"jmcode":"A%s"}' % TOO_LONG, MORE_THAN_THERE_ARE], ids=["a long code", "many codes"]
)
def test_a_snapshot_larger_than_any_market_is_none(rows: bytes) -> None:
    reply = readers.decode(b'{"trnm":"CNSRREQ","seq":"0","return_code":0,"data":[%s]}' % rows)
    assert isinstance(reply, messages.Reply)
    assert isinstance(readers.answer(messages.Register("0"), reply), messages.Malformed)


# ---------------------------------------------------------------- memory


PEAK = """
def peak():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        return 0  # only Linux tells it of this program alone
"""
WATCHER = """
import asyncio, jogeon

async def main():
    async with jogeon.connect(sys.argv[1], recheck=0) as kiwoom, kiwoom.watch("급등주") as watch:
        async for event in watch:
            if isinstance(event, jogeon.Enter) and event.code == "035720":
                break
    print(peak(), flush=True)

asyncio.run(main())
"""
SERVER = """
import asyncio
from jogeon.simulator.simulator import Simulator

async def main():
    async with Simulator(rest_port=None) as simulator:
        print(simulator.websocket, flush=True)
        await asyncio.to_thread(sys.stdin.read)
    print(peak(), flush=True)

asyncio.run(main())
"""


def shapes() -> list[bytes]:
    """Return documents of nearly the largest size that is read, each costly in its own way."""
    room = FRAME_LIMIT - 100

    def filled(head: bytes, piece: bytes, tail: bytes) -> bytes:
        return head + piece * (room // len(piece)) + tail

    return [
        filled(b'{"trnm":"REAL","data":[', b"[],", b"1]}"),
        filled(b'{"trnm":"REAL","data":[', b"{},", b"1]}"),
        filled(b'{"trnm":"REAL","data":[', b'{"type":"02"},', b"1]}"),
        filled(b'{"trnm":"REAL","data":[', b'{"type":"02","values":{}},', b"1]}"),
        filled(b'{"trnm":"REAL","data":"', b"\\ud83d\\ude00", b'"}'),
        filled(b'{"trnm":"CNSRREQ","seq":"0","return_code":0,"data":[', b'{"jmcode":"A1"},', b"1]}"),
        filled(b"[", b"[", b""),
        filled(b'{"trnm":"REAL","data":[', b"1e9,", b"1]}"),
        b"{" + b",".join(b'"%07d":0' % number for number in range(room // 12)) + b"}",
    ]


@contextlib.asynccontextmanager
async def started(program: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a program of its own, which ends here at the latest."""
    words = ("-c", PEAK.strip("\n").join(("import sys\n", program)), *arguments)
    running = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=-1, stdout=-1)
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()
        await running.wait()


async def test_a_client_stays_under_its_bound_whatever_a_server_sends() -> None:
    last = text_frame(writers.encode_push("0", "035720", "I", "090001"))
    rogue = Rogue(*(text_frame(text) for text in shapes()), last)
    rogue.becomes = ["005930", "035720"]  # a machine so busy that a reply is given up hears of it by the next snapshot
    async with rogue.serving() as url, started(WATCHER, url) as watcher:
        out, _ = await asyncio.wait_for(watcher.communicate(), 50)
    assert int(out) < CLIENT_MEGABYTES


async def test_a_server_stays_under_its_bound_whatever_its_clients_send() -> None:
    async with started(SERVER) as serving:
        assert serving.stdin
        assert serving.stdout
        url = (await serving.stdout.readline()).decode().strip()
        async with NaiveClient(url) as honest:
            await honest.login()
            for harm in (b"x" * 10 * 2**20, *shapes()[:3]):
                async with NaiveClient(url, None) as hostile:
                    with contextlib.suppress(websockets.ConnectionClosed):
                        await hostile.send(harm.decode())
                    assert (await hostile.closed())[0] == 1009
            async with NaiveClient(url, None) as hostile:
                with contextlib.suppress(websockets.ConnectionClosed):
                    await hostile.send(["x" * 2**15] * 100)  # in fragments
                assert (await hostile.closed())[0] == 1009
            assert await honest.conditions()
        serving.stdin.close()
        out, _ = await asyncio.wait_for(serving.communicate(), 30)
    assert int(out) < SERVER_MEGABYTES
