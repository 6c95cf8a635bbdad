"""A program that did not run was not listening, and no patience ran out: a stopped client, in virtual time."""

import asyncio
from typing import Any

import pytest

import jogeon
from jogeon.events import Enter, Event, Gap
from jogeon.wire import writers
from wire import START_NS, Broker, Wire, drain, pause, stop, virtual

RISE = "급등주"
SECOND_NS = 1_000_000_000


class Slow(Broker):
    """A broker that answers what it is asked `seconds` later, if it is asked for a `trnm`."""

    seconds = 0.0
    trnm = ""

    def on_message(self, wire: Wire, message: dict[str, Any]) -> None:
        if message["trnm"] != self.trnm:
            super().on_message(wire, message)
        else:
            asyncio.get_running_loop().call_later(self.seconds, super().on_message, wire, message)


def gaps(events: list[Event]) -> list[tuple[float, float]]:
    """Return the told gaps in seconds since the beginning."""
    told = [event for event in events if isinstance(event, Gap)]
    return [((gap.since_ns - START_NS) / SECOND_NS, (gap.until_ns - START_NS) / SECOND_NS) for gap in told]


def push(code: str) -> bytes:
    return writers.encode_push("0", code, "I", "090001")


@pytest.mark.parametrize("clock", ["monotonic", "wall"])
def test_the_time_in_which_the_program_was_stopped_lies_in_the_gap(clock: str) -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            await pause(1)
            broker.wire.push(writers.encode_ping())
            heard = asyncio.get_running_loop().time()
            await pause(1)
            if clock == "monotonic":
                stop(90)
            else:  # Linux's monotonic clock stands still in suspend
                broker.clock_error_ns = 90 * SECOND_NS
            broker.wire.push(push("000660"))  # it waited in the kernel
            broker.wire.drop()
            await pause(3)
            events = drain(watch)
            entered = next(event for event in events if isinstance(event, Enter))
            ((since, until),) = gaps(events)
            assert since == pytest.approx(heard)
            assert (entered.at_ns - START_NS) / SECOND_NS == pytest.approx(heard + 91, abs=0.1)
            assert until > heard + 91

    virtual(main())


def test_a_stop_from_which_the_connection_returns_is_no_gap() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            await pause(1)
            stop(20)
            broker.wire.push(push("000660"))
            await pause(2)  # the socket is found empty
            broker.wire.push(push("000670"))
            heard = asyncio.get_running_loop().time()
            await pause(5)
            broker.wire.drop()
            await pause(3)
            ((since, _),) = gaps(drain(watch))
            assert since == pytest.approx(heard)

    virtual(main())


def test_two_stops_without_a_frame_between_are_one() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            await pause(1)
            heard = (broker.wire.client.heard_ns - START_NS) / SECOND_NS
            stop(5)
            await pause(1)
            stop(5)
            broker.wire.push(push("000660"))
            broker.wire.drop()
            await pause(3)
            ((since, _),) = gaps(drain(watch))
            assert since == pytest.approx(heard)

    virtual(main())


@pytest.mark.parametrize("trnm", ["LOGIN", "CNSRLST", "CNSRREQ"])
def test_no_patience_runs_out_while_the_program_is_stopped(trnm: str) -> None:
    async def main() -> None:
        broker = Slow()
        broker.trnm, broker.seconds = trnm, 62.0
        async with asyncio.TaskGroup() as group:
            group.create_task(stopping(broker))
            async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
                assert watch.members == {RISE: {}}
        assert len(broker.wires) == 1
        assert len(broker.requests("CNSRREQ")) == 1

    async def stopping(broker: Broker) -> None:
        while not broker.requests(trnm):
            await pause(0.01)
        await pause(1)
        stop(60)

    virtual(main())


def test_a_stop_is_no_silence_of_the_server() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch(RISE):
            for _ in range(3):
                broker.wire.push(writers.encode_ping())
                await pause(10)
            asked = len(broker.requests("CNSRLST"))
            stop(300)
            await pause(1)
            assert len(broker.requests("CNSRLST")) == asked, "no probe: nobody listened"

    virtual(main())


def test_a_stop_makes_detection_no_slower_afterwards() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            for _ in range(3):
                broker.wire.push(writers.encode_ping())
                await pause(4)
            stop(45)
            broker.wire.push(writers.encode_ping())
            await pause(4)
            broker.wire.push(writers.encode_ping())
            drain(watch)
            broker.wire.stalled = True
            await pause(20)
            assert next(event.state for event in drain(watch) if isinstance(event, jogeon.State)) == "reconnecting"

    virtual(main())


def test_what_waits_in_the_socket_is_read_before_anything_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recheck that differed is judged 3 s later by the clock, but the push that explains it comes after the stop."""

    async def main() -> None:
        broker = Broker(members={RISE: ["005930"], "신고가 돌파": []})
        async with broker.client(recheck=60) as kiwoom, kiwoom.watch(RISE) as watch:
            broker.members[RISE].append("000660")
            while len(broker.requests("CNSRREQ")) < 2:
                await pause(0.1)
            drain(watch)
            waiting = True
            monkeypatch.setattr("jogeon.live.connection._is_empty", lambda _: not waiting)
            stop(30)
            broker.wire.push(writers.encode_ping())
            await pause(1)
            broker.wire.push(push("000660"))
            waiting = False
            await pause(1)
            assert not gaps(drain(watch))

    virtual(main())
