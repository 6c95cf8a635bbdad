"""A strategy for the real market, tried on a recorded day first: a stock that comes back into 급등주 within 5 minutes.

    python strategy_replay.py                          # the simulated market
    jogeon replay day-2026-11-20.journal --speed 60    # a recorded day, to:
    JOGEON_SERVER=ws://127.0.0.1:10000/api/dostk/websocket python strategy_replay.py
    JOGEON_SERVER=real python strategy_replay.py       # the market

Nothing in it knows which it is. It goes by the exchange's time, which a replay leaves as it was, not by this clock.
"""

import asyncio
import contextlib
import os
from datetime import datetime, timedelta

import jogeon

SERVER = os.environ.get("JOGEON_SERVER", "demo")
SOON = timedelta(minutes=5)


class ComeBack:
    """When each stock left; `signals` counts those that were back soon."""

    def __init__(self) -> None:
        self.left: dict[str, datetime] = {}
        self.signals = 0

    def take(self, event: jogeon.Event) -> None:
        """Judge one event; what happened behind a gap has no time, so it is no signal."""
        match event:
            case jogeon.Leave(code=code, time=datetime() as time):
                self.left[code] = time
            case jogeon.Enter(code=code, time=datetime() as time) if code in self.left:
                away = time - self.left.pop(code)
                if away <= SOON:
                    self.signals += 1
                    print(f"재진입 {code}  {time:%H:%M:%S}  {away.seconds}초 만에")
            case jogeon.Leave(code=code) | jogeon.Enter(code=code):
                self.left.pop(code, None)
            case jogeon.Gap(cause=cause):
                print(f"공백 {cause}")


async def main() -> None:
    """Follow until Ctrl+C, or until the market ends it."""
    strategy = ComeBack()
    try:
        async with jogeon.connect(SERVER) as kiwoom, kiwoom.watch("급등주") as watch:
            await watch.each(strategy.take)
    finally:
        print(f"신호 {strategy.signals}건")


with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(main())
