"""A wall clock that is set back: what was noted by the old time is told by the time of now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from conversation import moment
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.gaps import Blind
from jogeon.live.attempts import Attempts
from jogeon.live.doubts import Doubts
from jogeon.live.followed import Followed
from jogeon.live.listening import Listening
from jogeon.live.membership import Membership
from jogeon.live.queue import Queue
from jogeon.live.setback import SetBack
from jogeon.live.subscriptions import Subscriptions
from jogeon.wire import writers
from jogeon.wire.messages import ListConditions, Register
from texts import snapshot_text
from wire import START_NS, Broker, Wire, drain, pause, virtual

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

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


# ---------------------------------------------------------------- each mark by itself

BACK = SetBack(by_ns=1000 * SECOND_NS, since_ns=-500 * SECOND_NS, until_ns=-499 * SECOND_NS)
CONDITION = Condition("0", RISE)


def test_a_blind_stretch_goes_on_since_the_same_moment() -> None:
    membership = Membership(CONDITION)
    membership.snapshot(("005930",), moment(1))
    membership.blind(moment(3), "connection lost")
    membership.set_back(BACK)
    assert membership.blindness == Blind(moment(-997), "connection lost")


def test_a_push_that_is_kept_for_a_snapshot_is_told_by_the_time_of_now() -> None:
    membership = Membership(CONDITION)
    membership.push("I", "005930", "", moment(2))
    membership.set_back(BACK)
    entered = membership.snapshot((), moment(-990))[1]
    assert isinstance(entered, Enter)
    assert entered.at_ns == moment(-998)


@pytest.mark.parametrize("set_back", [False, True])
def test_what_a_recheck_excuses_is_the_same_after_the_step(set_back: bool) -> None:
    """One stock was pushed just before it was asked, another was missed; the clock is set back before it is judged."""
    membership = Membership(CONDITION)
    membership.snapshot((), moment(1))
    membership.push("I", "000660", "", moment(50))
    membership.asked(moment(51))
    assert not membership.rechecked(("005930",), moment(52))
    if set_back:
        membership.set_back(BACK)
    block, unsure = membership.judge(moment(-945) if set_back else moment(55))
    assert [getattr(event, "code", "") for event in block if isinstance(event, Enter | Leave)] == ["005930"]
    assert unsure
    shown = membership.rechecked(("005930", "000660"), moment(-940) if set_back else moment(60))
    assert shown
    assert isinstance(block[-1], Snapshot)
    assert block[-1].at_ns == (moment(-945) if set_back else moment(55))


def test_a_stock_that_was_pushed_long_before_is_missed_after_the_step_too() -> None:
    membership = Membership(CONDITION)
    membership.snapshot(("000660",), moment(1))
    membership.push("D", "000660", "", moment(10))
    membership.asked(moment(51))
    assert not membership.rechecked(("000660",), moment(52))
    membership.set_back(BACK)
    block, unsure = membership.judge(moment(-945))
    assert [event.code for event in block if isinstance(event, Enter)] == ["000660"]
    assert not unsure
    assert membership.right_ns == moment(-948)


def test_what_an_heir_knows_is_moved_once() -> None:
    followed, known = Followed(CONDITION), Membership(CONDITION)
    known.snapshot((), moment(5))
    followed.heirs = [(Queue(lambda _: None, lambda: 0), known), (Queue(lambda _: None, lambda: 0), known)]
    followed.set_back(BACK)
    assert known.right_ns == moment(-995)


def test_doubts_are_of_the_same_moments() -> None:
    doubts = Doubts()
    doubts.confirmed_ns = moment(4)
    doubts.add(Blind(moment(6), "drift"))
    doubts.recheck(1.0, moment(8))
    doubts.add_later(Blind(moment(7), "unreadable frame"))
    doubts.set_back(BACK)
    assert (doubts.present, doubts.later) == (Blind(moment(-994), "drift"), Blind(moment(-993), "unreadable frame"))
    assert doubts.own_since(moment(0)) == moment(-996)
    doubts.present = doubts.later = None
    assert doubts.first() == Blind(moment(-992), "drift")


def test_what_was_asked_was_asked_at_the_same_moment() -> None:
    attempts = Attempts()
    attempts.sent(Register("0"), moment(3))
    attempts.set_back(BACK)
    assert attempts.shown_since(moment(-990)) == moment(-997)
    wishes = Subscriptions()
    wishes.sent(ListConditions(), moment(3))
    wishes.set_back(BACK)
    assert wishes._listed_ns == moment(-997)


def test_a_stall_that_is_not_over_goes_on_since_the_same_moment() -> None:
    listening = Listening(moment(0))
    listening.beat(moment(20), moment(1), stalled=True, empty=lambda: False)
    assert listening.mark(moment(1)) == moment(0)
    assert listening.set_back(BACK, moment(1)) == moment(-999)
    assert listening.mark(moment(-999)) == moment(-1000)
    listening.beat(moment(-960), moment(-999), stalled=True, empty=lambda: False)
    assert listening.mark(moment(-999)) == moment(-1000)


def test_the_first_frame_after_the_step_is_no_frame_after_a_stall() -> None:
    listening = Listening(moment(0))
    listening.beat(moment(1), moment(1), stalled=False, empty=lambda: True)
    heard_ns = listening.set_back(BACK, moment(1))
    listening.late(moment(-990), heard_ns, 100)
    assert listening.behind, "ten seconds later it is one"
    assert listening.mark(heard_ns) == moment(-999)


def test_a_block_that_was_lost_after_the_step_is_told_since_the_same_moment() -> None:
    now_ns = moment(10)
    queue = Queue(lambda condition: Snapshot(now_ns, condition, ()), lambda: now_ns, max_events=2)
    queue.put_block([Snapshot(moment(1), CONDITION, ("005930",))])
    assert queue.pop() is not None
    gap = Gap(CONDITION, moment(-2), moment(9), "connection lost")
    left = Leave(moment(9), CONDITION, "005930", "", "recovered", moment(-2), moment(9))
    queue.put(State(moment(9), "connected"))
    queue.put(State(moment(9), "connected"))
    queue.set_backs.note(BACK)
    now_ns = moment(-980)
    queue.put_block([gap, left, Snapshot(moment(9), CONDITION, ())])
    told = [event for event in iter(queue.pop, None) if isinstance(event, Gap) and event.cause == "lagged"]
    assert [each.since_ns for each in told] == [moment(-1002)]


async def test_a_journal_is_told_as_well_while_it_is_open(tmp_path: Path) -> None:
    broker = Broker()
    async with broker.client() as kiwoom:
        before = len(kiwoom._feed.on_set_back)
        async with kiwoom.watch(RISE, journal=tmp_path / "j.jogeon"):
            assert len(kiwoom._feed.on_set_back) == before + 2
        assert len(kiwoom._feed.on_set_back) == before
