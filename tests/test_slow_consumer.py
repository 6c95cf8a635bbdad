"""A consumer that sleeps costs neither the login nor the memory, and is told what it slept through.

What is measured against a bound here is measured once more over a real socket by `make bench`.
"""

import asyncio
import itertools
import tracemalloc
from collections.abc import Callable
from typing import Literal

import pytest

from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Snapshot, State, names_among
from jogeon.live.queue import CODE_BYTES, EVENT_BYTES, MAX_BYTES, MAX_EVENTS, Queue
from jogeon.wire import messages, readers, writers
from jogeon.wire.messages import MOST_CODES
from jogeon.wire.readers import read_push
from jogeon.wire.values import LONGEST_VALUE
from judge import Fold
from texts import snapshot_text
from wire import Broker, drain, pause, virtual

PUSHES = 100_000
PINGS = 100
RISE = "급등주"
PING = {"trnm": "PING"}


class Flood(Broker):
    """Pushes faster than anybody reads, with a heartbeat now and then."""

    def __init__(self) -> None:
        super().__init__(members={RISE: [f"{code:06d}" for code in range(100)], "신고가 돌파": ["0000D0"]})
        self.echoes = 0
        self._codes = itertools.cycle(range(200))

    def on_ping(self, wire: object, message: object) -> None:
        self.echoes += 1

    async def flood(self, pushes: int) -> None:
        """Push changes in reads of a hundred, a heartbeat every tenth read; nothing of it is kept here."""
        for number in range(pushes // 100):
            for code in itertools.islice(self._codes, 100):
                self._change(f"{code:06d}")
            if number % 10 == 0:
                self.wire.push(PING)
            await pause(0.001)

    def _change(self, code: str) -> None:
        if code in self.members[RISE]:
            self.leave(RISE, code)
        else:
            self.enter(RISE, code)


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_a_consumer_that_sleeps_through_a_flood_is_told_gap_difference_snapshot() -> None:
    async def main() -> None:
        broker = Flood()
        async with broker.client() as kiwoom, kiwoom.watch() as watch:
            before = drain(watch)
            await broker.flood(PUSHES)
            assert broker.echoes == PINGS  # every heartbeat was answered while the consumer slept
            assert len(watch._queue) < MAX_EVENTS
            gap, *recovered, snapshot, counts = after = drain(watch)
            assert isinstance(gap, Gap)
            assert (gap.condition.name, gap.cause) == (RISE, "lagged")
            assert {type(event) for event in recovered} <= {Enter, Leave}
            assert isinstance(snapshot, Snapshot)
            assert set(snapshot.codes) == set(broker.members[RISE]) == set(watch.members[RISE])
            assert isinstance(counts, Anomaly)
            assert counts.what == f"lagged: not handed over: {PUSHES // 2} enter, {PUSHES // 2} leave"
            fold = Fold()
            for event in before + after:
                fold.take(event)  # fails where it jumps
            assert fold.members == {name: set(codes) for name, codes in broker.members.items()}
        assert len(broker.wires) == 1

    virtual(main())


def test_a_condition_that_lost_nothing_goes_on_as_if_nothing_were() -> None:
    async def main() -> None:
        broker = Flood()
        async with broker.client() as kiwoom, kiwoom.watch() as watch, kiwoom.watch("신고가 돌파") as other:
            drain(watch), drain(other)
            await broker.flood(MAX_EVENTS + 100)
            broker.enter("신고가 돌파", "57JBHH")
            assert kinds(drain(other)) == ["Enter"]
            assert {event.condition.name for event in drain(watch) if isinstance(event, Gap)} == {RISE, "신고가 돌파"}

    virtual(main())


def test_what_comes_while_it_catches_up_is_live_again() -> None:
    async def main() -> None:
        broker = Flood()
        async with broker.client() as kiwoom, kiwoom.watch(RISE, max_events=10) as watch:
            drain(watch)
            await broker.flood(100)
            assert isinstance(await anext(watch), Gap)
            broker.enter(RISE, "57JBHH")
            assert kinds(drain(watch))[-2:] == ["Anomaly", "Enter"]

    virtual(main())


def test_outages_and_states_are_told_even_to_a_consumer_that_lags() -> None:
    async def main() -> None:
        broker = Flood()
        async with broker.client() as kiwoom, kiwoom.watch(RISE, max_events=50) as watch:
            drain(watch)
            await broker.flood(200)
            broker.wire.drop()
            await asyncio.sleep(30)
            await broker.flood(200)
            events = drain(watch)
            states = [event.state for event in events if isinstance(event, State)]
            causes = [event.cause for event in events if isinstance(event, Gap)]
            assert states == ["reconnecting", "connecting", "connected", "registered"]
            assert causes == ["connection lost", "lagged"]

    virtual(main())


# ---------------------------------------------------------------- the bound, in bytes


def size_of(make: Callable[[], object]) -> int:
    """Return what something costs that was made and is still there."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = make()
        taken = tracemalloc.get_traced_memory()[0] - before
        del kept
        return taken
    finally:
        tracemalloc.stop()


def longest_event() -> Event:
    """Return the largest change a server can bring about: code and time as long as they may be, and not ASCII."""
    value = "\N{GRINNING FACE}" * LONGEST_VALUE
    push = read_push(writers.encode_push("4", value, "I", value))
    values = push.data[0].values
    return Enter(10**18, Condition("4", RISE), values.code, values.clock or "")


def test_an_event_takes_no_more_than_it_is_counted_as() -> None:
    usual = size_of(lambda: [read_event(number) for number in range(1_000)])
    largest = size_of(lambda: [longest_event() for _ in range(1_000)])
    assert usual / 1_000 < EVENT_BYTES
    assert largest / 1_000 < 3 * EVENT_BYTES  # only a server that means harm sends such codes


def read_event(number: int) -> Event:
    """Return a change as it comes from the wire."""
    values = read_push(writers.encode_push("4", f"{number:06d}", "I", "152028")).data[0].values
    return Enter(10**18 + number, CONDITION, values.code, values.clock or "")


CONDITION = Condition("4", RISE)


def test_a_snapshot_takes_no_more_than_its_codes_are_counted_as() -> None:
    def made() -> Snapshot:
        text = snapshot_text("4", [f"{code:06d}" for code in range(10_000)])
        reply = readers.decode(text)
        assert isinstance(reply, messages.Reply)
        answer = readers.answer(messages.Register("4"), reply)
        assert isinstance(answer, messages.Registered)
        return Snapshot(10**18, CONDITION, answer.codes, names_among(answer.codes, lambda _: "삼성전자"))

    assert size_of(made) / 10_000 < CODE_BYTES + 1


def test_a_queue_that_nobody_reads_stays_under_its_bound() -> None:
    def filled(events: int) -> Queue:
        queue = Queue(lambda _: None, lambda: 0, max_events=10**9)
        queue.put_block([Snapshot(10**18, CONDITION, tuple(f"{code:06d}" for code in range(50_000)))])
        for number in range(events):
            queue.put(read_event(number))
        return queue

    room = MAX_BYTES // 2 // EVENT_BYTES - 1
    assert not filled(room).lagging
    assert size_of(lambda: filled(room)) < MAX_BYTES
    assert filled(room + 1).lagging
    assert size_of(lambda: filled(3 * room)) < MAX_BYTES // 8  # what was lost is not kept


def test_a_whole_client_that_nobody_reads_stays_under_its_bound() -> None:
    async def main() -> None:
        broker = Flood()
        async with broker.client() as kiwoom, kiwoom.watch() as watch:
            drain(watch)
            await broker.flood(1_000)  # what is made once
            tracemalloc.start()
            try:
                before = tracemalloc.get_traced_memory()[0]
                await broker.flood(3 * MAX_EVENTS)
                now, peak = (taken - before for taken in tracemalloc.get_traced_memory())
            finally:
                tracemalloc.stop()
            assert peak < MAX_BYTES
            assert now < MAX_BYTES // 8

    virtual(main())


# ---------------------------------------------------------------- a server that floods on purpose


@pytest.mark.parametrize("kind", ["I", "D"])
def test_a_server_that_makes_up_stocks_without_end_does_not_fill_the_memory(kind: Literal["I", "D"]) -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            for number in range(5 * MOST_CODES):
                push = read_push(writers.encode_push("0", f"X{number:05d}", kind, "090000"))
                kiwoom._feed._subscriptions.pushed(push.data, 10**18 + number)
            following = kiwoom._feed._subscriptions.wanted[0]
            assert len(following.membership.codes) <= MOST_CODES
            assert len(following.membership._touched) <= MOST_CODES + 1
            events = drain(watch)
            assert any(isinstance(event, Anomaly) and event.what.startswith("lagged") for event in events)

    virtual(main())
