"""Show the saved conditions, then what is in the first two of them now.

python list_and_search.py [real | mock | demo | ws://…]
"""

import asyncio
import sys

import jogeon

SERVER = sys.argv[1] if sys.argv[1:] else "demo"


async def main() -> None:
    """List, then search."""
    async with jogeon.connect(SERVER) as kiwoom:
        conditions = await kiwoom.conditions()
        for condition in conditions:
            print(f"{condition.seq:>3}  {condition.name}")
        for condition in conditions[:2]:
            stocks = await kiwoom.search(condition)
            print(f"\n{condition.name}: {len(stocks)}")
            for stock in stocks:
                print(stock.code, stock.name, won(stock.price), percent(stock.rate), sep="  ")


def won(price: int | None) -> str:
    """Return a price; the broker leaves it empty for a stock that was not traded."""
    return "-" if price is None else f"{price:,}"


def percent(rate: float | None) -> str:
    """Return a rate with its sign."""
    return "-" if rate is None else f"{rate:+.2f}%"


asyncio.run(main())
