"""What is committed together comes out of the messages of a stream as it went in, whatever else is among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import hypothesis.strategies as st
import pytest

from jogeon.errors import RemoteProtocolError
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.journal.position import Position
from jogeon.nats.address import place_of
from jogeon.nats.parcels import MESSAGE, Message, Parcel, PictureAt, Unpacking, parcel, picture_messages, whole

if TYPE_CHECKING:
    from jogeon.journal.following import Numbered

PLACE = place_of("nats://host/a")
JOURNAL = "9f3c000000000001"
RISING, NEW = Condition("4", "급등주"), Condition("7", "신고가 돌파")
HIGH = Condition("9", "신고가 돌파")
AT = 1_800_000_000_000_000_000


def numbered(*events: Event, epoch: int = 1, first: int = 1) -> list[Numbered]:
    return [(epoch, first + place, event) for place, event in enumerate(events)]


def unpacked(messages: list[Message]) -> list[Parcel]:
    unpacking = Unpacking()
    return [found for each in messages if (found := unpacking.take(each.payload)) is not None]


def test_a_commit_is_one_message_for_each_condition_and_comes_out_in_order() -> None:
    batch = numbered(
        Enter(AT, RISING, "005930", "090001", name="삼성전자"),
        Enter(AT, NEW, "000660", "090001"),
        State(AT, "connected"),
        Leave(AT, RISING, "005930", "090002"),
    )
    messages = parcel(PLACE, batch, Position(0, 0, JOURNAL))
    assert [each.subject for each in messages] == [
        PLACE.subject("급등주"), PLACE.subject("신고가 돌파"), PLACE.subject(None),
    ]  # fmt: skip
    (found,) = unpacked(messages)
    assert [line.event for line in found.lines] == [event for _, _, event in batch]
    assert [line.event.number for line in found.lines] == [(1, 1), (1, 2), (1, 3), (1, 4)]
    assert (found.head.before, found.head.at) == ((0, 0), Position(1, 4, JOURNAL))
    assert found.lines[0].event.fields()["name"] == "삼성전자"


def test_a_large_block_is_put_together_again() -> None:
    codes = tuple(f"{place:06d}" for place in range(20_000))
    block: list[Event] = [Gap(RISING, AT, AT + 1, "connection lost"), Snapshot(AT + 1, RISING, codes)]
    messages = parcel(PLACE, numbered(*block), Position(0, 0, JOURNAL))
    assert len(messages) > 1
    assert max(len(each.payload) for each in messages) <= MESSAGE
    assert {each.subject for each in messages} == {PLACE.subject("급등주")}
    (found,) = unpacked(messages)
    assert [line.event for line in found.lines] == block


def test_a_block_waits_for_its_snapshot() -> None:
    gap, recovered = Gap(RISING, AT, AT, "drift"), Enter(AT, RISING, "1", origin="recovered", until_ns=AT, since_ns=AT)
    other, shown = Enter(AT, NEW, "2"), Snapshot(AT, RISING, ("1",))
    assert whole(numbered(other, gap, recovered)) == 1
    assert whole(numbered(other, gap, recovered, shown)) == 4
    assert whole(numbered(Gap(RISING, AT, AT, "restart", open=True), other)) == 2
    assert whole(numbered(gap, *[other] * 20_000)) == 20_001  # it will not come any more


def test_a_parcel_that_broke_off_is_forgotten() -> None:
    batch = numbered(Enter(AT, RISING, "1"), Enter(AT, NEW, "2"))
    messages = parcel(PLACE, batch, Position(0, 0, JOURNAL))
    (found,) = unpacked([messages[0], *messages])
    assert len(found.lines) == 2
    assert unpacked(messages[1:]) == []
    later = parcel(PLACE, numbered(Enter(AT, RISING, "3"), Enter(AT, NEW, "4"), first=3), Position(1, 2, JOURNAL))
    assert unpacked([messages[0], later[1]]) == []


def test_a_picture_shows_who_is_in_where() -> None:
    shown = (Snapshot(AT, RISING, ("005930",), {"005930": "삼성전자"}), Snapshot(AT, HIGH, ()))
    picture = PictureAt(Position(3, 7, JOURNAL), (RISING, NEW, HIGH), shown)
    messages = picture_messages(PLACE, picture, 12)
    assert {each.subject.rpartition(".")[2] for each in messages} == {"snap"}
    (found,) = unpacked(messages)
    assert found.picture == picture
    assert found.picture.shown[0].names == {"005930": "삼성전자"}
    assert found.head.earlier == 12


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"\n", b"{}", b"[]\n", b"hello\nworld", b"\xff\xfe\n", b"[" * 100_000,
        b'{"journal":"x","to":[1,1]}\n', b'{"journal":"x","to":[1,1]}\n{"trnm":"LINES","lines":[{"event":"enter"}]}',
        b'{"journal":"x","to":[1,1],"part":2,"parts":1}\n', b'{"journal":"x","to":[1,-1]}\n',
        b'{"journal":"x","to":[1,1],"picture":true}\n{}', b'{"journal":"x","to":[1,1],"picture":true}\n[["4"]]',
        b'{"journal":"x","to":[1,1],"parts":1000000000}\n',
    ],
)  # fmt: skip
def test_what_others_write_is_refused(payload: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        Unpacking().take(payload)


@hypothesis.given(st.lists(st.binary(max_size=60)), st.integers(0, 20))
def test_whatever_is_among_the_messages_only_whole_parcels_come_out(garbage: list[bytes], where: int) -> None:
    batch = numbered(*[Enter(AT, each, f"{place}") for place in range(5) for each in (RISING, NEW, HIGH)])
    messages = [each.payload for each in parcel(PLACE, batch, Position(0, 0, JOURNAL))]
    mixed = [*messages[:where], *garbage, *messages[where:], *messages]
    unpacking, found = Unpacking(), []
    for payload in mixed:
        try:
            found.append(unpacking.take(payload))
        except RemoteProtocolError:
            continue
    came = [each for each in found if each is not None]
    assert came
    assert all([line.event for line in each.lines] == [event for _, _, event in batch] for each in came)
