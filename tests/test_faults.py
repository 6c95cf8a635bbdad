"""Each fault by its name, and orders that are none."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from jogeon.simulator.broker.faults import InvalidFault, Order, Standing, parse
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.simulator import Simulator
from naive_client import NaiveClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SEQ = "4"


@contextlib.asynccontextmanager
async def watching(**switches: Any) -> AsyncIterator[tuple[Simulator, NaiveClient]]:
    """Give a market that moves when told to, and a client that watches a lively condition."""
    market = Simulator(speed=0, rest_port=None, switches=Switches(**switches))
    async with market as simulator, NaiveClient(simulator.websocket) as client:
        await client.login()
        await client.watch(SEQ)
        yield simulator, client


async def moved(simulator: Simulator, client: NaiveClient, seconds: float = 30) -> list[dict[str, Any]]:
    """Let the market move; return the truth of the watched condition once everything has been heard."""
    before = len(simulator.truth()["changes"])
    simulator.advance(seconds)
    await client.caught_up()
    changes = [each for each in simulator.truth(before)["changes"] if each["seq"] == SEQ]
    assert changes
    return changes


def pushed(changes: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    return [(each["seq"], each["code"], each["kind"], each["time"]) for each in changes]


def unreadable(client: NaiveClient) -> list[str]:
    return [frame for frame in client.frames if isinstance(frame, str)]


# ---------------------------------------------------------------- orders


@pytest.mark.parametrize(
    "fields",
    [
        {"dorp": True},
        {"drop": 1},
        {"drop": "true"},
        {"close": [1000]},
        {"close": ["1000", "Bye"]},
        {"close": [1006, "never sent"]},
        {"close": [5000, ""]},
        {"refuse_login": 8005},
        {"refuse_login": "no code"},
        {"reject_for": -1},
        {"freeze": "1"},
        {"freeze": 1e9},
        {"mute": 4},
        {"no_ping": None},
        {"duplicate": 1},
        {"garble": 1.5},
        {"garble_push": -1},
        {"push_before_reply": True},
        {"renumber": None},
        {"pause_market": "yes"},
    ],
    ids=str,
)
async def test_an_order_that_is_none_is_refused_and_nothing_happens(fields: dict[str, Any]) -> None:
    async with watching() as (simulator, client):
        with pytest.raises(InvalidFault, match=r"^(this is not a fault|close code)"):
            simulator.fault({"duplicate": True, **fields} if "duplicate" not in fields else fields)
        assert Standing(**simulator.fault({})) == Standing()
        await client.caught_up()


def test_a_refusal_names_what_there_is() -> None:
    with pytest.raises(InvalidFault) as refused:
        parse({"unplug": True})
    assert "unplug" in str(refused.value)
    assert all(name in str(refused.value) for name in Order.__struct_fields__)


async def test_posts_merge_and_an_empty_one_ends_all() -> None:
    async with watching() as (simulator, _):
        simulator.fault({"duplicate": True, "mute": "1"})
        both = simulator.fault({"no_ping": True, "mute": "2"})
        assert (both["duplicate"], both["mute"], both["no_ping"]) == (True, "2", True)
        assert simulator.fault({"mute": None, "renumber": False})["mute"] is None
        assert simulator.fault({}) == simulator.fault({"drop": False})
        assert Standing(**simulator.fault({})) == Standing()


# ---------------------------------------------------------------- what happens once


async def test_drop_resets_all_connections() -> None:
    async with watching(side_by_side=True) as (simulator, one), NaiveClient(simulator.websocket) as other:
        await other.login()
        simulator.fault({"drop": True})
        assert await one.closed() == await other.closed() == (1006, "")
        async with NaiveClient(simulator.websocket) as again:
            await again.login()
            await again.watch(SEQ)
        assert (simulator.truth()["connections"], simulator.truth()["logins"]) == (3, 3)


async def test_close_ends_all_connections_with_its_code_and_reason() -> None:
    for close in ([1000, "Bye"], [1011, ""], [4000, "점검"]):
        async with watching() as (simulator, client):
            simulator.fault({"close": close})
            assert await client.closed() == tuple(close)


async def test_renumber_moves_every_seq_and_no_name() -> None:
    async with watching() as (simulator, client):
        before = simulator.truth()
        simulator.fault({"renumber": True})
        after = simulator.truth()
        assert sorted(before["names"].values()) == sorted(after["names"].values())
        assert all(after["names"][seq] != name for seq, name in before["names"].items())
        by_name = {name: after["members"][seq] for seq, name in after["names"].items()}
        assert by_name == {name: before["members"][seq] for seq, name in before["names"].items()}
        assert await client.conditions() == after["names"]
        assert Standing(**simulator.fault({})) == Standing()
        assert simulator.truth()["names"] == after["names"]


async def test_renumber_leaves_registrations_with_their_condition_and_seq() -> None:
    async with watching() as (simulator, client):
        name = simulator.truth()["names"][SEQ]
        simulator.fault({"renumber": True})
        done = len(simulator.truth()["changes"])
        simulator.advance(30)
        await client.caught_up()
        changes = [each for each in simulator.truth(done)["changes"] if each["name"] == name]
        assert {each["seq"] for each in changes} != {SEQ}
        assert client.pushes == [(SEQ, each["code"], each["kind"], each["time"]) for each in changes]


async def test_renumber_and_a_registration_anew() -> None:
    async with watching() as (simulator, client):
        name = simulator.truth()["names"][SEQ]
        simulator.fault({"renumber": True})
        [now] = [seq for seq, each in (await client.conditions()).items() if each == name]
        assert (await client.register(SEQ))["return_code"] == 900003
        await client.clear(SEQ)
        snapshot = await client.register(now)
        assert {row["jmcode"][1:] for row in snapshot["data"]} == set(simulator.truth()["members"][now])
        simulator.advance(30)
        await client.caught_up()
        assert {push[0] for push in client.pushes} == {now}


async def test_renumber_comes_before_drop() -> None:
    async with watching() as (simulator, client):
        before = simulator.truth()["names"]
        simulator.fault({"drop": True, "renumber": True})
        await client.closed()
        async with NaiveClient(simulator.websocket) as again:
            await again.login()
            assert await again.conditions() == simulator.truth()["names"] != before


# ---------------------------------------------------------------- what lasts


@pytest.mark.parametrize("code", ["8005", "8031", "9999"])
async def test_refuse_login(code: str) -> None:
    async with watching() as (simulator, client):
        simulator.fault({"refuse_login": code})
        async with NaiveClient(simulator.websocket) as refused:
            assert f"[CODE={code}, MESSAGE=" in (await refused.login())["return_msg"]
            assert await refused.closed() == (1000, "Bye")
        await moved(simulator, client)
        simulator.fault({})
        async with NaiveClient(simulator.websocket) as welcome:
            assert (await welcome.login())["return_code"] == 0


async def test_reject_for_accepts_and_closes_for_a_while() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"reject_for": 0.1})
        async with NaiveClient(simulator.websocket, token=None) as rejected:
            assert await rejected.closed() == (1000, "Bye")
        assert await client.conditions()
        await asyncio.sleep(0.12)
        assert simulator.fault({"drop": False})["reject_for"] == 0
        async with NaiveClient(simulator.websocket) as welcome:
            await welcome.login()
        simulator.fault({"reject_for": 60})
        simulator.fault({})
        async with NaiveClient(simulator.websocket) as welcome:
            await welcome.login()


async def test_freeze_neither_sends_nor_reads_for_a_while() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"freeze": 60})
        simulator.advance(30)
        await client.send({"trnm": "CNSRLST"})
        with pytest.raises(TimeoutError):
            await client.hear("CNSRLST", wait=0.1)
        assert client.pushes == []
        simulator.fault({"freeze": 0.01})
        await client.hear("CNSRLST")
        assert client.pushes
        simulator.fault({"freeze": 60})
        simulator.fault({})
        await client.caught_up()


async def test_mute_pushes_nothing_of_one_condition() -> None:
    async with watching() as (simulator, client):
        await client.register("1")
        simulator.fault({"mute": SEQ})
        await moved(simulator, client, 60)
        assert {push[0] for push in client.pushes} == {"1"}
        simulator.fault({"mute": None})
        await moved(simulator, client)
        assert {push[0] for push in client.pushes} == {"1", SEQ}


async def test_no_ping_while_everything_else_goes_on() -> None:
    async with watching(ping=0.02) as (simulator, client):
        await client.hear("PING")
        simulator.fault({"no_ping": True})
        await client.caught_up()
        heard = client.frames.count({"trnm": "PING"})
        await asyncio.sleep(0.06)
        await moved(simulator, client)
        assert client.frames.count({"trnm": "PING"}) == heard
        simulator.fault({})
        await client.hear("PING")


async def test_duplicate_pushes_everything_twice() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"duplicate": True})
        changes = await moved(simulator, client)
        assert client.pushes == [push for push in pushed(changes) for _ in range(2)]


async def test_garble_inserts_frames_and_alters_no_real_one() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"garble": 5})
        changes = await moved(simulator, client)
        assert len(unreadable(client)) == 5
        assert client.pushes == pushed(changes)
        await moved(simulator, client)
        assert len(unreadable(client)) == 5


async def test_garble_waits_for_somebody_who_watches() -> None:
    async with Simulator(speed=0, rest_port=None) as simulator, NaiveClient(simulator.websocket) as client:
        await client.login()
        simulator.fault({"garble": 2})
        simulator.advance(10)
        await client.conditions()
        assert unreadable(client) == []
        await client.register(SEQ)
        simulator.advance(0)
        await client.caught_up()
        assert len(unreadable(client)) == 2


async def test_garble_push_destroys_pushes() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"garble_push": 2})
        changes = await moved(simulator, client, 60)
        assert len(unreadable(client)) == 2
        assert client.pushes == pushed(changes)[2:]


async def test_garble_push_destroys_both_of_a_doubled_push() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"garble_push": 1, "duplicate": True})
        changes = await moved(simulator, client)
        assert len(unreadable(client)) == 2
        assert client.pushes == [push for push in pushed(changes)[1:] for _ in range(2)]


async def test_push_before_reply_lets_pushes_overtake_the_snapshot() -> None:
    async with watching() as (simulator, client):
        await client.clear(SEQ)
        simulator.fault({"push_before_reply": 3})
        members = simulator.truth()["members"][SEQ]
        await client.send({"trnm": "CNSRREQ", "seq": SEQ, "search_type": "1", "stex_tp": "K"})
        await client.caught_up()
        before = len(simulator.truth()["changes"])
        while len(client.pushes) < 3:
            simulator.advance(1)
            await client.caught_up()
        snapshot = await client.hear("CNSRREQ")
        trnms = [frame["trnm"] for frame in client.frames]
        assert trnms.index("REAL") < trnms.index("CNSRREQ", trnms.index("REAL"))
        assert trnms[: len(trnms) - trnms[::-1].index("CNSRREQ")].count("REAL") >= 3
        assert [row["jmcode"] for row in snapshot["data"]] == [f"A{code}" for code in members]
        simulator.advance(30)
        await client.caught_up()
        changes = [each for each in simulator.truth(before)["changes"] if each["seq"] == SEQ]
        assert client.pushes == pushed(changes)


async def test_push_before_reply_waits_a_second_at_most() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"push_before_reply": 3})
        begun = asyncio.get_running_loop().time()
        assert (await client.register("3"))["data"] is None
        assert 0.9 < asyncio.get_running_loop().time() - begun < 2


async def test_push_before_reply_forgets_who_stops_or_goes() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"push_before_reply": 1})
        for seq in ("1", "6"):
            await client.send({"trnm": "CNSRREQ", "seq": seq, "search_type": "1", "stex_tp": "K"})
        await client.clear("1")
        simulator.fault({"drop": True})
        await client.closed()
        simulator.advance(60)
        assert sum(frame.get("trnm") == "CNSRREQ" for frame in client.frames) == 1


async def test_pause_market_stops_time_until_it_ends() -> None:
    async with Simulator(speed=1_000, rest_port=None) as simulator:
        simulator.fault({"pause_market": True})
        before = len(simulator.truth()["changes"])
        await asyncio.sleep(0.05)
        assert len(simulator.truth()["changes"]) == before
        simulator.fault({})
        while len(simulator.truth()["changes"]) == before:  # nobody tells when the market moves
            await asyncio.sleep(0.01)


# ---------------------------------------------------------------- what is asked and answered


async def test_a_request_may_be_lost() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"lose_request": 1})
        await client.send({"trnm": "CNSRCLR", "seq": SEQ})
        await client.caught_up()
        assert "CNSRCLR" not in [frame["trnm"] for frame in client.frames]
        await moved(simulator, client)
        assert client.pushes


async def test_a_reply_may_be_lost_though_its_request_was_done() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"lose_reply": 1})
        await client.send({"trnm": "CNSRCLR", "seq": SEQ})
        await client.caught_up()
        assert "CNSRCLR" not in [frame["trnm"] for frame in client.frames]
        await moved(simulator, client)
        assert client.pushes == []
        assert simulator.fault({"drop": False})["lose_reply"] == 0


async def test_a_reply_may_come_twice() -> None:
    async with watching() as (simulator, client):
        assert simulator.fault({"double_reply": 2})["double_reply"] == 2
        await client.clear(SEQ)
        await client.register("1")
        await client.clear("1")
        await client.caught_up()
        kinds = [frame["trnm"] for frame in client.frames]
        assert (kinds.count("CNSRREQ"), kinds.count("CNSRCLR")) == (3, 3)


async def test_replies_may_become_slow() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"slow_reply": 0.3})
        began = asyncio.get_running_loop().time()
        await client.caught_up()
        assert asyncio.get_running_loop().time() - began > 0.09
        assert simulator.fault({})["slow_reply"] == 0


async def test_some_answers_may_fail_in_words() -> None:
    async with watching() as (simulator, client):
        simulator.fault({"words": 2})
        replies = [await client.search("1"), await client.register("1"), await client.register("1")]
        assert [bool(reply.get("return_msg")) for reply in replies] == [True, True, False]
        assert [reply["return_code"] for reply in replies] == [0, 0, 0]


@pytest.mark.parametrize("code", ["1700", "1999", "maintenance"])
async def test_a_login_may_be_refused_by_something_that_passes(code: str) -> None:
    async with watching() as (simulator, client):
        simulator.fault({"refuse_login": code, "drop": True})
        await client.closed()
        async with NaiveClient(simulator.websocket) as again:
            assert (await again.login())["return_code"] != 0
            assert await again.closed() == (1000, "Bye")
        simulator.fault({})
        async with NaiveClient(simulator.websocket) as again:
            assert (await again.login())["return_code"] == 0


@pytest.mark.parametrize("code", ["R10001", "R10002", "R10004"])
async def test_a_notice_of_the_end_is_followed_by_it(code: str) -> None:
    async with watching() as (simulator, client):
        simulator.fault({"system": code})
        assert (await client.hear("SYSTEM"))["code"] == code
        assert await client.closed() == (1000, "Bye")


async def test_another_notice_changes_nothing() -> None:
    async with watching() as (simulator, client), NaiveClient(simulator.websocket, None) as early:
        simulator.fault({"system": "N1"})
        assert (await client.hear("SYSTEM"))["code"] == "N1"
        assert await client.conditions()
        assert early.frames == []


async def test_mute_takes_a_seq_and_no_name() -> None:
    async with watching() as (simulator, _):
        name = simulator.truth()["names"][SEQ]
        for wrong in (name, "77", ""):
            with pytest.raises(InvalidFault, match=r"^mute takes the seq of a condition, not .*; there are 0, 1"):
                simulator.fault({"mute": wrong, "duplicate": True})
        assert not any(simulator.fault({"drop": False}).values())


@pytest.mark.parametrize(
    "fields",
    [
        {"refuse_token": "8"},
        {"system": "소식"},
        {"words": "2"},
        {"slow_reply": -1},
        {"lose_reply": True},
        {"double_reply": 2.5},
    ],
    ids=str,
)
def test_a_refusal_names_the_key_it_is_about(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidFault, match=next(iter(fields))):
        parse(fields)


async def test_a_fault_posted_again_begins_its_time_anew() -> None:
    async with watching() as (simulator, _):
        simulator.fault({"reject_for": 0.05})
        simulator.fault({"reject_for": 60})
        await asyncio.sleep(0.15)
        assert simulator.fault({"drop": False})["reject_for"] == 60
        simulator.fault({})
