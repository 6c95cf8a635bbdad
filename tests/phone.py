"""A stand-in for any service over HTTP, Telegram or a webhook: a real server that answers as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import queue
import threading
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


class Heard(NamedTuple):
    """A request: its path, its headers under names in small letters, and its JSON body."""

    path: str
    headers: dict[str, str]
    body: Any


def answer(status: int, body: object, *headers: str) -> bytes:
    """Return an answer in HTTP; `body` as JSON, or as it is if it is bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status} Told", f"Content-Length: {len(content)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + content


TAKEN = answer(200, {"ok": True, "result": {}})


Given = bytes | float | None | tuple[bytes, ...]


class Phone:
    """What was heard, and what is answered next.

    An answer is bytes, a tuple of them that drip, `None` for a reset, a number for seconds of silence.
    """

    def __init__(self, *answers: Given) -> None:
        self.answers = list(answers)
        self.heard: list[Heard] = []
        self.url = ""
        self.open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.heard.append(Heard(head[0].split()[1], headers, json.loads(body or b"null")))
        match self.answers.pop(0) if self.answers else TAKEN:
            case None:
                writer.transport.abort()
            case bytes(given):
                writer.write(given)
                await writer.drain()
            case tuple(pieces):
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.05)
            case seconds:
                await asyncio.sleep(seconds)


@asynccontextmanager
async def phone(*answers: Given) -> AsyncIterator[Phone]:
    """Serve a stand-in on this machine."""
    made = Phone(*answers)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = "http://{}:{}".format(*server.sockets[0].getsockname())
    try:
        yield made
    finally:
        server.close()
        mine = asyncio.current_task()
        for task in asyncio.all_tasks() - {mine}:
            task.cancel()
        await asyncio.gather(*(asyncio.all_tasks() - {mine}), return_exceptions=True)
        for writer in made.open:
            writer.transport.abort()
        await asyncio.sleep(0)  # what was closed is gone a turn later
        await server.wait_closed()


@contextmanager
def phone_aside(*answers: Given) -> Iterator[Phone]:
    """Serve a stand-in from a thread of its own, for what runs a loop itself."""
    made: queue.SimpleQueue[Phone] = queue.SimpleQueue()
    ended = threading.Event()

    async def serve() -> None:
        async with phone(*answers) as there:
            made.put(there)
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="phone")
    thread.start()
    try:
        yield made.get(timeout=20)
    finally:
        ended.set()
        thread.join()
