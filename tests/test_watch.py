"""A watch: who follows what, until when, and who is told."""

import asyncio
import unicodedata
from typing import Literal

import pytest

from jogeon.events import Condition, Event
from jogeon.watch import Members
from jogeon.wire import writers
from wire import Broker, Wire, drain, told, virtual

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


def test_members_are_found_by_name_and_by_condition() -> None:
    rise = Condition("0", "급등주")
    members = Members({"급등주": {}})
    assert members[rise] is members["급등주"]
    assert rise in members
    assert members.get(Condition("1", "없음"), "none") == "none"
    with pytest.raises(KeyError):
        members["없음"]
