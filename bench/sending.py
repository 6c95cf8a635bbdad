"""What the simulator can do: the pushes it sends to one program and to many, and the conditions it evaluates.

    python bench/sending.py [--pushes N] [--rounds N]

Prints a line of JSON for each figure, beside its yardstick of the same run: a blocking socket that sends the very same
frames, ready-made, in the same pieces to a program that reads as little; one function for each condition.
"""

import argparse
import asyncio
import contextlib
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from jogeon.server.frames import text_frame
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.market.expressions import ConditionRule, compile_conditions
from jogeon.simulator.market.market import Change
from jogeon.simulator.market.synthetic import DEFAULT_CONDITIONS, SyntheticMarket
from jogeon.simulator.simulator import Simulator
from jogeon.wire.writers import encode_push

READERS = Path(__file__).with_name("readers.py")
TURN = 100
"""Pushes made in one turn of the loop, and sent in one piece."""
SEQ = "4"
CHANGES = [Change(SEQ, "급등주", f"{number:06d}", "I", "090000") for number in range(TURN)]
Figure = tuple[float, float]
"""Pushes a second, and CPU microseconds a push."""


@contextlib.asynccontextmanager
async def drained(url: str, programs: int) -> AsyncIterator[None]:
    """Have so many programs watch and read in a process of their own."""
    arguments = ("drain", url, "--programs", str(programs), "--seq", SEQ)
    child = await asyncio.create_subprocess_exec(sys.executable, str(READERS), *arguments, stdout=-1)
    assert child.stdout
    assert await child.stdout.readline() == b"watching\n"
    yield
    child.kill()
    await child.wait()


async def simulated(pushes: int, programs: int) -> Figure:
    """Push through the broker of a simulator whose market stands still."""
    switches = Switches(side_by_side=True, ping=3600.0)
    async with (
        Simulator(speed=0.0, rest_port=None, switches=switches) as simulator,
        drained(simulator.websocket, programs),
    ):
        return await _pushed(simulator, pushes)


async def _pushed(simulator: Simulator, pushes: int) -> Figure:
    transports = [peer._below for peer in simulator._server.peers]
    started, cpu = time.perf_counter(), time.process_time()
    for _ in range(pushes // TURN):
        simulator._broker.push(CHANGES)
        await asyncio.sleep(0)
        while max(each.get_write_buffer_size() for each in transports) > 2**20:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.0005)
    return pushes / (time.perf_counter() - started), (time.process_time() - cpu) / pushes * 1e6


def ready_made(pushes: int) -> Figure:
    """Send frames that are ready through a blocking socket."""
    piece = b"".join(text_frame(encode_push(each.seq, each.code, each.kind, each.time)) for each in CHANGES)
    ours, theirs = socket.socketpair()
    program = f"import socket; s = socket.socket(fileno={theirs.fileno()})\nwhile s.recv(2**18): pass"
    with ours, subprocess.Popen([sys.executable, "-c", program], pass_fds=[theirs.fileno()]) as reading:
        theirs.close()
        ours.sendall(piece)
        started, cpu = time.perf_counter(), time.process_time()
        for _ in range(pushes // TURN):
            ours.sendall(piece)
        figure = pushes / (time.perf_counter() - started), (time.process_time() - cpu) / pushes * 1e6
        reading.kill()
    return figure


def evaluated(rules: Sequence[ConditionRule], *, together: bool) -> float:
    """Return how many times a second a condition is looked at for a stock."""
    market = SyntheticMarket(1, rules)
    if not together:
        each = [compile_conditions([rule]) for rule in rules]
        market._evaluate = lambda *values: sum(evaluate(*values) << place for place, evaluate in enumerate(each))
    stocks = market._tape.stocks
    times = max(1, 2_000_000 // (len(rules) * len(stocks)))
    started = time.process_time()
    changes: list[Change] = []
    for _ in range(times):
        market._begin()
        for stock in stocks:
            market._settle(stock, changes)
    return times * len(stocks) * len(rules) / (time.process_time() - started)


def conditions(count: int) -> list[ConditionRule]:
    """Return so many conditions, made of the default ones."""
    kinds = [DEFAULT_CONDITIONS[number % len(DEFAULT_CONDITIONS)] for number in range(count)]
    return [ConditionRule(str(seq), f"{seq}", kind.expression) for seq, kind in enumerate(kinds)]


def advanced() -> float:
    """Return how many market seconds pass in a second with the default conditions."""
    market = SyntheticMarket(1)
    started = time.process_time()
    market.advance(600.0)
    return 600.0 / (time.process_time() - started)


def tell(what: str, figures: Sequence[float], yardstick: str, measured: Sequence[float], unit: str) -> None:
    """Print a figure and its yardstick, both medians."""
    line: dict[str, str | float] = {"what": what, "figure": statistics.median(figures), "unit": unit}
    line |= {"yardstick": yardstick, "measured": statistics.median(measured)}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def main() -> None:
    """Measure, the figure and its yardstick in turns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pushes", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for programs in (1, 10, 100):
        pushes = options.pushes // programs // TURN * TURN
        turns = [(asyncio.run(simulated(pushes, programs)), ready_made(options.pushes)) for _ in range(options.rounds)]
        what, yardstick = f"sent to {programs} programs", "ready-made frames, one blocking socket"
        sent, raw = [ours[0] * programs for ours, _ in turns], [theirs[0] for _, theirs in turns]
        tell(what, sent, yardstick, raw, "pushes/s")
        cost, least = [ours[1] / programs for ours, _ in turns], [theirs[1] for _, theirs in turns]
        tell(what, cost, yardstick, least, "µs CPU a push")
    for count in (10, 100, 500):
        rules = conditions(count)
        pairs = [(evaluated(rules, together=True), evaluated(rules, together=False)) for _ in range(options.rounds)]
        together, apart = zip(*pairs, strict=True)
        tell(f"{count} conditions", together, "a function for each condition", apart, "stocks × conditions/s")
    paces = [advanced() for _ in range(options.rounds)]
    tell("the market with ten conditions", paces, "its own time", [1.0], "market seconds/s")


if __name__ == "__main__":
    main()
