"""A queue is bounded; what a slow consumer lost is told, and what it is told adds up to what is true."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.errors import ConnectionLost, LocalProtocolError
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.journal.fold import Known
from jogeon.journal.resume import RestartGap
from jogeon.live.membership import Membership
from jogeon.live.queue import CODE_BYTES, EVENT_BYTES, Queue, ShownConditions
from jogeon.live.setback import SetBack
from wire import virtual

RISE = Condition("0", "급등주")
HIGH = Condition("4", "신고가 돌파")


class Publisher:
    """Two conditions that move, and one queue that hears of them; `last` is what its consumer knows from before."""

    def __init__(self, max_events: int, max_bytes: int = 2**20, last: dict[Condition, str] | None = None) -> None:
        self.now_ns = 1
        self.followed = {condition: Membership(condition) for condition in (RISE, HIGH)}
        self.queue = Queue(self.current, lambda: self.now_ns, max_events=max_events, max_bytes=max_bytes)
        known = {condition: Known(dict.fromkeys(codes), 0) for condition, codes in (last or {}).items()}
        self.sink = RestartGap(self.queue, known, list(self.followed))

    def current(self, condition: Condition) -> Snapshot | None:
        membership = self.followed.get(condition)
        return None if membership is None else membership.now(self.now_ns)

    def show(self, condition: Condition, *codes: str) -> None:
        self.now_ns += 1
        self.sink.put_block(self.followed[condition].snapshot(codes, self.now_ns))

    def push(self, condition: Condition, kind: str, code: str) -> None:
        self.now_ns += 1
        event = self.followed[condition].push(kind, code, "", self.now_ns)
        if event is not None:
            self.sink.put(event)

    def outage(self, condition: Condition) -> None:
        self.now_ns += 1
        self.followed[condition].blind(self.now_ns, "connection lost")

    def renumber(self, condition: Condition, seq: str) -> Condition:
        """Let a condition go on under another seq, after a blind stretch that begins now."""
        self.outage(condition)
        renumbered = Condition(seq, condition.name)
        self.sink.renumbered(condition, renumbered)
        self.followed[renumbered] = self.followed.pop(condition)
        self.followed[renumbered].condition = renumbered
        return renumbered

    def tell(self) -> None:
        self.now_ns += 1
        self.sink.put(State(self.now_ns, "connected"))

    def read(self) -> list[Event]:
        events = []
        while (event := self.queue.pop()) is not None:
            events.append(event)
        return events


class Fold:
    """What a consumer makes of the events: it fails where they jump."""

    def __init__(self, last: dict[Condition, str] | None = None) -> None:
        self.members = {condition.name: set(codes) for condition, codes in (last or {}).items()}
        self.gaps: set[str] = set()

    def take(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case Snapshot():
                    assert event.condition.name in self.gaps or event.condition.name not in self.members
                    self.gaps.discard(event.condition.name)
                    assert self.members.get(event.condition.name, set(event.codes)) == set(event.codes)
                    self.members[event.condition.name] = set(event.codes)
                case Enter():
                    assert event.code not in self.members[event.condition.name]
                    self.members[event.condition.name].add(event.code)
                case Leave():
                    self.members[event.condition.name].remove(event.code)
                case Gap():
                    assert event.condition.name in self.members
                    assert event.since_ns <= event.until_ns
                    self.gaps.add(event.condition.name)


def test_a_consumer_that_keeps_up_gets_everything_in_order() -> None:
    publisher = Publisher(max_events=10)
    publisher.show(RISE, "000001")
    publisher.push(RISE, "I", "000002")
    publisher.push(RISE, "D", "000001")
    assert [type(event) for event in publisher.read()] == [Snapshot, Enter, Leave]


def test_a_lagging_consumer_is_told_gap_difference_snapshot_and_counts() -> None:
    publisher = Publisher(max_events=3)
    publisher.show(RISE, "000001")
    publisher.push(RISE, "I", "000002")
    publisher.read()
    last_ns = publisher.now_ns
    for code in ("000003", "000004", "000005"):
        publisher.push(RISE, "I", code)
    publisher.push(RISE, "D", "000001")
    publisher.push(RISE, "D", "000003")
    gap, *recovered, snapshot, counts = publisher.read()
    assert gap == Gap(RISE, last_ns, publisher.now_ns, "lagged", "the consumer did not keep up")
    assert [(type(event), event.code) for event in recovered if isinstance(event, Enter | Leave)] == [
        (Leave, "000001"),
        (Enter, "000004"),
        (Enter, "000005"),
    ]
    assert isinstance(snapshot, Snapshot)
    assert set(snapshot.codes) == {"000002", "000004", "000005"}
    assert isinstance(counts, Anomaly)
    assert counts.what == "lagged: not handed over: 3 enter, 2 leave"


def test_a_consumer_that_had_a_block_only_in_part_is_told_a_gap_from_where_the_first_began() -> None:
    publisher = Publisher(max_events=3)
    publisher.show(RISE, "000001")
    publisher.read()
    last_ns = publisher.now_ns
    for code in ("000002", "000003", "000004", "000005"):
        publisher.push(RISE, "I", code)
    assert isinstance(publisher.queue.pop(), Gap)  # and reads no further for a while
    for _ in range(3):
        publisher.push(RISE, "D", "000005")
        publisher.push(RISE, "I", "000005")
    gap, *recovered, snapshot, _ = publisher.read()
    assert gap == Gap(RISE, last_ns, publisher.now_ns, "lagged", "the consumer did not keep up")
    assert {event.since_ns for event in recovered if isinstance(event, Enter)} == {last_ns}
    assert isinstance(snapshot, Snapshot)
    last_ns = publisher.now_ns
    for number in range(10, 30):
        publisher.push(RISE, "I", f"{number:06d}")
    assert [event.since_ns for event in publisher.read() if isinstance(event, Gap)] == [last_ns]


def lagging_over_the_end_of_an_outage() -> tuple[Publisher, int]:
    """Return a publisher of RISE and HIGH whose consumer lags since RISE came back, and when RISE was lost."""
    publisher = Publisher(max_events=3)
    publisher.show(RISE)
    publisher.show(HIGH)
    publisher.outage(RISE)
    lost_ns = publisher.now_ns
    publisher.push(HIGH, "I", "000009")
    publisher.read()
    publisher.push(HIGH, "I", "000008")
    publisher.show(RISE, "000001", "000002", "000003")
    return publisher, lost_ns


def test_what_an_outage_changed_lies_in_the_gap_of_a_consumer_that_lags_over_its_end() -> None:
    publisher, lost_ns = lagging_over_the_end_of_an_outage()
    gaps = [event for event in publisher.read() if isinstance(event, Gap) and event.condition == RISE]
    assert [(gap.cause, gap.since_ns) for gap in gaps] == [("connection lost", lost_ns), ("lagged", lost_ns)]


def test_snapshots_that_were_read_take_no_room() -> None:
    publisher = Publisher(max_events=10, max_bytes=20_000)
    for number in range(300):
        publisher.push(HIGH, "I", "000009")
        publisher.show(RISE, *(f"{number:03d}{place:03d}" for place in range(10)))
        publisher.push(HIGH, "D", "000009")
        if number == 0:
            publisher.show(HIGH)
        assert not publisher.queue.lagging
        publisher.read()


def test_where_an_outage_began_is_known_to_a_consumer_that_lags_over_a_renumbering() -> None:
    publisher, lost_ns = lagging_over_the_end_of_an_outage()
    publisher.renumber(RISE, "7")
    lagged = [event for event in publisher.read() if isinstance(event, Gap) and event.cause == "lagged"]
    assert [gap.since_ns for gap in lagged if gap.condition.seq == "7"] == [lost_ns]


def test_only_the_condition_that_lost_something_is_resynchronised() -> None:
    publisher = Publisher(max_events=2)
    publisher.show(RISE)
    publisher.show(HIGH)
    publisher.read()
    for code in ("000001", "000002", "000003"):
        publisher.push(RISE, "I", code)
    assert {event.condition for event in publisher.read() if isinstance(event, Gap)} == {RISE}


def test_a_first_snapshot_that_was_lost_comes_without_a_gap() -> None:
    publisher = Publisher(max_events=2)
    publisher.show(RISE, "000001")
    publisher.push(RISE, "I", "000002")
    publisher.push(RISE, "I", "000003")
    snapshot, counts = publisher.read()
    assert isinstance(snapshot, Snapshot)
    assert snapshot.codes == ("000001", "000002", "000003")
    assert isinstance(counts, Anomaly)


def test_states_and_gaps_are_never_lost_to_a_bound() -> None:
    publisher = Publisher(max_events=2)
    publisher.show(RISE, "000001")
    publisher.read()
    publisher.tell()
    publisher.push(RISE, "I", "000002")
    publisher.outage(RISE)
    publisher.show(RISE, "000003")
    publisher.tell()
    events = publisher.read()
    assert [type(event).__name__ for event in events[:3]] == ["State", "Gap", "State"]
    assert [event.cause for event in events if isinstance(event, Gap)] == ["connection lost", "lagged"]


def test_the_bound_in_bytes_counts_the_codes_of_snapshots() -> None:
    publisher = Publisher(max_events=1000, max_bytes=100 * EVENT_BYTES)
    publisher.show(RISE, *(f"{code:06d}" for code in range(400)))
    publisher.show(HIGH, *(f"{code:06d}" for code in range(400)))
    publisher.push(RISE, "I", "999999")
    assert len(publisher.queue) == 0
    assert [type(event) for event in publisher.read()] == [Snapshot, Snapshot, Anomaly]


def test_a_consumer_that_lagged_while_the_clock_was_set_back_is_told_by_the_time_of_now() -> None:
    publisher = Publisher(max_events=3)
    publisher.now_ns = 5000
    publisher.show(RISE, "000001")
    publisher.read()
    last_ns = publisher.now_ns
    for number in range(2, 9):
        publisher.push(RISE, "I", f"{number:06}")
    for back in (SetBack(1000, 4000, 4010), SetBack(3000, 1000, 1010)):
        publisher.queue.set_backs.note(back)
    publisher.now_ns = 1020
    gap = next(event for event in publisher.read() if isinstance(event, Gap))
    assert (gap.since_ns, gap.until_ns) == (last_ns - 4000, 1020)


def test_a_consumer_that_lagged_over_a_renumbering_is_told_under_the_present_seq() -> None:
    publisher = Publisher(max_events=2)
    publisher.show(RISE, "000001")
    publisher.read()
    for code in ("000002", "000003", "000004"):
        publisher.push(RISE, "I", code)
    renumbered = publisher.renumber(RISE, "7")
    gap, *recovered, snapshot, _ = publisher.read()
    assert isinstance(gap, Gap)
    assert [event.code for event in recovered if isinstance(event, Enter)] == ["000002", "000003", "000004"]
    assert isinstance(snapshot, Snapshot)
    assert {gap.condition, snapshot.condition} == {renumbered}
    publisher.show(renumbered, "000001")
    gap, *recovered, snapshot = publisher.read()
    assert isinstance(gap, Gap)
    assert gap.cause == "connection lost"


def test_a_first_snapshot_lost_before_a_renumbering_comes_before_the_gap() -> None:
    publisher = Publisher(max_events=1)
    publisher.show(RISE, "000001")
    publisher.push(RISE, "I", "000002")
    renumbered = publisher.renumber(RISE, "7")
    assert [type(event) for event in publisher.read()] == [Snapshot, Anomaly]
    publisher.show(renumbered, "000001")
    assert [type(event) for event in publisher.read()] == [Gap, Leave, Snapshot]


EARLIER = Condition("9", RISE.name)


def test_the_gap_of_a_restart_is_told_to_a_consumer_that_lags_from_the_start() -> None:
    publisher, fold = Publisher(max_events=2, last={EARLIER: "12"}), Fold({EARLIER: "12"})
    publisher.tell()
    publisher.show(RISE, "2", "3")
    events = publisher.read()
    assert [type(event) for event in events] == [State, Gap, Gap, Leave, Enter, Snapshot, Anomaly]
    assert [event.cause for event in events if isinstance(event, Gap)] == ["restart", "lagged"]
    fold.take(events)
    assert fold.members == {RISE.name: {"2", "3"}}


def test_a_condition_renumbered_before_it_went_on_is_still_known_to_a_consumer_that_lags() -> None:
    publisher, fold = Publisher(max_events=2, last={EARLIER: "12"}), Fold({EARLIER: "12"})
    publisher.tell()
    publisher.show(publisher.renumber(RISE, "7"), "2", "3")
    fold.take(publisher.read())
    assert fold.members == {RISE.name: {"2", "3"}}


@given(
    bound=st.integers(1, 6),
    last=st.dictionaries(st.sampled_from([RISE, EARLIER, HIGH]), st.sampled_from(["", "1", "23"]), max_size=1),
    first=st.booleans(),
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("push"), st.sampled_from([RISE, HIGH]), st.sampled_from("ID"), st.sampled_from("12345")),
            st.tuples(st.just("outage"), st.sampled_from([RISE, HIGH]), st.just(""), st.sampled_from(["", "1", "23"])),
            st.tuples(st.just("read"), st.just(RISE), st.just(""), st.just("")),
            st.tuples(st.just("take"), st.just(RISE), st.just(""), st.just("")),
            st.tuples(st.just("tell"), st.just(RISE), st.just(""), st.just("")),
            st.tuples(st.just("renumber"), st.sampled_from([RISE, HIGH]), st.just(""), st.sampled_from("0789")),
        ),
        max_size=60,
    ),
)
def test_however_late_a_consumer_reads_its_fold_equals_the_truth(
    bound: int, last: dict[Condition, str], first: bool, steps: list[tuple[str, Condition, str, str]]
) -> None:
    publisher, fold = Publisher(max_events=bound, last=last), Fold(last)
    if first:
        publisher.show(RISE, "1")
        publisher.show(HIGH)
    for what, wanted, kind, codes in steps:
        condition = next(each for each in publisher.followed if each.name == wanted.name)
        match what:
            case "push":
                publisher.push(condition, kind, codes)
            case "outage":
                publisher.outage(condition)
                publisher.show(condition, *codes)
            case "tell":
                publisher.tell()
            case "renumber" if codes != condition.seq:
                publisher.renumber(condition, codes)
            case "read":
                fold.take(publisher.read())
            case "take":
                event = publisher.queue.pop()
                fold.take([] if event is None else [event])
    fold.take(publisher.read())
    told = {condition.name: set(known.codes) for condition, known in publisher.followed.items() if known.known}
    assert fold.members == {condition.name: set(codes) for condition, codes in last.items()} | told


def test_a_waiting_reader_is_woken_and_a_cancelled_one_loses_nothing() -> None:
    async def main() -> None:
        publisher = Publisher(max_events=10)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await anext(publisher.queue)
        reading = asyncio.create_task(anext(publisher.queue))
        await asyncio.sleep(0)
        publisher.show(RISE)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert isinstance(await anext(publisher.queue), Snapshot)

    virtual(main())


def test_a_batch_is_all_that_waits_or_as_much_as_is_wanted() -> None:
    async def main() -> None:
        publisher = Publisher(max_events=10)
        publisher.show(RISE, "000001")
        publisher.push(RISE, "I", "000002")
        publisher.push(RISE, "D", "000001")
        assert [type(event) for event in await publisher.queue.get_batch(2)] == [Snapshot, Enter]
        publisher.push(RISE, "I", "000003")
        batches = publisher.queue.batches()
        assert [type(event) for event in await anext(batches)] == [Leave, Enter]
        waiting = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(0)
        publisher.push(RISE, "I", "000004")
        assert [type(event) for event in await waiting] == [Enter]
        publisher.queue.close()
        assert [batch async for batch in batches] == []

    virtual(main())


def test_a_batch_begins_with_what_a_consumer_that_lagged_is_told() -> None:
    async def main() -> None:
        publisher = Publisher(max_events=4)
        publisher.show(RISE)
        batches = publisher.queue.batches()
        await anext(batches)
        for number in range(9):
            publisher.push(RISE, "I", f"{number:06d}")
        told = await anext(batches)
        assert [type(event) for event in told] == [Gap, *[Enter] * 9, Snapshot, Anomaly]
        publisher.push(RISE, "D", "000000")
        assert [type(event) for event in await anext(batches)] == [Leave], "what was told counts as handed over"

    virtual(main())


def test_an_iterator_ends_when_another_takes_its_place() -> None:
    async def main() -> None:
        publisher = Publisher(max_events=10)
        publisher.show(RISE)
        events, batches = publisher.queue.read(), publisher.queue.batches()
        with pytest.raises(LocalProtocolError, match="another reader"):
            await anext(events)
        publisher.queue.read()
        with pytest.raises(LocalProtocolError, match="another reader"):
            await anext(batches)

    virtual(main())


def test_the_end_comes_after_what_is_queued() -> None:
    async def main() -> None:
        publisher = Publisher(max_events=10)
        publisher.show(RISE)
        publisher.queue.close(ConnectionLost("gone"))
        assert isinstance(await anext(publisher.queue), Snapshot)
        with pytest.raises(ConnectionLost):
            await anext(publisher.queue)

    virtual(main())


def test_what_a_slow_consumer_is_told_has_names() -> None:
    publisher, names = Publisher(max_events=2), {"005930": "삼성전자", "000660": "SK하이닉스"}
    publisher.queue = Queue(publisher.current, lambda: publisher.now_ns, max_events=2, name_of=names.get)
    publisher.sink = RestartGap(publisher.queue, {}, [])
    publisher.show(RISE, "005930")
    assert publisher.queue.pop() is not None
    for kind, code in (("D", "005930"), ("I", "035420"), ("D", "035420"), ("I", "000660")):
        publisher.push(RISE, kind, code)
    told = [publisher.queue.pop() for _ in range(3)]
    assert {event.code: event.name for event in told if isinstance(event, Enter | Leave)} == names


def test_what_a_lagging_consumer_catches_up_with_counts_for_the_bound() -> None:
    publisher = Publisher(max_events=50, max_bytes=50 * EVENT_BYTES + 100 * CODE_BYTES)
    codes = [f"{code:06d}" for code in range(60)]
    publisher.show(RISE, *codes)
    publisher.show(HIGH, *codes)
    assert isinstance(publisher.queue.pop(), Snapshot)  # of RISE; that of HIGH waits
    publisher.outage(RISE)
    publisher.show(RISE, *codes)
    assert publisher.queue.lagging


def test_a_seq_that_another_of_the_name_had_before_means_the_one_that_has_it_now() -> None:
    first, later, second = (Condition(seq, "급등주") for seq in ("0", "5", "7"))
    shown = ShownConditions()
    for condition in (first, second):
        shown.put(condition, known=True)
    shown.renumbered(first, later)
    shown.renumbered(second, first)
    assert (shown.present(first), shown.present(second)) == (first, first)
    assert shown.has_begun(first)
