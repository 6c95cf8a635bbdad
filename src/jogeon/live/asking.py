"""Asks for the prices of stocks whose trades are not pushed (ka10095), one request after the other.

Whom to ask for is decided in `pricing`. What goes wrong costs a delay and is logged.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence

from jogeon.errors import CouldNotConnect, JogeonError
from jogeon.live.pricing import Pricing
from jogeon.masks import unmasked
from jogeon.reports import Report
from jogeon.wire.stocks import NO_SUCH_STOCK, PricedStock

TICK = 1.0
"""Seconds between looks at entries that wait, if nothing else happens."""
PATIENCE = 20.0
"""Seconds after which a request is given up, including the wait for its turn and for the connection."""

Ask = Callable[[Callable[[], Sequence[str]]], Awaitable[tuple[PricedStock, ...] | JogeonError]]
"""Asks for the prices of stocks, and returns them or why there are none. It calls its argument for the stocks at the
last moment, so that one that enters while the request waits for its turn is included."""

logger = logging.getLogger("jogeon.asking")
logger.addFilter(unmasked)


class Asking:
    """One task that asks, while `ready()`: somebody knows where to.

    `wall()` is nanoseconds since 1970.
    """

    def __init__(self, pricing: Pricing, wall: Callable[[], int]) -> None:
        self.ask: Ask | None = None
        self.ready: Callable[[], bool] = lambda: True
        self.trouble: JogeonError | None = None
        """Why the last request brought nothing; None if it did, or there was none."""
        self._pricing = pricing
        self._wall = wall
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask."""
        self._task = asyncio.create_task(self._run(), name="jogeon prices")

    def stop(self) -> None:
        """Ask no more; does not wait."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def wake(self) -> None:
        """Look again at who is to be asked for."""
        self._woken.set()

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            self._woken.clear()
            self._pricing.tick(clock(), self._wall())
            ask = self.ask if self.ready() else None
            if ask is not None and self._pricing.turns.due(clock()):
                await self._take(ask)
            elif (pause := self._pricing.turns.not_before - clock()) > 0:
                await asyncio.sleep(min(pause, TICK))
            else:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK):
                        await self._woken.wait()

    async def _take(self, ask: Ask) -> None:
        """Ask, and let the pricing know what came of it."""
        clock = asyncio.get_running_loop().time
        began, asked = clock(), asyncio.ensure_future(ask(lambda: self._pricing.ask(clock())))
        try:
            while not asked.done() and clock() - began < PATIENCE:
                await asyncio.wait({asked}, timeout=TICK)
                self._pricing.tick(clock(), self._wall())
            answer = asked.result() if asked.done() else self._unanswered()
        finally:
            asked.cancel()
        if isinstance(answer, JogeonError) and answer.code == NO_SUCH_STOCK:
            self.trouble = None
            self._pricing.refused(clock(), self._wall())
        elif isinstance(answer, JogeonError):
            logger.log(logging.INFO if self.trouble is None else logging.DEBUG, "no prices: %s", answer)
            self.trouble = answer
            self._pricing.turns.failed(clock())
        else:
            self.trouble = None
            self._pricing.answered(answer, clock(), self._wall())

    @staticmethod
    def _unanswered() -> JogeonError:
        return CouldNotConnect(address="ka10095", reason="timeout", detail=Report("no answer", seconds=PATIENCE))
