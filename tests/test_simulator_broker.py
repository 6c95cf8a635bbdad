"""Conversations with the simulated broker: what `wire.md` promises, and each switch the other way."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.market.companies import prefix
from jogeon.simulator.simulator import Simulator
from naive_client import NaiveClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LARGE, EMPTY, LIVELY = "2", "3", "4"


@contextlib.asynccontextmanager
async def talking(**switches: Any) -> AsyncIterator[tuple[Simulator, NaiveClient]]:
    """Give a market that stands still until told to move, and a client that has logged in."""
    market = Simulator(speed=0, rest_port=None, switches=Switches(**switches))
    async with market as simulator, NaiveClient(simulator.websocket) as client:
        await client.login()
        yield simulator, client


def members(simulator: Simulator, seq: str) -> list[str]:
    codes: list[str] = simulator.truth()["members"][seq]
    return codes


def folded(snapshot: dict[str, Any], client: NaiveClient, seq: str) -> set[str]:
    """Return the members a naive program has: snapshot, then pushes."""
    codes = {row["jmcode"][1:] for row in snapshot["data"] or []}
    for label, code, kind, _ in client.pushes:
        if label == seq:
            (codes.add if kind == "I" else codes.discard)(code)
    return codes


# ---------------------------------------------------------------- exchanges


async def test_who_asks_for_nxt_hears_of_nxt_and_its_hours() -> None:
    async with talking() as (simulator, client):
        await client.conditions()
        nxt = simulator.truth(exchange="N")
        assert nxt["names"] == simulator.truth()["names"]
        snapshot = await client.ask(trnm="CNSRREQ", seq=LIVELY, search_type="1", stex_tp="N")
        page = await client.ask(
            trnm="CNSRREQ", seq=LIVELY, search_type="0", stex_tp="N", cont_yn="N", next_key=""
        )  # fmt: skip
        assert [row["jmcode"][1:] for row in snapshot["data"]] == nxt["members"][LIVELY] != members(simulator, LIVELY)
        assert [row["9001"][1:] for row in page["data"]] == nxt["members"][LIVELY]
        simulator.advance(60)
        await client.caught_up()
        changes = [each for each in simulator.truth(exchange="N")["changes"] if each["seq"] == LIVELY]
        assert client.pushes == [(LIVELY, each["code"], each["kind"], each["time"]) for each in changes]
        assert {each["time"][:4] for each in changes} <= {"0800", "0801"}


async def test_both_exchanges_move_when_conditions_are_edited() -> None:
    async with talking() as (simulator, client):
        await client.conditions()
        before = simulator.truth(exchange="N")
        await client.ask(trnm="CNSRREQ", seq=LIVELY, search_type="1", stex_tp="N")
        simulator.fault({"renumber": True})
        assert simulator.truth(exchange="N")["names"] == simulator.truth()["names"] != before["names"]
        simulator.advance(60)
        await client.caught_up()
        name = before["names"][LIVELY]
        changes = [each for each in simulator.truth(exchange="N")["changes"] if each["name"] == name]
        assert client.pushes == [(LIVELY, each["code"], each["kind"], each["time"]) for each in changes] != []


# ---------------------------------------------------------------- list


async def test_the_list_names_all_conditions() -> None:
    async with talking() as (simulator, client):
        listed = await client.ask(trnm="CNSRLST")
        assert dict(listed["data"]) == simulator.truth()["names"]
        assert [row[0] for row in listed["data"]] == sorted(row[0] for row in listed["data"])


async def test_a_wrong_token_is_refused_in_the_brokers_words() -> None:
    async with talking() as (simulator, _), NaiveClient(simulator.websocket, token="wrong") as stranger:
        assert await stranger.login() == {
            "trnm": "LOGIN", "return_code": 8005,
            "return_msg": "토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE=8005, MESSAGE=Token이 유효하지 않습니다]",
        }  # fmt: skip
        assert await stranger.closed() == (1000, "Bye")


async def test_a_harmless_notice_may_follow_the_list() -> None:
    async with talking(notice=True) as (_, client):
        await client.conditions()
        assert (await client.hear("SYSTEM"))["code"] not in ("R10001", "R10002", "R10004")
        assert await client.conditions()


# ---------------------------------------------------------------- search


async def test_a_search_comes_in_pages_as_it_was_when_it_began() -> None:
    async with talking(page_size=100) as (simulator, client):
        await client.conditions()
        expected = members(simulator, LARGE)
        assert len(expected) > 200
        page = await client.search(LARGE)
        rows = page["data"]
        assert (page["seq"], page["cont_yn"], len(rows), "return_msg" in page) == ("2  ", "Y", 100, False)
        while page["cont_yn"] == "Y":
            assert len(page["next_key"]) == 20
            simulator.advance(10)
            page = await client.search(LARGE, cont_yn="Y", next_key=page["next_key"])
            rows += page["data"]
        assert page["next_key"] == ""
        assert [row["9001"] for row in rows] == [prefix(code) + code for code in expected]
        assert {row["9001"][0] for row in rows} == {"A", "J", "Q"}


async def test_a_search_of_nothing_is_null() -> None:
    async with talking() as (_, client):
        await client.conditions()
        page = await client.search(EMPTY)
        assert (page["data"], page["seq"], page["cont_yn"], page["return_code"]) == (None, "3  ", "N", 0)


async def test_a_page_key_that_was_never_given_is_refused() -> None:
    async with talking(page_size=10) as (_, client):
        await client.conditions()
        key = (await client.search(LARGE))["next_key"]
        assert (await client.search(LARGE, cont_yn="Y", next_key="x"))["return_code"] == 100002
        assert (await client.search(LIVELY, cont_yn="Y", next_key=key))["return_code"] == 100002
        assert (await client.search(LARGE, cont_yn="Y", next_key=key))["return_code"] == 0


async def test_a_page_may_be_asked_for_again_and_very_old_ones_are_forgotten() -> None:
    async with talking(page_size=10) as (_, client):
        await client.conditions()
        keys = [(await client.search(LARGE))["next_key"] for _ in range(9)]
        assert (await client.search(LARGE, cont_yn="Y", next_key=keys[0]))["return_code"] == 100002
        twice = [await client.search(LARGE, cont_yn="Y", next_key=keys[-1]) for _ in range(2)]
        assert twice[0]["data"] == twice[1]["data"]


# ---------------------------------------------------------------- real time


async def test_a_snapshot_and_then_every_change() -> None:
    async with talking() as (simulator, client):
        snapshot = await client.watch(LIVELY)
        assert snapshot["seq"] == "4"
        assert [row["jmcode"] for row in snapshot["data"]] == [f"A{code}" for code in members(simulator, LIVELY)]
        done = len(simulator.truth()["changes"])
        for _ in range(30):
            simulator.advance(1)
        await client.caught_up()
        changes = [each for each in simulator.truth(done)["changes"] if each["seq"] == LIVELY]
        assert client.pushes == [(each["seq"], each["code"], each["kind"], each["time"]) for each in changes]
        assert len(changes) > 3
        assert folded(snapshot, client, LIVELY) == set(members(simulator, LIVELY))


async def test_several_conditions_keep_the_order_of_the_truth() -> None:
    async with talking() as (simulator, client):
        await client.watch(LIVELY)
        for seq in ("1", "6"):
            await client.register(seq)
        done = len(simulator.truth()["changes"])
        simulator.advance(120)
        await client.caught_up()
        changes = [each for each in simulator.truth(done)["changes"] if each["seq"] in (LIVELY, "1", "6")]
        assert client.pushes == [(each["seq"], each["code"], each["kind"], each["time"]) for each in changes]


async def test_an_empty_snapshot_is_null() -> None:
    async with talking() as (_, client):
        assert await client.watch(EMPTY) == {"trnm": "CNSRREQ", "seq": "3", "return_code": 0, "data": None}


async def test_after_the_stop_nothing_is_pushed() -> None:
    async with talking() as (simulator, client):
        await client.watch(LIVELY)
        assert await client.clear(LIVELY) == {"trnm": "CNSRCLR", "seq": "4", "return_code": 0, "return_msg": ""}
        simulator.advance(30)
        await client.caught_up()
        assert client.pushes == []
        await client.register(LIVELY)
        simulator.advance(30)
        await client.caught_up()
        assert client.pushes


async def test_stopping_what_was_not_registered_is_fine() -> None:
    async with talking() as (_, client):
        for seq in ("1", "77", ""):
            assert (await client.clear(seq))["return_code"] == 0


async def test_an_unknown_seq_and_a_padded_one_do_not_exist() -> None:
    async with talking() as (_, client):
        await client.conditions()
        for seq in ("77", "004"):
            assert await client.register(seq) == {
                "trnm": "CNSRREQ", "return_code": 900004, "return_msg": f"존재하지 않는 일련번호입니다.(seq={seq})",
            }  # fmt: skip
            assert (await client.search(seq))["return_code"] == 900004
        assert (await client.register("4  "))["seq"] == "4"


async def test_a_second_registration_is_refused_and_the_first_lives_on() -> None:
    async with talking() as (simulator, client):
        await client.watch(LIVELY)
        assert await client.register(LIVELY) == {
            "trnm": "CNSRREQ", "return_code": 900003, "return_msg": "이미 등록된 조건검색 일련번호입니다.(seq=4)",
        }  # fmt: skip
        simulator.advance(30)
        await client.caught_up()
        assert client.pushes


async def test_a_second_registration_may_be_met_with_silence() -> None:
    async with talking(second="silent") as (simulator, client):
        await client.watch(LIVELY)
        await client.send({"trnm": "CNSRREQ", "seq": LIVELY, "search_type": "1", "stex_tp": "K"})
        simulator.advance(30)
        await client.caught_up()
        assert [frame["trnm"] for frame in client.frames].count("CNSRREQ") == 1
        assert client.pushes


async def test_without_the_list_there_is_silence() -> None:
    async with talking() as (simulator, client):
        for kind in ("0", "1"):
            await client.send({"trnm": "CNSRREQ", "seq": LIVELY, "search_type": kind, "stex_tp": "K"})
        await client.clear("9")
        simulator.advance(30)
        await client.conditions()
        assert [frame["trnm"] for frame in client.frames] == ["LOGIN", "CNSRCLR", "CNSRLST"]
        assert (await client.register(LIVELY))["return_code"] == 0


async def test_without_the_list_there_may_be_an_error_or_an_answer() -> None:
    async with talking(unlisted="900004") as (_, client):
        assert (await client.register(LIVELY))["return_code"] == 900004
    async with talking(unlisted="allowed") as (_, client):
        assert (await client.register(LIVELY))["data"]
        assert (await client.search(LIVELY))["data"]


async def test_a_registration_may_outlive_its_socket() -> None:
    for outlives in (False, True):
        async with talking(outliving=outlives) as (simulator, client):
            await client.watch(LIVELY)
            async with NaiveClient(simulator.websocket) as again:
                await again.login()
                first = await again.watch(LIVELY)
                assert first["return_code"] == (900003 if outlives else 0)
                await again.clear(LIVELY)
                assert (await again.register(LIVELY))["return_code"] == 0
                simulator.advance(30)
                await again.caught_up()
                assert again.pushes


async def test_two_sessions_may_live_side_by_side() -> None:
    async with talking(side_by_side=True) as (simulator, one), NaiveClient(simulator.websocket) as other:
        await other.login()
        snapshots = [await one.watch(LIVELY), await other.watch(LIVELY)]
        simulator.advance(30)
        for client, snapshot in zip((one, other), snapshots, strict=True):
            await client.caught_up()
            assert folded(snapshot, client, LIVELY) == set(members(simulator, LIVELY))
        assert one.pushes == other.pushes


async def test_what_goes_away_gets_nothing() -> None:
    async with talking(side_by_side=True) as (simulator, staying):
        await staying.watch(LIVELY)
        async with NaiveClient(simulator.websocket) as going:
            await going.login()
            await going.watch(LIVELY)
        simulator.advance(30)
        await staying.caught_up()
        assert staying.pushes


# ---------------------------------------------------------------- other frames


async def test_what_nobody_knows_lacks_a_parameter() -> None:
    async with talking() as (_, client):
        for trnm in ("GCNSRLST", "", "CNSRLT"):
            await client.send({"trnm": trnm})
            assert (await client.hear(""))["return_msg"] == "필수 파라미터가 누락되어 있습니다(parameter=trnm)"
        await client.send("[]")
        assert (await client.hear(""))["return_code"] == 100002
        for trnm in ("CNSRREQ", "CNSRCLR"):
            refused = await client.ask(trnm=trnm)
            assert refused["return_msg"] == "필수 파라미터가 누락되어 있습니다(parameter=seq)"


# ---------------------------------------------------------------- limits


async def test_limits_of_the_older_interface() -> None:
    async with talking(max_conditions=1, max_hits=100) as (_, client):
        assert (await client.watch(LARGE))["return_code"] == 900009
        assert (await client.register(LIVELY))["return_code"] == 0
        assert (await client.register("1"))["return_code"] == 900009
        await client.clear(LIVELY)
        assert (await client.register("1"))["return_code"] == 0
    async with talking(pause=60) as (_, client):
        await client.conditions()
        assert (await client.search(LIVELY))["return_code"] == 0
        assert (await client.search(LIVELY))["return_code"] == 900009
        assert (await client.register(LIVELY))["return_code"] == 900009
        assert (await client.register("1"))["return_code"] == 0
    async with talking(max_rate=5) as (_, client):
        assert [(await client.ask(trnm="CNSRLST"))["return_code"] for _ in range(6)] == [0] * 5 + [105110]


async def test_pages_of_one_search_are_one_request_for_its_condition() -> None:
    async with talking(pause=60, page_size=200) as (_, client):
        await client.conditions()
        page = await client.search(LARGE)
        assert (await client.search(LARGE, cont_yn="Y", next_key=page["next_key"]))["return_code"] == 0


async def test_the_wire_in_fragments_means_the_same() -> None:
    async with talking(fragment=7) as (simulator, client):
        snapshot = await client.watch(LIVELY)
        simulator.advance(30)
        await client.caught_up()
        assert folded(snapshot, client, LIVELY) == set(members(simulator, LIVELY))
