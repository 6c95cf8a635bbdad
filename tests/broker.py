"""A token server of the broker as a test likes it: what it answers, when, and which day it thinks it is."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Self

from jogeon.events import KST

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 23, 9, 0, 0, tzinfo=KST).timestamp()
DAY = 86_400.0

Answer = tuple[int, dict[str, Any] | bytes]


def refusal(code: str, text: str = "인증에 실패했습니다", status: int = 200) -> Answer:
    return status, {"return_code": 3, "return_msg": f"{text}[{code}:{text}]"}


class Broker:
    """Issues token-1, token-2 …, each for a day; `answer` replaces what it would say, `asked` is what was asked."""

    def __init__(self, now: float = NOW) -> None:
        self.now: float | None = now
        self.token = 0
        self.lasts = DAY
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.heard: list[bytes] = []
        self.answer: Callable[[str], Answer] | None = None
        self.headers: list[str] = []
        self.was_asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._server: asyncio.Server

    @property
    def rest(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def issued(self) -> int:
        return sum(path == "/oauth2/token" for path, _ in self.asked)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(4)
        if head == b"POST":
            status, reply = await self._posted(head + await reader.readuntil(b"\r\n\r\n"), reader)
        else:  # something else, or the start of TLS, which is not spoken here
            status, reply = 404, b""
        content = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        lines = [f"HTTP/1.1 {status} -", f"Content-Length: {len(content)}", "Connection: close", *self.headers]
        if self.now is not None:
            lines.append(f"Date: {format_datetime(datetime.fromtimestamp(self.now, UTC), usegmt=True)}")
        writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        await writer.drain()
        writer.close()

    async def _posted(self, head: bytes, reader: asyncio.StreamReader) -> Answer:
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line)
        body = await reader.readexactly(length)
        path = head.split()[1].decode()
        self.heard.append(head + body)
        self.asked.append((path, json.loads(body)))
        self.was_asked.set()
        await self.may_answer.wait()
        return self.answer(path) if self.answer is not None else self._usual(path)

    def _usual(self, path: str) -> Answer:
        if path == "/oauth2/revoke":
            return 200, {"return_code": 0, "return_msg": "정상적으로 처리되었습니다"}
        self.token += 1
        end = datetime.fromtimestamp((self.now or NOW) + self.lasts, KST)
        return 200, {
            "expires_dt": f"{end:%Y%m%d%H%M%S}",
            "token_type": "bearer",
            "token": f"token-{self.token}",
            "return_code": 0,
            "return_msg": "정상적으로 처리되었습니다",
        }
