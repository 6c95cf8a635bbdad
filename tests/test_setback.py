"""A wall clock that is set back: what was noted by the old time is told by the time of now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from jogeon.events import Anomaly, Enter, Event, Gap, Leave, Snapshot
from jogeon.gaps import Blind
from jogeon.live.setback import SetBack
from jogeon.wire import writers
from texts import snapshot_text
from wire import START_NS, Broker, Wire, drain, pause, virtual

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jogeon.watch import Watch

    Story = Callable[[Broker, Watch], Awaitable[None]]

RISE = "급등주"
HOUR = 3_600
SECOND_NS = 1_000_000_000


def test_a_mark_is_moved_unless_it_may_be_of_now_already() -> None:
    back = SetBack(by_ns=1000, since_ns=500, until_ns=520)
    assert [back.moved(mark_ns) for mark_ns in (1510, 1400, 499)] == [510, 400, -501]
    assert [back.moved(mark_ns) for mark_ns in (500, 510, 520)] == [500, 510, 520]
    assert back.moved(0) == 0, "no mark at all"
    assert (back.maybe(None), back.maybe(1510)) == (None, 510)
    assert back.all({"005930": 1510, "000660": 0}) == {"005930": 510, "000660": 0}
    assert (back.blind(None), back.blind(Blind(1510, "drift", "why"))) == (None, Blind(510, "drift", "why"))


# ---------------------------------------------------------------- what a watch tells is the same, by either time


async def _told(story: Story, set_back: int, recheck: float) -> list[tuple[object, ...]]:
    """Return what a watch tells of a story before whose end the clock is set back, in seconds by one clock."""
    broker = Broker(members={RISE: ["005930"], "신고가 돌파": []})
    async with broker.client(recheck=recheck) as kiwoom, kiwoom.watch(RISE) as watch:
        await pause(10)
        broker.enter(RISE, "000660")
        await pause(1)
        drain(watch)
        broker.clock_error_ns = -set_back * SECOND_NS
        await pause(5)
        await story(broker, watch)
        return [_short(event, set_back) for event in drain(watch) if isinstance(event, Gap | Enter | Leave | Snapshot)]


def _short(event: Event, set_back: int) -> tuple[object, ...]:
    at_ns = [getattr(event, name, None) for name in ("since_ns", "until_ns")]
    seconds = [round((at - START_NS) / SECOND_NS) + set_back for at in at_ns if at is not None]
    return (type(event).__name__, getattr(event, "cause", getattr(event, "code", "")), *seconds)


async def _a_leave_is_lost(broker: Broker, watch: Watch) -> None:
    del watch
    broker.members[RISE].remove("000660")
    await pause(100)


async def _a_push_cannot_be(broker: Broker, watch: Watch) -> None:
    broker.members[RISE].append("000020")
    await pause(30)
    broker.wire.push(writers.encode_push("0", "005930", "I", "090500"))
    assert isinstance(drain(watch)[-1], Anomaly)
    await pause(30)


async def _the_connection_is_lost(broker: Broker, watch: Watch) -> None:
    del watch
    broker.refuse_connections = 1
    broker.wire.drop()
    broker.members[RISE].append("000020")
    await pause(30)


@pytest.mark.parametrize(
    ("story", "recheck", "cause"),
    [
        (_a_leave_is_lost, 60.0, "drift"),
        (_a_push_cannot_be, 0.0, "drift"),
        (_the_connection_is_lost, 0.0, "connection lost"),
    ],
)
def test_a_clock_that_is_set_back_hides_nothing_and_shortens_no_gap(story: Story, recheck: float, cause: str) -> None:
    """A push of before the step would excuse for an hour what is missed, and a gap would begin when it ends."""
    told = virtual(_told(story, 0, recheck))
    assert [what for kind, what, *_ in told if kind == "Gap"] == [cause]
    steady = [short[:3] for short in told]  # a return takes its time at random
    assert [short[:3] for short in virtual(_told(story, HOUR, recheck))] == steady


class Late(Broker):
    """Keeps its snapshots once it is to."""

    held: list[bytes] | None = None

    def on_register(self, wire: Wire, seq: str) -> None:
        if self.held is None:
            super().on_register(wire, seq)
        else:
            self.held.append(snapshot_text(seq, self.members[self.names[seq]]))


def test_a_push_that_is_newer_than_a_late_snapshot_stays_so() -> None:
    """It is told live while the snapshot is awaited, and the clock is set back between the two."""

    async def main() -> None:
        broker = Late(members={RISE: ["005930"], "신고가 돌파": []})
        async with broker.client(recheck=20) as kiwoom, kiwoom.watch(RISE) as watch:
            broker.held = []
            while not broker.held:
                await pause(0.1)
            broker.clock_error_ns = -HOUR * SECOND_NS
            await pause(1)
            broker.wire.push(writers.encode_push("0", "000660", "I", "090500"))
            await pause(8)
            broker.wire.push(*broker.held)
            await pause(0.1)
            assert set(watch.members[RISE]) == {"005930", "000660"}

    virtual(main())


def test_the_listening_mark_is_by_the_time_of_now() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch(RISE):
            heard = asyncio.get_running_loop().time()
            await pause(1)
            broker.clock_error_ns = -HOUR * SECOND_NS
            await pause(30)
            listening = (kiwoom._feed.listening_ns - START_NS) / SECOND_NS + HOUR
            assert heard <= listening <= heard + 1.5

    virtual(main())
