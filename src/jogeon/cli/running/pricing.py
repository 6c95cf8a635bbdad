"""Prices beside the events of a watch, and quotes alone: their lines, and what the live view shows of them."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from jogeon.cli.showing.json_lines import StandardOutput, json_line
from jogeon.cli.showing.live_picture import Worth
from jogeon.cli.showing.output_thread import Output
from jogeon.cli.showing.terminal import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from jogeon.cli.texts import Texts
    from jogeon.prices import Price, Quote
    from jogeon.watch import Watch


async def tell_quotes(
    quotes: AsyncGenerator[Quote],
    line: Callable[[Quote], bytes],
    count: int | None,
    seconds: float | None,
    texts: Texts,
) -> None:
    """Write a line for each quote, until there were so many or the time is over; tell of stocks that nobody knows."""
    with Output(StandardOutput()) as output:
        try:
            async with asyncio.timeout(seconds) as limit, aclosing(quotes) as coming:
                told = 0
                async for quote in coming:
                    if quote.price is None and quote.name is None and not quote.clock:
                        tell(texts("quotes.unknown", code=quote.code))
                    await output.write(line(quote))
                    told += 1
                    if told == count:
                        return
        except TimeoutError:
            if not limit.expired():
                raise
        except asyncio.CancelledError:
            output.hurried = True
            raise


async def tell_prices(watch: Watch, output: Output) -> None:
    """Write a line for each member that has another price, and go on until it is cancelled."""
    async for price in watch.price_changes():
        await output.write(json_line(price.fields()))
    await asyncio.Event().wait()  # the end of the watch is told by its events


def shown_prices(watch: Watch) -> Mapping[str, Worth]:
    """Return what the live view shows of each stock; of one that is in several conditions, its newest entry."""
    found: dict[str, tuple[int, Worth]] = {}
    for prices in watch.prices.values():
        for code, price in prices.items():
            entered_ns = price.entry_at_ns or 0
            if code not in found or found[code][0] < entered_ns:
                found[code] = (entered_ns, _shown(price))
    return {code: shown for code, (_, shown) in found.items()}


def _shown(price: Price) -> Worth:
    stale_ns = price.stale_since_ns
    return Worth(price.price, price.sign, price.rate, price.volume, price.entry_price, price.return_, stale_ns)
