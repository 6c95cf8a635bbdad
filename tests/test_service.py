"""A broker over a market made by hand: what a market must have for the wire, the truth and the faults to work."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from jogeon.events import Condition
from jogeon.simulator.market.market import Change, PartlyKnown
from jogeon.simulator.serving.service import Service
from naive_client import NaiveClient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.wire.stocks import ListedStock


class Handmade:
    """Two conditions and one stock."""

    codes: Sequence[str] = ()

    def __init__(self) -> None:
        self.conditions: Sequence[Condition] = [Condition("0", "급등주"), Condition("1", "급락주")]

    def members(self, seq: str) -> list[str]:
        return ["005930"] if seq == self.conditions[0].seq else []

    def prices(self, code: str) -> PartlyKnown:
        return PartlyKnown(code)

    def follow(self, code: str, *, on: bool) -> None:
        """Nothing is traded."""

    def listed(self, market: str) -> list[ListedStock]:
        del market
        return []

    def renumber(self, seed: int) -> dict[str, str]:
        self.conditions = [Condition("1", "급등주"), Condition("0", "급락주")]
        return {"0": "1", "1": "0"}


class Stall(Service):
    """Its market moves once, when it is told to."""

    def __init__(self, fails: bool = False) -> None:
        self.go = asyncio.Event()
        self._fails = fails
        options: dict[str, Any] = {"seed": 1, "host": "127.0.0.1", "port": 0, "rest_port": None, "token": None}
        super().__init__(Handmade(), switches=None, **options)

    async def _run(self) -> None:
        await self.go.wait()
        if self._fails:
            raise ZeroDivisionError
        self._tell([Change("1", "급등주", "000660", "I", "090001")])


async def test_any_market_is_served() -> None:
    async with Stall() as stall, NaiveClient(stall.websocket) as program:
        await program.login()
        assert await program.conditions() == {"0": "급등주", "1": "급락주"}
        (row,) = (await program.search("0"))["data"]
        assert (row["9001"], row["302"], row["10"], row["25"]) == ("A005930", "", "", "")
        await program.register("0")
        stall.fault({"renumber": True})
        stall.go.set()
        await stall.run()
        await program.caught_up()
        assert program.pushes == [("0", "000660", "I", "090001")]
        truth = stall.truth()
        assert truth["names"] == {"1": "급등주", "0": "급락주"}
        assert truth["members"] == {"1": ["005930"], "0": []}
        assert [each["code"] for each in truth["changes"]] == ["000660"]


async def test_a_market_that_fails_is_told() -> None:
    async with Stall(fails=True) as stall:
        stall.go.set()
        with pytest.raises(ZeroDivisionError):
            await stall.run()
        stall._clockwork = asyncio.create_task(asyncio.sleep(0))
