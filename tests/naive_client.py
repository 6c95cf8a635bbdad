"""A client of the guide's shape: log in, echo PING, keep everything else as it came. Nothing of jogeon is in it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any, Self

import websockets

if TYPE_CHECKING:
    from types import TracebackType

WAIT = 30.0
"""Seconds in which an answer comes, on a busy machine too."""
DEMO = "demo"


class NaiveClient:
    """One connection. `frames` is all that was heard; what is no JSON stands there as text."""

    def __init__(self, url: str, token: str | None = DEMO, *, echo: bool = True) -> None:
        self.frames: list[Any] = []
        self._url = url
        self._token = token
        self._echo = echo
        self._unread: list[Any] = []
        self._heard = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._socket = await websockets.connect(self._url, ping_interval=None, max_size=None, close_timeout=1)
        self._reading = asyncio.create_task(self._read())
        if self._token is not None:
            await self.send({"trnm": "LOGIN", "token": self._token})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()
        await self._reading

    async def send(self, message: dict[str, Any] | str | bytes | list[str]) -> None:
        """Send an object as JSON; text, bytes and the fragments of a list as they are."""
        await self._socket.send(json.dumps(message) if isinstance(message, dict) else message)

    async def hear(self, trnm: str, wait: float = WAIT) -> dict[str, Any]:
        """Return the first frame with this trnm that was not returned before."""
        async with asyncio.timeout(wait):
            while True:
                for frame in self._unread:
                    if isinstance(frame, dict) and frame.get("trnm") == trnm:
                        self._unread.remove(frame)
                        return frame
                self._heard.clear()
                await self._heard.wait()

    def shut(self) -> None:
        """Say that nothing more will be sent, and read on: half a connection is left."""
        self._socket.transport.write_eof()

    async def closed(self, wait: float = WAIT) -> tuple[int, str]:
        """Wait for the end; return code and reason of the close, 1006 if there was none."""
        await asyncio.wait_for(asyncio.shield(self._reading), wait)
        return self._socket.close_code or 1006, self._socket.close_reason or ""

    async def ask(self, **message: str) -> dict[str, Any]:
        """Send a request and return the frame with its trnm that comes next."""
        await self.send(message)
        return await self.hear(message["trnm"])

    async def login(self) -> dict[str, Any]:
        """Return the reply to the LOGIN."""
        return await self.hear("LOGIN")

    async def conditions(self) -> dict[str, str]:
        """Ask for the list (ka10171); return names by seq."""
        return dict((await self.ask(trnm="CNSRLST"))["data"])

    async def search(self, seq: str, **more: str) -> dict[str, Any]:
        """Ask for one page (ka10172)."""
        page = {"cont_yn": "N", "next_key": ""} | more
        return await self.ask(trnm="CNSRREQ", seq=seq, search_type="0", stex_tp="K", **page)

    async def register(self, seq: str) -> dict[str, Any]:
        """Ask for the snapshot and real time (ka10173)."""
        return await self.ask(trnm="CNSRREQ", seq=seq, search_type="1", stex_tp="K")

    async def watch(self, seq: str) -> dict[str, Any]:
        """List, then register, as the guide demands."""
        await self.conditions()
        return await self.register(seq)

    async def clear(self, seq: str) -> dict[str, Any]:
        """Stop real time (ka10174)."""
        return await self.ask(trnm="CNSRCLR", seq=seq)

    async def caught_up(self) -> None:
        """Wait until everything that was sent before now has been heard."""
        await self.ask(trnm="CNSRLST")

    @property
    def ended(self) -> bool:
        """Whether the connection is over."""
        return self._reading.done()

    @property
    def pushes(self) -> list[tuple[str, str, str, str]]:
        """What was pushed: seq (841), code (9001), I or D (843), time (20)."""
        frames = [frame for frame in self.frames if isinstance(frame, dict) and frame.get("trnm") == "REAL"]
        values = [row["values"] for frame in frames for row in frame["data"] if row["type"] == "02"]
        return [(each["841"], each["9001"], each["843"], each["20"]) for each in values]

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                text = await self._socket.recv()
                frame = _parsed(text)
                if self._echo and isinstance(frame, dict) and frame.get("trnm") == "PING":
                    await self.send(frame)
                self.frames.append(frame)
                self._unread.append(frame)
                self._heard.set()


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
