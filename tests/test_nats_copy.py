"""What a reader has of a stream: repeats are dropped, a hole or another journal is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jogeon.errors import PositionError
from jogeon.events import Condition, Enter, Event, Leave, Snapshot
from jogeon.journal.position import Position
from jogeon.nats.address import place_of
from jogeon.nats.copy import Copy
from jogeon.nats.parcels import Parcel, PictureAt, Unpacking, parcel, picture_messages

if TYPE_CHECKING:
    from jogeon.journal.following import Numbered

PLACE = place_of("nats://host/a")
JOURNAL = "9f3c000000000001"
RISING, NEW = Condition("4", "급등주"), Condition("7", "신고가 돌파")
AT = 1_800_000_000_000_000_000


def parcel_of(*events: Event, first: int, epoch: int = 1, journal: str = JOURNAL) -> Parcel:
    batch: list[Numbered] = [(epoch, first + place, event) for place, event in enumerate(events)]
    unpacking = Unpacking()
    parcels = [unpacking.take(each.payload) for each in parcel(PLACE, batch, Position(epoch, first - 1, journal))]
    assert parcels[-1] is not None
    return parcels[-1]


def copy_at(n: int, **members: tuple[str, ...]) -> Copy:
    shown = tuple(Snapshot(AT, RISING, codes) for codes in members.values())
    return Copy(None, PictureAt(Position(1, n, JOURNAL), (RISING, NEW), shown), 10)


def test_it_goes_on_behind_a_picture_and_drops_what_that_shows() -> None:
    copy = copy_at(2, rising=("1", "2"))
    earlier = parcel_of(Enter(AT, RISING, "1"), Enter(AT, RISING, "2"), Leave(AT + 1, RISING, "1"), first=1)
    assert [line.event for line in copy.take(earlier, 11)] == [Leave(AT + 1, RISING, "1")]
    assert copy.take(earlier, 12) == ()
    assert (copy.position, copy.sequence) == (Position(1, 3, JOURNAL), 12)
    shown = copy.shown(RISING, "4")
    assert shown is not None
    assert (shown.codes, shown.right_ns) == (("2",), AT + 1)
    assert (copy.last("급등주"), copy.last("신고가 돌파")) == ((1, 3), (0, 0))


def test_a_condition_that_was_not_shown_is_not_known_before_its_snapshot() -> None:
    copy = copy_at(1)
    assert copy.shown(NEW, "7") is None
    copy.take(parcel_of(Enter(AT, NEW, "1"), first=2), 11)
    assert copy.shown(NEW, "7") is None
    copy.take(parcel_of(Snapshot(AT, NEW, ("1", "2")), first=3), 12)
    shown = copy.shown(NEW, "x")
    assert shown is not None
    assert (shown.seq, shown.codes) == ("x", ("1", "2"))


def test_another_epoch_follows_without_a_hole() -> None:
    copy = copy_at(5)
    batch: list[Numbered] = [(2, 1, Enter(AT, RISING, "1"))]
    (message,) = parcel(PLACE, batch, Position(1, 5, JOURNAL))
    found = Unpacking().take(message.payload)
    assert found is not None
    assert len(copy.take(found, 11)) == 1
    assert copy.position == Position(2, 1, JOURNAL)


def test_a_hole_and_another_journal_are_told_and_change_nothing() -> None:
    copy = copy_at(1, rising=("1",))
    with pytest.raises(PositionError) as told:
        copy.take(parcel_of(Enter(AT, RISING, "2"), first=3), 11)
    assert told.value.reason == "hole"
    with pytest.raises(PositionError) as told:
        copy.take(parcel_of(Enter(AT, RISING, "2"), first=2, journal="another"), 11)
    assert told.value.reason == "foreign"
    shown = copy.shown(RISING, "4")
    assert shown is not None
    assert (shown.codes, copy.sequence) == (("1",), 10)


def test_later_pictures_change_nothing() -> None:
    copy, unpacking = copy_at(1, rising=("1",)), Unpacking()
    picture = PictureAt(Position(1, 9, JOURNAL), (RISING,), (Snapshot(AT, RISING, ()),))
    found = [unpacking.take(each.payload) for each in picture_messages(PLACE, picture, 0)][-1]
    assert found is not None
    assert copy.take(found, 12) == ()
    assert (copy.position.n, copy.sequence) == (1, 12)
