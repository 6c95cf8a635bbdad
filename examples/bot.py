"""A bot on paper: it buys what enters 급등주 and sells what leaves it, on what it saw happen and on nothing else.

A push carries no price, so a position is known by its times. Put orders of your own into `buy` and `sell`.
python bot.py [real | mock | demo | ws://…]
"""

import asyncio
import contextlib
import sys
from datetime import datetime

import jogeon

SERVER = sys.argv[1] if sys.argv[1:] else "demo"


class Bot:
    """Positions by code. `stranded` are those whose stock left while nothing could be heard: a person decides."""

    def __init__(self) -> None:
        self.held: dict[str, datetime] = {}
        self.stranded: set[str] = set()

    def take(self, event: jogeon.Event) -> None:
        """Trade on what is live; of what was recovered behind a gap only say it, because its moment has passed."""
        match event:
            case jogeon.Enter(code=code, origin="live") if code not in self.held:
                self.buy(code, event.at)
            case jogeon.Leave(code=code, origin="live") if code in self.held:
                self.sell(code, event.at)
            case jogeon.Leave(code=code, origin="recovered") if code in self.held:
                self.stranded.add(code)
                print(f"확인 {code}  {event.since:%H:%M:%S} ~ {event.until:%H:%M:%S} 사이에 이탈: 팔지 않았습니다")
            case jogeon.Gap(since=since, until=until, cause=cause):
                print(f"공백 {since:%H:%M:%S} ~ {until:%H:%M:%S}  {cause}")

    def buy(self, code: str, at: datetime) -> None:
        """Open a position."""
        self.held[code] = at
        print(f"매수 {code}  {at:%H:%M:%S}")

    def sell(self, code: str, at: datetime) -> None:
        """Close a position."""
        self.stranded.discard(code)
        print(f"매도 {code}  {at:%H:%M:%S}  {(at - self.held.pop(code)).total_seconds():.1f}초 보유")


async def main() -> None:
    """Trade until Ctrl+C, then say what is left."""
    bot = Bot()
    try:
        async with jogeon.connect(SERVER) as kiwoom, kiwoom.watch("급등주") as watch:
            await watch.each(bot.take)
    finally:
        print(f"보유 {len(bot.held)}종목, 그중 확인할 것 {len(bot.stranded)}종목 {' '.join(sorted(bot.stranded))}")


with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(main())
