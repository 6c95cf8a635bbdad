"""The board over a hub: what is committed reaches all who look, by differences that are made once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from boards import board_over, browser, listening
from jogeon.board.board import TURN
from jogeon.testing import Broker

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("spared_disk")
MARKET = {"급등주": ["005930", "000660"], "신고가 돌파": ["035720"]}


def inside(state: dict[str, Any], name: str = "급등주") -> set[str]:
    return {code for code, stay in state["members"].get(name, {}).items() if stay["left"] is None}


async def test_it_shows_who_is_in_and_what_changes(tmp_path: Path) -> None:
    with Broker(MARKET) as broker:
        async with board_over(broker, tmp_path / "j") as served:
            await served.until(lambda state: inside(state) == {"005930", "000660"})
            broker.enter("급등주", "035420")
            broker.leave("급등주", "005930")
            state = await served.until(lambda state: inside(state) == {"000660", "035420"})
            assert [each["name"] for each in state["conditions"]] == ["급등주", "신고가 돌파"]
            assert [each["event"] for each in state["events"] if "code" in each] == ["enter", "leave"]
            assert state["status"]["state"] == "connected"


async def test_an_outage_is_shown_while_it_lasts_and_afterwards_as_a_gap(tmp_path: Path) -> None:
    with Broker(MARKET) as broker:
        async with board_over(broker, tmp_path / "j") as served:
            await served.until(lambda state: inside(state) == {"005930", "000660"})
            broker.drop()
            await served.until(lambda state: state["status"]["gaps"]["count"] == 1)
            state = await served.until(lambda state: state["status"]["trouble"] is None)
            assert {each["event"] for each in state["events"]} >= {"gap", "state"}


async def test_a_board_that_begins_later_knows_the_day_from_the_journal(tmp_path: Path) -> None:
    with Broker(MARKET) as broker:
        async with board_over(broker, tmp_path / "j") as served:
            await served.until(lambda state: inside(state) == {"005930", "000660"})
            broker.enter("급등주", "035420")
            await served.until(lambda state: "035420" in inside(state))
        async with board_over(broker, tmp_path / "j") as served:
            state = await served.until(lambda state: state["status"].get("gaps", {}).get("count") == 1)
            assert state["members"]["급등주"]["035420"]["origin"] == "live"


async def test_whoever_looks_hears_differences_and_goes_on_where_it_was(tmp_path: Path) -> None:
    with Broker(MARKET) as broker:
        async with board_over(broker, tmp_path / "j") as served, browser(served) as client, asyncio.timeout(20):
            await served.until(lambda state: inside(state) == {"005930", "000660"})
            async with listening(client) as events:
                position, event, _ = await anext(events)
                assert event == "diff"
                broker.enter("급등주", "035420")
                while "035420" not in (found := await anext(events))[2].get("members", {}).get("급등주", {}):
                    pass
                assert found[0] != position
            broker.leave("급등주", "035420")
            await served.until(lambda state: "035420" not in inside(state))
            told: set[str] = set()
            async with listening(client, Last_Event_ID=position) as events:
                while "leave" not in told:
                    _, event, data = await anext(events)
                    assert event == "diff"
                    told |= {each["event"] for each in data.get("events", ())}
            assert "enter" in told
            async with listening(client, Last_Event_ID="0123456789abcdef:1:1") as events:
                assert (await anext(events))[1] == "reload"


async def test_a_difference_is_the_same_bytes_for_everyone(tmp_path: Path) -> None:
    with Broker(MARKET) as broker:
        async with board_over(broker, tmp_path / "j") as served, asyncio.timeout(20):
            await served.until(lambda state: inside(state) == {"005930", "000660"})
            streams = [served.board.stream(None) for _ in range(2)]
            assert {await anext(stream) for stream in streams} == {b"retry: 1000\n\n"}
            first, second = await asyncio.gather(*(anext(stream) for stream in streams))
            assert first.startswith(b"id: ")
            assert first is second or first == second
            for stream in streams:
                await stream.aclose()


async def test_watching_is_begun_and_ended_from_the_page(tmp_path: Path) -> None:
    with Broker(MARKET) as broker:
        async with board_over(broker, tmp_path / "j", "급등주") as served:
            await served.until(lambda state: inside(state) == {"005930", "000660"})
            served.board.view.watch("신고가 돌파", on=True)
            await served.until(lambda state: inside(state, "신고가 돌파") == {"035720"})
            served.board.view.watch("급등주", on=False)
            state = await served.until(lambda state: not inside(state))
            assert {each["name"]: each["on"] for each in state["conditions"]} == {"급등주": False, "신고가 돌파": True}
            served.board.view.watch("급등주", on=True)
            await served.until(lambda state: inside(state) == {"005930", "000660"})


async def test_what_was_let_go_stays_so_when_the_list_comes_again(tmp_path: Path) -> None:
    with Broker(MARKET) as broker:
        async with board_over(broker, tmp_path / "j") as served:
            await served.until(lambda state: inside(state) == {"005930", "000660"})
            served.board.view.watch("급등주", on=False)
            broker.drop()
            await served.until(lambda state: state["status"]["gaps"]["count"] == 1)
            broker.add("나중에 만든 조건식", ["000660"])
            await served.hub.feed.conditions()
            state = await served.until(lambda state: inside(state, "나중에 만든 조건식") == {"000660"})
            assert {each["name"]: each["on"] for each in state["conditions"]}["급등주"] is False


async def test_while_nobody_looks_no_difference_is_made_and_the_first_look_misses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jogeon.board.board.AWAY", 0.0)
    with Broker(MARKET) as broker:
        async with board_over(broker, tmp_path / "j") as served, asyncio.timeout(20):
            state = await served.until(lambda state: inside(state) == {"005930", "000660"})
            number = served.board.diffs.number
            broker.enter("급등주", "035420")
            while not served.board.picture.stock("035420")["conditions"]:
                await asyncio.sleep(0.05)
            await asyncio.sleep(3 * TURN)  # as long as there would have been three
            assert served.board.diffs.number == number
            stream = served.board.stream(state["position"])
            told = b"".join([await anext(stream) for _ in range(2)])
            assert b"035420" in told
            await stream.aclose()
            assert "035420" in inside(served.board.state())
