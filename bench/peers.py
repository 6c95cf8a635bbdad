"""Other people's programs through a hub, unchanged but for the address, while jogeon's own watches run there.

    python bench/peers.py DIR [--guide PROGRAM] [--seconds 20]

DIR holds receive.py, which watches with one client of other people, each in an environment of its own as for
bench/run.py; PROGRAM runs the guide's samples against an address. They come to a hub in a process of its own, over a
simulator in this one, on which three `jogeon watch --json` and a plain program run all the time.

There may be one login above in all. At the end the market is stopped: whatever adds up must be the truth, and each
client must have got as many changes as the hub sent it, and some. Exits 1 if anything is wrong.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from below import FOREVER_NS, Consumer, HubProcess, Plain, members_of
from foreign import environments
from jogeon.simulator.simulator import Simulator

WATCHED = "4"
PATIENCE = 30.0
QUIET = 5.0
"""Seconds before its end for which a client gets nothing any more."""


async def ran(*words: object) -> tuple[int, str]:
    """Run a program; return its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(*map(str, words), stdout=PIPE, stderr=STDOUT)
    assert process.stdout is not None
    printed = (await process.stdout.read()).decode()
    return await process.wait(), printed


class Visit:
    """One run of a client of other people; `told` is what it says it got."""

    def __init__(self, name: str, python: Path, receiver: Path, hub: HubProcess) -> None:
        self.name, self._python, self._receiver, self._hub = name, python, receiver, hub
        self.told: dict[str, Any] = {}
        self.wrong: list[str] = []

    async def run(self, seconds: float) -> None:
        """Let it watch."""
        words = ("--ws", self._hub.websocket, "--rest", self._hub.rest, "--seq", WATCHED)
        code, printed = await ran(
            self._python, self._receiver, self.name, *words, "--events", 10**9, "--seconds", seconds
        )
        self.told = json.loads(printed.splitlines()[-1])
        if code:
            self.wrong.append(f"{self.name} ended with {code}: {printed[-500:]}")


class Stage:
    """The hub, and who is judged by the truth."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator = simulator
        self.hub = HubProcess(simulator.websocket, folder / "hub.journal")
        self.watches = [
            Consumer("everything", self.hub, resumes=True),
            Consumer("one", self.hub, "급등주", resumes=True),
            Consumer("two", self.hub, "급등주", "신고가 돌파", resumes=True),
        ]
        self.plain = Plain("plain", self.hub, "급등주", "신고가 돌파")

    def differences(self) -> dict[str, list[str]]:
        """Return the conditions in which anybody's members are not the truth."""
        wanted = members_of(self.simulator)
        found = {}
        judged: list[Consumer | Plain] = [*self.watches, self.plain]
        for each in judged:
            differ = [name for name in each.conditions or wanted if each.members.get(name) != wanted[name]]
            if differ:
                found[each.name] = differ
        return found

    async def settle(self) -> list[str]:
        """Stop the market; return who has not the truth after a while."""
        self.plain.still = True
        self.simulator.fault({"pause_market": True})
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.differences():  # noqa: ASYNC110  # no task of this one tells
            await asyncio.sleep(0.05)
        return [f"{name}: {what} is not the truth" for name, what in self.differences().items()]

    async def sent(self) -> list[int]:
        """Return how many changes the hub sent to each plain program that watches one condition."""
        consumers = msgspec.json.decode(await self.hub.get("/hub/status"))["consumers"]
        return [each["sent"] for each in consumers if each["kind"] == "plain" and len(each["conditions"]) == 1]


async def act(args: argparse.Namespace, pythons: dict[str, Path], stage: Stage) -> list[str]:
    """Run all; return what was wrong."""
    await stage.hub.start()
    for watch in stage.watches:
        await watch.start()
    living = asyncio.create_task(stage.plain.run())
    visits = [Visit(name, python, args.peers / "receive.py", stage.hub) for name, python in pythons.items()]
    if args.guide is not None:
        code, printed = await ran(sys.executable, args.guide, stage.hub.websocket)
        print(printed.rstrip())
        stage.plain.wrong += [f"the guide's programs ended with {code}"] if code else []
    running = [asyncio.create_task(visit.run(args.seconds)) for visit in visits]
    await asyncio.sleep(args.seconds - QUIET)
    wrong, sent = await stage.settle(), await stage.sent()
    await asyncio.gather(*running)
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)
    got = [visit.told["events"] for visit in visits]
    if sorted(got) != sorted(sent) or not all(got):
        wrong.append(f"the hub sent {sent} changes, the clients got {got}")
    for visit in visits:
        print(f"{visit.name}: {visit.told}")
    all_wrong = [wrong, stage.plain.wrong, *(each.wrong for each in stage.watches), *(each.wrong for each in visits)]
    return [sentence for each in all_wrong for sentence in each]


async def run(args: argparse.Namespace, folder: Path) -> int:
    pythons = await asyncio.to_thread(environments)
    async with Simulator(seed=1, speed=20, rest_port=None) as simulator:
        stage = Stage(simulator, folder)
        try:
            wrong = await act(args, pythons, stage)
        finally:
            await stage.hub.kill()
            for watch in stage.watches:
                await watch.kill()
        logins = simulator.truth(FOREVER_NS)["logins"]
    if logins != 1:
        wrong.append(f"{logins} logins above")
    for watch in stage.watches:
        print(f"jogeon watch, {watch.name}: {len(watch.lines):,} numbers, {dict(watch.told)}")
    print(f"a plain program: {dict(stage.plain.did)}; {logins} login above, {len(wrong)} wrong")
    for sentence in wrong:
        print(" ", sentence)
    return 1 if wrong else 0


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("peers", type=Path, metavar="DIR")
    options.add_argument("--guide", type=Path, metavar="PROGRAM")
    options.add_argument("--seconds", type=float, default=20)
    os.environ["JOGEON_TOKEN"] = "demo"  # noqa: S105  # the simulator's, which everybody knows
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        return asyncio.run(run(options.parse_args(), folder))


if __name__ == "__main__":
    sys.exit(main())
