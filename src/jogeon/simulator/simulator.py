"""The simulator: a synthetic market, the broker over it, and the clock that moves them."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING, Final

from jogeon.errors import InvalidAddress
from jogeon.simulator.market.companies import nxt_codes
from jogeon.simulator.market.hours import NXT
from jogeon.simulator.market.synthetic import SyntheticMarket
from jogeon.simulator.serving.service import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.events import Exchange
    from jogeon.simulator.broker.switches import Switches
    from jogeon.simulator.market.expressions import ConditionRule

MOST_SPEED: Final = 1_000.0
WAKE: Final = (0.02, 0.1)
"""Seconds between two looks at the clock: at least and at most; between them, one tick of the market."""
LONGEST_STEP: Final = 1.0
"""Seconds of this machine's time the market makes up for at once, after a sleep of the machine."""


class Simulator(Service):
    """A simulated broker in this process, listening between `async with`.

    `seed` and market time make the changes; `speed` is market seconds a second, 0 stands still (`advance` moves it).
    `rest_port` None leaves HTTP away. `token` is then the only good one; without it, "demo" and issued ones are.
    ExpressionError or ValueError for wrong conditions, InvalidAddress and CannotServe for what cannot be served.
    """

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
        self._market = SyntheticMarket(seed, conditions)
        self._nxt = SyntheticMarket(seed, conditions, NXT, only=nxt_codes())
        self._moving: Sequence[tuple[SyntheticMarket, Exchange]] = ((self._market, "K"), (self._nxt, "N"))
        self._speed = speed
        super().__init__(
            self._market, nxt=self._nxt, seed=seed, host=host, port=port, rest_port=rest_port,
            switches=switches, token=token,
        )  # fmt: skip
        for market, exchange in self._moving:
            self._trade(market.traded, market.quotes, exchange)  # the opening auction

    def advance(self, seconds: float) -> None:
        """Let market seconds pass at once, and push what changed."""
        for market, exchange in self._moving:
            changes = market.advance(seconds)
            self._trade(market.traded, market.quotes, exchange)
            self._tell(changes, exchange)

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
