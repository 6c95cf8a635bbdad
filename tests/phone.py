"""A stand-in for Telegram and for webhooks: a real HTTP server that answers as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


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


class Phone:
    """What was heard, and what is answered next: bytes, `None` for a reset, a number for seconds of silence."""

    def __init__(self, *answers: bytes | float | None) -> None:
        self.answers = list(answers)
        self.heard: list[Heard] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.heard.append(Heard(head[0].split()[1], headers, json.loads(body or b"null")))
            given = self.answers.pop(0) if self.answers else TAKEN
            if given is None:
                writer.transport.abort()
            elif isinstance(given, bytes):
                writer.write(given)
                await writer.drain()
            else:
                await asyncio.sleep(given)
        writer.close()


@asynccontextmanager
async def phone(*answers: bytes | float | None) -> AsyncIterator[Phone]:
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
