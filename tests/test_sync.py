"""The blocking names over a simulator that lives in the test's own thread of events."""

import _thread
import asyncio
import inspect
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from itertools import islice
from pathlib import Path

import pytest

import jogeon
import jogeon.sync
from jogeon.events import Enter, Event, Leave, Snapshot
from jogeon.simulator.simulator import Simulator
from jogeon.sync import _Thread, wait


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
    from jogeon.simulator.broker.switches import Switches

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


def test_an_event_that_comes_as_a_wait_runs_out_is_not_lost() -> None:
    """Between two waits the future may become done; that is no timeout of what it brings."""

    class Late(Future[int]):
        def exception(self, timeout: float | None = None) -> BaseException | None:
            if not self.done():
                self.set_result(7)
                raise TimeoutError
            return super().exception(timeout)

    assert wait(Late()) == 7


def test_a_timeout_of_what_was_asked_for_comes_out() -> None:
    failed: Future[int] = Future()
    failed.set_exception(TimeoutError("theirs"))
    with pytest.raises(TimeoutError, match="theirs"):
        wait(failed)


def test_leaving_ends_the_iteration_of_another_thread(simulator: Simulator) -> None:
    seen: list[Event] = []
    with jogeon.sync.connect(simulator.websocket) as kiwoom:
        with kiwoom.watch("상한가 돌파") as watch:  # always empty
            reader = threading.Thread(target=lambda: seen.extend(watch))
            reader.start()
            while len(seen) < 3 and reader.is_alive():
                time.sleep(0.01)
        reader.join(5)
    assert not reader.is_alive()
    assert isinstance(seen[-1], jogeon.State)
    assert seen[-1].state == "ended"


def test_a_second_reader_is_refused(simulator: Simulator) -> None:
    with jogeon.sync.connect(simulator.websocket) as kiwoom, kiwoom.watch("상한가 돌파") as watch:
        list(islice(watch, 3))
        reader = threading.Thread(target=lambda: list(watch))
        reader.start()
        while watch._coming is None and reader.is_alive():
            time.sleep(0.01)
        with pytest.raises(jogeon.LocalProtocolError):
            next(watch)
    reader.join(5)
    assert not reader.is_alive()


def test_a_client_that_is_entered_twice_stays_what_it_was(simulator: Simulator) -> None:
    with jogeon.sync.connect(simulator.websocket) as kiwoom:
        with pytest.raises(jogeon.LocalProtocolError), kiwoom:
            pass
        assert kiwoom.conditions()
    assert not [thread for thread in threading.enumerate() if thread.name == "jogeon"]


def test_a_watch_may_be_left_after_its_client(simulator: Simulator, tmp_path: Path) -> None:
    kiwoom = jogeon.sync.connect(simulator.websocket).__enter__()
    watches = [kiwoom.watch("급등주").__enter__(), kiwoom.watch("급등주", journal=tmp_path / "day.journal").__enter__()]
    kiwoom.__exit__(None, None, None)
    for watch in watches:
        watch.__exit__(None, None, None)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("jogeon")]


def test_without_its_thread_a_client_refuses_instead_of_waiting_for_ever(simulator: Simulator) -> None:
    """A process that was forked has a copy of the client, but not of its thread."""
    with jogeon.sync.connect(simulator.websocket) as kiwoom:
        original = kiwoom._home.thread
        kiwoom._home.thread = gone = _Thread()
        gone.stop()
        with pytest.raises(jogeon.LocalProtocolError, match="fork"):
            kiwoom.conditions()
        kiwoom._home.thread = original
        assert kiwoom.conditions()


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


def test_batches_go_on_where_single_events_ended(simulator: Simulator) -> None:
    with jogeon.sync.connect(simulator.websocket) as kiwoom, kiwoom.watch("급등주") as watch:
        while not watch._batch:  # until several events have crossed at once
            next(watch)
            time.sleep(0.2)
        waiting = list(watch._batch)
        batches = watch.batches()
        assert next(batches) == waiting
        assert next(batches)


def test_inside_a_running_loop_as_in_jupyter(simulator: Simulator) -> None:
    async def cell() -> list[jogeon.Condition]:
        with jogeon.sync.connect(simulator.websocket) as kiwoom:
            return kiwoom.conditions()

    assert asyncio.run(cell())


@pytest.mark.parametrize(
    ("blocking", "original"),
    [
        (jogeon.sync.connect, jogeon.connect),
        (jogeon.sync.Client.quotes, jogeon.Client.quotes),
        (jogeon.sync.Watch.price_changes, jogeon.Watch.price_changes),
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

    crossing = {"batch", "finish"} if original is jogeon.Watch else set()
    assert public(blocking) == public(original) - crossing | ({"address"} if original is jogeon.Client else set())
