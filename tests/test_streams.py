"""The stream of a hub on a real server: made on first use, and the last whole picture in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.events import Condition, Snapshot
from jogeon.journal.position import Position
from jogeon.nats.opening import opened
from jogeon.nats.outgoing import Outgoing
from jogeon.nats.parcels import Message, PictureAt, picture_messages
from jogeon.nats.streams import MAX_AGE, MAX_BYTES, stream_of, stream_read
from natsd import natsd

if TYPE_CHECKING:
    from pathlib import Path

RISING = Condition("4", "급등주")
SHOWN = PictureAt(Position(1, 1, "9f3c000000000001"), (RISING,), (Snapshot(1, RISING, ("005930",)),))


async def test_a_picture_that_broke_off_is_passed_over(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, opened(place := server.place()) as client:
        stream = await stream_of(client, place)
        config = (await client.jetstream().stream_info(place.stream)).config
        assert (config.max_age, config.max_bytes) == (MAX_AGE, MAX_BYTES)
        assert await stream.picture() is None
        out = Outgoing(client, 0)
        await out.open()
        head, *rest = picture_messages(place, SHOWN, 0)
        await out.put(head)
        await out.all_in()
        assert await stream.picture() is None
        for message in (head, *rest, picture_messages(place, SHOWN, 2)[0]):
            await out.put(message)
        await out.put(Message(place.subject("급등주", shown=True), b"garbage"))
        await out.all_in()
        assert await stream.picture() == 2
        again = await stream_read(client, place)
        assert again is not None
        assert again.created == stream.created
        assert not await stream.is_empty(2)
        await client.jetstream().purge_stream(place.stream)
        assert await stream.is_empty(2)


async def test_a_picture_is_there_until_its_first_message_is_gone(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, opened(place := server.place()) as client:
        stream, js = await stream_of(client, place), client.jetstream()
        out = Outgoing(client, 0)
        await out.open()
        await out.put(Message(place.subject("급등주"), b"before"))
        for message in picture_messages(place, SHOWN, 0):
            await out.put(message)
        await out.all_in()
        await js.purge_stream(place.stream, seq=2)  # what stands before the picture
        assert not await stream.is_empty(2)
        await js.purge_stream(place.stream, seq=3)
        assert await stream.is_empty(2)
