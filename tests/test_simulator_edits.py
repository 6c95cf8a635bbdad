"""Conditions edited in the HTS while a session lives: which condition a seq means then, switch by switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from test_faults import SEQ, watching
from test_simulator_broker import members, talking

if TYPE_CHECKING:
    from jogeon.simulator.simulator import Simulator
    from naive_client import NaiveClient


def names(simulator: Simulator) -> dict[str, str]:
    """Return the names of the conditions by the seqs they have now."""
    found: dict[str, str] = simulator.truth()["names"]
    return found


def edit(simulator: Simulator) -> None:
    """Edit conditions until another one has the seq, one that always moves."""
    while names(simulator)[SEQ] not in ("신고가 돌파", "대량 체결"):
        simulator.fault({"renumber": True})


def codes(reply: dict[str, Any]) -> set[str]:
    return {(row.get("jmcode") or row["9001"])[1:] for row in reply["data"] or []}


async def pushed_names(simulator: Simulator, client: NaiveClient) -> set[str]:
    """Let the market move; return whose changes were pushed, by the truth."""
    done, heard = len(simulator.truth()["changes"]), len(client.pushes)
    simulator.advance(60)
    await client.caught_up()
    changes = simulator.truth(done)["changes"]
    sent = [push[1:] for push in client.pushes[heard:]]
    by_name: dict[str, list[tuple[str, str, str]]] = {}
    for each in changes:
        by_name.setdefault(each["name"], []).append((each["code"], each["kind"], each["time"]))
    return {name for name, changed in by_name.items() if changed == sent}


async def test_a_seq_means_what_it_is_now() -> None:
    async with talking(page_size=1_000) as (simulator, client):
        listed = await client.conditions()
        edit(simulator)
        assert names(simulator)[SEQ] != listed[SEQ]
        assert codes(await client.search(SEQ)) == set(members(simulator, SEQ))
        assert codes(await client.register(SEQ)) == set(members(simulator, SEQ))
        assert await pushed_names(simulator, client) == {names(simulator)[SEQ]}


async def test_a_seq_may_mean_what_the_last_list_of_the_session_said() -> None:
    async with talking(page_size=1_000, seqs="listed") as (simulator, client):
        listed = await client.conditions()
        edit(simulator)
        [now] = [seq for seq, name in names(simulator).items() if name == listed[SEQ]]
        assert now != SEQ
        assert codes(await client.search(SEQ)) == set(members(simulator, now))
        assert codes(await client.register(SEQ)) == set(members(simulator, now))
        assert await pushed_names(simulator, client) == {listed[SEQ]}
        anew = await client.conditions()
        assert anew == names(simulator)
        await client.clear(SEQ)
        assert codes(await client.register(SEQ)) == set(members(simulator, SEQ))


async def test_two_sessions_each_have_their_own_list() -> None:
    async with talking(page_size=1_000, seqs="listed", side_by_side=True) as (simulator, old):
        await old.conditions()
        edit(simulator)
        async with type(old)(simulator.websocket) as new:
            await new.login()
            await new.conditions()
            assert codes(await new.search(SEQ)) == set(members(simulator, SEQ)) != codes(await old.search(SEQ))


@pytest.mark.parametrize("seqs", ["now", "listed"])
async def test_a_registration_stays_with_its_condition_under_the_seq_it_was_made_with(seqs: str) -> None:
    async with watching(seqs=seqs) as (simulator, client):
        before = names(simulator)[SEQ]
        edit(simulator)
        assert await pushed_names(simulator, client) == {before}
        assert {push[0] for push in client.pushes} == {SEQ}


async def test_a_registration_may_stay_with_its_seq() -> None:
    async with watching(bound="seq") as (simulator, client):
        edit(simulator)
        assert await pushed_names(simulator, client) == {names(simulator)[SEQ]}
        assert {push[0] for push in client.pushes} <= {SEQ}
        await client.clear(SEQ)
        heard = len(client.pushes)
        simulator.advance(60)
        await client.caught_up()
        assert len(client.pushes) == heard


async def test_every_seq_can_be_registered_anew_and_each_push_is_its_own() -> None:
    """What a program does that lists again: stop all, list, register all."""
    async with talking(side_by_side=True) as (simulator, client):
        for seq in await client.conditions():
            await client.register(seq)
        edit(simulator)
        for seq in await client.conditions():
            await client.clear(seq)
        folds = {seq: codes(await client.register(seq)) for seq in names(simulator)}
        simulator.advance(120)
        await client.caught_up()
        for seq, code, kind, _ in client.pushes:
            (folds[seq].add if kind == "I" else folds[seq].discard)(code)
        assert folds == {seq: set(members(simulator, seq)) for seq in folds}


async def test_a_mute_condition_stays_mute_when_its_seq_moves() -> None:
    async with watching() as (simulator, client):
        before = names(simulator)[SEQ]
        simulator.fault({"mute": SEQ})
        standing = simulator.fault({"renumber": True})
        assert names(simulator)[standing["mute"]] == before
        simulator.advance(60)
        await client.caught_up()
        assert client.pushes == []


async def test_in_one_order_the_renumbering_comes_before_what_lasts() -> None:
    async with watching() as (simulator, _):
        assert simulator.fault({"mute": SEQ, "renumber": True})["mute"] == SEQ
