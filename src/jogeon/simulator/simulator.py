"""The simulator: a market, the broker over it, and the clock that moves them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import time
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from jogeon.errors import InvalidAddress
from jogeon.server import bound, serve
from jogeon.simulator.backend import Broker
from jogeon.simulator.faults import Faults
from jogeon.simulator.market import Market
from jogeon.simulator.switches import Switches
from jogeon.simulator.tokens import Tokens
from jogeon.simulator.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from jogeon.rest import RestServer
    from jogeon.server import Server
    from jogeon.simulator.expressions import ConditionRule

MOST_SPEED: Final = 1_000.0
WAKE: Final = (0.02, 0.1)
"""Seconds between two looks at the clock: at least and at most; between them, one tick of the market."""
LONGEST_STEP: Final = 1.0
"""Seconds of this machine's time the market makes up for at once, after a sleep of the machine."""


class Simulator:
    """A simulated broker in this process, listening between `async with`.

    `seed` and market time make the changes; `speed` is market seconds a second, 0 stands still (`advance` moves it).
    `rest_port` None leaves HTTP away. `token` is then the only good one; without it, "demo" and issued ones are.
    ExpressionError or ValueError for wrong conditions, InvalidAddress and CannotServe for what cannot be served.
    """

    websocket: str
    rest: str

    def __init__(  # each has a default and a name
        self,
        *,
        seed: int = 1,
        speed: float = 1.0,
        conditions: Sequence[ConditionRule] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        rest_port: int | None = 0,
        switches: Switches | None = None,
        token: str | None = None,
    ) -> None:
        if not (math.isfinite(speed) and 0 <= speed <= MOST_SPEED):
            reason = "speed out of range"
            raise InvalidAddress(f"speed must be 0 to {MOST_SPEED:g}, not {speed}", value=str(speed), reason=reason)
        self._market = Market(seed, conditions)
        self._speed = speed
        self._host, self._port, self._rest_port = host, port, rest_port
        self._switches = Switches() if switches is None else switches
        self._tokens = Tokens(time.time, token)
        self._truth = Truth()
        self._seeds = itertools.count(seed + 1)
        self._broker = Broker(self._market, self._tokens, self._switches, time.monotonic)
        self._server: Server
        self._faults: Faults
        self._rest_server: RestServer | None = None
        self._clockwork: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        listening = None if self._rest_port is None else bound(self._host, self._rest_port)
        try:
            self._server = await serve(self._broker, self._host, self._port, settings=self._switches.settings())
        except BaseException:
            if listening is not None:
                listening.close()
            raise
        self.websocket = self._server.address
        self._faults = Faults(self._broker.standing, self._server, self._renumber)
        if listening is not None:
            from jogeon.rest import RestServer, token_routes
            from jogeon.simulator.control import control_routes

            routes = token_routes(self._tokens) + control_routes(self.truth, self.fault)
            self._rest_server = RestServer(routes, listening)
            self.rest = self._rest_server.address
        self._clockwork = asyncio.create_task(self._run(), name="market")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clockwork.cancel()
        self._faults.end()
        if self._rest_server is not None:
            await self._rest_server.stop()
        await self._server.stop()
        with contextlib.suppress(asyncio.CancelledError):
            await self._clockwork

    async def run(self) -> None:
        """Wait; returns only if the market fails, with its error."""
        await asyncio.shield(self._clockwork)

    def truth(self, since: int = 0) -> dict[str, Any]:
        """Return names and members now, the changes after number `since`, and how many connected and logged in."""
        rules = self._market.conditions
        return {
            "names": {rule.seq: rule.name for rule in rules},
            "members": {rule.seq: self._market.members(rule.seq) for rule in rules},
            "changes": self._truth.since(since),
            "connections": self._broker.connections,
            "logins": self._broker.logins,
        }

    def fault(self, order: dict[str, Any]) -> dict[str, Any]:
        """Play faults, or end them with {}; return what is on now. InvalidFault says what is wrong with an order."""
        self._faults.post(order)
        standing: dict[str, Any] = msgspec.structs.asdict(self._broker.standing)
        return standing

    def advance(self, seconds: float) -> None:
        """Let market seconds pass at once, and push what changed."""
        changes = self._market.advance(seconds)
        self._truth.add(changes, time.time_ns())
        self._broker.push(changes)

    def _renumber(self) -> None:
        self._broker.renumber(next(self._seeds))

    async def _run(self) -> None:
        """Move the market with this machine's clock, whoever listens."""
        least, most = WAKE
        pause = min(max(0.1 / self._speed, least), most) if self._speed else most
        before = time.monotonic()
        while True:
            await asyncio.sleep(pause)
            now = time.monotonic()
            speed = 0.0 if self._broker.standing.pause_market else self._speed
            self.advance(min(now - before, LONGEST_STEP) * speed)
            before = now
