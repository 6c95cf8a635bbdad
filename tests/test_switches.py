"""Switches that cannot be, and what of them concerns the server."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from jogeon.errors import InvalidAddress
from jogeon.server.settings import ServerSettings
from jogeon.simulator.broker.switches import Switches
from naive_client import NaiveClient
from test_simulator_broker import LIVELY, folded, members, talking


def test_the_defaults_are_the_brokers() -> None:
    assert Switches().settings() == ServerSettings()


def test_the_server_gets_what_concerns_it() -> None:
    switches = Switches(ping=1, ping_deadline=2, login_deadline=3, side_by_side=True, fragment=4, bare_ping=True)
    assert switches.settings() == ServerSettings(
        ping=1, ping_deadline=2, login_deadline=3, exclusive=False, fragment=4, bare_ping=True
    )


@pytest.mark.parametrize(
    "wrong",
    [{"page_size": 0}, {"ping": 0}, {"ping": float("nan")}, {"login_deadline": -1}, {"max_rate": -1}, {"pause": 1e30}],
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidAddress, match=next(iter(wrong))):
        Switches(**wrong)


def test_the_server_gets_the_rest_of_what_concerns_it() -> None:
    assert Switches(frame_limit=9, rfc_pong=True, before_login="silent").settings() == ServerSettings(
        frame_limit=9, rfc_pong=True, refuse_early=False
    )


# ---------------------------------------------------------------- in conversation


async def test_a_seq_that_does_not_exist_may_be_met_with_silence() -> None:
    async with talking(unknown_seq="silent") as (_, client):
        await client.conditions()
        await client.send({"trnm": "CNSRREQ", "seq": "77", "search_type": "1", "stex_tp": "K"})
        await client.caught_up()
        assert "CNSRREQ" not in [frame["trnm"] for frame in client.frames]


async def test_zeros_in_front_of_a_seq_may_mean_nothing() -> None:
    async with talking(zero_padded="taken") as (_, client):
        await client.conditions()
        assert (await client.register("004"))["seq"] == LIVELY
        assert (await client.register(LIVELY))["return_code"] == 900003
        assert (await client.clear("04"))["return_code"] == 0
        assert (await client.register(LIVELY))["return_code"] == 0
        assert (await client.search("000"))["return_code"] == 0


async def test_a_search_beside_real_time_may_end_the_session() -> None:
    async with talking(beside="system") as (_, client):
        await client.conditions()
        assert (await client.search(LIVELY))["return_code"] == 0
        await client.register(LIVELY)
        await client.send({"trnm": "CNSRREQ", "seq": "1", "search_type": "0", "stex_tp": "K"})
        assert (await client.hear("SYSTEM"))["code"] == "R10009"
        assert await client.closed() == (1000, "Bye")


async def test_the_condition_search_may_not_be_offered() -> None:
    async with talking(offered=False) as (_, client):
        for request in ({"trnm": "CNSRLST"}, {"trnm": "CNSRREQ", "seq": "4", "search_type": "1"}):
            reply = await client.ask(**request)
            assert (reply["return_code"], "[8104:" in reply["return_msg"]) == (8104, True)


async def test_only_krx_may_be_a_good_venue() -> None:
    async with talking(venues="K") as (_, client):
        await client.conditions()
        refused = await client.ask(trnm="CNSRREQ", seq=LIVELY, search_type="1", stex_tp="A")
        assert refused["return_code"] == 1903
        assert (await client.register(LIVELY))["return_code"] == 0


async def test_lists_too_close_to_each_other_may_be_refused() -> None:
    for code, number in (("105110", 105110), ("1700", 5)):
        async with talking(list_pause=60, list_code=code) as (_, client):
            await client.conditions()
            refused = await client.ask(trnm="CNSRLST")
            assert (refused["return_code"], "data" in refused) == (number, False)
            assert code in refused["return_msg"] or code == "105110"
            assert (await client.register(LIVELY))["return_code"] == 0


async def test_one_of_some_answers_may_be_a_failure_in_words() -> None:
    async with talking(words=2) as (_, client):
        await client.conditions()
        assert (await client.register(LIVELY))["data"]
        failed = await client.register("1")
        assert failed.pop("return_msg")
        assert failed == {"trnm": "CNSRREQ", "seq": "1", "return_code": 0, "data": None}
        assert "return_msg" not in await client.register("1")


async def test_replies_may_be_slow_while_pushes_are_not() -> None:
    async with talking(slow=0.3) as (simulator, client):
        await client.conditions()
        began = time.monotonic()
        await client.send({"trnm": "CNSRREQ", "seq": LIVELY, "search_type": "1", "stex_tp": "K"})
        while not client.pushes:
            simulator.advance(5)
            await asyncio.sleep(0.01)
        assert "CNSRREQ" not in [frame["trnm"] for frame in client.frames]
        snapshot = await client.hear("CNSRREQ")
        assert 0.09 < time.monotonic() - began < 5
        await client.caught_up()
        assert folded(snapshot, client, LIVELY) == set(members(simulator, LIVELY))


@pytest.mark.parametrize(
    ("where", "field", "in_text"), [("text", None, True), ("field", "4", False), ("nowhere", None, False)]
)
async def test_an_error_names_its_condition_here_or_there(where: str, field: str | None, in_text: bool) -> None:
    async with talking(error_seq=where) as (_, client):
        await client.watch(LIVELY)
        refused = await client.register(LIVELY)
        assert (refused.get("seq"), "(seq=4)" in refused["return_msg"]) == (field, in_text)
        assert (await client.search("9" * 9))["return_code"] == 900004


async def test_the_reply_to_a_stop_may_have_words() -> None:
    async with talking(clear_words=True) as (_, client):
        assert (await client.clear(LIVELY))["return_msg"]


async def test_a_request_before_the_login_may_be_passed_over() -> None:
    async with talking(before_login="silent") as (simulator, _), NaiveClient(simulator.websocket, None) as early:
        await early.send({"trnm": "CNSRLST"})
        await early.ask(trnm="LOGIN", token="demo")
        assert [frame["trnm"] for frame in early.frames] == ["LOGIN"]


async def test_every_answer_may_be_a_failure_in_words() -> None:
    async with talking(words=1) as (_, client):
        await client.conditions()
        assert [(await client.register("1"))["data"] for _ in range(2)] == [None, None]
