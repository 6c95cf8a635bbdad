"""What the reader put and the writer has not taken: in order, within bounds, and told when something was lost."""

from typing import NamedTuple

import pytest

from jogeon.events import Condition, Enter, Event, Gap, Snapshot, State
from jogeon.journal import inbox as module
from jogeon.journal.fold import Right
from jogeon.journal.inbox import SECOND_NS, Inbox, Source
from recorded import START_NS

RISE = Condition("4", "급등주")


def source() -> Source:
    return Source(
        lambda condition: Snapshot(START_NS, condition, ("005930",)),
        lambda: {RISE: Right(START_NS, sure=True)},
        lambda _: None,
        lambda: START_NS,
    )


class Price(NamedTuple):
    """A quote, as any room may have it."""

    code: str
    at_ns: int
    price: int | None = 75_000
    change: int | None = -100
    rate: float | None = -0.13
    volume: int | None = 10


def told(inbox: Inbox) -> list[Event]:
    batch, ask = inbox.pop(ending=False)
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


def test_the_writer_is_told_of_a_read_when_all_of_it_was_put() -> None:
    """It would take turns with whoever has more to do with what was read."""
    inbox = Inbox(source(), 100)
    inbox.put_all([Enter(START_NS, RISE, "005930")])
    assert not inbox.rung
    inbox.wake()
    assert inbox.rung
    assert told(inbox) == [Enter(START_NS, RISE, "005930")]


def test_from_a_queue_that_lost_something_nothing_is_taken_before_the_reader_caught_up() -> None:
    inbox = Inbox(source(), 2)
    inbox.put_block([Snapshot(START_NS, RISE, ())])
    told(inbox)
    for n in range(5):
        inbox.put(Enter(START_NS, RISE, f"{n:06d}"))
    assert inbox.pop(ending=False) == (None, True)
    assert inbox.pop(ending=False) == (None, False)  # it was asked already
    inbox.catch_up()
    assert isinstance(told(inbox)[0], Gap)


def test_frames_beyond_the_bound_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FRAME_BYTES", 3)
    inbox = Inbox(source(), 10)
    for payload in (b"four", b"lost", b"lost"):
        inbox.put_frame(payload, START_NS)
    batch, _ = inbox.pop(ending=False)
    assert batch is not None
    assert batch.frames == [(START_NS, b"four")]
    assert (inbox.frames_lost(), inbox.frames_lost()) == (2, 0)


def test_a_cursor_moves_to_where_it_was_put_last() -> None:
    inbox = Inbox(source(), 10)
    inbox.keep_cursor("폰", 3)
    inbox.keep_cursor("폰", 7)
    assert not inbox.rung  # it goes with what is committed next
    batch, _ = inbox.pop(ending=False)
    assert batch is not None
    assert batch.cursors == [("폰", 7, START_NS)]


def test_up_to_when_the_picture_is_right_is_taken_with_what_comes() -> None:
    inbox = Inbox(source(), 10)
    inbox.beat()
    batch, _ = inbox.pop(ending=False)
    assert batch is not None
    assert batch.rights == {RISE: Right(START_NS, sure=True)}


def quoted(inbox: Inbox) -> list[tuple[str, int, str | None]]:
    batch, _ = inbox.pop(ending=False)
    return [] if batch is None else [(row[0], row[1] - START_NS, row[6]) for row in batch.quotes]


def test_of_each_stock_one_quote_a_second_is_kept_and_the_price_of_each_entry() -> None:
    inbox = Inbox(source(), 100)
    for code, at_ns in (("005930", 0), ("005930", 5), ("000660", 7), ("005930", SECOND_NS - 1), ("005930", SECOND_NS)):
        inbox.quote(Price(code, START_NS + at_ns))
    inbox.quote(Price("005930", START_NS + SECOND_NS + 1), "trade")
    inbox.quote(Price("005930", START_NS + SECOND_NS + 2))
    inbox.quote(Price("005930", START_NS - SECOND_NS))  # the clock was set back
    assert quoted(inbox) == [
        ("005930", 0, None),
        ("000660", 7, None),
        ("005930", SECOND_NS, None),
        ("005930", SECOND_NS + 1, "trade"),
        ("005930", -SECOND_NS, None),
    ]
    assert quoted(inbox) == []


def test_quotes_ring_once_a_second_and_for_each_entry() -> None:
    inbox = Inbox(source(), 100)
    for code, at_ns, entry, rings in (
        ("005930", 0, None, True),
        ("000660", 5, None, False),
        ("000660", 6, "quote", True),
        ("035720", 7, None, False),
        ("005930", SECOND_NS, None, True),
    ):
        inbox.quote(Price(code, START_NS + at_ns), entry)  # type: ignore[arg-type]  # words
        assert inbox.rung == rings
        inbox.wait(0)


def test_quotes_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_QUOTES", 2)
    inbox = Inbox(source(), 100)
    for n in range(3):
        inbox.quote(Price(f"{n:06d}", START_NS))
    assert [code for code, _, _ in quoted(inbox)] == ["000000", "000001"]


def test_the_last_name_of_a_stock_is_taken() -> None:
    inbox = Inbox(source(), 100)
    inbox.names({"005930": "삼성전자", "000660": "하이닉스"}, START_NS)
    inbox.names({"000660": "SK하이닉스"}, START_NS + 1)
    batch, _ = inbox.pop(ending=False)
    assert batch is not None
    assert batch.names == [("005930", START_NS, "삼성전자"), ("000660", START_NS + 1, "SK하이닉스")]
