"""Kiwoom's two servers, played by a token server and a simulator in a thread, for commands that have their own loop."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from broker import Broker as TokenBroker
from jogeon.credentials import BROKERS, Broker
from jogeon.simulator.simulator import Simulator
from jogeon.simulator.switches import Switches

if TYPE_CHECKING:
    import pytest

TOKEN = "planted-token"


class Kiwoom:
    """Runs from `with` to its end; its token server gives the only token that its simulator takes."""

    tokens: TokenBroker
    simulator: Simulator

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, ping: float = 10.0) -> None:
        self._monkeypatch, self._ping = monkeypatch, ping
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="kiwoom")
        self._running = AsyncExitStack()

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        for mode in ("real", "mock"):
            self._monkeypatch.setitem(BROKERS, mode, Broker(self.tokens.rest, self.simulator.websocket))
        return self

    def __exit__(self, *exc: object) -> None:
        asyncio.run_coroutine_threadsafe(self._running.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self.tokens = await self._running.enter_async_context(TokenBroker())
        self.tokens.answer = lambda path: (200, ISSUED if path.endswith("token") else {"return_code": 0})
        there = Simulator(speed=0, rest_port=None, token=TOKEN, switches=Switches(ping=self._ping))
        self.simulator = await self._running.enter_async_context(there)


ISSUED: dict[str, object] = {"token": TOKEN, "expires_dt": "29991231235959", "return_code": 0}
