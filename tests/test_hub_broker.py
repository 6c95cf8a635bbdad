"""What plain programs are answered by a hub over a scripted broker."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from hubs import MARKET, changes, hub_over, once, program
from jogeon.hub.guesses import FREE, PAUSE
from jogeon.testing import Broker
from naive_client import NaiveClient

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("spared_disk")


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
            assert await newcomer.conditions() == broker.conditions


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
        misshapen: list[object] = [[{"item": "005930", "type": ["0B"]}], [{}], "005930", None]
        for trnm in ("REG", "REMOVE"):
            for data in misshapen:
                await client.send({"trnm": trnm, "grp_no": "1", "refresh": "1", "data": data})
                assert (await client.hear(trnm))["return_code"] == 105111


async def test_wrong_tokens_are_refused_later_and_later(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub:
        waited: list[float] = []
        for _ in range(FREE + 1):
            began = time.monotonic()
            async with NaiveClient(hub.websocket, "wrong") as client:
                assert "8005" in (await client.login())["return_msg"]
                assert (await client.closed())[0] == 1000
            waited.append(time.monotonic() - began)
        assert waited[-1] >= PAUSE > max(waited[:-1])
        async with program(hub):
            pass  # who has a right one does not wait


async def test_what_is_guessed_while_it_waits_is_not_judged(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub:
        for _ in range(FREE):
            hub.broker.guessed("127.0.0.1")
        async with NaiveClient(hub.websocket, "wrong") as client:
            await client.send({"trnm": "LOGIN", "token": "demo"})
            assert (await client.login())["return_code"] == 100013
            assert "8005" in (await client.login())["return_msg"]
            assert (await client.closed())[0] == 1000


async def test_a_second_login_on_one_connection_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        await client.register("0")
        assert (await client.ask(trnm="LOGIN", token="demo"))["return_code"] == 100013
        broker.enter("급등주", "042700")
        await broker.read()
        await client.caught_up()
        assert changes(client, "0") == [("042700", "I")]


async def test_a_program_need_not_wait_for_an_answer(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub:
        async with NaiveClient(hub.websocket) as client:
            await client.send({"trnm": "CNSRREQ", "seq": "1", "search_type": "1", "stex_tp": "K"})
            await client.send({"trnm": "CNSRLST"})
            assert (await client.login())["return_code"] == 0
            assert [row["jmcode"] for row in (await client.hear("CNSRREQ"))["data"]] == ["A035720"]
            assert (await client.hear("CNSRLST"))["data"] == [["0", "급등주"], ["1", "신고가 돌파"]]


async def test_a_program_that_says_no_more_has_left(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        await client.register("0")
        client.shut()
        await client.closed()
        while hub.status()["consumers"]:
            await asyncio.sleep(0.01)
        broker.enter("급등주", "042700")
        await broker.read()


async def test_each_list_that_is_asked_for_is_answered_and_one_is_asked_for_above(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        await asyncio.sleep(1.1)  # a list is shared within a second
        asked = len(broker.asked("CNSRLST"))
        broker.delay("CNSRLST", 0.2)
        for _ in range(500):
            await client.send({"trnm": "CNSRLST"})
        lists = [await client.hear("CNSRLST") for _ in range(500)]
        assert all(each["data"] == [["0", "급등주"], ["1", "신고가 돌파"]] for each in lists)
        assert len(broker.asked("CNSRLST")) == asked + 1
