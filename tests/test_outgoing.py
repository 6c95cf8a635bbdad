"""Publishing behind a fence, on a real server: in order, and nobody else gets between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jogeon.errors import ConnectionLost
from jogeon.events import Condition, Snapshot
from jogeon.journal.position import Position
from jogeon.nats.opening import opened
from jogeon.nats.outgoing import Fenced, Outgoing
from jogeon.nats.parcels import MESSAGE, Message, PictureAt, picture_messages
from jogeon.nats.streams import stream_of, stream_read
from natsd import natsd

if TYPE_CHECKING:
    from pathlib import Path


async def test_many_go_out_in_order_and_a_second_writer_is_refused(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, opened(place := server.place()) as client:
        assert await stream_read(client, place) is None
        stream = await stream_of(client, place)
        out, other = Outgoing(client, 0), Outgoing(client, 0)
        done: list[int] = []
        for each in (out, other):
            await each.open()
        for number in range(1_000):
            await out.put(Message(place.subject("급등주"), b"%d" % number))
        out.then(lambda: done.append(out.acknowledged))
        await out.all_in()
        assert (done, await stream.last()) == ([1_000], 1_000)
        assert [payload async for payload in stream.backwards()] == [b"%d" % number for number in range(999, -1, -1)]
        await other.put(Message(place.subject("급등주"), b"between"))
        with pytest.raises(Fenced):
            await other.watch()
        with pytest.raises(Fenced):
            await other.put(Message(place.subject("급등주"), b"again"))
        assert await stream.last() == 1_000


async def test_where_somebody_wrote_between_none_of_what_is_under_way_comes_in(tmp_path: Path) -> None:
    """The first is refused, and the foreign message has just the sequence that the second waits for."""
    async with natsd(tmp_path) as server, opened(place := server.place()) as client:
        stream = await stream_of(client, place)
        out = Outgoing(client, 0)
        await out.open()
        await client.publish(place.subject("급등주"), b"between")
        for payload in (b"1", b"2", b"3"):
            await out.put(Message(place.subject("급등주"), payload))
        with pytest.raises(Fenced):
            await out.all_in()
        await client.flush()
        assert [payload async for payload in stream.backwards()] == [b"between"]


async def test_the_largest_messages_fit_into_a_server_that_takes_64_kib(tmp_path: Path) -> None:
    settings = tmp_path / "nats.conf"
    settings.write_text("max_payload: 65536\n", encoding="utf-8")
    codes = tuple(f"{place:06d}" for place in range(20_000))
    picture = PictureAt(Position(10**6, 10**12, "f" * 64), (), (Snapshot(1, Condition("4", "급등주"), codes),))
    async with natsd(tmp_path, "-c", str(settings)) as server, opened(place := server.place()) as client:
        assert client.max_payload == MESSAGE
        stream = await stream_of(client, place)
        out = Outgoing(client, 0)
        await out.open()
        messages = picture_messages(place, picture, 10**12)
        for message in messages:
            await out.put(message)
        await out.all_in()
        assert await stream.last() == len(messages) > 3


async def test_a_server_without_a_stream_is_told(tmp_path: Path) -> None:
    async with natsd(tmp_path, jetstream=False) as server, opened(place := server.place()) as client:
        out = Outgoing(client, 0)
        await out.open()
        await out.put(Message(place.subject("급등주"), b""))
        with pytest.raises(ConnectionLost):
            await out.watch()
