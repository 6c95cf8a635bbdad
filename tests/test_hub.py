"""A hub over a scripted broker: one session above, any number of programs below, and what is in the journal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hubs import changes, hub_over, program
from jogeon.errors import CannotServe, JournalError, SessionTaken, UnknownCondition
from jogeon.events import Gap, Snapshot, State
from jogeon.journal.history import History
from jogeon.testing import Broker
from naive_client import NaiveClient

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.hub.hub import Hub

pytestmark = pytest.mark.usefixtures("spared_disk")
MARKET = {"급등주": ["005930", "000660"], "신고가 돌파": ["035720"]}


async def once(hub: Hub, condition: str) -> None:
    """Wait until the hub knows who is in a condition."""
    while not any(hub.members(each) for each in hub.conditions if each.name == condition):
        await asyncio.sleep(0.01)


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


async def test_a_late_joiner_sees_a_change_once(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        async with program(hub) as one, program(hub) as two:
            await one.register("0")
            broker.enter("급등주", "042700")
            await broker.read()
            shown = await two.register("0")
            await two.caught_up()
            assert "A042700" in [row["jmcode"] for row in shown["data"]]
            assert changes(two, "0") == []


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


async def test_joining_while_the_session_is_away_is_refused_with_the_reason(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        async with program(hub) as client:
            broker.refuse("LOGIN", 1700, "too often", times=None)
            broker.drop()
            await broker.deserted()
            refused = await client.register("0")
            assert refused["return_code"] == 1999
            assert "증권사" in refused["return_msg"]
            broker.calm()


async def test_a_refused_registration_is_told_in_the_brokers_words(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        broker.refuse("ka10173", 900001, "조건식 오류", times=None)
        refused = await client.register("0")
        assert (refused["return_code"], refused["return_msg"]) == (900001, "조건식 오류(seq=0)")
        assert list(hub.conditions) == []
        broker.calm()
        assert (await client.register("0"))["return_code"] == 0


async def test_labels_stay_through_a_renumbering_above(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", everything=True) as hub:
        await once(hub, "신고가 돌파")
        async with program(hub) as client:
            await client.register("0")
            broker.renumber()
            broker.drop()
            await broker.wait_for("ka10173", 4)
            await broker.read()
            assert await client.conditions() == {"0": "급등주", "1": "신고가 돌파"}
            broker.enter("신고가 돌파", "111111")
            broker.enter("급등주", "222222")
            await broker.read()
            await client.caught_up()
            assert changes(client, "0") == [("222222", "I")]
            assert changes(client, "1") == []
        async with program(hub) as newcomer:
            assert await newcomer.conditions() == {seq: name for seq, name in broker.conditions.items()}


async def test_requests_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        assert (await client.register("7"))["return_code"] == 900004
        await client.register("0")
        assert (await client.register("0"))["return_code"] == 900003
        nxt = await client.ask(trnm="CNSRREQ", seq="0", search_type="1", stex_tp="N")
        assert nxt["return_code"] == 900003
        async with program(hub) as other:
            nxt = await other.ask(trnm="CNSRREQ", seq="0", search_type="1", stex_tp="N")
            assert (nxt["return_code"], "K" in nxt["return_msg"]) == (1903, True)
            assert (await other.clear("0"))["return_code"] == 0
        await client.send({"trnm": "CNSRREQ"})
        assert (await client.hear("CNSRREQ"))["return_code"] == 100002


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


async def test_a_grace_period_spares_the_broker(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", grace=30.0) as hub:
        for _ in range(3):
            async with program(hub) as client:
                await client.register("0")
        assert len(broker.asked("ka10173")) == 1
        assert broker.asked("CNSRCLR") == []


async def test_fifty_searches_at_once_are_one_above(tmp_path: Path) -> None:
    async with Broker({"급등주": [f"{number:06d}" for number in range(250)]}) as broker:
        async with hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
            asked = {"trnm": "CNSRREQ", "seq": "0", "search_type": "0", "stex_tp": "K", "cont_yn": "N", "next_key": ""}
            for _ in range(50):
                await client.send(asked)
            pages = [await client.hear("CNSRREQ") for _ in range(50)]
            assert {len(page["data"]) for page in pages} == {100}
            above = len(broker.asked("ka10172"))
            codes = [row["9001"] for row in pages[-1]["data"]]
            key = pages[-1]["next_key"]
            while key:
                page = await client.search("0", cont_yn="Y", next_key=key)
                codes, key = codes + [row["9001"] for row in page["data"]], page["next_key"]
            assert codes == [f"A{number:06d}" for number in range(250)]
            assert len(broker.asked("ka10172")) == above
            assert (await client.search("0", cont_yn="Y", next_key="no such key"))["return_code"] == 100002


async def test_a_search_above_that_is_refused_is_refused_below(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        broker.refuse("ka10172", 900001, "조건식 오류")
        assert (await client.search("0"))["return_msg"] == "조건식 오류(seq=0)"


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
