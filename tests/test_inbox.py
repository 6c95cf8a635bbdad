"""What the reader put and the writer has not taken: in order, within bounds, and told when something was lost."""

import pytest

from jogeon.events import Condition, Enter, Event, Gap, Snapshot, State
from jogeon.journal import inbox as module
from jogeon.journal.fold import Right
from jogeon.journal.inbox import Inbox, Source
from recorded import START_NS

RISE = Condition("4", "급등주")


def source() -> Source:
    return Source(
        lambda condition: Snapshot(START_NS, condition, ("005930",)),
        lambda: {RISE: Right(START_NS, sure=True)},
        lambda _: None,
        lambda: START_NS,
    )


def told(inbox: Inbox) -> list[Event]:
    batch, ask = inbox.take(ending=False)
    assert not ask
    return [] if batch is None else batch.events


def test_what_is_put_is_taken_once_and_in_order() -> None:
    inbox = Inbox(source(), 100)
    events: list[Event] = [State(START_NS, "started"), Enter(START_NS, RISE, "005930")]
    for event in events:
        inbox.put(event)
    inbox.put_block([Snapshot(START_NS, RISE, ())])
    assert len(inbox) == 3
    assert told(inbox) == [*events, Snapshot(START_NS, RISE, ())]
    assert told(inbox) == []


def test_the_bell_is_rung_once_until_the_writer_looks() -> None:
    inbox = Inbox(source(), 100)
    assert not inbox.rung
    inbox.put(State(START_NS, "started"))
    inbox.put(State(START_NS, "connected"))
    assert inbox.rung
    inbox.wait(0)
    assert not inbox.rung


def test_from_a_queue_that_lost_something_nothing_is_taken_before_the_reader_caught_up() -> None:
    inbox = Inbox(source(), 2)
    inbox.put_block([Snapshot(START_NS, RISE, ())])
    told(inbox)
    for n in range(5):
        inbox.put(Enter(START_NS, RISE, f"{n:06d}"))
    assert inbox.take(ending=False) == (None, True)
    assert inbox.take(ending=False) == (None, False)  # it was asked already
    inbox.catch_up()
    assert isinstance(told(inbox)[0], Gap)


def test_frames_beyond_the_bound_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FRAME_BYTES", 3)
    inbox = Inbox(source(), 10)
    for payload in (b"four", b"lost", b"lost"):
        inbox.put_frame(payload, START_NS)
    batch, _ = inbox.take(ending=False)
    assert batch is not None
    assert batch.frames == [(START_NS, b"four")]
    assert (inbox.frames_lost(), inbox.frames_lost()) == (2, 0)


def test_a_cursor_moves_to_where_it_was_put_last() -> None:
    inbox = Inbox(source(), 10)
    inbox.keep_cursor("폰", 3)
    inbox.keep_cursor("폰", 7)
    batch, _ = inbox.take(ending=False)
    assert batch is not None
    assert batch.cursors == [("폰", 7, START_NS)]


def test_up_to_when_the_picture_is_right_is_taken_with_what_comes() -> None:
    inbox = Inbox(source(), 10)
    inbox.beat()
    batch, _ = inbox.take(ending=False)
    assert batch is not None
    assert batch.rights == {RISE: Right(START_NS, sure=True)}
