"""Reading a stream from a sequence on, more than is asked for at a time, and its end."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from jogeon.nats.address import place_of
from jogeon.nats.opening import opened
from jogeon.nats.outgoing import Outgoing
from jogeon.nats.parcels import Message
from jogeon.nats.pulling import BATCH, EXPIRES, FORGOTTEN, REST, Pull, sequence_of
from jogeon.nats.streams import stream_of
from natsd import natsd

if TYPE_CHECKING:
    from pathlib import Path

    from nats.aio.client import Client
    from nats.aio.msg import Msg


async def test_all_messages_come_in_order_from_a_sequence_on(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, opened(place := server.place()) as client:
        await stream_of(client, place)
        out = Outgoing(client, 0)
        await out.open()
        came: list[tuple[int, bytes]] = []
        errors: list[Exception] = []
        signs: list[None] = []
        last, over = 3 * BATCH, asyncio.Event()

        def take(sequence: int, payload: bytes) -> None:
            came.append((sequence, payload))
            if sequence == last:
                over.set()

        pull = Pull(client, place, take, lambda: signs.append(None), errors.append)
        for number in range(1, last + 1):
            if number == 21:
                await out.all_in()
                await pull.start(11)
            await out.put(Message(place.subject("급등주"), b"%d" % number))
        async with asyncio.timeout(30):
            await over.wait()
            count = len(signs)
            while len(signs) < count + 2:  # nothing comes any more, but the server lives
                await asyncio.sleep(0.05)
            assert came == [(number, b"%d" % number) for number in range(11, last + 1)]
            await client.jetstream().delete_stream(place.stream)
            while not errors:
                await asyncio.sleep(0.05)


async def test_who_asks_again_late_is_not_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request expires where nothing comes, and a busy machine takes its time over the next one."""
    for name, seconds in (("EXPIRES", EXPIRES), ("FORGOTTEN", FORGOTTEN)):
        monkeypatch.setattr(f"jogeon.nats.pulling.{name}", seconds / 30)
    asked = asyncio.Semaphore(0)

    class Late(Pull):
        async def _ask(self) -> None:
            await asyncio.sleep(1.2)
            await super()._ask()
            asked.release()

    async with natsd(tmp_path) as server, opened(place := server.place()) as client:
        await stream_of(client, place)
        came: asyncio.Queue[bytes] = asyncio.Queue()
        errors: list[Exception] = []
        await Late(client, place, lambda _, payload: came.put_nowait(payload), lambda: None, errors.append).start(1)
        async with asyncio.timeout(30):
            for _ in range(3):
                await asked.acquire()
            await client.publish(place.subject("급등주"), b"late")
            assert await came.get() == b"late"
        assert errors == []


class Asked:
    """In the place of a client of NATS: keeps what is asked for."""

    def __init__(self) -> None:
        self.wanted: list[int] = []

    async def publish(self, subject: str, payload: bytes, reply: str) -> None:
        del subject, reply
        self.wanted.append(json.loads(payload)["batch"])


async def test_what_a_request_that_expired_did_not_bring_is_asked_for_again() -> None:
    """The server says how many messages of it are still due; a sign of life alone is no reason to ask."""
    asked, errors = Asked(), list[Exception]()
    place = place_of("nats://127.0.0.1:4222/desk")
    pull = Pull(cast("Client", asked), place, lambda _n, _p: None, lambda: None, errors.append)
    await pull._ask()
    for headers, batches in (({"Status": "100"}, 1), ({"Status": "408", REST: str(BATCH)}, 2), ({"Status": "404"}, 3)):
        await pull._take(cast("Msg", SimpleNamespace(headers=headers, reply="", data=b"")))
        assert asked.wanted == [BATCH] * batches
    assert errors == []


@pytest.mark.parametrize(
    "reply", ["$JS.ACK.stream.consumer.1.77.5.1795945085574.0", "$JS.ACK.domain.account.stream.consumer.1.77.5.1.0"]
)
def test_the_sequence_stands_in_the_reply(reply: str) -> None:
    assert sequence_of(reply) == 77
