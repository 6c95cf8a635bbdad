"""The beats of the loop, in virtual time."""

import asyncio

from jogeon.live.beats import Beats
from jogeon.live.listening import BEAT, STALL
from wire import stop, virtual, wall


def test_it_beats_while_it_is_started_and_tells_of_a_stall() -> None:
    told: list[bool] = []

    async def main() -> None:
        beats = Beats(wall, lambda *, stalled: told.append(stalled))
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


def test_a_stall_is_hardly_lived() -> None:
    async def main() -> None:
        beats = Beats(wall, lambda *, stalled: None)  # noqa: ARG005  # the name is the contract
        beats.start()
        await asyncio.sleep(10)
        stop(60)
        assert 10 <= beats.lived() <= 10 + STALL
        beats.stop()

    virtual(main())
