"""A hub over a scripted broker: one session above, any number of programs below, and what is in the journal."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

import jogeon
from below import Folded
from hubs import MARKET, changes, hub_over, once, program
from jogeon.errors import CannotServe, JournalError, SessionTaken, UnknownCondition
from jogeon.events import Gap, Snapshot, State
from jogeon.journal.history import History
from jogeon.simulator.simulator import Simulator
from jogeon.testing import Broker
from naive_client import NaiveClient

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("spared_disk")


async def test_many_programs_cost_one_login_and_one_registration(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub:
        async with program(hub) as one, program(hub) as two:
            shown = [await client.register("0") for client in (one, two)]
            assert [row["jmcode"] for row in shown[0]["data"]] == ["A005930", "A000660"]
            assert shown[0]["data"] == shown[1]["data"]
            broker.enter("급등주", "042700")
            broker.leave("급등주", "005930")
            await broker.read()
            for client in (one, two):
                await client.caught_up()
                assert changes(client, "0") == [("042700", "I"), ("005930", "D")]
        assert broker.logins == 1
        assert len(broker.asked("ka10173")) == 1


async def test_an_outage_ends_in_ordinary_pushes(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        async with program(hub) as client:
            await client.register("0")
            broker.drop()
            broker.enter("급등주", "042700", push=False)
            broker.leave("급등주", "000660", push=False)
            await broker.wait_for("ka10173", 2)
            while len(changes(client, "0")) < 2:
                await client.caught_up()
            assert changes(client, "0") == [("000660", "D"), ("042700", "I")]
            assert all(len(clock) == 6 for *_, clock in client.pushes)
        assert hub.status()["upstream"]["logins"] == 2  # type: ignore[index]  # a dict


async def test_what_nobody_needs_is_let_go_and_the_time_until_then_is_a_gap(tmp_path: Path) -> None:
    journal = tmp_path / "j"
    async with Broker(MARKET) as broker, hub_over(broker, journal, grace=0.0) as hub:
        async with program(hub) as client:
            await client.register("0")
            await client.clear("0")
        await broker.wait_for("CNSRCLR")
        broker.enter("급등주", "042700", push=False)
        async with program(hub) as client:
            assert len((await client.register("0"))["data"]) == 3
    with History(journal) as history:
        told = [event for _, _, event in history.events() if isinstance(event, Gap | Snapshot | State)]
    gaps = [event for event in told if isinstance(event, Gap)]
    assert [(gap.cause, gap.open) for gap in gaps[:2]] == [("not watched", True), ("not watched", False)]
    assert gaps[0].since_ns == gaps[1].since_ns
    shown = [event for event in told if isinstance(event, Snapshot)]
    assert [len(snapshot.codes) for snapshot in shown] == [2, 3]
    assert isinstance(told[-1], State)
    assert told[-1].state == "ended"


async def test_a_wrong_token_is_refused_and_the_broker_never_hears_of_it(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub:
        async with NaiveClient(hub.websocket, token="wrong") as client:
            assert "8005" in (await client.login())["return_msg"]
            assert (await client.closed())[0] == 1000
        assert broker.logins == 1


async def test_who_takes_the_session_ends_the_hub_and_all_below_are_told(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        async with program(hub) as client:
            await client.register("0")
            broker.system("R10001", "동일한 App key로 접속이 되었습니다")
            with pytest.raises(SessionTaken):
                await asyncio.wait_for(hub.run(), 5)
            assert (await client.hear("SYSTEM"))["code"] == "R10001"
            assert (await client.closed())[0] == 1000
        assert broker.logins == 1


async def test_what_cannot_be_is_said_before_anybody_logs_in(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker:
        async with hub_over(broker, tmp_path / "j") as hub:
            port = int(hub.websocket.split(":")[2].split("/")[0])
            with pytest.raises(JournalError):
                async with hub_over(broker, tmp_path / "j"):
                    pass
            with pytest.raises(CannotServe):
                async with hub_over(broker, tmp_path / "other", port=port):
                    pass
            assert broker.logins == 1
        with pytest.raises(UnknownCondition):
            async with hub_over(broker, tmp_path / "j", "없는 조건"):
                pass


async def test_a_hub_that_is_started_again_goes_on_with_a_gap(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker:
        for _ in range(2):
            async with hub_over(broker, tmp_path / "j", "급등주") as hub:
                await once(hub, "급등주")
        with History(tmp_path / "j") as history:
            causes = [event.cause for _, _, event in history.events() if isinstance(event, Gap)]
    assert causes == ["restart"]


async def test_programs_of_both_kinds_share_one_login_and_all_add_up_to_the_truth(tmp_path: Path) -> None:
    async with Simulator(speed=60.0) as market, hub_over(market, tmp_path / "j") as hub, AsyncExitStack() as stack:
        names = market.truth()["names"]
        plain = [await stack.enter_async_context(program(hub)) for _ in range(2)]
        client = await stack.enter_async_context(jogeon.connect(hub.websocket))
        watches = [await stack.enter_async_context(client.watch(*each)) for each in ((), ("급등주",), ("급등주",))]
        for program_ in plain:
            for seq in names:
                assert (await program_.register(seq))["return_code"] == 0
        await asyncio.sleep(0.5)
        market.fault({"pause_market": True})
        wanted = {seq: set(codes) for seq, codes in market.truth()["members"].items()}
        async with asyncio.timeout(10):
            for watch in watches:
                while {each: set(codes) for each, codes in watch.members.items()} != {
                    names[seq]: codes for seq, codes in wanted.items() if names[seq] in watch.members
                }:
                    await asyncio.sleep(0.01)
        for each in plain:
            await each.caught_up()
            folded = Folded()
            for frame in each.frames:
                folded.take(frame)
            assert (folded.wrong, folded.members) == ([], wanted)
            assert each.pushes
        assert [len(watch.members) for watch in watches] == [len(names), 1, 1]
        assert market.truth()["logins"] == 1
