"""The listening socket under a crowd."""

from __future__ import annotations

import asyncio
import errno
import itertools
import logging
import os
import socket
from typing import TYPE_CHECKING

import pytest

from jogeon.server.door import BACKLOG, QUIET, SHARE, WAITING, Door

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def listening() -> Iterator[Door]:
    with Door(fileno=socket.create_server(("127.0.0.1", 0)).detach()) as made:
        made.setblocking(False)
        yield made


@pytest.fixture
def exhausted(listening: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    """Let the machine lack a descriptor at every other attempt: the next one has that of the spare."""
    attempts = itertools.count()

    def accept(self: socket.socket) -> tuple[socket.socket, object]:
        if next(attempts) % 2 == 0:
            raise OSError(errno.EMFILE, "Too many open files")
        return original(self)

    original = socket.socket.accept
    monkeypatch.setattr(socket.socket, "accept", accept)
    monkeypatch.setattr(Door, "_logged_at", -QUIET)
    return listening


def caller(listening: Door) -> socket.socket:
    calling = socket.create_connection(listening.getsockname(), timeout=5)
    calling.settimeout(5)
    return calling


def test_the_one_who_waited_longest_makes_room(listening: Door) -> None:
    callers = [caller(listening) for _ in range(WAITING + 2)]
    accepted = [listening.accept()[0] for _ in callers]
    assert [each.recv(1) for each in callers[:2]] == [b"", b""]
    accepted[2].send(b"x")
    assert callers[2].recv(1) == b"x"
    for each in callers + accepted:
        each.close()


def test_who_came_in_or_left_does_not_count(listening: Door) -> None:
    callers = [caller(listening) for _ in range(WAITING + 2)]
    first, second = (listening.accept()[0] for _ in range(2))
    listening.admit(first.fileno())
    second.close()
    rest = [listening.accept()[0] for _ in callers[2:]]
    for here, there in zip((first, *rest), (callers[0], *callers[2:]), strict=True):
        here.send(b"x")
        assert there.recv(1) == b"x"
    for each in (*callers, first, *rest):
        each.close()


def test_who_has_the_number_of_one_who_left_waits_from_now_on(listening: Door) -> None:
    callers = [caller(listening) for _ in range(WAITING + 2)]
    left, longest = (listening.accept()[0] for _ in range(2))
    number = left.fileno()
    left.close()
    rest = [listening.accept()[0] for _ in callers[2:]]
    assert rest[0].fileno() == number
    assert callers[1].recv(1) == b""
    rest[0].send(b"x")
    assert callers[2].recv(1) == b"x"
    for each in (*callers, longest, *rest):
        each.close()


def test_nobody_there_is_no_error_of_the_door(listening: Door, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(BlockingIOError):
        listening.accept()
    assert not caplog.records


def test_without_a_descriptor_a_caller_is_turned_away_and_it_is_logged_once(
    exhausted: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    callers = [caller(exhausted) for _ in range(3)]
    for _ in callers:
        with pytest.raises(BlockingIOError):
            exhausted.accept()
    assert all(_ended(each) for each in callers)
    with Door(fileno=socket.create_server(("127.0.0.1", 0)).detach()) as other:  # for HTTP, say
        callers.append(caller(other))
        with pytest.raises(BlockingIOError):
            other.accept()
    told = [record.levelname for record in caplog.records if "no connection can be accepted" in record.message]
    assert told == ["CRITICAL"]  # which is shown without -v
    for each in callers:
        each.close()


def test_without_a_descriptor_the_one_who_waited_longest_gives_his(
    listening: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, other = caller(listening), caller(listening)
    accepted = [listening.accept()[0] for _ in range(2)]

    def accept(self: socket.socket) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(socket.socket, "accept", accept)
    with pytest.raises(BlockingIOError):
        listening.accept()
    assert _ended(waiting)
    accepted[1].send(b"x")
    assert other.recv(1) == b"x"
    for each in (waiting, other, *accepted):
        each.close()


def _ended(calling: socket.socket) -> bool:
    try:
        return calling.recv(1) == b""
    except ConnectionResetError:
        return True


def test_another_error_is_everybodys(listening: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def accept(self: socket.socket) -> None:
        raise OSError(errno.EINVAL, "no listening socket")

    monkeypatch.setattr(socket.socket, "accept", accept)
    with pytest.raises(OSError, match="no listening socket"):
        listening.accept()


def test_the_end_gives_its_descriptors_back() -> None:
    made = Door(fileno=socket.create_server(("127.0.0.1", 0)).detach())
    spare = made._spare
    made.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(spare)


async def test_a_crowd_is_let_in_a_few_at_a_time_and_nobody_is_sent_away() -> None:
    loop, arrived = asyncio.get_running_loop(), [0]
    turns: list[int] = []

    class Guest(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            arrived[0] += 1
            transport.close()

    def look() -> None:
        turns.append(arrived[0])
        if arrived[0] < BACKLOG:
            loop.call_soon(look)

    with Door(fileno=socket.create_server(("127.0.0.1", 0), backlog=BACKLOG).detach()) as listening:
        listening.setblocking(False)
        callers = [caller(listening) for _ in range(BACKLOG)]
        async with await loop.create_server(Guest, sock=listening, backlog=SHARE), asyncio.timeout(10):
            loop.call_soon(look)
            while arrived[0] < BACKLOG:
                await asyncio.sleep(0)
        assert max(after - before for before, after in itertools.pairwise(turns)) <= SHARE + 1  # Python 3.14: one more
        for each in callers:
            each.close()
