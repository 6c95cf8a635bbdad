"""A real nats-server of a test: on a free port, with a folder of its own."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
from random import randrange
from typing import TYPE_CHECKING

from hubs import hub_over
from jogeon.cli.running.published import HubSource
from jogeon.events import Enter, Leave
from jogeon.nats.address import Place, place_of
from jogeon.nats.lease import Leasing
from jogeon.nats.publisher import Publisher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from jogeon.events import Event
    from jogeon.hub.hub import Hub
    from jogeon.simulator.simulator import Simulator
    from jogeon.testing import Broker
    from jogeon.watch import Watch

PROGRAM = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin") or "nats-server"


def free_port() -> int:
    """Return a random port below those that the system hands out: nobody is handed it while this server is down."""
    while True:
        port = randrange(10_000, 32_000)  # noqa: S311  # no secret
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class Natsd:
    """One server; `options` beside those of JetStream."""

    def __init__(self, folder: Path, *options: str, jetstream: bool = True) -> None:
        self.port = free_port()
        self.name = folder.name
        self._folder = folder
        stored = ("-js", "-sd", str(folder)) if jetstream else ()
        self._command = [PROGRAM, "-a", "127.0.0.1", "-p", str(self.port), *stored, *options]
        self._process: subprocess.Popen[bytes] | None = None

    def address(self, alias: str = "a") -> str:
        return f"nats://127.0.0.1:{self.port}/{alias}"

    def place(self, alias: str = "a") -> Place:
        return place_of(self.address(alias))

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    async def start(self) -> None:
        self._process = self._begin()
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                await writer.wait_closed()
                return
            assert self._process.poll() is None, "nats-server did not start"
            await asyncio.sleep(0.02)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    async def restart(self, *, emptied: bool = False) -> None:
        self.kill()
        if emptied:
            shutil.rmtree(self._folder / "jetstream", ignore_errors=True)
        await self.start()


@contextlib.asynccontextmanager
async def natsd(folder: Path, *options: str, jetstream: bool = True) -> AsyncIterator[Natsd]:
    """Have a server while it is needed."""
    server = Natsd(folder / "nats", *options, jetstream=jetstream)
    await server.start()
    try:
        yield server
    finally:
        server.kill()


@contextlib.asynccontextmanager
async def published(broker: Broker | Simulator, journal: Path, server: Natsd, alias: str = "a") -> AsyncIterator[Hub]:
    """Run a hub over a broker that publishes."""
    async with hub_over(broker, journal, everything=True) as hub:
        place = server.place(alias)
        with contextlib.closing(HubSource(hub)) as source:
            async with Leasing(place, str(journal)) as lease, Publisher(place, source, source, lease) as publisher:
                hub.beside["nats"] = publisher.status
                await in_stream(hub)
                yield hub


async def in_stream(hub: Hub) -> None:
    """Wait until all that is durable is published."""
    while (said := hub.beside["nats"]())["behind"] != 0 or said["state"] != "publishing":  # type: ignore[index]
        await asyncio.sleep(0.02)


async def until(watch: Watch, code: str) -> list[Event]:
    """Return what a watch tells up to the change of a stock."""
    told: list[Event] = []
    async for event in watch:
        told.append(event)
        if isinstance(event, Enter | Leave) and event.code == code:
            return told
    raise AssertionError("the watch ended")
