"""The times of a peer, in virtual time."""

from __future__ import annotations

import asyncio

from jogeon.server.deadlines import Deadlines
from wire import virtual


def test_a_deadline_passes_once_and_may_be_cancelled() -> None:
    async def main() -> list[float]:
        loop, late = asyncio.get_running_loop(), list[float]()
        deadlines = Deadlines(loop, lambda: False)
        deadlines.arm(10, lambda: late.append(loop.time()))
        assert deadlines.armed
        await asyncio.sleep(20)
        deadlines.arm(10, lambda: late.append(loop.time()))
        deadlines.disarm()
        assert not deadlines.armed
        await asyncio.sleep(20)
        return late

    assert virtual(main()) == [10]


def test_the_clocks_of_a_frozen_server_stand_still() -> None:
    async def main() -> list[tuple[str, float]]:
        loop, seen = asyncio.get_running_loop(), list[tuple[str, float]]()
        frozen = True
        deadlines, last = Deadlines(loop, lambda: frozen), Deadlines(loop, lambda: frozen)
        deadlines.arm(10, lambda: seen.append(("late", loop.time())))
        deadlines.beat(4, lambda: seen.append(("ping", loop.time())))
        last.arm_last(11, lambda: seen.append(("cut", loop.time())))
        await asyncio.sleep(15)
        frozen = False
        await asyncio.sleep(8)
        deadlines.stop()
        await asyncio.sleep(60)
        return seen

    assert virtual(main()) == [("cut", 11), ("ping", 16), ("late", 20), ("ping", 20)]


def test_a_heartbeat_that_ends_its_peer_is_the_last() -> None:
    async def main() -> int:
        pings = 0

        def ping() -> None:
            nonlocal pings
            pings += 1
            deadlines.stop()

        deadlines = Deadlines(asyncio.get_running_loop(), lambda: False)
        deadlines.beat(1, ping)
        await asyncio.sleep(60)
        return pings

    assert virtual(main()) == 1
