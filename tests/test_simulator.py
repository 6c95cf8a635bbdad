"""The simulator as a whole: its clock, its addresses, its end, and the guide's own programs against it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from jogeon.errors import CannotServe, InvalidAddress
from jogeon.simulator.market.expressions import ConditionRule, ExpressionError
from jogeon.simulator.simulator import LONGEST_STEP, Simulator
from naive_client import NaiveClient
from wire import stop, virtual

SEED_CLIENTS = Path(__file__).parents[2] / "shared" / "tools" / "run-seed-clients"


async def test_the_market_moves_with_the_clock_whoever_listens() -> None:
    async with Simulator(speed=200, rest_port=None) as simulator:
        while len(simulator.truth()["changes"]) < 20:  # nobody tells when the market moves
            await asyncio.sleep(0.01)
        truth = simulator.truth()
        assert truth["connections"] == 0
        assert truth["changes"][0]["time"].startswith("0900")


async def test_changes_are_a_function_of_the_seed_and_market_time() -> None:
    def told(simulator: Simulator) -> list[dict[str, Any]]:
        return [{key: each[key] for key in each if key != "at"} for each in simulator.truth()["changes"]]

    one, same, other = (Simulator(seed=seed, speed=0, rest_port=None) for seed in (7, 7, 8))
    async with one, same, other:
        one.advance(30)
        for _ in range(300):
            same.advance(0.1)
        other.advance(30)
        assert told(one) == told(same) != told(other)


async def test_the_truth_comes_before_the_push() -> None:
    async with Simulator(speed=0, rest_port=None) as simulator, NaiveClient(simulator.websocket) as client:
        await client.login()
        await client.watch("4")
        simulator.advance(60)
        push = await client.hear("REAL")
        assert push["data"][0]["item"] in {each["code"] for each in simulator.truth()["changes"]}


async def test_conditions_of_ones_own() -> None:
    rules = [ConditionRule("0", "모두", "현재가 > 0")]
    async with Simulator(speed=0, rest_port=None, conditions=rules) as simulator:
        assert simulator.truth()["names"] == {"0": "모두"}
        assert len(simulator.truth()["members"]["0"]) >= 2_500
    with pytest.raises(ExpressionError):
        Simulator(conditions=[ConditionRule("0", "아무것", "import os")])


async def test_no_conditions_at_all() -> None:
    market = Simulator(speed=0, rest_port=None, conditions=[])
    async with market as simulator, NaiveClient(simulator.websocket) as client:
        await client.login()
        assert await client.conditions() == {}
        simulator.fault({"renumber": True})


async def test_one_token_is_the_only_one() -> None:
    async with Simulator(speed=0, rest_port=None, token="mine") as simulator:
        async with NaiveClient(simulator.websocket, token="mine") as client:
            assert (await client.login())["return_code"] == 0
        async with NaiveClient(simulator.websocket) as client:
            assert (await client.login())["return_code"] != 0


@pytest.mark.parametrize("wrong", [{"speed": -1}, {"speed": float("nan")}, {"speed": 1e9}])
def test_a_speed_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidAddress, match="speed"):
        Simulator(**wrong)


async def test_a_port_that_is_taken_leaves_nothing_behind() -> None:
    async with Simulator(speed=0) as simulator:
        websocket, rest = (urlsplit(address).port or 0 for address in (simulator.websocket, simulator.rest))
        for port, rest_port in ((websocket, 0), (0, rest), (0, websocket)):
            with pytest.raises(CannotServe):
                await Simulator(speed=0, port=port, rest_port=rest_port).__aenter__()
    async with Simulator(speed=0, port=websocket, rest_port=rest):
        pass
    with pytest.raises(InvalidAddress):
        await Simulator(host="0.0.0.0").__aenter__()  # noqa: S104  # it is refused


async def test_a_failing_market_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> None:
        async with Simulator(speed=100, rest_port=None) as simulator:
            monkeypatch.setattr(simulator, "advance", lambda _: 1 / 0)
            await simulator.run()

    with pytest.raises(ZeroDivisionError):
        await fail()


async def test_the_end_closes_everything() -> None:
    async with Simulator(speed=0) as simulator:
        client = NaiveClient(simulator.websocket)
        await client.__aenter__()
        await client.login()
    assert await client.closed() == (1001, "")
    await client.__aexit__(None, None, None)


async def test_a_program_of_the_guides_shape_gets_what_the_guide_promises() -> None:
    async with Simulator(speed=200, rest_port=None) as simulator, NaiveClient(simulator.websocket) as client:
        assert (await client.login())["return_code"] == 0
        assert "4" in await client.conditions()
        row = (await client.search("4"))["data"][0]
        assert row.keys() == {"9001", "302", "10", "25", "11", "12", "13", "16", "17", "18"}
        assert "data" in await client.register("4")
        values = (await client.hear("REAL"))["data"][0]["values"]
        assert values["841"] == "4"
        assert {"9001", "843", "20"} <= values.keys()
        assert (await client.clear("1"))["return_code"] == 0


if SEED_CLIENTS.exists():  # the guide's text is not part of this project

    async def test_the_guides_own_programs_unchanged() -> None:
        async with Simulator(speed=50, rest_port=None) as simulator:
            program = await asyncio.create_subprocess_exec(
                sys.executable, str(SEED_CLIENTS), simulator.websocket, "--seconds", "3",
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
            printed, _ = await program.communicate()
            assert program.returncode == 0, printed.decode()


def test_after_a_sleep_of_the_machine_the_market_does_not_leap(monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[float] = []

    async def conversation() -> None:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr("jogeon.simulator.simulator.time.monotonic", loop.time)
        simulator = Simulator(speed=20, rest_port=None)
        monkeypatch.setattr(simulator, "advance", passed.append)
        moving = asyncio.create_task(simulator._run())  # its clock alone, without sockets
        await asyncio.sleep(1)
        before = sum(passed)
        stop(8 * 3600)
        await asyncio.sleep(1)
        moving.cancel()
        assert before == pytest.approx(20, rel=0.2)
        assert sum(passed) - before <= 20 * (LONGEST_STEP + 1.2)

    virtual(conversation())
