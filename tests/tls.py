"""A certificate authority of our own, servers that show its certificates, and proxies that lead to them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime as dt
import ssl
from functools import cache
from typing import TYPE_CHECKING, Literal, Self

import trustme

if TYPE_CHECKING:
    from pathlib import Path

HOSTS = ("localhost", "127.0.0.1", "::1", "far.example")
Certificate = Literal["good", "expired", "not yet valid", "self-signed", "unknown issuer", "other host"]
BAD: tuple[Certificate, ...] = ("expired", "not yet valid", "self-signed", "unknown issuer", "other host")


@cache
def authority(name: str) -> trustme.CA:
    return trustme.CA(organization_name=name)


def trusted(folder: Path) -> Path:
    """Return a file with the certificate of the authority that is trusted."""
    path = folder / "trusted.pem"
    path.write_bytes(authority("ours").cert_pem.bytes())
    return path


def certified(folder: Path) -> tuple[Path, Path]:
    """Write a certificate of the authority that is trusted and its key; return both files."""
    made = authority("ours").issue_cert(*HOSTS)
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(each.bytes() for each in made.cert_chain_pems))
    made.private_key_pem.write_to_path(str(key))
    return chain, key


@cache
def server_context(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours, theirs = authority("ours"), authority("theirs")
    day, now = dt.timedelta(days=1), dt.datetime.now(dt.UTC)
    match certificate:
        case "good":
            ours.issue_cert(*HOSTS).configure_cert(context)
        case "expired":
            ours.issue_cert(*HOSTS, not_before=now - 2 * day, not_after=now - day).configure_cert(context)
        case "not yet valid":
            ours.issue_cert(*HOSTS, not_before=now + day, not_after=now + 2 * day).configure_cert(context)
        case "self-signed":
            with theirs.cert_pem.tempfile() as path, theirs.private_key_pem.tempfile() as key:
                context.load_cert_chain(path, key)
        case "unknown issuer":
            theirs.issue_cert(*HOSTS).configure_cert(context)
        case "other host":
            ours.issue_cert("other.example").configure_cert(context)
    return context


class Relay:
    """A server on a free port that leads to another one on this machine."""

    host = "127.0.0.1"
    context: ssl.SSLContext | None = None

    def __init__(self, target: int) -> None:
        self.target = target
        self.heard = b""
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, self.host, 0, ssl=self.context)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            if await self.greet(reader, writer):
                await self._relay(reader, writer)
        writer.transport.abort()

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Do what comes before the relay; return whether there will be one."""
        return True

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        ways = {asyncio.create_task(self._pump(reader, back)), asyncio.create_task(self._pump(there, writer))}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            back.transport.abort()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self.heard += data
            writer.write(data)
            await writer.drain()


class Tls(Relay):
    """Speaks TLS with a certificate of this kind, and plainly to its target; `heard` is what was said inside."""

    def __init__(self, target: int, certificate: Certificate, host: str = "127.0.0.1") -> None:
        super().__init__(target)
        self.host, self.context = host, server_context(certificate)


class ConnectProxy(Relay):
    """A proxy for CONNECT; wherever somebody wants to go, it leads to its target. `asked` are the first lines.

    `login` is the only one that it takes; `status` is what it answers everybody else.
    """

    def __init__(self, target: int, login: str = "", *, status: str = "407 Proxy Authentication Required") -> None:
        super().__init__(target)
        self.login, self.status = login, status
        self.asked: list[str] = []

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head.partition("\r\n")[0])
        wanted = f"Proxy-Authorization: Basic {base64.b64encode(self.login.encode()).decode()}"
        taken = not self.login or wanted in head
        writer.write(f"HTTP/1.1 {'200 OK' if taken else self.status}\r\n\r\n".encode())
        await writer.drain()
        return taken


class SocksProxy(Relay):
    """A SOCKS5 proxy that takes any user with any password; `logins` are they."""

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self.logins: list[tuple[str, str]] = []

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        _, count = await reader.readexactly(2)
        await reader.readexactly(count)
        writer.write(b"\x05\x02")
        _, length = await reader.readexactly(2)
        user = (await reader.readexactly(length)).decode()
        password = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        self.logins.append((user, password))
        writer.write(b"\x01\x00")
        *_, kind = await reader.readexactly(4)
        length = {1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0]
        await reader.readexactly(length + 2)
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await writer.drain()
        return True
