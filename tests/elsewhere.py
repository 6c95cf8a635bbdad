"""Kiwoom's two servers, played by a token server and a simulator in a thread, for commands that have their own loop."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from broker import Broker as TokenBroker
from jogeon.account.keys import SERVERS, KiwoomServer
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.simulator import Simulator
from tls import Tls

if TYPE_CHECKING:
    import pytest

    from tls import Certificate

TOKEN = "planted-token"


class Kiwoom:
    """Runs from `with` to its end; its token server gives the only token that its simulator takes.

    `certificates` are those of the token server and of the simulator; without them neither speaks TLS.
    """

    tokens: TokenBroker
    simulator: Simulator
    there: KiwoomServer

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        *,
        ping: float = 10.0,
        certificates: tuple[Certificate, Certificate] | None = None,
    ) -> None:
        self._monkeypatch, self._ping, self._certificates = monkeypatch, ping, certificates
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="kiwoom")
        self._running = AsyncExitStack()

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        for mode in ("real", "mock"):
            self._monkeypatch.setitem(SERVERS, mode, self.there)
        return self

    def __exit__(self, *exc: object) -> None:
        asyncio.run_coroutine_threadsafe(self._running.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self.tokens = await self._running.enter_async_context(TokenBroker())
        self.tokens.answer = lambda path: (200, ISSUED if path.endswith("token") else NAMED)
        there = Simulator(speed=0, rest_port=None, token=TOKEN, switches=Switches(ping=self._ping))
        self.simulator = await self._running.enter_async_context(there)
        self.there = KiwoomServer(self.tokens.rest, self.simulator.websocket)
        if self._certificates is not None:
            ports = [urlsplit(address).port or 0 for address in (self.there.rest, self.there.websocket)]
            rest, websocket = [
                await self._running.enter_async_context(Tls(port, certificate))
                for port, certificate in zip(ports, self._certificates, strict=True)
            ]
            path = urlsplit(self.there.websocket).path
            self.there = KiwoomServer(f"https://localhost:{rest.port}", f"wss://localhost:{websocket.port}{path}")


NAMED: dict[str, object] = {"return_code": 0, "list": [{"code": "005930", "name": "가상전자", "marketCode": "0"}]}
"""The answer to all else; of ka10099 it is one stock."""
ISSUED: dict[str, object] = {"token": TOKEN, "expires_dt": "29991231235959", "return_code": 0}
