"""A watch over real sockets against the simulator's truth, over many seeds and with faults that cost no connection."""

import asyncio

import pytest

import jogeon
from below import members_of
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.simulator import Simulator
from judge import Fold, judge
from wire import drain

FAULTS: list[dict[str, object]] = [
    {},
    {"duplicate": True},
    {"push_before_reply": 5},
    {"duplicate": True, "push_before_reply": 3},
]


@pytest.mark.parametrize("fragment", [0, 1, 50])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_live_event_is_in_the_truth_in_order_once_and_none_is_missing(
    seed: int, fault: dict[str, object], fragment: int
) -> None:
    fold = Fold()
    switches = Switches(fragment=fragment)
    async with Simulator(seed=seed, speed=0, rest_port=None, switches=switches) as simulator:
        simulator.fault(fault)
        async with jogeon.connect(simulator.websocket) as kiwoom:
            moving = asyncio.create_task(move(simulator))
            async with kiwoom.watch("급등주", "신고가 돌파", "거래량 급증") as watch:
                moving.cancel()
                await move(simulator, steps=60)
                await kiwoom.conditions()  # its reply comes behind whatever was pushed
                for event in drain(watch):
                    fold.take(event)
                truth = simulator.truth()
                assert judge(fold, truth["changes"]) == []
                now_in = members_of(simulator)
                for name, members in watch.members.items():
                    assert set(members) == now_in[str(name)] == fold.members[str(name)]
        assert sum(map(len, fold.live.values())) > 50
        assert not any(fold.gaps.values())


async def move(simulator: Simulator, steps: int = 10_000) -> None:
    """Let the market run while the client connects and watches."""
    for _ in range(steps):
        simulator.advance(5)
        await asyncio.sleep(0.002)
