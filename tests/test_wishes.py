"""Wishes: whose a push is, and who is told of it."""

from __future__ import annotations

from conversation import PEAK, SURGE, Listener, Talk
from jogeon.events import Anomaly, Enter, Leave
from jogeon.wire.messages import Push, PushRow, PushValues


def row(seq: str, kind: str, code: str) -> PushRow:
    return PushRow(PushValues(seq, code, "I" if kind == "I" else "D", "090000"))


def talk_of_two(*sinks: tuple[Listener, tuple[int, ...]]) -> Talk:
    """Return a conversation in which two conditions are registered; each sink follows some of them."""
    talk = Talk(SURGE, PEAK)
    for sink, places in sinks:
        talk.subscriptions.join(sink)
        for place in places:
            talk.subscriptions.want(talk.listing[place], sink, "K", talk.at_ns)
    talk.registers("0")
    talk.registers("1")
    return talk


def test_a_push_reaches_those_who_follow_its_condition_and_nobody_else() -> None:
    both, second = Listener(), Listener()
    talk = talk_of_two((both, (0, 1)), (second, (1,)))
    both.told(), second.told()
    talk.subscriptions.pushed(Push("REAL", [row("0", "I", "000001"), row("1", "I", "000002")]), talk.at_ns)
    assert [event.code for event in both.told() if isinstance(event, Enter)] == ["000001", "000002"]
    assert [event.code for event in second.told() if isinstance(event, Enter)] == ["000002"]


def test_a_push_of_nobody_is_told_in_its_place() -> None:
    sink = Listener()
    talk = talk_of_two((sink, (0, 1)))
    sink.told()
    rows = [row("0", "I", "000001"), row("9", "I", "000002"), row("0", "D", "000001")]
    talk.subscriptions.pushed(Push("REAL", rows), talk.at_ns)
    assert [type(event) for event in sink.told()] == [Enter, Anomaly, Leave]


def test_a_push_after_the_last_one_left_is_no_event() -> None:
    sink = Listener()
    talk = talk_of_two((sink, (0, 1)))
    assert talk.subscriptions.leave(sink, talk.at_ns) == ["0", "1"]
    sink.told()
    talk.subscriptions.pushed(Push("REAL", [row("0", "I", "000001")]), talk.at_ns)
    assert sink.told() == []
