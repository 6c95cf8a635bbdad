"""The blocking names over a simulator that lives in the test's own thread of events."""

import _thread
import asyncio
import inspect
import threading
import time
from collections.abc import Iterator
from itertools import islice

import pytest

import jogeon
import jogeon.sync
from jogeon.events import Enter, Event, Leave, Snapshot
from jogeon.simulator.simulator import Simulator


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Run a simulator on a thread of its own, because the tests block theirs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="simulator")
    thread.start()
    simulator = Simulator(seed=1, speed=20, rest_port=None)
    asyncio.run_coroutine_threadsafe(simulator.__aenter__(), loop).result()
    yield simulator
    asyncio.run_coroutine_threadsafe(simulator.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_list_search_watch_without_async(simulator: Simulator) -> None:
    with jogeon.sync.connect(simulator.websocket) as kiwoom:
        assert "급등주" in [condition.name for condition in kiwoom.conditions()]
        pages: list[int] = []
        large = kiwoom.search("갭상승 유지", progress=pages.append)
        assert len(large) > 100
        assert pages[-1] == len(large)
        assert len(pages) > 1
        with kiwoom.watch("급등주") as watch:
            first = next(event for event in watch if isinstance(event, Snapshot))
            changes = list(islice(watch, 3))
            assert first.condition == kiwoom.resolve("급등주")
            assert [condition.name for condition in watch.conditions] == ["급등주"]
            assert all(isinstance(event, Enter | Leave | jogeon.State) for event in changes)
            assert watch.members["급등주"]
    assert not [thread for thread in threading.enumerate() if thread.name == "jogeon"]


def test_pings_are_answered_while_the_caller_sleeps() -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    from jogeon.simulator.switches import Switches

    simulator = Simulator(speed=300, rest_port=None, switches=Switches(ping=0.05, ping_deadline=0.3))
    asyncio.run_coroutine_threadsafe(simulator.__aenter__(), loop).result()
    with jogeon.sync.connect(simulator.websocket) as kiwoom, kiwoom.watch("급등주") as watch:
        time.sleep(1.0)  # several deadlines of a server that closes when PING stays unanswered
        states = [event.state for event in islice(watch, 30) if isinstance(event, jogeon.State)]
        assert states == ["started", "registered"]
        assert kiwoom.conditions()
    asyncio.run_coroutine_threadsafe(simulator.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_an_exception_in_the_body_closes_everything_and_comes_out(simulator: Simulator) -> None:
    def body() -> None:
        with jogeon.sync.connect(simulator.websocket) as kiwoom, kiwoom.watch("급등주") as watch:
            for _ in watch:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        body()
    assert not [thread for thread in threading.enumerate() if thread.name == "jogeon"]


def test_ctrl_c_interrupts_a_wait(simulator: Simulator) -> None:
    def body() -> None:
        with jogeon.sync.connect(simulator.websocket) as kiwoom, kiwoom.watch("상한가 돌파") as watch:  # always empty
            threading.Timer(0.3, _thread.interrupt_main).start()
            for _ in watch:
                pass

    with pytest.raises(KeyboardInterrupt):
        body()
    assert not [thread for thread in threading.enumerate() if thread.name == "jogeon"]


def test_errors_are_those_of_the_async_names(simulator: Simulator) -> None:
    with jogeon.sync.connect(simulator.websocket) as kiwoom:
        with pytest.raises(jogeon.UnknownCondition):
            kiwoom.search("없는 조건")
        with pytest.raises(jogeon.UnknownCondition), kiwoom.watch("없는 조건"):
            pass
    with pytest.raises(jogeon.LocalProtocolError):
        kiwoom.conditions()
    with pytest.raises(jogeon.LoginRefused), jogeon.sync.connect(simulator.websocket, token="wrong"):
        pass
    assert not [thread for thread in threading.enumerate() if thread.name == "jogeon"]


def test_a_handler_is_called_in_the_callers_thread(simulator: Simulator) -> None:
    seen: list[threading.Thread] = []

    class EnoughError(Exception):
        pass

    def handler(event: Event) -> None:
        del event
        seen.append(threading.current_thread())
        if len(seen) == 5:
            raise EnoughError

    with jogeon.sync.connect(simulator.websocket) as kiwoom, pytest.raises(EnoughError), kiwoom.watch() as watch:
        watch.each(handler)
    assert set(seen) == {threading.main_thread()}


def test_inside_a_running_loop_as_in_jupyter(simulator: Simulator) -> None:
    async def cell() -> list[jogeon.Condition]:
        with jogeon.sync.connect(simulator.websocket) as kiwoom:
            return kiwoom.conditions()

    assert asyncio.run(cell())


@pytest.mark.parametrize(
    ("blocking", "original"),
    [
        (jogeon.sync.connect, jogeon.connect),
        *[(getattr(jogeon.sync.Client, name), getattr(jogeon.Client, name)) for name in ("search", "watch", "clear")],
        *[(getattr(jogeon.sync.Client, name), getattr(jogeon.Client, name)) for name in ("conditions", "resolve")],
    ],
)
def test_signatures_are_the_same(blocking: object, original: object) -> None:
    assert callable(blocking)
    assert callable(original)
    assert inspect.signature(blocking).parameters == inspect.signature(original).parameters


@pytest.mark.parametrize(
    ("blocking", "original"), [(jogeon.sync.Client, jogeon.Client), (jogeon.sync.Watch, jogeon.Watch)]
)
def test_names_are_the_same(blocking: type, original: type) -> None:
    def public(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    crossing = {"batch"} if original is jogeon.Watch else set()
    assert public(blocking) == public(original) - crossing | ({"address"} if original is jogeon.Client else set())
