"""A watch: who follows what, until when, and who is told."""

import asyncio
import subprocess
import sys
import unicodedata
from typing import Literal

import pytest

from jogeon.errors import LocalProtocolError
from jogeon.events import Condition, Enter, Event
from jogeon.wire import writers
from texts import snapshot_text
from wire import Broker, Wire, drain, told, virtual

PATIENCE = 60.0
RISE, HIGH = Condition("0", "급등주"), Condition("4", "신고가 돌파")


@pytest.mark.parametrize("wire", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_a_name_is_the_same_composed_and_decomposed(wire: Literal["NFC", "NFD"], typed: Literal["NFC", "NFD"]) -> None:
    async def main() -> None:
        name = unicodedata.normalize(typed, "급등주")
        broker = Broker({"0": unicodedata.normalize(wire, "급등주")}, {"급등주": ["005930"]})
        broker.members = {unicodedata.normalize(wire, "급등주"): ["005930"]}
        async with broker.client() as kiwoom:
            assert await kiwoom.resolve(name) == await kiwoom.resolve(Condition("7", name)) == Condition("0", "급등주")
            async with kiwoom.watch(name) as watch:
                assert list(watch.members[name]) == ["005930"]
                assert name in watch.members
                assert watch.members.get("없는 조건") is None

    virtual(main())


def test_a_push_after_the_stop_is_not_an_event() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("신고가 돌파") as other:
            async with kiwoom.watch("급등주"):
                pass
            drain(other)
            broker.wire.push(writers.encode_push("0", "005930", "I", "090000"))
            assert drain(other) == []

    virtual(main())


def test_leaving_one_of_two_watches_clears_nothing_the_other_needs() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as first:
            async with kiwoom.watch("급등주", "신고가 돌파") as second:
                assert told(drain(second))[0] == ("Snapshot", "급등주", "005930")
            assert [m["seq"] for m in broker.requests("CNSRCLR")] == ["4"]
            broker.enter("급등주", "000660")
            assert told(drain(first))[-1] == ("Enter", "급등주", "000660", "live")
        assert len(broker.requests("CNSRREQ")) == 2

    virtual(main())


def test_what_comes_in_one_read_keeps_its_order_around_an_answer() -> None:
    """A change before the snapshot of a recheck is an event and no drift; one behind it is folded on top of it."""

    class Answering(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            push = writers.encode_push
            wire.push(
                push(seq, "000001", "I", "090000"),
                snapshot_text(seq, self.members["급등주"]),
                push(seq, "000001", "D", "090001"),
                push(seq, "000002", "I", "090001"),
            )

    async def main() -> None:
        broker = Answering({"0": "급등주"})
        async with broker.client(recheck=60) as kiwoom, kiwoom.watch("급등주") as watch:
            broker.members["급등주"] = ["000001"]
            assert told(drain(watch)) == [
                ("Snapshot", "급등주"),
                ("Enter", "급등주", "000001", "live"),
                ("Leave", "급등주", "000001", "live"),
                ("Enter", "급등주", "000002", "live"),
            ]
            broker.wire.push(writers.encode_push("0", "000002", "D", "090030"))
            await asyncio.sleep(100)
            assert told(drain(watch)) == [
                ("Leave", "급등주", "000002", "live"),
                ("Enter", "급등주", "000001", "live"),
                ("Leave", "급등주", "000001", "live"),
                ("Enter", "급등주", "000002", "live"),
            ]
            assert list(watch.members["급등주"]) == ["000002"]

    virtual(main())


def test_whoever_reads_goes_on_within_the_read_once_all_of_it_was_put() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch, kiwoom.watch("급등주") as other:
            seen: list[tuple[str, int]] = []

            def note(event: Event) -> None:
                if isinstance(event, Enter):
                    seen.append((event.code, len(other.members["급등주"])))

            drain(other)
            reading = asyncio.create_task(watch.each(note))
            await asyncio.sleep(1)
            pushes = [writers.encode_push("0", f"00000{n}", "I", "090000") for n in range(3)]
            done = asyncio.get_running_loop().create_future()

            def bring() -> None:
                broker.wire.push(*pushes)
                done.set_result(list(seen))

            asyncio.get_running_loop().call_soon(bring)
            assert await done == [("000000", 3), ("000001", 3), ("000002", 3)]
            assert len(drain(other)) == 3
            reading.cancel()

    virtual(main())


ENDS = """
import asyncio, sys, jogeon
from jogeon.testing import Broker

async def main():
    async with Broker({"급등주": []}) as broker, jogeon.connect(broker.url) as kiwoom, kiwoom.watch() as watch:
        asyncio.get_running_loop().call_later(0.05, broker.enter, "급등주", "005930")
        async for event in watch:
            if isinstance(event, jogeon.Enter):
                raise %s

asyncio.run(main())
"""


@pytest.mark.parametrize(("ends", "code"), [("SystemExit(7)", 7), ("KeyboardInterrupt", (130, -2, 0xC000013A))])
def test_user_code_may_end_the_program_amid_a_read(ends: str, code: int | tuple[int, ...]) -> None:
    ran = subprocess.run([sys.executable, "-c", ENDS % ends], capture_output=True, timeout=PATIENCE, check=False)
    assert ran.returncode in (code if isinstance(code, tuple) else (code,)), ran.stderr
    assert b"never retrieved" not in ran.stderr


def test_batches_are_what_one_read_brought() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            with pytest.raises(LocalProtocolError, match="async with"):
                kiwoom.watch("급등주").batches()
            batches = watch.batches()
            assert told(await anext(batches)) == [("Snapshot", "급등주")]
            pushes = [writers.encode_push("0", f"00000{n}", "I", "090000") for n in range(3)]
            asyncio.get_running_loop().call_later(1, broker.wire.push, *pushes)
            assert told(await anext(batches)) == [("Enter", "급등주", f"00000{n}", "live") for n in range(3)]
        assert [event.fields()["event"] for batch in [await anext(batches)] for event in batch] == ["state"]
        with pytest.raises(StopAsyncIteration):
            await anext(batches)

    virtual(main())


def test_a_handler_that_raises_amid_a_read_harms_no_other_watch() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as other:
            async with kiwoom.watch("급등주") as watch:

                def handler(event: Event) -> None:
                    if isinstance(event, Enter):
                        raise ZeroDivisionError

                asyncio.get_running_loop().call_later(1, broker.enter, "급등주", "005930")
                with pytest.raises(ZeroDivisionError):
                    await watch.each(handler)
            broker.enter("급등주", "000660")
            assert [event.code for event in drain(other) if isinstance(event, Enter)] == ["005930", "000660"]
            assert broker.wire.open

    virtual(main())


def test_a_handler_that_raises_is_the_users_and_comes_out_unchanged() -> None:
    async def main() -> None:
        broker = Broker()

        def handler(event: Event) -> None:
            del event
            raise ZeroDivisionError

        async with broker.client() as kiwoom:
            with pytest.raises(ZeroDivisionError):
                async with kiwoom.watch("급등주") as watch:
                    await watch.each(handler)
            assert await kiwoom.conditions() == [RISE, HIGH]
        assert len(broker.requests("CNSRCLR")) == 1

    virtual(main())


def test_a_watch_that_ends_while_its_reader_lags_tells_what_was_lost_first() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom:
            async with kiwoom.watch("급등주", max_events=5) as watch:
                drain(watch)
                for number in range(20):
                    broker.enter("급등주", f"{number:06d}")
            *told_before, ended = told(drain(watch))
        assert told_before[0] == ("Gap", "급등주", "lagged")
        assert told_before[1:21] == [("Enter", "급등주", f"{number:06d}", "recovered") for number in range(20)]
        assert told_before[21][0] == "Snapshot"
        assert ended == ("State", "ended")

    virtual(main())


def test_a_silent_condition_does_not_keep_the_others_from_being_read() -> None:
    class Deaf(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            if seq == "0":
                super().on_register(wire, seq)

    async def main() -> None:
        names = {str(seq): f"조건{seq}" for seq in range(4)}
        broker = Deaf(names)
        async with broker.client() as kiwoom:
            began = asyncio.get_running_loop().time()
            async with kiwoom.watch() as watch:
                assert asyncio.get_running_loop().time() - began < 6
                assert ("Snapshot", "조건0") in told(drain(watch))

    virtual(main())
