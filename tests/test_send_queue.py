"""The send queue of a peer: one write a turn, a bound in bytes, a bound in time. Transport and clock are fakes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from jogeon.server.send_queue import EARLY_BOUND, SendQueue
from jogeon.server.settings import ServerSettings

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from picows import WSTransport

LAG = (1_000, 2.0)


class Socket:
    """A transport that takes all that is written; what it does not send is `buffered`, unless it `sends` all."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.buffered = 0
        self.sends = False

    def write(self, frames: bytes) -> None:
        self.written.append(frames)
        self.buffered += 0 if self.sends else len(frames)

    def get_write_buffer_size(self) -> int:
        return self.buffered


class Timers:
    """A loop that keeps what it is to call; `due` of it, by its seconds."""

    def __init__(self) -> None:
        self.due: dict[object, tuple[float, Callable[[], None]]] = {}

    def call_later(self, seconds: float, call: Callable[..., None], *args: object) -> SimpleNamespace:
        key = object()
        self.due[key] = (seconds, lambda: call(*args))
        return SimpleNamespace(cancel=lambda: self.due.pop(key))

    def pass_by(self) -> None:
        due, self.due = list(self.due.values()), {}
        for _, call in due:
            call()


class Case:
    """A send queue on a socket, and what it asked for."""

    def __init__(self, bound: int = EARLY_BOUND, lag: tuple[int, float] | None = None) -> None:
        self.socket, self.timers = Socket(), Timers()
        self.turns = 0
        self.cut: list[str] = []
        settings = ServerSettings(send_queue=bound, lag=lag)
        loop = cast("asyncio.AbstractEventLoop", self.timers)
        self.send_queue = SendQueue(7, settings, loop, self._ready, self._cut)
        transport = SimpleNamespace(underlying_transport=self.socket, is_disconnected=False)
        self.send_queue.open(cast("WSTransport", transport))

    def _ready(self) -> None:
        self.turns += 1

    def _cut(self, why: str) -> None:
        self.cut.append(why)
        self.send_queue.closed = True


def test_what_is_sent_in_one_turn_is_one_write() -> None:
    case = Case()
    case.send_queue.put(b"one")
    case.send_queue.put(b"two")
    assert (case.turns, case.socket.written, case.send_queue.unsent) == (1, [], 6)
    case.send_queue.flush()
    case.send_queue.flush()
    assert case.socket.written == [b"onetwo"]
    case.send_queue.put(b"three")
    assert case.turns == 2


def test_what_need_not_wait_is_written_at_once_unless_something_waits() -> None:
    case = Case()
    case.send_queue.put_now(b"one")
    assert (case.turns, case.socket.written) == (0, [b"one"])
    case.send_queue.put(b"two")
    case.send_queue.put_now(b"three")
    assert case.socket.written == [b"one"]
    case.send_queue.flush()
    assert (case.turns, case.socket.written) == (1, [b"one", b"twothree"])
    case.send_queue.closed = True
    case.send_queue.put_now(b"too late")
    case.send_queue.flush()
    assert case.socket.written == [b"one", b"twothree"]


@pytest.mark.parametrize("how", [SendQueue.put, SendQueue.put_now])
def test_whoever_does_not_read_is_cut_at_the_same_bounds_however_it_is_sent_to(
    how: Callable[[SendQueue, bytes], None],
) -> None:
    case = Case(bound=1_000, lag=(500, 2.0))

    def sent(size: int) -> tuple[int, list[str]]:
        how(case.send_queue, bytes(size))
        case.send_queue.flush()
        return len(case.timers.due), case.cut

    assert sent(500) == (0, [])
    assert sent(1) == (1, [])
    assert sent(499) == (1, [])
    assert sent(1)[1] == ["too slow"]


def test_who_lags_and_then_takes_all_has_the_whole_time_again_also_for_what_is_sent_at_once() -> None:
    case = Case(lag=LAG)
    case.send_queue.put_now(bytes(1_001))
    assert len(case.timers.due) == 1
    case.socket.buffered, case.socket.sends = 0, True
    case.send_queue.put_now(b"x")
    case.send_queue.flush()
    assert case.timers.due == {}


def test_what_waits_when_it_is_closed_goes_out_and_nothing_more() -> None:
    case = Case()
    case.send_queue.put(b"close")
    case.send_queue.closed = True
    case.send_queue.put(b"too late")
    case.send_queue.flush()
    assert (case.socket.written, case.send_queue.unsent) == ([b"close"], 0)


def test_who_has_not_logged_in_may_have_little_waiting(caplog: pytest.LogCaptureFixture) -> None:
    case = Case(bound=10 * EARLY_BOUND)
    case.send_queue.put(bytes(EARLY_BOUND))
    assert case.cut == []
    case.send_queue.put(b"x")
    assert case.cut == ["too slow"]
    assert f"peer 7 does not read: {EARLY_BOUND + 1} bytes wait" in caplog.text


@pytest.mark.parametrize(("before", "cut"), [(400, []), (401, ["too slow"])])
def test_the_bound_counts_what_the_socket_has_not_taken(before: int, cut: list[str]) -> None:
    case = Case(bound=1_000)
    case.socket.buffered = before
    case.send_queue.put(bytes(600))
    assert case.cut == []
    case.send_queue.flush()
    assert case.cut == cut


def test_too_much_for_too_long_cuts_and_only_then(caplog: pytest.LogCaptureFixture) -> None:
    case = Case(lag=LAG)
    case.send_queue.put(bytes(1_001))
    case.send_queue.flush()
    assert [seconds for seconds, _ in case.timers.due.values()] == [2.0]
    assert case.cut == []
    case.timers.pass_by()
    assert case.cut == ["too slow"]
    assert "peer 7 does not keep up: 1001 bytes wait for 2 s" in caplog.text


def test_who_takes_it_in_time_has_the_whole_time_again() -> None:
    case = Case(lag=LAG)
    case.send_queue.put(bytes(1_001))
    case.send_queue.flush()
    case.socket.buffered = 0
    case.send_queue.put(b"x")
    case.send_queue.flush()
    assert case.timers.due == {}
    case.send_queue.put(bytes(1_000))
    case.send_queue.flush()
    assert len(case.timers.due) == 1
    case.socket.buffered = 1_000
    case.timers.pass_by()
    assert case.cut == []


def test_who_took_it_by_the_end_of_the_time_may_not_lag_again_for_ever() -> None:
    case = Case(lag=LAG)
    case.send_queue.put(bytes(1_001))
    case.send_queue.flush()
    case.socket.buffered = 0
    case.timers.pass_by()
    assert case.cut == []
    case.send_queue.put_now(bytes(1_001))
    assert [seconds for seconds, _ in case.timers.due.values()] == [2.0]
    case.timers.pass_by()
    assert case.cut == ["too slow"]
