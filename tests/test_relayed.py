"""What is followed on a hub: order, repeats, holes, and an end of the way there that costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jogeon.errors import ConnectionLost
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.live.subscriptions import Subscriptions
from jogeon.wire.lines import Line
from jogeon.wire.messages import Clear, ConditionList, Follow, Following, ListConditions, Refusal, Register, Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

A, B = Condition("0", "급등주"), Condition("1", "신고가 돌파")
LISTED = ConditionList((A, B))
J = "0123456789abcdef"


class Sink:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Event] = []

    def put(self, event: Event) -> None:
        self.told.append(event)

    def put_all(self, events: Sequence[Event]) -> None:
        self.told += events

    def put_block(self, events: Sequence[Event]) -> None:
        self.told += events

    def wake(self) -> None:
        pass

    def renumbered(self, old: Condition, new: Condition) -> None:
        pass

    def take(self) -> list[Event]:
        told, self.told = self.told, []
        return told


class Conversation:
    """A client on a hub, its clock standing still."""

    def __init__(self, *wanted: Condition) -> None:
        self.subscriptions = Subscriptions()
        self.subscriptions.on_hub = True
        self.sink = Sink()
        self.subscriptions.join(self.sink)
        self.connect()
        for condition in wanted:
            self.subscriptions.want(condition, self.sink, "K", 1)

    def connect(self) -> None:
        self.subscriptions.connected()
        assert self.subscriptions.next_request(0.0, 1) == ListConditions()
        self.subscriptions.answered(ListConditions(), LISTED, 0.0, 1)

    def lose(self) -> None:
        self.subscriptions.lost(5, ConnectionLost("it broke off"), "it broke off")

    def ask(self) -> Follow:
        request = self.subscriptions.next_request(0.0, 1)
        assert isinstance(request, Follow)
        return request

    def begin(self, *shown: tuple[str, ...], position: str = f"{J}:1:10") -> None:
        request = self.ask()
        members = tuple(Shown(seq, codes, 1) for seq, codes in zip(request.seqs, shown, strict=False))
        self.subscriptions.answered(request, Following(position, shown=members), 0.0, 1)

    def hear(self, *lines: Line) -> list[Event]:
        self.sink.take()
        self.subscriptions.lines(lines, 0.0, 9)
        return self.sink.take()

    def members(self, condition: Condition = A) -> set[str]:
        subscription = self.subscriptions.of(condition)
        assert subscription is not None
        return set(subscription.membership.codes)


def change(n: int, code: str, prev: int, kind: type[Enter | Leave] = Enter, seq: str = "0", epoch: int = 1) -> Line:
    return Line(kind(7, Condition(seq, ""), code, number=(epoch, n)), prev)


def test_all_that_is_wanted_is_followed_at_once_and_begins_with_what_is_shown() -> None:
    hub = Conversation(A, B)
    assert hub.ask() == Follow(("0", "1"))
    hub = Conversation(A, B)
    hub.begin(("005930",), ())
    assert [event for event in hub.sink.take() if isinstance(event, Snapshot)] == [
        Snapshot(1, A, ("005930",)), Snapshot(1, B, ()),
    ]  # fmt: skip
    (entered,) = hub.hear(change(11, "000660", 0))
    assert (entered.condition, entered.number) == (A, (1, 11))
    assert hub.members() == {"005930", "000660"}


def test_nothing_is_rechecked_on_a_hub() -> None:
    hub = Conversation(A)
    hub.begin(("005930",))
    assert hub.subscriptions.next_request(1e6, 1) in (None, ListConditions())
    hub.subscriptions.answered(ListConditions(), LISTED, 1e6, 1)
    assert hub.subscriptions.next_request(1e6, 1) is None


def test_what_is_not_shown_begins_with_its_own_snapshot() -> None:
    hub = Conversation(A)
    hub.begin()
    assert hub.hear(Line(Gap(A, 1, 2, "restart", number=(1, 11)))) == []
    shown = Snapshot(2, A, ("005930",), number=(1, 12))
    assert hub.hear(Line(shown, 11)) == [shown]
    assert hub.members() == {"005930"}


def test_a_block_is_handed_on_whole() -> None:
    hub = Conversation(A)
    hub.begin(("005930",))
    block: list[Event] = [
        Gap(A, 1, 2, "connection lost", number=(1, 11)),
        Leave(2, A, "005930", "", "recovered", 1, 2, number=(1, 12)),
        Snapshot(2, A, (), number=(1, 13)),
    ]
    lines = [Line(event, (event.number or (0, 0))[1] - 1) for event in block]
    assert hub.hear(*lines[:2]) == []
    assert hub.hear(lines[2]) == block
    assert hub.members() == set()


def test_repeats_are_dropped_and_a_hole_is_asked_for_again() -> None:
    hub = Conversation(A)
    hub.begin(())
    assert len(hub.hear(change(11, "005930", 0))) == 1
    assert hub.hear(change(11, "005930", 0)) == []
    assert hub.hear(change(15, "000660", 14)) == []
    assert hub.hear(change(16, "042700", 15)) == []
    request = hub.ask()
    assert request == Follow(("0",), f"{J}:1:11")
    hub.subscriptions.answered(request, Following(f"{J}:1:11", resumed=True), 0.0, 1)
    assert [event.number for event in hub.hear(change(14, "111111", 11), change(15, "000660", 14))] == [
        (1, 14),
        (1, 15),
    ]


def test_the_way_to_the_hub_ends_and_the_stream_goes_on() -> None:
    hub = Conversation(A)
    hub.begin(("005930",))
    hub.hear(change(11, "000660", 0))
    hub.lose()
    assert hub.sink.take() == []
    late = Sink()
    hub.subscriptions.want(A, late, "K", 6)
    hub.connect()
    request = hub.ask()
    assert request == Follow(("0",), f"{J}:1:11")
    hub.subscriptions.answered(request, Following(f"{J}:1:11", resumed=True), 0.0, 8)
    assert hub.sink.take() == []
    assert late.take() == [Snapshot(8, A, ("005930", "000660"))]
    assert len(hub.hear(change(12, "042700", 11))) == 1
    assert hub.members() == {"005930", "000660", "042700"}


def test_a_refused_position_is_a_gap_of_our_own() -> None:
    hub = Conversation(A)
    hub.begin(("005930",))
    hub.sink.take()
    hub.lose()
    hub.connect()
    request = hub.ask()
    shown = (Shown("0", ("000660",), 1),)
    answer = Following("fedcba9876543210:4:2", shown=shown, refused="foreign")
    hub.subscriptions.answered(request, answer, 0.0, 8)
    gap, left, entered, snapshot = hub.sink.take()
    assert isinstance(gap, Gap)
    assert (gap.cause, gap.since_ns, gap.until_ns) == ("connection lost", 5, 8)
    assert [type(event) for event in (left, entered, snapshot)] == [Leave, Enter, Snapshot]
    assert [event.number for event in (gap, left, entered, snapshot)] == [None] * 4
    assert hub.hear(change(3, "111111", 0, epoch=4))[0].number == (4, 3)


def behind(position: tuple[int, int] = (1, 10), journal: str = "") -> Conversation:
    """Return a client that is to begin behind a position, and has asked for it."""
    hub = Conversation()
    hub.subscriptions.relayed.resume_behind(journal, position)
    hub.subscriptions.want(A, hub.sink, "K", 1)
    return hub


@pytest.mark.parametrize(("read_ns", "since_ns"), [(8, 9 * 10**9), (9 * 10**9, 7)])
def test_who_was_late_when_the_way_ended_missed_all_behind_its_last_line(read_ns: int, since_ns: int) -> None:
    hub = Conversation(A)
    hub.begin(("005930",))
    hub.subscriptions.lines([change(11, "000660", 0)], 0.0, read_ns)
    hub.sink.take()
    hub.subscriptions.lost(9 * 10**9, ConnectionLost("it broke off"), "it broke off")
    hub.connect()
    refused = Following(f"{J}:1:500", shown=(Shown("0", (), 1),), refused="pruned")
    hub.subscriptions.answered(hub.ask(), refused, 0.0, 10 * 10**9)
    gap = next(event for event in hub.sink.take() if isinstance(event, Gap))
    assert (gap.since_ns, gap.until_ns) == (since_ns, 10 * 10**9)


def test_who_begins_behind_a_position_begins_with_the_members_there() -> None:
    hub = behind()
    request = hub.ask()
    assert request == Follow(("0",), "1:10", members=True)
    answer = Following(f"{J}:1:10", resumed=True, shown=(Shown("0", ("005930",), 3),))
    hub.subscriptions.answered(request, answer, 0.0, 8)
    assert [event for event in hub.sink.take() if not isinstance(event, State)] == [Snapshot(3, A, ("005930",))]
    assert hub.hear(change(10, "111111", 9)) == []
    assert [event.number for event in hub.hear(change(11, "000660", 10))] == [(1, 11)]
    assert hub.members() == {"005930", "000660"}
    hub.lose()
    hub.connect()
    assert hub.ask() == Follow(("0",), f"{J}:1:11"), "the journal is known by now, and the members are"


def test_what_was_not_known_at_the_position_begins_with_its_own_snapshot() -> None:
    hub = behind()
    hub.subscriptions.answered(hub.ask(), Following(f"{J}:1:10", resumed=True), 0.0, 8)
    gap = Line(Gap(A, 1, 2, "restart", number=(1, 11)), 0)
    shown = Snapshot(2, A, ("005930",), number=(1, 12))
    assert hub.hear(gap, Line(shown, 11)) == [shown]


@pytest.mark.parametrize("shown", [(Shown("0", ("000660",), 1),), ()])
def test_a_beginning_that_is_refused_is_told_before_the_members(shown: tuple[Shown, ...]) -> None:
    hub = behind(journal=J)
    refused = Following(f"{J}:1:500", shown=shown, refused="pruned")
    hub.subscriptions.answered(hub.ask(), refused, 0.0, 8)
    if not shown:
        hub.subscriptions.lines([Line(Snapshot(8, A, ("000660",), number=(1, 501)))], 0.0, 9)
    gap, snapshot = [event for event in hub.sink.take() if not isinstance(event, State)]
    assert gap == Gap(A, 0, 8, "lagged", f"{J}:1:10: pruned")
    assert snapshot == Snapshot(8, A, ("000660",))
    assert gap.number is None


def test_a_condition_that_was_added_above_is_followed_from_where_that_was_told() -> None:
    hub = Conversation()
    hub.subscriptions.want_all(hub.sink, "K", 1)
    hub.begin((), ())
    added = State(7, "condition-added", Condition("2", "눌림목"), number=(1, 11))
    assert hub.hear(Line(added)) == [added]
    assert hub.hear(Line(added)) == []
    assert hub.subscriptions.next_request(0.0, 1) == ListConditions()
    hub.sink.take()
    hub.subscriptions.answered(ListConditions(), ConditionList((A, B, Condition("2", "눌림목"))), 0.0, 1)
    assert hub.sink.take() == [], "it was told with its number"
    request = hub.ask()
    assert request == Follow(("2",), f"{J}:1:11", members=True)
    hub.subscriptions.answered(request, Following(f"{J}:1:11", resumed=True), 0.0, 8)
    assert [event.number for event in hub.hear(Line(Snapshot(8, Condition("2", ""), (), number=(1, 12))))] == [(1, 12)]


@pytest.mark.parametrize("shown", [(Shown("2", ("000660",), 1),), ()])
def test_a_condition_that_was_added_above_begins_with_its_snapshot_wherever_that_is(shown: tuple[Shown, ...]) -> None:
    hub = Conversation()
    hub.subscriptions.want_all(hub.sink, "K", 1)
    hub.begin((), ())
    new = Condition("2", "눌림목")
    hub.hear(Line(State(7, "condition-added", new, number=(1, 11))))
    hub.subscriptions.next_request(0.0, 1)
    hub.subscriptions.answered(ListConditions(), ConditionList((A, B, new)), 0.0, 1)
    hub.sink.take()
    hub.subscriptions.answered(hub.ask(), Following(f"{J}:1:20", shown=shown, refused="pruned"), 0.0, 8)
    if not shown:
        gap, snapshot = Gap(new, 1, 9, "restart", number=(1, 21)), Snapshot(9, new, ("000660",), number=(1, 22))
        hub.subscriptions.lines([Line(gap), Line(snapshot)], 0.0, 9)
    told = [event for event in hub.sink.take() if not isinstance(event, State)]
    assert told == [Snapshot(8 if shown else 9, new, ("000660",))]


def test_who_follows_everything_looks_at_the_list_now_and_then() -> None:
    hub = Conversation()
    hub.subscriptions.want_all(hub.sink, "K", 1)
    hub.begin((), ())
    assert hub.subscriptions.next_request(2.0, 1) == ListConditions(), "as after every round of registrations"
    hub.subscriptions.answered(ListConditions(), LISTED, 0.0, 1)
    assert hub.subscriptions.next_request(599.0, 1) is None
    assert hub.subscriptions.next_request(601.0, 1) == ListConditions()


def test_a_server_that_is_no_hub_any_more_is_not_gone_on_with() -> None:
    hub = Conversation(A)
    hub.begin(("005930",))
    hub.lose()
    hub.subscriptions.on_hub = hub.subscriptions.relayed.connected(None)
    hub.connect()
    assert isinstance(hub.subscriptions.next_request(0.0, 1), Register)
    hub.lose()
    hub.subscriptions.on_hub = hub.subscriptions.relayed.connected(J)
    hub.connect()
    assert hub.ask() == Follow(("0",)), "what was heard meanwhile has no number"


def test_an_end_while_away_tells_the_open_gap() -> None:
    hub = Conversation(A)
    hub.begin(("005930",))
    hub.sink.take()
    hub.lose()
    hub.subscriptions.leave(hub.sink, 9)
    (gap,) = hub.sink.take()
    assert isinstance(gap, Gap)
    assert (gap.open, gap.since_ns, gap.until_ns) == (True, 5, 9)


def test_a_condition_that_joins_later_begins_where_the_hub_is() -> None:
    hub = Conversation(A)
    hub.begin(())
    hub.hear(change(20, "005930", 0))
    hub.subscriptions.want(B, hub.sink, "K", 1)
    request = hub.ask()
    assert request == Follow(("1",))
    hub.subscriptions.answered(request, Following(f"{J}:1:30", shown=(Shown("1", (), 1),)), 0.0, 1)
    assert hub.hear(change(25, "111111", 0, seq="1")) == []
    assert [event.number for event in hub.hear(change(26, "111111", 20), change(31, "222222", 0, seq="1"))] == [
        (1, 26), (1, 31),
    ]  # fmt: skip


def test_one_that_is_left_is_heard_no_more() -> None:
    hub = Conversation(A, B)
    hub.begin((), ())
    other = Sink()
    hub.subscriptions.want(B, other, "K", 1)
    subscription = hub.subscriptions.of(A)
    assert subscription is not None
    hub.subscriptions.let_go(subscription, hub.sink, 1)
    assert hub.subscriptions.next_request(0.0, 1) == Clear("0")
    assert hub.hear(change(11, "005930", 0)) == []


def test_states_of_the_session_above_pass_through() -> None:
    hub = Conversation(A)
    hub.begin(())
    lost = State(7, "reconnecting", number=(1, 11))
    stalled = State(7, "journal-stalled")
    assert hub.hear(Line(lost), Line(stalled), Line(lost)) == [lost, stalled]


@pytest.mark.parametrize("answer", [Refusal("1903", "K"), Refusal("105110", "too often")])
def test_a_refusal_is_told_and_asked_again(answer: Refusal) -> None:
    hub = Conversation(A)
    request = hub.ask()
    hub.subscriptions.answered(request, answer, 0.0, 1)
    (state,) = [event for event in hub.sink.take() if isinstance(event, State)]
    assert state.state == "unanswered"
    hub.subscriptions.answered(ListConditions(), LISTED, 100.0, 1)
    assert hub.subscriptions.next_request(100.0, 1) == request
    hub.subscriptions.timed_out(request, 5.0, 100.0, 1)
    assert hub.subscriptions.next_request(100.1, 1) is None
