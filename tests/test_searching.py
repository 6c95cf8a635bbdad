"""Searches through a hub, over a scripted broker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hubs import MARKET, hub_over, program
from jogeon.testing import Broker

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("spared_disk")


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
            assert (await client.search("", cont_yn="Y", next_key="no such key"))["return_code"] == 100002


async def test_a_search_above_that_is_refused_is_refused_below(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub) as client:
        broker.refuse("ka10172", 900001, "조건식 오류")
        assert (await client.search("0"))["return_msg"] == "조건식 오류(seq=0)"


async def test_a_key_of_one_condition_opens_no_page_of_another(tmp_path: Path) -> None:
    codes = [f"{number:06d}" for number in range(150)]
    async with Broker({"급등주": codes, "신고가 돌파": codes}) as broker, hub_over(broker, tmp_path / "j") as hub:
        async with program(hub) as client:
            key = (await client.search("0"))["next_key"]
            assert (await client.search("1", cont_yn="Y", next_key=key))["return_code"] == 100002
            assert len((await client.search("0", cont_yn="Y", next_key=key))["data"]) == 50
