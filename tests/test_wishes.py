"""Wishes: what is read together reaches each sink in order, and a sink that loses some of it knows what it had."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from conversation import ONE, PEAK, SURGE, ZERO, Listener, Talk, moment
from jogeon.events import Anomaly, Enter, Gap, Leave, Snapshot
from jogeon.live.queue import Queue
from jogeon.wire.messages import PushRow, PushValues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.events import Event


class Batches(Listener):
    """A sink that notes what it gets at once, and when it is woken."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[str] | str] = []

    def put_all(self, events: Sequence[Event]) -> None:
        super().put_all(events)
        self.batches.append([getattr(event, "code", None) or "?" for event in events])

    def wake(self) -> None:
        self.batches.append("woken")


def row(seq: str, kind: str, code: str) -> PushRow:
    return PushRow(PushValues(seq, code, "I" if kind == "I" else "D", "090000"))


def talk_of_two(*sinks: tuple[Batches, tuple[int, ...]]) -> Talk:
    """Return a conversation in which two conditions are registered; each sink follows some of them."""
    talk = Talk(SURGE, PEAK)
    for sink, places in sinks:
        talk.subscriptions.join(sink)
        for place in places:
            talk.subscriptions.want(talk.listing[place], sink, "K", talk.at_ns)
    talk.registers("0")
    talk.registers("1")
    return talk


def test_what_is_read_together_comes_at_once_and_then_the_reader_goes_on() -> None:
    one, other = Batches(), Batches()
    talk = talk_of_two((one, (0, 1)), (other, (0, 1)))
    rows = [row("0", "I", "000001"), row("1", "I", "000002"), row("0", "D", "000001")]
    talk.subscriptions.pushed(rows, talk.at_ns)
    assert one.batches == other.batches == [["000001", "000002", "000001"], "woken"]


def test_sinks_that_follow_different_conditions_get_theirs_in_order() -> None:
    both, second = Batches(), Batches()
    talk = talk_of_two((both, (0, 1)), (second, (1,)))
    rows = [row("0", "I", "000001"), row("1", "I", "000002"), row("1", "I", "000003"), row("0", "I", "000004")]
    talk.subscriptions.pushed(rows, talk.at_ns)
    assert both.batches == [["000001"], ["000002", "000003"], ["000004"], "woken"]
    assert second.batches == [["000002", "000003"], "woken"]


def test_whoever_reads_goes_on_only_when_the_read_is_over() -> None:
    sink = Batches()
    talk = talk_of_two((sink, (0, 1)))
    talk.subscriptions.pushed([row("0", "I", "000001")], talk.at_ns, over=False)
    assert sink.batches == [["000001"]]
    talk.subscriptions.pushed([], talk.at_ns, over=True)
    assert sink.batches == [["000001"], "woken"]
    talk.subscriptions.pushed([], talk.at_ns, over=True)
    assert sink.batches == [["000001"], "woken"], "nothing came"


def test_one_reader_that_ends_the_program_leaves_the_others_to_the_next_read() -> None:
    class Leaving(Batches):
        def wake(self) -> None:
            raise SystemExit

    leaving, other = Leaving(), Batches()
    talk = talk_of_two((leaving, (0, 1)), (other, (0, 1)))
    with pytest.raises(SystemExit):
        talk.subscriptions.pushed([row("0", "I", "000001")], talk.at_ns)
    talk.subscriptions.pushed([], talk.at_ns)
    assert other.batches == [["000001"], "woken"]


def test_a_push_after_the_last_one_left_is_no_event() -> None:
    sink = Batches()
    talk = talk_of_two((sink, (0, 1)))
    assert talk.subscriptions.leave(sink, talk.at_ns) == ["0", "1"]
    sink.told()
    talk.subscriptions.pushed([row("0", "I", "000001")], talk.at_ns)
    assert sink.told() == []


def test_a_push_of_what_one_has_left_is_nothing_unknown_to_another() -> None:
    leaving, other = Batches(), Batches()
    talk = talk_of_two((leaving, (0,)), (other, (1,)))
    talk.subscriptions.leave(leaving, talk.at_ns)
    other.told()
    talk.subscriptions.pushed([row("0", "I", "000001")], talk.at_ns)
    assert other.told() == []


def test_a_push_of_nobody_is_told_in_its_place() -> None:
    sink = Batches()
    talk = talk_of_two((sink, (0, 1)))
    sink.told()
    rows = [row("0", "I", "000001"), row("9", "I", "000002"), row("0", "I", "000003")]
    talk.subscriptions.pushed(rows, talk.at_ns)
    assert [type(event) for event in sink.told()] == [Enter, Anomaly, Enter]


def test_a_queue_that_a_read_overflows_knows_what_was_handed_over() -> None:
    """It is told the difference between that and what is true, whichever of the lost changes came in one read."""
    talk = Talk(SURGE, PEAK)
    queue = Queue(lambda condition: _now(talk, condition), time.time_ns, max_events=4)
    talk.subscriptions.join(queue)
    for condition in talk.listing:
        talk.subscriptions.want(condition, queue, "K", talk.at_ns)
    talk.registers("0", "000009")
    talk.registers("1")
    handed = []
    while (event := queue.pop()) is not None:
        handed.append(event)
    assert sum(isinstance(event, Snapshot) for event in handed) == 2
    rows = [row("0", "I", f"{number:06d}") for number in range(1, 5)]
    rows += [row("1", "I", "000007"), row("0", "D", "000001"), row("0", "D", "000009")]
    talk.subscriptions.pushed(rows, moment(1))
    assert queue.lagging
    talk.subscriptions.pushed([row("0", "D", "000002"), row("1", "I", "000008")], moment(2))
    folds = {ZERO: {"000009"}, ONE: set[str]()}
    seen = set()
    while (event := queue.pop()) is not None:
        match event:
            case Enter(condition=condition, code=code):
                folds[condition].add(code)
            case Leave(condition=condition, code=code):
                folds[condition].remove(code)
            case Snapshot(condition=condition, codes=codes):
                assert folds[condition] == set(codes)
            case Gap(condition=condition, cause=cause):
                seen.add((condition, cause))
    assert folds == {ZERO: {"000003", "000004"}, ONE: {"000007", "000008"}}
    assert seen == {(ZERO, "lagged"), (ONE, "lagged")}


def _now(talk: Talk, condition: object) -> Snapshot:
    followed = next(each for each in talk.subscriptions.wanted if each.condition == condition)
    return followed.membership.now(talk.at_ns)
