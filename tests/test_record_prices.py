"""A recording with prices: the journal keeps the quotes of members, and which of them was the price of an entry."""

import sqlite3
from contextlib import closing
from pathlib import Path

from test_watch_prices import A, B, Priced
from wire import pause, virtual


def test_quotes_of_members_stand_in_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "day.journal"

    async def main() -> None:
        broker = Priced(A)
        async with broker.priced() as client:
            client._feed.asking.ask = broker.prices
            async with client.watch("급등주", prices=True, journal=path):
                await pause(1.5)
                broker.enter("급등주", B)
                await pause(2)
                for price in (110, 120):
                    broker.trade(B, price)
                await pause(1)

    virtual(main())
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute("SELECT code, price, source FROM quotes ORDER BY at_ns, code").fetchall()
    assert rows == [(A, 100, "snapshot"), (B, 100, "quote"), (B, 110, None)]
