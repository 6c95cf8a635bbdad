"""A recording with prices: the journal keeps the quotes of members, and which of them was the price of an entry."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from wire import Broker

A, B = "00000A", "00000B"
PATIENCE = 60.0


async def registered(broker: Broker, *codes: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while broker.wire.quoted.keys() != set(codes):
            await asyncio.sleep(0.005)


async def test_quotes_of_members_stand_in_the_journal(tmp_path: Path) -> None:
    path, broker = tmp_path / "day.journal", Broker(members={"급등주": [A], "신고가 돌파": []})
    async with broker.client() as client, client.watch("급등주", prices=True, journal=path):
        await registered(broker, A)
        broker.trade(A, 100)
        broker.enter("급등주", B)
        await registered(broker, A, B)
        broker.trade(B, 200)
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute("SELECT code, price, source FROM quotes ORDER BY code").fetchall()
    assert rows == [(A, 100, "snapshot"), (B, 200, "trade")]
