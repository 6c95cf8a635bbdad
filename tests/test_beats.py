"""The beats of the loop, in virtual time."""

import asyncio

from jogeon.live.beats import Beats
from jogeon.live.listening import BEAT, STALL, Life
from jogeon.live.setback import SetBack
from wire import START_NS, stop, virtual, wall


def test_it_beats_while_it_is_started_and_tells_of_a_stall() -> None:
    told: list[bool] = []

    async def main() -> None:
        beats = Beats(wall, lambda *, stalled, back: told.append(stalled))  # noqa: ARG005
        beats.start()
        await asyncio.sleep(2.5 * BEAT)
        assert told == [False] * 3
        stop(60)
        await asyncio.sleep(BEAT / 4)
        assert told == [False] * 3 + [True]
        beats.stop()
        await asyncio.sleep(60)
        assert len(told) == 4

    virtual(main())


def test_a_beat_tells_that_the_wall_clock_was_set_back() -> None:
    told: list[SetBack | None] = []
    error_ns = 0

    async def main() -> None:
        nonlocal error_ns
        beats = Beats(lambda: wall() + error_ns, lambda *, stalled, back: told.append(back))  # noqa: ARG005
        beats.start()
        await asyncio.sleep(1.5 * BEAT)
        error_ns = -(10**12)
        await asyncio.sleep(2 * BEAT)
        beats.stop()

    virtual(main())
    at_ns = START_NS - 10**12 + round(2 * BEAT * 1e9)
    assert told == [None, None, SetBack(10**12, at_ns - round(BEAT * 1e9), at_ns), None]


def test_a_clock_that_is_put_forward_or_slewed_was_not_set_back() -> None:
    life = Life(0.0, START_NS)
    for now, at_ns in ((1.0, START_NS + 10**12), (2.0, START_NS + 10**12 + 500_000_000)):
        life.beat(now, at_ns)
        assert life.set_back is None


def test_a_stall_is_hardly_lived() -> None:
    async def main() -> None:
        beats = Beats(wall, lambda *, stalled, back: None)  # noqa: ARG005  # the name is the contract
        beats.start()
        await asyncio.sleep(10)
        stop(60)
        assert 10 <= beats.lived() <= 10 + STALL
        beats.stop()

    virtual(main())
