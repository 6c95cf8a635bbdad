"""Cancelling at any await leaves a client that is usable or closed, never one that is stuck.

A broker keeps back the answer at which a test cancels; what is asked then is asked of the same client. Time is virtual.
"""

import _thread
import asyncio
import contextlib
import gc
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

import jogeon
import jogeon.sync
from jogeon.client import Client
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import CouldNotConnect, LocalProtocolError
from jogeon.events import Enter, Event, Snapshot
from jogeon.live.connection import Connection
from jogeon.live.policy import Policy
from jogeon.live.receiving import Receiver
from jogeon.simulator.simulator import Simulator
from jogeon.watch import Watch
from texts import page_text
from wire import Broker, Wire, drain, pause, told, virtual

RISE, HIGH = "급등주", "신고가 돌파"
STALE = 1.1
"""Seconds after which a list is asked for anew."""


class Holding(Broker):
    """A broker that keeps back what it is told to until it is released, or for good."""

    def __init__(self) -> None:
        super().__init__(members={RISE: ["005930"], HIGH: ["0000D0", "57JBHH"]})
        self.hold_at: int | None = None
        self.held = asyncio.Event()
        self.released = asyncio.Event()
        self.slow_dials = 0
        self.slow_ends = 0.0
        self._asked = 0

    def hold(self, number: int) -> None:
        """Keep back the answer to a request from now on: 0 for the next one."""
        self.hold_at, self._asked = number, 0
        self.held.clear()
        self.released.clear()

    def on_message(self, wire: Wire, message: dict[str, Any]) -> None:
        number, self._asked = self._asked, self._asked + 1
        if number == self.hold_at:
            self.hold_at = None
            self.held.set()
            self._waiting = asyncio.ensure_future(self._later(wire, message))
        else:
            super().on_message(wire, message)

    async def _later(self, wire: Wire, message: dict[str, Any]) -> None:
        await self.released.wait()
        super().on_message(wire, message)

    def on_search(self, wire: Wire, message: dict[str, Any]) -> None:
        """Answer a search in two pages."""
        seq, first = message["seq"], message["cont_yn"] == "N"
        code = self.members[self.names[seq]][0 if first else -1]
        key = "next" if first else ""
        wire.push(page_text(seq, [{"9001": f"A{code}", "302": "가상"}], key))

    async def dial(self, url: str, receiver: Receiver, *, proxy: str | None) -> Connection:
        if self.slow_dials:
            self.slow_dials -= 1
            self.held.set()
            await self.released.wait()
        return await super().dial(url, receiver, proxy=proxy)

    def finish(self) -> None:
        """Let go of what is kept back."""
        if not self.released.is_set() and hasattr(self, "_waiting"):
            self._waiting.cancel()


async def cancelled(task: asyncio.Task[Any]) -> None:
    """Cancel a task and see that it ends by that."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def is_usable(broker: Broker, kiwoom: Client) -> None:
    """See that everything a client is for works."""
    assert [condition.name for condition in await kiwoom.conditions()] == [RISE, HIGH]
    assert [stock.code for stock in await kiwoom.search(HIGH)] == ["0000D0", "57JBHH"]
    async with kiwoom.watch(RISE) as watch:
        broker.enter(RISE, "068270")
        assert told(drain(watch))[-1] == ("Enter", RISE, "068270", "live")
        assert set(watch.members[RISE]) == set(broker.members[RISE])
        broker.leave(RISE, "068270")


def nothing_is_left(broker: Broker) -> None:
    """See that no connection is open and no task runs."""
    assert not any(wire.open for wire in broker.wires)
    assert asyncio.all_tasks() == {asyncio.current_task()}


# ---------------------------------------------------------------- requests


async def conditions(kiwoom: Client) -> object:
    return await kiwoom.conditions()


async def search(kiwoom: Client) -> object:
    return await kiwoom.search(HIGH)


async def clear(kiwoom: Client) -> object:
    await kiwoom.clear(HIGH)
    return None


async def watch_two(kiwoom: Client) -> object:
    async with kiwoom.watch(RISE, HIGH) as watch:
        return drain(watch)


Operation = Callable[[Client], Coroutine[Any, Any, object]]
PLACES: list[tuple[Operation, int, str]] = [
    (conditions, 0, "CNSRLST"),
    (search, 0, "CNSRLST"),
    (search, 1, "CNSRREQ"),
    (search, 2, "CNSRREQ"),  # the second page
    (clear, 1, "CNSRCLR"),
    (watch_two, 0, "CNSRLST"),
    (watch_two, 1, "CNSRREQ"),
    (watch_two, 2, "CNSRREQ"),
    (watch_two, 3, "CNSRCLR"),  # leaving
    (watch_two, 4, "CNSRCLR"),
]


@pytest.mark.parametrize("answered", [True, False], ids=["answered late", "never answered"])
@pytest.mark.parametrize(("operation", "number", "trnm"), PLACES)
def test_a_request_that_is_cancelled_leaves_a_usable_client(
    operation: Operation, number: int, trnm: str, answered: bool
) -> None:
    async def main() -> None:
        broker = Holding()
        async with broker.client() as kiwoom:
            await kiwoom.conditions()
            await pause(STALE)
            broker.hold(number)
            task = asyncio.create_task(operation(kiwoom))
            await broker.held.wait()
            assert broker.heard[-1]["trnm"] == trnm
            await cancelled(task)
            if answered:
                broker.released.set()
            elif "search_type" in broker.heard[-1] and broker.heard[-1]["search_type"] == "0":
                with pytest.raises(jogeon.RequestTimeout):  # its reply passes for the one that is missing
                    await kiwoom.search(HIGH)
            await is_usable(broker, kiwoom)
            assert kiwoom._feed._subscriptions.wanted == []
            assert kiwoom._feed.readers == []
        broker.finish()
        await pause()
        nothing_is_left(broker)

    virtual(main())


def test_a_request_that_waits_for_its_turn_is_never_sent_once_cancelled() -> None:
    async def main() -> None:
        broker = Holding()
        async with broker.client() as kiwoom:
            await kiwoom.conditions()
            await pause(STALE)
            broker.hold(0)
            first = asyncio.create_task(kiwoom.conditions())
            await broker.held.wait()
            second = asyncio.create_task(kiwoom.clear(HIGH))
            await pause()
            await cancelled(second)
            broker.released.set()
            await first
            await is_usable(broker, kiwoom)
            assert [m for m in broker.requests("CNSRCLR") if m["seq"] == "4"] == []

    virtual(main())


def test_the_other_watch_of_a_condition_goes_on_when_one_is_cancelled_while_it_enters() -> None:
    async def main() -> None:
        broker = Holding()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as other:
            drain(other)
            await pause(2 * STALE)  # after the list that confirms its registration
            broker.hold(1)  # the registration of the second condition
            task = asyncio.create_task(watch_two(kiwoom))
            await broker.held.wait()
            await cancelled(task)
            broker.released.set()
            broker.enter(RISE, "000660")
            await pause()
            assert told(drain(other)) == [("Enter", RISE, "000660", "live")]

    virtual(main())


# ---------------------------------------------------------------- connecting


def test_cancelled_while_it_connects() -> None:
    async def main() -> None:
        broker = Holding()
        broker.slow_dials = 1
        kiwoom = broker.client()
        task = asyncio.create_task(kiwoom.__aenter__())
        await broker.held.wait()
        await cancelled(task)
        with pytest.raises(LocalProtocolError):
            await kiwoom.conditions()
        nothing_is_left(broker)
        with pytest.raises(LocalProtocolError, match="make another"):
            await kiwoom.__aenter__()
        async with broker.client() as another:
            await is_usable(broker, another)
        nothing_is_left(broker)

    virtual(main())


async def test_cancelled_while_it_connects_over_a_socket_closes_the_socket() -> None:
    ended = asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # the upgrade is never answered
        ended.set()
        writer.close()

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        task = asyncio.create_task(jogeon.connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/").__aenter__())
        await asyncio.sleep(0.1)
        await cancelled(task)
        await asyncio.wait_for(ended.wait(), 30)
    gc.collect()  # a socket that was forgotten would warn, and warnings are errors


def test_cancelled_while_it_logs_in() -> None:
    async def main() -> None:
        broker = Holding()
        broker.hold(0)
        task = asyncio.create_task(broker.client().__aenter__())
        await broker.held.wait()
        await cancelled(task)
        broker.finish()
        await pause()
        nothing_is_left(broker)

    virtual(main())


def test_cancelled_while_it_asks_for_a_token() -> None:
    class Slow(FixedToken):
        async def current(self) -> str:
            await asyncio.sleep(3600)
            raise AssertionError

    async def main() -> None:
        broker = Holding()
        ended = asyncio.Event()

        @contextlib.asynccontextmanager
        async def endpoint() -> Any:
            try:
                yield Endpoint(name="fake", websocket="ws://fake", tokens=Slow("demo"))
            finally:
                ended.set()

        kiwoom = Client(endpoint(), name="fake", policy=Policy(dial=broker.dial))
        task = asyncio.create_task(kiwoom.__aenter__())
        await pause()
        await cancelled(task)
        assert ended.is_set()
        assert broker.wires == []

    virtual(main())


def test_requests_end_with_the_client_while_it_reconnects() -> None:
    async def main() -> None:
        broker = Holding()
        async with broker.client() as kiwoom:
            broker.refuse_connections = 1_000
            broker.wire.drop()
            await pause(1)
            waiting = asyncio.create_task(kiwoom.conditions())
            cancelled_one = asyncio.create_task(kiwoom.conditions())
            await pause(60)
            await cancelled(cancelled_one)
        with pytest.raises((LocalProtocolError, CouldNotConnect)):
            await waiting
        nothing_is_left(broker)

    virtual(main())


# ---------------------------------------------------------------- iterating


def test_a_reader_that_is_cancelled_loses_nothing() -> None:
    async def main() -> None:
        broker = Holding()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            drain(watch)
            for code in ("000660", "035720", "051910"):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(watch), 1)
                broker.enter(RISE, code)
                event = await anext(watch)
                assert isinstance(event, Enter)
                assert event.code == code

    virtual(main())


def test_a_reader_that_is_cancelled_as_an_event_comes_loses_nothing() -> None:
    async def main() -> None:
        broker = Holding()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            drain(watch)
            reading = asyncio.ensure_future(anext(watch))
            await pause()
            broker.enter(RISE, "000660")  # wakes the reader, which has not run yet
            await cancelled(reading)
            event = await anext(watch)
            assert isinstance(event, Enter)

    virtual(main())


async def _loop(watch: Watch) -> None:
    async for _ in watch:
        pass


async def _each(watch: Watch) -> None:
    async def handler(event: Event) -> None:
        del event
        await asyncio.sleep(3600)

    await watch.each(handler)


@pytest.mark.parametrize("read", [_loop, _each])
def test_a_loop_that_is_cancelled_can_be_taken_up_again(read: Callable[[Watch], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        broker = Holding()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            task = asyncio.create_task(read(watch))
            await pause()
            await cancelled(task)
            drain(watch)
            broker.enter(RISE, "000660")
            assert isinstance(await anext(watch), Enter)
            await is_usable(broker, kiwoom)

    virtual(main())


def test_a_program_cancelled_in_its_loop_leaves_nothing_behind() -> None:
    async def main() -> None:
        broker = Holding()

        async def program() -> None:
            async with broker.client() as kiwoom, kiwoom.watch() as watch:
                async for _ in watch:
                    pass

        task = asyncio.create_task(program())
        await pause()
        await cancelled(task)
        assert sorted(message["seq"] for message in broker.requests("CNSRCLR")) == ["0", "4"]
        nothing_is_left(broker)

    virtual(main())


# ---------------------------------------------------------------- leaving


def test_cancelled_while_the_client_closes() -> None:
    class Lingering(Wire):
        def disconnect(self, graceful: bool = True) -> None:
            asyncio.get_running_loop().call_later(5.0, super().disconnect, graceful)

    class Slow(Holding):
        async def dial(self, url: str, receiver: Receiver, *, proxy: str | None) -> Connection:
            connection = await super().dial(url, receiver, proxy=proxy)
            self.wire.__class__ = Lingering
            return connection

    async def main() -> None:
        broker = Slow()
        kiwoom = broker.client()
        await kiwoom.__aenter__()
        task = asyncio.create_task(kiwoom.__aexit__(None, None, None))
        await pause(1)
        assert not task.done()
        await cancelled(task)
        with pytest.raises(LocalProtocolError):
            await kiwoom.conditions()
        await pause(10)
        nothing_is_left(broker)

    virtual(main())


def test_a_deadline_around_everything_is_kept() -> None:
    async def main() -> None:
        broker = Holding()
        broker.hold(3)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                async with broker.client() as kiwoom:
                    await kiwoom.conditions()
                    await kiwoom.search(HIGH)
        broker.finish()
        await pause()
        nothing_is_left(broker)

    virtual(main())


# ---------------------------------------------------------------- every turn of the loop


async def _everything(broker: Holding) -> None:
    async with broker.client() as kiwoom:
        await kiwoom.search(HIGH)
        async with kiwoom.watch(RISE) as watch, kiwoom.watch(HIGH) as other:
            broker.enter(RISE, "000660")
            async for event in watch:
                if isinstance(event, Enter):
                    break
            assert isinstance(await anext(other), jogeon.State | Snapshot)
            broker.leave(RISE, "000660")


def test_cancelled_in_any_turn_of_the_loop_a_program_ends_and_leaves_nothing() -> None:
    async def main(turn: int) -> bool:
        broker = Holding()
        task = asyncio.create_task(_everything(broker))
        for _ in range(turn):
            await asyncio.sleep(0)
        done = task.done()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, 60)
        if "000660" in broker.members[RISE]:
            broker.leave(RISE, "000660")
        await pause(10)
        nothing_is_left(broker)
        return done

    turn = 0
    while not virtual(main(turn)):
        turn += 1
    assert turn > 30  # that many places were tried


async def _inside(broker: Holding, kiwoom: Client) -> None:
    await kiwoom.search(HIGH)
    async with kiwoom.watch(RISE, HIGH) as watch:
        async for event in watch:
            if isinstance(event, Snapshot):
                break


def test_cancelled_in_any_turn_of_the_loop_an_operation_leaves_a_usable_client() -> None:
    async def main(turn: int) -> bool:
        broker = Holding()
        async with broker.client() as kiwoom:
            task = asyncio.create_task(_inside(broker, kiwoom))
            for _ in range(turn):
                await asyncio.sleep(0)
            done = task.done()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await is_usable(broker, kiwoom)
        nothing_is_left(broker)
        return done

    turn = 0
    while not virtual(main(turn)):
        turn += 1
    assert turn > 20


# ---------------------------------------------------------------- the user's own errors


class MineError(Exception):
    """The user's."""


Fail = Callable[..., None]


async def in_the_body(kiwoom: Client, watch: Watch, fail: Fail) -> None:
    fail(kiwoom, watch)


async def in_the_loop(kiwoom: Client, watch: Watch, fail: Fail) -> None:
    async for event in watch:
        fail(kiwoom, event)


async def in_a_handler(kiwoom: Client, watch: Watch, fail: Fail) -> None:
    del kiwoom
    await watch.each(fail)


async def in_an_async_handler(kiwoom: Client, watch: Watch, fail: Fail) -> None:
    async def handler(event: Event) -> None:
        await asyncio.sleep(0)
        fail(kiwoom, event)

    await watch.each(handler)


async def in_what_is_told_of_progress(kiwoom: Client, watch: Watch, fail: Fail) -> None:
    del watch
    await kiwoom.search(HIGH, progress=fail)


@pytest.mark.parametrize(
    "place", [in_the_body, in_the_loop, in_a_handler, in_an_async_handler, in_what_is_told_of_progress]
)
def test_an_error_of_the_user_comes_out_unchanged_and_everything_is_closed(
    place: Callable[[Client, Watch, Fail], Coroutine[Any, Any, None]],
) -> None:
    mine = MineError("mine")

    def fail(*_: object) -> None:
        raise mine

    async def main() -> None:
        broker = Holding()
        with pytest.raises(MineError) as raised:
            async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
                await place(kiwoom, watch, fail)
        assert raised.value is mine
        assert mine.__cause__ is None
        assert mine.__context__ is None
        nothing_is_left(broker)

    virtual(main())


def test_an_error_in_a_handler_loses_no_event() -> None:
    async def main() -> None:
        broker = Holding()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            drain(watch)
            for code in ("000660", "035720", "051910"):
                broker.enter(RISE, code)

            def fail_at_the_second(event: Event) -> None:
                if isinstance(event, Enter) and event.code == "035720":
                    raise MineError

            with pytest.raises(MineError):
                await watch.each(fail_at_the_second)
            event = await anext(watch)
            assert isinstance(event, Enter)
            assert event.code == "051910"

    virtual(main())


# ---------------------------------------------------------------- without async


@pytest.fixture
def simulator() -> Any:
    """A simulator on a thread of its own, because the tests block theirs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="simulator")
    thread.start()
    simulator = Simulator(seed=1, speed=20, rest_port=None)

    def call(coroutine: Awaitable[object]) -> None:
        async def run() -> None:
            await coroutine

        asyncio.run_coroutine_threadsafe(run(), loop).result(10)

    call(simulator.__aenter__())
    simulator.freeze = lambda seconds: loop.call_soon_threadsafe(simulator.fault, {"freeze": seconds})  # type: ignore[attr-defined]  # of this fixture
    yield simulator
    call(simulator.__aexit__(None, None, None))
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    gc.collect()  # a socket that was forgotten would warn, and warnings are errors


def interrupt_soon() -> None:
    """Press Ctrl+C in a moment."""
    threading.Timer(0.3, _thread.interrupt_main).start()


@pytest.mark.parametrize("operation", ["conditions", "search", "watch"])
def test_ctrl_c_in_a_blocking_call_leaves_a_usable_client(simulator: Any, operation: str) -> None:
    with jogeon.sync.connect(simulator.websocket) as kiwoom:
        time.sleep(STALE)
        simulator.freeze(0.6)
        time.sleep(0.05)
        interrupt_soon()
        with pytest.raises(KeyboardInterrupt):
            match operation:
                case "conditions":
                    kiwoom.conditions()
                case "search":
                    kiwoom.search(RISE)
                case "watch":
                    with kiwoom.watch(RISE) as watch:
                        list(watch)
        assert kiwoom.conditions()
        with kiwoom.watch(RISE) as watch:
            assert next(event for event in watch if isinstance(event, Snapshot))
    assert not [thread for thread in threading.enumerate() if thread.name == "jogeon"]


def test_ctrl_c_while_it_connects_leaves_no_thread(simulator: Any) -> None:
    simulator.freeze(0.6)
    time.sleep(0.05)
    interrupt_soon()
    with pytest.raises(KeyboardInterrupt), jogeon.sync.connect(simulator.websocket):
        pass
    assert not [thread for thread in threading.enumerate() if thread.name == "jogeon"]


def test_ctrl_c_while_it_waits_for_an_event_loses_none(simulator: Any) -> None:
    with jogeon.sync.connect(simulator.websocket) as kiwoom:
        with kiwoom.watch("상한가 돌파") as watch:
            assert [type(next(watch)) for _ in range(3)] == [jogeon.State, Snapshot, jogeon.State]
            interrupt_soon()
            with pytest.raises(KeyboardInterrupt):
                next(watch)
        ended = next(watch)
        assert isinstance(ended, jogeon.State)
        assert ended.state == "ended"
        with pytest.raises(StopIteration):
            next(watch)
