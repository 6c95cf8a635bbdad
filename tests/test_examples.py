"""Each example as a user runs it: against the simulator, until it ends or Ctrl+C; the bots through an outage, too."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jogeon.simulator.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

EXAMPLES = Path(__file__).parents[1] / "examples"
BOTS = ("bot.py", "bot_sync.py")
ENDLESS = ("watch.py", "watch_sync.py", *BOTS)
TESTS = "test_strategy.py"
PATIENCE = 120.0
SPEED = 20.0


class Running:
    """An example that runs; `lines` are what it printed so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    async def until(self, enough: Callable[[str], bool]) -> str:
        """Read until a line is enough, and return it; fail if the example ends before."""
        assert self.process.stdout is not None
        while line := (await self.process.stdout.readline()).decode().rstrip():
            self.lines.append(line)
            if enough(line):
                return line
        return pytest.fail(f"ended after {self.lines}: {await self.complaint()}")

    async def complaint(self) -> str:
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()

    async def interrupt(self) -> int:
        """Press Ctrl+C and return the exit code, with all the last lines read."""
        assert self.process.stdout is not None
        self.process.send_signal(signal.SIGINT)
        self.lines += (await self.process.stdout.read()).decode().splitlines()
        return await self.process.wait()


@asynccontextmanager
async def running(example: str, *arguments: str) -> AsyncIterator[Running]:
    """Run an example; whatever happens, it does not outlive the test."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", str(EXAMPLES / example), *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def starts(*words: str) -> Callable[[str], bool]:
    return lambda line: line.startswith(words)


def test_every_example_is_tested() -> None:
    over_a_recorded_day = {"strategy_replay.py"}  # in test_replay.py
    once = {"list_and_search.py", TESTS}
    assert {path.name for path in EXAMPLES.glob("*.py")} == {*once, *over_a_recorded_day, *ENDLESS}


async def test_the_tests_of_a_strategy_pass_under_plain_pytest() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider", "-p", "no:asyncio"]
    process = await asyncio.create_subprocess_exec(*command, EXAMPLES / TESTS, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert (process.returncode, b"4 passed" in out) == (0, True), out.decode()


async def test_the_conditions_and_what_is_in_them() -> None:
    async with running("list_and_search.py") as example:
        out, complaint = await example.process.communicate()
    assert complaint == b""
    lines = out.decode().splitlines()
    assert "  4  급등주" in lines
    assert sum("가상" in line and line.endswith("%") for line in lines) >= 5


@pytest.mark.parametrize("example", ENDLESS)
async def test_it_goes_on_until_it_is_interrupted(example: str) -> None:
    async with running(example) as program:
        await program.until(lambda line: any(word in line for word in ("편입", "Enter", "매수")))
        assert await program.interrupt() == 0
        assert await program.complaint() == ""


async def test_the_watch_tells_an_outage() -> None:
    async with Simulator(speed=SPEED, rest_port=None) as simulator, running("watch.py", simulator.websocket) as program:
        await program.until(lambda line: "편입" in line)
        simulator.fault({"drop": True, "reject_for": 0.2})
        await program.until(lambda line: "! 공백  급등주" in line)
        await program.until(lambda line: "급락주" in line and "종목" in line)
        assert await program.interrupt() == 0
    assert any("reconnecting" in line for line in program.lines)


@pytest.mark.parametrize("bot", BOTS)
async def test_a_bot_trades_on_what_it_saw_and_on_nothing_that_happened_while_it_was_blind(bot: str) -> None:
    async with Simulator(speed=0, rest_port=None) as simulator, running(bot, simulator.websocket) as program:
        await registered(simulator)
        held: set[str] = set()
        assert await traded(program, trades(simulator, 30, held)) > 0

        simulator.fault({"close": (1000, "Bye"), "reject_for": 30})
        simulator.advance(900)
        left = held - set(simulator.truth()["members"]["4"])
        assert left
        simulator.fault({})
        await program.until(starts("공백"))
        assert {(await program.until(starts(""))).split()[1] for _ in left} == left
        assert {line.split()[0] for line in program.lines[-len(left) :]} == {"확인"}

        assert await traded(program, trades(simulator, 30, held)) > 0
        assert await program.interrupt() == 0
    assert program.lines[-1].startswith(f"보유 {len(held)}종목")


async def registered(simulator: Simulator) -> None:
    """Wait until somebody gets the pushes of the condition the bots follow."""
    async with asyncio.timeout(PATIENCE):
        while not simulator._broker.is_registered("4"):
            await asyncio.sleep(0.01)


def trades(simulator: Simulator, seconds: float, held: set[str]) -> list[str]:
    """Let the market move and return what a bot that holds these stocks is to do."""
    before = len(simulator.truth()["changes"])
    simulator.advance(seconds)
    done = []
    for change in simulator.truth(before)["changes"]:
        code, entered = change["code"], change["kind"] == "I"
        if change["seq"] == "4" and entered != (code in held):
            done.append(f"{'매수' if entered else '매도'} {code}")
            held ^= {code}
    return done


async def traded(program: Running, expected: list[str]) -> int:
    """Read as many lines as there should be trades, compare, and return how many there were."""
    told = [await program.until(starts("")) for _ in expected]
    assert [" ".join(line.split()[:2]) for line in told] == expected
    return len(expected)
