"""What one peer may do to a server: flood it, send too much, say nothing, come in crowds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
import websockets

from byhand import masked
from jogeon.server.door import WAITING
from jogeon.server.frames import text_frame
from jogeon.server.receive_queue import SHARE
from jogeon.server.send_queue import EARLY_BOUND
from jogeon.server.server import READ_LIMIT
from jogeon.server.settings import ServerSettings
from jogeon.wire.messages import ConditionList, ListConditions, Request
from naive_client import NaiveClient
from test_server import LISTED, Clerk, port_of, raw, serving, works
from texts import list_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from jogeon.server.peer import Peer
    from jogeon.server.server import Server

LOGIN = masked(0x81, b'{"trnm":"LOGIN","token":"flood"}')
LIST = masked(0x81, b'{"trnm":"CNSRLST"}')


@contextlib.asynccontextmanager
async def flooding(server: Server, frame: bytes, *, login: bool = True) -> AsyncIterator[None]:
    """Send one frame over and over while the block runs, as fast as they are taken, and read what comes back."""
    reader, writer = await raw(server)
    if login:
        writer.write(LOGIN)

    async def send() -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(frame * 5_000)
                await writer.drain()

    async def read() -> None:
        with contextlib.suppress(ConnectionError):
            while await reader.read(2**16):
                pass

    tasks = [asyncio.create_task(send()), asyncio.create_task(read())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        writer.transport.abort()


async def round_trips(client: NaiveClient, number: int) -> list[float]:
    """Return how much work of this process lies before the answer to a list, in seconds, sorted."""
    taken = []
    for _ in range(number):
        began = time.process_time()
        await client.caught_up()
        taken.append(time.process_time() - began)
    return sorted(taken)


# ---------------------------------------------------------------- floods


async def test_a_burst_is_heard_in_order_and_to_its_end() -> None:
    async with serving() as server:
        reader, writer = await raw(server)
        many = 5 * SHARE
        names = [f"X{number}" for number in range(many)]
        texts = [json.dumps({"trnm": name}).encode() for name in names]
        writer.write(LOGIN + b"".join(masked(0x81, text) for text in texts) + LIST)
        clerk = server.backend
        assert isinstance(clerk, Clerk)
        assert await reader.readuntil(b'"CNSRLST"')
        assert [message.trnm for message in clerk.odd] == names
        writer.close()


async def test_floods_are_heard_a_share_at_a_turn() -> None:
    """Between two shares everybody else has had a turn, however many peers flood."""
    heard: list[int] = []

    class Counting(Clerk):
        def requested(self, peer: Peer, request: Request) -> None:
            heard[-1] += 1
            super().requested(peer, request)

    async def turns() -> None:
        while True:
            heard.append(0)
            await asyncio.sleep(0)

    async with serving(Counting(), exclusive=False) as server:
        flooding = [await raw(server) for _ in range(4)]
        counting = asyncio.create_task(turns())
        await asyncio.sleep(0)
        for _, writer in flooding:
            writer.write(LOGIN + LIST * 250 + masked(0x81, b'{"trnm":"END"}'))
        for reader, writer in flooding:
            await reader.readuntil(b"parameter=trnm")
            writer.close()
        counting.cancel()
    assert sum(heard) == 1_000
    assert max(heard) <= (len(flooding) + 1) * SHARE <= 50


@pytest.mark.parametrize("frame", [masked(0x8A, b""), LIST, masked(0x81, b"{")], ids=["pongs", "lists", "no JSON"])
async def test_a_witness_is_answered_soon_under_a_flood(frame: bytes) -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(exclusive=False))
        witness = await stack.enter_async_context(NaiveClient(server.address))
        await witness.login()
        for _ in range(5):
            await stack.enter_async_context(flooding(server, frame))
        taken = await round_trips(witness, 30)
    assert taken[len(taken) // 2] < 0.5  # seconds without the shares; the flood itself runs in this loop, too


async def test_who_asks_one_thing_after_the_other_never_waits_for_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[Peer] = []
    monkeypatch.setattr("jogeon.server.server.Server.read_later", lambda _, peer: waited.append(peer))
    async with serving() as server, NaiveClient(server.address) as client:
        await client.login()
        for _ in range(3 * SHARE):
            await client.caught_up()
    assert waited == []


async def test_a_sign_of_life_before_the_login_does_not_stand_for_it() -> None:
    async with serving(login_deadline=0.3) as server:
        reader, writer = await raw(server)
        said = b""
        async with asyncio.timeout(20):
            while b"R10004" not in said:
                writer.write(masked(0x81, b'{"trnm":"PING"}'))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.05):
                        said += await reader.read(2**16)
        writer.transport.abort()


async def test_signs_of_life_that_nobody_asked_for_are_no_answers_to_later_heartbeats() -> None:
    clerk = Clerk()
    async with serving(clerk) as server, NaiveClient(server.address) as client:
        await client.login()
        for _ in range(3):
            await client.send({"trnm": "PING"})
        await client.caught_up()
        assert [peer.unechoed for peer in clerk.peers] == [0]


async def test_what_a_peer_sends_that_is_unreadable_is_logged_loudly_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with serving() as server, NaiveClient(server.address) as client:
        await client.login()
        for _ in range(5):
            await client.send("{")
        await client.caught_up()
    odd = [each.levelname for each in caplog.records if each.name == "jogeon.server" and "frame" in each.getMessage()]
    assert odd == ["WARNING", "DEBUG", "DEBUG", "DEBUG", "DEBUG"]


async def test_a_peer_that_floods_and_does_not_read_is_read_no_further() -> None:
    clerk = Clerk()
    async with serving(clerk, send_queue=2**24) as server, NaiveClient(server.address, token="witness") as witness:
        await witness.login()
        _, writer = await raw(server)
        writer.write(LOGIN + LIST * 60_000)
        async with asyncio.timeout(100):
            while not any(peer.key == "flood" and peer.send_queue.unsent > EARLY_BOUND for peer in clerk.peers):
                await witness.caught_up()
        for _ in range(50):
            await witness.caught_up()
        [peer] = [peer for peer in clerk.peers if peer.key == "flood"]
        assert not peer.ended
        assert EARLY_BOUND < peer.send_queue.unsent < 2 * EARLY_BOUND
        writer.transport.abort()


async def test_a_flood_while_the_server_is_frozen_waits() -> None:
    async with serving() as server, NaiveClient(server.address) as client:
        await client.login()
        server.freeze()
        await client.send({"trnm": "CNSRLST"})
        server.thaw()
        assert await client.hear("CNSRLST")
        _, writer = await raw(server)
        writer.write(LOGIN + LIST * 1_000)
        await client.caught_up()
        server.freeze()
        await asyncio.sleep(0.05)
        server.thaw()
        assert await works(server)
        await client.caught_up()
        writer.close()


# ---------------------------------------------------------------- before the login


async def test_of_many_without_a_login_the_oldest_goes() -> None:
    clerk = Clerk()
    async with serving(clerk, most_early=3) as server, NaiveClient(server.address) as inside:
        await inside.login()
        streams = [await raw(server) for _ in range(5)]
        assert [await streams[number][0].read() for number in (0, 1)] == [b"", b""]
        streams[2][1].write(LIST)
        assert b"100013" in await streams[2][0].readuntil(b"}")
        assert len(server.peers) == 4
        assert await inside.conditions()
        for _, writer in streams:
            writer.close()


def test_few_may_be_there_without_a_login() -> None:
    assert (ServerSettings().most_early, ServerSettings().most, READ_LIMIT, WAITING) == (64, 1_000, 2**18, 64)


async def test_when_all_are_in_a_newer_one_is_turned_away() -> None:
    async with serving(most=2, exclusive=False) as server, NaiveClient(server.address) as one:
        await one.login()
        async with NaiveClient(server.address) as two:
            await two.login()
            with pytest.raises(websockets.InvalidStatus, match="503"):
                await websockets.connect(server.address)
            await two.conditions()
        assert await works(server)


async def test_what_is_answered_before_the_login_is_little(caplog: pytest.LogCaptureFixture) -> None:
    async with serving() as server:
        _, writer = await raw(server)
        await asyncio.sleep(0.01)
        [peer] = server.peers
        peer.send(text_frame(b"x" * (EARLY_BOUND + 1)))
        assert server.peers == ()
        assert "does not read" in caplog.text
        writer.transport.abort()


async def test_a_request_before_the_login_may_be_passed_over_in_silence() -> None:
    async with serving(refuse_early=False) as server, NaiveClient(server.address, token=None) as client:
        await client.send({"trnm": "CNSRLST"})
        assert (await client.ask(trnm="LOGIN", token="x"))["return_code"] == 0
        assert [frame["trnm"] for frame in client.frames] == ["LOGIN"]
        assert (await client.ask(trnm="LOGIN", token="x"))["return_code"] == 100013


@pytest.mark.parametrize("sent", [b"", b"GET /api"])
async def test_an_upgrade_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr("jogeon.server.server.HANDSHAKE", 0.1)
    async with serving() as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        writer.write(sent)
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 4) == b""
        writer.close()
        assert await works(server)


async def test_a_crowd_that_never_upgrades_leaves_room() -> None:
    async with serving() as server, NaiveClient(server.address) as inside:
        await inside.login()
        crowd = [await asyncio.open_connection("127.0.0.1", port_of(server)) for _ in range(2 * WAITING)]
        assert await works(server)
        assert await inside.conditions()
        for reader, _ in crowd[:WAITING]:
            with contextlib.suppress(ConnectionResetError):
                assert await asyncio.wait_for(reader.read(), 4) == b""
        for _, writer in crowd:
            writer.close()


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize("size", [1_001, READ_LIMIT, READ_LIMIT + 1, 2**24])
async def test_a_frame_above_the_limit_ends_the_connection_in_the_brokers_words(size: int) -> None:
    async with serving(frame_limit=1_000) as server, NaiveClient(server.address) as client:
        await client.login()
        with contextlib.suppress(websockets.ConnectionClosed):
            await client.send(" " * size)
        assert await client.closed() == (1009, "Max frame length of 1000 has been exceeded.")
        assert await works(server)


async def test_what_follows_a_frame_that_is_too_large_is_not_kept() -> None:
    async with serving() as server:
        reader, writer = await raw(server)
        writer.write(masked(0x81, b"x" * (READ_LIMIT + 1))[:20])
        assert await reader.readuntil(b"exceeded.")
        [peer] = server._sockets
        assert not peer._below.is_reading()
        writer.transport.abort()


async def test_rfc_pings_are_answered_by_switch() -> None:
    async with serving(rfc_pong=True) as server, websockets.connect(server.address, ping_interval=None) as client:
        await asyncio.wait_for(await client.ping("here"), 5)


# ---------------------------------------------------------------- answers


@pytest.mark.parametrize(("how", "lists"), [({"times": 2}, 2), ({"after": 0.05}, 1), ({"after": 0.01, "times": 3}, 3)])
async def test_an_answer_may_come_late_and_more_than_once(how: dict[str, Any], lists: int) -> None:
    class Odd(Clerk):
        def requested(self, peer: Peer, request: Request) -> None:
            assert isinstance(request, ListConditions)
            peer.answer(request, ConditionList(LISTED), list_text(LISTED), **how)

    async with serving(Odd()) as server, NaiveClient(server.address) as client:
        await client.login()
        await client.conditions()
        await client.ask(trnm="")
        assert sum(frame["trnm"] == "CNSRLST" for frame in client.frames) == lists


async def test_a_late_answer_to_a_peer_that_went_is_nobodys() -> None:
    class Late(Clerk):
        def requested(self, peer: Peer, request: Request) -> None:
            peer.answer(request, ConditionList(LISTED), list_text(LISTED), after=0.03)

    async with serving(Late()) as server:
        async with NaiveClient(server.address) as client:
            await client.login()
            await client.send({"trnm": "CNSRLST"})
        await asyncio.sleep(0.05)
        assert server.peers == ()


TOO_MUCH = 50 * text_frame(b"x" * 60_000)
"""More than the kernels take."""


@contextlib.asynccontextmanager
async def slow_reader(seconds: float) -> AsyncIterator[tuple[Peer, asyncio.StreamReader]]:
    """Give a peer that logged in and may lag for so long, and what it would read."""
    clerk = Clerk()
    async with serving(clerk, lag=(2**16, seconds)) as server:
        reader, writer = await raw(server)
        writer.write(LOGIN)
        while not clerk.peers or not clerk.peers[0].key:
            await asyncio.sleep(0.01)
        try:
            yield clerk.peers[0], reader
        finally:
            writer.transport.abort()


async def take_all(reader: asyncio.StreamReader) -> None:
    taken = 0
    while taken < 3_000_000:
        taken += len(await reader.read(2**16))


async def test_who_keeps_too_much_waiting_for_too_long_is_cut() -> None:
    async with slow_reader(0.1) as (peer, _):
        peer.send(TOO_MUCH)
        while not peer.ended:
            await asyncio.sleep(0.01)
        assert peer.cut_for == "too slow"


async def test_who_takes_what_waits_in_time_is_not() -> None:
    async with slow_reader(0.5) as (peer, reader):
        peer.send(TOO_MUCH)
        await take_all(reader)
        await asyncio.sleep(0.6)
        assert not peer.ended


async def test_who_is_late_again_has_the_whole_time_again() -> None:
    async with slow_reader(2.0) as (peer, reader):
        peer.send(TOO_MUCH)
        await asyncio.sleep(1.4)
        await take_all(reader)
        peer.send(TOO_MUCH)
        again = time.monotonic()
        while not peer.ended:
            await asyncio.sleep(0.01)
        assert time.monotonic() - again > 1.9


async def test_after_the_login_as_much_may_wait_as_the_settings_say() -> None:
    async with serving(send_queue=4 * EARLY_BOUND) as server, NaiveClient(server.address) as client:
        await client.login()
        [peer] = server.peers
        peer.send(text_frame(b"x" * (3 * EARLY_BOUND)))
        assert server.peers == (peer,)
        await client.caught_up()
