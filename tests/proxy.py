"""A TCP proxy that makes a network fail: put it in front of a simulator and tell it what to do."""

import asyncio
import contextlib
import socket
import struct
from typing import Self


class Proxy:
    """Forwards to (host, port); the attributes decide how, and may be changed at any time.

    `latency`: seconds each piece waits · `slice`: bytes of a piece, 0 = as they come · `rate`: bytes a second, 0 = no
    limit · `stalled`: nothing comes back any more · `half_open`: nothing goes either way, the sockets stay ·
    `refusing`: connections are reset when they come · `closing`: they are accepted and closed.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.calm()

    def calm(self) -> None:
        """End every fault; a connection that was half open or stalled has lost bytes and is reset."""
        if getattr(self, "stalled", False) or getattr(self, "half_open", False):
            self.drop()
        self.latency = 0.0
        self.slice = 0
        self.rate = 0
        self.stalled = self.half_open = self.refusing = self.closing = False
        self.cut_after: int | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        self.drop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def connections(self) -> int:
        """How many there are now."""
        return len(self._writers) // 2

    def drop(self) -> None:
        """Reset every connection (RST), on both sides."""
        for writer in list(self._writers):
            _reset(writer)

    def cut_mid_frame(self, after: int) -> None:
        """Reset after so many more bytes came back from the server."""
        self.cut_after = after

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            _reset(writer)
            return
        if self.closing:
            writer.close()
            return
        try:
            there, back = await asyncio.open_connection(*self._target)
        except OSError:
            _reset(writer)
            return
        self._writers |= {writer, back}
        out = asyncio.create_task(self._pump(reader, back, returning=False))
        home = asyncio.create_task(self._pump(there, writer, returning=True))
        for task in (out, home):
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await asyncio.wait({out, home}, return_when=asyncio.FIRST_COMPLETED)
        if not self.half_open:
            for end in (writer, back):
                end.close()
        self._writers -= {writer, back}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, returning: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.half_open or (self.stalled and returning):
                    continue
                if self.latency:
                    await asyncio.sleep(self.latency)
                await self._forward(data, writer, returning=returning)

    async def _forward(self, data: bytes, writer: asyncio.StreamWriter, *, returning: bool) -> None:
        if returning and self.cut_after is not None:
            self.cut_after -= len(data)
            if self.cut_after <= 0:
                writer.write(data[: max(0, len(data) + self.cut_after)])
                self.cut_after = None
                self.drop()
                return
        size = self.slice or len(data)
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            writer.write(piece)
            await writer.drain()
            if self.rate:
                await asyncio.sleep(len(piece) / self.rate)


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
