"""Readers that stand still: a pipe nobody reads, a terminal stopped by Ctrl+S. The session and the journal live on.

Real processes against a scripted broker that asks for a PING's echo every fifth of a second, floods its client with
changes, and closes the connection when an echo is late.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import termios
from collections import Counter
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

import pytest
import websockets

from jogeon.events import Enter, Gap, Leave
from jogeon.journal.history import History

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from websockets.asyncio.server import Server, ServerConnection

PATIENCE = 4.0
"""Seconds after which this broker closes; the loop of a client answers within milliseconds, unless it is blocked."""
PINGS = 30
"""Answered PINGs that prove that nothing blocks: six seconds of them, more than the patience."""
NAME = "급등주"


class Broker:
    """One condition whose stock comes and goes without end."""

    _server: Server

    def __init__(self) -> None:
        self.echoes = self.closed = self.left = self.changes = 0
        self.told: Callable[[], object] = lambda: None

    async def __aenter__(self) -> Self:
        self._server = await websockets.serve(self._serve, "127.0.0.1", 0, ping_interval=None)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/api/dostk/websocket"

    async def until(self, reached: Callable[[], bool]) -> None:
        while not reached() and not self.closed:
            await asyncio.sleep(0.02)

    async def _serve(self, client: ServerConnection) -> None:
        echoed = asyncio.Event()
        works: list[asyncio.Task[None]] = []
        try:
            async for text in client:
                asked = json.loads(text)
                if asked["trnm"] == "PING":
                    self.echoes += 1
                    echoed.set()
                    continue
                await client.send(json.dumps(answer(asked)))
                if asked["trnm"] == "CNSRREQ":
                    works += map(asyncio.create_task, (self._ping(client, echoed), self._change(client)))
        except websockets.ConnectionClosed:
            pass
        finally:
            self.left += 1
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)

    async def _ping(self, client: ServerConnection, echoed: asyncio.Event) -> None:
        while True:
            echoed.clear()
            await client.send('{"trnm":"PING"}')
            try:
                await asyncio.wait_for(echoed.wait(), PATIENCE)
            except TimeoutError:
                self.closed += 1
                await client.close(1000, "Bye")
                return
            await asyncio.sleep(0.2)

    async def _change(self, client: ServerConnection) -> None:
        while True:
            for _ in range(100):
                self.changes += 1
                await client.send(push(f"{self.changes // 2 % 500:06}", "ID"[self.changes % 2 == 0]))
            await asyncio.sleep(0.02)


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    reply = {"trnm": asked["trnm"], "return_code": 0, "return_msg": ""}
    match asked["trnm"]:
        case "CNSRLST":
            return {**reply, "data": [["0", NAME]]}
        case "CNSRREQ":
            return {**reply, "seq": "0", "data": None}
        case "CNSRCLR":
            return {**reply, "seq": "0"}
    return reply


def push(code: str, kind: str) -> str:
    values = {"841": "0", "9001": code, "843": kind, "20": "100000"}
    return json.dumps({"trnm": "REAL", "data": [{"type": "02", "name": "조건검색", "item": code, "values": values}]})


class Pipe:
    """A pipe that holds one page, which may be full from the start; its reader reads when the test says so."""

    def __init__(self, *, full: bool = False) -> None:
        self._reading, self.writing = os.pipe()
        room = fcntl.fcntl(self.writing, fcntl.F_SETPIPE_SZ, 4096)
        os.write(self.writing, b"x" * room * full)

    def started(self) -> None:
        os.close(self.writing)  # the process has its own

    def rest(self) -> bytes:
        """Read to the end."""
        with os.fdopen(self._reading, "rb") as file:
            return file.read()

    def close(self) -> None:
        os.close(self._reading)


@asynccontextmanager
async def running(*argv: str, stdout: int, stderr: int) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "jogeon", *argv]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def lines_of(text: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def folded(lines: list[dict[str, Any]]) -> None:
    """Fail where a stock enters that is in, or leaves that is not, or a snapshot does not follow from what came."""
    members: set[str] | None = None
    for line in lines:
        match line["event"]:
            case "snapshot":
                assert members is None or members == set(line["codes"])
                members = set(line["codes"])
            case "enter":
                assert members is not None
                assert line["code"] not in members
                members.add(line["code"])
            case "leave":
                assert members is not None
                members.remove(line["code"])


@pytest.mark.parametrize("verbose", [[], ["-vv"]])
async def test_a_watch_outlives_a_reader_that_stands_still(verbose: list[str]) -> None:
    out, err = Pipe(), Pipe(full=True)
    async with Broker() as broker:
        argv = ["watch", NAME, "--server", broker.address, "--json", *verbose]
        async with running(*argv, stdout=out.writing, stderr=err.writing) as process:
            out.started()
            err.started()
            await broker.until(lambda: broker.echoes >= PINGS and broker.changes > 25_000)
            assert broker.closed == 0
            told = asyncio.gather(asyncio.to_thread(out.rest), asyncio.to_thread(err.rest))
            await asyncio.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            written, _ = await told
            assert await process.wait() == 130
    lines = lines_of(written)
    assert lines[-1]["state"] == "ended"
    assert "lagged" in {line.get("cause") for line in lines}
    folded(lines)


async def test_a_recording_is_complete_though_nobody_reads_what_it_says(tmp_path: Path) -> None:
    out, err, path = Pipe(), Pipe(full=True), tmp_path / "a.journal"
    async with Broker() as broker:
        argv = ["record", NAME, "--server", broker.address, "--json", "-vv", "--journal", str(path)]
        async with running(*argv, stdout=out.writing, stderr=err.writing) as process:
            out.started()
            err.started()
            await broker.until(lambda: broker.echoes >= PINGS)
            assert broker.closed == 0
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 130  # with its pipes as full as before
    assert lines_of(out.rest())  # whole lines, also where it was given up
    err.close()
    with History(path) as history:
        events = [event for _, _, event in history.events()]
    assert not [event for event in events if isinstance(event, Gap)]
    kinds = Counter(type(event) for event in events)
    assert kinds[Enter] + kinds[Leave] > 1000


async def test_a_command_that_is_over_waits_for_who_reads_its_lines() -> None:
    out = Pipe()
    async with Broker() as broker:
        argv = ["watch", NAME, "--server", broker.address, "--json", "--duration", "2s"]
        async with running(*argv, stdout=out.writing, stderr=subprocess.DEVNULL) as process:
            out.started()
            await broker.until(lambda: broker.echoes >= PINGS)  # long after its two seconds
            assert process.returncode is None
            assert broker.closed == 0
            lines = lines_of(await asyncio.to_thread(out.rest))
            assert await process.wait() == 0
    assert lines[-1]["state"] == "ended"
    folded(lines)


async def test_one_more_signal_ends_a_command_that_waits_for_its_reader() -> None:
    out = Pipe()
    async with Broker() as broker:
        argv = ["watch", NAME, "--server", broker.address, "--json", "--count", "500"]
        async with running(*argv, stdout=out.writing, stderr=subprocess.DEVNULL) as process:
            out.started()
            await broker.until(lambda: broker.echoes >= 10)
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 130
    out.close()


async def test_a_reader_who_goes_ends_a_command_that_waits_for_him() -> None:
    out = Pipe()
    async with Broker() as broker:
        argv = ["record", NAME, "--server", broker.address, "--json", "--duration", "1s"]
        async with running(*argv, stdout=out.writing, stderr=subprocess.DEVNULL) as process:
            out.started()
            await broker.until(lambda: broker.left > 0)
            await asyncio.sleep(0.5)
            assert process.returncode is None
            out.close()
            assert await process.wait() == 0


async def test_a_stopped_terminal_stops_the_view_alone() -> None:
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    async with Broker() as broker:
        argv = ["watch", NAME, "--server", broker.address, "-vv"]
        async with running(*argv, stdout=theirs, stderr=theirs) as process:
            await broker.until(lambda: broker.echoes >= 3)
            termios.tcflow(theirs, termios.TCOOFF)  # what Ctrl+S does
            await broker.until(lambda: broker.echoes >= PINGS)
            assert broker.closed == 0
            termios.tcflow(theirs, termios.TCOON)
            process.send_signal(signal.SIGTERM)
            shown = await asyncio.to_thread(screen, ours, process)
            assert await process.wait() == 130
    os.close(ours)
    os.close(theirs)
    assert "\x1b[?1049l" in shown  # the usual screen is back


def screen(terminal: int, process: asyncio.subprocess.Process) -> str:
    """Return what a terminal is sent until its process ends."""
    text = b""
    while process.returncode is None:
        with suppress(BlockingIOError):
            text += os.read(terminal, 65_536)
    with suppress(BlockingIOError):
        text += os.read(terminal, 65_536)
    return text.decode(errors="replace")


@pytest.mark.parametrize("argv", [["simulate", "--speed", "200", "--seed", "7"]])
async def test_a_server_serves_though_nobody_reads_its_log(argv: list[str]) -> None:
    err = Pipe(full=True)
    more = ["--port", "0", "--rest-port", "0", "--ping", "0.2", "-vv"]
    async with running(*argv, *more, stdout=subprocess.PIPE, stderr=err.writing) as process:
        err.started()
        assert process.stdout is not None
        where = json.loads(await process.stdout.readline())["websocket"]
        for _ in range(40):  # each of them is logged
            async with websockets.connect(where, ping_interval=None) as client:
                await client.send(json.dumps({"trnm": "LOGIN", "token": "demo"}))
                async with asyncio.timeout(30):
                    while json.loads(await client.recv())["trnm"] != "PING":
                        pass
                await client.send('{"trnm":"PING"}')
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 130
    err.close()
