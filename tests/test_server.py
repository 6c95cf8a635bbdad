"""The server against programs that behave, programs that do not, and an answering clerk in place of a role."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import logging
import operator
import os
import socket
import weakref
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
import websockets
from hypothesis import given
from hypothesis import strategies as st

from byhand import UPGRADE, masked
from jogeon.errors import CannotServe, InvalidAddress
from jogeon.events import Condition
from jogeon.server.frames import text_frame
from jogeon.server.peer import LoginVerdict, Peer
from jogeon.server.server import PATH, Server, open_door, serve
from jogeon.server.settings import FRAME_LIMIT, ServerSettings
from jogeon.wire import writers
from jogeon.wire.messages import ConditionList, ListConditions, LoginAccepted, Refusal
from naive_client import NaiveClient
from texts import list_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from jogeon.wire.messages import Login, Request, Unknown

SECRET = "a-token-that-must-not-be-told"
TOO_LONG = "Max frame length of 65536 has been exceeded."
LISTED = (Condition("0", "급등주"),)


class Clerk:
    """A Backend that knows one condition, and takes every token but "bad" as its own key."""

    def __init__(self) -> None:
        self.connections = 0
        self.peers: list[Peer] = []
        self.left: list[Peer] = []
        self.odd: list[Unknown] = []

    def connected(self, peer: Peer) -> None:
        self.connections += 1
        self.peers.append(peer)

    def login(self, peer: Peer, request: Login) -> LoginVerdict:
        del peer
        if request.token == "bad":
            return LoginVerdict(Refusal("8005", "no"), writers.encode_refusal("LOGIN", 8005, "no [CODE=8005]"))
        return LoginVerdict(LoginAccepted(), writers.encode_login_accepted(), request.token)

    def requested(self, peer: Peer, request: Request) -> None:
        assert isinstance(request, ListConditions)
        peer.answer(request, ConditionList(LISTED), list_text(LISTED))

    def unknown(self, peer: Peer, message: Unknown) -> None:
        self.odd.append(message)
        peer.say(writers.encode_missing("", "trnm"))

    def gone(self, peer: Peer) -> None:
        self.left.append(peer)


@contextlib.asynccontextmanager
async def serving(clerk: Clerk | None = None, **settings: Any) -> AsyncIterator[Server]:
    server = await serve(clerk or Clerk(), settings=ServerSettings(**settings))
    try:
        yield server
    finally:
        await server.stop()


async def raw(server: Server) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return the two ends of a connection that has been upgraded by hand."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
    writer.write(UPGRADE)
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


def port_of(server: Server) -> int:
    return int(server.address.removeprefix("ws://127.0.0.1:").removesuffix(PATH))


async def works(server: Server) -> bool:
    """Tell whether a program that behaves gets its list."""
    async with NaiveClient(server.address, token="somebody else") as client:
        await client.login()
        return await client.conditions() == {"0": "급등주"}


# ---------------------------------------------------------------- the address


async def test_only_one_path_is_served() -> None:
    async with serving() as server:
        for path in ("/", "/api/us/websocket", PATH + "/x"):
            with pytest.raises(websockets.InvalidStatus, match="404"):
                await websockets.connect(server.address.replace(PATH, path))
        async with NaiveClient(server.address + "?x=1") as client:
            assert (await client.login())["return_code"] == 0


async def test_a_page_in_a_browser_is_refused() -> None:
    async with serving() as server:
        for origin in ("https://example.com", "null", "http://127.0.0.1", "http://localhost:8888", ""):
            with pytest.raises(websockets.InvalidStatus, match="403"):
                await websockets.connect(server.address, additional_headers={"Origin": origin})


async def test_programs_that_call_the_server_their_origin_are_welcome() -> None:
    async with serving() as server:
        for host in ("127.0.0.1", "localhost"):
            origin = websockets.Origin(f"http://{host}:{port_of(server)}")
            await (await websockets.connect(server.address, origin=origin)).close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", ""])  # noqa: S104  # it is refused
def test_it_binds_to_loopback_only(host: str) -> None:
    with pytest.raises(InvalidAddress) as refused:
        open_door(host, 0)
    assert refused.value.value == host


def test_elsewhere_if_told_to() -> None:
    open_door("0.0.0.0", 0, anywhere=True).close()  # noqa: S104  # told to


async def test_a_port_that_is_taken_is_told() -> None:
    async with serving() as server:
        with pytest.raises(CannotServe) as taken:
            await serve(Clerk(), port=port_of(server))
        assert taken.value.address == f"127.0.0.1:{port_of(server)}"
    for port in (-1, 65_536):
        with pytest.raises(InvalidAddress):
            open_door("127.0.0.1", port)


async def test_ipv6_has_brackets() -> None:
    server = await serve(Clerk(), host="::1")
    assert server.address.startswith("ws://[::1]:")
    assert await works(server)
    await server.stop()


# ---------------------------------------------------------------- the session


async def test_login_then_list() -> None:
    async with serving() as server, NaiveClient(server.address) as client:
        assert await client.login() == {"trnm": "LOGIN", "return_code": 0, "return_msg": "", "sor_yn": "Y"}
        assert await client.ask(trnm="CNSRLST") == {
            "trnm": "CNSRLST", "return_code": 0, "return_msg": "", "data": [["0", "급등주"]],
        }  # fmt: skip


async def test_a_refused_login_is_answered_and_closed() -> None:
    async with serving() as server, NaiveClient(server.address, token="bad") as client:
        assert (await client.login())["return_msg"] == "no [CODE=8005]"
        assert await client.closed() == (1000, "Bye")


async def test_what_comes_before_the_login_is_refused_and_the_login_still_good() -> None:
    async with serving() as server, NaiveClient(server.address, token=None) as client:
        assert (await client.ask(trnm="CNSRLST"))["return_code"] != 0
        await client.send({"trnm": "REG"})
        assert (await client.hear("REG"))["return_code"] != 0
        assert (await client.ask(trnm="LOGIN", token="x"))["return_code"] == 0


async def test_a_second_login_on_one_connection_changes_nothing() -> None:
    async with serving() as server, NaiveClient(server.address) as client:
        await client.login()
        assert (await client.ask(trnm="LOGIN", token="other"))["return_code"] != 0
        assert await client.conditions() == {"0": "급등주"}


async def test_another_login_with_the_key_ends_the_first_session() -> None:
    async with serving() as server, NaiveClient(server.address) as first:
        await first.login()
        async with NaiveClient(server.address) as second:
            await second.login()
            notice = await first.hear("SYSTEM")
            assert (notice["code"], "동일한 App key" in notice["message"]) == ("R10001", True)
            assert await first.closed() == (1000, "Bye")
            assert await second.conditions()


async def test_other_keys_and_sessions_side_by_side_live_on() -> None:
    async with serving(exclusive=False) as server, NaiveClient(server.address) as first:
        await first.login()
        async with NaiveClient(server.address) as second:
            await second.login()
            assert await first.conditions() == await second.conditions()
    async with serving() as server, NaiveClient(server.address, token="one") as first:
        await first.login()
        assert await works(server)
        assert await first.conditions()


async def test_without_a_login_the_connection_ends() -> None:
    async with serving(login_deadline=0.05) as server, NaiveClient(server.address, token=None) as client:
        assert (await client.hear("SYSTEM"))["code"] == "R10004"
        assert await client.closed() == (1000, "Bye")


async def test_a_ping_that_is_echoed_keeps_the_session() -> None:
    async with serving(ping=0.02, ping_deadline=0.06) as server, NaiveClient(server.address) as client:
        for _ in range(6):
            assert await client.hear("PING") == {"trnm": "PING"}
        assert await client.conditions()


async def test_a_ping_that_is_not_echoed_ends_it() -> None:
    async with serving(ping=0.02, ping_deadline=0.06) as server, NaiveClient(server.address, echo=False) as client:
        assert (await client.hear("SYSTEM"))["code"] == "R10002"
        assert await client.closed() == (1000, "Bye")


async def test_the_bare_heartbeat_is_echoed_bare() -> None:
    bare = serving(ping=0.02, ping_deadline=0.06, bare_ping=True)
    async with bare as server, NaiveClient(server.address) as client:
        await client.login()
        while client.frames.count("PING") < 6:
            await client.send("PING")
            await client.caught_up()


async def test_a_failing_broker_keeps_its_pings_to_itself() -> None:
    async with serving(ping=0.02, ping_deadline=0.06) as server, NaiveClient(server.address) as client:
        server.pinging = False
        await client.login()
        with pytest.raises(TimeoutError):
            await client.hear("PING", wait=0.1)


async def test_rfc_pings_are_not_answered() -> None:
    async with serving() as server, websockets.connect(server.address, ping_interval=None) as client:
        pong = await client.ping()
        await client.send('{"trnm":"LOGIN","token":"x"}')
        await client.recv()
        assert not asyncio.isfuture(pong) or not pong.done()


async def test_unknown_frames_go_to_the_backend() -> None:
    clerk = Clerk()
    async with serving(clerk) as server, NaiveClient(server.address) as client:
        await client.login()
        assert (await client.ask(trnm="")) == {
            "trnm": "", "return_code": 100002, "return_msg": "필수 파라미터가 누락되어 있습니다(parameter=trnm)",
        }  # fmt: skip
    assert [message.trnm for message in clerk.odd] == [""]


async def test_a_backend_hears_of_everyone_once() -> None:
    clerk = Clerk()
    async with serving(clerk) as server:
        for token in ("one", "bad", "two"):
            async with NaiveClient(server.address, token=token) as client:
                await client.login()
        async with NaiveClient(server.address, token="three") as client:
            await client.login()
            server.peers[0].reset()
            await client.closed()
    assert clerk.left == clerk.peers
    assert clerk.connections == 4


async def test_silence_is_an_answer() -> None:
    class Silent(Clerk):
        def requested(self, peer: Peer, request: Request) -> None:
            peer.answer(request, Refusal("", ""), None)

    async with serving(Silent()) as server, NaiveClient(server.address) as client:
        await client.login()
        await client.send({"trnm": "CNSRLST"})
        await client.ask(trnm="")
        assert not any(frame.get("trnm") == "CNSRLST" for frame in client.frames)


async def test_texts_can_be_sent_in_fragments() -> None:
    async with serving(fragment=5) as server:
        assert await works(server)


# ---------------------------------------------------------------- limits and hostile programs


async def test_the_largest_frame_is_read_and_a_larger_one_ends_the_connection() -> None:
    async with serving() as server, NaiveClient(server.address) as client:
        await client.login()
        blank = " " * (FRAME_LIMIT - len('{"trnm":"CNSRLST"}'))
        await client.send('{"trnm":"CNSRLST"}' + blank)
        assert await client.hear("CNSRLST")
        await client.send('{"trnm":"CNSRLST"}' + blank + " ")
        assert await client.closed() == (1009, TOO_LONG)


async def test_fragments_are_assembled() -> None:
    async with serving() as server, NaiveClient(server.address) as client:
        await client.login()
        await client.send(['{"trnm":', "", '"CNSR', 'LST"}'])
        assert await client.hear("CNSRLST")


async def test_fragments_without_an_end_are_bounded() -> None:
    async with serving() as server:
        reader, writer = await raw(server)
        writer.write(masked(0x01, b"x" * 60_000) + masked(0x00, b"") * 5 + masked(0x00, b"x" * 5_537))
        assert await reader.readuntil(TOO_LONG.encode())
        writer.close()
        assert await works(server)


HOSTILE = {
    "no JSON": (masked(0x81, b"{"), b"100002"),
    "two documents in a frame": (masked(0x81, b'{"trnm":"CNSRLST"}{"trnm":"CNSRLST"}'), b"100002"),
    "deep nesting": (masked(0x81, b"[" * 60_000), b"100002"),
    "deep nesting that ends": (masked(0x81, b"[" * 30_000 + b"]" * 30_000), b"100002"),
    "a number": (masked(0x81, b"1e999"), b""),
    "half a surrogate": (masked(0x81, b'{"trnm":"LOGIN","token":"\\ud800"}'), b""),
    "bad UTF-8": (masked(0x81, b'{"trnm":"\xff\xfe"}'), b"\x03\xef"),  # close 1007
    "binary": (masked(0x82, b"{}"), b"\x03\xeb"),  # 1003
    "a continuation of nothing": (masked(0x80, b"{}"), b"\x03\xea"),  # 1002
    "a text inside a fragmented one": (masked(0x01, b"{") + masked(0x81, b"}"), b"\x03\xea"),
    "reserved bits": (masked(0xC1, b"{}"), b"\x03\xea"),
    "no mask": (text_frame(b"{}"), b"\x03\xea"),
    "an unknown opcode": (masked(0x83, b""), b"\x03\xea"),
    "10 MB": (masked(0x81, b"x" * 10_000_000), TOO_LONG.encode()),
    "a close of one byte": (masked(0x88, b"x"), b""),
    "a pong": (masked(0x8A, b"x"), b""),
}


@pytest.mark.parametrize(("sent", "answer"), HOSTILE.values(), ids=HOSTILE)
async def test_hostile_frames_harm_nobody_else(sent: bytes, answer: bytes) -> None:
    async with serving() as server, NaiveClient(server.address) as bystander:
        await bystander.login()
        reader, writer = await raw(server)
        writer.write(sent + masked(0x88, b"\x03\xe8"))
        said = b""
        with contextlib.suppress(ConnectionResetError):  # a frame too large to be read is not read to its end
            while piece := await reader.read(1000):
                said += piece
        assert answer in said
        writer.close()
        assert await bystander.conditions() == {"0": "급등주"}


@given(st.lists(st.binary(max_size=400), max_size=4))
def test_random_bytes_harm_nobody_else(pieces: list[bytes]) -> None:
    async def conversation() -> None:
        async with serving() as server:
            _, writer = await raw(server)
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(0)
            assert await works(server)
            writer.close()

    asyncio.run(conversation())


@given(st.lists(st.tuples(st.sampled_from([0x81, 0x01, 0x00, 0x80]), st.binary(max_size=40)), max_size=6))
def test_random_texts_and_fragments_harm_nobody_else(frames: list[tuple[int, bytes]]) -> None:
    async def conversation() -> None:
        async with serving() as server:
            _, writer = await raw(server)
            writer.write(b"".join(masked(first, payload) for first, payload in frames))
            assert await works(server)
            writer.close()

    asyncio.run(conversation())


@pytest.mark.parametrize(
    "request_",
    [b"", b"GET / HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n", pytest.param(os.urandom(20_000), id="random")],
)
async def test_what_is_no_upgrade_harms_nobody(request_: bytes) -> None:
    async with serving() as server:
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        writer.write(request_)
        assert await works(server)
        writer.close()


async def test_a_program_that_does_not_read_is_cut_and_others_do_not_notice(caplog: pytest.LogCaptureFixture) -> None:
    clerk = Clerk()
    async with serving(clerk, send_queue=200_000) as server, NaiveClient(server.address) as reading:
        await reading.login()
        _, writer = await raw(server)
        await asyncio.sleep(0.01)
        text = text_frame(b'{"trnm":"REAL","data":[]}'.ljust(20_000))
        sent = 0
        while len(clerk.left) == 0:
            for peer in server.peers:
                peer.send(text)
            sent += 1
            await reading.caught_up()
        assert sent > 5
        assert sum(frame["trnm"] == "REAL" for frame in reading.frames) == sent
        assert "peer 2 does not read" in caplog.text
        writer.transport.abort()


async def test_a_flood_in_one_turn_is_bounded_too(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(send_queue=10_000) as server, NaiveClient(server.address) as client:
        await client.login()
        for _ in range(20):
            for peer in server.peers:
                peer.send(text_frame(b"x" * 1_000))
        assert await client.closed() == (1006, "")
    assert "does not read" in caplog.text


async def test_another_fault_of_the_library_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Clumsy(Clerk):
        def unknown(self, peer: Peer, message: Unknown) -> None:
            raise ZeroDivisionError("clumsy")

    async with serving(Clumsy()) as server, NaiveClient(server.address) as client:
        await client.login()
        await client.send({"trnm": "NOBODY KNOWS"})
        await client.closed()
    assert "ZeroDivisionError: clumsy" in caplog.text


async def test_payloads_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving() as server, NaiveClient(server.address, token=SECRET) as client:
        await client.login()
        await client.send(f'{{"token":"{SECRET}"')
        await client.send(f'{{"trnm":"{SECRET}"}}')
        await client.send({"trnm": "LOGIN", "token": SECRET})
        await client.caught_up()
        assert SECRET not in repr(server.peers)
    assert "peer 1" in caplog.text
    logged = [record for record in caplog.records if not record.name.startswith("websockets")]
    assert SECRET not in " ".join(record.getMessage() for record in logged)


# ---------------------------------------------------------------- a broker that fails


async def test_a_reset_is_no_close() -> None:
    async with serving() as server:
        reader, writer = await raw(server)
        await asyncio.sleep(0.01)
        server.peers[0].reset()
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()


async def test_a_frozen_server_neither_sends_nor_reads() -> None:
    clerk = Clerk()
    async with serving(clerk, ping=0.02, ping_deadline=0.03) as server, NaiveClient(server.address) as client:
        await client.login()
        server.freeze()
        heard = len(client.frames)
        await client.send({"trnm": "CNSRLST"})
        server.peers[0].say(b'{"trnm":"REAL","data":[]}')
        async with NaiveClient(server.address) as late:
            with pytest.raises(TimeoutError):
                await late.hear("LOGIN", wait=0.1)
            assert len(client.frames) == heard
            server.thaw()
            await client.hear("REAL")
            await late.login()


async def test_what_was_sent_while_frozen_comes_in_order() -> None:
    async with serving() as server, NaiveClient(server.address) as client:
        await client.login()
        server.freeze()
        for number in range(3):
            server.peers[0].say(f'{{"trnm":"{number}"}}'.encode())
        await asyncio.sleep(0.01)
        server.thaw()
        await client.caught_up()
        assert [frame["trnm"] for frame in client.frames[1:]] == ["0", "1", "2", "CNSRLST"]


def test_floods_have_a_tenth_of_the_time() -> None:
    now = 0.0
    due: list[tuple[float, Callable[[], None]]] = []
    loop = SimpleNamespace(
        time=lambda: now,
        call_at=lambda moment, call: due.append((moment, call)),
        call_later=lambda seconds, call, *args: due.append((now + seconds, functools.partial(call, *args))),
    )

    class Flooder:
        """Takes so many seconds for each of its shares."""

        def __init__(self, *shares: float) -> None:
            self.shares = list(shares)

        def read_share(self) -> float | None:
            nonlocal now
            now += self.shares.pop(0)
            return 0.0 if self.shares else None

    server = Server(Clerk(), ServerSettings(), cast("asyncio.AbstractEventLoop", loop))
    floods = [Flooder(0.1, 0.2, 0.0), Flooder(0.1, 0.0)]
    for each in floods:
        server.read_later(cast("Peer", each))
    while due:
        due.sort(key=operator.itemgetter(0))
        moment, call = due.pop(0)
        now = max(now, moment)
        call()
    assert not any(each.shares for each in floods)
    assert 10 * 0.4 <= now < 10 * 0.4 + 0.1


async def test_stopping_says_goodbye_and_frees_the_port() -> None:
    server = await serve(Clerk())
    async with NaiveClient(server.address) as client:
        await client.login()
        server.freeze()
        await server.stop()
        assert await client.closed() == (1001, "")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port_of(server))


async def test_a_close_that_is_not_answered_does_not_keep_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.server.peer.CLOSE_GRACE", 0.05)
    server = await serve(Clerk())
    with socket.create_connection(("127.0.0.1", port_of(server))) as mute:
        mute.sendall(f"GET {PATH} HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n".encode())
        mute.sendall(b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
        while not server.peers:  # nobody tells when a peer is there
            await asyncio.sleep(0.001)
        await asyncio.wait_for(server.stop(), 1)


# ---------------------------------------------------------------- the end of a peer


class Forgetful(Clerk):
    """A Clerk that holds nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[weakref.ref[Peer]] = []

    def connected(self, peer: Peer) -> None:
        self.came.append(weakref.ref(peer))

    def gone(self, peer: Peer) -> None:
        """Hold nobody."""


@pytest.mark.parametrize(
    "said",
    [
        b"",
        masked(0x81, b'{"trnm":"LOGIN","token":"bad"}'),
        masked(0x81, b'{"trnm":"LOGIN","token":"good"}') + masked(0x81, b'{"trnm":"CNSRLST"}'),
        masked(0x81, b"\xff" * 200),
        masked(0x81, b"x" * 40_000) * 2,
        masked(0x8A, b"") * 500,
        masked(0x88, b""),
    ],
)
async def test_a_peer_that_went_leaves_nothing_to_the_garbage_collector(
    said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "jogeon.server")  # a record that is kept keeps the error, and so the peer
    clerk = Forgetful()
    async with serving(clerk) as server:
        gc.disable()
        try:
            for _ in range(3):
                _, writer = await raw(server)
                writer.write(said)
                await asyncio.sleep(0.01)
                writer.transport.abort()
            async with asyncio.timeout(10):
                while any(peer() is not None for peer in clerk.came):
                    await asyncio.sleep(0.01)
        finally:
            gc.enable()
    assert len(clerk.came) == 3
